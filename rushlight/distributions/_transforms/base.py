"""Transform, its inverse, and transforms made of others."""

import weakref

from rushlight._base.errors import ArgumentError, explain
from rushlight.distributions import constraints


class Transform:
    """A map ``y = f(x)`` whose slope is known.

    Args:
        cache_size: 1 to remember the last pair, so that going back is exact; else 0.

    Attributes:
        domain, codomain: the regions of x and y.
        bijective: whether it can be inverted everywhere.
        sign: +1 or -1 where it rises or falls.

    Raises:
        ValueError: for another cache_size.
    """

    bijective = False
    domain: constraints.Constraint
    codomain: constraints.Constraint

    def __init__(self, cache_size=0):
        self._cache_size, self._inv = cache_size, None
        if cache_size not in (0, 1):
            raise ArgumentError(
                explain(
                    "Transform()",
                    expected="cache_size to be 0 or 1",
                    got=cache_size,
                    do="1 remembers the last pair.",
                )
            )
        self._cached_x_y = None, None
        super().__init__()

    def __getstate__(self):
        return {**self.__dict__, "_inv": None}

    @property
    def event_dim(self):
        """How many dimensions belong together, in and out."""
        if self.domain.event_dim == self.codomain.event_dim:
            return self.domain.event_dim
        raise ArgumentError(
            explain(
                "Transform.event_dim",
                expected="the same in and out",
                got=f"{self.domain.event_dim} and {self.codomain.event_dim}",
                do="Use domain.event_dim or codomain.event_dim.",
            )
        )

    @property
    def inv(self):
        """The inverse."""
        inverse = None if self._inv is None else self._inv()
        if inverse is None:
            inverse = _InverseTransform(self)
            self._inv = weakref.ref(inverse)
        return inverse

    @property
    def sign(self):
        """+1 where it rises, -1 where it falls."""
        raise NotImplementedError

    def with_cache(self, cache_size=1):
        """The same with a cache."""
        if self._cache_size == cache_size:
            return self
        if type(self).__init__ is Transform.__init__:
            return type(self)(cache_size=cache_size)
        raise NotImplementedError(f"{type(self)}.with_cache is not implemented")

    def __eq__(self, other):
        return self is other

    def __hash__(self):
        return id(self)

    def __call__(self, x):
        if self._cache_size == 0:
            return self._call(x)
        old_x, old_y = self._cached_x_y
        if x is old_x:
            return old_y
        y = self._call(x)
        self._cached_x_y = x, y
        return y

    def _inv_call(self, y):
        if self._cache_size == 0:
            return self._inverse(y)
        old_x, old_y = self._cached_x_y
        if y is old_y:
            return old_x
        x = self._inverse(y)
        self._cached_x_y = x, y
        return x

    def _call(self, x):
        raise NotImplementedError

    def _inverse(self, y):
        raise NotImplementedError

    def log_abs_det_jacobian(self, x, y):
        """``log(abs(dy / dx))``, of an event its determinant."""
        raise NotImplementedError

    def forward_shape(self, shape):
        """The shape of y for a shape of x."""
        return shape

    def inverse_shape(self, shape):
        """The shape of x for a shape of y."""
        return shape

    def __repr__(self):
        return f"{type(self).__name__}()"


class _InverseTransform(Transform):
    """The inverse of a transform."""

    def __init__(self, transform):
        super().__init__(cache_size=transform._cache_size)
        self._inv = transform

    @property
    def domain(self):
        """The codomain of what it inverts."""
        return self._inv.codomain

    @property
    def codomain(self):
        """The domain of what it inverts."""
        return self._inv.domain

    @property
    def bijective(self):
        """As what it inverts."""
        return self._inv.bijective

    @property
    def sign(self):
        return self._inv.sign

    @property
    def inv(self):
        return self._inv

    def with_cache(self, cache_size=1):
        return self.inv.with_cache(cache_size).inv

    def __eq__(self, other):
        return isinstance(other, _InverseTransform) and self._inv == other._inv

    __hash__ = Transform.__hash__

    def __repr__(self):
        return f"{type(self).__name__}({self._inv!r})"

    def __call__(self, x):
        return self._inv._inv_call(x)

    def log_abs_det_jacobian(self, x, y):
        return -self._inv.log_abs_det_jacobian(y, x)

    def forward_shape(self, shape):
        return self._inv.inverse_shape(shape)

    def inverse_shape(self, shape):
        return self._inv.forward_shape(shape)


def sum_rightmost(value, count):
    """Sum the last dimensions."""
    if count == 0:
        return value
    return value.reshape(*value.shape[: value.ndim - count], -1).sum(-1)


class ComposeTransform(Transform):
    """Several transforms, one after the other.

    Args:
        parts: the transforms, the first one first.
        cache_size: as for `Transform`.
    """

    def __init__(self, parts, cache_size=0):
        if cache_size:
            parts = [part.with_cache(cache_size) for part in parts]
        super().__init__(cache_size=cache_size)
        self.parts = parts

    def __eq__(self, other):
        return isinstance(other, ComposeTransform) and self.parts == other.parts

    __hash__ = Transform.__hash__

    @property
    def domain(self):
        """Of the first."""
        if not self.parts:
            return constraints.real
        domain, rank = self.parts[0].domain, self.parts[-1].codomain.event_dim
        for part in reversed(self.parts):
            rank += part.domain.event_dim - part.codomain.event_dim
            rank = max(rank, part.domain.event_dim)
        more = rank - domain.event_dim
        return constraints.independent(domain, more) if more > 0 else domain

    @property
    def codomain(self):
        """Of the last."""
        if not self.parts:
            return constraints.real
        codomain, rank = self.parts[-1].codomain, self.parts[0].domain.event_dim
        for part in self.parts:
            rank += part.codomain.event_dim - part.domain.event_dim
            rank = max(rank, part.codomain.event_dim)
        more = rank - codomain.event_dim
        return constraints.independent(codomain, more) if more > 0 else codomain

    @property
    def bijective(self):
        """Whether all are."""
        return all(part.bijective for part in self.parts)

    @property
    def sign(self):
        sign = 1
        for part in self.parts:
            sign = sign * part.sign
        return sign

    @property
    def inv(self):
        inverse = None if self._inv is None else self._inv()
        if inverse is None:
            inverse = ComposeTransform([part.inv for part in reversed(self.parts)])
            self._inv = weakref.ref(inverse)
            inverse._inv = weakref.ref(self)
        return inverse

    def with_cache(self, cache_size=1):
        if self._cache_size == cache_size:
            return self
        return ComposeTransform(self.parts, cache_size=cache_size)

    def __call__(self, x):
        for part in self.parts:
            x = part(x)
        return x

    def log_abs_det_jacobian(self, x, y):
        if not self.parts:
            return x.new_zeros(x.shape)
        values = [x]
        for part in self.parts[:-1]:
            values.append(part(values[-1]))
        values.append(y)
        total, rank = 0, self.domain.event_dim
        for part, before, after in zip(self.parts, values, values[1:]):
            slope = part.log_abs_det_jacobian(before, after)
            total = total + sum_rightmost(slope, rank - part.domain.event_dim)
            rank += part.codomain.event_dim - part.domain.event_dim
        return total

    def forward_shape(self, shape):
        for part in self.parts:
            shape = part.forward_shape(shape)
        return shape

    def inverse_shape(self, shape):
        for part in reversed(self.parts):
            shape = part.inverse_shape(shape)
        return shape

    def __repr__(self):
        inner = ",\n    ".join(repr(part) for part in self.parts)
        return f"{type(self).__name__}(\n    {inner}\n)"


identity_transform = ComposeTransform([])
