"""In-place writes as graphs know them: the way to a view, and ops that give new values.

# Note [Ways]
# Eager mode knows a view by the memory that it shows; specs have none.  So a trace
# keeps the *way* to each view: the ops that lead to it from what it is a view of.
"""

from dataclasses import dataclass, replace
from typing import Any

from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.state import GRAD_MODE
from rushlight._core.table import define
from rushlight._core.tape import run_backward
from rushlight._ops.view.shape import RESHAPE, VIEW


@dataclass(frozen=True)
class Step:
    """One op on the way to a view: which of its results, and the specs of them all."""

    op: Any
    attrs: dict
    number: int
    specs: tuple

    def of(self, x):
        """The view of a tensor."""
        found = call(self.op, x, **self.attrs)
        return found[self.number] if self.op.many else found

    def surely_view(self):
        """This step where memory is known to lie in order."""
        return replace(self, op=VIEW) if self.op is RESHAPE else self

    def of_array(self, array):
        """The view of an array."""
        found = self.op.kernels[array.__class__](array, **self.attrs)
        return found[self.number] if self.op.many else found


class Way:
    """Where a view lies in its base: what `Region` of _core/inplace.py is to arrays.

    Args:
        steps: that lead to it.
        base: a leaf like the base.
    """

    def __init__(self, steps, base):
        self.steps, self.base = steps, base

    def of(self, whole):
        """The view of a tensor like the base."""
        for step in self.steps:
            whole = step.of(whole)
        return whole

    def spread(self, gradient):
        """The base's gradient, from the view's."""
        edge, token = self.base._edge, GRAD_MODE.set(True)
        try:
            view = self.of(self.base)
        finally:
            GRAD_MODE.reset(token)
        again = GRAD_MODE.get()
        ways = {"retain_graph": again, "create_graph": again, "targets": [edge]}
        return run_backward([view._edge], [gradient], **ways)[edge]


def _store_spec(x, *, dtype):
    return Spec(x.shape, dtype)


def _store_eager(backend, x, *, dtype):
    return x.astype(dtype)


def _store_grad(g):
    return g


def _store_lower(k, x, *, dtype):
    return k.cast(x, dtype)


#: A value converted to the dtype of the memory that it is written to.
STORE = define(
    "graph_store",
    eager=_store_eager,
    spec=_store_spec,
    grad=_store_grad,
    lower=_store_lower,
)


def _write_view_spec(base, value, *, steps):
    return Spec(base.shape, base.dtype)


def _write_view_eager(backend, base, value, *, steps):
    out = base.copy()
    view = out
    for step in steps:
        view = step.of_array(view)
    view[...] = value
    return out


def _write_view_grad(g, *, steps, needs):
    value = g
    for step in steps:
        value = step.surely_view().of(value)
    rest = None
    if needs[0]:
        rest = call(WRITE_VIEW, g, value.new_zeros(value.shape), steps=steps)
    return rest, value


def _write_view_lower(k, base, value, *, steps):
    if not steps:
        return value
    step, *rest = steps
    if step.op.lower is None:
        raise k.NotLowered
    part = step.op.lower(k, base, **step.attrs)
    part = part[step.number] if step.op.many else part
    part = _write_view_lower(k, part, value, steps=rest)
    return _put_back(k, base, part, step)


def _put_back(k, base, part, step):
    """The base with another value in the place of a view that one step leads to."""
    name, attrs = step.op.name, step.attrs
    if name in ("view", "reshape", "squeeze", "unsqueeze"):
        return k.reshape(part, base.shape)
    if name in ("t", "transpose"):
        return step.op.lower(k, part, **attrs)
    if name == "permute":
        dims = [d % base.ndim for d in attrs["dims"]]
        return k.permute(part, [dims.index(d) for d in range(base.ndim)])
    if name == "index":
        return k.replace(base, attrs["index"], part)
    if name == "unbind":
        lead = (slice(None),) * attrs["dim"]
        return k.replace(base, (*lead, step.number), part)
    if name == "split":
        start = sum(attrs["sizes"][: step.number])
        end = start + attrs["sizes"][step.number]
        lead = (slice(None),) * attrs["dim"]
        return k.replace(base, (*lead, slice(start, end)), part)
    raise k.NotLowered


#: A base with a new value in the place of one of its views.
WRITE_VIEW = define(
    "graph_write_view",
    inputs="base value",
    eager=_write_view_eager,
    spec=_write_view_spec,
    grad=_write_view_grad,
    lower=_write_view_lower,
)
