"""stride, storage_offset, data_ptr, is_contiguous, is_set_to."""

import numpy as np
import pytest

import rushlight

ones = rushlight.ones
X = rushlight.arange(24).reshape(2, 3, 4)


# Recorded from PyTorch 2.13.
@pytest.mark.parametrize(
    "view, strides, offset",
    [
        (X, (12, 4, 1), 0),
        (X[1], (4, 1), 12),
        (X[:, 1:, ::2], (12, 4, 2), 4),
        (X.permute(2, 0, 1), (1, 12, 4), 0),
        (X[0, 0].expand(2, 4), (0, 1), 0),
        (X[None], (24, 12, 4, 1), 0),
        (X[..., 3], (12, 4), 3),
        (rushlight.zeros(2, 0, 3), (3, 3, 1), 0),
        (rushlight.zeros(0), (1,), 0),
        (rushlight.tensor(5), (), 0),
        (X.to("meta"), (12, 4, 1), 0),
    ],
)
def test_strides_and_offsets(view, strides, offset):
    assert view.stride() == strides
    assert view.storage_offset() == offset
    assert [view.stride(d) for d in range(view.dim())] == list(strides)


def test_detached_views_keep_their_offset():
    assert X[1].detach().storage_offset() == 12
    assert X[1].data.storage_offset() == 12


def test_addresses():
    assert X[1].data_ptr() == X.data_ptr() + 12 * 8
    assert ones(0).data_ptr() == 0
    assert ones(2, device="meta").data_ptr() == 0


def test_is_contiguous():
    assert X.is_contiguous()
    assert not X.mT.is_contiguous()
    assert X[:1].mT.mT.is_contiguous()
    assert not ones(2, 3).is_contiguous(memory_format=rushlight.channels_last)
    assert ones(2, 3, 1, 1).is_contiguous(memory_format=rushlight.channels_last)
    assert X.to("meta").is_contiguous()
    with pytest.raises(TypeError, match="torch.memory_format"):
        X.is_contiguous(memory_format=1)


def test_is_set_to():
    assert X.is_set_to(X.view(2, 3, 4))
    assert not X.is_set_to(X.view(6, 4))
    assert not X.is_set_to(X.clone())
    assert not X.to("meta").is_set_to(X.to("meta"))


def test_numpy_memory_counts_from_the_array_that_was_given():
    array = np.arange(10.0).reshape(2, 5)[:, 2:4]
    x = rushlight.from_numpy(array)
    assert (x.storage_offset(), x.stride()) == (0, (5, 1))
    assert x[1].storage_offset() == 5
    assert x.untyped_storage().nbytes() == 7 * 8


def test_memory_read_as_another_dtype():
    x = rushlight.arange(6.0).view(rushlight.int32)
    assert x[2:].as_strided((2,), (2,)).dtype is rushlight.int32
    assert x[2:].as_strided((2,), (2,)).tolist() == [x[2].item(), x[4].item()]
    y = rushlight.arange(6.0).bfloat16()[1:].expand(2, 5)[0]
    assert (y.storage_offset(), y.as_strided((2,), (3,)).tolist()) == (1, [1, 4])
