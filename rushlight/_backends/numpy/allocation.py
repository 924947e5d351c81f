"""Keep freed memory in the process, so that large arrays do not fault in anew.

# Note [Freed memory]
# Every operation makes a fresh array.  By default the C library takes large ones from
# the system and gives them back when they are freed; the system must then clear each
# page again at its next use, which costs more than most operations do.  On Linux's C
# library two settings keep such memory in the process.  The peak stays the same, but
# what was once used is not given back before the process ends; set
# RUSHLIGHT_KEEP_MEMORY=0 to have it given back.
"""

import os
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # glibc's malloc.h
_KEPT = 1 << 30
_LARGEST_MMAP_THRESHOLD = 32 << 20  # what older versions of the library allow


def keep_freed_memory():
    """Tell the C library (Note [Freed memory]); elsewhere this does nothing."""
    if sys.platform != "linux" or os.environ.get("RUSHLIGHT_KEEP_MEMORY") == "0":
        return
    import ctypes

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    mallopt(_TRIM_THRESHOLD, _KEPT)
    if not mallopt(_MMAP_THRESHOLD, _KEPT):
        mallopt(_MMAP_THRESHOLD, _LARGEST_MMAP_THRESHOLD)
