"""size, dim, numel, element_size, is_same_size."""

import pytest

import rushlight

ones = rushlight.ones


def test_measures():
    x = ones(2, 3, dtype=rushlight.float16)
    assert x.size() == rushlight.Size((2, 3))
    assert (x.size(0), x.size(-1), x.size(dim=1), x.size(rushlight.tensor(1))) == (
        2,
        3,
        3,
        3,
    )
    assert x.size(None) == (2, 3)
    assert (x.dim(), x.ndimension(), x.ndim) == (2, 2, 2)
    assert (x.numel(), x.nelement(), rushlight.numel(x)) == (6, 6, 6)
    assert (x.element_size(), x.itemsize, x.nbytes) == (2, 2, 12)
    assert ones(2, 0).numel() == 0
    assert x.to("meta").numel() == 6


def test_is_same_size():
    assert ones(2).is_same_size(rushlight.zeros(2).int())
    assert not rushlight.is_same_size(ones(2), ones(1, 2))


@pytest.mark.parametrize(
    "ask, error, text",
    [
        (lambda: ones(2).size(1), IndexError, "in the range [-1, 0], got 1"),
        (lambda: ones(2).size("a"), TypeError, "an int for 'dim'"),
        (lambda: rushlight.tensor(1).size(0), IndexError, "size()"),
        (lambda: rushlight.tensor(1).stride(0), IndexError, "stride()"),
        (lambda: rushlight.numel(3), TypeError, "to be a Tensor, got int"),
        (lambda: ones(2).is_same_size(3), TypeError, "got int"),
        (lambda: ones(2).is_set_to(3), TypeError, "got int"),
    ],
)
def test_refusals(ask, error, text):
    with pytest.raises(error) as caught:
        ask()
    assert text in str(caught.value)
