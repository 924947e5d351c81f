"""How a batch goes from a worker to its parent: pickled, arrays in shared memory.

# Note [Shared memory]
# The pickle goes through the worker's pipe.  The arrays' bytes are written to a file
# in a memory file system, which the parent maps and unlinks at once: one copy in the
# worker, none in the parent, and the memory is freed with the last array over it.  A
# file that nobody fetched is removed by whoever ends first.
"""

import io
import mmap
import os
import pickle
import tempfile

from rushlight._core.tensor import Tensor, wrap

_FOLDER = "/dev/shm"
_PREFIX = "rushlight-batch-"
_SMALL = 16 * 1024
_ALIGN = 64


class _Pickler(pickle.Pickler):
    """Pickles plain tensors by their arrays, whose bytes go out of band."""

    def reducer_override(self, obj):
        if type(obj) is Tensor and not obj.requires_grad and not obj.__dict__:
            return wrap, (obj._array,)
        return NotImplemented


def pack(value, folder=_FOLDER):
    """A value as (pickle, sizes, file name or bytes): small or big (Note above)."""
    buffers = []
    stream = io.BytesIO()
    _Pickler(stream, 5, buffer_callback=buffers.append).dump(value)
    views = [buffer.raw() for buffer in buffers]
    sizes = [view.nbytes for view in views]
    if sum(sizes) < _SMALL or not os.access(folder, os.W_OK):
        return stream.getvalue(), sizes, b"".join(views)
    descriptor, name = tempfile.mkstemp(prefix=f"{_PREFIX}{os.getppid()}-", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for view in views:
                file.write(view)
                file.write(bytes(-view.nbytes % _ALIGN))
    except BaseException:
        os.unlink(name)
        raise
    return stream.getvalue(), sizes, name


def unpack(packed):
    """The value that `pack` packed; arrays lie over the shared memory."""
    stream, sizes, place = packed
    if isinstance(place, bytes):
        memory, align = memoryview(bytearray(place)), 1
    else:
        with open(place, "r+b") as file:
            os.unlink(place)
            memory, align = memoryview(mmap.mmap(file.fileno(), 0)), _ALIGN
    buffers, start = [], 0
    for size in sizes:
        buffers.append(memory[start : start + size])
        start += size + -size % align
    return pickle.loads(stream, buffers=buffers)


def discard(packed):
    """Remove the file of a value that nobody wants."""
    if not isinstance(packed[2], bytes):
        try:
            os.unlink(packed[2])
        except FileNotFoundError:
            pass


def remove_leftovers(parent):
    """Remove the files that workers of a process left behind when they were killed."""
    if not os.path.isdir(_FOLDER):
        return
    for name in os.listdir(_FOLDER):
        if name.startswith(f"{_PREFIX}{parent}-"):
            try:
                os.unlink(os.path.join(_FOLDER, name))
            except FileNotFoundError:
                pass
