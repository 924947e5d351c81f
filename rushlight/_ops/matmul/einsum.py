"""Sums of products in Einstein's notation: einsum.

# Note [Contraction]
# Operands are taken two at a time, from the left.  Their dimensions fall into four
# groups: in both and kept (a batch), only in the left, only in the right, in both and
# summed.  Permuted and merged by group that is one product of stacks of matrices, and
# BLAS does the work; a dimension that only one operand has and nobody wants is summed
# first.
"""

from functools import lru_cache

from rushlight._base.errors import ArgumentRuntimeError, ArgumentTypeError, explain
from rushlight._base.shape import numel
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor
from rushlight._ops._arguments import require_tensor
from rushlight._ops.matmul.multiply import check_dtypes

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def einsum(equation, *operands):
    """Sum products of elements along the dimensions that an equation names.

    ``"ij,jk->ik"`` is the product of matrices.  Letters name dimensions; those that are
    missing on the right are summed.  ``...`` stands for all other dimensions, which
    broadcast.  Without ``->`` the result has the letters that stand once, in order.

    Args:
        equation: the text; or leave it away and give each operand's dimensions as a
            list of numbers after it, and those of the result at the end.
        operands: tensors of one dtype, one by one or as one sequence.

    Returns:
        Tensor: with the dimensions of the right side.

    Raises:
        RuntimeError: for an equation that is malformed or does not fit the operands.

    >>> import rushlight
    >>> x = rushlight.tensor([[1, 2], [3, 4]])
    >>> rushlight.einsum("ij->j", x), rushlight.einsum("ij,ij", x, x)
    (tensor([4, 6]), tensor(30))
    """
    if isinstance(equation, Tensor):
        equation, operands = _from_sublists((equation, *operands))
    elif not isinstance(equation, str):
        raise ArgumentTypeError(
            explain(
                "einsum()",
                expected="an equation (str) or tensors with lists of dimensions",
                got=type(equation).__name__,
                do='Write, for example, einsum("ij,jk->ik", a, b).',
            )
        )
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    for operand in operands:
        require_tensor(operand, "einsum()", "operands")
    shapes = tuple([operand._array.shape for operand in operands])
    names, result = _parse(equation, tuple(map(len, shapes)))
    sizes = _sizes(names, shapes)
    pairs = [_prepared(t, n, sizes) for t, n in zip(operands, names, strict=True)]
    return _contract(pairs, result)


expose(einsum, method=False)

# ----------------------------------------------------------------------------- notation


def _from_sublists(arguments):
    """The equation that ``einsum(a, [0, 1], b, [1, 2], [0, 2])`` stands for."""
    operands, texts, rest = [], [], list(arguments)
    while len(rest) >= 2:
        operands.append(rest.pop(0))
        texts.append(_letters_of(rest.pop(0)))
    equation = ",".join(texts)
    if rest:
        equation += "->" + _letters_of(rest.pop())
    return equation, tuple(operands)


def _letters_of(numbers):
    letters = ""
    for number in numbers:
        if number is Ellipsis:
            letters += "..."
        elif 0 <= number < len(_LETTERS):
            letters += _LETTERS[number]
        else:
            raise _malformed(f"subscript {number}", "numbers in the range [0, 52)")
    return letters


def _malformed(got, expected, do="Check the equation."):
    return ArgumentRuntimeError(explain("einsum()", expected=expected, got=got, do=do))


@lru_cache(256)
def _parse(equation, ranks):
    """The names of each operand's dimensions, and the result's, as tuples.

    The dimensions that ``...`` stands for are named by numbers, counted from the last.
    """
    text = equation.replace(" ", "")
    left, arrow, right = text.partition("->")
    terms = left.split(",")
    if len(terms) != len(ranks):
        more = "fewer" if len(ranks) < len(terms) else "more"
        raise _malformed(
            f"{len(ranks)}: {more} operands were provided than specified in the "
            "equation",
            f"{len(terms)} operands",
        )
    names = [
        _names_of(term, rank, i)
        for i, (term, rank) in enumerate(zip(terms, ranks, strict=True))
    ]
    width = max((sum(n.__class__ is int for n in one) for one in names), default=0)
    hidden = tuple(range(width, 0, -1))
    if not arrow:
        once = [c for c in _LETTERS if left.count(c) == 1]
        return tuple(names), (*hidden, *once)
    return tuple(names), _output_names(right, hidden, names)


def _names_of(term, rank, place):
    """The names of one operand's dimensions."""
    before, dots, after = term.partition("...")
    for letter in before + after:
        if letter not in _LETTERS:
            raise _malformed(
                f"{letter!r} in operand {place}: invalid subscript given",
                "subscripts in [a-zA-Z] and at most one '...' for each operand",
            )
    hidden = rank - len(before) - len(after)
    if hidden < 0 or (hidden and not dots):
        raise _malformed(
            f"{rank} dimensions for operand {place}",
            "the number of subscripts in the equation "
            f"({len(before + after)}) to match the number of dimensions",
            "Name every dimension, or use '...'.",
        )
    return (*before, *range(hidden, 0, -1), *after)


def _output_names(right, hidden, names):
    before, dots, after = right.partition("...")
    seen = {name for one in names for name in one}
    for letter in before + after:
        if letter not in _LETTERS:
            raise _malformed(f"{letter!r} on the right", "subscripts in [a-zA-Z]")
        if letter not in seen:
            raise _malformed(
                f"output subscript {letter}, which does not appear in the equation for "
                "any input operand",
                "the subscripts of the operands on the right",
            )
        if (before + after).count(letter) > 1:
            raise _malformed(
                f"output subscript {letter}, which appears more than once",
                "each subscript once on the right",
            )
    return (*before, *(hidden if dots else ()), *after)


def _sizes(names, shapes):
    """The size of each name; sizes of 1 broadcast."""
    sizes = {}
    for place, (one, shape) in enumerate(zip(names, shapes, strict=True)):
        mine = dict(zip(one, shape, strict=True))
        for name, size in zip(one, shape, strict=True):
            if mine[name] != size:
                raise _malformed(
                    f"sizes {size} and {mine[name]} for operand {place}: subscript "
                    f"{name} is repeated but the sizes don't match",
                    f"one size for subscript {name}",
                    "Check the operand's shape.",
                )
            known = sizes.setdefault(name, size)
            if known == 1:
                sizes[name] = size
            elif size not in (1, known):
                raise _malformed(
                    f"size {size} for operand {place}, which does not broadcast with "
                    f"previously seen size {known}",
                    f"one size for subscript {name}",
                    "Check the operands' shapes.",
                )
    return sizes


# -------------------------------------------------------------------------- contraction


def _prepared(tensor, names, sizes):
    """An operand without repeated names and without sizes of 1 that broadcast."""
    while len(set(names)) < len(names):
        name = next(n for i, n in enumerate(names) if n in names[:i])
        first = names.index(name)
        second = names.index(name, first + 1)
        tensor = tensor.diagonal(0, first, second)
        names = (*[n for n in names if n != name], *[name] * (names.count(name) - 1))
    shape = tensor._array.shape
    stretched = [i for i, n in enumerate(names) if shape[i] == 1 != sizes[n]]
    for i in reversed(stretched):
        tensor, names = tensor.squeeze(i), names[:i] + names[i + 1 :]
    return tensor, names


def _contract(pairs, result):
    """All operands as one, two at a time from the left (Note [Contraction])."""
    tensor, names = pairs[0]
    for place, (other, others) in enumerate(pairs[1:], 2):
        later = {n for _, more in pairs[place:] for n in more}
        wanted = later.union(result)
        tensor, names = _summed(tensor, names, wanted.union(others))
        other, others = _summed(other, others, wanted.union(names))
        kept = result if place == len(pairs) else ()
        tensor, names = _product(tensor, names, other, others, wanted, kept)
    if names != result:
        order = tuple([names.index(n) for n in result])
        rest = tuple([i for i in range(len(names)) if i not in order])
        tensor = tensor.permute(order + rest)
        if rest:
            tensor = tensor.sum(tuple(range(len(order), len(names))))
    return tensor


def _summed(tensor, names, wanted):
    """A tensor summed over the dimensions that nobody wants."""
    gone = tuple([i for i, n in enumerate(names) if n not in wanted])
    if not gone:
        return tensor, names
    return tensor.sum(gone), tuple([n for n in names if n in wanted])


def _product(x, left, y, right, wanted, result):
    """The product of two tensors, summed over the names in both that nobody wants."""
    both = [n for n in left if n in right]
    summed = [n for n in both if n not in wanted]
    if not summed:
        return _elementwise(x, left, y, right, result)
    check_dtypes("einsum()", x._array, y._array)
    batch = [n for n in both if n in wanted]
    rows = [n for n in left if n not in right]
    columns = [n for n in right if n not in left]
    if result and rows and columns and result.index(columns[0]) < result.index(rows[0]):
        return _product(y, right, x, left, wanted, ())  # in the result's order
    sizes = dict(zip(left, x._array.shape, strict=True))
    sizes |= dict(zip(right, y._array.shape, strict=True))
    x = _merged(x, left, sizes, batch, rows, summed)
    y = _merged(y, right, sizes, batch, summed, columns)
    names, product = (*batch, *rows, *columns), x @ y
    shape = tuple([sizes[n] for n in names])
    if product._edge is None and product._array.shape == shape:
        return product, names
    return product.reshape(shape), names


def _merged(tensor, names, sizes, batch, first, second):
    """A matrix, or a stack of them, with the dimensions of each group merged."""
    groups = (batch, first, second) if batch else (first, second)
    order = tuple([names.index(n) for group in groups for n in group])
    if order != tuple(range(len(order))):
        tensor = tensor.permute(order)
    shape = tuple([numel([sizes[n] for n in group]) for group in groups])
    return tensor if tensor._array.shape == shape else tensor.reshape(shape)


def _elementwise(x, left, y, right, result):
    """The product of two tensors of which nothing is summed."""
    names = (*left, *[n for n in right if n not in left])
    if result:
        names = tuple([n for n in result if n in names])
    return _aligned(x, left, names) * _aligned(y, right, names), names


def _aligned(tensor, have, wanted):
    """A tensor with its dimensions in the wanted order, of size 1 where it has none."""
    order = tuple([have.index(n) for n in wanted if n in have])
    tensor = tensor.permute(order)
    for place, name in enumerate(wanted):
        if name not in have:
            tensor = tensor.unsqueeze(place)
    return tensor
