"""untyped_storage."""

import sys

import rushlight
from rushlight._ops.memory.storage import UntypedStorage


def test_views_share_one_storage():
    x = rushlight.arange(5)
    storage = x[2:].untyped_storage()
    assert isinstance(storage, UntypedStorage)
    assert storage == x.untyped_storage()
    assert hash(storage) == hash(x.untyped_storage())
    assert storage != x.clone().untyped_storage()
    assert storage.data_ptr() == x.data_ptr()
    assert storage.nbytes() == storage.size() == len(storage) == 40
    assert storage.element_size() == 1
    assert storage.tolist()[:9] == [0] * 8 + [1]
    assert not storage.is_shared()
    assert str(storage) == "[torch.storage.UntypedStorage(device=cpu) of size 40]"


def test_transposed_and_meta_memory():
    assert rushlight.ones(2, 3).t()[1:].untyped_storage().nbytes() == 24
    storage = rushlight.ones(2, device="meta").untyped_storage()
    assert (storage.data_ptr(), storage.nbytes()) == (0, 8)
    assert storage.device.type == "meta"
    assert storage != 3


def test_typed_storage():
    x = rushlight.arange(5)[2:]
    storage = x.storage()
    assert (storage.size(), len(storage), storage.nbytes()) == (5, 5, 40)
    assert storage.data_ptr() == x.untyped_storage().data_ptr()
    assert (storage.dtype, storage.element_size()) == (rushlight.int64, 8)
    assert (storage[0], storage[1:3], storage.tolist()) == (0, [1, 2], [0, 1, 2, 3, 4])
    storage[2] = 9
    assert x[0] == 9
    assert storage.untyped() == x.untyped_storage()
    assert not storage.is_shared() and storage.device.type == "cpu"
    assert "dtype=torch.int64, device=cpu) of size 5" in repr(storage)


def test_the_size_of_storages_is_that_of_their_bytes():
    empty, some = rushlight.zeros(0), rushlight.zeros(1000)
    more = sys.getsizeof(some.untyped_storage()) - sys.getsizeof(
        empty.untyped_storage()
    )
    assert more == 4000
