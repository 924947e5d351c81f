"""Full backward hooks: what goes through a module's gradients, seen from outside.

# Note [Two fences]
# The module's inputs and its outputs each pass through a node that changes nothing.
# Backward meets the node at the outputs first: the gradients there are grad_output.
# The node at the inputs comes last: what it hands on are the gradients of the inputs,
# whatever happened between, and the hooks run there.  Where no input wants a gradient
# there is no node at the inputs, and the hooks run at the outputs.  As in PyTorch they
# see None for outputs that got no gradient, and zeros for inputs that got none.
"""

import warnings

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._core.grad_mode import is_grad_enabled
from rushlight._core.tensor import Tensor


class BackwardHooks:
    """The full backward hooks of one call of a module.

    Args:
        module: Module, handed to the hooks.
        hooks: functions ``(module, grad_input, grad_output)``.
        before: functions ``(module, grad_output)``.
    """

    def __init__(self, module, hooks, before):
        self.module, self.hooks, self.before = module, hooks, before
        self.input_places, self.input_count = None, -1
        self.constants = {}
        self.output_places, self.output_count = None, -1
        self.grad_outputs = None

    def around_inputs(self, args):
        """The inputs after the node that watches them."""
        passed, node, self.input_places = _through_fence(args)
        self.input_count = len(args)
        if node is not None:
            node.register_hook(self._at_inputs)
            self.constants = {
                place: (value.shape, value.dtype, value.device)
                for place, value in enumerate(args)
                if isinstance(value, Tensor) and not value.requires_grad
            }
        return passed

    def around_outputs(self, result):
        """The outputs after the node that watches them."""
        if not isinstance(result, Tensor | tuple):
            warnings.warn(
                "backward hooks: expected the module's output to be a Tensor or a "
                f"tuple of Tensors, got {type(result)}. The hooks will not be called.",
                stacklevel=5,
            )
            return result
        single = isinstance(result, Tensor)
        outputs, node, self.output_places = _through_fence(
            (result,) if single else result
        )
        self.output_count = len(outputs)
        if node is not None:
            node.register_prehook(self._at_outputs)
        return outputs[0] if single else outputs

    def _at_outputs(self, gradients):
        """Run the pre-hooks; without a node at the inputs, the hooks too."""
        grads = _spread(gradients, self.output_places, self.output_count)
        for hook in self.before:
            replaced = hook(self.module, grads)
            if replaced is not None:
                grads = _checked(replaced, self.output_count, "grad_output")
        self.grad_outputs = grads
        if self.input_places is None:
            if self.hooks:
                warnings.warn(_NO_INPUTS, stacklevel=7)
            nothing = (None,) * self.input_count
            for hook in self.hooks:
                _check_nothing(hook(self.module, nothing, grads))
            self.grad_outputs = None
        return tuple(grads[place] for place in self.output_places)

    def _at_inputs(self, gradients, _):
        if self.grad_outputs is None:  # a way around the outputs: not the module's
            return None
        grads = list(_spread(gradients, self.input_places, self.input_count))
        for place, (shape, dtype, device) in self.constants.items():
            grads[place] = gradients[0].new_zeros(shape, dtype=dtype, device=device)
        grads = tuple(grads)
        for hook in self.hooks:
            replaced = hook(self.module, grads, self.grad_outputs)
            if replaced is not None:
                grads = _checked(replaced, self.input_count, "grad_input")
        self.grad_outputs = None
        return tuple(grads[place] for place in self.input_places)


def _through_fence(values):
    """(values, node, places): those that want a gradient passed through one node."""
    places = [
        place
        for place, value in enumerate(values)
        if isinstance(value, Tensor) and value.requires_grad
    ]
    if not places or not is_grad_enabled():
        return values, None, None
    passed = _fence().apply(*[values[place] for place in places])
    result = list(values)
    for place, tensor in zip(places, passed, strict=True):
        result[place] = tensor
    kind = type(values)
    result = tuple(result) if kind is tuple else kind(*result)
    return result, passed[0].grad_fn, places


_NO_INPUTS = (
    "full backward hook: expected an input of the module that requires grad, got none: "
    "the hook runs when the gradients of the outputs are known, and grad_input is None."
)
_FENCE = []


def _fence():
    """The identity as an autograd Function, made when a hook first needs it."""
    if not _FENCE:
        from rushlight.autograd.function import Function

        class BackwardHookFunction(Function):
            """Its inputs, unchanged: a place in the graph to hang hooks on."""

            @staticmethod
            def forward(ctx, *tensors):
                ctx.set_materialize_grads(False)
                ctx.kinds = [(t.shape, t.dtype, t.device) for t in tensors]
                return tensors

            @staticmethod
            def backward(ctx, *gradients):
                known = next(g for g in gradients if g is not None)
                return tuple(
                    known.new_zeros(shape, dtype=dtype, device=device)
                    if gradient is None
                    else gradient
                    for gradient, (shape, dtype, device) in zip(gradients, ctx.kinds)
                )

        _FENCE.append(BackwardHookFunction)
    return _FENCE[0]


def _spread(gradients, places, count):
    """Gradients in their places among all arguments, None elsewhere."""
    spread = [None] * count
    for place, gradient in zip(places, gradients, strict=True):
        spread[place] = gradient
    return tuple(spread)


def _checked(replaced, count, name):
    replaced = replaced if isinstance(replaced, tuple) else (replaced,)
    if len(replaced) != count:
        raise ArgumentRuntimeError(
            explain(
                "backward hook",
                expected=f"{count} gradients",
                got=f"an invalid number of {name}: {len(replaced)}",
                do="Return None, or one gradient (or None) for each.",
            )
        )
    return replaced


def _check_nothing(returned):
    if returned is None:
        return
    if isinstance(returned, tuple) and all(g is None for g in returned):
        return
    raise ArgumentRuntimeError(
        explain(
            "backward hook",
            expected="None: for Modules where no input requires gradient there is "
            "nothing to replace",
            got=repr(returned),
            do="Return None from the hook.",
        )
    )
