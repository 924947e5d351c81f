"""One process: truthful answers, torch's errors."""

import pytest

from rushlight import distributed


def test_answers():
    assert not distributed.is_available()
    assert not distributed.is_initialized()
    assert not distributed.is_nccl_available()
    assert distributed.get_default_backend_for_device("cuda:0") == "nccl"


@pytest.mark.parametrize("name", ["get_rank", "get_world_size", "barrier"])
def test_there_is_no_group(name):
    with pytest.raises(ValueError, match="has not been initialized"):
        getattr(distributed, name)()


def test_none_can_be_made():
    with pytest.raises(NotImplementedError, match="one process"):
        distributed.init_process_group("gloo")
    with pytest.raises(AssertionError, match="process group"):
        distributed.destroy_process_group()
