"""Function: operations whose gradient the user writes."""

from rushlight._base.errors import ArgumentTypeError, GraphError, explain
from rushlight._core.dispatch import wants_record
from rushlight._core.grad_mode import no_grad
from rushlight._core.inplace import check_writable
from rushlight._core.intercept import CAPTURE
from rushlight._core.node import (
    Node,
    Output,
    freed_message,
    modified_message,
    next_number,
)
from rushlight._core.rewriting import rewrite_history
from rushlight._core.state import STATE
from rushlight._core.storage import memory_of, version_of
from rushlight._core.tensor import Tensor, wrap
from rushlight._core.watch import PACKING, watch


class FunctionCtx(Node):
    """The ctx of a user's Function: its node, and what the user keeps on it."""

    __slots__ = ("__dict__",)
    _function = None

    def __init__(self):
        self.edges = self.versions = ()
        self.saved = ()
        self.shape = self.dtype = self.hooks = self.notes = None
        self.number = next_number()
        self.needs_input_grad = ()
        self._to_save, self._dirty, self._constant = (), (), ()
        self._materialize = True

    def save_for_backward(self, *tensors):
        """Keep tensors (inputs, outputs or others) for backward.

        Raises:
            TypeError: for anything but tensors and None.
        """
        for tensor in tensors:
            if tensor is not None and not isinstance(tensor, Tensor):
                raise ArgumentTypeError(
                    explain(
                        "save_for_backward()",
                        expected="Tensors or None",
                        got=type(tensor).__name__,
                        do="Keep other values as attributes of ctx.",
                    )
                )
        self._to_save = tensors

    def save_for_forward(self, *tensors):
        """Accepted for code that also defines forward-mode rules; has no effect."""

    def mark_dirty(self, *tensors):
        """Say which inputs were changed in place."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors):
        """Say which outputs have no gradient."""
        self._constant = tensors

    def set_materialize_grads(self, value):
        """Whether missing gradients come as zeros (the default) or as None."""
        self._materialize = value

    @property
    def saved_tensors(self):
        """What was given to save_for_backward, checked for in-place changes.

        Raises:
            RuntimeError: after the graph was freed, or where a value was changed.
        """
        if self.saved is None:
            raise GraphError(freed_message(self.name()))
        return tuple(keep if keep is None else keep.unpack(self) for keep in self.saved)

    saved_variables = saved_tensors

    def keep(self, outputs):
        """Save what the user asked for, outputs without a cycle."""
        places = {id(o): i for i, o in enumerate(outputs) if isinstance(o, Tensor)}
        self.saved = tuple(
            None if t is None else _Kept(t, places.get(id(t))) for t in self._to_save
        )
        self._to_save = ()

    def gradients(self, gradient):
        """Run the user's backward; one gradient for each tensor among the inputs."""
        gradients = gradient if isinstance(gradient, tuple) else (gradient,)
        gradients = self._all_gradients(gradients)
        found = self._function._backward(self, *gradients)
        found = found if isinstance(found, tuple) else (found,)
        expected = len(self.needs_input_grad)
        if len(found) > expected and all(g is None for g in found[expected:]):
            found = found[:expected]
        if len(found) != expected:
            raise GraphError(
                explain(
                    f"{self.name()}.backward",
                    expected=f"{expected} gradients, one for each argument of forward",
                    got=f"returned an incorrect number of gradients (expected "
                    f"{expected}, got {len(found)})",
                    do="Return None for arguments that need no gradient.",
                )
            )
        return tuple(
            g for g, tensor in zip(found, self._is_tensor, strict=True) if tensor
        )

    def _all_gradients(self, gradients):
        """The gradients of all outputs, in order: those that cannot have one too."""
        given = iter(gradients)
        result = []
        for shape, dtype, differentiable in self._outputs:
            found = next(given, None) if differentiable else None
            if found is None and self._materialize and shape is not None:
                like = next(g for g in gradients if g is not None)
                found = like.new_zeros(shape, dtype=dtype)
            result.append(found)
        return result

    @property
    def fills_missing(self):
        """Whether missing gradients come as zeros."""
        """Whether missing gradients arrive as zeros."""
        return self._materialize

    def output_edge(self, place):
        """The edge of one of the outputs, by its place among them."""
        if len(self._outputs) == 1:
            return self
        return self._output_nodes.get(place)

    def release(self):
        if self.saved:
            self.saved = None


class _Kept:
    """One saved tensor of a Function: an output is kept by its array."""

    __slots__ = ("tensor", "array", "memory", "version", "place", "packed")

    def __init__(self, tensor, place):
        self.place = place
        self.version = version_of(tensor)
        if place is None:
            self.tensor, self.array, self.memory = tensor, None, None
        else:
            self.tensor, self.array = None, tensor._array
            self.memory = memory_of(tensor)
        self.packed = _pack(tensor)

    def unpack(self, ctx):
        if self.packed is not None:
            return self.packed[1](self.packed[0])
        if self.tensor is not None:
            self._check(ctx, version_of(self.tensor), self.tensor._array)
            return self.tensor
        self._check(ctx, self.memory.version, self.array)
        tensor = wrap(self.array)
        tensor._memory = self.memory
        tensor._edge = ctx.output_edge(self.place)
        return tensor

    def _check(self, ctx, version, array):
        if version != self.version:
            raise GraphError(
                modified_message(ctx, "saved tensor", array, self.version, version)
            )


def _pack(tensor):
    hooks = PACKING.get() if STATE.watching else None
    return None if hooks is None else (hooks[0](tensor.detach()), hooks[1])


BackwardCFunction = FunctionCtx


class _FunctionMeta(type):
    """Gives each Function its node class, named as torch names it."""

    def __init__(cls, name, bases, attrs):
        super().__init__(name, bases, attrs)
        cls._node = type(f"{name}Backward", (FunctionCtx,), {"_function": cls})


class Function(metaclass=_FunctionMeta):
    """An operation with its own gradient: subclass it, then call ``apply``.

    ``forward(ctx, *args)`` computes; ``backward(ctx, *grads)`` returns one gradient for
    each argument of forward (None for those without).  Or ``forward(*args)`` and
    ``setup_context(ctx, inputs, output)`` apart.

    >>> import rushlight
    >>> class Cube(rushlight.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x**3
    ...
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return g * 3 * x**2
    >>> x = rushlight.tensor(2.0, requires_grad=True)
    >>> Cube.apply(x).backward()
    >>> x.grad
    tensor(12.)
    """

    generate_vmap_rule = False

    @staticmethod
    def forward(*args, **kwargs):
        """Compute the outputs; to be written by the subclass."""
        raise NotImplementedError(
            "You must implement the forward function for custom autograd.Function."
        )

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Save what backward needs, where forward takes no ctx."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx, *grad_outputs):
        """The gradients of the inputs; to be written by the subclass."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom "
            "autograd.Function to use it with backward mode AD."
        )

    vjp = backward

    @classmethod
    def _backward(cls, ctx, *gradients):
        rule = cls.backward if cls.backward is not Function.backward else cls.vjp
        return rule(ctx, *gradients)

    @classmethod
    def apply(cls, *args, **kwargs):
        """Run forward without recording and link the outputs to the user's backward."""
        ctx, capture = cls._node(), CAPTURE.get()
        if capture is not None:
            args = tuple([capture.shadow(a) for a in args])
        tensors = [a for a in args if isinstance(a, Tensor)]
        recording = wants_record(tensors)
        ctx.needs_input_grad = tuple(
            isinstance(a, Tensor) and a._edge is not None and recording for a in args
        )
        with no_grad():
            if cls.setup_context is not Function.setup_context:
                output = cls.forward(*args, **kwargs)
                cls.setup_context(ctx, args, output)
            else:
                output = cls.forward(ctx, *args, **kwargs)
        single = not isinstance(output, (tuple, list))
        outputs = _own_outputs(ctx, (output,) if single else tuple(output), tensors)
        if recording:
            _link(ctx, args, tensors, outputs)
        ctx.keep(outputs)
        return outputs[0] if single else outputs


def _own_outputs(ctx, outputs, tensors):
    """Outputs that are inputs unchanged become views of them; dirty ones stay."""
    given = {id(t) for t in tensors}
    dirty = {id(t) for t in ctx._dirty}
    return tuple(
        o.view_as(o).detach()
        if isinstance(o, Tensor) and id(o) in given and id(o) not in dirty
        else o
        for o in outputs
    )


def _link(ctx, args, tensors, outputs):
    """Make ctx the node of the outputs."""
    ctx._is_tensor = tuple(isinstance(a, Tensor) for a in args)
    ctx.edges = tuple(t._edge for t in tensors)
    ctx.number = next_number()
    constant = {id(t) for t in ctx._constant}
    dirty = {id(t) for t in ctx._dirty}
    for tensor in ctx._dirty:
        check_writable(tensor, f"{ctx.name()}.mark_dirty()")
    ctx._outputs, ctx._output_nodes, linked = [], {}, []
    for output in outputs:
        known = isinstance(output, Tensor)
        differentiable = (
            known and id(output) not in constant and output.dtype.category >= 2
        )
        shape = output._array.shape if known else None
        ctx._outputs.append((shape, output.dtype if known else None, differentiable))
        if differentiable:
            linked.append(output)
    ctx.shape = tuple(o._array.shape for o in linked)
    ctx.dtype = tuple(o._array.dtype for o in linked)
    if len(outputs) == 1 and len(linked) == 1:
        ctx.shape, ctx.dtype = ctx.shape[0], ctx.dtype[0]
        _give_edge(linked[0], ctx, id(linked[0]) in dirty)
    else:
        for index, output in enumerate(linked):
            edge = Output(ctx, index, ctx.shape[index], ctx.dtype[index])
            place = next(i for i, o in enumerate(outputs) if o is output)
            ctx._output_nodes[place] = edge
            _give_edge(output, edge, id(output) in dirty)
    if STATE.watching:
        watch(ctx, *linked)


def _give_edge(output, edge, dirty):
    if dirty:
        rewrite_history(output, edge)
    else:
        output._edge = edge


def once_differentiable(fn):
    """Mark a backward that cannot itself be differentiated."""

    def wrapped(ctx, *gradients):
        with no_grad():
            found = fn(ctx, *gradients)
        if not any(isinstance(g, Tensor) and g.requires_grad for g in gradients):
            return found
        found = found if isinstance(found, tuple) else (found,)
        return tuple(_Refusing.apply(g) if g is not None else None for g in found)

    return wrapped


class _Refusing(Function):
    """Gradients that refuse to be differentiated again."""

    @staticmethod
    def forward(ctx, gradient):
        return gradient.clone()

    @staticmethod
    def backward(ctx, gradient):
        raise GraphError(
            "backward: expected a rule that can be differentiated, got trying to "
            "differentiate twice a function that was marked with "
            "@once_differentiable. Write its backward in Tensor operations."
        )


class InplaceFunction(Function):
    """torch's old base class of Functions with an in-place form."""
