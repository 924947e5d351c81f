"""grad, vjp, jvp and Jacobians of functions, all by the recorded tape.

# Note [Levels]
# A transform gives the function aliases of its arguments: views where they are
# recorded by an outer transform (or require grad), fresh leaves where not.  What comes
# back is differentiable by the outer ones and by captured tensors; where there are
# none, it is cut from the tape.  Forward mode is made of two backward passes.
"""

import functools

from rushlight._base import pytree
from rushlight._base.errors import ArgumentRuntimeError, ArgumentTypeError, explain
from rushlight._core.grad_mode import enable_grad
from rushlight._core.tape import _reachable
from rushlight._core.tensor import Tensor
from rushlight.autograd.backward import grad as tape_grad


def _fail(who, expected, got, do):
    raise ArgumentRuntimeError(explain(who, expected=expected, got=got, do=do))


class _Arguments:
    """The arguments that are differentiated by, as aliases (Note [Levels])."""

    def __init__(self, tree, who):
        leaves, self.plan = pytree.flatten(tree)
        for leaf in leaves:
            if not isinstance(leaf, Tensor):
                raise ArgumentTypeError(
                    explain(
                        who,
                        expected="arguments to differentiate by that are Tensors",
                        got=type(leaf).__name__,
                        do="Choose others with argnums.",
                    )
                )
        self.given = leaves
        self.aliases, self.own = [], set()
        for leaf in leaves:
            if leaf.requires_grad:
                self.aliases.append(leaf.view_as(leaf))
                continue
            alias = leaf.detach()
            if leaf.is_floating_point() or leaf.is_complex():
                alias.requires_grad_()
                self.own.add(alias._edge)
            self.aliases.append(alias)

    @property
    def tree(self):
        """The aliases, in the arguments' own containers."""
        return pytree.unflatten(self.plan, self.aliases)

    def outlive(self, tensors):
        """Whether something else than the own leaves is behind some tensors."""
        roots = [t._edge for t in tensors if isinstance(t, Tensor) and t.requires_grad]
        _, leaves = _reachable(roots)
        return any(edge not in self.own for edge in leaves)

    def gradients(self, outputs, cotangents, create_graph, retain_graph=True):
        """The gradients by the aliases; zeros where there are none."""
        wanted = [a for a in self.aliases if a.requires_grad]
        pairs = [
            (o, c) for o, c in zip(outputs, cotangents, strict=True) if o.requires_grad
        ]
        found = [None] * len(wanted)
        if pairs and wanted:
            outs, starts = zip(*pairs, strict=True)
            found = tape_grad(
                outs,
                wanted,
                starts,
                retain_graph=retain_graph or create_graph,
                create_graph=create_graph,
                allow_unused=True,
            )
        found = iter(found)
        result = []
        for alias in self.aliases:
            gradient = next(found) if alias.requires_grad else None
            result.append(
                alias.new_zeros(alias.shape) if gradient is None else gradient
            )
        return result


def _cut(tree):
    """The same values, not recorded."""
    leaves, plan = pytree.flatten(tree)
    cut = [leaf.detach() if isinstance(leaf, Tensor) else leaf for leaf in leaves]
    return pytree.unflatten(plan, cut)


def _chosen(args, argnums, who):
    """The arguments that argnums names, as a tree."""
    count = len(args)
    numbers = (argnums,) if isinstance(argnums, int) else argnums
    for n in numbers:
        if not -count <= n < count:
            _fail(
                who,
                f"argnums within the {count} positional arguments",
                f"argnum={n}, len(positional args)={count}",
                "Count from 0.",
            )
    if isinstance(argnums, int):
        return args[argnums]
    return tuple([args[n] for n in argnums])


def _replaced(args, argnums, tree):
    args = list(args)
    if isinstance(argnums, int):
        args[argnums] = tree
    else:
        for n, value in zip(argnums, tree, strict=True):
            args[n] = value
    return args


def _with_aux(result, has_aux, who):
    if not has_aux:
        return result, None
    if not isinstance(result, tuple) or len(result) != 2:
        _fail(
            who,
            "the function to return a tuple (output, aux) with has_aux=True",
            type(result).__name__,
            "Return two things.",
        )
    return result


def grad_and_value(func, argnums=0, has_aux=False):
    """A function that gives the gradient of func and its value.

    Args:
        func: gives a tensor of one element; with has_aux, that and anything else.
        argnums: by which arguments, an int or a tuple of ints.
        has_aux: see func.

    Returns:
        Callable: (gradient, value), with has_aux (gradient, (value, aux)).

    Raises:
        RuntimeError: where the value is no scalar tensor.

    >>> import rushlight
    >>> grad_and_value(lambda x: x**2)(rushlight.tensor(3.0))
    (tensor(6.), tensor(9.))
    """
    who = "func.grad()"

    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        with enable_grad():
            arguments = _Arguments(_chosen(args, argnums, who), who)
            call = _replaced(args, argnums, arguments.tree)
            value, aux = _with_aux(func(*call, **kwargs), has_aux, who)
            if not isinstance(value, Tensor) or value.ndim:
                got = (
                    f"tensor with {value.ndim} dims"
                    if isinstance(value, Tensor)
                    else type(value).__name__
                )
                _fail(
                    who,
                    "f(*args) to return a scalar tensor",
                    got,
                    "Sum it, or use jacrev.",
                )
            outlives = arguments.outlive([value])
            start = value.new_ones(())
            found = arguments.gradients([value], [start], outlives)
        found = pytree.unflatten(arguments.plan, found)
        if not outlives:
            found, value, aux = _cut(found), _cut(value), _cut(aux)
        return found, (value, aux) if has_aux else value

    return wrapper


def grad(func, argnums=0, has_aux=False):
    """A function that gives the gradient of func.

    Args:
        func, argnums, has_aux: as for `grad_and_value`.

    Returns:
        Callable: the gradient, with has_aux (gradient, aux).

    Raises:
        RuntimeError: where func's value is no scalar tensor.

    >>> import rushlight
    >>> grad(grad(lambda x: x**3))(rushlight.tensor(2.0))
    tensor(12.)
    """
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        found, value = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return wrapper


def vjp(func, *primals, has_aux=False):
    """func's value, and a function from its cotangents to those of the primals.

    Args:
        func: gives tensors, in containers or not; with has_aux, those and anything.
        primals: its arguments.
        has_aux: see func.

    Returns:
        (output, vjp_fn), with has_aux (output, vjp_fn, aux); vjp_fn(cotangents) gives
        a tuple for several primals.

    Raises:
        RuntimeError: where the value holds no tensors, or cotangents do not fit.

    >>> import rushlight
    >>> value, pull = vjp(rushlight.sin, rushlight.zeros(2))
    >>> pull(rushlight.ones(2))
    (tensor([1., 1.]),)
    """
    who = "func.vjp()"
    with enable_grad():
        arguments = _Arguments(primals, who)
        value, aux = _with_aux(func(*arguments.tree), has_aux, who)
    outputs, plan = pytree.flatten(value)
    if not outputs or not all(isinstance(o, Tensor) for o in outputs):
        _fail(who, "f(*primals) to return Tensors", f"{value!r:.80}", "Return tensors.")
    outlives = arguments.outlive(outputs)

    def pull(*cotangents, retain_graph=True, create_graph=None):
        given = cotangents[0] if len(cotangents) == 1 else cotangents
        starts, other = pytree.flatten(given)
        if len(starts) != len(outputs):
            _fail(
                who,
                "cotangents of the same structure as the output",
                f"{other!r:.80}",
                "Give one for each output.",
            )
        create = outlives if create_graph is None else create_graph
        create = create or any(s.requires_grad for s in starts)
        found = arguments.gradients(outputs, starts, create, retain_graph)
        found = pytree.unflatten(arguments.plan, found)
        return found if create else _cut(found)

    shown = value if outlives else _cut(value)
    if has_aux:
        return shown, pull, aux if outlives else _cut(aux)
    return shown, pull


def jvp(func, primals, tangents, *, strict=False, has_aux=False):
    """func's value, and how it moves when the primals move along the tangents.

    Args:
        func: gives tensors; with has_aux, those and anything.
        primals, tangents: tuples of the same shapes.
        strict: must be False, as in torch.
        has_aux: see func.

    Returns:
        (output, tangent), with has_aux (output, tangent, aux).

    Raises:
        RuntimeError: where primals and tangents do not fit.

    >>> import rushlight
    >>> x = rushlight.tensor(3.0)
    >>> jvp(lambda x: x * x, (x,), (rushlight.tensor(1.0),))
    (tensor(9.), tensor(6.))
    """
    who = "func.jvp()"
    if not isinstance(primals, tuple) or not isinstance(tangents, tuple):
        _fail(who, "primals and tangents to be tuples", type(primals).__name__, "(x,).")
    moves, plan = pytree.flatten(tangents)
    if pytree.flatten(primals)[1] != plan:
        _fail(
            who,
            "primals and tangents of the same structure",
            "different ones",
            "Give a tangent for each primal.",
        )
    with enable_grad():
        arguments = _Arguments(primals, who)
        value, aux = _with_aux(func(*arguments.tree), has_aux, who)
        outputs, out_plan = pytree.flatten(value)
        outlives = arguments.outlive(outputs) or any(t.requires_grad for t in moves)
        found = [_moved(arguments, o, moves, outlives) for o in outputs]
    found = pytree.unflatten(out_plan, found)
    if not outlives:
        value, found, aux = _cut(value), _cut(found), _cut(aux)
    return (value, found, aux) if has_aux else (value, found)


def _moved(arguments, output, moves, create_graph):
    """The tangent of one output: the derivative of its pullback."""
    zero = output.new_zeros(output.shape)
    if not output.requires_grad:
        return zero
    start = zero.requires_grad_()
    wanted = [a for a in arguments.aliases if a.requires_grad]
    backs = tape_grad(output, wanted, start, create_graph=True, allow_unused=True)
    moves = [
        m for m, a in zip(moves, arguments.aliases, strict=True) if a.requires_grad
    ]
    pairs = [(b, m) for b, m in zip(backs, moves) if b is not None and b.requires_grad]
    if not pairs:
        return zero.detach()
    backs, moves = zip(*pairs, strict=True)
    (found,) = tape_grad(
        backs,
        start,
        moves,
        retain_graph=True,
        create_graph=create_graph,
        allow_unused=True,
    )
    return zero.detach() if found is None else found
