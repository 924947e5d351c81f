"""Complex numbers: their parts, conjugates, and views as pairs."""

from rushlight._backends.numpy import strided_view
from rushlight._base.dtype import BY_NUMPY, COMPLEX
from rushlight._base.errors import ArgumentRuntimeError, DtypeError, explain
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import define
from rushlight._core.tensor import attach
from rushlight._ops._arguments import refuse, require_tensor, scalar_name
from rushlight._ops.specs import same_spec

# ------------------------------------------------------------------------ real, imag


def real(input):
    """The real parts; a real tensor is returned as it is.

    Args:
        input: (*), any dtype.

    Returns:
        Tensor: same shape, a view of float dtype.

    Raises:
        TypeError: where input is no tensor.

    >>> import rushlight
    >>> rushlight.real(rushlight.tensor([1 + 2j]))
    tensor([1.])
    """
    require_tensor(input, "real()")
    return input if input.dtype.category < COMPLEX else REAL.short(input)


def imag(input):
    """The imaginary parts.

    Args:
        input: (*), complex.

    Returns:
        Tensor: same shape, a view of float dtype.

    Raises:
        RuntimeError: for a real tensor.

    >>> import rushlight
    >>> rushlight.imag(rushlight.tensor([1 + 2j]))
    tensor([2.])
    """
    require_tensor(input, "imag()")
    return IMAG.short(input)


def _part_spec(x):
    if x.dtype.kind != "c":
        raise DtypeError(
            explain(
                "imag()",
                expected="a complex tensor",
                got=f"{BY_NUMPY[x.dtype]}: imag is not implemented for tensors with "
                "non-complex dtypes",
                do="The imaginary part of a real tensor is zeros_like(x).",
            )
        )
    return Spec(x.shape, BY_NUMPY[x.dtype].to_real().numpy)


def _real_eager(backend, x):
    return x.real


def _imag_eager(backend, x):
    _part_spec(x)
    return x.imag


def _real_grad(g):
    return g.to(g.dtype.to_complex())


def _imag_grad(g):
    return g * 1j


REAL = define(
    "real",
    eager=_real_eager,
    spec=_part_spec,
    grad=_real_grad,
    view=True,
    node="SelectBackward0",
)
IMAG = define(
    "imag",
    eager=_imag_eager,
    spec=_part_spec,
    grad=_imag_grad,
    view=True,
    node="SelectBackward0",
)
expose(real, method=False)
expose(imag, method=False)


def _set_part(function):
    def setter(self, value):
        function(self).copy_(value)

    return setter


attach("real", property(real, _set_part(real)))
attach("imag", property(imag, _set_part(imag)))

# ------------------------------------------------------------------------ conjugates


def conj(input):
    """The complex conjugate; a real tensor is returned as it is.

    Args:
        input: (*), any dtype.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        TypeError: where input is no tensor.

    Differs:
        The conjugate has memory of its own; torch's is a view.

    >>> import rushlight
    >>> rushlight.conj(rushlight.tensor([1 + 2j]))
    tensor([1.-2.j])
    """
    try:
        if input._array.dtype.kind != "c":
            return input
    except AttributeError:
        require_tensor(input, "conj()")
    return CONJ.short(input)


def conj_physical(input, *, out=None):
    """The complex conjugate in memory of its own.

    Args:
        input: (*), any dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape and dtype; a real tensor itself.

    Raises:
        TypeError: where input is no tensor.

    >>> import rushlight
    >>> rushlight.conj_physical(rushlight.tensor([1 + 2j]))
    tensor([1.-2.j])
    """
    require_tensor(input, "conj_physical()")
    if out is not None:
        return call_out(CONJ_PHYSICAL, (input,), out)
    return input if input._array.dtype.kind != "c" else CONJ_PHYSICAL.short(input)


def resolve_conj(input):
    """The tensor itself: conjugates are never put off here.

    Args:
        input: (*), any dtype.

    Returns:
        Tensor: input.

    Raises:
        TypeError: where input is no tensor.

    >>> import rushlight
    >>> rushlight.resolve_conj(rushlight.tensor([1 + 2j]).conj())
    tensor([1.-2.j])
    """
    require_tensor(input, "resolve_conj()")
    return input


def resolve_neg(input):
    """The tensor itself: negations are never put off here.

    Args:
        input: as for `resolve_conj`.

    Returns:
        Tensor: input.

    >>> import rushlight
    >>> rushlight.resolve_neg(rushlight.tensor([1 + 2j]).conj().imag)
    tensor([-2.])
    """
    require_tensor(input, "resolve_neg()")
    return input


def is_conj(input):
    """Whether a conjugate is put off: never.

    Args:
        input: as for `resolve_conj`.

    Returns:
        bool: False.

    >>> import rushlight
    >>> rushlight.is_conj(rushlight.tensor([1 + 2j]).conj())
    False
    """
    require_tensor(input, "is_conj()")
    return False


def is_neg(input):
    """Whether a negation is put off: never.

    Args:
        input: as for `resolve_conj`.

    Returns:
        bool: False.

    >>> import rushlight
    >>> rushlight.is_neg(rushlight.tensor([1.0]))
    False
    """
    require_tensor(input, "is_neg()")
    return False


def _conj_physical_eager(backend, x):
    return backend.np.conjugate(x) if x.dtype.kind == "c" else x.copy()


def _conj_grad(g):
    return g.conj()


CONJ = define("conj", eager="conjugate", spec=same_spec, grad=_conj_grad)
CONJ_PHYSICAL = define(
    "conj_physical", eager=_conj_physical_eager, spec=same_spec, grad=_conj_grad
)
for _function in (conj, resolve_conj, resolve_neg, is_conj, is_neg):
    expose(_function)
expose(conj_physical, inplace=True)

# ----------------------------------------------------- view_as_real, view_as_complex


def view_as_real(input):
    """Complex numbers as pairs: real and imaginary part in a new last dimension.

    Args:
        input: (*), complex.

    Returns:
        Tensor: (*, 2), a view of float dtype.

    Raises:
        RuntimeError: for a real tensor.

    >>> import rushlight
    >>> rushlight.view_as_real(rushlight.tensor([1 + 2j]))
    tensor([[1., 2.]])
    """
    return VIEW_AS_REAL.short(input)


def view_as_complex(input):
    """Pairs as complex numbers: the reverse of `view_as_real`.

    Args:
        input: (*, 2), float32 or float64; pairs that lie together in memory.

    Returns:
        Tensor: (*), a view of complex dtype.

    Raises:
        RuntimeError: for other dtypes, sizes and strides.

    >>> import rushlight
    >>> rushlight.view_as_complex(rushlight.tensor([[1.0, 2.0]]))
    tensor([1.+2.j])
    """
    return VIEW_AS_COMPLEX.short(input)


def _as_real_spec(x):
    if x.dtype.kind != "c":
        refuse(
            x, "view_as_real is only supported for complex tensors", "biuf", DtypeError
        )
    return Spec((*x.shape, 2), BY_NUMPY[x.dtype].to_real().numpy)


def _as_real_eager(backend, x):
    spec, parts = _as_real_spec(x), x.real
    strides = (*x.strides, x.dtype.itemsize // 2)
    if backend.name != "numpy":
        return backend.np.lib.stride_tricks.as_strided(parts, spec.shape, strides)
    return strided_view(parts, spec.shape, strides)


def _as_real_grad(g):
    return view_as_complex(g.contiguous())


def _as_complex_spec(x):
    problem = None
    if x.dtype.kind != "f" or x.dtype.itemsize < 4:
        problem = f"a tensor of scalar type {scalar_name(x.dtype)}"
    elif not x.shape or x.shape[-1] != 2:
        problem = f"shape {list(x.shape)}; a last dimension of size 2 is needed"
    elif x.strides[-1] != x.itemsize or any(
        s % (2 * x.itemsize)
        for s, n in zip(x.strides[:-1], x.shape, strict=False)
        if n > 1
    ):
        problem = f"strides {[s // x.itemsize for s in x.strides]}; pairs that lie "
        problem += "together, at even offsets, are needed"
    if problem is not None:
        raise ArgumentRuntimeError(
            explain(
                "view_as_complex()",
                expected="a float32 or float64 tensor of pairs",
                got=problem,
                do="Use .contiguous(), or torch.complex(real, imag).",
            )
        )
    return Spec(x.shape[:-1], BY_NUMPY[x.dtype].to_complex().numpy)


def _as_complex_eager(backend, x):
    return x.view(_as_complex_spec(x).dtype)[..., 0]


def _as_complex_grad(g):
    return view_as_real(g)


VIEW_AS_REAL = define(
    "view_as_real",
    eager=_as_real_eager,
    spec=_as_real_spec,
    grad=_as_real_grad,
    view=True,
)
VIEW_AS_COMPLEX = define(
    "view_as_complex",
    eager=_as_complex_eager,
    spec=_as_complex_spec,
    grad=_as_complex_grad,
    view=True,
    autocast="float32",
)
expose(view_as_real, method=False)
expose(view_as_complex, method=False)
