"""Ops that fill a tensor with random numbers, and their in-place forms.

# Note [Random ops]
# A random op takes a tensor only for its shape, dtype, device and order in memory and
# gives a new array; `rand` and its like run it on an uninitialised tensor, `uniform_`
# and its like write its result in place.  So interceptors see every draw, and the meta
# device draws nothing.  The gradient of a fill is zero.
"""

from rushlight._base.errors import ArgumentTypeError, explain
from rushlight._core import sampling
from rushlight._core.expose import expose
from rushlight._core.inplace import inplace
from rushlight._core.sampling import in_memory_order
from rushlight._core.table import define
from rushlight._core.tensor import Tensor
from rushlight._ops._fill import fill_like, zero_grad
from rushlight._ops.random.seeds import check_generator
from rushlight._ops.specs import same_spec


def filled(op, x, who, generator, **attrs):
    """Run a random op in place."""
    check_generator(generator, who)
    return inplace(op, x, generator=generator, **attrs)


# --------------------------------------------------------------------------- uniform


def uniform_(input, low=0.0, to=1.0, *, generator=None, **bounds):
    """Fill with numbers that are uniform in [from, to), in place.

    Args:
        input: (*), float.
        low: the lower bound; by keyword its name is ``from``, as in torch.
        to: the upper bound.
        generator: where the bits come from; the default generator if left out.

    Returns:
        Tensor: the input.

    Raises:
        RuntimeError: where from > to, or the dtype does not hold them.

    >>> import rushlight
    >>> x = rushlight.empty(100).uniform_(2, 3)
    >>> bool((x >= 2).all() and (x < 3).all())
    True
    """
    low = lower_bound(low, bounds, "uniform_()")
    return filled(UNIFORM, input, "uniform_()", generator, low=low, high=to)


def lower_bound(low, others, who):
    """The argument that torch calls ``from``, a word that Python keeps for itself."""
    found = others.pop("from", low)
    if others:
        raise ArgumentTypeError(
            explain(
                who,
                expected="the keywords 'from', 'to' and 'generator'",
                got=f"'{next(iter(others))}'",
                do="Remove it.",
            )
        )
    return found


def _uniform_eager(backend, x, *, low, high, generator):
    def sample(shape):
        return sampling.uniform(generator, shape, x.dtype, low, high)

    return fill_like(backend, x, sample)


UNIFORM = define("uniform", eager=_uniform_eager, spec=same_spec, grad=zero_grad)
expose(uniform_, torch=False)

# ---------------------------------------------------------------------------- normal


def normal_(input, mean=0.0, std=1.0, *, generator=None):
    """Fill with normal numbers, ``mean + std * z``, in place.

    Args:
        input: (*), float or complex.
        mean, std: numbers; std >= 0.
        generator: where the bits come from; the default generator if left out.

    Returns:
        Tensor: the input.

    Raises:
        RuntimeError: for a negative std.

    >>> import rushlight
    >>> rushlight.empty(2).normal_(3, 0)
    tensor([3., 3.])
    """
    return filled(NORMAL, input, "normal_()", generator, mean=mean, std=std)


def _normal_eager(backend, x, *, mean, std, generator):
    contiguous = bool(x.flags.c_contiguous)

    def sample(shape):
        return sampling.normal(generator, shape, x.dtype, mean, std, contiguous)

    return fill_like(backend, x, sample)


NORMAL = define("normal", eager=_normal_eager, spec=same_spec, grad=zero_grad)
expose(normal_, torch=False)

# ------------------------------------------------------------------------- bernoulli


def bernoulli_(input, p=0.5, *, generator=None):
    """Fill with ones of probability p, else zeros, in place.

    Args:
        input: (*), any real dtype.
        p: a number in [0, 1], or a float tensor of them that broadcasts to input.
        generator: where the bits come from; the default generator if left out.

    Returns:
        Tensor: the input.

    Raises:
        RuntimeError: for p outside [0, 1].

    >>> import rushlight
    >>> rushlight.empty(2).bernoulli_(1.0)
    tensor([1., 1.])
    """
    who = "bernoulli_()"
    if isinstance(p, Tensor):
        p = p.detach().expand(input._array.shape)._array
        return filled(BERNOULLI_BY, input, who, generator, p=p)
    return filled(BERNOULLI, input, who, generator, p=p)


def _bernoulli_eager(backend, x, *, p, generator):
    def sample(shape):
        return sampling.bernoulli(generator, shape, x.dtype, p)

    return fill_like(backend, x, sample)


def _bernoulli_by_eager(backend, x, *, p, generator):
    arranged = backend.np.empty_like(x, dtype=p.dtype)
    arranged[...] = p
    chances = backend.to_host(in_memory_order(arranged))

    def sample(shape):
        return sampling.bernoulli_of(generator, chances, x.dtype)

    return fill_like(backend, x, sample)


BERNOULLI = define(
    "bernoulli_float",
    eager=_bernoulli_eager,
    spec=same_spec,
    grad=zero_grad,
    node="BernoulliBackward2",
)
BERNOULLI_BY = define(
    "bernoulli_tensor",
    eager=_bernoulli_by_eager,
    spec=same_spec,
    grad=zero_grad,
    node="BernoulliBackward1",
)
expose(bernoulli_, torch=False)

# --------------------------------------------------------------------------- integers


def random_(input, low=None, to=None, *, generator=None, **bounds):
    """Fill with whole numbers from a range, in place.

    Args:
        input: (*), any real dtype.
        low: the lower bound, by keyword ``from``; a single bound is the upper one.
        to: the upper bound, exclusive; as far as the dtype is exact if left out.
        generator: where the bits come from; the default generator if left out.

    Returns:
        Tensor: the input.

    Raises:
        RuntimeError: for an empty range, or one that the dtype does not hold.

    >>> import rushlight
    >>> x = rushlight.empty(100, dtype=rushlight.int64).random_(5, 8)
    >>> sorted(set(x.tolist()))
    [5, 6, 7]
    """
    if "from" not in bounds and low is not None and to is None:
        low, to = 0, low
    else:
        low = lower_bound(low, bounds, "random_()")
    return filled(RANDOM, input, "random_()", generator, low=low, high=to)


def _random_eager(backend, x, *, low, high, generator):
    def sample(shape):
        if low is None and high is None:
            return sampling.random_integers(generator, shape, x.dtype)
        return sampling.integers(generator, shape, x.dtype, low or 0, high)

    return fill_like(backend, x, sample)


RANDOM = define(
    "random",
    eager=_random_eager,
    spec=same_spec,
    grad=zero_grad,
    node="RandomBackward0",
)
expose(random_, torch=False)

# ------------------------------------------------------------------------ other laws


def exponential_(input, lambd=1.0, *, generator=None):
    """Fill with exponential numbers, ``-log(1 - u) / lambd``, in place.

    Args:
        input: (*), float.
        lambd: the rate, > 0.
        generator: where the bits come from; the default generator if left out.

    Returns:
        Tensor: the input.

    Raises:
        RuntimeError: for a rate that is not positive.

    >>> import rushlight
    >>> bool((rushlight.empty(9).exponential_() >= 0).all())
    True
    """
    return filled(
        LAW, input, "exponential_()", generator, law="exponential", a=(lambd,)
    )


def cauchy_(input, median=0.0, sigma=1.0, *, generator=None):
    """Fill with Cauchy numbers, ``median + sigma * tan(pi * (u - 1/2))``, in place.

    Args:
        input: (*), float.
        median: the middle.
        sigma: half the distance between the quartiles, > 0.
        generator: where the bits come from; the default generator if left out.

    Returns:
        Tensor: the input.

    Raises:
        RuntimeError: for a sigma that is not positive.

    >>> import rushlight
    >>> rushlight.empty(9).cauchy_().shape
    torch.Size([9])
    """
    return filled(LAW, input, "cauchy_()", generator, law="cauchy", a=(median, sigma))


def geometric_(input, p, *, generator=None):
    """Fill with the numbers of tosses until the first head, in place.

    Args:
        input: (*), any real dtype but bool.
        p: the probability of a head, in (0, 1).
        generator: where the bits come from; the default generator if left out.

    Returns:
        Tensor: the input.

    Raises:
        RuntimeError: for p outside (0, 1).

    >>> import rushlight
    >>> bool((rushlight.empty(9).geometric_(0.5) >= 1).all())
    True
    """
    return filled(LAW, input, "geometric_()", generator, law="geometric", a=(p,))


def log_normal_(input, mean=1.0, std=2.0, *, generator=None):
    """Fill with numbers whose logarithm is normal, ``exp(mean + std * z)``, in place.

    Args:
        input: (*), float.
        mean, std: of the logarithm; std > 0.
        generator: where the bits come from; the default generator if left out.

    Returns:
        Tensor: the input.

    Raises:
        RuntimeError: for a std that is not positive.

    >>> import rushlight
    >>> bool((rushlight.empty(9).log_normal_() > 0).all())
    True
    """
    return filled(
        LAW, input, "log_normal_()", generator, law="log_normal", a=(mean, std)
    )


def _law_eager(backend, x, *, law, a, generator):
    def sample(shape):
        return getattr(sampling, law)(generator, shape, x.dtype, *a)

    return fill_like(backend, x, sample)


def _law_node(inputs, attrs):
    return f"{attrs['law'].title().replace('_', '')}Backward0"


LAW = define(
    "random_law", eager=_law_eager, spec=same_spec, grad=zero_grad, node=_law_node
)
for _function in (exponential_, cauchy_, geometric_, log_normal_):
    expose(_function, torch=False)
