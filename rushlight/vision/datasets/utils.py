"""What datasets outside this folder fetch and check their files with.

torchvision's names; the work is done in `download`.
"""

import bz2
import gzip
import lzma
import os
import shutil
import tarfile
import zipfile

from rushlight._base.errors import ArgumentError, ArgumentRuntimeError, explain
from rushlight.serialization.atomic import atomic_file
from rushlight.vision.datasets.download import digest, fetch

__all__ = [
    "calculate_md5",
    "check_integrity",
    "check_md5",
    "download_and_extract_archive",
    "download_url",
    "extract_archive",
    "list_dir",
    "list_files",
    "verify_str_arg",
]

_OPENERS = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tbz2", ".tar.xz")


def calculate_md5(fpath, chunk_size=1024 * 1024):
    """A file's MD5 in hexadecimal digits.

    Args:
        fpath: path of the file.
        chunk_size: has no effect on the result; accepted as torchvision has it.

    >>> open("empty", "w").close()
    >>> calculate_md5("empty")
    'd41d8cd98f00b204e9800998ecf8427e'
    """
    return digest(fpath, "md5")


def check_md5(fpath, md5, **kwargs):
    """Whether a file has this MD5.

    Args:
        fpath: path of the file.
        md5: hexadecimal digits.
    """
    return digest(fpath, "md5") == md5


def check_integrity(fpath, md5=None):
    """Whether a file is there, with this MD5 if one is given.

    Args:
        fpath: path of the file.
        md5: hexadecimal digits, or None.

    >>> check_integrity("no/such/file")
    False
    """
    return os.path.isfile(fpath) and (md5 is None or check_md5(fpath, md5))


def download_url(url, root, filename=None, md5=None, max_redirect_hops=3):
    """Fetch a file into a folder; a right one that is there is left alone.

    Args:
        url: its address.
        root: the folder.
        filename: its name there; the address's last part if left out.
        md5: hexadecimal digits to check, or None.
        max_redirect_hops: has no effect: ten redirections are followed.

    Raises:
        RuntimeError: where it cannot be had, or fails the check.
    """
    root = os.path.expanduser(root)
    name = os.fspath(filename or os.path.basename(url))
    fetch([url], root, name, md5, who="download_url()")


def download_and_extract_archive(
    url,
    download_root,
    extract_root=None,
    filename=None,
    md5=None,
    remove_finished=False,
):
    """Fetch an archive and unpack it.

    Args:
        url, filename, md5: as for `download_url`.
        download_root: the folder for the archive.
        extract_root: the folder for what is in it; the same if left out.
        remove_finished: whether to delete the archive afterwards.

    Raises:
        RuntimeError: where it cannot be had or unpacked.
    """
    root = os.path.expanduser(download_root)
    name = os.fspath(filename or os.path.basename(url))
    download_url(url, root, name, md5)
    extract_archive(os.path.join(root, name), extract_root or root, remove_finished)


def unpack_tar(path, folder):
    """Unpack a .tar archive, compressed or not; all of it or nothing.

    Raises:
        RuntimeError: where a member lies outside the folder, or is a link or device
            that this Python cannot check (before 3.11.4).
    """
    checks = hasattr(tarfile, "data_filter")
    root = os.path.realpath(folder)
    with tarfile.open(path) as archive:
        members = archive.getmembers()
        for member in members:
            place = os.path.realpath(os.path.join(root, member.name))
            is_inside = os.path.commonpath([root, place]) == root
            if not is_inside or not (checks or member.isreg() or member.isdir()):
                raise ArgumentRuntimeError(
                    explain(
                        f"unpacking {os.path.basename(path)}",
                        expected="files and folders inside the target folder",
                        got=f"the member {member.name!r}",
                        do="Do not trust this archive; nothing of it was written.",
                    )
                )
        archive.extractall(root, members, **({"filter": "data"} if checks else {}))


def extract_archive(from_path, to_path=None, remove_finished=False):
    """Unpack a .zip or .tar archive, or a .gz, .bz2 or .xz file.

    Nothing is written outside the folder, whatever the archive asks for.

    Args:
        from_path: path of the archive.
        to_path: the folder for what is in it; the archive's own if left out.
        remove_finished: whether to delete the archive afterwards.

    Returns:
        The folder, or the unpacked file.

    Raises:
        RuntimeError: for another kind of file.
    """
    path = os.fspath(from_path)
    folder = os.fspath(to_path) if to_path is not None else os.path.dirname(path)
    suffix = os.path.splitext(path)[1]
    result = folder
    if path.endswith(_TARS):
        unpack_tar(path, folder)
    elif suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
    elif suffix in _OPENERS:
        result = os.path.join(folder, os.path.basename(path).removesuffix(suffix))
        with _OPENERS[suffix](path) as source, atomic_file(result) as file:
            shutil.copyfileobj(source, file)
    else:
        raise ArgumentRuntimeError(
            explain(
                "extract_archive()",
                expected="a .zip, .tar, .gz, .bz2 or .xz file",
                got=f"unknown compression or archive type: {path}",
                do="Unpack it by hand.",
            )
        )
    if remove_finished:
        os.remove(path)
    return result if isinstance(from_path, str) else type(from_path)(result)


def list_dir(root, prefix=False):
    """The folders in a folder.

    Args:
        root: the folder.
        prefix: whether to give their paths instead of their names.
    """
    return _entries(root, prefix, os.path.isdir)


def list_files(root, suffix, prefix=False):
    """The files in a folder whose names end in a certain way.

    Args:
        root: the folder.
        suffix: str, or tuple of str.
        prefix: whether to give their paths instead of their names.
    """
    return [n for n in _entries(root, prefix, os.path.isfile) if n.endswith(suffix)]


def _entries(root, prefix, wanted):
    root = os.path.expanduser(root)
    paths = [(name, os.path.join(root, name)) for name in os.listdir(root)]
    return [path if prefix else name for name, path in paths if wanted(path)]


def verify_str_arg(value, arg=None, valid_values=None, custom_msg=None):
    """Refuse an argument that is no str, or none of those allowed.

    Args:
        value: the argument.
        arg: its name.
        valid_values: those allowed; any if left out.
        custom_msg: the whole message of the error instead.

    Returns:
        The value.

    Raises:
        ValueError: as it says.

    >>> verify_str_arg("test", "split", ("train", "test"))
    'test'
    """
    if not isinstance(value, str):
        problem = f"{value!r} of type {type(value).__name__}"
    elif valid_values is None or value in valid_values:
        return value
    elif custom_msg is not None:
        raise ArgumentError(custom_msg)
    else:
        problem = f"unknown value {value!r}"
    allowed = "a str" if valid_values is None else f"one of {tuple(valid_values)}"
    raise ArgumentError(
        explain(f"argument {arg}", expected=allowed, got=problem, do="Correct it.")
    )
