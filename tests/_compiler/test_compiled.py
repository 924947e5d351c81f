"""compile(): what a user sees of it."""

import random
import threading
import time

import numpy as np
import pytest

import rushlight as t
from rushlight import nn

pytest.importorskip("llvmlite")


def close(a, b, tolerance=1e-5):
    np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), tolerance, 1e-6)


def both(function, *args, fullgraph=True):
    """A function's results without and with compile, and the gradients of each."""
    found = []
    for run in (function, t.compile(function, fullgraph=fullgraph)):
        leaves = [a.detach().clone().requires_grad_(a.requires_grad) for a in args]
        result = run(*leaves)
        if result.requires_grad:
            result.sum().backward()
        found.append((result, [leaf.grad for leaf in leaves]))
    return found


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.softmax(-1) * 2,
        lambda x: (x - x.mean(0)) / (x.std(0) + 1e-5),
        lambda x: x.view(2, 3, 4).transpose(0, 2).reshape(4, 6).exp(),
        lambda x: t.cat([x, x * 2], 1)[:, 2:9].sum(1, keepdim=True) + x,
        lambda x: t.where(x > 0, x.log1p(), x.sin()) @ x.t(),
        lambda x: x.cumsum(1).tanh(),
        lambda x: x[t.tensor([3, 1])].pow(3),
        lambda x: x.sort(1).values.sqrt() if False else x.abs().sqrt(),
        lambda x: nn.functional.gelu(x).max(),
    ],
)
def test_values_and_gradients(function):
    x = t.randn(6, 4, generator=t.Generator().manual_seed(0)) + 0.1
    (plain, gradients), (compiled, found) = both(function, x.requires_grad_())
    close(compiled, plain)
    for one, two in zip(gradients, found, strict=True):
        close(two, one)


def test_the_result_has_one_node_of_autograd():
    w = t.ones(3, requires_grad=True)
    result = t.compile(lambda x: x * w)(t.ones(3))
    assert result.grad_fn.name() == "CompiledFunctionBackward"
    result.sum().backward()
    assert w.grad.tolist() == [1.0, 1.0, 1.0]


def test_structures_come_back():
    def f(x, *, scale, names):
        return {"a": x * scale, "b": (x + 1, [names, 3, None])}

    found = t.compile(f, fullgraph=True)(t.ones(2), scale=2.0, names="n")
    assert found["a"].tolist() == [2.0, 2.0]
    assert found["b"][1] == ["n", 3, None]


def test_a_result_that_is_an_argument_stays_that_tensor():
    x = t.ones(2)
    assert t.compile(lambda x: (x, x + 1), fullgraph=True)(x)[0] is x


def test_other_shapes_and_values_are_traced_anew():
    f = t.compile(lambda x, k: x.sum() * k, fullgraph=True)
    assert f(t.ones(3), 2).item() == 6
    assert f(t.ones(5), 2).item() == 10
    assert f(t.ones(5), 3).item() == 15
    assert f(t.ones(5, dtype=t.float64), 3).dtype is t.float64
    assert len(f.entries) == 4


def test_sizes_that_keep_changing_are_compiled_once():
    f = t.compile(lambda x: x * 2 + x.shape[0], fullgraph=True)
    for size in range(1, 40):
        assert (f(t.ones(size)) == 2 + size).all()
    assert len(f.kinds) == 3  # 1, 2, and all others


def test_sizes_that_stay_fixed_do_not_compile_without_end():
    f = t.compile(lambda x: x * 2, dynamic=False)
    with pytest.warns(UserWarning, match="8 sets of sizes"):
        for size in range(1, 12):
            assert (f(t.ones(size)) == 2).all()
    assert sum(map(len, f.entries.values())) == 8
    assert f(t.ones(3)).tolist() == [2.0, 2.0, 2.0]


def test_one_tensor_given_twice_is_told_from_two():
    f = t.compile(lambda x, y: x * 2 + y, fullgraph=True)
    x = t.ones(2)
    assert f(x, x).tolist() == [3.0, 3.0]
    assert f(x, t.zeros(2)).tolist() == [2.0, 2.0]


def test_modules_keep_their_parameters():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    compiled = t.compile(model)
    x = t.randn(5, 3)
    close(compiled(x), model(x))
    with t.no_grad():
        model[0].weight.mul_(2)
    close(compiled(x), model(x))
    model[2].weight = nn.Parameter(t.ones(2, 4))
    close(compiled(x), model(x))
    keys = list(compiled.state_dict())
    assert keys == [f"_orig_mod.{k}" for k in model.state_dict()]
    assert len(list(compiled.parameters())) == 4


def test_training_and_evaluation_are_two_traces():
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5))
    compiled = t.compile(model, fullgraph=True)
    x = t.randn(8, 3)
    before = model[1].running_mean.clone()
    t.manual_seed(1)
    one = compiled(x)
    moved = model[1].running_mean.clone()
    assert (moved != before).all()
    assert model[1].num_batches_tracked.item() == 1
    with t.no_grad():
        model[1].running_mean.copy_(before)
        model[1].running_var.fill_(1.0)
    t.manual_seed(1)
    close(one, model(x))
    close(model[1].running_mean, moved)
    compiled.eval()
    close(compiled(x), model(x))
    assert not model.training


def test_attributes_of_modules_are_guarded():
    class Scale(nn.Module):
        def __init__(self):
            super().__init__()
            self.factor = 2.0

        def forward(self, x):
            return x * self.factor

    module = Scale()
    compiled = t.compile(module, fullgraph=True)
    assert compiled(t.ones(1)).item() == 2
    module.factor = 3.0
    assert compiled(t.ones(1)).item() == 3


def test_closures_and_globals_are_guarded():
    factor = 2

    def f(x):
        return x * factor

    compiled = t.compile(f, fullgraph=True)
    assert compiled(t.ones(1)).item() == 2
    factor = 5
    assert compiled(t.ones(1)).item() == 5


def test_captured_tensors_are_read_at_each_call():
    table = t.ones(2)
    f = t.compile(lambda x: x + table, fullgraph=True)
    assert f(t.zeros(2)).tolist() == [1.0, 1.0]
    table.fill_(7)
    assert f(t.zeros(2)).tolist() == [7.0, 7.0]


def test_writes_to_tensors_are_carried():
    count = t.zeros(2)

    def f(x):
        count.add_(1)
        x.mul_(2)
        return x + count

    f = t.compile(f, fullgraph=True)
    x = t.ones(2)
    version = x._version
    assert f(x).tolist() == [3.0, 3.0]
    assert f(x).tolist() == [6.0, 6.0]
    assert count.tolist() == [2.0, 2.0]
    assert x.tolist() == [4.0, 4.0]
    assert x._version > version


def test_a_tensor_made_inside_begins_anew():
    def f(x):
        total = t.zeros(2)
        for row in x:
            total += row
        total[0] = 5
        return total

    f = t.compile(f, fullgraph=True)
    for _ in range(3):
        assert f(t.ones(4, 2)).tolist() == [5.0, 4.0]


def test_a_write_through_a_view_shows_in_the_base():
    def f(x):
        y = x.clone()
        y[1].mul_(10)
        y.view(-1)[0] = 7
        return y * 1

    x = t.ones(2, 2)
    compiled = t.compile(f, fullgraph=True)
    assert compiled(x).tolist() == f(x).tolist() == [[7.0, 1.0], [10.0, 10.0]]


def test_dropout_takes_the_same_random_numbers():
    f = nn.functional.dropout
    compiled = t.compile(lambda x: f(x, 0.3) + f(x, 0.5), fullgraph=True)
    x = t.ones(100)
    t.manual_seed(3)
    one = f(x, 0.3) + f(x, 0.5)
    after = t.rand(1).item()
    for _ in range(2):
        t.manual_seed(3)
        assert (compiled(x) == one).all()
        assert t.rand(1).item() == after


def test_random_numbers_are_drawn_anew_at_each_call():
    f = t.compile(lambda x: t.randn_like(x) + t.rand(2) + x, fullgraph=True)
    t.manual_seed(0)
    want = [t.randn(2) + t.rand(2) for _ in range(3)]
    t.manual_seed(0)
    for one in want:
        close(f(t.zeros(2)), one)


def test_every_op_that_draws_is_known():
    from rushlight._compiler.graph.ir import draws
    from rushlight._core.table import TABLE

    for name in ("normal", "uniform", "bernoulli", "randperm", "dropout_noise"):
        assert draws(TABLE[name])
    assert not draws(TABLE["add"])


@pytest.mark.parametrize(
    "function, reason",
    [
        (lambda x: x * 2 if x.sum() > 0 else x, "bool"),
        (lambda x: x * x.sum().item(), "item() needs the values"),
        (lambda x: x[x > 0], "indexing needs the values"),
        (lambda x: x if x.equal(x) else -x, "an operation needs the values"),
        (lambda x: x + time.time() * 0, "time.time()"),
        (lambda x: x + random.random() * 0, "random.random()"),
        (lambda x: print("seen") or x * 2, "print()"),
    ],
)
def test_what_cannot_be_replayed_runs_uncompiled_and_says_why(function, reason, capsys):
    x = t.ones(2)
    compiled = t.compile(function)
    expected = function(x)
    with pytest.warns(UserWarning, match="runs uncompiled") as seen:
        found = compiled(x)
    assert reason in str(seen[0].message)
    assert "test_compiled.py" in str(seen[0].message)
    assert (found == expected).all()
    assert (compiled(x) == expected).all()  # without another warning
    assert capsys.readouterr().out.count("seen") in (0, 3)
    with pytest.raises(RuntimeError, match="traced as one graph"):
        t.compile(function, fullgraph=True)(x)


def test_attributes_are_not_written_by_a_trace():
    class Counts(nn.Module):
        def __init__(self):
            super().__init__()
            self.calls = 0

        def forward(self, x):
            self.calls += 1
            return x * self.calls

    module = Counts()
    compiled = t.compile(module)
    with pytest.warns(UserWarning, match="stores calls"):
        assert compiled(t.ones(1)).item() == 1
    assert compiled(t.ones(1)).item() == 2
    assert module.calls == 2


def test_errors_are_those_of_eager_mode():
    f = t.compile(lambda x, y: x @ y)
    with pytest.raises(RuntimeError, match="mat1 and mat2|shapes"):
        f(t.ones(2, 3), t.ones(2, 3))


def test_gradients_accumulate_and_calls_interleave():
    model = nn.Linear(3, 1)
    compiled = t.compile(model, fullgraph=True)
    a, b = t.randn(4, 3), t.randn(4, 3)
    (model(a).sum() + model(b).pow(2).sum()).backward()
    want = model.weight.grad.clone()
    model.zero_grad()
    first, second = compiled(a), compiled(b)
    second.pow(2).sum().backward()
    first.sum().backward()
    close(model.weight.grad, want)


def test_a_second_backward_and_changed_parameters_are_refused():
    w = t.ones(3, requires_grad=True)
    f = t.compile(lambda x: (x * w * w).exp(), fullgraph=True)
    result = f(t.ones(3)).sum()
    result.backward()
    with pytest.raises(RuntimeError, match="second time"):
        result.backward()
    result = f(t.ones(3)).sum()
    with t.no_grad():
        w.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        result.backward()


def test_without_gradients_there_is_no_node():
    w = t.ones(3, requires_grad=True)
    f = t.compile(lambda x: x * w, fullgraph=True)
    with t.no_grad():
        assert not f(t.ones(3)).requires_grad
    assert f(t.ones(3)).requires_grad


def test_compiled_functions_inside_compiled_functions():
    inner = t.compile(lambda x: x * 2)
    outer = t.compile(lambda x: inner(x) + 1, fullgraph=True)
    assert outer(t.ones(2)).tolist() == [3.0, 3.0]


def test_threads_may_call_one_compiled_function():
    model = t.compile(nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 4)))
    inputs = [t.randn(5, 8) for _ in range(4)]
    wanted = [model._orig_mod(x).detach() for x in inputs]
    wrong = []

    def work(number):
        for _ in range(50):
            got = model(inputs[number]).detach()
            if not t.allclose(got, wanted[number], atol=1e-5):
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_as_a_decorator_with_and_without_arguments():
    @t.compile
    def f(x):
        return x + 1

    @t.compile(fullgraph=True)
    def g(x):
        return x + 2

    assert f(t.ones(1)).item() == 2
    assert g(t.ones(1)).item() == 3
    assert f.__name__ == "f"


def test_what_cannot_be_called_is_refused():
    with pytest.raises(AssertionError, match="a function or an nn.Module"):
        t.compile(3)


def test_arguments_that_are_no_contiguous_memory():
    f = t.compile(lambda x: x * 2 + 1, fullgraph=True)
    x = t.arange(12.0).view(3, 4)
    for view in (x.t(), x[:, ::2], x.expand(2, 3, 4), x[1]):
        assert (f(view) == view * 2 + 1).all()
