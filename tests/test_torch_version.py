"""TorchVersion compares as PyTorch's does."""

import itertools

import pytest

import rushlight
from rushlight.torch_version import TorchVersion, __version__
from tests.cli.running import rushlight as run

RISING = [
    "1.13.1+cu117",
    "2.9",
    "2.13.0.dev20250101",
    "2.13.0a0",
    "2.13.0rc1",
    "2.13",
    "2.13.0+cpu",
    "2.13.1",
    "10.0",
]


def test_order():
    for (i, a), (j, b) in itertools.product(enumerate(RISING), repeat=2):
        version = TorchVersion(a)
        assert (version < b, version <= b) == (i < j, i <= j)
        assert (version > b, version >= b) == (i > j, i >= j)
        assert (version == b, version != b) == (i == j, i != j)


def test_tuples_zeros_and_other_text():
    version = TorchVersion("2.13.0")
    assert version == "2.13" == str(version)[:4]
    assert version >= (2, 13) > (2, 9)
    assert version == (2, 13, 0)
    assert version != "abc" and hash(version) == hash("2.13.0")
    assert version.split(".")[:2] == ["2", "13"]
    with pytest.raises(TypeError):
        version < 3  # noqa: B015


def test_scripts_see_the_release_they_may_rely_on(tmp_path):
    text = (
        "import torch, torch.version as v, multiprocessing as mp\n"
        "print(torch.__version__, torch.__version__ >= '2.2', v.__version__ > (1, 9))"
    )
    said = run(tmp_path, "run", "-c", text).stdout
    assert said == f"{__version__} True True\n"
    assert rushlight.__version__[0] == "0"
