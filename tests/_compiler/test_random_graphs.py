"""Random functions of tensors: compiled and eager must agree, gradients too."""

import numpy as np
import pytest

import rushlight as t
from rushlight._compiler.compiled import Compiled

pytest.importorskip("llvmlite")
hypothesis = pytest.importorskip("hypothesis")
from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

pytestmark = pytest.mark.slow

_SIZES = st.sampled_from([0, 1, 1, 2, 3, 5, 16, 17, 33])
_SHAPES = st.lists(_SIZES, max_size=4).filter(lambda s: np.prod(s, dtype=int) < 4000)
_UNARY = [
    lambda x: x.exp().clamp(max=20),
    lambda x: x.tanh(),
    lambda x: x.relu(),
    lambda x: x.abs().sqrt(),
    lambda x: -x * 0.5,
    lambda x: x.sigmoid(),
    lambda x: x.square(),
    lambda x: t.nn.functional.gelu(x),
    lambda x: x.sin(),
]
_BINARY = [
    lambda x, y: x + y,
    lambda x, y: x * y,
    lambda x, y: x - y,
    lambda x, y: t.maximum(x, y),
    lambda x, y: t.where(x > y, x, y * 0.5),
    lambda x, y: x / (y.abs() + 1),
]


@st.composite
def programs(draw):
    """A shape, a dtype and a list of steps that build on each other's results."""
    steps = draw(st.lists(st.integers(0, 11), min_size=1, max_size=9))
    choices = draw(
        st.lists(st.integers(0, 10**6), min_size=3 * len(steps), max_size=30)
    )
    dtype = draw(st.sampled_from(["float32", "float64"]))
    return draw(_SHAPES), dtype, steps, choices


def run(program, x):
    """Run a program; its last results are returned."""
    _, _, steps, choices = program
    numbers, known = iter(choices), [x]
    for step in steps:
        pick = next(numbers, 0)
        y = known[pick % len(known)]
        known.append(_step(step, y, known, next(numbers, 0)))
    return tuple(known[1:][-3:])


def _step(step, y, known, n):
    if step <= 3:
        return _UNARY[n % len(_UNARY)](y)
    if step <= 5:
        return _combined(y, known, n)
    if not y.ndim:
        return y + n % 3
    dim = n % y.ndim
    if step == 6:
        return y.sum(dim, keepdim=n % 2 == 0)
    if step == 7:
        return y.transpose(dim, (n // 7) % y.ndim)
    if step == 8:
        return y.reshape(-1) if n % 2 else y.unsqueeze(dim)
    if step == 9:
        return y.narrow(dim, 0, max(y.shape[dim] - 1, 0)) if n % 2 else y.flip(dim)
    if step == 10:
        return t.cat([y, y * 2], dim)
    return y.softmax(dim) if y.shape[dim] else y


def _combined(y, known, n):
    """y with the first earlier value that broadcasts with it."""
    operate = _BINARY[n % len(_BINARY)]
    for other in known[n % len(known) :] + known:
        pairs = list(zip(reversed(y.shape), reversed(other.shape)))
        fits = all(1 in pair or pair[0] == pair[1] for pair in pairs)
        if fits and np.prod(t.broadcast_shapes(y.shape, other.shape)) < 20000:
            return operate(y, other)
    return y


def gradients(results, x):
    total = sum((r * (k + 1)).sum() for k, r in enumerate(results))
    return t.autograd.grad(total, x, allow_unused=True)[0]


@given(programs())
@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_compiled_equals_eager(program):
    shape, dtype, _, _ = program
    rng = np.random.default_rng(0)
    x = t.from_numpy(np.asarray(rng.normal(size=shape)).astype(dtype))
    x.requires_grad_()
    want = run(program, x)
    compiled = Compiled(lambda x: run(program, x), fullgraph=True)
    got = compiled(x)
    close = 1e-4 if dtype == "float32" else 1e-9
    for one, two in zip(got, want, strict=True):
        _same(one.detach().numpy(), two.detach().numpy(), close)
    one, two = gradients(got, x), gradients(want, x)
    assert (one is None) == (two is None)
    if one is not None:
        _same(one.numpy(), two.numpy(), close)


def _same(got, want, close):
    assert got.shape == want.shape
    assert got.dtype == want.dtype
    scale = max(1.0, float(np.abs(want).max())) if want.size else 1.0
    np.testing.assert_allclose(got, want, rtol=close, atol=close * scale)
