"""What kind of tensor it is: its layout, its device, its sign; what it is not."""

from rushlight._backends import device_of
from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._base.layout import strided
from rushlight._base.shape import as_shape
from rushlight._core.expose import expose
from rushlight._core.tape import sum_to_shape
from rushlight._core.tensor import attach

#: Kinds of tensors and devices that PyTorch has and that do not exist here.
_NEVER = (
    "is_sparse is_sparse_csr is_quantized is_mkldnn is_nested is_mps is_xpu is_xla "
    "is_ipu is_maia is_mtia is_vulkan"
).split()

for _name in _NEVER:
    attach(_name, property(lambda self: False, doc="False: there are none here."))
attach("layout", property(lambda self: strided, doc="torch.strided."))


def get_device(input):
    """The number of the CUDA device; -1 on the CPU.

    Args:
        input: (*), any dtype.

    Returns:
        int.

    Raises:
        Nothing.

    >>> import rushlight
    >>> rushlight.ones(1).get_device()
    -1
    """
    device = device_of(input._array)
    return (device.index or 0) if device.type == "cuda" else -1


def is_signed(input):
    """Whether the dtype holds negative numbers.

    Args:
        input: (*), any dtype.

    Returns:
        bool.

    Raises:
        Nothing.

    >>> import rushlight
    >>> rushlight.ones(1).is_signed(), rushlight.ones(1).byte().is_signed()
    (True, False)
    """
    return input.dtype.is_signed


def is_nonzero(input):
    """Whether the single element is not zero.

    Args:
        input: one element, any dtype.

    Returns:
        bool.

    Raises:
        RuntimeError: where there is not exactly one element.

    >>> import rushlight
    >>> rushlight.tensor([0.0]).is_nonzero()
    False
    """
    if input._array.size != 1:
        raise ArgumentRuntimeError(
            explain(
                "is_nonzero()",
                expected="a tensor of one element",
                got=f"shape {list(input.shape)}",
                do="Use .any() or .all().",
            )
        )
    return bool(input)


def dim_order(input):
    """The dimensions from the outermost to the innermost in memory.

    Args:
        input: (*), any dtype.

    Returns:
        tuple of ints.

    Raises:
        Nothing.

    >>> import rushlight
    >>> rushlight.ones(2, 3).t().dim_order()
    (1, 0)
    """
    steps = input.stride()
    return tuple(sorted(range(len(steps)), key=lambda dim: -steps[dim]))


def sum_to_size(input, *size):
    """Sum over the dimensions that broadcasting from a size would stretch.

    Args:
        input: (*), any dtype.
        size: sizes that broadcast to input's.

    Returns:
        Tensor: of that size, int64 for sums of integers; input itself where it has it.

    Raises:
        RuntimeError: where the size does not broadcast to input's.

    >>> import rushlight
    >>> rushlight.ones(2, 3).sum_to_size(1, 3)
    tensor([[2., 2., 2.]])
    """
    shape, mine = as_shape(size, "sum_to_size()"), input._array.shape
    pairs = zip(reversed(shape), reversed(mine), strict=False)
    if len(shape) > len(mine) or any(n not in (1, have) for n, have in pairs):
        raise ArgumentRuntimeError(
            explain(
                "sum_to_size()",
                expected=f"a size that is expandable to {list(mine)}",
                got=list(shape),
                do="Each size must be input's or 1.",
            )
        )
    if shape == mine and mine:
        return input
    whole = not (input.is_floating_point() or input.is_complex())
    return sum_to_shape(input.long() if whole else input, shape)


def to_dense(input, dtype=None, *, masked_grad=None):
    """The tensor itself, for all tensors here are dense.

    Args:
        input: (*), any dtype.
        dtype: the element type that is wanted.
        masked_grad: of sparse tensors only.

    Returns:
        Tensor: same shape.

    Raises:
        TypeError: where dtype is none.

    >>> import rushlight
    >>> x = rushlight.ones(1)
    >>> x.to_dense() is x
    True
    """
    return input if dtype is None else input.to(dtype)


expose(get_device)
expose(is_signed)
expose(is_nonzero)
expose(dim_order, torch=False)
expose(sum_to_size, torch=False)
expose(to_dense, torch=False)
