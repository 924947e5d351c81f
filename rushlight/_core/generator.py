"""Generator: the source of random bits, with PyTorch's CPU sequence and state.

What is made of the bits (uniform, normal, permutations...) is in `sampling/`.
"""

import os
import threading

import numpy as np

from rushlight._base.device import CPU, as_device
from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    ArgumentTypeError,
    DeviceError,
    explain,
)
from rushlight._core.tensor import Tensor, wrap

_FIRST_SEED = 67280421310721  # what a new generator is seeded with, as in PyTorch
_BLOCK = 624  # numbers that the Mersenne Twister makes at a time
_LOW_32 = 0xFFFFFFFF

# Note [Generator state]
# The saved state is PyTorch's own memory image, byte for byte, so that checkpoints
# pass both ways.  `left` counts the block's unused numbers plus one, and `next` is the
# position in the block: next + left == 625, except that a freshly seeded generator
# has next == 0 and left == 1: its first block is still to be made.  NumPy's position
# is 624 both then and at a block's end; the key tells the two apart.  The cached
# second half of a pair of normals is `normal_y`.
STATE_LAYOUT = np.dtype(
    [
        ("seed", "<u8"),
        ("left", "<i4"),
        ("seeded", "<i4"),
        ("next", "<u8"),
        ("key", "<u8", _BLOCK),
        ("normal_x", "<f8"),
        ("normal_y", "<f8"),
        ("normal_rho", "<f8"),
        ("normal_is_valid", "<i4"),
        ("unused_1", "<i4"),
        ("float_normal", "<f4"),
        ("float_normal_is_valid", "u1"),
        ("unused_2", "u1", 3),
    ]
)


class Generator:
    """A sequence of random numbers: those of PyTorch's CPU generator, bit for bit.

    It is a Mersenne Twister (MT19937) seeded with the low 32 bits of the seed.  One
    generator may be used by several threads: whoever draws holds `lock`.

    Args:
        device: "cpu", the only device whose numbers are made here.

    Attributes:
        lock: held while numbers are drawn; `sampling` takes it, callers need not.
        cached_normal: the second half of a pair of normals that is yet to be handed
            out, or None.

    Raises:
        RuntimeError: for another device.

    See:
        Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998).

    >>> Generator().manual_seed(0).draw32(3)
    array([2357136044, 2546248239, 3071714933], dtype=uint32)
    """

    __slots__ = (
        "_device",
        "_seed",
        "_bits",
        "_float_normal",
        "cached_normal",
        "lock",
        "__weakref__",
    )

    def __init__(self, device="cpu"):
        self._device = as_device(device)
        if self._device.type != "cpu":
            raise DeviceError(
                explain(
                    "Generator()",
                    expected="the device 'cpu'",
                    got=repr(str(self._device)),
                    do="Draw on the CPU and move the tensor.",
                )
            )
        self.lock = threading.Lock()
        self._restart(_FIRST_SEED)

    def _restart(self, seed):
        self._seed = seed
        self._bits = None
        self.cached_normal = self._float_normal = None

    @property
    def device(self):
        """The device whose numbers these are."""
        return CPU

    def manual_seed(self, seed):
        """Start the sequence that belongs to a seed.

        Args:
            seed: an integer in [-2**63, 2**64); negative ones count from 2**64 down.

        Returns:
            The generator itself.

        Raises:
            RuntimeError: for what is no integer.
            ValueError: for an integer outside the range.

        >>> Generator().manual_seed(-1).initial_seed() == 2**64 - 1
        True
        """
        seed = as_seed(seed, "Generator.manual_seed()")
        with self.lock:
            self._restart(seed)
        return self

    def seed(self):
        """Start a sequence that nobody can foresee.

        Returns:
            The seed that was chosen, in [0, 2**64).
        """
        seed = int.from_bytes(os.urandom(8), "little")
        self.manual_seed(seed)
        return seed

    def initial_seed(self):
        """The seed that the sequence was started with."""
        return self._seed

    # -- drawing ---------------------------------------------------------------------

    def raw(self, n=None):
        """The next n 32-bit numbers in a uint64 array; one, as an int, for None.

        The caller holds `lock`.
        """
        return (self._bits or self._engine()).random_raw(n)

    def draw32(self, n):
        """The next n 32-bit numbers.

        Args:
            n: how many.

        Returns:
            (n,), uint32.

        >>> Generator().manual_seed(0).draw32(2)
        array([2357136044, 2546248239], dtype=uint32)
        """
        with self.lock:
            return self.raw(n).astype(np.uint32)

    def draw64(self, n):
        """The next n 64-bit numbers, each of two draws: first the high half.

        Args:
            n: how many.

        Returns:
            (n,), uint64.

        >>> hex(Generator().manual_seed(0).draw64(1)[0]), hex(2357136044)
        ('0x8c7f0aac97c4aa2f', '0x8c7f0aac')
        """
        with self.lock:
            return self.raw64(n)

    def raw64(self, n=None):
        """As draw64, for callers that hold `lock`; one, as an int, for None."""
        if n is None:
            high = self.raw()
            return high << 32 | self.raw()
        pairs = self.raw(2 * n)
        high = pairs[0::2]
        high <<= np.uint64(32)
        high |= pairs[1::2]
        return high

    def address(self):
        """Where the state is, for machine code: 624 uint32 words, then an int32.

        The caller holds `lock`.  See NumPy's documentation of ``BitGenerator.ctypes``.
        """
        return (self._bits or self._engine()).ctypes.state_address

    def mark(self):
        """The place in the sequence, for `rewind`.  The caller holds `lock`."""
        return (self._bits or self._engine()).state

    def rewind(self, mark):
        """Go back to a place in the sequence.  The caller holds `lock`."""
        (self._bits or self._engine()).state = mark

    def _engine(self):
        # NumPy's random module costs a tenth of NumPy's import: not before a draw.
        engine = np.random.MT19937(0)
        engine._legacy_seeding(self._seed & _LOW_32)
        self._bits = engine
        return engine

    # -- state -----------------------------------------------------------------------

    def get_state(self):
        """The state, to be given to `set_state`.

        Returns:
            (5056,), uint8; PyTorch's own layout.

        >>> Generator().get_state().shape
        torch.Size([5056])
        """
        return wrap(self.state_bytes())

    def set_state(self, new_state):
        """Go on from a state.

        Args:
            new_state: (5056,), uint8; what `get_state` gave, here or in PyTorch.

        Raises:
            TypeError: for what is no uint8 tensor.
            RuntimeError: for one of another size or content.

        >>> a, b = Generator().manual_seed(3), Generator()
        >>> b.set_state(a.get_state())
        >>> a.draw32(1) == b.draw32(1)
        array([ True])
        """
        if not isinstance(new_state, Tensor) or new_state._array.dtype != np.uint8:
            got = type(new_state).__name__
            raise ArgumentTypeError(
                explain(
                    "Generator.set_state()",
                    expected="new_state: a uint8 tensor",
                    got=f"{new_state.dtype}" if isinstance(new_state, Tensor) else got,
                    do="Pass what get_state() returned.",
                )
            )
        self.set_state_bytes(new_state._array)

    def clone_state(self):
        """A new generator that goes on from the same state."""
        clone = type(self)()
        clone.set_state_bytes(self.state_bytes())
        return clone

    def state_bytes(self):
        """The state as an array: (5056,), uint8, in PyTorch's layout."""
        with self.lock:
            return self._state_record().reshape(1).view(np.uint8)

    def set_state_bytes(self, array):
        """Go on from a state that `state_bytes` (or PyTorch) gave.

        Args:
            array: (5056,), uint8.

        Raises:
            RuntimeError: for an array of another size, or a state that no sequence of
                draws leads to.
        """
        image = np.ascontiguousarray(array, np.uint8).reshape(-1)
        if image.size != STATE_LAYOUT.itemsize:
            raise _bad_state(f"{STATE_LAYOUT.itemsize} bytes", image.size)
        record = image.view(STATE_LAYOUT)[0]
        position = _position(record)
        engine = np.random.MT19937(0)
        engine.state = {
            "bit_generator": "MT19937",
            "state": {"key": record["key"].astype(np.uint32), "pos": position},
        }
        with self.lock:
            self._seed = int(record["seed"])
            self._bits = engine
            self.cached_normal = _optional(record, "normal_is_valid", "normal_y")
            self._float_normal = _optional(
                record, "float_normal_is_valid", "float_normal"
            )

    def _state_record(self):
        state = (self._bits or self._engine()).state["state"]
        key, position = state["key"], state["pos"]
        record = np.zeros((), STATE_LAYOUT)
        record["seed"] = self._seed
        record["seeded"] = 1
        record["key"] = key
        record["left"] = _BLOCK + 1 - position
        fresh = position == _BLOCK and np.array_equal(key, _first_key(self._seed))
        record["next"] = 0 if fresh else position
        if self.cached_normal is not None:
            record["normal_y"] = self.cached_normal
            record["normal_is_valid"] = 1
        if self._float_normal is not None:
            record["float_normal"] = self._float_normal
            record["float_normal_is_valid"] = 1
        return record

    def __setstate__(self, state):
        self.set_state_bytes(state)

    def __reduce__(self):
        return (type(self), (str(self._device),), self.state_bytes())


def as_seed(seed, who):
    """A seed as an integer in [0, 2**64).

    Raises:
        RuntimeError: for what is no integer.
        ValueError: for an integer outside [-2**63, 2**64).
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="seed: an int",
                got=f"{seed!r} ({type(seed).__name__})",
                do="Pass int(seed).",
            )
        )
    seed = int(seed)
    if not -(2**63) <= seed < 2**64:
        raise ArgumentError(
            explain(
                who,
                expected="seed in [-2**63, 2**64)",
                got=seed,
                do="Take it modulo 2**64.",
            )
        )
    return seed % 2**64


def _first_key(seed):
    """The twister's numbers after seeding and before any draw."""
    engine = np.random.MT19937(0)
    engine._legacy_seeding(seed & _LOW_32)
    return engine.state["state"]["key"]


def _position(record):
    """NumPy's position for a state record, which is checked."""
    left, following = int(record["left"]), int(record["next"])
    if not record["seeded"] or not 1 <= left <= _BLOCK:
        raise _bad_state(f"a seeded state with 1 to {_BLOCK} numbers left", left)
    if left > 1 and following != _BLOCK + 1 - left:
        expected = f"position {_BLOCK + 1 - left} with {left} numbers left"
        raise _bad_state(expected, following)
    return _BLOCK + 1 - left


def _optional(record, is_valid, name):
    return float(record[name]) if record[is_valid] else None


def _bad_state(expected, got):
    return ArgumentRuntimeError(
        explain(
            "Generator.set_state()",
            expected=f"new_state: {expected}",
            got=got,
            do="Pass what get_state() returned.",
        )
    )


#: What draws where no generator is named.
default_generator = Generator()
default_generator.seed()

# A forked worker must not inherit a lock that another thread held at that moment.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=default_generator.lock.acquire,
        after_in_parent=default_generator.lock.release,
        after_in_child=default_generator.lock.release,
    )
