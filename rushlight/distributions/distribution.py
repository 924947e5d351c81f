"""Distribution: what every law of probability has."""

import warnings

from rushlight._base.errors import ArgumentError, explain
from rushlight._base.shape import Size
from rushlight._core.grad_mode import no_grad
from rushlight._core.tensor import Tensor
from rushlight.distributions import constraints
from rushlight.distributions.utils import lazy_property


class Distribution:
    """A law of probability.

    Args:
        batch_shape: the shape of the parameters: so many laws.
        event_shape: the shape of one draw.
        validate_args: whether parameters and values are checked; by default they are.

    Attributes:
        arg_constraints: parameter's name -> the region of its values.
        support: the region of samples.
        has_rsample: whether samples have gradients by the parameters.
        has_enumerate_support: whether all possible values can be listed.

    Raises:
        ValueError: for parameters outside their region.
    """

    has_rsample = False
    has_enumerate_support = False
    _validate_args = __debug__

    @staticmethod
    def set_default_validate_args(value):
        """Choose whether laws made from now on check their arguments.

        Raises:
            ValueError: for what is no bool.
        """
        if value not in (True, False):
            raise ArgumentError(
                explain(
                    "set_default_validate_args()",
                    expected="True or False",
                    got=repr(value),
                    do="Pass a bool.",
                )
            )
        Distribution._validate_args = value

    def __init__(self, batch_shape=(), event_shape=(), validate_args=None):
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            self._check_parameters()
        super().__init__()

    def _check_parameters(self):
        try:
            regions = self.arg_constraints
        except NotImplementedError:
            warnings.warn(
                f"{type(self).__name__}: expected arg_constraints, got none. Define "
                "them, or pass validate_args=False.",
                stacklevel=3,
            )
            return
        for name, region in regions.items():
            lazy = isinstance(getattr(type(self), name, None), lazy_property)
            if constraints.is_dependent(region) or (lazy and name not in vars(self)):
                continue
            value = getattr(self, name)
            valid = region.check(value)
            if not bool(valid.all()):
                raise ArgumentError(
                    f"Expected parameter {name} ({type(value).__name__} of shape "
                    f"{tuple(value.shape)}) of distribution {self!r} to satisfy the "
                    f"constraint {region!r}, but found invalid values:\n{value}"
                )

    def expand(self, batch_shape, _instance=None):
        """The same law for a larger batch: parameters are expanded.

        Args:
            batch_shape: the shape to expand to.

        Returns:
            Distribution: a new one.
        """
        raise NotImplementedError

    @property
    def batch_shape(self):
        """The shape of the parameters."""
        return self._batch_shape

    @property
    def event_shape(self):
        """The shape of one draw."""
        return self._event_shape

    @property
    def arg_constraints(self):
        """Parameter's name -> the region of its values."""
        raise NotImplementedError

    @property
    def support(self):
        """The region of samples."""
        raise NotImplementedError

    @property
    def mean(self):
        """The expectation."""
        raise NotImplementedError

    @property
    def mode(self):
        """The likeliest value."""
        raise NotImplementedError(f"{type(self)} does not implement mode")

    @property
    def variance(self):
        """The expectation of the squared distance from the mean."""
        raise NotImplementedError

    @property
    def stddev(self):
        """The root of the variance."""
        return self.variance.sqrt()

    def sample(self, sample_shape=()):
        """Draws, which are not recorded.

        Args:
            sample_shape: how many, for each law of the batch.

        Returns:
            Tensor: sample_shape + batch_shape + event_shape.
        """
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape=()):
        """Draws with gradients by the parameters; shapes as for `sample`."""
        raise NotImplementedError

    def sample_n(self, n):
        """``n`` draws: the older form of `sample`."""
        warnings.warn(
            "sample_n(n): expected sample((n,)), got its older form. Call that.",
            UserWarning,
            stacklevel=2,
        )
        return self.sample((n,))

    def log_prob(self, value):
        """The logarithm of the density (or probability) at a value.

        Args:
            value: a draw, or several: the shape ends in batch_shape + event_shape,
                or broadcasts with it.

        Returns:
            Tensor: without the event's dimensions.

        Raises:
            ValueError: for a value outside the support.
        """
        raise NotImplementedError

    def cdf(self, value):
        """The probability of at most a value."""
        raise NotImplementedError

    def icdf(self, value):
        """The value that is not exceeded with this probability."""
        raise NotImplementedError

    def enumerate_support(self, expand=True):
        """All possible values, along a new first dimension.

        Args:
            expand: whether they are repeated for the whole batch.
        """
        raise NotImplementedError

    def entropy(self):
        """The expectation of ``-log_prob``."""
        raise NotImplementedError

    def perplexity(self):
        """The exponential of the entropy."""
        return self.entropy().exp()

    def _extended_shape(self, sample_shape=()):
        return Size((*sample_shape, *self._batch_shape, *self._event_shape))

    def _validate_sample(self, value):
        if not isinstance(value, Tensor):
            raise ArgumentError(
                explain(
                    "log_prob()",
                    expected="the value argument to be a Tensor",
                    got=type(value).__name__,
                    do="Convert it with torch.tensor.",
                )
            )
        self._check_shape(value)
        try:
            support = self.support
        except NotImplementedError:
            warnings.warn(
                f"{type(self).__name__}: expected a support, got none. Define it, or "
                "pass validate_args=False.",
                stacklevel=3,
            )
            return
        if not bool(support.check(value).all()):
            raise ArgumentError(
                f"Expected value argument ({type(value).__name__} of shape "
                f"{tuple(value.shape)}) to be within the support ({support!r}) of the "
                f"distribution {self!r}, but found invalid values:\n{value}"
            )

    def _check_shape(self, value):
        wanted = (*self._batch_shape, *self._event_shape)
        rank = len(self._event_shape)
        if tuple(value.shape[value.ndim - rank :]) != tuple(self._event_shape):
            raise ArgumentError(
                explain(
                    "log_prob()",
                    expected="the right-most size of value to be the event's "
                    f"{list(self._event_shape)}",
                    got=list(value.shape),
                    do="Check the value's shape.",
                )
            )
        for mine, other in zip(reversed(value.shape), reversed(wanted)):
            if mine != other and mine != 1 and other != 1:
                raise ArgumentError(
                    explain(
                        "log_prob()",
                        expected=f"a value that is broadcastable with {list(wanted)}",
                        got=list(value.shape),
                        do="Check the value's shape.",
                    )
                )

    def _get_checked_instance(self, cls, _instance=None):
        if _instance is None and type(self).__init__ is not cls.__init__:
            raise NotImplementedError(
                explain(
                    f"{type(self).__name__}.expand()",
                    expected="a subclass that defines expand() where it has its own "
                    "__init__",
                    got="none",
                    do="Define it.",
                )
            )
        return self.__new__(type(self)) if _instance is None else _instance

    def _expanded(self, cls, batch_shape, _instance, **events):
        """A copy whose named parameters are expanded to a batch and their events."""
        new, batch_shape = self._get_checked_instance(cls, _instance), Size(batch_shape)
        for name, event in events.items():
            if name in vars(self):
                setattr(new, name, vars(self)[name].expand((*batch_shape, *event)))
        Distribution.__init__(new, batch_shape, self._event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    def __repr__(self):
        names = [n for n in self.arg_constraints if n in vars(self)]
        parts = []
        for name in names:
            value = vars(self)[name]
            one = not isinstance(value, Tensor) or value.numel() == 1
            parts.append(f"{name}: {value if one else value.size()}")
        return f"{type(self).__name__}({', '.join(parts)})"
