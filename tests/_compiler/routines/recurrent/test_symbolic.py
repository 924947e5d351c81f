"""Recurrent layers of symbolic sizes: one form for any batch and any length."""

from dataclasses import replace

import numpy as np
import pytest

import rushlight
from rushlight import nn
from rushlight._base.symbols import Sizes
from rushlight._compiler.routines import _products
from rushlight._compiler.routines.recurrent import (
    recurrent_backward,
    recurrent_forward,
)
from tests._compiler.routines.recurrent.test_forward import (
    KINDS,
    VARIANTS,
    arrays_of,
    call_of,
    reference,
)
from tests._compiler.routines.running import BothWays

#: Values of (steps, sequences): below and above the hint, multiples and not.
FEW = [(2, 2), (5, 9), (3, 17)]
MANY = [(t, n) for t in (2, 3, 17, 100) for n in (2, 3, 31, 70)]
#: Which of the two are symbolic.
WHICH = {"both": "tn", "sequences": "n", "steps": "t"}
BOTH = {"has_noise": True, "directions": 2}


class Symbolic(BothWays):
    """A call with symbols, both routines of it, and the calls that it stands for."""

    def __init__(self, kind, rest, hints=(4, 6), which="tn", dtype="f32", **options):
        self.sizes, self.which = Sizes(), which
        self.sizes.is_strict = False
        self.call = call_of(kind, (*hints, *rest), dtype, **options)
        sizes = dict(zip("tn", hints))
        self.hints = hints
        sizes |= {name: self.sizes.symbol(sizes[name]) for name in which}
        symbolic = replace(self.call, time=sizes["t"], batch=sizes["n"])
        self.routines = recurrent_forward(symbolic), recurrent_backward(symbolic)
        assert self.sizes.conditions() == []

    def check(self, runs, sizes, tolerance):
        """Whether both routines give what eager mode's rules give, for these sizes."""
        given = dict(zip("tn", sizes))
        own = [given.get(x) if x in self.which else h for x, h in zip("tn", self.hints)]
        call = replace(self.call, time=own[0], batch=own[1])
        a = arrays_of(call)
        expected = reference(call, a)
        for run in runs:
            run(a, tuple(given[name] for name in self.which))
        for name, value in expected.items():
            scale = max(1.0, np.abs(value).max())
            error = np.abs(a[name] - value).max() / scale
            assert error < tolerance, f"{name} of {call}: {error}"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("which", WHICH)
def test_interpreted(kind, which):
    form = Symbolic(kind, (2, 2, 1), which=WHICH[which])
    for sizes in FEW:
        form.check(form.interpreted(), sizes, 1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_interpreted_layers_and_directions(kind):
    form = Symbolic(kind, (1, 3, 2), **BOTH)
    for sizes in [(2, 3), (3, 9)]:
        form.check(form.interpreted(), sizes, 1e-5)


@pytest.mark.parametrize("kind", ["lstm", "gru"])
@pytest.mark.parametrize("small", [True, False])
def test_interpreted_with_products_in_pieces(kind, small, monkeypatch):
    """What is summed over has pieces of 16 rows, the last of them short."""
    monkeypatch.setattr(_products, "has_small_products", lambda: small)
    monkeypatch.setattr(_products, "SMALL", 60)
    form = Symbolic(kind, (2, 2, 1))
    for sizes in [(2, 2), (5, 13), (4, 16), (7, 7)]:
        form.check(form.interpreted(), sizes, 1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_compiled(kind):
    form = Symbolic(kind, (6, 40, 1), directions=2)
    runs = form.compiled()
    for sizes in [(2, 2), (3, 31), (17, 70), (100, 3)]:
        form.check(runs, sizes, 2e-4)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("which", WHICH)
@pytest.mark.parametrize("variant", VARIANTS)
def test_compiled_for_many_sizes(kind, which, variant):
    options = VARIANTS[variant]
    form = Symbolic(kind, (6, 40, 2), which=WHICH[which], **options)
    runs = form.compiled()
    for sizes in MANY:
        form.check(runs, sizes, 2e-4)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_compiled_in_float64(kind):
    form = Symbolic(kind, (6, 129, 1), dtype="f64", hints=(30, 30))
    runs = form.compiled()
    for sizes in MANY:
        form.check(runs, sizes, 1e-10)


@pytest.mark.slow
def test_products_larger_than_a_small_one():
    form = Symbolic("lstm", (200, 320, 1))
    runs = form.compiled()
    for sizes in [(2, 2), (40, 12), (7, 33)]:
        form.check(runs, sizes, 1e-3)


def test_kernels_do_not_depend_on_the_hint(monkeypatch):
    monkeypatch.setattr(_products, "has_small_products", lambda: True)

    def text(hints):
        call = Symbolic("lstm", (3, 4, 2), hints=hints, **BOTH)
        tasks = [task for routine in call.routines for task in routine.tasks]
        return [str(task.kernel.body) for task in tasks]

    assert text((2, 2)) == text((100, 1000))


# -------------------------------------------------------------------- compiled modules

MODULES = {
    "lstm": (nn.LSTM, {}),
    "lstm of two layers": (nn.LSTM, {"num_layers": 2, "batch_first": True}),
    "gru both ways": (nn.GRU, {"bidirectional": True}),
    "rnn without biases": (nn.RNN, {"bias": False}),
    "rnn with relu": (nn.RNN, {"nonlinearity": "relu", "batch_first": True}),
}


def _step(run, module, x):
    """Results and gradients of one call."""
    module.zero_grad(set_to_none=True)
    x = rushlight.tensor(x, requires_grad=True)
    y, states = run(x)
    states = states if isinstance(states, tuple) else (states,)
    total = (y * y).sum() + sum((s * s * s).sum() for s in states)
    total.backward()
    found = [y, *states, x.grad, *[p.grad for p in module.parameters()]]
    return [t.detach().numpy() for t in found]


def _library(entry):
    """The names of what its plans call one by one."""
    plans = [plan for plan in (entry.forward, entry._backward) if plan is not None]
    pieces = [piece for plan in plans for piece in plan.pieces]
    return [piece.text for piece in pieces if piece.kind == "library"]


def _check_module(name, sizes):
    kind, options = MODULES[name]
    rushlight.manual_seed(0)
    module = kind(5, 24, **options)
    run = rushlight.compile(lambda x: module(x), dynamic=True)
    rng = np.random.default_rng(0)
    for steps, count in sizes:
        shape = (count, steps, 5) if module.batch_first else (steps, count, 5)
        x = rng.standard_normal(shape).astype(np.float32)
        expected = _step(module, module, x)
        for found, value in zip(_step(run, module, x), expected, strict=True):
            np.testing.assert_allclose(found, value, 2e-4, 2e-4 * np.abs(value).max())
    ((_, entry),) = run.kinds
    assert len(entry.symbols.groups) == 2
    assert entry.symbols.sizes.conditions() == []
    assert _library(entry) == []


@pytest.mark.parametrize("name", ["lstm of two layers", "gru both ways"])
def test_modules_have_one_form(name):
    _check_module(name, [(4, 6), (2, 2), (17, 9)])


@pytest.mark.slow
@pytest.mark.parametrize("name", MODULES)
def test_modules_have_one_form_for_many_sizes(name):
    _check_module(name, [(4, 6), *MANY])


def _check_steps(function, parameters, sizes, make):
    """Whether one form gives eager mode's results and gradients for many sizes."""
    run, rng = rushlight.compile(function, dynamic=True), np.random.default_rng(0)
    for size in sizes:
        x = rng.standard_normal(make(*size)).astype(np.float32)
        found = []
        for call in (function, run):
            for parameter in parameters:
                parameter.grad = None
            y = call(rushlight.tensor(x))
            (y * y).sum().backward()
            found.append([y.detach(), *[p.grad for p in parameters]])
        for one, other in zip(*found, strict=True):
            rushlight.testing.assert_close(other, one, rtol=1e-4, atol=1e-5)
    ((_, entry),) = run.kinds
    assert _library(entry) == []


@pytest.mark.parametrize("kind", [nn.LSTMCell, nn.GRUCell, nn.RNNCell])
def test_cells_in_a_loop_have_one_form(kind):
    """The number of steps of a loop of Python's is fixed, the batch is not."""
    rushlight.manual_seed(0)
    cell = kind(5, 12)

    def steps(x):
        states, found = None, []
        for t in range(2):
            states = cell(x[:, t], states)
            found.append(states[0] if kind is nn.LSTMCell else states)
        return rushlight.stack(found)

    sizes = [(7,), (2,), (31,)]
    _check_steps(steps, list(cell.parameters()), sizes, lambda n: (n, 2, 5))


@pytest.mark.parametrize("part", ["output", "state"])
def test_last_step_has_one_form(part):
    rushlight.manual_seed(0)
    layer = nn.GRU(5, 12, 2, batch_first=True)

    def last(x):
        output, state = layer(x)
        return output[:, -1] if part == "output" else state[-1]

    sizes = [(4, 6), (2, 2), (9, 17)]
    _check_steps(last, list(layer.parameters()), sizes, lambda n, t: (n, t, 5))
