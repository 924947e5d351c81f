"""How a tensor is printed: character for character as PyTorch prints it.

`options` holds the settings, `elements` chooses how numbers look, `layout` places them
in brackets and lines; this file adds what is said beside the numbers.
"""

from rushlight._backends import backend_of, device_of
from rushlight._base import config
from rushlight._base import dtype as dtypes
from rushlight._core.printing.layout import format_elements, shown_part
from rushlight._core.printing.options import (
    OPTIONS,
    PrintOptions,
    get_printoptions,
    printoptions,
    set_printoptions,
)


def format_tensor(
    array,
    *,
    name="tensor",
    requires_grad=False,
    grad_fn_name=None,
    is_parameter=False,
):
    """The text of a tensor.

    Args:
        array: the backend's array; of a long one only the shown edges are fetched.
        name: what stands before the bracket; a subclass's name.
        requires_grad: whether `requires_grad=True` is said (of a leaf).
        grad_fn_name: the name of the node that made it, which is said instead.
        is_parameter: whether the text begins with `Parameter containing:`.

    Returns:
        The text, without a newline at its end.

    >>> import numpy as np
    >>> print(format_tensor(np.float32([[1, 2], [3, 4.5]]), requires_grad=True))
    tensor([[1.0000, 2.0000],
            [3.0000, 4.5000]], requires_grad=True)
    """
    opening = f"{name}("
    body = opening + _contents(array, len(opening))
    remarks = [*_remarks(array)]
    if grad_fn_name is not None:
        remarks.append(f"grad_fn=<{grad_fn_name}>")
    elif requires_grad:
        remarks.append("requires_grad=True")
    text = _with_remarks(body, remarks, len(opening))
    return f"Parameter containing:\n{text}" if is_parameter else text


def _contents(array, indent):
    if device_of(array).type == "meta":
        return "..."
    if array.size == 0:
        return "[]"
    shown = shown_part(array, OPTIONS)
    host = backend_of(array.__class__).to_host(shown)
    return format_elements(host, array.shape, indent, OPTIONS)


def _remarks(array):
    """What is not plain from the numbers: device, size and dtype."""
    device, dtype = device_of(array), dtypes.BY_NUMPY[array.dtype]
    default = config.default_dtype()
    usual = {default, config.default_complex_dtype(), dtypes.int64, dtypes.bool}
    if device.type != "cpu":
        yield f"device='{device}'"
    if device.type == "meta":
        yield f"size={tuple(array.shape)}"
        usual = {default}
    elif array.size == 0:
        if array.ndim != 1:
            yield f"size={tuple(array.shape)}"
        usual = {default}
    elif OPTIONS.edgeitems == 0:  # the elements may be hidden altogether
        yield f"size={tuple(array.shape)}"
    if dtype not in usual:
        yield f"dtype={dtype}"


def _with_remarks(text, remarks, indent):
    """Append the remarks, each on the last line if it fits there."""
    column = len(text) - text.rfind("\n") + 1
    for remark in remarks:
        if column + len(remark) + 2 > OPTIONS.linewidth:
            text += f",\n{' ' * indent}{remark}"
            column = indent + len(remark)
        else:
            text += f", {remark}"
            column += len(remark) + 2
    return text + ")"
