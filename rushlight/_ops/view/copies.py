"""The views once more as copies: expand_copy, permute_copy and their like."""

from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor

_VIEWS = (
    "as_strided diagonal expand permute select squeeze t transpose unfold unsqueeze "
    "view"
).split()
_MANY = "split split_with_sizes unbind".split()


def _make_copy(name, many):
    view = getattr(Tensor, name)

    def copied(input, *args, **kwargs):
        shown = view(input, *args, **kwargs)
        return tuple([part.clone() for part in shown]) if many else shown.clone()

    copied.__name__ = copied.__qualname__ = f"{name}_copy"
    copied.__doc__ = f"""As `Tensor.{name}`, with memory of its own.

    Args:
        input: (*), any dtype.
        args, kwargs: as for `Tensor.{name}`.

    Returns:
        {"tuple of Tensor" if many else "Tensor"}: copies.

    Raises:
        As `Tensor.{name}`.

    >>> import rushlight
    >>> x = rushlight.ones(2, 2)
    >>> callable(rushlight.{name}_copy)
    True
    """
    return copied


for _name in (*_VIEWS, *_MANY):
    expose(_make_copy(_name, _name in _MANY), method=False)


def alias_copy(input):
    """A copy: `Tensor.clone` by another name.

    Args:
        input: (*), any dtype.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        Nothing.

    >>> import rushlight
    >>> rushlight.alias_copy(rushlight.ones(1))
    tensor([1.])
    """
    return input.clone()


def detach_copy(input):
    """A copy outside the graph.

    Args:
        input: (*), any dtype.

    Returns:
        Tensor: same shape and dtype, requires no gradient.

    Raises:
        Nothing.

    >>> import rushlight
    >>> rushlight.detach_copy(rushlight.ones(1, requires_grad=True))
    tensor([1.])
    """
    return input.detach().clone()


expose(alias_copy, method=False)
expose(detach_copy, method=False)
