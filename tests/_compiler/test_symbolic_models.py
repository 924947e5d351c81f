"""Models and training compiled once for many sizes: results are eager's."""

import math
import threading

import numpy as np
import pytest

import rushlight as t
from rushlight import nn
from rushlight._compiler.compiled import Compiled
from tests._compiler.calls import rows, same

pytest.importorskip("llvmlite")


def batches(model, sizes, make, **options):
    """Compare a model's results and its parameters' gradients; what was compiled."""
    c = t.compile(model, **options)
    for n in sizes:
        found = []
        for run in (model, c):
            model.zero_grad()
            t.manual_seed(n)
            result = run(*make(n))
            if result.requires_grad:
                result.square().mean().backward()
            found.append((result, [p.grad for p in model.parameters()]))
        same(found[1], found[0])
    return c.forward


def test_mlp_with_a_last_partial_batch():
    t.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 4)
    )
    sizes = [32, 32, 5, 32, 5, 17, 64, 2, 1, 33]
    forward = batches(model, sizes, lambda n: (rows(n, 8),))
    assert len(forward.kinds) == 4  # 32, 5, all others, and 1
    assert forward.reasons == []


@pytest.mark.slow
def test_cnn_with_other_batches():
    t.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 8, 3),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 4),
    )
    images = lambda n: (rows(n, 3 * 12 * 12).reshape(n, 3, 12, 12),)  # noqa: E731
    forward = batches(model, (4, 3, 6, 8, 2, 13), images, dynamic=True)
    assert forward.reasons == []
    assert len(forward.kinds) <= 6


class Attention(nn.Module):
    def __init__(self, width, heads, longest):
        super().__init__()
        self.heads, self.longest = heads, longest
        self.all, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.register_buffer("mask", t.tril(t.ones(longest, longest)))

    def forward(self, x):
        b, length, c = x.size()
        assert length <= self.longest, f"{length} is more than {self.longest}"
        q, k, v = self.all(x).split(c, dim=2)
        q, k, v = (
            a.view(b, length, self.heads, c // self.heads).transpose(1, 2)
            for a in (q, k, v)
        )
        a = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
        a = a.masked_fill(self.mask[:length, :length] == 0, float("-inf"))
        y = a.softmax(-1) @ v
        return self.out(y.transpose(1, 2).contiguous().view(b, length, c))


class GPT(nn.Module):
    def __init__(self, words=11, width=8, longest=12):
        super().__init__()
        self.longest = longest
        self.words, self.places = (
            nn.Embedding(words, width),
            nn.Embedding(longest, width),
        )
        self.attention, self.norm = Attention(width, 2, longest), nn.LayerNorm(width)
        self.head = nn.Linear(width, words, bias=False)

    def forward(self, ids, last=False):
        _, length = ids.size()
        assert length <= self.longest
        x = self.words(ids) + self.places(t.arange(0, length))
        x = x + self.attention(self.norm(x))
        return self.head(x[:, -1:] if last else x)


def ids(b, length):
    return t.arange(b * length).reshape(b, length) * 7 % 11


@pytest.mark.slow
@pytest.mark.parametrize("dynamic", [None, True])
def test_gpt_with_growing_sequences(dynamic):
    t.manual_seed(0)
    model = GPT()
    forward = batches(model, range(2, 13), lambda n: (ids(3, n),), dynamic=dynamic)
    assert len(forward.kinds) <= 4
    with pytest.raises(AssertionError):
        t.compile(model, dynamic=True)(ids(3, 13))


def test_generation():
    t.manual_seed(0)
    model = GPT().eval()
    c = t.compile(model)

    def tokens(run):
        found = ids(1, 1)
        with t.no_grad():
            for _ in range(16):
                best = run(found[:, -model.longest :], last=True).argmax(-1)
                found = t.cat([found, best], 1)
        return found

    assert tokens(c).tolist() == tokens(model).tolist()
    assert len(c.forward.kinds) <= 5


class Recurrent(nn.Module):
    def __init__(self, width=4, state=6):
        super().__init__()
        self.state = state
        self.step = nn.Linear(width + state, state)

    def forward(self, x):
        h = x.new_zeros(x.shape[0], self.state)
        for k in range(3):
            h = self.step(t.cat([x[:, k], h], 1)).tanh()
        return h


def test_an_rnn_whose_state_is_made_inside():
    t.manual_seed(0)
    make = lambda n: (rows(n, 12).reshape(n, 3, 4),)  # noqa: E731
    forward = batches(Recurrent(), (5, 3, 8, 2, 13, 20), make, dynamic=True)
    assert len(forward.kinds) == 1


@pytest.mark.slow
def test_lstm_with_other_lengths():
    t.manual_seed(0)
    lstm = nn.LSTM(4, 6, batch_first=True)

    class Last(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = lstm

        def forward(self, x):
            return self.lstm(x)[0][:, -1]

    make = lambda n: (rows(n, 8 * n).reshape(n, 2 * n, 4),)  # noqa: E731
    batches(Last(), (3, 5, 2, 7, 4, 9), make, dynamic=True)


# -------------------------------------------------------------------------- training


@pytest.mark.parametrize("optimizer", ["SGD", "AdamW"])
def test_whole_training_steps(optimizer):
    def train(run):
        t.manual_seed(0)
        model = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 1))
        opt = getattr(t.optim, optimizer)(model.parameters(), lr=0.05)

        def step(x):
            opt.zero_grad()
            loss = (model(x) - x.sum(1, keepdim=True)).square().mean()
            loss.backward()
            opt.step()
            return loss

        step = run(step)
        losses = [step(rows(n)).item() for n in (8, 8, 3, 8, 5, 21, 2, 13, 8)]
        return t.tensor(losses), [*model.parameters()], step

    want, parameters, _ = train(lambda f: f)
    found, others, c = train(lambda f: Compiled(f, say=lambda *_: None))
    same((found, others), (want, parameters))
    assert len([e for _, e in c.kinds if e.symbols]) == 1
    assert c.reasons == []


def test_statistics_of_batch_norm_are_written():
    def train(run):
        t.manual_seed(0)
        model = nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4))
        run = run(model)
        found = [run(rows(n)) for n in (8, 3, 5, 12, 2, 9)]
        model.eval()
        found += [run(rows(n)) for n in (8, 3, 5, 12)]
        return found, [*model.buffers()]

    same(train(lambda m: t.compile(m, dynamic=True)), train(lambda m: m))


def test_arguments_and_buffers_are_written():
    total = t.zeros(5)

    def f(x, y):
        y.mul_(2).add_(x.shape[0])
        total.add_(x.sum(0))
        return x * y

    c = Compiled(f, dynamic=True, fullgraph=True)
    for n in (4, 7, 2, 9):
        want = total + rows(n).sum(0)
        y, other = rows(n) + 1, rows(n) + 1
        same(c(rows(n), y), rows(n) * (other * 2 + n))
        same(y, other * 2 + n)
        same(total, want)
        total.copy_(want)
    assert len(c.kinds) == 1


def test_modes_may_change():
    t.manual_seed(0)
    model = nn.Sequential(nn.Linear(5, 4), nn.Dropout(0.5))
    c = t.compile(model, dynamic=True)
    for n in (3, 8, 4, 11):
        for training in (True, False):
            model.train(training)
            for mode in (t.no_grad, t.enable_grad):
                found = []
                for run in (model, c):
                    t.manual_seed(n)
                    with mode():
                        found.append(run(rows(n)))
                same(found[1], found[0])
                assert found[1].requires_grad == found[0].requires_grad
    assert len(c.forward.kinds) == 4


def test_second_derivatives():
    c = Compiled(lambda x: (x.tanh() * x.shape[0]).sum(0), dynamic=True)
    for n in (4, 7, 2, 9):
        found = []
        for f in (c, c.function):
            x = rows(n).requires_grad_()
            (g,) = t.autograd.grad(f(x).sum(), x, create_graph=True)
            (h,) = t.autograd.grad(g.square().sum(), x)
            found.append((g, h))
        same(found[0], found[1])
    assert len(c.kinds) == 1


def test_backward_of_earlier_calls():
    """Each call's backward runs with the sizes of that call, in whatever order."""
    c = Compiled(lambda x: (x.exp() * x.shape[0]).cumsum(0).tanh(), dynamic=True)
    inputs = [rows(n).requires_grad_() for n in (6, 3, 9, 3, 12)]
    results = [c(x) for x in inputs]
    want = [c.function(x) for x in inputs]
    for k in (3, 0, 4, 1, 2):
        found = t.autograd.grad(results[k].sum(), inputs[k])
        same(found, t.autograd.grad(want[k].sum(), inputs[k]))
    assert len(c.kinds) == 1


def test_results_of_earlier_calls_stay():
    """Memory of plans grows and is taken again; results are nobody else's."""
    c = Compiled(lambda x: (x.exp() @ x.t()).softmax(1) @ x, dynamic=True)
    found = [(n, c(rows(n))) for n in (3, 50, 4, 80, 2, 80, 7)]
    for n, result in found:
        same(result, c.function(rows(n)))
    assert len(c.kinds) == 1


def test_arguments_may_lie_in_any_order():
    c = Compiled(lambda x: (x * 2).sum(1) + x.shape[0], dynamic=True)
    for n in (4, 7, 3):
        for x in (rows(n), rows(5, n).t(), rows(2 * n)[::2], rows(n, 10)[:, ::2]):
            same(c(x), c.function(x))
        same(c(rows(1).expand(n, 5)), c.function(rows(1).expand(n, 5)))
    assert len(c.kinds) == 1


def test_threads_call_it_with_sizes_of_their_own():
    c = Compiled(lambda x: (x.exp() @ x.t()).tanh().sum(0) / x.shape[0], dynamic=True)
    wrong = []

    def work(seed):
        rng = np.random.default_rng(seed)
        for n in rng.integers(2, 60, 40):
            x = rows(int(n)).requires_grad_()
            found, want = c(x), c.function(x)
            pair = [t.autograd.grad(y.sum(), x)[0] for y in (found, want)]
            try:
                same((found, pair[0]), (want, pair[1]))
            except AssertionError as error:
                wrong.append((n, error))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(c.kinds) == 1


@pytest.mark.parametrize("dtype", [t.float64, t.float16, t.bfloat16, t.int64, t.bool])
def test_other_dtypes(dtype):
    def f(x):
        return (x * x.shape[0]).sum(0), (x == x[:1]), x.float() / x.shape[0]

    c = Compiled(f, dynamic=True)
    for n in (4, 9, 2):
        x = (rows(n) * 3).to(dtype)
        close = 1e-9 if dtype is t.float64 else 2e-2
        same(c(x), f(x), close)
    assert len(c.kinds) == 1


@pytest.mark.parametrize("dynamic", [False, True])
def test_gradients_that_are_none(dynamic):
    c = Compiled(lambda x: t.norm(x, p=0), dynamic=dynamic)
    for n in (4, 7):
        x = rows(n).requires_grad_()
        for graph in (False, True):
            roots = c(x)
            options = {"allow_unused": True, "create_graph": graph}
            assert t.autograd.grad(roots, x, **options) == (None,)


def test_two_hundred_sizes():
    c = Compiled(lambda x: (x.exp() / x.shape[0]).cumsum(0)[1:], say=lambda *_: None)
    for n in range(2, 202):
        same(c(rows(n)), c.function(rows(n)))
    assert len(c.kinds) == 3
    assert c.reasons == []
