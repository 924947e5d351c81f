"""Calls of compiled functions with many sizes, compared with eager mode."""

import numpy as np

import rushlight as t
from rushlight._base.pytree import flatten
from rushlight._compiler.compiled import Compiled

SIZES = (7, 12, 3, 29, 8, 2, 70)


def rows(n, m=5):
    values = np.random.default_rng(100 * n + m).normal(size=(n, m))
    return t.from_numpy(values.astype(np.float32))


def outcome(function, *args):
    """(results, gradients, what is drawn next) of a call, or the type of its error."""
    t.manual_seed(3)
    leaves = [a.detach().clone().requires_grad_(a.is_floating_point()) for a in args]
    try:
        found = function(*leaves)
    except Exception as error:  # noqa: BLE001 - to be compared
        return type(error)
    drawn = t.rand(2)
    roots = [r for r in flatten(found)[0] if isinstance(r, t.Tensor)]
    roots = [r for r in roots if r.requires_grad]
    if not roots:
        return found, [], drawn
    weights = [t.arange(1.0 * r.numel()).cos().reshape(r.shape) for r in roots]
    wanted = [leaf for leaf in leaves if leaf.requires_grad]
    grads = t.autograd.grad(roots, wanted, weights, allow_unused=True)
    return found, list(grads), drawn


def same(got, want, close=2e-4):
    assert isinstance(got, type) == isinstance(want, type)
    got, want = flatten(got)[0], flatten(want)[0]
    assert len(got) == len(want)
    for one, two in zip(got, want, strict=True):
        if not isinstance(two, t.Tensor):
            assert type(one) is type(two)
            assert one == two
            continue
        assert one.dtype == two.dtype
        one, two = one.detach().double().numpy(), two.detach().double().numpy()
        assert one.shape == two.shape
        scale = max(1.0, float(np.abs(two).max())) if two.size else 1.0
        np.testing.assert_allclose(one, two, rtol=close, atol=close * scale)


def check(function, sizes=SIZES, make=rows, **options):
    """Call a function with many sizes; what was compiled."""
    options.setdefault("dynamic", True)
    c = Compiled(function, say=lambda *_: None, **options)
    for n in sizes:
        args = make(n)
        args = args if isinstance(args, tuple) else (args,)
        with np.errstate(all="ignore"):
            same(outcome(c, *args), outcome(function, *args))
    return c
