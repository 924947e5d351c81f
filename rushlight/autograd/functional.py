"""torch.autograd.functional: Jacobians, Hessians and their products, of functions."""

from rushlight._base.errors import ArgumentRuntimeError, ArgumentTypeError, explain
from rushlight._core.expose import TORCH
from rushlight._core.grad_mode import enable_grad
from rushlight._core.tensor import Tensor
from rushlight.autograd.backward import grad as _grad

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]


def _tuple_of(value, what, who):
    """(tuple of tensors, whether it was one)."""
    found = value if isinstance(value, tuple) else (value,)
    for item in found:
        if not isinstance(item, Tensor):
            raise ArgumentTypeError(
                explain(
                    who,
                    expected=f"{what} to be a Tensor or a tuple of Tensors",
                    got=type(item).__name__,
                    do="Pass or return tensors.",
                )
            )
    return found, isinstance(value, tuple)


def _inputs_of(inputs, create_graph, who):
    found, is_tuple = _tuple_of(inputs, "the inputs", who)
    if create_graph:
        aliases = [x.view_as(x) if x.requires_grad else x.detach() for x in found]
    else:
        aliases = [x.detach() for x in found]
    aliases = [x if x.requires_grad else x.requires_grad_() for x in aliases]
    return tuple(aliases), is_tuple


def _refuse(who, expected, got, do):
    raise ArgumentRuntimeError(explain(who, expected=expected, got=got, do=do))


def _filled(gradients, inputs, strict, who):
    """Zeros for missing gradients, which strict refuses."""
    found = []
    for number, (gradient, x) in enumerate(zip(gradients, inputs, strict=True)):
        if gradient is None and strict:
            _refuse(
                who,
                "outputs that depend on every input, in strict mode",
                f"an output that is independent of input {number}",
                "Pass strict=False for zeros.",
            )
        found.append(x.new_zeros(x.shape) if gradient is None else gradient)
    return found


def _pulled(outputs, inputs, starts, create_graph, strict, who):
    """Gradients of several outputs by the inputs."""
    pairs = [(o, s) for o, s in zip(outputs, starts, strict=True) if o.requires_grad]
    gradients = [None] * len(inputs)
    if pairs:
        outs, starts = zip(*pairs, strict=True)
        gradients = _grad(
            outs,
            inputs,
            starts,
            retain_graph=True,
            create_graph=create_graph,
            allow_unused=True,
        )
    return _filled(gradients, inputs, strict, who)


def _finish(values, is_tuple, create_graph):
    values = tuple(values if create_graph else [v.detach() for v in values])
    return values if is_tuple else values[0]


def _vectors(v, like, who):
    """The vector of a product: v, or ones for a single number."""
    if v is None:
        if len(like) != 1 or like[0].numel() != 1:
            _refuse(
                who,
                "v, where there is more than a single number",
                "None: the vector v can only be None if there is a single element",
                "Pass v of the same shapes.",
            )
        return (like[0].new_ones(like[0].shape),)
    found, _ = _tuple_of(v, "v", who)
    shapes = [tuple(x.shape) for x in found]
    if shapes != [tuple(x.shape) for x in like]:
        _refuse(
            who, f"v of shapes {[list(x.shape) for x in like]}", shapes, "Reshape v."
        )
    return found


def vjp(func, inputs, v=None, create_graph=False, strict=False):
    """func's outputs, and ``v^T J`` with its Jacobian J.

    Args:
        func: of tensors; gives a tensor or a tuple of them.
        inputs: a tensor or a tuple.
        v: of the outputs' shapes; may be left out for a single number.
        create_graph: record what is done, for higher derivatives.
        strict: refuse inputs that no output depends on.

    Returns:
        (outputs, product): the product has the inputs' shapes.

    Raises:
        RuntimeError: for a v that does not fit.
        TypeError: for what is no tensor.

    >>> import rushlight
    >>> vjp(lambda x: x.square().sum(), rushlight.tensor([1.0, 2.0]))
    (tensor(5.), tensor([2., 4.]))
    """
    who = "autograd.functional.vjp()"
    with enable_grad():
        xs, is_tuple = _inputs_of(inputs, create_graph, who)
        outputs, many = _tuple_of(func(*xs), "the outputs of the function", who)
        starts = _vectors(v, outputs, who)
        found = _pulled(outputs, xs, starts, create_graph, strict, who)
    shown = _finish(outputs, many, create_graph)
    return shown, _finish(found, is_tuple, create_graph)


def jvp(func, inputs, v=None, create_graph=False, strict=False):
    """func's outputs, and ``J v`` with its Jacobian J, by two backward passes.

    Args:
        func, inputs, create_graph, strict: as for `vjp`.
        v: of the inputs' shapes; may be left out for a single number.

    Returns:
        (outputs, product): the product has the outputs' shapes.

    Raises:
        RuntimeError: for a v that does not fit.

    >>> import rushlight
    >>> jvp(lambda x: x.square(), rushlight.tensor(3.0))
    (tensor(9.), tensor(6.))
    """
    who = "autograd.functional.jvp()"
    with enable_grad():
        xs, _ = _inputs_of(inputs, create_graph, who)
        moves = _vectors(v, xs, who)
        outputs, many = _tuple_of(func(*xs), "the outputs of the function", who)
        found = _pushed(outputs, xs, moves, create_graph, strict, who)
    shown = _finish(outputs, many, create_graph)
    return shown, _finish(found, many, create_graph)


def _pushed(outputs, xs, moves, create_graph, strict, who):
    """How outputs move: the derivative of the pullback by its cotangents."""
    starts = [o.new_zeros(o.shape).requires_grad_() for o in outputs]
    backs = _pulled(outputs, xs, starts, True, strict, who)
    return _pulled(backs, starts, moves, create_graph, strict, who)


def jacobian(
    func,
    inputs,
    create_graph=False,
    strict=False,
    vectorize=False,
    strategy="reverse-mode",
):
    """The Jacobian of a function.

    Args:
        func, inputs, create_graph, strict: as for `vjp`.
        vectorize, strategy: have no effect on the result, which is computed row by row.

    Returns:
        Tensor of the output's shape and then the input's; for tuples of inputs or
        outputs, tuples of them, first by output.

    Raises:
        TypeError: for what is no tensor.

    >>> import rushlight
    >>> jacobian(lambda x: x.square(), rushlight.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    who = "autograd.functional.jacobian()"
    if strategy not in ("reverse-mode", "forward-mode"):
        raise AssertionError(
            explain(
                who,
                expected='strategy to be either "reverse-mode" or "forward-mode"',
                got=repr(strategy),
                do="Leave it away.",
            )
        )
    with enable_grad():
        xs, is_tuple = _inputs_of(inputs, create_graph, who)
        outputs, many = _tuple_of(func(*xs), "the outputs of the function", who)
        blocks = []
        for output in outputs:
            rows = []
            for place in range(output.numel()):
                start = output.new_zeros(output.numel())
                start[place] = 1
                start = start.view(output.shape)
                rows.append(_pulled([output], xs, [start], create_graph, strict, who))
            found = [_stack(rows, i, output, x) for i, x in enumerate(xs)]
            blocks.append(_finish(found, is_tuple, create_graph))
    return tuple(blocks) if many else blocks[0]


def _stack(rows, number, output, x):
    shape = (*output.shape, *x.shape)
    if not rows:
        return x.new_zeros(shape)
    return TORCH["stack"]([row[number] for row in rows]).reshape(shape)


def _scalar(func, who):
    def checked(*xs):
        found = func(*xs)
        if not isinstance(found, Tensor) or found.numel() != 1:
            _refuse(
                who,
                "a function that returns a single element",
                type(found).__name__
                if not isinstance(found, Tensor)
                else f"{found.numel()} elements",
                "Sum its results.",
            )
        return found.squeeze()

    return checked


def hessian(
    func,
    inputs,
    create_graph=False,
    strict=False,
    vectorize=False,
    outer_jacobian_strategy="reverse-mode",
):
    """The second derivatives of a function that gives a single number.

    Args:
        func, inputs, create_graph, strict: as for `vjp`.
        vectorize, outer_jacobian_strategy: have no effect on the result.

    Returns:
        Tensor of the input's shape twice; for a tuple of inputs a tuple of tuples.

    Raises:
        RuntimeError: where func gives several numbers.

    >>> import rushlight
    >>> hessian(lambda x: (x**3).sum(), rushlight.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    scalar = _scalar(func, "autograd.functional.hessian()")

    def slopes(*xs):
        return jacobian(scalar, xs if isinstance(inputs, tuple) else xs[0], True)

    return jacobian(slopes, inputs, create_graph, strict)


def hvp(func, inputs, v=None, create_graph=False, strict=False):
    """func's number, and ``H v`` with its second derivatives H.

    Args:
        func, inputs, create_graph, strict: as for `vjp`.
        v: of the inputs' shapes.

    Returns:
        (output, product).

    Raises:
        RuntimeError: where func gives several numbers, or v does not fit.

    >>> import rushlight
    >>> x = rushlight.tensor([1.0, 2.0])
    >>> hvp(lambda x: (x**3).sum(), x, x)
    (tensor(9.), tensor([ 6., 24.]))
    """
    return _second(func, inputs, v, create_graph, strict, "autograd.functional.hvp()")


def vhp(func, inputs, v=None, create_graph=False, strict=False):
    """func's number, and ``v^T H``: as `hvp`, for H is symmetric."""
    return _second(func, inputs, v, create_graph, strict, "autograd.functional.vhp()")


def _second(func, inputs, v, create_graph, strict, who):
    with enable_grad():
        xs, is_tuple = _inputs_of(inputs, create_graph, who)
        moves = _vectors(v, xs, who)
        output = _scalar(func, who)(*xs)
        slopes = _pulled([output], xs, [output.new_ones(())], True, strict, who)
        found = _pulled(slopes, xs, moves, create_graph, strict, who)
    shown = _finish([output], False, create_graph)
    return shown, _finish(found, is_tuple, create_graph)
