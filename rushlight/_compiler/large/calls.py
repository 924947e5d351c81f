"""LargePointwise: the large calls of one pointwise op (Note [Large calls])."""

import threading
import time
import warnings

import numpy as np

from rushlight._base import threads
from rushlight._base.dtype import dtype
from rushlight._compiler.large.walks import walk_of
from rushlight._core.operands import NUMBERS
from rushlight._core.table import FLOAT, LARGE
from rushlight._ops._team import share

#: Seconds of NumPy's form after which the cache on disk is asked, and about as many as
#: compiling takes: for all, and for each instruction.
LOOKING, COMPILING, EACH_INSTRUCTION = 0.005, 0.04, 0.8e-3
#: Seconds of a quick pass of NumPy: for each call, and for each element.
EACH_CALL, EACH_ELEMENT = 1e-6, 0.15e-9
#: Passes from which on a ufunc is not quick: machine code is, though it rounds anew.
SLOW = 10
#: Elements of one block: of slow operations, and of quick ones.
BLOCK, LARGE_BLOCK = 2048, 16384
#: Elements in a piece of a ufunc that is shared; seconds that are worth sharing.
PIECE, WORTH_SHARING = 1 << 17, 5e-4
#: Kernels of one op.
LIMIT = 24

_PLAIN = frozenset((int, float, bool, str, type(None), tuple, dtype))
_INT64 = np.dtype(np.int64)

_lock = threading.Lock()


class _Entry:
    """What is known of one kind of calls of an op.

    Attributes:
        native: its `Native`, or None.
        dtype: of NumPy's result, once that is known.
        formula: once it was asked for; None where there is none.
        asked, settled: whether the formula was asked for; whether all is decided.
        spent, counted: seconds of NumPy's form, and what they should have been.
        due: `spent` at which to look again.
        price: seconds that compiling takes, about.
    """

    def __init__(self):
        self.native = self.dtype = self.formula = None
        self.asked = self.settled = False
        self.spent, self.counted, self.due = 0.0, 0.0, LOOKING
        self.price = COMPILING
        self.lock = threading.Lock()


class LargePointwise:
    """An op on large arrays: NumPy's form, then machine code.

    Args:
        op: its record.
        plain: NumPy's form.
    """

    def __init__(self, op, plain):
        self.op, self.plain, self.inputs = op, plain, len(op.inputs)
        self.entries = {}

    def __call__(self, *arrays, **attrs):
        operands, out = arrays, None
        if len(arrays) > self.inputs:
            operands, out = arrays[:-1], arrays[-1]
        given = self._given(operands, out, attrs)
        walk = None if given is None else walk_of(given, out)
        if walk is None or self._is_as_quick(walk):
            return self.plain(*arrays, **attrs)
        key = (
            walk.pattern,
            walk.steps is None,
            *[None if a is None else getattr(a, "dtype", "number") for a in operands],
            repr(attrs) if attrs else None,
        )
        entry = self.entries.get(key)
        if entry is None:
            entry = self._new(key)
        if entry.native is None:
            return self._before(entry, arrays, out, attrs, walk)
        if out is not None and out.dtype != entry.native.dtype:
            return self.plain(*arrays, **attrs)
        found = entry.native.run(given, out, walk)
        return self.plain(*arrays, **attrs) if found is None else found

    def _given(self, operands, out, attrs):
        """The operands that are there, all as arrays; None if NumPy shall have them."""
        op, first = self.op, operands[0]
        if attrs.get("format") is not None or not _are_plain(attrs):
            return None
        if op.promote is FLOAT and getattr(first, "dtype", _INT64).kind in "biu":
            return None  # it is promoted first
        given = []
        for operand in operands:
            if operand.__class__ in NUMBERS:
                operand = _number(operand, first)
            elif operand is None:
                continue
            if operand.__class__ is not np.ndarray:
                return None
            if op.promote is not None and operand.dtype != first.dtype:
                return None
            given.append(operand)
        if out is not None and not _is_writable(out, given):
            return None
        return given

    def _is_as_quick(self, walk):
        """Whether NumPy's form is as quick: one pass over one run, by one thread."""
        is_flat = walk.steps is None and self.op.passes == 1
        return is_flat and threads.get_num_threads() == 1

    def _new(self, key):
        with _lock:
            entry = self.entries.setdefault(key, _Entry())
            kernels = sum(e.native is not None for e in self.entries.values())
            entry.settled = kernels >= LIMIT
            while len(self.entries) > 4 * LIMIT:
                del self.entries[next(iter(self.entries))]
            return entry

    # ------------------------------------------------------------------- before it pays

    def _before(self, entry, arrays, out, attrs, walk):
        """NumPy's form, its time counted (Note [Exact kernels])."""
        size = walk.count * walk.rows
        expected = self.op.passes * (EACH_CALL + EACH_ELEMENT * size)
        start = time.perf_counter()
        if expected > WORTH_SHARING and self._can_share(entry, arrays, walk):
            result = self._shared(arrays, out, walk, entry.dtype)
        else:
            result = self.plain(*arrays, **attrs)
            entry.dtype = getattr(result, "dtype", None)
        if not entry.settled:
            entry.spent += time.perf_counter() - start
            entry.counted += expected
            if entry.spent > entry.due or entry.counted > entry.price:
                self._advance(entry, arrays[: self.inputs], attrs, walk)
        return result

    def _can_share(self, entry, arrays, walk):
        return (
            self.op.ufunc
            and entry.dtype is not None
            and walk.steps is None
            and walk.order is None
            and walk.pattern[0] == "1"
            and threads.get_num_threads() > 1
        )

    def _shared(self, arrays, out, walk, dtype):
        """NumPy's ufunc in pieces, by several threads; the same bits."""
        if out is None:
            arrays = *arrays, np.empty(walk.shape, dtype)
        is_whole = [getattr(a, "size", 1) == walk.count for a in arrays]
        flat = [a.reshape(-1) if w else a for a, w in zip(arrays, is_whole)]

        def run(start):
            here = slice(start, start + PIECE)
            self.plain(*[a[here] if w else a for a, w in zip(flat, is_whole)])

        share(run, range(0, walk.count, PIECE))
        return arrays[-1]

    def _advance(self, entry, operands, attrs, walk):
        """Load or make the machine code, or say when to look again."""
        if not entry.lock.acquire(blocking=False):
            return
        try:
            if not entry.settled:
                self._look(entry, operands, attrs, walk)
        except Exception as error:  # noqa: BLE001 - whatever it is, NumPy can go on
            entry.settled = True
            warnings.warn(
                f"{self.op.name} could not be compiled and stays with NumPy: "
                f"{error.__class__.__name__}: {error}",
                stacklevel=2,
            )
        finally:
            entry.lock.release()

    def _look(self, entry, operands, attrs, walk):
        from rushlight._compiler.codegen.llvm import machine
        from rushlight._compiler.large.formulas import formula_of, kernel_of

        if not entry.asked:
            entry.asked = True
            if machine.is_available():
                dtypes = _dtypes(operands)
                entry.formula = formula_of(self.op, dtypes, attrs)
        formula = entry.formula
        is_quick = self.op.ufunc and self.op.passes < SLOW
        if formula is None or (is_quick and not formula.is_exact):
            entry.settled = True
            if formula is None and not self.op.ufunc and self._is_float(operands):
                self.op.large[np.ndarray] = self.plain  # none of its calls is for us
            return
        entry.price = COMPILING + EACH_INSTRUCTION * formula.cost()
        block = LARGE_BLOCK if self.op.passes <= 4 else BLOCK
        how = walk.pattern, walk.steps is None, block
        if formula.is_exact and entry.due < entry.price:
            entry.due = entry.price
            pattern, is_flat, block = how
            kernel = kernel_of(formula, pattern, block, is_flat)
            is_due = _is_kept(kernel)
        else:
            is_due = formula.is_exact and entry.spent > entry.price
        if is_due or entry.counted > entry.price:
            self._settle(entry, formula, how)
        elif not formula.is_exact:
            entry.due = float("inf")  # only what is counted decides

    def _is_float(self, operands):
        return all(a is None or a.dtype.kind in "fbi" for a in operands)

    def _settle(self, entry, formula, how):
        from rushlight._compiler.large.native import Native

        native = Native(formula, *how, LARGE // self.op.passes)
        entry.native, entry.settled = native, True


def _is_kept(kernel):
    from rushlight._compiler.codegen.llvm import machine
    from rushlight._compiler.loops.printer import print_kernel

    return machine.is_kept(print_kernel(kernel))


def _dtypes(operands):
    """The dtype of each operand; numbers have the first one's."""
    first = operands[0].dtype
    return [None if a is None else getattr(a, "dtype", first) for a in operands]


def _are_plain(attrs):
    """Whether attributes are told apart by how they are printed."""
    for value in attrs.values():
        if value.__class__ not in _PLAIN:
            return False
    return True


def _number(number, like):
    """A number as an array, if it stands for the same in an array's dtype."""
    kind = like.dtype.kind
    if kind == "f" and number.__class__ is not complex:
        return np.array(number, like.dtype)
    if kind == "i" and number.__class__ is int and -(2**31) <= number < 2**31:
        return np.array(number, like.dtype)
    return None


def _is_writable(out, operands):
    """Whether a kernel may write there: no part of it is another part of an operand."""
    if out.__class__ is not np.ndarray or not out.flags.writeable:
        return False
    for array in operands:
        if array is out or not np.may_share_memory(array, out):
            continue
        here, there = array.__array_interface__, out.__array_interface__
        if here["data"] != there["data"] or array.strides != out.strides:
            return False
        if array.shape != out.shape:
            return False
    return True
