"""Schedules by a function of the user's own."""

import types

from rushlight._base.errors import ArgumentTypeError
from rushlight.optim.lr_scheduler.base import LRScheduler, refuse


class _ByFunctions(LRScheduler):
    """Schedules with a function for each group; callable objects are saved too."""

    def __init__(self, optimizer, lr_lambda, last_epoch=-1):
        self.optimizer = optimizer
        count = len(optimizer.param_groups)
        if not isinstance(lr_lambda, (list, tuple)):
            lr_lambda = [lr_lambda] * count
        if len(lr_lambda) != count:
            refuse(
                type(self).__name__,
                f"Expected {count} lr_lambdas",
                f"got {len(lr_lambda)}",
                "Give one function for each group, or one for all.",
            )
        self.lr_lambdas = list(lr_lambda)
        super().__init__(optimizer, last_epoch)

    def state_dict(self):
        """Everything but the optimizer and plain functions.

        Of callable objects the attributes are kept, of functions nothing.

        Returns:
            dict: the attributes by name.
        """
        state = super().state_dict()
        del state["lr_lambdas"]
        state["lr_lambdas"] = [
            None if isinstance(f, types.FunctionType) else f.__dict__.copy()
            for f in self.lr_lambdas
        ]
        return state

    def load_state_dict(self, state_dict):
        """Take over what `state_dict` gave; the functions stay those given here.

        Args:
            state_dict: dict; it is not changed.
        """
        state = dict(state_dict)
        saved = state.pop("lr_lambdas")
        self.__dict__.update(state)
        for function, attributes in zip(self.lr_lambdas, saved, strict=False):
            if attributes is not None:
                function.__dict__.update(attributes)


class LambdaLR(_ByFunctions):
    """The first rate times a function of the epoch: ``lr = base * f(epoch)``.

    Args:
        optimizer: whose rates change.
        lr_lambda: epoch -> factor, or a list of one for each group.
        last_epoch: see `LRScheduler`.

    Raises:
        ValueError: for a list of another length.

    >>> import rushlight
    >>> optimizer = rushlight.optim.SGD([rushlight.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = LambdaLR(optimizer, lambda epoch: 0.5**epoch)
    >>> optimizer.step(), scheduler.step(), scheduler.get_last_lr()
    (None, None, [0.5])
    """

    def get_lr(self):
        """The rates for this epoch."""
        self._check_caller()
        pairs = zip(self.lr_lambdas, self.base_lrs, strict=True)
        return [base * function(self.last_epoch) for function, base in pairs]


class MultiplicativeLR(_ByFunctions):
    """The last rate times a function of the epoch: ``lr = lr * f(epoch)``.

    Args:
        optimizer: whose rates change.
        lr_lambda: epoch -> factor, or a list of one for each group.
        last_epoch: see `LRScheduler`.

    Raises:
        ValueError: for a list of another length.
        TypeError: for what cannot be called.

    >>> import rushlight
    >>> optimizer = rushlight.optim.SGD([rushlight.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = MultiplicativeLR(optimizer, lambda epoch: 0.5)
    >>> optimizer.step(), scheduler.step(), scheduler.get_last_lr()
    (None, None, [0.5])
    """

    def __init__(self, optimizer, lr_lambda, last_epoch=-1):
        several = isinstance(lr_lambda, (list, tuple))
        for function in lr_lambda if several else [lr_lambda]:
            if not callable(function):
                refuse(
                    "MultiplicativeLR",
                    "lr_lambda to be a function",
                    type(function).__name__,
                    "Pass a function of the epoch.",
                    ArgumentTypeError,
                )
        super().__init__(optimizer, lr_lambda, last_epoch)

    def get_lr(self):
        """The rates for this epoch."""
        self._check_caller()
        if self._is_initial:
            return self._same()
        pairs = zip(self.lr_lambdas, self.optimizer.param_groups, strict=True)
        return [group["lr"] * function(self.last_epoch) for function, group in pairs]
