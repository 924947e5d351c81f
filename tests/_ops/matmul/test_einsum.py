"""einsum."""

import numpy as np
import pytest

import rushlight
from tests.battery import Error, Op, battery

ones = rushlight.ones
# Equation -> shapes of the operands.
EQUATIONS = {
    "ij->ji": [(2, 3)],
    "ij->": [(2, 3)],
    "ij->j": [(2, 3)],
    "ba": [(2, 3)],
    "ii": [(3, 3)],
    "ii->i": [(3, 3)],
    "iij->ji": [(3, 3, 2)],
    "iijj->ij": [(3, 3, 2, 2)],
    "iii->i": [(3, 3, 3)],
    "i,i": [(3,), (3,)],
    "i,j->ij": [(3,), (2,)],
    "i,j->ji": [(3,), (2,)],
    "ij,j": [(2, 3), (3,)],
    "ij,jk": [(2, 3), (3, 4)],
    "ij,jk->ki": [(2, 3), (3, 4)],
    "ij,kj->ik": [(2, 3), (4, 3)],
    "ji,jk->ik": [(3, 2), (3, 4)],
    "ij,ij->i": [(2, 3), (2, 3)],
    "ij,ij": [(2, 3), (2, 3)],
    "ij,kl->": [(2, 3), (4, 2)],
    "bij,bjk->bik": [(5, 2, 3), (5, 3, 4)],
    "bhqd,bhkd->bhqk": [(2, 3, 4, 5), (2, 3, 6, 5)],
    "bqhd,bkhd->bhqk": [(2, 4, 3, 5), (2, 6, 3, 5)],
    "bhqk,bkhd->bqhd": [(2, 3, 4, 6), (2, 6, 3, 5)],
    "abc,cd->abd": [(2, 3, 4), (4, 5)],
    "abcd,cdef->abef": [(2, 3, 2, 3), (2, 3, 2, 2)],
    "...ij,...jk->...ik": [(5, 2, 3), (5, 3, 4)],
    "...i,i->...": [(2, 5, 3), (3,)],
    "i...,i...": [(3, 2), (3, 2)],
    "...a,b...->...ba": [(4, 2), (3, 4)],
    "...,...": [(2, 3), (3,)],
    "...j->j...": [(2, 3, 4)],
    "i...->...": [(3, 2)],
    "ij,jk,kl->il": [(2, 3), (3, 4), (4, 5)],
    "ij,ik,il->jkl": [(2, 3), (2, 4), (2, 5)],
    "a,ab,abc->abc": [(2,), (2, 3), (2, 3, 4)],
    "ij,jk->ik ": [(1, 3), (3, 1)],
    "ij, jk -> ik": [(0, 3), (3, 2)],
    "ij,jk->ik": [(2, 0), (0, 2)],
    "Ab,bA->A": [(2, 3), (3, 2)],
    "n,nf,nf->": [(3,), (3, 2), (3, 2)],
}
WITH_ONES = {
    "ij,jk->ik": [(2, 1), (3, 4)],
    "ij,ij->ij": [(1, 3), (2, 3)],
    "i,i->": [(1,), (4,)],
    "bij,bjk->bik": [(1, 2, 3), (5, 3, 4)],
}


def _samples(make):
    return [
        (equation, *(make(*shape) for shape in shapes))
        for equation, shapes in EQUATIONS.items()
    ]


def _einsum(equation, *operands):
    """NumPy's, which orders letters in the same way and refuses sizes of 1."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    return np.einsum(left + arrow + right, *operands)


def _broadcast(equation, *operands):
    terms = equation.partition("->")[0].split(",")
    sizes = {}
    for term, operand in zip(terms, operands, strict=True):
        for letter, size in zip(term, operand.shape, strict=True):
            sizes[letter] = max(size, sizes.get(letter, 1))
    shapes = [[sizes[letter] for letter in term] for term in terms]
    pairs = zip(operands, shapes, strict=True)
    return np.einsum(equation, *[np.broadcast_to(o, s) for o, s in pairs])


def _error(equation, *shapes, text, type=RuntimeError):
    return Error((equation, *(ones(*shape) for shape in shapes)), type, text)


OPS = [
    Op(
        "einsum",
        reference=_einsum,
        samples=_samples,
        dtypes=("float64", "float32", "complex128", "int64", "bfloat16"),
        tolerance=4,
        errors=[
            _error("ij,jk->ik", (2, 3), (4, 4), text="does not broadcast"),
            _error("ij,jk->iz", (2, 3), (3, 4), text="output subscript z"),
            _error(
                "ij", (2, 3, 4), text="the number of subscripts in the equation (2)"
            ),
            _error("ij,jk", (2, 3), text="fewer operands were provided"),
            _error("ij", (2, 3), (2, 3), text="more operands were provided"),
            _error("ii", (3, 1), text="is repeated but the sizes don't match"),
            _error("i->ii", (2,), text="more than once"),
            _error("i1->i", (2, 3), text="invalid subscript"),
            _error("...i...", (2, 3), text="invalid subscript"),
            _error("i->1", (2,), text="subscripts in [a-zA-Z]"),
            Error((3, ones(2)), TypeError, "an equation (str)"),
            Error(("i", 3), TypeError, "to be a Tensor"),
            Error((ones(2), [60]), RuntimeError, "[0, 52)"),
            Error(("i,i", ones(2), ones(2).double()), RuntimeError, "same dtype"),
        ],
    ),
    Op(
        "einsum",
        reference=_broadcast,
        samples=lambda make: [
            (equation, *(make(*shape) for shape in shapes))
            for equation, shapes in WITH_ONES.items()
        ],
        id="sizes-of-1",
    ),
]
globals().update(battery(OPS))


def test_operands_as_a_list_and_dimensions_as_numbers():
    x, y = rushlight.arange(6.0).view(2, 3), rushlight.arange(12.0).view(3, 4)
    want = (x @ y).tolist()
    assert rushlight.einsum("ij,jk", [x, y]).tolist() == want
    assert rushlight.einsum(x, [0, 1], y, [1, 2]).tolist() == want
    assert rushlight.einsum(x, [0, 1], y, [1, 2], [2, 0]).mT.tolist() == want
    assert rushlight.einsum(x, [..., 1], [1, ...]).tolist() == x.mT.tolist()


def test_ellipses_of_unequal_ranks_broadcast():
    x, y = ones(2, 5, 3, 4), ones(5, 4, 2)
    assert rushlight.einsum("...ij,...jk->...ik", x, y).shape == (2, 5, 3, 2)


@pytest.mark.parametrize(
    "sizes", [((64, 32, 48), (48, 40)), ((8, 64, 48), (8, 48, 40))]
)
def test_large_products_are_right(sizes):
    rng = np.random.default_rng(0)
    x, y = (rng.random(size, np.float32) for size in sizes)
    equation = "abc,cd->adb" if len(sizes[1]) == 2 else "abc,acd->adb"
    found = rushlight.einsum(equation, *map(rushlight.from_numpy, (x, y)))
    np.testing.assert_allclose(found.numpy(), np.einsum(equation, x, y), rtol=1e-5)
