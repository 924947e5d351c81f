"""Operations that compiled graphs must not run as library calls."""

import numpy as np
import pytest

import rushlight as t
from rushlight._compiler.capture.trace import trace
from rushlight._compiler.passes.partition import partition
from rushlight._compiler.runtime.plan import Plan
from rushlight.nn import functional as F

pytest.importorskip("llvmlite")
pytestmark = pytest.mark.slow

_X = [[1.0, -2.0, 3.0], [0.5, float("nan"), -0.0], [float("inf"), 7.0, -4.0]]
_LABELS = t.tensor([2, -100, 0])
_PLACES = t.tensor([[2, 0], [1, 1], [-1, 0]])
_WEIGHT = t.tensor([0.5, 1.0, 2.0])


def _written(x):
    y = x * 1
    y[1:, ::2] = 5.0
    return y


CASES = {
    "stack": lambda x: t.stack([x, x * 2], 1),
    "unbind": lambda x: sum(x.unbind(1)),
    "repeat": lambda x: x.repeat(2, 1, 3),
    "flip": lambda x: x.flip(0, 1) * x,
    "triu": lambda x: x.triu(1) + x.tril(-1),
    "row": lambda x: x[1] * 2,
    "steps": lambda x: x[::2, 1] + 1,
    "pad": lambda x: F.pad(x, (1, 2, -1, 1), value=0.5),
    "zeros": lambda x: F.pad(x, (0, 2)) * 2,
    "write": _written,
    "places": lambda x: x[_PLACES],
    "columns": lambda x: x[:, _PLACES[0]],
    "pairs": lambda x: x[_PLACES[:, 0], _PLACES[:, 1]],
    "slices": lambda x: x.index_select(1, _PLACES[0]),
    "gather": lambda x: x.gather(1, _PLACES.abs()),
    "rows": lambda x: F.embedding(_PLACES.abs(), x, padding_idx=1),
    "largest": lambda x: t.cat([v.float() for v in x.max(1)]),
    "smallest": lambda x: x.argmin(0),
    "var": lambda x: t.stack(t.var_mean(x, 0)),
    "std": lambda x: x.std(),
    "norm": lambda x: x.norm(dim=1) + x.norm(1) + x.norm(3, 0),
    "logsumexp": lambda x: x.logsumexp(1),
    "smoothed": lambda x: F.cross_entropy(x, _LABELS, label_smoothing=0.1),
    "weighted": lambda x: F.cross_entropy(x, _LABELS, _WEIGHT),
    "both": lambda x: F.cross_entropy(x, _LABELS, _WEIGHT, label_smoothing=0.2),
    "nll": lambda x: F.nll_loss(x.log_softmax(1), _LABELS, _WEIGHT),
    "mse": lambda x: F.mse_loss(x, x.detach() * 2),
    "huber": lambda x: F.huber_loss(x, x.detach() * 2, delta=0.7),
    "group": lambda x: F.group_norm(x.reshape(1, 3, 3), 1, _WEIGHT, _WEIGHT),
    "nearest": lambda x: F.interpolate(x[None], scale_factor=2),
    "one_hot": lambda x: F.one_hot(_PLACES.abs(), 4) * 2,
    "kept": lambda x: t.nan_to_num(x) + t.fmax(x, x.flip(0)),
    "sign": lambda x: x.sign() + x.sgn() * 2,
    "added": lambda x: t.addmm(x, x, x, beta=0.5, alpha=2),
}
CASES |= {
    "rolled": lambda x: x.roll((1, -1), (0, 1)) * x + x.roll(2),
    "reflected": lambda x: F.pad(x[None], (2, 1), mode="reflect") * 2,
    "replicated": lambda x: F.pad(x[None, None], (2, 1, 0, 3), mode="replicate") * 2,
    "wrapped": lambda x: F.pad(x[None, None], (2, -1, 3, 0), mode="circular") * 2,
    "diagonal": lambda x: x.diagonal(1) * 2,
    "diagonals": lambda x: t.stack([x, -x]).diagonal(-1, 2, 1).exp(),
    "trace": lambda x: x[:, :2].trace() * x,
    "numbers": lambda x: t.where(x > 0, 2.5, -1) * x,
    "whole numbers": lambda x: t.where(x > 0, 2, -3),
    "bools": lambda x: t.where(x > 0, True, x < -1),
    "bools and numbers": lambda x: t.where(x > 0, x < 2, 2.5),
}
CASES["scores"] = lambda x: F.binary_cross_entropy_with_logits(
    x, (x.detach() > 0).float()
)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("finite", [True, False])
def test_it_is_native_and_equal(name, finite):
    function = CASES[name]
    x = t.tensor(_X)
    x = (x.nan_to_num(0.25, 2.0) if finite else x).requires_grad_()
    traced = trace(function, (x,), {})
    halves = partition(traced)
    arrays = [c.tensor._array for c in traced.captured]
    plan = Plan(halves.forward)
    assert not plan.library
    if halves.backward is not None:
        assert not Plan(halves.backward).library
    compiled, eager = t.compile(function, fullgraph=True), function(x)
    with np.errstate(all="ignore"):
        _same(plan.run(arrays)[0], eager.detach().numpy())
        _same(compiled(x).detach().numpy(), eager.detach().numpy())
        if eager.requires_grad:
            _same(_slope(compiled, x), _slope(function, x))


def _slope(function, x):
    (g,) = t.autograd.grad(function(x).sum(), x)
    return g.numpy()


def _same(got, want):
    np.testing.assert_allclose(got, want, rtol=2e-5, atol=2e-6)
    np.testing.assert_array_equal(np.signbit(got[got == 0]), np.signbit(want[got == 0]))


@pytest.mark.parametrize("dtype", [t.int32, t.uint8, t.float16])
def test_dtypes_that_are_only_stored_are_filled(dtype):
    x = t.ones(2, 3, dtype=dtype)
    compiled = t.compile(lambda x: x.clone().fill_(2), fullgraph=True)
    assert compiled(x).equal(t.full((2, 3), 2, dtype=dtype))


@pytest.mark.parametrize(
    "function",
    [
        lambda x, i: x[i],
        lambda x, i: x[:, i],
        lambda x, i: F.embedding(i, x),
        lambda x, i: x.index_select(1, i),
        lambda x, i: x.gather(0, i[None]),
    ],
)
def test_places_outside_are_refused(function):
    compiled = t.compile(function, fullgraph=True)
    x, good, bad = t.ones(3, 3), t.tensor([0, 2]), t.tensor([0, 3])
    assert compiled(x, good).tolist() == function(x, good).tolist()
    with pytest.raises(IndexError):
        compiled(x, bad)
