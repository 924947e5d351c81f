"""The cache of machine code on disk: what one run compiled, the next ones load.

# Note [Disk cache]
# An entry is a file named by the hash of all that its contents depend on (`key`): there
# is nothing to invalidate, and entries of older versions fall out by age.  It begins
# with a checksum, so one that was cut short or damaged is found, dropped and made anew.
# It is written under a name of its own and then renamed, so that processes may share
# the folder without locks.  The folder must be the user's own, since what is in it is
# run.  Whatever fails here fails silently: then there is just no cache.

$RUSHLIGHT_CACHE_DIR names another folder, RUSHLIGHT_CACHE=0 turns the cache off.
"""

import contextlib
import functools
import hashlib
import os
import stat
import sys
import tempfile
import time
from pathlib import Path

#: Bytes that the entries may take together, about.
LIMIT = 256 << 20

_MAGIC = b"rushlt01"
_HEAD = len(_MAGIC) + hashlib.sha256().digest_size
_SUFFIX = ".code"
#: Seconds after which a use of an entry is written down.
_FRESH = 3600
#: Entries written between two looks at the size of the whole.
_BETWEEN = 64
_written = 0


def key(*parts):
    """The name of an entry: a hash of texts or bytes, in order."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "little"))
        total.update(data)
    return total.hexdigest()


def get(name):
    """The bytes of an entry, or None where there is no good one."""
    folder = directory()
    if folder is None:
        return None
    path = os.path.join(folder, name + _SUFFIX)
    try:
        with open(path, "rb") as file:
            data = file.read()
            used = os.fstat(file.fileno()).st_mtime
    except OSError:
        return None
    if not _is_whole(data):
        with contextlib.suppress(OSError):
            os.unlink(path)
        return None
    if time.time() - used > _FRESH:
        with contextlib.suppress(OSError):
            os.utime(path)
    return data[_HEAD:]


def put(name, data):
    """Write an entry, if that is possible."""
    global _written
    folder = directory()
    if folder is None or len(data) > LIMIT:
        return
    with contextlib.suppress(OSError):
        _write(os.path.join(folder, name + _SUFFIX), _head(data) + data)
        _written += 1
        if _written % _BETWEEN == 1:
            trim(folder, LIMIT)


def trim(folder, limit):
    """Drop what was not used for longest, until the rest is well below the limit.

    Raises:
        OSError: where the folder cannot be read.
    """
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                status = entry.stat()
                found.append((status.st_mtime, status.st_size, entry.path))
    total = sum(size for _, size, _ in found)
    if total <= limit:
        return
    for _, size, path in sorted(found):
        if total <= limit * 3 // 4:
            break
        with contextlib.suppress(OSError):
            os.unlink(path)
        total -= size


def directory():
    """The folder of the cache, made if need be, or None where there is no cache."""
    if os.environ.get("RUSHLIGHT_CACHE", "1").lower() in ("0", "off", "false", "no"):
        return None
    return _usable(os.environ.get("RUSHLIGHT_CACHE_DIR") or _default())


@functools.cache
def _default():
    """Where this system's users keep caches."""
    home = Path.home() if "HOME" in os.environ or os.name == "nt" else None
    if sys.platform == "win32":
        root = os.environ.get("LOCALAPPDATA") or (home and home / "AppData" / "Local")
    elif sys.platform == "darwin":
        root = home and home / "Library" / "Caches"
    else:
        root = os.environ.get("XDG_CACHE_HOME") or (home and home / ".cache")
    return os.path.join(root, "rushlight") if root else None


@functools.lru_cache(maxsize=8)
def _usable(folder):
    """The folder if it can be written and is nobody else's, or None."""
    if folder is None:
        return None
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        status = os.stat(folder)
    except OSError:
        return None
    if not os.access(folder, os.W_OK | os.X_OK):
        return None
    if hasattr(os, "getuid"):
        others = stat.S_IWOTH | stat.S_IWGRP
        if status.st_uid != os.getuid() or status.st_mode & others:
            return None
    return folder


def _head(data):
    return _MAGIC + hashlib.sha256(data).digest()


def _is_whole(data):
    return len(data) >= _HEAD and data[:_HEAD] == _head(memoryview(data)[_HEAD:])


def _write(path, data):
    """Write a file whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
