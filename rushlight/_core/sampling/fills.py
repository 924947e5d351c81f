"""What fills arrays with random numbers: the few loops that all laws are made of.

`current` runs them.  At first it is `Fills`, NumPy's forms; the compiler puts machine
code in its place, which makes the same numbers from the same state.
"""

import numpy as np

from rushlight._core.sampling.box_muller import BoxMuller
from rushlight._core.sampling.chunks import CHUNK, chunks, scale_and_shift
from rushlight._core.sampling.shuffle import shuffle

_LOW_24 = np.uint64(2**24 - 1)
_LOW_53 = np.uint64(2**53 - 1)
_TO_UNIT_24 = np.float32(2.0**-24)
_TO_UNIT_53 = 2.0**-53
_PIECE = 4 * CHUNK  # a hundred small steps: fewer and longer ones are faster

# Note [Two widths]
# float64 and whatever is compared with a double takes 53 bits of two draws; float32,
# float16 and bfloat16 take 24 bits of one draw (the narrow ones round that number).


class Fills:
    """NumPy's forms.

    Arrays to be filled have one dimension and no gaps; the caller of any method holds
    the generator's lock.
    """

    def units(self, generator, flat):
        """Fill floats with uniform numbers in [0, 1) (Note [Two widths])."""
        wide = flat.dtype.itemsize == 8
        for part in chunks(flat):
            bits = generator.raw64(part.size) if wide else generator.raw(part.size)
            bits &= _LOW_53 if wide else _LOW_24
            part[...] = bits.view(np.int64)
            part *= _TO_UNIT_53 if wide else _TO_UNIT_24

    def coins(self, generator, flat, bound, one):
        """Fill with a number where 53 random bits are below a bound, else with 0.

        Args:
            flat: of any dtype.
            bound: int in [0, 2**53].
            one: the number; the dtype holds it.
        """
        bound, one = np.uint64(bound), flat.dtype.type(one)
        for part in chunks(flat):
            bits = generator.raw64(part.size)
            bits &= _LOW_53
            np.less(bits, bound, out=part, casting="unsafe")
            if one != 1:
                part *= one

    def integers(self, generator, flat, low, count, wide):
        """Fill with `low + bits % count`.

        Args:
            flat: of any real dtype that holds the numbers.
            low: int64.
            count: in [1, 2**64]; below 2**28 if not wide.
            wide: whether 64 bits are drawn for each number, or 32.
        """
        term = np.uint64(low % 2**64)
        for part in chunks(flat):
            if wide:
                bits = generator.raw64(part.size)
                if count < 2**64:
                    bits %= np.uint64(count)
            else:
                bits = _remainder(generator.raw(part.size), count)
            bits += term
            # Unsigned wrap-around is how two's complement adds a negative bound.
            part[...] = bits if flat.dtype.kind == "u" else bits.view(np.int64)

    def normals(self, generator, flat, std, mean):
        """Fill float32 or float64 with normal numbers, in blocks of 16.

        Args:
            flat: its size is a multiple of 16.
            std, mean: numbers; they are rounded to the dtype.
        """
        narrow, to_dtype = flat.dtype.itemsize == 4, flat.dtype.type
        size = min(flat.size, _PIECE if narrow else CHUNK)
        transform = BoxMuller(size).transform if narrow else _transform_doubles
        for start in range(0, flat.size, size):
            piece = flat[start : start + size]
            self.units(generator, piece)
            transform(piece)
            scale_and_shift(piece, to_dtype(std), to_dtype(mean))

    def shuffled(self, generator, n):
        """0 to n - 1, where each i in turn was swapped with i + bits % (n - i).

        Args:
            n: below 2**32.

        Returns:
            (n,), int64.
        """
        bits = generator.raw(max(n - 1, 0)).astype(np.uint32)
        bits %= np.arange(n, 1, -1, dtype=np.uint32)
        return shuffle(n, bits)


def _remainder(bits, count):
    """bits % count for 32-bit numbers held in uint64, as uint64."""
    if count & (count - 1) == 0:
        bits &= np.uint64(count - 1)
        return bits
    # Division of narrow integers by one number is vectorised; the remainder is not.
    narrow = bits.astype(np.uint32)
    whole = narrow // np.uint32(count)
    whole *= np.uint32(count)
    narrow -= whole
    bits[...] = narrow
    return bits


def _transform_doubles(units):
    blocks = units.reshape(-1, 2, 8)
    radius = np.sqrt(-2 * np.log(1 - blocks[:, 0]))
    angle = 2 * np.pi * blocks[:, 1]
    np.multiply(radius, np.cos(angle), out=blocks[:, 0])
    np.multiply(radius, np.sin(angle), out=blocks[:, 1])


#: What runs them.
current = Fills()
