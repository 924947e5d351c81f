"""DistributedDataParallel is there to be imported, and refuses to be made."""

import pytest

import rushlight
from rushlight import nn
from rushlight.nn.parallel import DistributedDataParallel as DDP


def test_a_script_for_one_process_may_import_it_and_ask():
    model = nn.Linear(1, 1)
    assert not isinstance(model, DDP)
    assert nn.parallel.distributed.DistributedDataParallel is DDP
    assert not rushlight.distributed.is_initialized()


def test_it_needs_a_process_group():
    with pytest.raises(ValueError, match="default process group has not been init"):
        DDP(nn.Linear(1, 1), device_ids=[0], find_unused_parameters=True)
