"""Jacobians and second derivatives, row by row, and functions made linear."""

import functools

from rushlight._base import pytree
from rushlight.func.transforms import _chosen, _replaced, jvp, vjp


def _rows(pull, outputs, index):
    """Pull back every basis vector of one output: cotangent trees, one a row."""
    output = outputs[index]
    zeros = [o.new_zeros(o.shape) for o in outputs]
    for place in range(output.numel()):
        basis = output.new_zeros(output.numel())
        basis[place] = 1
        starts = list(zeros)
        starts[index] = basis.view(output.shape)
        yield pull(starts)


def jacrev(func, argnums=0, has_aux=False, *, chunk_size=None):
    """A function that gives the Jacobian of func, one backward pass for each output.

    Args:
        func: gives tensors; with has_aux, those and anything else.
        argnums: by which arguments, an int or a tuple of ints.
        has_aux: see func.
        chunk_size: has no effect: rows are computed one by one.

    Returns:
        Callable: for each output a Jacobian of its shape and then the argument's.

    Raises:
        RuntimeError: where func gives no tensors.

    >>> import rushlight
    >>> jacrev(lambda x: x**2)(rushlight.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    who = "func.jacrev()"

    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        chosen = _chosen(args, argnums, who)

        def inner(tree):
            return func(*_replaced(args, argnums, tree), **kwargs)

        found = vjp(inner, chosen, has_aux=has_aux)
        outputs, plan = pytree.flatten(found[0])

        def pull(starts):
            return found[1](pytree.unflatten(plan, starts))[0]

        blocks = []
        for index, output in enumerate(outputs):
            rows = [pytree.flatten(row) for row in _rows(pull, outputs, index)]
            blocks.append(_block(rows, output, chosen))
        result = pytree.unflatten(plan, blocks)
        return (result, found[2]) if has_aux else result

    return wrapper


def _block(rows, output, chosen):
    """The Jacobians of one output by each argument, from its rows."""
    from rushlight._core.expose import TORCH

    inputs, plan = pytree.flatten(chosen)
    parts = []
    for number, leaf in enumerate(inputs):
        shape = (*output.shape, *leaf.shape)
        if rows:
            whole = TORCH["stack"]([leaves[number] for leaves, _ in rows])
            parts.append(whole.reshape(shape))
        else:
            parts.append(leaf.new_zeros(shape))
    return pytree.unflatten(plan, parts)


def jacfwd(func, argnums=0, has_aux=False, *, randomness="error"):
    """A function that gives the Jacobian of func; the same numbers as `jacrev`.

    Args:
        func, argnums, has_aux: as for `jacrev`.
        randomness: as in torch; func is run once.
    """
    return jacrev(func, argnums, has_aux)


def hessian(func, argnums=0):
    """A function that gives the second derivatives of func.

    >>> import rushlight
    >>> hessian(lambda x: (x**3).sum())(rushlight.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacfwd(jacrev(func, argnums), argnums)


def linearize(func, *primals):
    """func's value, and the function from tangents to its linear move.

    Raises:
        RuntimeError: where tangents do not fit the primals.
    """
    value, _ = jvp(func, primals, _zeros(primals))

    def push(*tangents):
        return jvp(func, primals, tangents)[1]

    return value, push


def _zeros(tree):
    leaves, plan = pytree.flatten(tree)
    return pytree.unflatten(plan, [leaf.new_zeros(leaf.shape) for leaf in leaves])
