"""Index maps: where an element of one expression is found in another.

A map gives, for each dimension, an affine form of loop axes: (offset, {axis: step}).
"""

from rushlight._base.sized import is_multiple
from rushlight._base.symint import is_symbolic
from rushlight._compiler.graph.expression import VIEWS


class Misfit(Exception):
    """A view that is no affine map here: its source has to be stored first.

    Attributes:
        source: the expression to store.
    """

    def __init__(self, source):
        super().__init__(source)
        self.source = source


class Flat:
    """A place in row-major memory, where no map for each dimension is known."""

    def __init__(self, offset, terms):
        self.offset, self.terms = offset, tuple(sorted(terms.items()))

    def __eq__(self, other):
        mine = self.offset, self.terms
        return other.__class__ is Flat and mine == (other.offset, other.terms)

    def __hash__(self):
        return hash((self.offset, self.terms))


class Apart(Exception):
    """Expressions that would not meet element by element in one walk."""


ZERO = (0, ())


def axis(name):
    """The map of one dimension that is one axis."""
    return 0, ((name, 1),)


def identity(shape, axes):
    """A map for a shape whose dimensions are the axes in order, several to one maybe.

    Args:
        shape: sizes.
        axes: {name: size}, in order.

    Raises:
        Apart: where the sizes do not fit.
    """
    left, found = list(axes.items()), []
    for size in shape:
        names, rest = [], size
        while rest > 1:
            if not left or not is_multiple(rest, left[0][1]):
                raise Apart
            name, extent = left.pop(0)
            names.append((name, extent))
            rest //= extent
        terms, step = [], 1
        for name, extent in reversed(names):
            terms.append((name, step))
            step *= extent
        found.append((0, tuple(sorted(terms))))
    if left:
        raise Apart
    return tuple(found)


def flat(shape, index):
    """The place in row-major memory: (offset, {axis: step})."""
    if index.__class__ is Flat:
        return index.offset, dict(index.terms)
    offset, terms, stride = 0, {}, 1
    for size, (start, steps) in zip(reversed(shape), reversed(index), strict=True):
        offset += start * stride
        for name, step in steps:
            terms[name] = terms.get(name, 0) + step * stride
        stride *= size
    return offset, terms


def through(view, index, extents):
    """The map of a view's source.

    Args:
        view: a permute, expand, slice or reshape.
        index: the map of its result.
        extents: {axis: size}.

    Raises:
        Misfit: where a reshape cannot be followed.
    """
    source = view.args[0]
    if view.kind == "permute":
        found = [ZERO] * source.ndim
        for place, dim in enumerate(view.data):
            found[dim] = index[place]
        return tuple(found)
    if view.kind == "expand":
        added = view.ndim - source.ndim
        return tuple(
            [
                ZERO if size == 1 else index[d + added]
                for d, size in enumerate(source.shape)
            ]
        )
    if view.kind == "slice":
        starts, steps = view.data
        return tuple(
            [
                (start + offset * step, tuple([(n, s * step) for n, s in terms]))
                for start, step, (offset, terms) in zip(
                    starts, steps, index, strict=True
                )
            ]
        )
    return _unflatten(view, index, extents)


def _unflatten(view, index, extents):
    """A reshape: the flat place, split over the source's dimensions."""
    source = view.args[0]
    offset, terms = flat(view.shape, index)
    strides, stride = [], 1
    for size in reversed(source.shape):
        strides.append(stride)
        stride *= size
    strides.reverse()
    starts, parts, highest = [], [[] for _ in strides], [0] * len(strides)
    for dim, stride in enumerate(strides):
        start, offset = divmod(offset, stride) if stride else (0, offset)
        starts.append(start)
        highest[dim] = start
    for name, step in terms.items():
        if not step:
            continue
        for dim, stride in enumerate(strides):
            if source.shape[dim] > 1 and _reaches(step, stride):
                if not is_multiple(step, stride) or step < 0:
                    raise Misfit(source)
                parts[dim].append((name, step // stride))
                highest[dim] += step // stride * (extents[name] - 1)
                break
        else:
            raise Misfit(source)
    for dim, size in enumerate(source.shape):
        if highest[dim] >= size:
            raise Misfit(source)
    return tuple([(s, tuple(sorted(p))) for s, p in zip(starts, parts, strict=True)])


def _reaches(step, stride):
    """Whether a step goes over whole rows of a dimension.

    Of symbolic ones it is enough to know that it does: else the next dimension may be
    the one, and whether the axis stays inside of it is looked at in any case.
    """
    if is_symbolic(step) or is_symbolic(stride):
        return is_multiple(step, stride)
    return step >= stride


def strides_in(expression, is_stored):
    """How a view of stored memory lies there, or None.

    Args:
        expression: views over something stored.
        is_stored: whether an expression has memory of its own.

    Returns:
        (the stored expression, offset, strides), in elements.
    """
    axes = [f"d{d}" for d in range(expression.ndim)]
    extents = dict(zip(axes, expression.shape, strict=True))
    index = tuple([axis(name) for name in axes])
    while not is_stored(expression):
        if expression.kind not in VIEWS:
            return None
        if expression.kind == "reshape" and is_stored(expression.args[0]):
            offset, terms = flat(expression.shape, index)
            return expression.args[0], offset, [terms.get(a, 0) for a in axes]
        try:
            index = through(expression, index, extents)
        except Misfit:
            return None
        expression = expression.args[0]
    offset, terms = flat(expression.shape, index)
    return expression, offset, [terms.get(a, 0) for a in axes]
