"""view(dtype)."""

import numpy as np
import pytest

import rushlight


@pytest.mark.parametrize(
    "dtype, view",
    [
        ("float32", "int32"),
        ("float32", "int8"),
        ("float32", "float64"),
        ("int8", "int16"),
        ("complex64", "float32"),
        ("float32", "bfloat16"),
        ("bfloat16", "int16"),
        ("float64", "uint8"),
    ],
)
def test_the_bytes_stay(dtype, view):
    data = np.arange(24).reshape(3, 8).astype(np.float32)
    x = rushlight.tensor(data).to(getattr(rushlight, dtype))
    y = x.view(getattr(rushlight, view))
    assert y.dtype is getattr(rushlight, view)
    assert y.data_ptr() == x.data_ptr()
    assert y._array.tobytes() == x._array.tobytes()
    meta = x.to("meta").view(getattr(rushlight, view))
    assert (meta.shape, meta.dtype) == (y.shape, y.dtype)


@pytest.mark.parametrize(
    "make, dtype, text",
    [
        (lambda: rushlight.ones(3), "float64", "self.size(-1) 3 not divisible"),
        (lambda: rushlight.tensor(1.0), "int8", "self.dim() cannot be 0"),
        (
            lambda: rushlight.ones(2, 2).t(),
            "float64",
            "self.stride(-1) must be 1, is 2",
        ),
    ],
)
def test_what_cannot_be_read_so(make, dtype, text):
    with pytest.raises(RuntimeError) as caught:
        make().view(getattr(rushlight, dtype))
    assert text in str(caught.value)


def test_integers_have_no_gradient_and_complex_views_have():
    x = rushlight.ones(2, requires_grad=True)
    assert x.view(rushlight.int32).grad_fn is None
    z = rushlight.ones(2, dtype=rushlight.complex64, requires_grad=True)
    z.view(dtype=rushlight.float32).sum().backward()
    assert z.grad.tolist() == [1 + 1j, 1 + 1j]
