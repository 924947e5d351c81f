"""Plans: results of their own memory, any strides, any thread, also without LLVM."""

import subprocess
import sys
import threading
from textwrap import dedent

import numpy as np
import pytest

import rushlight as t
from rushlight._compiler.graph.interpreter import run_graph
from rushlight._compiler.runtime import plan as plans
from rushlight._compiler.runtime.plan import InterpretedPlan, Plan, order_of, plan_for
from tests._compiler.graphs import graph_of, jobs, numbers
from tests.cli.running import environment


@pytest.fixture
def native():
    pytest.importorskip("llvmlite")


@pytest.mark.parametrize("kind", [Plan, InterpretedPlan])
@pytest.mark.parametrize("name", jobs())
def test_plans_agree_with_the_graphs_interpreter(name, kind, native):
    function, args = jobs()[name]
    graph, arrays = graph_of(function, *args)
    want = run_graph(graph, arrays)
    plan = kind(graph)
    for _ in range(2):
        for one, two in zip(plan.run(arrays), want, strict=True):
            np.testing.assert_allclose(one, two, 1e-5, 1e-6)


@pytest.mark.parametrize("kind", [Plan, InterpretedPlan])
@pytest.mark.parametrize(
    "function",
    [
        lambda x: (x.t(), x, x.view(12), x[1:]),
        lambda x: (x + 1, (x + 1).t(), (x + 1).reshape(12)),
        lambda x: (t.zeros(2), x.expand(2, 3, 4)),
        lambda x: (x @ x.t(), (x @ x.t()).t()),
    ],
)
def test_results_share_no_memory(function, kind, native):
    graph, arrays = graph_of(function, numbers(3, 4))
    plan = kind(graph)
    one, two = plan.run(arrays), plan.run(arrays)
    for place, array in enumerate(one):
        for other in (*arrays, *one[:place], *two):
            assert not np.shares_memory(array, other)
        array[...] = 7
    for array, want in zip(plan.run(arrays), two, strict=True):
        assert array.tolist() == want.tolist()


@pytest.mark.parametrize(
    "array, order",
    [
        (np.ones((2, 3)), None),
        (np.ones((2, 3)).T, (1, 0)),
        (np.ones((2, 3, 4)).transpose(2, 0, 1), (1, 2, 0)),
        (np.ones((4, 4))[::2], None),
        (np.ones(5)[::2], None),
    ],
)
def test_the_order_in_memory(array, order):
    assert order_of(array) == order


def test_inputs_may_lie_otherwise_than_expected(native):
    graph, _ = graph_of(lambda x: x * 2 + x.sum(0), numbers(4, 6))
    x = np.arange(24.0, dtype="f4").reshape(4, 6)
    ways = [x, np.asfortranarray(x), np.repeat(x, 2, 1)[:, ::2], x[::-1][::-1]]
    for expected in ways:
        plan = Plan(graph, [order_of(expected)])
        for given in ways:
            assert plan.run([given])[0].tolist() == (x * 2 + x.sum(0)).tolist()


def test_threads_take_turns(native):
    graph, _ = graph_of(lambda x: (x.exp() @ x.t()).softmax(1), numbers(8, 8))
    plan, wrong = Plan(graph), []
    inputs = [numbers(8, 8, seed=n).numpy() for n in range(4)]
    wanted = [plan.run([x])[0] for x in inputs]

    def work(number):
        for _ in range(100):
            if not np.array_equal(plan.run([inputs[number]])[0], wanted[number]):
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_without_llvm_graphs_are_interpreted(monkeypatch):
    from rushlight._compiler.codegen.llvm import machine

    monkeypatch.setattr(machine, "is_available", lambda: False)
    plans._say_why_not.cache_clear()
    graph, _ = graph_of(lambda x: x + 1, numbers(2))
    with pytest.warns(UserWarning, match="pip install llvmlite"):
        assert isinstance(plan_for(graph), InterpretedPlan)
    assert isinstance(plan_for(graph), InterpretedPlan)  # said once


_PROGRAM = dedent(
    """
    import sys
    if "{hide}":
        sys.modules["llvmlite"] = None
    import rushlight as torch
    from rushlight import nn
    from rushlight._compiler.runtime.plan import InterpretedPlan
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.2), nn.Linear(36, 40),
        nn.LayerNorm(40), nn.GELU(), nn.Linear(40, 5))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    def step(x, y):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return loss
    step = torch.compile(step, fullgraph=True)
    x, y = torch.randn(300, 1, 8, 8), torch.randint(0, 5, (300,))
    for _ in range(6):
        loss = step(x, y)
    (_, entry), *_ = step.kinds
    if "{hide}":
        assert isinstance(entry.forward, InterpretedPlan)
        assert "interpreted" in str(step.explain())
        print([round(float(v), 4) for v in [loss, *[p.sum() for p in
            model.parameters()]]])
    else:
        import hashlib
        parts = b"".join(p.detach().numpy().tobytes() for p in model.parameters())
        print(loss.item(), hashlib.sha256(parts).hexdigest())
    """
)


def _printed(hide="", **environ):
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.replace("{hide}", hide)],
        env=environment(**environ),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_training_run_does_not_depend_on_the_threads(native):
    found = {n: _printed(RUSHLIGHT_NUM_THREADS=n) for n in ("1", "2", "8")}
    assert len(set(found.values())) == 1, found


@pytest.mark.slow
def test_everything_works_without_llvmlite():
    assert _printed(hide="llvmlite").startswith("[")
