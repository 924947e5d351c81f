"""Every op sample, traced: eager, interpreted and compiled must agree.

The samples are those of the op tests.  A call that cannot be traced (its result
depends on values, it draws random numbers, ...) is left out; how many are left is
tested too, so that tracing cannot quietly stop working.
"""

import importlib
import pathlib
import pkgutil

import numpy as np
import pytest

import rushlight
from rushlight._base.pytree import flatten
from rushlight._compiler.capture.trace import trace
from rushlight._compiler.graph.checker import check_graph
from rushlight._compiler.graph.interpreter import run_graph
from rushlight._compiler.passes.partition import partition
from rushlight._compiler.runtime.plan import Plan
from rushlight._core.tensor import Tensor, wrap
from tests import battery

pytestmark = pytest.mark.slow
pytest.importorskip("llvmlite")

_DTYPES = "float32 float64 int64 bool int32 uint8 float16 bfloat16".split()
_CLOSE = {"float32": 2e-5, "float64": 1e-9}


def all_ops():
    """Every `Op` of the op tests, by an id."""
    import tests._ops as package

    found = {}
    root = pathlib.Path(package.__file__).parent
    for module in pkgutil.walk_packages([str(root)], "tests._ops."):
        if module.name.rpartition(".")[2].startswith("test_"):
            ops = getattr(importlib.import_module(module.name), "OPS", ())
            for number, op in enumerate(ops):
                stem = module.name.removeprefix("tests._ops.")
                found[f"{stem}-{number}-{op}"] = op
    return found


def _arguments(op, dtype):
    """Argument lists whose floating-point tensors want gradients."""
    for args in op.samples(battery.maker(dtype)):

        def leaf(tensor):
            copy = wrap(tensor._array.copy())
            copy.requires_grad = tensor.is_floating_point()
            return copy

        yield battery._map_tensors(leaf, args)


def compare(op, args):
    """Compare one call; False where it cannot be traced."""
    keywords = dict(args[-1]) if args and isinstance(args[-1], dict) else {}
    plain = args[:-1] if keywords else args
    state = rushlight.get_rng_state()
    try:
        traced = trace(op.function, plain, keywords)
    except Exception:  # noqa: BLE001 - whatever it is, it runs uncompiled
        return False
    rushlight.set_rng_state(state)
    expected = flatten(op.function(*plain, **keywords))[0]
    expected = [e for e in expected if isinstance(e, Tensor)]
    halves = partition(traced)
    arrays = [c.tensor._array for c in traced.captured]
    places = [p for p, r in enumerate(traced.results) if hasattr(r, "spec")]
    wanted = [expected[p]._array for p in places if p < len(expected)]
    results = _both(halves.forward, arrays, wanted)
    if halves.backward is not None:
        _compare_backward(traced, halves, arrays, results, expected)
    return True


def _both(graph, arrays, wanted):
    """Run a graph both ways, compare with what is wanted; all its results."""
    check_graph(graph)
    interpreted = run_graph(graph, arrays)
    compiled = Plan(graph).run(arrays)
    for want, one in zip(wanted, interpreted, strict=False):
        _same(one, want)
    for one, two in zip(interpreted, compiled, strict=True):
        _same(two, one)
    return interpreted


def _compare_backward(traced, halves, arrays, results, expected):
    by_value = {id(c.value): a for c, a in zip(traced.captured, arrays, strict=True)}
    saved = results[len(results) - len(halves.saved) :]
    kept = [by_value[id(v)] for v in halves.kept]
    rng, roots, gradients = np.random.default_rng(0), [], []
    for result, differentiable in zip(expected, traced.differentiable, strict=True):
        if differentiable:
            values = rng.normal(size=result._array.shape).astype(result._array.dtype)
            roots.append(result)
            gradients.append(np.asarray(values))
    leaves = [c.tensor for c, v in traced.wanted if v is not None]
    wanted = rushlight.autograd.grad(
        roots, leaves, [wrap(g) for g in gradients], allow_unused=True
    )
    inputs = [*saved, *kept, *gradients]
    _both(halves.backward, inputs, [w._array for w in wanted if w is not None])


def _same(got, want):
    assert got.shape == want.shape
    assert got.dtype == want.dtype
    if got.dtype.kind not in "fc":
        np.testing.assert_array_equal(got, want)
        return
    close = _CLOSE.get(got.dtype.name, 1e-2)
    finite = np.abs(want[np.isfinite(want)])
    scale = max(1.0, float(finite.max())) if finite.size else 1.0
    np.testing.assert_allclose(got, want, rtol=close, atol=close * scale)


_OPS = all_ops()


@pytest.mark.parametrize("name", sorted(_OPS))
def test_compiled_equals_eager(name):
    op = _OPS[name]
    for dtype in _DTYPES:
        if dtype in op.dtypes:
            with np.errstate(all="ignore"):
                for args in _arguments(op, dtype):
                    compare(op, args)


def test_most_calls_can_be_traced():
    total = traced = 0
    for op in _OPS.values():
        if "float32" in op.dtypes:
            for args in _arguments(op, "float32"):
                keywords = dict(args[-1]) if args and isinstance(args[-1], dict) else {}
                plain = args[:-1] if keywords else args
                total += 1
                try:
                    trace(op.function, plain, keywords)
                    traced += 1
                except Exception:  # noqa: BLE001
                    continue
    assert traced > 0.95 * total
