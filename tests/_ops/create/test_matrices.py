"""eye, tril_indices, triu_indices."""

import numpy as np
import pytest

import rushlight


@pytest.mark.parametrize("n, m", [(3, None), (2, 4), (4, 2), (0, 3), (0, None)])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "bool", "int8", "complex64"])
def test_eye(n, m, dtype):
    x = rushlight.eye(n, m, dtype=getattr(rushlight, dtype))
    assert x.dtype.name == dtype
    assert x.tolist() == np.eye(n, m).tolist()


@pytest.mark.parametrize("row, col", [(3, 3), (2, 4), (4, 2), (0, 3)])
@pytest.mark.parametrize("offset", [0, 1, -1, 9])
def test_triangles(row, col, offset):
    lower = rushlight.tril_indices(row, col, offset)
    upper = rushlight.triu_indices(row, col, offset)
    assert lower.tolist() == np.stack(np.tril_indices(row, offset, col)).tolist()
    assert upper.tolist() == np.stack(np.triu_indices(row, offset, col)).tolist()
    assert lower.dtype is rushlight.int64


def test_dtypes_of_triangles():
    x = rushlight.tril_indices(2, 2, dtype=rushlight.int32)
    assert x.dtype is rushlight.int32
    with pytest.raises(NotImplementedError, match="an integer dtype"):
        rushlight.triu_indices(2, 2, dtype=rushlight.float32)


@pytest.mark.parametrize(
    "make, error, text",
    [
        (lambda: rushlight.eye(-1), RuntimeError, "greater or equal to 0, got -1"),
        (lambda: rushlight.eye(2, -1), RuntimeError, "m to be greater"),
        (lambda: rushlight.eye(2.0), TypeError, "an int for 'n'"),
        (lambda: rushlight.tril_indices(-1, 3), RuntimeError, "row to be non-negative"),
        (lambda: rushlight.triu_indices(1, -3), RuntimeError, "col to be non-negative"),
    ],
)
def test_refusals(make, error, text):
    with pytest.raises(error) as caught:
        make()
    assert text in str(caught.value)
