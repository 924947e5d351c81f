"""Files that attack or are damaged: refused, and nothing in them is executed."""

import io
import os
import pickle
import random
import zipfile
from pathlib import Path

import pytest

import rushlight as torch
from rushlight.serialization import UnpicklingError, load_file
from rushlight.serialization.unpickle import Reader

RECORDED = Path(__file__).parent / "recorded"


def _no_storage(persistent):
    raise AssertionError("no storage here")


def read(data):
    return Reader(data, _no_storage).read()


@pytest.mark.parametrize(
    "name, asked",
    [
        ("evil.pt", "posix.system"),
        ("module.pt", "torch.nn.modules.linear.Linear"),
    ],
)
@pytest.mark.parametrize("weights_only", [True, False])
def test_files_that_ask_for_code(name, asked, weights_only, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(pickle.UnpicklingError) as caught:
        torch.load(RECORDED / name, weights_only=weights_only)
    assert asked in str(caught.value)
    assert "nothing was executed" in str(caught.value)
    assert os.listdir(tmp_path) == []


def test_a_bare_pickle_is_no_checkpoint(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RuntimeError, match="a file written by save"):
        torch.load(RECORDED / "evil.pkl")
    assert os.listdir(tmp_path) == []


PROGRAMS = {
    "a global": b"cos\nsystem\n(S'true'\ntR.",
    "eval": b"c__builtin__\neval\n(S'1+1'\ntR.",
    "getattr": b"cbuiltins\ngetattr\n(cbuiltins\nint\nS'real'\ntR.",
    "an instance": b"(S'true'\nios\nsystem\n.",
    "an object": b"(cos\nsystem\nS'true'\no.",
    "import by stack": b"\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.",
    "an extension": b"\x82\x01.",
    "a text id": b"Pstorage\n.",
    "state on a dict": b"}}(S'a'\nI1\nub.",
    "a call of a dtype": b"ctorch\nfloat32\n)R.",
    "a call of a name": b"cbuiltins\nint\n(I1\ntR.",
    "keyword object": b"ccollections\nOrderedDict\n)}\x92.",
    "an array of objects": b"cnumpy\ndtype\n(S'O'\ntR.",
    "numpy's loader": b"cnumpy\nload\n(S'x'\ntR.",
    "methods": b"ctorch._utils\n_rebuild_tensor\n(tR.",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_pickle_programs_that_reach_outside(name):
    with pytest.raises(UnpicklingError):
        read(PROGRAMS[name])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b".",
        b"(",
        b"}",
        b"h\x05.",
        b"I1\n",
        b"a.",
        b"(u.",
        b"]I1\nI2\ns.",
        b"\xff.",
    ],
)
def test_broken_pickles(data):
    with pytest.raises(UnpicklingError):
        read(data)


def test_tensors_cannot_reach_beyond_their_storage():
    stream = io.BytesIO()
    torch.save(torch.ones(4), stream)
    with zipfile.ZipFile(stream) as archive:
        records = {i.filename: archive.read(i) for i in archive.infolist()}
    pkl = records["archive/data.pkl"]
    assert pkl.count(b"K\x04\x85") == 1
    for bad in (b"K\x05\x85", b"K\xff\x85"):
        records["archive/data.pkl"] = pkl.replace(b"K\x04\x85", bad)
        forged = io.BytesIO()
        with zipfile.ZipFile(forged, "w") as archive:
            for name, data in records.items():
                archive.writestr(name, data)
        forged.seek(0)
        with pytest.raises(UnpicklingError, match="beyond its storage"):
            torch.load(forged)


def test_cut_files_are_damaged_and_say_so(tmp_path):
    whole = (RECORDED / "zip.pt").read_bytes()
    for length in (4, 100, len(whole) // 2, len(whole) - 1):
        path = tmp_path / "cut.pt"
        path.write_bytes(whole[:length])
        with pytest.raises(UnpicklingError, match="damaged"):
            torch.load(path)


@pytest.mark.parametrize("name", ["zip.pt", "legacy.pt"])
def test_random_damage_never_does_more_than_raise(name, tmp_path):
    whole = bytearray((RECORDED / name).read_bytes())
    rng = random.Random(0)
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        try:
            torch.load(io.BytesIO(bytes(data)))
        except (UnpicklingError, RuntimeError, NotImplementedError, MemoryError):
            pass


def test_text_files_are_no_checkpoints(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("hello")
    with pytest.raises(RuntimeError, match="one that begins with b'hell'"):
        torch.load(path)
    with pytest.raises(FileNotFoundError):
        torch.load(tmp_path / "nowhere.pt")


def _header(text):
    return len(text).to_bytes(8, "little") + text.encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff" * 8,
        b"\x02\x00\x00\x00\x00\x00\x00\x00[]",
        _header('{"a":{"dtype":"F32","shape":[9],"data_offsets":[0,36]}}'),
        _header('{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,0]}}'),
    ],
)
def test_damaged_safetensors(data, tmp_path):
    path = tmp_path / "x.safetensors"
    path.write_bytes(data)
    with pytest.raises(UnpicklingError, match="damaged"):
        load_file(path)
