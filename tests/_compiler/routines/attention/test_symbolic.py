"""Attention of symbolic sizes: one form for any batch and numbers of queries, keys."""

import numpy as np
import pytest

import rushlight
from rushlight._base.symbols import Sizes
from rushlight._compiler.routines._parts import span
from rushlight._compiler.routines.attention import (
    Attention,
    attention_backward,
    attention_forward,
    backward,
    block,
)
from rushlight._compiler.routines.attention.call import contiguous
from tests._compiler.routines.attention.test_forward import (
    VARIANTS,
    arrays_of,
    reference,
)
from tests._compiler.routines.running import BothWays

HEADS = 2
#: What is symbolic, in the order (batch, queries, keys); "self": keys are queries.
WHICH = {
    "all": "blk",
    "self": "bl",
    "batch": "b",
    "queries": "l",
    "keys": "k",
    "one sequence": "lk",
}
HINTS = {"b": 3, "l": 5, "k": 7}
#: Values of (batch, queries, keys): below and above the hints, multiples and not.
FEW = [(2, 2, 3), (3, 5, 2), (2, 3, 6)]
MANY = [(2, 2, 2), (3, 17, 129), (2, 150, 3), (5, 64, 128), (2, 200, 300), (2, 33, 70)]


def strides_of(lead, length, keys, size, wide):
    """Those of parts of one array (batch, length, heads, size), as models make them."""
    batch, heads = lead

    def part(n, size, parts):
        row = heads * size * parts
        return n * row, size, row, 1

    found = {"q": part(length, size, 3), "k": part(keys, size, 3)}
    found |= {"v": part(keys, wide, 3), "g_v": part(keys, wide, 1)}
    found |= {"g_q": part(length, size, 1), "g_k": part(keys, size, 1)}
    found |= {name: part(length, wide, 1) for name in ("g", "out")}
    return found


class Symbolic(BothWays):
    """A call with symbols, both routines of it, and the calls that it stands for."""

    def __init__(self, which="all", rest=(2, 3), strided=True, dtype="f32", **options):
        self.which, self.rest, self.strided = which, rest, strided
        self.dtype, self.options = dtype, dict(options)
        self.hints = HINTS | self.options.pop("hints", {})
        self.sizes = Sizes()
        self.sizes.is_strict = False
        names = WHICH[which]
        given = self.hints | {n: self.sizes.symbol(self.hints[n]) for n in names}
        if which == "self":
            given["k"] = given["l"]
        call = self.call_of(*given.values())
        self.routines = attention_forward(call), attention_backward(call)
        assert self.sizes.conditions() == []

    def call_of(self, batch, length, keys):
        lead, mask = (batch, HEADS), self.options.get("mask")
        strides = {}
        if self.strided:
            strides = strides_of(lead, length, keys, *self.rest)
        if mask == "bool":
            strides["mask"] = (0, 0, keys, 1)
        return Attention(
            lead,
            length,
            keys,
            *self.rest,
            self.dtype,
            0.3,
            self.options.get("is_causal", False),
            {"bool": "bool", "float": self.dtype}.get(mask),
            self.options.get("noise", False),
            tuple(strides.items()),
            mask == "float",
        )

    def check(self, runs, sizes, tolerance):
        """Whether both routines give what attention is by definition."""
        names = WHICH[self.which]
        own = dict(zip("blk", sizes))
        own = {n: own[n] if n in names else self.hints[n] for n in "blk"}
        if self.which == "self":
            own["k"] = own["l"]
        batch, length, keys = own.values()
        call = self.call_of(batch, length, keys)
        given = (batch, HEADS), length, keys, *self.rest
        _, a = arrays_of(given, self.dtype, **self.options)
        expected = reference(a, 0.3, call.is_causal)
        shapes = {name: array.shape for name, array in a.items()}
        strides = {
            n: dict(call.strides).get(n, contiguous(s)) for n, s in shapes.items()
        }
        strides["mask"] = contiguous(shapes.get("mask", ()))
        memory = {name: laid(array, strides[name]) for name, array in a.items()}
        for run in runs:
            run(memory, tuple(own[name] for name in names))
        for name in (n for routine in self.routines for n in routine.outputs):
            found = seen(memory[name], shapes[name], strides[name])
            np.testing.assert_allclose(
                found, expected[name], tolerance, tolerance, err_msg=f"{name} {own}"
            )


def seen(memory, shape, strides):
    steps = [step * memory.itemsize for step in strides]
    return np.lib.stride_tricks.as_strided(memory, shape, steps)


def laid(array, strides):
    """Memory in which an array lies by these strides."""
    memory = np.zeros(span(array.shape, strides), array.dtype)
    seen(memory, array.shape, strides)[...] = array
    return memory


@pytest.fixture
def small_tiles(monkeypatch):
    """Several tiles of keys and blocks of queries of what the interpreter can run."""
    monkeypatch.setattr(block, "KEYS", 4)
    monkeypatch.setattr(backward, "KEYS", 4)
    monkeypatch.setattr(Attention, "queries", 2)


@pytest.mark.parametrize("variant", VARIANTS)
def test_interpreted(variant):
    form = Symbolic(**VARIANTS[variant])
    for sizes in FEW[:2]:
        form.check(form.interpreted(), sizes, 1e-5)


@pytest.mark.parametrize(
    "which, variant",
    [
        *[(which, "causal") for which in WHICH],
        *[("all", name) for name in VARIANTS if name != "causal"],
    ],
)
def test_interpreted_in_tiles(which, variant, small_tiles):
    form = Symbolic(which, strided=which != "all", **VARIANTS[variant])
    for sizes in FEW:
        form.check(form.interpreted(), sizes, 1e-5)


@pytest.mark.parametrize("variant", VARIANTS)
def test_interpreted_in_parts(variant, small_tiles, monkeypatch):
    """Queries and keys have gradients from blocks of their own (Note [Who sums])."""
    monkeypatch.setattr(backward, "_FEW", 100)
    form = Symbolic(**VARIANTS[variant])
    assert len(form.routines[1].tasks) == 2
    for sizes in FEW:
        form.check(form.interpreted(), sizes, 1e-5)


@pytest.mark.parametrize("variant", ["causal", "dropout and mask"])
def test_compiled(variant):
    form = Symbolic(rest=(16, 5), **VARIANTS[variant])
    runs = form.compiled()
    for sizes in MANY:
        form.check(runs, sizes, 2e-4)


@pytest.mark.slow
@pytest.mark.parametrize("which", WHICH)
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("hints", [{}, {"b": 2, "l": 300, "k": 150}])
def test_compiled_for_many_sizes(which, variant, hints):
    form = Symbolic(which, (32, 32), hints=hints, **VARIANTS[variant])
    runs = form.compiled()
    for sizes in MANY:
        form.check(runs, sizes, 2e-4)


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["causal", "bool mask"])
def test_compiled_in_float64_and_for_every_length(variant):
    form = Symbolic("self", (4, 4), dtype="f64", **VARIANTS[variant])
    runs = form.compiled()
    for length in range(2, 270):
        form.check(runs, (2, length, length), 1e-9)


def test_keys_that_no_query_sees_have_no_gradient():
    form = Symbolic(is_causal=True)
    runs = form.compiled()
    for sizes in [(2, 20, 150), (2, 3, 4), (2, 130, 131)]:
        form.check(runs, sizes, 1e-4)


# ------------------------------------------------------------------ compiled functions


def sdpa(*args, **options):
    return rushlight.nn.functional.scaled_dot_product_attention(*args, **options)


def heads(x, count=2):
    batch, length, size = x.shape
    return x.view(batch, length, count, size // count).transpose(1, 2)


def of_parts(x, **options):
    """Attention of the parts of one array, as models have it."""
    found = sdpa(*map(heads, x.split(x.shape[2] // 3, 2)), **options)
    return found.transpose(1, 2).contiguous().view(*x.shape[:2], -1)


def under_a_triangle(x):
    mask = rushlight.ones(400, 400, dtype=rushlight.bool).tril()
    return of_parts(x, attn_mask=mask[: x.shape[1], : x.shape[1]])


def draw(*shape):
    x = rushlight.tensor(np.random.default_rng(0).standard_normal(shape))
    return x.float().requires_grad_()


def padding(batch, length):
    seen = np.random.default_rng(1).random((batch, 1, 1, length)) < 0.7
    return rushlight.tensor(seen)


#: (function, its arguments for (batch, queries, keys), sizes that change).
FUNCTIONS = {
    "causal": (
        lambda x: of_parts(x, is_causal=True),
        lambda b, n, m: (draw(b, n, 24),),
        ["bn"],
    ),
    "mask": (under_a_triangle, lambda b, n, m: (draw(b, n, 24),), ["bn"]),
    "padding": (
        lambda x, mask: of_parts(x, attn_mask=mask),
        lambda b, n, m: (draw(b, n, 24), padding(b, n)),
        ["bn", "b..n"],
    ),
    "learnt mask": (
        lambda x, mask: of_parts(x, attn_mask=mask),
        lambda b, n, m: (draw(b, n, 24), draw(b, 2, n, n)),
        ["bn", "b.nn"],
    ),
    "dropout": (
        lambda x: of_parts(x, dropout_p=0.3),
        lambda b, n, m: (draw(b, n, 24),),
        ["bn"],
    ),
    "two sequences": (
        lambda q, k, v: sdpa(heads(q), heads(k), heads(v)),
        lambda b, n, m: (draw(b, n, 8), draw(b, m, 8), draw(b, m, 6)),
        ["bn", "bm", "bm"],
    ),
    "one query": (
        lambda q, k, v: sdpa(q, k, v),
        lambda b, n, m: (draw(b, 2, 1, 8), draw(b, 2, m, 8), draw(b, 2, m, 6)),
        ["b", "b.m", "b.m"],
    ),
    "groups of heads": (
        lambda q, k, v: sdpa(q, k, v, is_causal=True, enable_gqa=True),
        lambda b, n, m: (draw(b, 4, n, 8), draw(b, 2, m, 8), draw(b, 2, m, 6)),
        ["b.n", "b.m", "b.m"],
    ),
}


def marked(arguments, changing):
    for x, names in zip(arguments, changing, strict=True):
        for dim, name in enumerate(names):
            if name != ".":
                rushlight._dynamo.mark_dynamic(x, dim)
    return arguments


def results(function, arguments):
    """A function's result and gradients; the same random numbers each time."""
    rushlight.manual_seed(0)
    found = function(*arguments)
    leaves = [x for x in arguments if x.requires_grad]
    gradients = rushlight.autograd.grad((found * found).sum(), leaves)
    return [x.detach().numpy() for x in (found, *gradients)]


def check_function(name, sizes):
    function, make, changing = FUNCTIONS[name]
    run = rushlight.compile(lambda *args: function(*args))
    for size in sizes:
        arguments = marked(make(*size), changing)
        expected = results(function, arguments)
        for found, value in zip(results(run, arguments), expected, strict=True):
            np.testing.assert_allclose(found, value, 1e-4, 1e-5 * np.abs(value).max())
    ((_, entry),) = run.kinds
    plans = entry.forward, entry._backward
    pieces = [piece for plan in plans for piece in plan.pieces]
    library = {piece.text for piece in pieces if piece.kind == "library"}
    assert library <= {"dropout_noise"}
    assert sum(piece.kind == "routine" for piece in pieces) >= 2


@pytest.mark.parametrize("name", ["causal", "padding", "one query", "groups of heads"])
def test_functions_have_one_form(name):
    check_function(name, [(3, 5, 7), (2, 2, 2), (4, 40, 150)])


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_have_one_form_for_many_sizes(name):
    sizes = [(3, 5, 9), (2, 2, 3), (7, 131, 4), (2, 40, 20), (5, 300, 301), (9, 4, 130)]
    check_function(name, sizes)


def test_a_growing_sequence_has_one_form():
    run = rushlight.compile(lambda x: of_parts(x, is_causal=True))
    with rushlight.no_grad():
        for length in (2, 3, 4, 5, 17, 64, 127, 128, 129, 200):
            x = draw(2, length, 24).detach()
            expected = of_parts(x, is_causal=True).numpy()
            np.testing.assert_allclose(run(x).numpy(), expected, 1e-4, 1e-5)
    assert len({id(entry) for _, entry in run.kinds}) == 3  # the first two, and this
    assert run.kinds[-1][1].symbols.sizes.conditions() == []
