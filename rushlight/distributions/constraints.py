"""Constraints: what values a parameter or a sample may have.

``constraint.check(value)`` gives True for each event that is allowed.
"""

from rushlight._base.dtype import bool as bool_dtype
from rushlight._base.errors import UnsupportedError, explain
from rushlight._base.limits import finfo
from rushlight._core.expose import TORCH

__all__ = [
    "Constraint",
    "MixtureSameFamilyConstraint",
    "boolean",
    "cat",
    "corr_cholesky",
    "dependent",
    "dependent_property",
    "greater_than",
    "greater_than_eq",
    "half_open_interval",
    "independent",
    "integer_interval",
    "interval",
    "is_dependent",
    "less_than",
    "lower_cholesky",
    "lower_triangular",
    "multinomial",
    "nonnegative",
    "nonnegative_integer",
    "one_hot",
    "positive",
    "positive_definite",
    "positive_integer",
    "positive_semidefinite",
    "real",
    "real_vector",
    "simplex",
    "square",
    "stack",
    "symmetric",
    "unit_interval",
]


class Constraint:
    """A region of values.

    Attributes:
        is_discrete: whether it holds whole numbers.
        event_dim: how many last dimensions make one event.
    """

    is_discrete = False
    event_dim = 0

    def check(self, value):
        """Whether each event is in the region: a bool tensor without event dims."""
        raise NotImplementedError

    def __repr__(self):
        return type(self).__name__.removeprefix("_") + "()"


class _Dependent(Constraint):
    """A region that depends on other parameters."""

    def __init__(self, *, is_discrete=NotImplemented, event_dim=NotImplemented):
        self._is_discrete, self._event_dim = is_discrete, event_dim
        super().__init__()

    @property
    def is_discrete(self):
        """Whether it holds whole numbers, where that is known."""
        return self._known(self._is_discrete, "is_discrete")

    @property
    def event_dim(self):
        """How many dimensions make one event, where that is known."""
        return self._known(self._event_dim, "event_dim")

    def _known(self, value, name):
        if value is NotImplemented:
            raise UnsupportedError(
                explain(
                    f"constraint.{name}",
                    expected="a region that is known",
                    got="one that cannot be determined statically",
                    do="Ask the distribution's own.",
                )
            )
        return value

    def __call__(self, *, is_discrete=NotImplemented, event_dim=NotImplemented):
        """The same, with what is known of it."""
        if is_discrete is NotImplemented:
            is_discrete = self._is_discrete
        if event_dim is NotImplemented:
            event_dim = self._event_dim
        return _Dependent(is_discrete=is_discrete, event_dim=event_dim)

    def check(self, value):
        """Refused: the region is not known here."""
        raise ValueError(
            explain(
                "constraint.check()",
                expected="a region that is known",
                got="one that depends on other parameters",
                do="Check against the distribution's own.",
            )
        )


def is_dependent(constraint):
    """Whether a region depends on other parameters."""
    return isinstance(constraint, _Dependent)


class _DependentProperty(property, _Dependent):
    """A property whose value is a region that depends on the instance."""

    def __init__(
        self, fn=None, *, is_discrete=NotImplemented, event_dim=NotImplemented
    ):
        super().__init__(fn)
        self._is_discrete, self._event_dim = is_discrete, event_dim

    def __call__(self, fn):
        """Used as a decorator with arguments."""
        return _DependentProperty(
            fn, is_discrete=self._is_discrete, event_dim=self._event_dim
        )


class _Independent(Constraint):
    """A region whose last batch dimensions belong to the event."""

    def __init__(self, base_constraint, reinterpreted_batch_ndims):
        self.base_constraint = base_constraint
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims

    @property
    def is_discrete(self):
        """The base's."""
        return self.base_constraint.is_discrete

    @property
    def event_dim(self):
        """The base's and the dimensions that it got."""
        return self.base_constraint.event_dim + self.reinterpreted_batch_ndims

    def check(self, value):
        """Whether all parts of each event are in the base's region."""
        found = self.base_constraint.check(value)
        count = self.reinterpreted_batch_ndims
        if found.ndim < count:
            raise ValueError(
                explain(
                    "constraint.check()",
                    expected=f"a value of at least {self.event_dim} dimensions",
                    got=value.ndim,
                    do="Check the event's shape.",
                )
            )
        return found.reshape(*found.shape[: found.ndim - count], -1).all(-1)

    def __repr__(self):
        return (
            f"IndependentConstraint({self.base_constraint!r}, "
            f"{self.reinterpreted_batch_ndims})"
        )


class MixtureSameFamilyConstraint(Constraint):
    """The region of a mixture: that of its components."""

    def __init__(self, base_constraint):
        self.base_constraint = base_constraint

    @property
    def is_discrete(self):
        """The components'."""
        return self.base_constraint.is_discrete

    @property
    def event_dim(self):
        """The components'."""
        return self.base_constraint.event_dim

    def check(self, value):
        """Whether each event is in the region of all components."""
        found = self.base_constraint.check(value.unsqueeze(-1 - self.event_dim))
        return found.all(-1)

    def __repr__(self):
        return f"MixtureSameFamilyConstraint({self.base_constraint!r})"


class _Boolean(Constraint):
    is_discrete = True

    def check(self, value):
        """0 or 1."""
        return (value == 0) | (value == 1)


class _OneHot(Constraint):
    is_discrete = True
    event_dim = 1

    def check(self, value):
        """One 1, else 0."""
        is_boolean = (value == 0) | (value == 1)
        return is_boolean.all(-1) & value.sum(-1).eq(1)


class _IntegerInterval(Constraint):
    is_discrete = True

    def __init__(self, lower_bound, upper_bound):
        self.lower_bound, self.upper_bound = lower_bound, upper_bound

    def check(self, value):
        """Whole, between the bounds, both included."""
        inside = (self.lower_bound <= value) & (value <= self.upper_bound)
        return (value % 1 == 0) & inside

    def __repr__(self):
        name = type(self).__name__.removeprefix("_")
        return f"{name}(lower_bound={self.lower_bound}, upper_bound={self.upper_bound})"


class _IntegerGreaterThan(Constraint):
    is_discrete = True

    def __init__(self, lower_bound):
        self.lower_bound = lower_bound

    def check(self, value):
        """Whole and at least the bound."""
        return (value % 1 == 0) & (value >= self.lower_bound)

    def __repr__(self):
        return f"IntegerGreaterThan(lower_bound={self.lower_bound})"


class _Real(Constraint):
    def check(self, value):
        """Not nan."""
        return value == value


class _GreaterThan(Constraint):
    def __init__(self, lower_bound):
        self.lower_bound = lower_bound

    def check(self, value):
        """Above the bound."""
        return self.lower_bound < value

    def __repr__(self):
        return (
            f"{type(self).__name__.removeprefix('_')}(lower_bound={self.lower_bound})"
        )


class _GreaterThanEq(_GreaterThan):
    def check(self, value):
        """At least the bound."""
        return self.lower_bound <= value


class _LessThan(Constraint):
    def __init__(self, upper_bound):
        self.upper_bound = upper_bound

    def check(self, value):
        """Below the bound."""
        return value < self.upper_bound

    def __repr__(self):
        return f"LessThan(upper_bound={self.upper_bound})"


class _Interval(_IntegerInterval):
    is_discrete = False

    def check(self, value):
        """Between the bounds, both included."""
        return (self.lower_bound <= value) & (value <= self.upper_bound)


class _HalfOpenInterval(_Interval):
    def check(self, value):
        """Between the bounds, the upper one left out."""
        return (self.lower_bound <= value) & (value < self.upper_bound)


class _Simplex(Constraint):
    event_dim = 1

    def check(self, value):
        """Not negative, with the sum 1."""
        return (value >= 0).all(-1) & ((value.sum(-1) - 1).abs() < 1e-6)


class _Multinomial(Constraint):
    is_discrete = True
    event_dim = 1

    def __init__(self, upper_bound):
        self.upper_bound = upper_bound

    def check(self, value):
        """Not negative, with at most that sum."""
        return (value >= 0).all(-1) & (value.sum(-1) <= self.upper_bound)


class _LowerTriangular(Constraint):
    event_dim = 2

    def check(self, value):
        """Zero above the diagonal."""
        return (value.tril() == value).flatten(-2).all(-1)


class _LowerCholesky(_LowerTriangular):
    def check(self, value):
        """Lower triangular with a positive diagonal."""
        return super().check(value) & (value.diagonal(0, -2, -1) > 0).all(-1)


class _CorrCholesky(_LowerCholesky):
    def check(self, value):
        """As LowerCholesky, with rows of length 1."""
        tolerance = 10 * value.shape[-1] * finfo(value.dtype).eps
        lengths = value.detach().square().sum(-1).sqrt()
        unit = ((lengths - 1).abs() <= tolerance).all(-1)
        return super().check(value) & unit


class _Square(Constraint):
    event_dim = 2

    def check(self, value):
        """As many rows as columns."""
        square = value.shape[-1] == value.shape[-2]
        return TORCH["full"](value.shape[:-2], square, dtype=bool_dtype)


class _Symmetric(_Square):
    def check(self, value):
        """Equal to its transpose."""
        square = super().check(value)
        if not square.all():
            return square
        return TORCH["isclose"](value, value.mT, atol=1e-6).all(-2).all(-1)


class _PositiveSemidefinite(_Symmetric):
    def check(self, value):
        """Symmetric, without negative eigenvalues."""
        symmetric = super().check(value)
        if not symmetric.all():
            return symmetric
        from rushlight.linalg import eigvalsh

        return (eigvalsh(value) >= 0).all(-1)


class _PositiveDefinite(_Symmetric):
    def check(self, value):
        """Symmetric, with positive eigenvalues."""
        symmetric = super().check(value)
        if not symmetric.all():
            return symmetric
        from rushlight.linalg import cholesky_ex

        return cholesky_ex(value).info == 0


class _Cat(Constraint):
    """Several regions side by side along a dimension."""

    def __init__(self, cseq, dim=0, lengths=None):
        self.cseq, self.dim = list(cseq), dim
        self.lengths = [1] * len(self.cseq) if lengths is None else list(lengths)

    @property
    def is_discrete(self):
        """Whether one of them is."""
        return any(c.is_discrete for c in self.cseq)

    @property
    def event_dim(self):
        """The largest of theirs."""
        return max(c.event_dim for c in self.cseq)

    def check(self, value):
        """Each part against its own region."""
        found, start = [], 0
        for constraint, length in zip(self.cseq, self.lengths, strict=True):
            found.append(constraint.check(value.narrow(self.dim, start, length)))
            start += length
        return TORCH["cat"](found, self.dim)


class _Stack(_Cat):
    def check(self, value):
        """Each slice against its own region."""
        slices = value.unbind(self.dim)
        pairs = zip(self.cseq, slices, strict=True)
        return TORCH["stack"]([c.check(v) for c, v in pairs], self.dim)


dependent = _Dependent()
dependent_property = _DependentProperty
independent = _Independent
boolean = _Boolean()
one_hot = _OneHot()
nonnegative_integer = _IntegerGreaterThan(0)
positive_integer = _IntegerGreaterThan(1)
integer_interval = _IntegerInterval
real = _Real()
real_vector = independent(real, 1)
positive = _GreaterThan(0.0)
nonnegative = _GreaterThanEq(0.0)
greater_than = _GreaterThan
greater_than_eq = _GreaterThanEq
less_than = _LessThan
multinomial = _Multinomial
unit_interval = _Interval(0.0, 1.0)
interval = _Interval
half_open_interval = _HalfOpenInterval
simplex = _Simplex()
lower_triangular = _LowerTriangular()
lower_cholesky = _LowerCholesky()
corr_cholesky = _CorrCholesky()
square = _Square()
symmetric = _Symmetric()
positive_semidefinite = _PositiveSemidefinite()
positive_definite = _PositiveDefinite()
cat = _Cat
stack = _Stack
