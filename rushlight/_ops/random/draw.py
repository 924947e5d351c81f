"""Random tensors whose law other tensors give: normal, bernoulli, multinomial."""

import numpy as np

from rushlight._base.errors import ArgumentRuntimeError, ArgumentTypeError, explain
from rushlight._base.shape import as_index, broadcast_shapes
from rushlight._base.spec import Spec
from rushlight._core import sampling
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import define
from rushlight._core.tensor import Tensor
from rushlight._ops._arguments import same_dtype_out
from rushlight._ops._fill import at_home, zero_grad
from rushlight._ops.random._new import check_tensor, make, sizes_of
from rushlight._ops.random.fill import BERNOULLI, NORMAL
from rushlight._ops.random.seeds import check_generator
from rushlight._ops.specs import same_spec

# ---------------------------------------------------------------------------- normal


def normal(mean, std=1.0, size=None, *, generator=None, out=None, **options):
    """Normal numbers, ``mean + std * z``.

    Args:
        mean, std: numbers (then size is needed) or float tensors that broadcast;
            std >= 0.
        size: the sizes, where mean and std are numbers.
        generator: where the bits come from; the default generator if left out.
        out: tensor to write the result to.
        options: with size: dtype, layout, device, requires_grad, pin_memory.

    Returns:
        Tensor: of the given size or the broadcast shape.

    Raises:
        RuntimeError: for a negative std.
        TypeError: for numbers without a size.

    >>> import rushlight
    >>> rushlight.normal(rushlight.tensor([1.0, 2.0]), 0.0)
    tensor([1., 2.])
    """
    generator = check_generator(generator, "normal()")
    attrs = {"generator": generator}
    if size is not None:
        attrs |= {"mean": float(mean), "std": float(std)}
        shape = sizes_of((), size, "normal()")
        return make(NORMAL, shape, "normal()", attrs=attrs, out=out, **options)
    if options:
        raise _wrong_call(f"the options {list(options)} without it")
    if isinstance(mean, Tensor):
        op, inputs = NORMAL_OF_BOTH, (mean, std)
        if not isinstance(std, Tensor):
            op, inputs = NORMAL_OF_MEAN, (mean,)
            attrs["std"] = std
    elif isinstance(std, Tensor):
        op, inputs = NORMAL_OF_STD, (std,)
        attrs["mean"] = mean
    else:
        raise _wrong_call("two numbers")
    if out is not None:
        return call_out(op, inputs, out, **attrs)
    return call(op, *inputs, **attrs)


def _wrong_call(got):
    return ArgumentTypeError(
        explain(
            "normal()",
            expected="a tensor as 'mean' or 'std', or argument 'size'",
            got=got,
            do="Write normal(mean, std, (n,)).",
        )
    )


def _normal_of_mean_eager(backend, mean, *, std, generator):
    values = sampling.normal(generator, mean.shape, mean.dtype, 0.0, std)
    values = at_home(backend, values, mean)
    values += mean
    return values


def _normal_of_std_eager(backend, std, *, mean, generator):
    _check_stds(std)
    values = sampling.normal(generator, std.shape, std.dtype)
    values = at_home(backend, values, std)
    values *= std
    values += std.dtype.type(mean)
    return values


def _normal_of_both_eager(backend, mean, std, *, generator):
    _check_stds(std)
    shape = broadcast_shapes(mean.shape, std.shape)
    values = sampling.normal(generator, shape, mean.dtype)
    values = at_home(backend, values, mean)
    with np.errstate(all="ignore"):
        backend.np.multiply(values, std, out=values, casting="unsafe")
    values += mean
    return values


def _check_stds(std):
    if not (std >= 0).all():
        raise ArgumentRuntimeError(
            explain(
                "normal()",
                expected="std >= 0 in all elements",
                got=std.min(),
                do="A standard deviation is a length.",
            )
        )


def _normal_of_both_spec(mean, std, **attrs):
    return Spec(broadcast_shapes(mean.shape, std.shape), mean.dtype)


def _zeros_for_both(g, *, x_shape, y_shape):
    return g.new_zeros(x_shape), g.new_zeros(y_shape)


NORMAL_OF_MEAN = define(
    "normal_of_mean",
    eager=_normal_of_mean_eager,
    spec=same_spec,
    grad=zero_grad,
    node="NormalBackward1",
)
NORMAL_OF_STD = define(
    "normal_of_std",
    eager=_normal_of_std_eager,
    spec=same_spec,
    grad=zero_grad,
    node="NormalBackward2",
)
NORMAL_OF_BOTH = define(
    "normal_of_both",
    inputs="x y",
    eager=_normal_of_both_eager,
    spec=_normal_of_both_spec,
    grad=_zeros_for_both,
    node="NormalBackward3",
)
expose(normal, method=False)

# ------------------------------------------------------------------------- bernoulli


def bernoulli(input, p=None, *, generator=None, out=None):
    """Ones with the probabilities that a tensor gives, else zeros.

    Args:
        input: (*), float in [0, 1]; only its shape and dtype count where p is given.
        p: one probability for all elements.
        generator: where the bits come from; the default generator if left out.
        out: tensor to write the result to.

    Returns:
        Tensor: the input's shape and dtype.

    Raises:
        RuntimeError: for a probability outside [0, 1].
        NotImplementedError: for an input of integers without p.

    >>> import rushlight
    >>> rushlight.bernoulli(rushlight.tensor([0.0, 1.0]))
    tensor([0., 1.])
    """
    check_generator(generator, "bernoulli()")
    check_tensor(input, "bernoulli()")
    attrs = {"generator": generator}
    if p is not None:
        attrs["p"] = p
        options = {"dtype": input.dtype, "device": input.device, "out": out}
        shape = input._array.shape
        return make(BERNOULLI, shape, "bernoulli()", attrs=attrs, **options)
    if out is not None:
        return call_out(BERNOULLI_OF, (input,), out, **attrs)
    return BERNOULLI_OF.short(input, **attrs)


def _bernoulli_of_eager(backend, x, *, generator):
    chances = backend.to_host(x).astype(x.dtype, "C", copy=False)
    found = sampling.bernoulli_of(generator, chances, x.dtype)
    return at_home(backend, found, x)


BERNOULLI_OF = define(
    "bernoulli", eager=_bernoulli_of_eager, spec=same_spec, grad=zero_grad
)
expose(bernoulli)

# ----------------------------------------------------------------------- multinomial


def multinomial(input, num_samples, replacement=False, *, generator=None, out=None):
    """Categories drawn with probabilities proportional to their weights.

    Args:
        input: (C,) or (N, C), float; finite weights >= 0, not all zero in a row.
        num_samples: how many to draw for each row.
        replacement: whether a category may be drawn again.
        generator: where the bits come from; the default generator if left out.
        out: tensor to write the result to.

    Returns:
        Tensor: (num_samples,) or (N, num_samples), int64.

    Raises:
        RuntimeError: for weights or a number of samples that allow no draw.

    >>> import rushlight
    >>> rushlight.multinomial(rushlight.tensor([0.0, 1.0]), 3, replacement=True)
    tensor([1, 1, 1])
    """
    check_tensor(input, "multinomial()")
    found = MULTINOMIAL.short(
        input,
        num_samples=as_index(num_samples, "multinomial()", "num_samples"),
        replacement=replacement,
        generator=check_generator(generator, "multinomial()"),
    )
    return found if out is None else same_dtype_out(found, out, "multinomial()")


def _multinomial_spec(x, *, num_samples, replacement, generator):
    return Spec((*x.shape[:-1], num_samples), np.int64)


def _multinomial_eager(backend, x, *, num_samples, replacement, generator):
    weights = backend.to_host(x)
    found = sampling.multinomial(generator, weights, num_samples, replacement)
    return at_home(backend, found, x)


MULTINOMIAL = define("multinomial", eager=_multinomial_eager, spec=_multinomial_spec)
expose(multinomial)
