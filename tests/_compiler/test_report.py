"""What compiled functions say of themselves: graph, loops, code, explain(), the log."""

import pytest

import rushlight as t
from rushlight import nn
from rushlight._compiler import log

pytest.importorskip("llvmlite")


@pytest.fixture
def trained():
    """A small model, compiled and run forward and backward."""
    model = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 3))
    compiled = t.compile(model, fullgraph=True)
    compiled(t.ones(4, 6)).sum().backward()
    return compiled


def test_nothing_is_there_before_the_first_call():
    compiled = t.compile(lambda x: x)
    assert compiled.graph == compiled.loops == compiled.code
    assert "call it first" in compiled.graph
    assert str(compiled.explain()).endswith("0 kinds of calls compiled")


def test_the_graph_names_parameters_and_halves(trained):
    text = trained.graph
    assert "# call 1, forward: f32[4,6]; gradients on" in text
    assert "# call 1, backward:" in text
    assert "linear(c0, 0.weight, 0.bias)" in text
    assert text.count("\n  return ") == 2


def test_the_loops_and_the_code_are_those_that_run(trained):
    assert "parallel b <" in trained.loops
    assert "tanh(" in trained.loops
    assert "product: (4, 6) (6, 8) (a product of BLAS)" in trained.loops
    assert "define " in trained.code and "fadd <" in trained.code


def test_a_backward_that_nobody_needed_is_not_compiled():
    compiled = t.compile(nn.Linear(2, 2))
    compiled(t.ones(1, 2))
    assert "(not needed so far)" in compiled.loops
    plans = compiled.explain().calls[0][1]
    assert [plan.pieces is None for plan in plans] == [False, True]
    assert "not needed so far" in str(compiled.explain())


def test_equal_kernels_are_printed_once():
    def f(x, y):
        return (x.exp() @ y).exp() @ y

    compiled = t.compile(f, fullgraph=True)
    compiled(t.ones(4, 4), t.ones(4, 4))
    assert compiled.loops.count("kernel nest") + compiled.loops.count("(as ") >= 2


def test_explain_counts(trained):
    found = trained.explain()
    ((call, plans),) = found.calls
    assert call == "f32[4,6]; gradients on"
    forward, backward = plans
    products = [piece for piece in forward.pieces if piece.kind == "product"]
    assert [piece.flops for piece in products] == [2 * 4 * 6 * 8, 2 * 4 * 8 * 3]
    assert products[0].bytes == 4 * (4 * 6 + 6 * 8 + 4 * 8)
    assert forward.operations == 3
    assert forward.total("flops") == sum(piece.flops for piece in forward.pieces)
    assert forward.total("seconds") is None
    assert "tanh" in str(found) and "product" in str(found)


def test_explain_profiles_without_drawing_or_writing():
    weight = t.ones(3)

    def f(x, i):
        weight.add_(1)
        return nn.functional.dropout(x, 0.5) * weight[i] + t.rand(3)

    compiled = t.compile(f, fullgraph=True)
    compiled(t.ones(3), t.tensor([2, 0, 1]))
    state, held = t.random.get_rng_state(), weight.tolist()
    found = compiled.explain(profile=True)
    assert t.random.get_rng_state().equal(state)
    assert weight.tolist() == held
    plan = found.calls[0][1][0]
    assert all(piece.seconds > 0 for piece in plan.pieces)
    assert plan.total("seconds") > 0
    assert "GB/s" in str(found)


def test_explain_says_what_stayed_a_library_call_and_why():
    compiled = t.compile(lambda x: (x.sort().values + t.rand(3)) * x.to(t.int16))
    compiled(t.ones(3))
    plan = compiled.explain().calls[0][1][0]
    why = {piece.text: piece.why for piece in plan.library()}
    assert why["sort"] == "it has no lower rule"
    assert why["uniform"] == "it draws random numbers, in their order"
    assert "does not compute int16" in {*why.values()} & {
        "the compiler does not compute int16"
    } or any("int16" in reason for reason in why.values())
    assert "eager rule: it has no lower rule" in str(compiled.explain())


def test_explain_says_why_calls_fell_back():
    compiled = t.compile(lambda x: x * x.sum().item())
    with pytest.warns(UserWarning):
        compiled(t.ones(2))
    assert compiled.explain().reasons == compiled.reasons
    assert "not compiled:" in str(compiled.explain())
    assert "item" in str(compiled.explain())


@pytest.mark.parametrize(
    "topics, shown",
    [
        ("graph", {"graph"}),
        ("loops,code", {"loops", "code"}),
        (" guards , fallbacks ", {"guards", "fallbacks"}),
        ("", set()),
    ],
)
def test_the_log(monkeypatch, capsys, topics, shown):
    monkeypatch.setenv("RUSHLIGHT_LOG", topics)
    factor = 2.0
    compiled = t.compile(lambda x: (x * factor).exp(), name="named")
    leaf = t.ones(3, requires_grad=True)
    compiled(leaf).sum().backward()
    bad = t.compile(lambda x: x.sum().item(), name="bad")
    with pytest.warns(UserWarning):
        bad(t.ones(1))
    text = capsys.readouterr().err
    starts = {
        "graph": "rushlight graph: named, f32[3] with gradient; gradients on, backward",
        "loops": "rushlight loops: backward\n",
        "code": "rushlight code: named, f32[3]",
        "guards": "factor == 2.0",
        "fallbacks": "rushlight fallbacks: bad runs uncompiled: ",
    }
    assert {topic for topic, start in starts.items() if start in text} == shown
    assert {*starts} - shown or text


def test_an_unknown_topic_is_refused(monkeypatch):
    monkeypatch.setenv("RUSHLIGHT_LOG", "graph,loop")
    with pytest.raises(ValueError, match="RUSHLIGHT_LOG: expected some of .* got loop"):
        log.wanted()
