"""vmap: a function of one example, mapped over a batch.

The examples are run one after the other and the results stacked, so whatever the
function does with one example (also branching on values) it may do.
"""

import functools

from rushlight._base import pytree
from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    ArgumentTypeError,
    explain,
)
from rushlight._base.shape import wrap_dim
from rushlight._core.expose import TORCH
from rushlight._core.generator import default_generator
from rushlight._core.tensor import Tensor

_RANDOMNESS = ("error", "different", "same")


def vmap(func, in_dims=0, out_dims=0, randomness="error", *, chunk_size=None):
    """A function that maps func over a dimension of its arguments.

    Args:
        func: of tensors, in containers or not; gives tensors.
        in_dims: which dimension is mapped, an int, None (the same for all) or a tree
            of these beside the arguments.
        out_dims: where the new dimension stands in each result.
        randomness: "error" refuses random operations, "different" draws anew for each
            example, "same" draws the same for all.
        chunk_size: has no effect: examples are run one by one.

    Returns:
        Callable: results with the mapped dimension.

    Raises:
        ValueError: for in_dims that do not fit, or batches of different sizes.
        RuntimeError: for randomness where it was not allowed.

    >>> import rushlight
    >>> x = rushlight.arange(6.0).reshape(2, 3)
    >>> vmap(rushlight.dot)(x, x)
    tensor([ 5., 50.])
    """
    if randomness not in _RANDOMNESS:
        raise ArgumentRuntimeError(
            explain(
                "vmap()",
                expected=f"randomness to be one of {_RANDOMNESS}",
                got=repr(randomness),
                do="Correct the spelling.",
            )
        )
    if chunk_size is not None and chunk_size <= 0:
        raise ArgumentError(
            explain(
                "vmap()",
                expected="chunk_size to be None or > 0",
                got=chunk_size,
                do="Leave it away.",
            )
        )

    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        leaves, plan = pytree.flatten(args)
        dims = _dims(in_dims, args, leaves)
        size = _batch_size(leaves, dims)
        results, plans = [], None
        for index in range(size):
            one = [
                leaf if d is None else leaf.select(d, index)
                for leaf, d in zip(leaves, dims, strict=True)
            ]
            call = pytree.unflatten(plan, one)
            found = _guarded(lambda: func(*call, **kwargs), randomness, index)  # noqa: B023
            parts, plans = pytree.flatten(found)
            results.append(parts)
        return _stacked(results, plans, out_dims)

    return wrapper


def _guarded(run, randomness, index):
    """Run one example under the rule about random numbers."""
    if randomness == "different":
        return run()
    before = default_generator.get_state()
    found = run()
    after = default_generator.get_state()
    moved = before.ne(after).any().item()
    if moved and randomness == "error":
        raise ArgumentRuntimeError(
            explain(
                "vmap()",
                expected="a function without random operations",
                got="called random operation while in randomness error mode",
                do="Pass randomness='same' or 'different'.",
            )
        )
    if moved:
        default_generator.set_state(before)
    return found


def _dims(in_dims, args, leaves):
    """The mapped dimension of each leaf (None: none), from 0."""
    if not isinstance(in_dims, int) and in_dims is not None:
        in_dims = tuple(in_dims) if isinstance(in_dims, (list, tuple)) else in_dims
        given = _spread(in_dims, args)
    else:
        given = [in_dims if isinstance(leaf, Tensor) else None for leaf in leaves]
    found = []
    for leaf, d in zip(leaves, given, strict=True):
        if d is None:
            found.append(None)
            continue
        if not isinstance(leaf, Tensor) or not -leaf.ndim <= d < leaf.ndim:
            raise ArgumentError(
                explain(
                    "vmap()",
                    expected="in_dims that are dimensions of Tensors",
                    got=f"in_dim={d} for "
                    + (f"{leaf.ndim} dims" if isinstance(leaf, Tensor) else repr(leaf)),
                    do="Use None for what is not mapped.",
                )
            )
        found.append(wrap_dim(d, leaf.ndim, "vmap()"))
    return found


def _spread(in_dims, tree):
    """A tree of dims beside a tree of arguments, as a flat list."""
    if in_dims is None or isinstance(in_dims, int):
        leaves = pytree.flatten(tree)[0]
        return [in_dims if isinstance(x, Tensor) else None for x in leaves]
    if isinstance(in_dims, dict) and isinstance(tree, dict):
        return [d for key in tree for d in _spread(in_dims[key], tree[key])]
    if isinstance(tree, (list, tuple)) and len(in_dims) == len(tree):
        pairs = zip(in_dims, tree, strict=True)
        return [d for dims, part in pairs for d in _spread(dims, part)]
    raise ArgumentError(
        explain(
            "vmap()",
            expected="in_dims of the same structure as the arguments",
            got=f"{in_dims!r}: not compatible with the structure of inputs",
            do="Give one int or None for each.",
        )
    )


def _batch_size(leaves, dims):
    sizes = {
        leaf.shape[d] for leaf, d in zip(leaves, dims, strict=True) if d is not None
    }
    if len(sizes) != 1:
        raise ArgumentError(
            explain(
                "vmap()",
                expected="at least one mapped tensor, all of one size in the dimension",
                got=f"sizes {sorted(sizes)}",
                do="Check in_dims.",
            )
        )
    return sizes.pop()


def _stacked(results, plan, out_dims):
    if not results:
        raise ArgumentRuntimeError(
            explain(
                "vmap()",
                expected="a batch of at least one example",
                got="an empty one",
                do="Skip the call.",
            )
        )
    for part in results[0]:
        if not isinstance(part, Tensor):
            raise ArgumentTypeError(
                explain(
                    "vmap()",
                    expected="a function that returns Tensors",
                    got=f"a return of type {type(part).__name__}",
                    do="Wrap it with torch.tensor.",
                )
            )
    count = len(results[0])
    dims = [out_dims] * count
    if not isinstance(out_dims, int) and out_dims is not None:
        dims = pytree.flatten(out_dims)[0]
        if len(dims) != count:
            raise ArgumentError(
                explain(
                    "vmap()",
                    expected=f"out_dims for {count} results",
                    got=out_dims,
                    do="Give one int for each.",
                )
            )
    columns = zip(zip(*results, strict=True), dims, strict=True)
    parts = [
        column[0] if d is None else TORCH["stack"](column, d) for column, d in columns
    ]
    return pytree.unflatten(plan, parts)
