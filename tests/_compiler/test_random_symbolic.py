"""Random functions of symbolic sizes: right for all sizes, inside their buffers."""

import numpy as np
import pytest

import rushlight as t
from rushlight._compiler.compiled import Compiled
from tests._compiler.symbolic import check_sizes, rows, symbolic_entry
from tests._compiler.test_random_graphs import _BINARY, _UNARY, _combined, _same

pytest.importorskip("llvmlite")
hypothesis = pytest.importorskip("hypothesis")
from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

pytestmark = pytest.mark.slow

_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]
_QUIETLY = {
    "deadline": None,
    "derandomize": True,
    "suppress_health_check": _QUIET,
}
_TRACED = st.lists(st.sampled_from([2, 3, 5, 7, 16]), min_size=1, max_size=3)
_OTHERS = st.lists(
    st.lists(st.sampled_from([1, 2, 3, 4, 6, 9, 17]), min_size=3, max_size=3),
    min_size=3,
    max_size=3,
)
_STEPS = st.lists(
    st.tuples(st.integers(0, 22), st.integers(0, 10**6), st.integers(0, 10**6)),
    min_size=1,
    max_size=7,
)


def _fits(x, limit=20_000):
    return x if x.numel() < limit else x.reshape(-1)[:limit]


_SIZED = [
    lambda y, d, n: y.sum(d, keepdim=n % 2 == 0),
    lambda y, d, n: y.mean(d) * y.shape[d],
    lambda y, d, n: y.transpose(d, n % y.ndim),
    lambda y, d, n: y.reshape(-1) if n % 2 else y.unsqueeze(d),
    lambda y, d, n: y.narrow(d, 0, y.shape[d] - 1) if y.shape[d] > 1 else y,
    lambda y, d, n: y.flip(d).cumsum(d),
    lambda y, d, n: t.cat([y, y * 2], d),
    lambda y, d, n: y.softmax(d) if y.numel() else y,
    lambda y, d, n: y.transpose(0, d)[: y.shape[d] // 2],
    lambda y, d, n: y.transpose(0, d)[y.shape[d] // 3 :: 1 + n % 3],
    lambda y, d, n: y.transpose(0, d)[-(1 + n % 3) :],
    lambda y, d, n: y + t.arange(y.shape[-1]),
    lambda y, d, n: _fits(y.unsqueeze(d) - y.unsqueeze(d + 1)),
    lambda y, d, n: y.reshape(y.shape[0], -1) @ y.reshape(y.shape[0], -1).t(),
    lambda y, d, n: t.zeros(y.shape[d], 2) + n % 3,
    lambda y, d, n: y * 2 if y.shape[d] > n % 9 else y - 1,
    lambda y, d, n: t.nn.functional.pad(y, (n % 3, n % 2)).amax(-1),
    lambda y, d, n: y.amax(d) / y.shape[d] if y.shape[d] else y,
    lambda y, d, n: y.split(max(1, y.shape[d] // 2), d)[0] if y.shape[d] else y,
]


def run(steps, x):
    """Run a program; its last results are returned."""
    known = [x]
    for step, pick, n in steps:
        y = known[pick % len(known)]
        if step < 2:
            y = _UNARY[n % len(_UNARY)](y)
        elif step < 4:
            y = _combined(y, known, n % len(_BINARY))
        elif y.ndim:
            y = _SIZED[step - 4](y, pick // 7 % y.ndim, n)
        if y.ndim < 5 and y.numel() < 20_000:
            known.append(y)
    return tuple(known[1:][-3:])


def outcome(function, x):
    """(results, gradient), or the type of the error."""
    try:
        results = function(x)
    except Exception as error:  # noqa: BLE001 - to be compared
        return type(error)
    total = sum(((r * (k + 1)).sum() for k, r in enumerate(results)), x.sum() * 0)
    return [*results, t.autograd.grad(total, x)[0]]


@given(_STEPS, _TRACED, _OTHERS)
@settings(max_examples=120, **_QUIETLY)
def test_one_form_is_right_for_all_sizes(steps, traced, others):
    def function(x):
        return run(steps, x)

    compiled = Compiled(function, dynamic=True, say=lambda *_: None)
    shapes = [traced, *[other[: len(traced)] for other in others], traced]
    for k, shape in enumerate(shapes):
        x = rows(*shape, seed=k)
        with np.errstate(all="ignore"):
            got, want = outcome(compiled, x), outcome(function, x)
        if isinstance(want, type):
            assert got is want
            continue
        for one, two in zip(got, want, strict=True):
            _same(one.detach().numpy(), two.detach().numpy(), 3e-4)


@given(_STEPS, _TRACED, _OTHERS)
@settings(max_examples=60, **_QUIETLY)
def test_kernels_are_the_interpreters(steps, traced, others):
    entry = symbolic_entry(lambda x: run(steps, x), rows(*traced))
    if entry is None:
        return
    for shape in [traced, *[other[: len(traced)] for other in others]]:
        if np.prod(shape) < 300:
            with np.errstate(all="ignore"):
                check_sizes(entry, [rows(*shape)])
