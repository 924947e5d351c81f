"""save and load: contents, sharing, formats, atomic writes."""

import argparse
import collections
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import rushlight as torch
from rushlight._base.dtype import ALL_DTYPES

RECORDED = Path(__file__).parent / "recorded"


def round_trip(obj, **options):
    stream = io.BytesIO()
    torch.save(obj, stream)
    stream.seek(0)
    return torch.load(stream, **options)


@pytest.mark.parametrize("dtype", ALL_DTYPES, ids=lambda d: d.name)
def test_every_dtype(dtype):
    value = torch.tensor([0, 1, 1]).to(dtype)
    loaded = round_trip(value)
    assert loaded.dtype is dtype
    np.testing.assert_array_equal(
        loaded.numpy() if dtype.name != "bfloat16" else loaded.float().numpy(),
        [0, 1, 1],
    )


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        7,
        2**80,
        2.5,
        1 + 2j,
        "text",
        b"bytes",
        bytearray(b"abc"),
        (1, (2, "three")),
        [1, [2]],
        {"a": {"b": 1}},
        {1, 2},
        frozenset({3}),
        range(2, 8, 3),
        slice(1, None),
        collections.OrderedDict(a=1),
        collections.Counter("abca"),
        argparse.Namespace(lr=0.1, name="run"),
        torch.Size([2, 3]),
        torch.float32,
        torch.device("cpu"),
        torch.device("cuda:1"),
    ],
    ids=lambda v: type(v).__name__,
)
def test_plain_values(value):
    loaded = round_trip(value)
    assert loaded == value
    assert type(loaded) is type(value)


def test_numpy_values():
    loaded = round_trip({"a": np.arange(6.0).reshape(2, 3).T, "s": np.float32(2.5)})
    np.testing.assert_array_equal(loaded["a"], np.arange(6.0).reshape(2, 3).T)
    assert type(loaded["s"]) is np.float32
    loaded["a"][0, 0] = 5


def test_default_dict_keeps_a_plain_factory():
    loaded = round_trip(collections.defaultdict(list, {"a": [1]}))
    assert loaded["missing"] == []
    assert loaded["a"] == [1]


def test_views_share_memory_again():
    whole = torch.arange(12.0).view(3, 4)
    loaded = round_trip({"whole": whole, "row": whole[1], "turned": whole.t()})
    loaded["whole"][1, 2] = 100.0
    assert loaded["row"].tolist() == [4.0, 5.0, 100.0, 7.0]
    assert loaded["turned"][2, 1].item() == 100.0
    assert loaded["turned"].stride() == (1, 4)


def test_gradients_are_asked_for_again():
    loaded = round_trip(
        {"w": torch.ones(2, requires_grad=True), "p": torch.nn.Parameter(torch.ones(1))}
    )
    assert loaded["w"].requires_grad
    assert type(loaded["p"]) is torch.nn.Parameter


def test_empty_and_scalar_tensors():
    loaded = round_trip([torch.zeros(0, 3), torch.tensor(7)])
    assert loaded[0].shape == (0, 3)
    assert loaded[1].item() == 7


def test_paths_and_mmap(tmp_path):
    path = tmp_path / "model.pt"
    torch.save({"w": torch.arange(1000.0)}, path)
    mapped = torch.load(path, mmap=True)["w"]
    assert mapped[999].item() == 999.0
    mapped[0] = 5.0
    assert torch.load(str(path))["w"][0].item() == 0.0
    with pytest.raises(ValueError, match="a path where mmap=True"):
        torch.load(io.BytesIO(path.read_bytes()), mmap=True)
    with zipfile.ZipFile(path) as archive:
        assert "model/data.pkl" in archive.namelist()
        assert archive.read("model/version") == b"3\n"


def test_records_are_aligned(tmp_path):
    path = tmp_path / "m.pt"
    torch.save([torch.ones(3), torch.ones(5)], path)
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            name, extra = np.frombuffer(data, "<u2", 2, info.header_offset + 26)
            assert (info.header_offset + 30 + int(name) + int(extra)) % 64 == 0


@pytest.mark.parametrize("name", ["zip.pt", "legacy.pt"])
def test_files_of_pytorch(name):
    """Written by PyTorch 2.13 (recorded/make.py)."""
    loaded = torch.load(RECORDED / name)
    assert loaded["a"].tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    assert loaded["row"].tolist() == [3.0, 4.0, 5.0]
    loaded["a"][1, 0] = 9.0
    assert loaded["row"][0].item() == 9.0
    assert type(loaded["p"]) is torch.nn.Parameter
    assert loaded["half"].dtype is torch.bfloat16
    assert loaded["size"] == torch.Size([2, 3])
    assert loaded["dtype"] is torch.float16
    assert list(loaded["state"]) == ["weight", "bias"]
    assert loaded["optimizer"]["state"][0]["step"].item() == 1.0
    assert loaded["epoch"] == 3


def test_map_location():
    stream = io.BytesIO((RECORDED / "cuda.pt").read_bytes())
    with pytest.raises(RuntimeError, match="map_location='cpu'"):
        torch.load(stream)
    for where in (
        "cpu",
        torch.device("cpu"),
        {"cuda:0": "cpu"},
        lambda s, loc: s.cpu(),
    ):
        stream.seek(0)
        assert torch.load(stream, map_location=where).tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    "value", [lambda: 1, object(), torch.nn.Linear(1, 1), io.BytesIO]
)
def test_other_objects_are_refused_when_saving(value, tmp_path):
    path = tmp_path / "x.pt"
    torch.save({"old": 1}, path)
    with pytest.raises(TypeError, match="without running code"):
        torch.save({"new": value}, path)
    assert torch.load(path) == {"old": 1}
    assert os.listdir(tmp_path) == ["x.pt"]


def test_a_module_is_answered_with_its_state_dict():
    with pytest.raises(TypeError, match=r"state_dict\(\) and load that"):
        torch.save(torch.nn.Linear(1, 1), io.BytesIO())


def test_a_full_disk_or_a_crash_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x.pt"
    torch.save({"v": 1}, path)
    monkeypatch.setattr(
        os, "replace", lambda *a: (_ for _ in ()).throw(OSError("full"))
    )
    with pytest.raises(OSError, match="full"):
        torch.save({"v": 2}, path)
    monkeypatch.undo()
    assert torch.load(path) == {"v": 1}
    assert os.listdir(tmp_path) == ["x.pt"]


KILLED = """
import os, sys, threading, time, signal
import rushlight as torch
big = torch.ones(4_000_000)
torch.save({"n": 0, "big": big}, sys.argv[1])
print("ready", flush=True)
n = 0
while True:
    n += 1
    torch.save({"n": n, "big": big * n}, sys.argv[1])
"""


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.05, 0.11, 0.17, 0.23])
def test_killed_while_saving_the_file_is_whole(tmp_path, after):
    path = tmp_path / "x.pt"
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE
    )
    child.stdout.readline()
    try:
        child.wait(after)
    except subprocess.TimeoutExpired:
        child.kill()
    child.wait()
    child.stdout.close()
    loaded = torch.load(path)
    assert loaded["big"][-1].item() == max(loaded["n"], 1)


def test_existing_modes_are_kept(tmp_path):
    path = tmp_path / "x.pt"
    torch.save(1, path)
    assert path.stat().st_mode & 0o777 == 0o666 & ~_umask()
    path.chmod(0o600)
    torch.save(2, path)
    assert path.stat().st_mode & 0o777 == 0o600


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_options_that_are_not_there():
    with pytest.raises(ValueError, match="pickle_protocol=2"):
        torch.save(1, io.BytesIO(), pickle_protocol=4)
    with pytest.raises(ValueError, match="no pickle_module"):
        torch.load(io.BytesIO(), pickle_module=collections)
    with pytest.raises(TypeError, match="a path or a file"):
        torch.save(1, 7)


def test_training_state_resumes_exactly(tmp_path):
    def build():
        torch.manual_seed(0)
        model = torch.nn.Linear(3, 2)
        return model, torch.optim.Adam(model.parameters(), lr=0.1)

    def step(model, optimizer):
        optimizer.zero_grad()
        (model(torch.rand(4, 3)) ** 2).sum().backward()
        optimizer.step()

    model, optimizer = build()
    for _ in range(3):
        step(model, optimizer)
    torch.save(
        {
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "random": torch.get_rng_state(),
        },
        tmp_path / "c.pt",
    )
    again, second = build()
    state = torch.load(tmp_path / "c.pt")
    again.load_state_dict(state["model"])
    second.load_state_dict(state["optimizer"])
    for run in ((model, optimizer), (again, second)):
        torch.set_rng_state(state["random"])
        for _ in range(3):
            step(*run)
    for a, b in zip(model.parameters(), again.parameters(), strict=True):
        assert torch.equal(a, b)


def test_safetensors(tmp_path):
    from rushlight.serialization import load_file, save_file

    path = tmp_path / "m.safetensors"
    tensors = {
        "w": torch.arange(6.0).view(2, 3).t(),
        "half": torch.ones(3).to(torch.bfloat16),
        "n": torch.tensor([True, False]),
        "e": torch.zeros(0, 2),
    }
    save_file(tensors, path, metadata={"by": "test"})
    loaded = load_file(path)
    assert set(loaded) == set(tensors)
    for name, value in tensors.items():
        assert loaded[name].dtype is value.dtype
        assert torch.equal(loaded[name], value)
    with pytest.raises(ValueError, match="share memory"):
        save_file({"a": tensors["w"], "b": tensors["w"]}, path)
    with pytest.raises(TypeError, match="'x' to be a Tensor"):
        save_file({"x": 1}, path)
    assert set(load_file(path)) == set(tensors)
