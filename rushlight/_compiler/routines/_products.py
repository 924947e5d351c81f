"""Matrix products of a block, as one call of BLAS or as many small ones.

# Note [Small products]
# OpenBLAS copies the factors of a large product into its own order before it begins.
# On processors with AVX-512 it has kernels for products of up to a million
# multiplications that read the factors where they lie, and keep nearer to what the
# processor can do: 105 GFLOP/s on a core where the large ones did 75 to 90.  So there
# we cut a product into such pieces, in a fixed order.  The second factor must not be
# transposed: then those kernels are slow.
"""

from dataclasses import replace

from rushlight._base.symint import is_symbolic
from rushlight._compiler.routines._parts import large_pieces, part_of, pieces
from rushlight._compiler.runtime.blas import has_small_products

#: Most multiplications of a small product.
SMALL = 1_000_000


def rows_for(whole, columns, inner):
    """(rows of a block, blocks) for a product (whole, inner) (inner, columns)."""
    if has_small_products():
        for most in (32, 16, 8):
            if most * min(columns, 64) * inner <= SMALL:
                return pieces(most, whole)
    return large_pieces(whole)


def emit_product(k, dtype, m, n, inner, a, b, c, most=None, beta=0.0, **options):
    """A product of a block, cut into small ones where that pays.

    Args:
        k: the builder.
        dtype: "f32" or "f64".
        m: how many rows: an int or an expression.
        n, inner: columns of c, an int, and what is summed over, which may be symbolic.
        a, b, c: the places.
        most: the greatest value of m, where that is an expression.
        beta, options: as for `Product`; b is not transposed.
    """
    columns, sums = _cut(m if most is None else most, n, inner)
    steps = a.row if options.get("transpose_a") else 1, b.row

    def add(j, start, count, beta, loop=None):
        """The product for some columns of a range of what is summed over."""
        one, two = (
            _shifted(place, start * step, loop and (loop, sums * step))
            for place, step in zip((a, b), steps)
        )
        width, two, into = min(columns, n - j), _shifted(two, j), _shifted(c, j)
        k.product(dtype, m, width, count, one, two, into, beta=beta, **options)

    def add_all(j):
        """The product for some columns, range by range of what is summed over."""
        whole, rest = divmod(max(inner - sums, 0), sums)
        add(j, 0, min(sums, inner), beta)
        if whole:
            with k.loop(f"s{j}", whole):
                add(j, sums, sums, 1.0, f"s{j}")
        if rest:
            add(j, inner - rest, rest, 1.0)

    def add_symbolic(j):
        """Likewise, where the last range may be short."""
        if is_symbolic(sums):
            add(j, 0, inner, beta)
            return
        add(j, 0, part_of(k, k.const(0, "i64"), sums, inner), beta)
        with k.loop(f"s{j}", -(-inner // sums) - 1):
            start = k.mul(k.add(k.index(f"s{j}"), 1), sums)
            add(j, sums, part_of(k, start, sums, inner), 1.0, f"s{j}")

    for j in range(0, n, columns):
        (add_symbolic if is_symbolic(inner) else add_all)(j)


def _cut(m, n, inner):
    """(columns, summands) of the pieces of a product with m rows.

    Those of a symbolic `inner` are small for any value.
    """
    if not has_small_products():
        return n, inner
    if not is_symbolic(inner):
        if m * n * inner <= SMALL:
            return n, inner
        columns = SMALL // (m * inner) // 64 * 64
        if columns:
            return columns, inner
    columns = min(n, 128)
    return columns, max(16, SMALL // (m * columns) // 16 * 16)


def _shifted(place, by, along=None):
    """A place further on, which may move along an index: (name, stride)."""
    strides = place.strides + ((along,) if along else ())
    return replace(place, offset=place.offset + by, strides=strides)
