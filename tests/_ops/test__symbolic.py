"""Creation of symbolic sizes: what is made is what eager mode makes."""

import numpy as np
import pytest

import rushlight as t
from rushlight._compiler.compiled import Compiled
from rushlight._ops._symbolic import has_symbols

pytest.importorskip("llvmlite")

FUNCTIONS = {
    "zeros": lambda n: t.zeros(n, 3),
    "ones": lambda n: t.ones((2, n), dtype=t.int64),
    "full": lambda n: t.full((n, n), 2.5),
    "full of it": lambda n: t.full((2,), n),
    "full of bools": lambda n: t.full((n,), True),
    "empty": lambda n: t.empty(n, 2).zero_(),
    "arange": lambda n: t.arange(n),
    "from two on": lambda n: t.arange(2, n + 5),
    "every third": lambda n: t.arange(1, 3 * n, 3),
    "down": lambda n: t.arange(n, -1, -1),
    "of floats": lambda n: t.arange(0, n, dtype=t.float64),
    "eye": lambda n: t.eye(n),
    "a wide eye": lambda n: t.eye(n, n + 2, dtype=t.int64),
    "triangles": lambda n: t.ones(n, n).tril(1) + t.ones(n, n).triu(),
    "nothing": lambda n: t.zeros(n - n, 3),
    "from a size on": lambda n: t.arange(n, 2 * n + 1, 2),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_creation(name):
    function = FUNCTIONS[name]
    c = Compiled(lambda x: function(x.shape[0]), dynamic=True, fullgraph=True)
    for n in (7, 4, 19, 2, 30):
        found, want = c(t.ones(n)), function(n)
        assert found.dtype == want.dtype
        assert found.shape == want.shape
        np.testing.assert_array_equal(found.numpy(), want.numpy())


def test_one_form_serves_them_all():
    def function(x):
        n = x.shape[0]
        return t.zeros(n, 3), t.arange(n), t.eye(n), t.full((n,), 2.0)

    c = Compiled(function, dynamic=True)
    for n in (7, 4, 19, 2, 30):
        c(t.ones(n))
    assert len(c.kinds) == 1


def test_what_is_made_may_want_a_gradient():
    def function(x):
        made = t.ones(x.shape[0], requires_grad=True)
        return t.autograd.grad((made * x).sum(), made)[0] * 2

    c = Compiled(function, dynamic=True)
    for n in (7, 4):
        x = t.arange(1.0 * n)
        np.testing.assert_array_equal(c(x).numpy(), (x * 2).numpy())


@pytest.mark.parametrize(
    "function",
    [
        lambda n: t.arange(n - 5),
        lambda n: t.arange(5, n),
        lambda n: t.arange(0, n, -1),
        lambda n: t.arange(n, 0),
        lambda n: t.arange(0, n, 0),
        lambda n: t.arange(n, dtype=t.bool),
        lambda n: t.zeros(n - 5),
    ],
)
def test_errors_are_those_of_known_sizes(function):
    c = Compiled(lambda x: function(x.shape[0]), dynamic=True, say=lambda *_: None)
    for n in (7, 4, 12, 2, 5):
        outcomes = []
        for run, argument in ((c, t.ones(n)), (function, n)):
            try:
                outcomes.append(run(argument).tolist())
            except RuntimeError as error:
                outcomes.append(str(error))
        assert outcomes[0] == outcomes[1]


def test_options_of_ranges():
    def function(x):
        out = t.empty(x.shape[0], dtype=t.int64)
        t.arange(x.shape[0], out=out)
        places = t.arange(x.shape[0], dtype=t.float32, requires_grad=True)
        return out, t.autograd.grad((places * x).sum(), places)[0]

    c = Compiled(function, dynamic=True, say=lambda *_: None)
    for n in (7, 4, 12):
        out, gradient = c(t.ones(n) * 3)
        assert out.tolist() == list(range(n))
        assert gradient.tolist() == [3.0] * n


def test_known_sizes_have_no_symbols():
    assert not has_symbols((3, 4))
