"""Shared by the families: arguments as torch takes them, and refusals of dtypes."""

from functools import cache
from inspect import signature

from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import (
    ArgumentTypeError,
    GraphError,
    ShapeError,
    UnsupportedDtypeError,
    explain,
)
from rushlight._core.inplace import put_out
from rushlight._core.state import GRAD_MODE
from rushlight._core.tensor import Tensor

#: NumPy's argument names, which torch takes as well, and its own.
NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim", "x2": "other"}


def renamed(function, names, *args, **kwargs):
    """Call a function again with NumPy's argument names replaced by torch's.

    Args:
        function: takes `args` and `kwargs`.
        names: the keywords that it did not know.
        args, kwargs: what it was called with.

    Raises:
        TypeError: for a name that is not NumPy's either.
    """
    for name, value in names.items():
        known = NUMPY_NAMES.get(name)
        if known not in kwargs:
            raise ArgumentTypeError(
                explain(
                    f"{function.__name__}()",
                    expected="arguments named " + ", ".join(kwargs),
                    got=f"an unexpected keyword argument '{name}'",
                    do="Check the spelling.",
                )
            )
        if kwargs[known] is not _defaults(function)[known]:
            raise ArgumentTypeError(
                explain(
                    f"{function.__name__}()",
                    expected=f"'{known}' once",
                    got=f"'{name}' as well",
                    do=f"Leave '{name}' away.",
                )
            )
        kwargs[known] = value
    return function(*args, **kwargs)


@cache
def _defaults(function):
    return {name: p.default for name, p in signature(function).parameters.items()}


def require_tensor(value, who, name="input"):
    """Refuse an argument that is no tensor.

    Raises:
        TypeError: with the argument's name.
    """
    if not isinstance(value, Tensor):
        raise ArgumentTypeError(
            explain(
                who,
                expected=f"argument '{name}' to be a Tensor",
                got=type(value).__name__,
                do="Convert it with torch.tensor.",
            )
        )


# ------------------------------------------------------------------------------ dtypes

_SCALAR_NAMES = {
    "bool": "Bool",
    "uint8": "Byte",
    "int8": "Char",
    "int16": "Short",
    "int32": "Int",
    "int64": "Long",
    "uint16": "UInt16",
    "uint32": "UInt32",
    "uint64": "UInt64",
    "float16": "Half",
    "bfloat16": "BFloat16",
    "float32": "Float",
    "float64": "Double",
    "complex64": "ComplexFloat",
    "complex128": "ComplexDouble",
}
_WORDS = {
    "b": "bool",
    "iu": "integers",
    "U": "unsigned integers beyond 8 bits",
    "f": "floats",
    "c": "complex",
}


def scalar_name(dtype):
    """What torch's messages call a NumPy dtype: Float, Long..."""
    return _SCALAR_NAMES[BY_NUMPY[dtype].name]


def refuse(x, who, kinds, error=UnsupportedDtypeError):
    """Refuse an array whose dtype is of one of these kinds.

    Args:
        x: an array or spec.
        who: the function, for the message.
        kinds: letters: b bool, i and u integers up to int64, U wider unsigned ones, f
            floating point, c complex.
        error: the type to raise.
    """
    dtype = x.dtype
    kind = "f" if dtype.kind == "V" else dtype.kind
    if kind == "u" and dtype.itemsize > 1:
        kind = "U"
    if kind in kinds:
        refused = [word for letters, word in _WORDS.items() if letters[0] in kinds]
        floats = kind in "biuU" and "f" not in kinds
        raise error(
            explain(
                who,
                expected=f"another dtype than {', '.join(refused)}",
                got=f"{BY_NUMPY[dtype]}: not implemented for '{scalar_name(dtype)}'",
                do=f"Convert it with {'.float()' if floats else '.to(dtype)'} first.",
            )
        )


# -------------------------------------------------------------------------------- out=


def to_out(result, out, who):
    """Put a result (or a tuple of results) into ``out=`` and return that.

    Raises:
        TypeError: where out is no tensor, or not as many as there are results.
        RuntimeError: where a gradient is wanted, or the dtype cannot hold the result.
    """
    if not isinstance(result, tuple):
        return _one_out(result, out, who)
    if not isinstance(out, (tuple, list)) or len(out) != len(result):
        raise ArgumentTypeError(
            explain(
                who,
                expected=f"out= to be a tuple of {len(result)} tensors",
                got=type(out).__name__,
                do="Give one tensor for each result.",
            )
        )
    found = [_one_out(r, o, who) for r, o in zip(result, out, strict=True)]
    return type(result)(found)


def _one_out(result, out, who):
    require_tensor(out, who, "out")
    if GRAD_MODE.get() and (result._edge is not None or out._edge is not None):
        raise GraphError(
            explain(
                who,
                expected="no gradient to be wanted with out=",
                got="functions with out=... arguments don't support automatic "
                "differentiation, but one of the arguments requires grad",
                do="Leave out= away, or use torch.no_grad().",
            )
        )
    return put_out(result, out, who)


def same_dtype_out(result, out, who):
    """As `to_out`, for functions whose ``out=`` must have the result's own dtype."""
    pairs = zip(result, out) if isinstance(result, tuple) else [(result, out)]
    for one, given in pairs:
        require_tensor(given, who, "out")
        if given._array.dtype != one._array.dtype:
            raise ShapeError(
                explain(
                    who,
                    expected=f"an out tensor to have dtype {one.dtype}",
                    got=given.dtype,
                    do="Make out= with the result's dtype.",
                )
            )
    return to_out(result, out, who)


def how_to_convert(*arrays):
    """How to give operands of a layer one dtype, in words for the commonest cases."""
    kinds = {a.dtype.kind for a in arrays}
    if kinds & set("biu") and "f" in kinds:
        return (
            "Integers (the columns of a DataFrame often are) are not converted by "
            "themselves: write x = x.float() where they are loaded."
        )
    if kinds == {"f"} and any(a.dtype.itemsize == 8 for a in arrays):
        return (
            "NumPy's and pandas' numbers are float64, a layer's float32: write "
            "x = x.float() where they are loaded."
        )
    return "Convert with .to(dtype)."
