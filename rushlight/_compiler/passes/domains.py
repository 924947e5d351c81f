"""Domains: the shapes that kernels walk, and what is read where on the way."""

import math

from rushlight._base.sized import is_same
from rushlight._compiler.graph.expression import ADDRESSLESS, POINTWISE, VIEWS
from rushlight._compiler.schedules.maps import (
    ZERO,
    Flat,
    Misfit,
    flat,
    strides_in,
    through,
)

#: The map of what may be read at any place: no other equals it.
ANYWHERE = Flat(-1, {})


def stripped(shape):
    """A shape without its sizes of 1."""
    return tuple([size for size in shape if size != 1])


def operands(e, index, extents, stored):
    """Pairs (operand, map) of an expression at a map.

    Raises:
        Misfit: for a reshape that cannot be followed.
    """
    if e.kind in VIEWS:
        source = e.args[0]
        try:
            return [(source, through(e, index, extents))]
        except Misfit:
            if source not in stored:
                raise
            return [(source, Flat(*flat(e.shape, index)))]
    if e.kind == "gather":
        table, rows = e.args
        if memory_of(table) not in stored:
            raise Misfit(memory_of(table))
        return [(rows, index[: rows.ndim]), (memory_of(table), ANYWHERE)]
    if e.kind == "place":
        source, offset, terms, _ = placed(e, index, stored)
        return [(source, Flat(offset, terms))]
    if e.kind in POINTWISE or e.kind == "part":
        return [(arg, index) for arg in e.args]
    return []


def memory_of(e):
    """What an expression is read from that is another shape of it, maybe."""
    while e.kind == "reshape":
        e = e.args[0]
    return e


def placed(e, index, stored):
    """Where a `place` reads, and where it has anything to read.

    Args:
        e: the expression.
        index: a map of its dimensions.
        stored: what has memory.

    Returns:
        (source, offset, terms, bounds): the place in the source's memory, without the
        dimensions that are placed with steps; for each dimension that is not read
        whole (position, as an affine form, size, step, stride in the source).

    Raises:
        Misfit: where the source has no memory, or not in a regular way.
    """
    x = e.args[0]
    found = strides_in(x, stored.__contains__)
    if found is None:
        source = x
        while source not in stored and source.kind in VIEWS:
            source = source.args[0]
        lost = source in stored or source.kind in ADDRESSLESS
        raise Misfit(x if lost else source)
    source, offset, strides = found
    terms, bounds = {}, []
    for d, (start, step) in enumerate(zip(*e.data, strict=True)):
        at, axes = index[d]
        if step == 1:
            offset += (at - start) * strides[d]
            for name, factor in axes:
                terms[name] = terms.get(name, 0) + factor * strides[d]
        if x.shape[d] != e.shape[d]:
            bounds.append(((at - start, axes), x.shape[d], step, strides[d]))
        else:
            assert step == 1
    return source, offset, terms, bounds


def lacking(e, stored):
    """Give, one after another, what a `place` needs to have memory."""
    while True:
        try:
            placed(e, (ZERO,) * e.ndim, stored)
            return
        except Misfit as misfit:
            yield misfit.source


def as_view(e):
    """A result as what NumPy can show of memory: (source, shape, order).

    The result is ``source.reshape(shape).transpose(order)``.
    """
    order = tuple(range(e.ndim))
    if e.kind == "permute":
        order, e = e.data, e.args[0]
    shape = e.shape
    while e.kind == "reshape":
        e = e.args[0]
    return e, shape, order


def domain_of(anchor):
    """The shape that an anchor walks, and which of its dimensions it reduces."""
    if anchor.kind != "reduce":
        return stripped(anchor.shape), None
    shape, dims = anchor.args[0].shape, anchor.data[1]
    domain, reduced = [], []
    for d, size in enumerate(shape):
        if size != 1:
            if d in dims:
                reduced.append(len(domain))
            domain.append(size)
    return tuple(domain), tuple(reduced)


def finer(a, b):
    """The finer of two domains that cut one range of elements, or None."""
    if not is_same(math.prod(a), math.prod(b)):
        return None
    cuts_a, cuts_b = _cuts(a), _cuts(b)
    return a if cuts_a >= cuts_b else b if cuts_b >= cuts_a else None


def _cuts(domain):
    found, stride = set(), 1
    for size in reversed(domain):
        stride *= size
        found.add(stride)
    return found


def spread(dims, old, new):
    """Dimensions of a domain as those of a finer one; None stays None."""
    if dims is None:
        return None
    found, place = [], 0
    for dim, size in enumerate(old):
        while size > 1:
            size //= new[place]
            if dim in dims:
                found.append(place)
            place += 1
    return tuple(found)


def is_matrix(shape, strides):
    """Whether (B, m, n) elements with these strides are matrices to BLAS."""
    _, rows, columns = shape
    _, down, right = strides
    if columns == 1 and rows > 1 and down != 1:
        right = 1
    if rows == 1:
        down = max(columns, down)
    good = (right == 1 or columns == 1) and (down >= columns or rows == 1)
    turned = (down == 1 or rows == 1) and (right >= rows or columns == 1)
    return good or turned


def reads(unit, stored):
    """What a unit reads: stored expressions, and what it computes them by."""
    found, stack = set(), [a for m in unit.members for a in m.args]
    while stack:
        e = stack.pop()
        if e not in found and e not in stored:
            stack.extend(e.args)
        found.add(e)
    return found


def reachable(roots):
    """Everything that the roots need, operands first."""
    seen, stack = set(), list(roots)
    while stack:
        e = stack.pop()
        if e not in seen:
            seen.add(e)
            stack.extend(e.args)
    return sorted(seen, key=lambda e: e.number)
