"""RuleOptimizer: what optimizers whose rule treats every element alike share.

# Note [One rule]
# A rule is written once, in the loop language's words (update.py).  A Plan runs it as a
# kernel over all parameters of a group; with ``differentiable=True`` the same rule runs
# on Tensors, each word being a Tensor operation (`Recorded`), and is recorded.
"""

from typing import Any

from rushlight._base.spec import Spec
from rushlight._core.expose import TORCH
from rushlight._core.grad_mode import no_grad
from rushlight._core.tensor import Tensor
from rushlight.optim._common.checks import check_hyperparameters, check_rate, scalar_of
from rushlight.optim._common.recorded import recorded_update
from rushlight.optim.optimizer import Optimizer
from rushlight.optim.plan import plans_for


class RuleOptimizer(Optimizer):
    """Base of the elementwise optimizers: a subclass says its rule and its numbers.

    Attributes:
        late: {name: value} of hyperparameters that groups of old state_dicts lack.
        scalars: names of the states, beside "step", that are one number for each
            parameter.
        _start: ``(group, param) -> {name: Tensor}``, the first states of a parameter,
            where they are not all zero.
    """

    late: dict[str, object] = {}
    scalars: tuple[str, ...] = ()
    _start: Any = None

    def _check(self, lr, **limits):
        check_rate(type(self).__name__, lr)
        check_hyperparameters(
            type(self).__name__,
            learning_rate=(lr, lambda v: v >= 0, ">= 0"),
            **limits,
        )

    def __setstate__(self, state):
        super().__setstate__(state)
        for group in self.param_groups:
            for name, value in self.late.items():
                group.setdefault(name, value)

    def step(self, closure=None):
        """Update the parameters once.

        Args:
            closure: computes the loss again and returns it.

        Returns:
            The closure's loss, or None.
        """
        loss = self.loss_of(closure)
        for group in self.param_groups:
            if self._start is not None:
                self._begin(group)
            if group["differentiable"]:
                self._record(group)
                continue
            with no_grad():
                if is_meta(group):
                    self._record(group)
                else:
                    self._run(group)
        return loss

    # ------------------------------------------------- what a subclass says of its rule

    def _names(self, group):
        """The names of the states that have an element for each of the parameter's."""
        raise NotImplementedError

    def _numbers(self, group, lr, step, scalars):
        """{name: number} that the rule uses at this step; it may set the scalars."""
        raise NotImplementedError

    def _update(self, group, numbers):
        """The Update to run, given the group and the numbers."""
        raise NotImplementedError

    # --------------------------------------------------------------------- running it

    @no_grad()
    def _begin(self, group):
        state = self.state
        for param in group["params"]:
            if param._grad is not None and not state.get(param):
                state[param].update(self._start(group, param))

    def _run(self, group):
        lr = scalar_of(group["lr"])
        for plan in plans_for(self, group, self._names(group), scalars=self.scalars):
            step = plan.count()
            numbers = self._numbers(group, lr, step, _Shared(plan.scalars))
            plan.run(self._update(group, numbers), **numbers)

    def _record(self, group):
        names = self._names(group)
        for param in group["params"]:
            if param._grad is None:
                continue
            own = self.state[param]
            own["step"] = own.get("step", number_tensor(0.0)) + 1
            for name in names:
                if name not in own:
                    own[name] = TORCH["zeros_like"](param.detach())
            step = float(own["step"])
            numbers = self._numbers(group, group["lr"], step, _Own(own))
            recorded_update(self._update(group, numbers), param, own, names, numbers)


def number_tensor(value):
    """A state that is one number, in the default dtype."""
    return TORCH["tensor"](float(value))


def is_meta(group):
    """Whether a group's parameters have no data; Tensor operations do without."""
    params = group["params"]
    return bool(params) and params[0]._array.__class__ is Spec


class _Shared:
    """The scalars of a plan's parameters: read one, write all."""

    def __init__(self, arrays):
        self.arrays = arrays

    def __getitem__(self, name):
        return float(self.arrays[name][0])

    def __setitem__(self, name, value):
        self.arrays[name][...] = value


class _Own:
    """The scalars of one parameter, as Tensors."""

    def __init__(self, own):
        self.own = own

    def __getitem__(self, name):
        return self.own[name]

    def __setitem__(self, name, value):
        self.own[name] = value if isinstance(value, Tensor) else number_tensor(value)
