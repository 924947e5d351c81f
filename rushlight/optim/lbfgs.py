"""LBFGS: a quasi-Newton method of limited memory."""

from rushlight._base.errors import ArgumentError, ArgumentRuntimeError, explain
from rushlight._core.expose import TORCH
from rushlight._core.grad_mode import enable_grad, no_grad
from rushlight._core.tensor import Tensor
from rushlight.optim._common.checks import (
    NOT_NEGATIVE,
    check_hyperparameters,
    check_rate,
)
from rushlight.optim._common.line_search import Point, strong_wolfe
from rushlight.optim.optimizer import Optimizer


class LBFGS(Optimizer):
    """L-BFGS: Newton-like steps from the last gradients' differences.

    All parameters count as one vector x with gradient g.  An iteration remembers
    ``s = x - x_last`` and ``y = g - g_last``, makes the direction ``d = -H g``, where H
    is the estimate of the inverse Hessian that those pairs give, and goes ``x = x + t
    d``: t is `lr`, or what the line search finds.

    Args:
        params: parameters; one group only.
        lr: step length, a number or a tensor of one element.
        max_iter: iterations in one `step`.
        max_eval: evaluations of the closure in one `step`; left out, max_iter * 1.25.
        tolerance_grad: stop where no gradient is larger.
        tolerance_change: stop where neither x nor the loss changes more.
        history_size: pairs that are remembered; each takes twice the parameters'
            memory.
        line_search_fn: None or "strong_wolfe".

    Raises:
        ValueError: for a hyperparameter out of range, or several groups.

    Source: Nocedal, Updating quasi-Newton matrices with limited storage, 1980; Nocedal
    and Wright, Numerical Optimization, 2006, algorithms 7.4 and 7.5.

    >>> import rushlight
    >>> p = rushlight.nn.Parameter(rushlight.tensor([3.0, -2.0]))
    >>> optimizer = rushlight.optim.LBFGS([p], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = ((p - 1) ** 2).sum()
    ...     loss.backward()
    ...     return loss
    >>> optimizer.step(closure).item(), p.data.round()
    (13.0, tensor([1., 1.]))
    """

    def __init__(
        self,
        params,
        lr=1,
        max_iter=20,
        max_eval=None,
        tolerance_grad=1e-7,
        tolerance_change=1e-9,
        history_size=100,
        line_search_fn=None,
    ):
        check_rate("LBFGS", lr)
        check_hyperparameters("LBFGS", learning_rate=(lr, *NOT_NEGATIVE))
        super().__init__(
            params,
            {
                "lr": lr,
                "max_iter": max_iter,
                "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
                "tolerance_grad": tolerance_grad,
                "tolerance_change": tolerance_change,
                "history_size": history_size,
                "line_search_fn": line_search_fn,
            },
        )
        if len(self.param_groups) != 1:
            raise ArgumentError(
                explain(
                    "LBFGS()",
                    expected="one group of parameters",
                    got="LBFGS doesn't support per-parameter options (parameter "
                    "groups)",
                    do="Pass one list.",
                )
            )
        self._params = self.param_groups[0]["params"]

    def __setstate__(self, state):
        super().__setstate__(state)
        self._params = self.param_groups[0]["params"]

    @no_grad()
    def step(self, closure):
        """Make up to max_iter iterations.

        Args:
            closure: clears the gradients, computes the loss, calls backward on it and
                returns it; it is called several times.

        Returns:
            What the closure returned first.

        Raises:
            RuntimeError: for an unknown line search.
        """
        closure = enable_grad()(closure)
        group, state = self.param_groups[0], self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first = closure()
        state["func_evals"] += 1
        gradient = self._flat_gradient()
        if gradient.abs().max() <= group["tolerance_grad"]:
            return first
        _Run(self, closure, group, state).iterate(_number(first), gradient)
        return first

    def _flat_gradient(self):
        """All gradients as one vector of real numbers; zeros where there is none."""
        parts = []
        for param in self._params:
            part = param.grad
            part = TORCH["zeros_like"](param) if part is None else part
            part = TORCH["view_as_real"](part) if part.is_complex() else part
            parts.append(part.reshape(-1))
        return TORCH["cat"](parts)

    def _move(self, step, direction):
        """Add ``step * direction`` to the parameters."""
        start = 0
        for param in self._params:
            param = TORCH["view_as_real"](param) if param.is_complex() else param
            stop = start + param.numel()
            param.add_(direction[start:stop].view_as(param), alpha=float(step))
            start = stop


def _number(loss):
    return loss.item() if isinstance(loss, Tensor) else float(loss)


class _Run:
    """One `step`: the history and how to go on from it."""

    def __init__(self, optimizer, closure, group, state):
        self.optimizer, self.closure = optimizer, closure
        self.group, self.state = group, state
        self.evaluations = 1

    def iterate(self, loss, gradient):
        """Go on until there is a reason to stop, then write the state."""
        group, state = self.group, self.state
        lr = group["lr"]
        direction, step = state.get("d"), state.get("t")
        previous = state.get("prev_flat_grad")
        self._recall()
        for iteration in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            if state["n_iter"] == 1:
                direction = gradient.neg()
                step = min(1.0, 1.0 / gradient.abs().sum()) * lr
            else:
                self._remember(gradient - previous, direction * step)
                direction, step = self._direction(gradient), lr
            previous, previous_loss = gradient.clone(), loss
            slope = gradient.dot(direction)
            if slope > -group["tolerance_change"]:
                break
            is_last = iteration == group["max_iter"]
            step, found = self._go(step, direction, loss, gradient, slope, is_last)
            if found is not None:
                loss, gradient = found
            if is_last or self._is_done(gradient, direction, step, loss, previous_loss):
                break
        if group["max_iter"] < 1:
            return
        state.update(
            d=direction,
            t=step,
            old_dirs=self.changes,
            old_stps=self.steps,
            ro=self.weights,
            H_diag=self.scale,
            prev_flat_grad=previous,
            prev_loss=previous_loss,
        )

    def _recall(self):
        state = self.state
        self.changes, self.steps = state.get("old_dirs", []), state.get("old_stps", [])
        self.weights, self.scale = state.get("ro", []), state.get("H_diag", 1)

    def _remember(self, change, step):
        """Add a pair to the history if it has positive curvature."""
        curvature = change.dot(step)
        if not curvature > 1e-10:
            return
        histories = (self.changes, self.steps, self.weights)
        if len(self.changes) == self.group["history_size"]:
            for history in histories:
                history.pop(0)
        for history, new in zip(
            histories, (change, step, 1.0 / curvature), strict=True
        ):
            history.append(new)
        self.scale = curvature / change.dot(change)

    def _direction(self, gradient):
        """The product of the inverse Hessian's estimate and the negative gradient."""
        factors = self.state.setdefault("al", [None] * self.group["history_size"])
        direction, count = gradient.neg(), len(self.changes)
        for i in reversed(range(count)):
            factors[i] = self.steps[i].dot(direction) * self.weights[i]
            direction.add_(self.changes[i] * -factors[i])
        direction = direction * self.scale
        for i in range(count):
            factor = self.changes[i].dot(direction) * self.weights[i]
            direction.add_(self.steps[i] * (factors[i] - factor))
        return direction

    def _go(self, step, direction, loss, gradient, slope, is_last):
        """Take the step: its length, and (loss, gradient) there if evaluated."""
        kind, optimizer = self.group["line_search_fn"], self.optimizer
        if kind is None:
            optimizer._move(step, direction)
            if is_last:
                return step, None
            loss = _number(self.closure())
            self._count(1)
            return step, (loss, optimizer._flat_gradient())
        if kind != "strong_wolfe":
            raise ArgumentRuntimeError(
                explain(
                    "LBFGS.step()",
                    expected="line_search_fn None or 'strong_wolfe'",
                    got=f"{kind!r}: only 'strong_wolfe' is supported",
                    do="Pass one of the two.",
                )
            )
        found, tried = strong_wolfe(
            self._evaluator(direction),
            Point(0, loss, gradient, slope),
            step,
            direction.abs().max(),
            self.group["max_eval"] - self.evaluations,
        )
        optimizer._move(found.step, direction)
        self._count(tried)
        return found.step, (found.loss, found.gradient)

    def _evaluator(self, direction):
        """step -> Point; the parameters are put back each time."""
        optimizer = self.optimizer
        params = optimizer._params
        start = [param.clone() for param in params]

        def evaluate(step):
            optimizer._move(step, direction)
            loss = _number(self.closure())
            gradient = optimizer._flat_gradient()
            for param, value in zip(params, start, strict=True):
                param.copy_(value)
            return Point(step, loss, gradient, gradient.dot(direction))

        return evaluate

    def _count(self, evaluations):
        self.evaluations += evaluations
        self.state["func_evals"] += evaluations

    def _is_done(self, gradient, direction, step, loss, previous_loss):
        group = self.group
        return (
            self.evaluations >= group["max_eval"]
            or gradient.abs().max() <= group["tolerance_grad"]
            or (direction * step).abs().max() <= group["tolerance_change"]
            or abs(loss - previous_loss) < group["tolerance_change"]
        )
