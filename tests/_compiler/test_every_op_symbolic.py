"""Every op sample with symbolic sizes: compiled once, called with other sizes.

The samples are those of the op tests.  Values and gradients must be eager mode's at the
sizes that were traced and at others; and the share of calls that one compiled form
serves must not shrink.
"""

import collections

import numpy as np
import pytest

import rushlight
from rushlight._base.pytree import flatten
from rushlight._compiler.compiled import Compiled
from rushlight._core.tensor import Tensor, wrap
from tests import battery
from tests._compiler.test_every_op import _arguments, _same, all_ops

pytestmark = pytest.mark.slow
pytest.importorskip("llvmlite")

_OPS = all_ops()
#: What a size is made longer by, in the calls after the first.
_MORE = (3, 1)


def resized(args, extra):
    """Arguments whose tensors are longer along each dimension that is above 1."""

    def longer(tensor):
        array = tensor._array
        shape = [size + extra if size >= 2 else size for size in array.shape]
        result = wrap(np.resize(array, shape).astype(array.dtype))
        result.requires_grad = tensor.requires_grad
        return result

    return battery._map_tensors(longer, args)


def call(function, args):
    """The leaves of a call's results."""
    keywords = dict(args[-1]) if args and isinstance(args[-1], dict) else {}
    plain = args[:-1] if keywords else args
    return flatten(function(*plain, **keywords))[0]


def compare(compiled, args):
    """Compare a call, and its gradients, with eager mode's, unless that refuses it."""
    state = rushlight.get_rng_state()
    try:
        want = call(compiled.function, args)
    except Exception:  # noqa: BLE001 - these sizes do not go together
        return
    rushlight.set_rng_state(state)
    found = call(compiled, args)
    for one, two in zip(found, want, strict=True):
        if isinstance(two, Tensor):
            _same(one._array, two._array)
        else:
            assert one == two or one != one
    _compare_gradients(found, want, args)


def _compare_gradients(found, want, args):
    leaves = [x for x in flatten(args)[0] if isinstance(x, Tensor) and x.requires_grad]
    roots = [[r for r in some if _has_gradient(r)] for some in (found, want)]
    assert len(roots[0]) == len(roots[1])
    if not leaves or not roots[0]:
        return
    rng = np.random.default_rng(0)
    shapes = [(r._array.shape, r._array.dtype) for r in roots[1]]
    seeds = [wrap(rng.normal(size=shape).astype(dtype)) for shape, dtype in shapes]
    try:
        two = rushlight.autograd.grad(roots[1], leaves, seeds, allow_unused=True)
    except RuntimeError:  # an operation without a gradient
        return
    one = rushlight.autograd.grad(roots[0], leaves, seeds, allow_unused=True)
    for p, q in zip(one, two, strict=True):
        assert (p is None) == (q is None)
        if q is not None:
            _same(p._array, q._array)


def _has_gradient(x):
    return isinstance(x, Tensor) and x.requires_grad


def compiled_calls(op, dtype):
    """(a new Compiled, arguments) of each of an op's samples."""
    for args in _arguments(op, dtype):
        yield Compiled(op.function, dynamic=True, say=lambda *_: None), args


@pytest.mark.parametrize("name", sorted(_OPS))
def test_compiled_equals_eager(name):
    op = _OPS[name]
    for dtype in ("float32", "float64", "int64"):
        if dtype in op.dtypes:
            with np.errstate(all="ignore"):
                for compiled, args in compiled_calls(op, dtype):
                    for extra in (0, *_MORE):
                        compare(compiled, resized(args, extra))


def test_most_calls_are_served_by_one_form():
    count = collections.Counter()
    for op in _OPS.values():
        if "float32" not in op.dtypes:
            continue
        for compiled, args in compiled_calls(op, "float32"):
            with np.errstate(all="ignore"):
                count.update(_served(compiled, args))
    assert count["symbolic"] > 0.95 * count["compiled"]
    assert count["served"] > 0.86 * count["asked"]


def _served(compiled, args):
    """What became of a sample's calls: how many were asked for, and served."""
    leaves = [x for x in flatten(args)[0] if isinstance(x, Tensor)]
    if not any(size > 1 for x in leaves for size in x.shape):
        return
    try:
        call(compiled, args)
    except Exception:  # noqa: BLE001 - eager mode refuses it
        return
    if not compiled.kinds:
        return
    yield "compiled"
    if not compiled.kinds[0][1].symbols:
        return
    yield "symbolic"
    for extra in _MORE:
        again = resized(args, extra)
        try:
            call(compiled.function, again)
        except Exception:  # noqa: BLE001
            continue
        call(compiled, again)
        yield "asked"
        if len(compiled.kinds) == 1:
            yield "served"
