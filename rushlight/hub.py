"""torch.hub: downloading files and weights; repositories' code is not run.

Weights are loaded as every checkpoint is: nothing in the file is executed.
"""

import hashlib
import os
import re
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import Request, urlopen

from rushlight._base.errors import ArgumentRuntimeError, UnsupportedError, explain
from rushlight.serialization import load as _load_file

__all__ = [
    "HASH_REGEX",
    "download_url_to_file",
    "get_dir",
    "help",
    "list",
    "load",
    "load_state_dict_from_url",
    "set_dir",
    "urlparse",
]

HASH_REGEX = re.compile(r"-([a-f0-9]*)\.")
_CHUNK = 1 << 17
_chosen_dir = None


def _get_torch_home():
    cache = os.getenv("XDG_CACHE_HOME", "~/.cache")
    return os.path.expanduser(os.getenv("TORCH_HOME", os.path.join(cache, "torch")))


def get_dir():
    """The folder of downloads: what `set_dir` chose, else ``$TORCH_HOME/hub``.

    >>> get_dir().endswith("hub")
    True
    """
    return (
        os.path.join(_get_torch_home(), "hub") if _chosen_dir is None else _chosen_dir
    )


def set_dir(d):
    """Choose the folder of downloads."""
    global _chosen_dir
    _chosen_dir = os.path.expanduser(d)


def download_url_to_file(url, dst, hash_prefix=None, progress=True):
    """Download a file, whole or not at all.

    Args:
        url: where it is.
        dst: the path to write; parts of a download never stand there.
        hash_prefix: how its SHA-256 in hexadecimal begins, checked where given.
        progress: print how much has come.

    Raises:
        RuntimeError: for a file whose hash begins otherwise.
        OSError: where it cannot be fetched or written.
    """
    dst = Path(os.path.expanduser(dst))
    request = Request(url, headers={"User-Agent": "rushlight"})
    handle, part = tempfile.mkstemp(".partial", dst.name, dst.parent)
    try:
        with urlopen(request) as source, os.fdopen(handle, "wb") as target:
            found = _copy(source, target, progress)
        if hash_prefix and not found.startswith(hash_prefix):
            raise ArgumentRuntimeError(
                explain(
                    "hub.download_url_to_file()",
                    expected=f'a hash value of "{hash_prefix}"',
                    got=f'invalid hash value "{found}"',
                    do="Try again; the file may have changed.",
                )
            )
        os.replace(part, dst)
    finally:
        Path(part).unlink(missing_ok=True)


def _copy(source, target, progress):
    """Copy a stream and return its SHA-256."""
    digest, done = hashlib.sha256(), 0
    size = int(source.headers.get("Content-Length") or 0)
    while chunk := source.read(_CHUNK):
        target.write(chunk)
        digest.update(chunk)
        done += len(chunk)
        if progress and size:
            sys.stderr.write(f"\r{done / size:6.1%} of {size / 1e6:.1f} MB")
    if progress and size:
        sys.stderr.write("\n")
    return digest.hexdigest()


def load_state_dict_from_url(
    url,
    model_dir=None,
    map_location=None,
    progress=True,
    check_hash=False,
    file_name=None,
    weights_only=False,
):
    """The state_dict of a file on the net, downloaded once.

    Args:
        url: where it is.
        model_dir: the folder to keep it in; ``get_dir()/checkpoints`` if left out.
        map_location: as for `load`.
        progress: print how much has come.
        check_hash: whether the name holds the beginning of the file's SHA-256, as
            ``resnet18-f37072fd.pth``, to be checked.
        file_name: what to call it; the URL's last part if left out.
        weights_only: as for `load`.

    Returns:
        What the file holds.

    Raises:
        RuntimeError: for a file whose hash is another.
    """
    folder = Path(model_dir or os.path.join(get_dir(), "checkpoints"))
    folder.mkdir(parents=True, exist_ok=True)
    name = file_name or os.path.basename(urlparse(url).path)
    path = folder / name
    if not path.exists():
        sys.stderr.write(f'Downloading: "{url}" to {path}\n')
        match = HASH_REGEX.search(name) if check_hash else None
        download_url_to_file(url, path, match and match.group(1), progress)
    return _load_file(path, map_location=map_location, weights_only=weights_only)


def _refused(name):
    def refuse(*args, **kwargs):
        raise UnsupportedError(
            explain(
                f"hub.{name}()",
                expected="models whose code is installed here",
                got="a repository whose code would be downloaded and run",
                do="Install the package; fetch weights by load_state_dict_from_url.",
            )
        )

    refuse.__name__ = refuse.__qualname__ = name
    refuse.__doc__ = f"Not here: ``{name}`` runs downloaded code."
    return refuse


load, list, help = _refused("load"), _refused("list"), _refused("help")
