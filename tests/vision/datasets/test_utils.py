"""torchvision's helpers for datasets."""

import bz2
import gzip
import hashlib
import io
import lzma
import tarfile
import zipfile

import pytest

from rushlight.vision.datasets import utils

TEXT = b"some text"
MD5 = hashlib.md5(TEXT).hexdigest()


def test_checksums(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(TEXT)
    assert utils.calculate_md5(path) == MD5
    assert utils.check_md5(path, MD5)
    assert utils.check_integrity(path)
    assert utils.check_integrity(path, MD5)
    assert not utils.check_integrity(path, "0" * 32)
    assert not utils.check_integrity(tmp_path)


def archives():
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        entry = tarfile.TarInfo("file")
        entry.size = len(TEXT)
        archive.addfile(entry, io.BytesIO(TEXT))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("file", TEXT)
    return {
        "file.gz": gzip.compress(TEXT),
        "file.bz2": bz2.compress(TEXT),
        "file.xz": lzma.compress(TEXT),
        "a.tar.gz": tar.getvalue(),
        "a.tgz": tar.getvalue(),
        "a.zip": packed.getvalue(),
    }


@pytest.mark.parametrize("name", archives())
def test_archives(name, tmp_path):
    source, target = tmp_path / "packed", tmp_path / "target"
    source.mkdir()
    target.mkdir()
    (source / name).write_bytes(archives()[name])
    url = (source / name).as_uri()
    utils.download_and_extract_archive(
        url, str(tmp_path), str(target), remove_finished=True
    )
    assert (target / "file").read_bytes() == TEXT
    assert not (tmp_path / name).exists()
    result = utils.extract_archive(source / name)
    assert result == (source if name.startswith("a.") else source / "file")


def test_nothing_is_written_outside_the_folder(tmp_path):
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        archive.addfile(tarfile.TarInfo("first"))
        archive.addfile(tarfile.TarInfo("../outside"))
    with pytest.raises(RuntimeError, match="got the member '../outside'"):
        utils.extract_archive(str(path), str(tmp_path / "inside"))
    assert not (tmp_path / "outside").exists()
    assert not (tmp_path / "inside" / "first").exists()


def test_links_are_refused_where_they_cannot_be_checked(tmp_path, monkeypatch):
    monkeypatch.delattr(tarfile, "data_filter", raising=False)
    path, link = tmp_path / "a.tar", tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(path, "w") as archive:
        archive.addfile(link)
    with pytest.raises(RuntimeError, match="got the member 'link'"):
        utils.extract_archive(str(path), str(tmp_path / "inside"))


def test_an_unknown_archive(tmp_path):
    with pytest.raises(RuntimeError, match="got unknown compression or archive type"):
        utils.extract_archive(str(tmp_path / "a.rar"))


def test_download_url(tmp_path):
    source = tmp_path / "source"
    source.write_bytes(TEXT)
    utils.download_url(source.as_uri(), tmp_path / "root", "copy", MD5)
    assert (tmp_path / "root" / "copy").read_bytes() == TEXT
    with pytest.raises(RuntimeError, match="its MD5 is wrong"):
        utils.download_url(source.as_uri(), tmp_path / "other", md5="0" * 32)


def test_lists(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.png").touch()
    (tmp_path / "b.txt").touch()
    assert utils.list_dir(tmp_path) == ["folder"]
    assert utils.list_dir(str(tmp_path), prefix=True) == [str(tmp_path / "folder")]
    assert utils.list_files(tmp_path, ".png") == ["a.png"]
    assert sorted(utils.list_files(tmp_path, (".png", ".txt"))) == ["a.png", "b.txt"]


@pytest.mark.parametrize("value, valid", [(3, None), ("x", ("a", "b"))])
def test_verify_str_arg(value, valid):
    with pytest.raises(ValueError, match="argument split: expected"):
        utils.verify_str_arg(value, "split", valid)
    with pytest.raises(ValueError, match="^mine$"):
        utils.verify_str_arg("x", "split", ("a",), "mine")
