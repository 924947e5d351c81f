"""Layout, device number, sign, sum_to_size."""

import pytest

import rushlight

ones = rushlight.ones


def test_what_it_is():
    x = ones(2)
    assert x.layout is rushlight.strided
    assert x.get_device() == rushlight.get_device(x) == -1
    assert x.is_signed() and not rushlight.is_signed(x.byte())
    assert x.to_dense() is x
    assert x.to_dense(rushlight.float64).dtype is rushlight.float64
    assert ones(2, 3, 4).permute(2, 0, 1).dim_order() == (1, 2, 0)


@pytest.mark.parametrize(
    "name", ["is_sparse", "is_quantized", "is_mkldnn", "is_nested", "is_mps", "is_xla"]
)
def test_what_it_is_not(name):
    assert getattr(ones(1), name) is False


def test_is_nonzero():
    assert ones(1).is_nonzero()
    assert not rushlight.tensor([[0]]).is_nonzero()
    with pytest.raises(RuntimeError, match="got shape \\[2\\]"):
        ones(2).is_nonzero()


def test_sum_to_size():
    x = ones(2, 3, requires_grad=True)
    assert x.sum_to_size(2, 3) is x
    assert x.sum_to_size(1, 3).tolist() == [[2, 2, 2]]
    assert x.sum_to_size((3,)).tolist() == [2, 2, 2]
    assert x.sum_to_size(()).item() == 6
    x.sum_to_size(2, 1).sum().backward()
    assert x.grad.tolist() == ones(2, 3).tolist()
    for size in ((3, 3), (1, 2, 3), (2,)):
        with pytest.raises(RuntimeError, match="expandable to"):
            x.sum_to_size(size)
