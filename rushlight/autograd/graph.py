"""Hooks on the graph: saved tensors, several gradients at once, nodes."""

from contextlib import contextmanager

from rushlight._core.hooks import HookDict, RemovableHandle
from rushlight._core.node import Node
from rushlight._core.watch import PACKING, watching

__all__ = [
    "GradientEdge",
    "Node",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
]


class saved_tensors_hooks:  # noqa: N801 - torch's public name
    """A context in which what backward saves goes through your own functions.

    Args:
        pack_hook: called with each tensor that is saved; returns anything.
        unpack_hook: called with that when backward needs it; returns the tensor.

    >>> import rushlight
    >>> x = rushlight.tensor(3.0, requires_grad=True)
    >>> with saved_tensors_hooks(lambda t: t.tolist(), rushlight.tensor):
    ...     y = x * x
    >>> y.backward()
    >>> x.grad
    tensor(6.)
    """

    def __init__(self, pack_hook, unpack_hook):
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook
        self._contexts = []

    def __enter__(self):
        context = watching(PACKING, (self.pack_hook, self.unpack_hook))
        context.__enter__()
        self._contexts.append(context)

    def __exit__(self, *exc):
        self._contexts.pop().__exit__(*exc)


class save_on_cpu(saved_tensors_hooks):  # noqa: N801 - torch's public name
    """A context in which saved tensors wait in CPU memory until backward.

    Args:
        pin_memory: has an effect on CUDA only.
        device_type: the device to come back to.
    """

    def __init__(self, pin_memory=False, device_type="cuda"):
        super().__init__(
            lambda tensor: (tensor.device, tensor.cpu()),
            lambda packed: packed[1].to(packed[0]),
        )


@contextmanager
def disable_saved_tensors_hooks(error_message):
    """A context in which saved tensors are kept as they are."""
    with watching(PACKING, None):
        yield


class GradientEdge(tuple):
    """A place in the graph: (node, which of its outputs)."""

    __slots__ = ()

    @property
    def node(self):
        """The node."""
        """The node."""
        return self[0]

    @property
    def output_nr(self):
        """Which of the node's outputs."""
        """Which of the node's outputs."""
        return self[1]


def get_gradient_edge(tensor):
    """The place in the graph where a tensor's gradient arrives.

    Args:
        tensor: one that requires grad.

    Returns:
        GradientEdge: its node (an AccumulateGrad for a leaf) and output number.
    """
    node = tensor._edge if tensor.grad_fn is None else tensor.grad_fn
    return GradientEdge((node, tensor.output_nr))


class _MultiHandle(RemovableHandle):
    """Removes one hook from several tensors."""

    def __init__(self, handles):
        super().__init__(HookDict())
        self.handles = tuple(handles)

    def remove(self):
        for handle in self.handles:
            handle.remove()


def register_multi_grad_hook(tensors, fn, *, mode="all"):
    """Call ``fn`` when the gradients of several tensors are known.

    Args:
        tensors: those to wait for; all require grad.
        fn: of the list of gradients (mode "all"; None for one that never came in this
            backward is not waited for), or of the first one (mode "any").
        mode: "all" or "any".

    Returns:
        RemovableHandle.
    """
    gradients, tensors = {}, tuple(tensors)

    def arrived(index):
        def hook(gradient):
            if mode == "any":
                if not gradients:
                    fn(gradient)
                gradients[index] = gradient
            else:
                gradients[index] = gradient
                if len(gradients) == len(tensors):
                    fn([gradients[i] for i in range(len(tensors))])
            if len(gradients) == len(tensors):
                gradients.clear()

        return hook

    return _MultiHandle(t.register_hook(arrived(i)) for i, t in enumerate(tensors))
