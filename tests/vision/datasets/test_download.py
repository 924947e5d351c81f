"""Downloads from a server on this machine: whole files or none, whatever it does."""

import gzip
import hashlib
import multiprocessing
import socket

import pytest

from rushlight.vision.datasets import download
from rushlight.vision.datasets.download import (
    DownloadError,
    fetch,
    problem_with,
    unpack,
)
from tests.vision.datasets.server import Server

CONTENT = bytes(range(256)) * 900
MD5 = hashlib.md5(CONTENT).hexdigest()


@pytest.fixture
def server():
    made = Server()
    made.files["/a/file"] = made.files["/b/file"] = CONTENT
    yield made
    made.close()


def get(server, folder, *paths, md5=MD5, **options):
    urls = [server.url + path for path in paths or ("/a/file",)]
    return fetch(urls, folder, "file", md5, who="Data", **options)


def assert_only_the_file(folder):
    assert [path.name for path in folder.iterdir()] == ["file"]
    assert (folder / "file").read_bytes() == CONTENT


def test_a_file(server, tmp_path):
    folder = tmp_path / "new" / "folder"
    assert get(server, folder) == str(folder / "file")
    assert_only_the_file(folder)


def test_a_right_file_is_left_alone_and_a_wrong_one_replaced(server, tmp_path):
    (tmp_path / "file").write_bytes(CONTENT)
    get(server, tmp_path)
    assert server.asked == []
    (tmp_path / "file").write_bytes(b"wrong")
    get(server, tmp_path)
    assert_only_the_file(tmp_path)


def test_the_next_mirror(server, tmp_path):
    server.manners["/a/file"] = "refuse"
    get(server, tmp_path, "/a/file", "/gone", "/b/file")
    assert_only_the_file(tmp_path)
    assert [path for path, _ in server.asked] == ["/a/file", "/gone", "/b/file"]


def test_a_part_is_continued(server, tmp_path):
    (tmp_path / "file.part").write_bytes(CONTENT[:1000])
    get(server, tmp_path)
    assert_only_the_file(tmp_path)
    assert server.asked == [("/a/file", "bytes=1000-")]


def test_a_broken_connection_is_continued_by_the_next_mirror(server, tmp_path):
    server.manners["/a/file"] = "cut"
    get(server, tmp_path, "/a/file", "/b/file")
    assert_only_the_file(tmp_path)
    assert server.asked[1] == ("/b/file", f"bytes={len(CONTENT) // 2}-")


def test_a_broken_connection_leaves_a_part(server, tmp_path):
    server.manners["/a/file"] = "cut"
    with pytest.raises(DownloadError, match=r"the connection ended after \d+ of \d+"):
        get(server, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["file.part"]
    get(server, tmp_path)
    assert_only_the_file(tmp_path)


def test_a_server_without_ranges_starts_again(server, tmp_path):
    (tmp_path / "file.part").write_bytes(b"x" * 1000)
    server.manners["/a/file"] = "whole"
    get(server, tmp_path)
    assert_only_the_file(tmp_path)


@pytest.mark.parametrize("size", [1000, len(CONTENT), len(CONTENT) + 5])
def test_a_part_of_something_else_is_thrown_away(size, server, tmp_path):
    (tmp_path / "file.part").write_bytes(b"x" * size)
    get(server, tmp_path)
    assert_only_the_file(tmp_path)
    assert len(server.asked) == 2


def test_a_whole_part_needs_no_more(server, tmp_path):
    (tmp_path / "file.part").write_bytes(CONTENT)
    get(server, tmp_path)
    assert_only_the_file(tmp_path)


def test_the_wrong_file_is_not_kept(server, tmp_path):
    server.files["/a/file"] = CONTENT + b"!"
    with pytest.raises(DownloadError, match="not the file .its MD5 is wrong"):
        get(server, tmp_path)
    assert (tmp_path / "file.part").stat().st_size == 0
    get(server, tmp_path, "/a/file", "/b/file")
    assert_only_the_file(tmp_path)


def test_size_and_sha256_of_known_files(server, tmp_path, monkeypatch):
    monkeypatch.setitem(download.KNOWN, MD5, (len(CONTENT), "0" * 64))
    with pytest.raises(DownloadError, match="its SHA-256 is wrong"):
        get(server, tmp_path)
    monkeypatch.setitem(download.KNOWN, MD5, (5, "0" * 64))
    (tmp_path / "file").write_bytes(CONTENT)
    assert problem_with(tmp_path / "file", MD5) == f"{len(CONTENT)} bytes instead of 5"
    assert problem_with(tmp_path / "file") is None


def test_what_is_known_is_well_formed():
    assert len(download.KNOWN) == 12
    for md5, (size, sha256) in download.KNOWN.items():
        assert (len(md5), len(sha256), size > 1000) == (32, 64, True)
        assert set(md5 + sha256) <= set("0123456789abcdef")


def test_one_sentence_says_what_failed_and_what_to_do(server, tmp_path):
    server.manners["/a/file"] = "refuse"
    server.manners["/b/file"] = "hang"
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{taken.getsockname()[1]}/file"
        urls = [f"{server.url}/a/file", f"{server.url}/b/file", dead, "nonsense"]
        with pytest.raises(DownloadError) as caught:
            fetch(urls, tmp_path, "file", MD5, who="Data", timeout=0.2)
    host = server.url.removeprefix("http://")
    assert str(caught.value) == (
        f"Data: expected to download file, got {host}: HTTP 403 Forbidden; "
        f"{host}: no answer; {dead[7:-5]}: Connection refused; "
        "nonsense: unknown url type: 'nonsense'. "
        f"Put the file into {tmp_path} by hand."
    )
    assert isinstance(caught.value, RuntimeError)


def test_no_address(tmp_path):
    with pytest.raises(DownloadError, match="got no address to download it from"):
        fetch([], tmp_path, "file")


def _get_in_a_process(url, folder, results):
    results.put(fetch([url], folder, "file", MD5))


def test_processes_that_want_the_same_file_fetch_it_once(server, tmp_path):
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    arguments = (f"{server.url}/a/file", str(tmp_path), results)
    processes = [context.Process(target=_get_in_a_process, args=arguments)] * 1
    processes += [context.Process(target=_get_in_a_process, args=arguments)]
    for process in processes:
        process.start()
    assert {results.get(timeout=20) for _ in processes} == {str(tmp_path / "file")}
    for process in processes:
        process.join(20)
    assert_only_the_file(tmp_path)
    assert len(server.asked) == 1


def test_unpack(tmp_path):
    packed, target = tmp_path / "file.gz", tmp_path / "file"
    packed.write_bytes(gzip.compress(CONTENT))
    unpack(packed, target)
    assert target.read_bytes() == CONTENT
    packed.write_bytes(gzip.compress(CONTENT)[:-20])
    target.unlink()
    with pytest.raises(DownloadError, match="file.gz: expected a whole .gz file"):
        unpack(packed, target)
    packed.write_bytes(b"no gzip")
    with pytest.raises(DownloadError, match="cannot be unpacked"):
        unpack(packed, target)
    assert [path.name for path in tmp_path.iterdir()] == ["file.gz"]


class Terminal:
    def __init__(self):
        self.said = ""

    def isatty(self):
        return True

    def flush(self):
        pass

    def write(self, text):
        self.said += text


def test_a_terminal_shows_progress(server, tmp_path, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(download.sys, "stderr", terminal)
    get(server, tmp_path)
    assert terminal.said.endswith("\rfile  0.2 of 0.2 MB\n")
