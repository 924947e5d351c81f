"""Programs: steps of machine code that the team runs in one call.

# Note [Arguments]
# What a step's arguments point to is known as (base, offset): the bases (inputs,
# parameters, outputs, arenas) are given at each run and the executor adds the offsets.
# Two bases are special: `STATIC`, where the offset is the address itself, and `LOCAL`,
# memory of the program in which each thread has a part for itself.  Steps of one group
# have separate parts, since their blocks run at the same time.
"""

import ctypes
import itertools
import os
import struct
import threading
import time
import weakref
from typing import Any, NamedTuple

import numpy as np

from rushlight._compiler.codegen.llvm.executor import PROGRAM
from rushlight._compiler.runtime import blas
from rushlight._compiler.runtime import team as teams

#: Bases of arguments that no run gives (Note [Arguments]).
LOCAL, STATIC = -1, -2
#: Stands in a `SymbolicProgram` before a number that a step reads.
SIZE = -3

#: Seconds that a program takes for which threads are woken, and runs that are timed.
WORTH_WAKING, _TRIALS = 40e-6, 4

_programs = weakref.WeakSet()


class Step(NamedTuple):
    """One task of a program.

    Attributes:
        function: the address of ``void task(void** args, int64 first, int64 last,
            int64 thread)``, which runs blocks first to last - 1.
        args: pairs (base, byte offset), in the task's order.
        blocks: how many there are.
        group: steps that follow each other with an equal group (and so with equal
            blocks) are run block by block; None stands alone.
        local_bytes: what one thread needs at its `LOCAL` argument.
        keep: what must live as long as the program.
    """

    function: int
    args: list
    blocks: int
    group: Any = None
    local_bytes: int = 0
    keep: Any = None


class Program:
    """Steps, run in order by the team.

    Args:
        steps: a list of `Step`.
        wake: whether the work is worth waking sleeping threads for (some microseconds);
            workers that are awake help in any case.  None finds out by the time that
            the first runs take.
        bases: how many addresses `run` takes, by default as many as the steps name.
    """

    def __init__(self, steps, wake=None, bases=None):
        self.steps = [step for step in steps if step.blocks > 0]
        self._lock, self._team = threading.Lock(), None
        named = [base for step in steps for base, _ in step.args]
        self.bases = max(named, default=-1) + 1 if bases is None else bases
        self.bases = max(self.bases, 0)
        self._tables = {}
        self._head = teams.Words(PROGRAM, PROGRAM["PROGRAM_WORDS"])
        self._head["P_WAKE"] = 1 if wake is None else int(wake)
        self._local = None
        self._lay_out()
        self._lay_out_bases()
        self._execute = teams._function("execute", 1)
        self._execute_on = teams._function("execute_on", 1)
        self._times = [] if wake is None else None
        self._address = ctypes.c_void_p(self._head.address)
        _programs.add(self)

    def run(self, bases):
        """Run it; returns when all is done.

        Args:
            bases: addresses, as ints.
        """
        with self._lock:
            self._run(bases, self._execute)

    def run_on(self, arrays):
        """As `run`, on the memory of arrays (Note [Data pointer]).

        Args:
            arrays: C-contiguous ndarrays; None where a step has no use for one.
        """
        with self._lock:
            self._run(map(id, arrays), self._execute_on)

    def _run(self, bases, execute):
        if self._team is not teams._current or self._team is None:
            self._bind(teams.current())
        self._pack(self._table, 0, *bases)
        if self._times is None:
            execute(self._address)
        else:
            self._run_timed(execute)

    def _run_timed(self, execute):
        """One of the first runs."""
        start = time.perf_counter()
        execute(self._address)
        self._times.append(time.perf_counter() - start)
        if len(self._times) == _TRIALS:
            self._head["P_WAKE"] = int(min(self._times) > WORTH_WAKING)
            self._times = None

    def _lay_out(self):
        """The tables of steps, groups and arguments."""
        args = [entry for step in self.steps for entry in step.args]
        starts = itertools.accumulate((len(s.args) for s in self.steps), initial=0)
        special = {LOCAL: self.bases, STATIC: self.bases + 1}
        slots = [special.get(base, base) for base, _ in args]
        pairs = zip(self.steps, starts)
        self._set("P_STEPS", [(step.function, start) for step, start in pairs])
        self._set("P_SLOTS", slots)
        self._set("P_OFFSETS", [offset for _, offset in args])
        self._set("P_ARGS", [0] * len(args))
        self._head["P_COUNT"] = len(args)
        self._groups = list(self._grouped())
        rows = [(start, len(some), some[0].blocks, 0) for start, some in self._groups]
        self._set("P_GROUPS", rows)
        self._head["P_GROUP_COUNT"] = len(rows)
        self._use_blas(args)

    def _grouped(self):
        """Pairs (first step's index, steps)."""
        start = 0
        while start < len(self.steps):
            first, end = self.steps[start], start + 1
            while (
                end < len(self.steps)
                and first.group is not None
                and self.steps[end].group == first.group
            ):
                end += 1
            some = self.steps[start:end]
            if any(step.blocks != first.blocks for step in some):
                raise ValueError("Program(): steps of one group differ in their blocks")
            yield start, some
            start = end

    def _use_blas(self, args):
        static = {offset for base, offset in args if base == STATIC}
        if static and not static.isdisjoint(blas.addresses()):
            words = blas.words()
            self._head["P_BLAS"] = 0 if words is None else words.address

    def _lay_out_bases(self):
        table = np.zeros(self.bases + 2, np.uint64)
        self._tables["P_BASES"] = table
        self._head["P_BASES"] = table.ctypes.data
        self._head["P_GIVEN"] = self.bases
        self._table = memoryview(table).cast("B")
        self._pack = struct.Struct(f"{self.bases}Q").pack_into

    def _set(self, name, rows):
        table = np.array(rows, np.int64)
        self._tables[name] = table
        self._head[name] = table.ctypes.data

    def _bind(self, team):
        """Be run by a team from now on: memory for each of its threads."""
        offsets, most, number = self._tables["P_OFFSETS"], 0, 0
        for _, some in self._groups:
            total = 0
            for step in some:
                for base, offset in step.args:
                    if base == LOCAL:
                        offsets[number] = offset + total
                    number += 1
                total += -(-step.local_bytes // 64) * 64 * team.size
            most = max(most, total)
        self._local, address = teams.aligned(most)
        self._tables["P_BASES"][self.bases] = address
        self._head["P_TEAM"] = team.address
        self._team = team


class SizedProgram(Program):
    """One task of the loop language, on sizes that are given at each run.

    Args:
        kernel: a task without numbers.
    """

    def __init__(self, kernel):
        from rushlight._compiler.runtime.kernel import native_kernel

        native = native_kernel(kernel)
        self._sizes = (ctypes.c_int64 * len(kernel.sizes))()
        start, given = ctypes.addressof(self._sizes), len(kernel.buffers)
        args = [(STATIC, start + 8 * i) for i in range(len(kernel.sizes))]
        args += [(i, 0) for i in range(given)]
        super().__init__([Step(native.address, args, 1, keep=native)], True, given)
        self.native = native

    def run_sized(self, arrays, sizes, blocks, wake):
        """Run it; as `run_on`.

        Args:
            arrays: an ndarray for each buffer, which begins at its first element.
            sizes: in the order of the kernel's.
            blocks: how many there are.
            wake: whether the work is worth waking sleeping threads for.
        """
        with self._lock:
            self._sizes[:] = sizes
            self._tables["P_GROUPS"][0, 2] = blocks
            self._head["P_WAKE"] = wake and blocks > 1
            self._run(map(id, arrays), self._execute_on)


def _forget_runs():
    for program in list(_programs):
        program._lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_runs)
