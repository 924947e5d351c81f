"""The cache on disk: whole entries or none, bounded, safe with several processes."""

import os
import stat
import subprocess
import sys

import pytest

from rushlight._compiler.runtime import cache


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty cache of the test's own."""
    made = tmp_path / "cache"
    monkeypatch.setenv("RUSHLIGHT_CACHE_DIR", str(made))
    monkeypatch.delenv("RUSHLIGHT_CACHE", raising=False)
    return made


def only_entry(folder):
    (path,) = folder.iterdir()
    return path


def test_keys_tell_parts_apart():
    assert cache.key("ab", "c") != cache.key("a", "bc")
    assert cache.key("ab") == cache.key(b"ab")


def test_what_is_put_is_got(folder):
    assert cache.get("one") is None
    cache.put("one", b"machine code")
    assert cache.get("one") == b"machine code"
    cache.put("one", b"other")
    assert cache.get("one") == b"other"
    assert only_entry(folder).name == "one.code"


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data[:10],
        lambda data: b"",
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: bytes([data[0] ^ 1]) + data[1:],
        lambda data: data + b"more",
    ],
)
def test_a_damaged_entry_is_dropped_and_made_anew(folder, damage):
    cache.put("one", b"machine code")
    path = only_entry(folder)
    path.write_bytes(damage(path.read_bytes()))
    assert cache.get("one") is None
    assert not path.exists()
    cache.put("one", b"machine code")
    assert cache.get("one") == b"machine code"


def test_it_can_be_turned_off(folder, monkeypatch):
    monkeypatch.setenv("RUSHLIGHT_CACHE", "0")
    cache.put("one", b"machine code")
    assert cache.directory() is None
    assert cache.get("one") is None
    assert not folder.exists()


def test_a_folder_that_cannot_be_is_no_cache(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("RUSHLIGHT_CACHE_DIR", str(tmp_path / "file" / "cache"))
    cache.put("one", b"machine code")
    assert cache.directory() is None
    assert cache.get("one") is None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs owners of files")
def test_a_folder_that_others_can_write_is_not_used(folder):
    folder.mkdir()
    folder.chmod(0o777)
    cache.put("one", b"machine code")
    assert cache.directory() is None
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs owners of files")
def test_the_folder_is_the_users_own(folder):
    cache.put("one", b"machine code")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_oldest_go_first(folder):
    for i in range(10):
        cache.put(f"entry{i}", bytes(1000))
        os.utime(folder / f"entry{i}.code", (i, i))
    cache.trim(folder, 20_000)
    assert len(list(folder.iterdir())) == 10
    cache.trim(folder, 5_000)
    left = sorted(path.name for path in folder.iterdir())
    assert left == ["entry7.code", "entry8.code", "entry9.code"]


def test_use_keeps_an_entry_young(folder):
    cache.put("one", b"machine code")
    os.utime(only_entry(folder), (5, 5))
    cache.get("one")
    assert only_entry(folder).stat().st_mtime > 5


def test_trimming_happens_now_and_then(folder, monkeypatch):
    monkeypatch.setattr(cache, "LIMIT", 50_000)
    monkeypatch.setattr(cache, "_BETWEEN", 4)
    for i in range(40):
        cache.put(f"entry{i}", bytes(5000))
    total = sum(path.stat().st_size for path in folder.iterdir())
    assert total <= 50_000 + 4 * 5100


def test_what_is_larger_than_the_cache_is_not_put(folder, monkeypatch):
    monkeypatch.setattr(cache, "LIMIT", 10)
    cache.put("one", bytes(11))
    assert cache.get("one") is None


_WRITER = """
import sys
from rushlight._compiler.runtime import cache
for i in range(200):
    name = f"entry{i % 5}"
    cache.put(name, name.encode() * 2000)
    found = cache.get(name)
    assert found in (None, name.encode() * 2000)
    if i % 50 == 0:
        cache.trim(cache.directory(), 20_000)
"""


@pytest.mark.slow
def test_processes_share_it(folder):
    command = [sys.executable, "-c", _WRITER]
    writers = [
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    errors = [writer.communicate()[1] for writer in writers]
    assert errors == [""] * 3
    for i in range(5):
        name = f"entry{i}"
        assert cache.get(name) in (None, name.encode() * 2000)
    assert not list(folder.glob("*.part"))


def test_the_default_folder_is_the_users(monkeypatch, tmp_path):
    monkeypatch.delenv("RUSHLIGHT_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    cache._default.cache_clear()
    try:
        assert cache.directory().startswith(str(tmp_path))
        assert cache.directory().endswith("rushlight")
    finally:
        cache._default.cache_clear()


_COUNT = """
from rushlight._compiler.codegen.llvm.machine import Code
made = []
def text():
    made.append(1)
    return "define i64 @answer() { ret i64 42 }"
code = Code(text, known_by="the answer")
import ctypes
print(len(made), ctypes.CFUNCTYPE(ctypes.c_int64)(code.address("answer"))())
"""


@pytest.mark.slow
def test_a_second_process_compiles_nothing(folder):
    pytest.importorskip("llvmlite")

    def run():
        return subprocess.run(
            [sys.executable, "-c", _COUNT], capture_output=True, text=True, check=True
        ).stdout

    assert run() == "1 42\n"
    assert run() == "0 42\n"
    path = only_entry(folder)
    path.write_bytes(path.read_bytes()[:-20])
    assert run() == "1 42\n"
    assert run() == "0 42\n"
