"""New tensors of random numbers: rand, randn, randint, randperm and their like."""

from rushlight._base import dtype as dtypes
from rushlight._base.errors import ArgumentTypeError, explain
from rushlight._base.shape import as_index
from rushlight._core import sampling
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._fill import at_home
from rushlight._ops.random._new import make, make_like, sizes_of
from rushlight._ops.random.fill import NORMAL, RANDOM, UNIFORM
from rushlight._ops.random.seeds import check_generator
from rushlight._ops.specs import same_spec

# ------------------------------------------------------------------------------ rand


def rand(*sizes, size=None, generator=None, **options):
    """Numbers that are uniform in [0, 1).

    Args:
        sizes: the sizes, one by one or as a sequence (also as ``size=``).
        generator: where the bits come from; the default generator if left out.
        options: out, dtype (the default dtype if left out), layout, device,
            requires_grad, pin_memory.

    Returns:
        Tensor: of the given shape.

    Raises:
        NotImplementedError: for a dtype that is not floating-point or complex.
        RuntimeError: for a negative size.

    >>> import rushlight
    >>> _ = rushlight.manual_seed(0)
    >>> rushlight.rand(2)
    tensor([0.4963, 0.7682])
    """
    generator = check_generator(generator, "rand()")
    attrs = {"low": 0.0, "high": 1.0, "generator": generator}
    shape = sizes_of(sizes, size, "rand()")
    return make(UNIFORM, shape, "rand()", attrs=attrs, **options)


def rand_like(input, *, generator=None, **options):
    """Numbers that are uniform in [0, 1), with the shape and dtype of a tensor.

    Args:
        input: the tensor to be like.
        generator: where the bits come from; the default generator if left out.
        options: dtype, layout, device, requires_grad, memory_format.

    Returns:
        Tensor: the input's shape.

    Raises:
        NotImplementedError: for a dtype that is not floating-point or complex.

    >>> import rushlight
    >>> rushlight.rand_like(rushlight.ones(2, 3)).shape
    torch.Size([2, 3])
    """
    generator = check_generator(generator, "rand_like()")
    attrs = {"low": 0.0, "high": 1.0, "generator": generator}
    return make_like(UNIFORM, input, "rand_like()", attrs=attrs, **options)


# ----------------------------------------------------------------------------- randn


def randn(*sizes, size=None, generator=None, **options):
    """Normal numbers of mean 0 and variance 1.

    Args:
        sizes: the sizes, one by one or as a sequence (also as ``size=``).
        generator: where the bits come from; the default generator if left out.
        options: out, dtype (the default dtype if left out), layout, device,
            requires_grad, pin_memory.

    Returns:
        Tensor: of the given shape.

    Raises:
        NotImplementedError: for a dtype that is not floating-point or complex.
        RuntimeError: for a negative size.

    >>> import rushlight
    >>> _ = rushlight.manual_seed(0)
    >>> rushlight.randn(2)
    tensor([ 1.5410, -0.2934])
    """
    generator = check_generator(generator, "randn()")
    attrs = {"mean": 0.0, "std": 1.0, "generator": generator}
    shape = sizes_of(sizes, size, "randn()")
    return make(NORMAL, shape, "randn()", attrs=attrs, **options)


def randn_like(input, *, generator=None, **options):
    """Normal numbers of mean 0 and variance 1, with the shape and dtype of a tensor.

    Args:
        input: the tensor to be like.
        generator: where the bits come from; the default generator if left out.
        options: dtype, layout, device, requires_grad, memory_format.

    Returns:
        Tensor: the input's shape.

    Raises:
        NotImplementedError: for a dtype that is not floating-point or complex.

    >>> import rushlight
    >>> rushlight.randn_like(rushlight.ones(2, 3)).shape
    torch.Size([2, 3])
    """
    generator = check_generator(generator, "randn_like()")
    attrs = {"mean": 0.0, "std": 1.0, "generator": generator}
    return make_like(NORMAL, input, "randn_like()", attrs=attrs, **options)


# --------------------------------------------------------------------------- randint


def randint(low=0, high=None, size=None, *, generator=None, dtype=None, **options):
    """Whole numbers from [low, high): ``randint(high, size)`` too.

    Args:
        low, high: Python ints; with one bound, low is 0.
        size: the sizes, a sequence.
        generator: where the bits come from; the default generator if left out.
        dtype: the element type; int64 if left out.
        options: out, layout, device, requires_grad, pin_memory.

    Returns:
        Tensor: of the given shape.

    Raises:
        RuntimeError: for an empty range, or one that the dtype does not hold.

    >>> import rushlight
    >>> _ = rushlight.manual_seed(0)
    >>> rushlight.randint(10, (5,))
    tensor([4, 9, 3, 0, 3])
    """
    if size is None:
        low, high, size = 0, low, high
    elif high is None:
        low, high = 0, low
    if not isinstance(size, (tuple, list)):
        raise ArgumentTypeError(
            explain(
                "randint()",
                expected="argument 'size' to be a tuple of ints",
                got=type(size).__name__,
                do="Write randint(high, (n,)).",
            )
        )
    shape = sizes_of((), size, "randint()")
    attrs = _range(low, high, generator, "randint()")
    if dtype is None and options.get("out") is None:
        dtype = dtypes.int64
    return make(RANDOM, shape, "randint()", attrs=attrs, dtype=dtype, **options)


def _range(low, high, generator, who):
    return {
        "low": as_index(low, who, "low"),
        "high": as_index(high, who, "high"),
        "generator": check_generator(generator, who),
    }


def randint_like(input, low=0, high=None, *, generator=None, **options):
    """Whole numbers from [low, high), with the shape and dtype of a tensor.

    Args:
        input: the tensor to be like.
        low, high: Python ints; with one bound, low is 0.
        generator: where the bits come from; the default generator if left out.
        options: dtype, layout, device, requires_grad, memory_format.

    Returns:
        Tensor: the input's shape.

    Raises:
        RuntimeError: for an empty range, or one that the dtype does not hold.

    >>> import rushlight
    >>> rushlight.randint_like(rushlight.ones(2), 5, 6)
    tensor([5., 5.])
    """
    if high is None:
        low, high = 0, low
    attrs = _range(low, high, generator, "randint_like()")
    return make_like(RANDOM, input, "randint_like()", attrs=attrs, **options)


# -------------------------------------------------------------------------- randperm


def randperm(n, *, generator=None, dtype=None, **options):
    """The numbers 0 to n - 1 in random order.

    Args:
        n: how many.
        generator: where the bits come from; the default generator if left out.
        dtype: the element type; int64 if left out.
        options: out, layout, device, requires_grad, pin_memory.

    Returns:
        Tensor: (n,).

    Raises:
        RuntimeError: for a negative n, or a dtype that does not count to n - 1.

    >>> import rushlight
    >>> _ = rushlight.manual_seed(0)
    >>> rushlight.randperm(5)
    tensor([4, 0, 1, 3, 2])
    """
    shape = sizes_of((), (as_index(n, "randperm()", "n"),), "randperm()")
    attrs = {"generator": check_generator(generator, "randperm()")}
    if dtype is None and options.get("out") is None:
        dtype = dtypes.int64
    return make(RANDPERM, shape, "randperm()", attrs=attrs, dtype=dtype, **options)


def _randperm_eager(backend, x, *, generator):
    found = sampling.permutation(generator, x.size, x.dtype)
    return at_home(backend, found, x)


RANDPERM = define("randperm", eager=_randperm_eager, spec=same_spec)

for _function in (rand, rand_like, randn, randn_like, randint, randint_like, randperm):
    expose(_function, method=False)
