"""resize_, resize_as_, set_."""

import pytest

import rushlight

ones, arange = rushlight.ones, rushlight.arange


def test_smaller_sizes_keep_the_memory():
    x = arange(6)
    address = x.data_ptr()
    assert x.resize_(2, 2) is x
    assert (x.tolist(), x.data_ptr()) == ([[0, 1], [2, 3]], address)
    assert x.resize_(6).tolist() == [0, 1, 2, 3, 4, 5]


def test_larger_sizes_keep_the_elements():
    x = arange(4)[1:]
    assert x.resize_(5).shape == (5,)
    assert x[:3].tolist() == [1, 2, 3]
    assert ones(2, 3).t().resize_(2, 3).stride() == (3, 1)
    assert rushlight.empty(0).resize_((2, 1)).shape == (2, 1)
    assert arange(6).resize_as_(ones(3, 2)).tolist() == [[0, 1], [2, 3], [4, 5]]
    assert ones(2, device="meta").resize_(3).shape == (3,)


def test_a_format():
    x = rushlight.empty(0).resize_(2, 3, 4, 5, memory_format=rushlight.channels_last)
    assert x.is_contiguous(memory_format=rushlight.channels_last)


def test_what_wants_a_gradient_is_not_resized():
    with pytest.raises(RuntimeError, match="cannot resize variables"):
        ones(2, requires_grad=True).resize_(1)


def test_set():
    source = arange(6.0)
    x = ones(1).set_(source)
    source[0] = 7
    assert x.tolist() == [7, 1, 2, 3, 4, 5]
    assert x.set_(source, 1, (2,), (2,)).tolist() == [1, 3]
    assert x.set_(source.untyped_storage(), 4, (2,)).tolist() == [4, 5]
    assert x.set_(source.untyped_storage()).tolist() == source.tolist()
    assert x.set_().tolist() == []
    with pytest.raises(RuntimeError, match="a source of dtype torch.float32"):
        x.set_(arange(2))
