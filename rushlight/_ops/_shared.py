"""Memory that processes share: by fork as it is, by spawn as an open file.

Note [Shared memory]
Shared arrays lie in arenas: files without names, mapped as a whole, of which each array
has a part for itself.  A process that is forked has the mapping.  One that is spawned
is sent the file's descriptor with the pickle, once for each arena, and maps it again.
A forked child starts its own arena, because its parent goes on filling the old one.
"""

import mmap
import os
import sys
import threading

import numpy as np

#: Bytes of an arena (only what is written takes memory), and of an array's alignment.
_SIZE, _ALIGNMENT = 1 << 26, 64

_lock = threading.Lock()


class _Arena(mmap.mmap):
    """A mapped file: `fd` is its descriptor or None, `used` the bytes given away."""

    fd = None

    def __del__(self):
        if self.fd is not None:
            os.close(self.fd)


_current = None
#: {(device, file): the arena}, of those that other processes sent.
_attached = {}


def _arena(size):
    if hasattr(os, "memfd_create"):
        fd = os.memfd_create("rushlight")
    elif sys.platform == "win32":
        fd = -1
    else:
        import tempfile

        with tempfile.TemporaryFile() as file:
            fd = os.dup(file.fileno())
    if fd >= 0:
        os.ftruncate(fd, size)
    arena = _Arena(fd, size)
    arena.fd = fd if fd >= 0 else None
    arena.used, arena.owner = 0, os.getpid()
    return arena


def shared_array(dtype, count):
    """An array of one dimension, of zeros, in shared memory (Note [Shared memory])."""
    global _current
    size = max(-(-dtype.itemsize * count // _ALIGNMENT) * _ALIGNMENT, _ALIGNMENT)
    if size > _SIZE // 4:
        return np.frombuffer(_arena(size), dtype, count)
    with _lock:
        arena = _current
        if arena is None or arena.owner != os.getpid() or arena.used + size > _SIZE:
            arena = _current = _arena(_SIZE)
        arena.used += size
        return np.frombuffer(arena, dtype, count, arena.used - size)


def arena_of(array):
    """The mapping that an array lies in, or None."""
    while array.__class__ is np.ndarray:
        array = array.base
    found = getattr(array, "obj", array)
    return found if isinstance(found, mmap.mmap) else None


def for_pickle(owner):
    """What a pickle holds for an array: itself, or its place in shared memory.

    The place is for processes that are just being spawned; others get a copy.
    """
    arena = arena_of(owner)
    context = sys.modules.get("multiprocessing.context")
    if context is None or getattr(arena, "fd", None) is None:
        return owner
    popen = context.get_spawning_popen()
    return owner if popen is None else _Place(owner, arena, popen)


class _Place:
    """A shared array that unpickles as one over the same memory."""

    def __init__(self, owner, arena, popen):
        from multiprocessing.reduction import DupFd

        sent = popen.__dict__.setdefault("_rushlight_arenas", {})
        if arena.fd not in sent:
            sent[arena.fd] = DupFd(arena.fd)
        start = np.frombuffer(arena, np.uint8).__array_interface__["data"][0]
        offset = owner.__array_interface__["data"][0] - start
        self.state = sent[arena.fd], len(arena), owner.dtype, owner.shape, offset

    def __reduce__(self):
        return _attach, self.state


def _attach(file, size, dtype, shape, offset):
    """The array of a `_Place`, in the process that it was sent to."""
    fd = file.detach()
    stat = os.fstat(fd)
    key = stat.st_dev, stat.st_ino
    arena = _attached.get(key)
    if arena is None:
        arena = _attached[key] = _Arena(fd, size)
        arena.fd = fd
    count = int(np.prod(shape))
    return np.frombuffer(arena, dtype, count, offset).reshape(shape)
