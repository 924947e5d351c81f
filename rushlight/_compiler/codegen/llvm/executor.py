"""The executor: a team of threads that runs programs, as the text of an LLVM module.

It is written in LLVM's own language, in executor.ll, since nearly every line of it is
an atomic instruction.  runtime/team.py and runtime/program.py hold its memory.

# Note [Claims]
# A program's steps stand in groups; a group has blocks.  All that says which blocks are
# left is one word of the team, `cursor`: the next block in its low half, the end in
# its high half.  Whoever swaps it for a smaller range has claimed the blocks between.
# Threads of even number take blocks from the front and those of odd number from the
# back, a good part of the rest at a time, so that in one group after another a thread
# mostly meets the blocks that are in its own cache.  Then it counts them in `done`; the
# one who finds the count complete advances: it runs groups of one block by itself, then
# makes the next group known by writing `cursor`, last of all.
#
# Nobody waits for a thread that has claimed nothing.  It may have slept since a former
# run: if its swap succeeds, then the cursor's value is the present one, whatever it was
# doing since it read it, and the claim is a good claim in the present run.  Only after
# that does it read which program and group this is, and neither can change, nor can the
# run end, before it has counted its blocks.  After counting them, unless it was the
# last, it touches nothing but the team's memory, which lives as long as its thread.

# Note [Waiting]
# Who finds no block spins for some tens of microseconds, then lets others run, then
# sleeps on the word `bell` (where the system has futexes; elsewhere it looks again
# every so often).  Before it sleeps it counts itself in `sleepers` and looks at the
# cursor once more; who makes a group known writes the cursor before it reads
# `sleepers`, so one of the two sees the other.  Waking costs some microseconds: it is
# done only for programs that are worth it.  A run whose workers all sleep, and which is
# not worth it, stays with its caller.
"""

import functools
import platform
import sys
from pathlib import Path
from string import Template

from rushlight._backends.numpy.pointers import DATA_POINTER

#: Words of a team, as indices of int64; what is written often has its own lines.
TEAM = {
    "CURSOR": 0,
    "DONE": 16,
    "BELL": 32,
    "SLEEPERS": 48,
    "CALLER_SLEEPS": 49,
    "BUSY": 64,
    "RUNNING": 65,
    "PROGRAM": 66,
    "GROUP": 67,
    "STOP": 80,
    "SIZE": 81,
    "SPINS": 82,
    "YIELDS": 83,
    "YIELD": 84,
    "SLEEP": 85,
    "TEAM_WORDS": 96,
}

#: Words of a program's head.
PROGRAM = {
    "P_TEAM": 0,
    "P_ARGS": 1,
    "P_COUNT": 2,
    "P_SLOTS": 3,
    "P_OFFSETS": 4,
    "P_BASES": 5,
    "P_GROUPS": 6,
    "P_GROUP_COUNT": 7,
    "P_STEPS": 8,
    "P_WAKE": 9,
    "P_BLAS": 10,
    "P_GIVEN": 11,
    "PROGRAM_WORDS": 16,
}

#: Words of what all programs share: how many of those that use BLAS are running.
BLAS = {"B_LOCK": 0, "B_USERS": 1, "B_BEFORE": 2, "B_GET": 3, "B_SET": 4}

#: The number of the futex system call.
_FUTEX = {"x86_64": 202, "aarch64": 98, "riscv64": 98, "ppc64le": 221, "s390x": 238}

#: How long who looks every so often sleeps: a worker, and the caller of a run.
_NAPS_IN_MS = {"long_nap": 1, "short_nap": 0}
_NAPS_IN_US = {"long_nap": 1000, "short_nap": 20}

_PAUSES = {"x86_64": "llvm.x86.sse2.pause()", "AMD64": "llvm.x86.sse2.pause()"}
_PAUSES |= dict.fromkeys(("aarch64", "arm64", "ARM64"), "llvm.aarch64.hint(i32 1)")

# Sleeping until the bell differs from what was heard, and waking, by futex ...
_BY_FUTEX = """
define internal void @sleep(ptr %team, ptr %bell, i32 %heard, i32 %nap) {
  %system = call ptr @pointer(ptr %team, i64 $SLEEP)
  %ignored = call i64 (i64, ...) %system(
      i64 $futex, ptr %bell, i64 128, i32 %heard, ptr null, ptr null, i64 0)
  ret void
}

define internal void @wake_all(ptr %team, ptr %bell) {
  %system = call ptr @pointer(ptr %team, i64 $SLEEP)
  %ignored = call i64 (i64, ...) %system(
      i64 $futex, ptr %bell, i64 129, i32 2147483647, ptr null, ptr null, i64 0)
  ret void
}
"""

# ... and by looking every so often.
_BY_LOOKING = """
define internal void @sleep(ptr %team, ptr %bell, i32 %heard, i32 %nap) {
  %system = call ptr @pointer(ptr %team, i64 $SLEEP)
  %ignored = call i32 %system(i32 %nap)
  ret void
}

define internal void @wake_all(ptr %team, ptr %bell) {
  ret void
}
"""


def futex_number():
    """The number of the futex system call here, or None where there is none."""
    return _FUTEX.get(platform.machine()) if sys.platform == "linux" else None


@functools.cache
def emit_executor():
    """The module with `worker`, `execute`, `stop` and `spin`, for this system."""
    pause = _PAUSES.get(platform.machine())
    declaration = ""
    if pause:
        declaration = "declare void @" + pause.replace("(i32 1)", "(i32)")
    futex = futex_number()
    words = TEAM | PROGRAM | BLAS
    words |= _NAPS_IN_MS if sys.platform == "win32" else _NAPS_IN_US
    words["futex"] = futex
    words["data_pointer"] = DATA_POINTER
    words |= {"pause": f"call void @{pause}" if pause else ""}
    text = Path(__file__).with_suffix(".ll").read_text("utf-8")
    text += _BY_LOOKING if futex is None else _BY_FUTEX
    return Template(text).substitute(words, declare_pause=declaration)
