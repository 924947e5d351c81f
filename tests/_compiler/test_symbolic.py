"""Functions, models and training compiled once for many sizes: results are eager's."""

import math
import threading

import numpy as np
import pytest

import rushlight as t
from rushlight import nn
from rushlight._base.pytree import flatten
from rushlight._compiler.compiled import Compiled

pytest.importorskip("llvmlite")

F = nn.functional
_SIZES = (7, 12, 3, 29, 8, 2, 70)


def rows(n, m=5):
    values = np.random.default_rng(100 * n + m).normal(size=(n, m))
    return t.from_numpy(values.astype(np.float32))


def outcome(function, *args):
    """(results, gradients, what is drawn next) of a call, or the type of its error."""
    t.manual_seed(3)
    leaves = [a.detach().clone().requires_grad_(a.is_floating_point()) for a in args]
    try:
        found = function(*leaves)
    except Exception as error:  # noqa: BLE001 - to be compared
        return type(error)
    drawn = t.rand(2)
    roots = [r for r in flatten(found)[0] if isinstance(r, t.Tensor)]
    roots = [r for r in roots if r.requires_grad]
    if not roots:
        return found, [], drawn
    weights = [t.arange(1.0 * r.numel()).cos().reshape(r.shape) for r in roots]
    wanted = [leaf for leaf in leaves if leaf.requires_grad]
    grads = t.autograd.grad(roots, wanted, weights, allow_unused=True)
    return found, list(grads), drawn


def same(got, want, close=2e-4):
    assert isinstance(got, type) == isinstance(want, type)
    got, want = flatten(got)[0], flatten(want)[0]
    assert len(got) == len(want)
    for one, two in zip(got, want, strict=True):
        if not isinstance(two, t.Tensor):
            assert type(one) is type(two)
            assert one == two
            continue
        assert one.dtype == two.dtype
        one, two = one.detach().double().numpy(), two.detach().double().numpy()
        assert one.shape == two.shape
        scale = max(1.0, float(np.abs(two).max())) if two.size else 1.0
        np.testing.assert_allclose(one, two, rtol=close, atol=close * scale)


def check(function, sizes=_SIZES, make=rows, **options):
    """Call a function with many sizes; what was compiled."""
    options.setdefault("dynamic", True)
    c = Compiled(function, say=lambda *_: None, **options)
    for n in sizes:
        args = make(n)
        args = args if isinstance(args, tuple) else (args,)
        with np.errstate(all="ignore"):
            same(outcome(c, *args), outcome(function, *args))
    return c


def causal(x):
    mask = t.tril(t.ones(x.shape[0], x.shape[0])) == 0
    return (x @ x.T).masked_fill(mask, float("-inf")).softmax(-1) @ x


def written(x):
    y = x.clone()
    y[: x.shape[0] // 2] = 0.0
    y[-1] = 2.0
    y[:, 1:3] *= 3
    return y


SERVED = {
    "a mean by hand": lambda x: x.sum(0) / x.shape[0],
    "a size as a factor": lambda x: (x.sum() * x.shape[0], x * x.shape[0] ** 2),
    "a root of a size": lambda x: x * x.shape[0] ** -0.5,
    "shapes as results": lambda x: (
        x * 2,
        x.shape,
        x.shape[0] * 3 + 1,
        {"a": x.size(0) // 2, "b": x.numel()},
    ),
    "half of it": lambda x: x[: x.shape[0] // 2] * 2,
    "all but one": lambda x: x[1:] - x[:-1],
    "from behind": lambda x: x[-(x.shape[0] - 1) :] * 2,
    "every second": lambda x: x[::2].exp(),
    "places": lambda x: x + t.arange(x.shape[0]).unsqueeze(1),
    "odd places": lambda x: t.arange(1, 2 * x.shape[0], 2) * x.sum(1),
    "new zeros": lambda x: t.cat([x, t.zeros(x.shape[0], 2)], 1),
    "new ones": lambda x: x + t.ones(x.shape) + x.new_full((x.shape[0], 1), 2.5),
    "an identity": lambda x: t.eye(x.shape[0]) @ x,
    "a causal mask": causal,
    "normal numbers": lambda x: x + t.randn(x.shape),
    "normal numbers like": lambda x: x * t.randn_like(x),
    "a column of numbers": lambda x: x * t.rand(x.shape[0], 1),
    "dropout": lambda x: F.dropout(x, 0.5),
    "bernoulli": lambda x: t.bernoulli(x.sigmoid()),
    "whole numbers": lambda x: t.randint(0, 10, (x.shape[0],)),
    "flat": lambda x: x.view(-1) * 2,
    "turned and flat": lambda x: x.t().reshape(-1) * 2,
    "expanded": lambda x: x.view(x.shape[0], 1, -1).expand(-1, 3, -1).sum(1),
    "repeated": lambda x: x.repeat(2, 1) + x.repeat_interleave(2, 0),
    "stacked": lambda x: t.stack([x, x * 2], 1),
    "joined": lambda x: t.cat([x, x * 2]),
    "turned round": lambda x: x.flip(0).cumsum(0),
    "two sizes": lambda x: x.sum(1)[:, None] * x.sum(0)[None, :],
    "one size twice": lambda x: x.sum(1)[:, None] - x.sum(1)[None, :],
    "products": lambda x: x @ x.t() @ x,
    "einsum": lambda x: t.einsum("ij,kj->ik", x, x),
    "softmax of rows": lambda x: x.softmax(-1).log_softmax(1),
    "statistics": lambda x: (x.mean(), x.std(1), x.var(1), x.norm()),
    "a size's remainder": lambda x: x * (x.shape[0] % 3) + x.shape[0] // 2,
    "the greater of two": lambda x: x.clamp(max=x.shape[0] / 10),
    "cross entropy": lambda x: F.cross_entropy(x, t.arange(x.shape[0]) % 5),
    "layer norm": lambda x: F.layer_norm(x, (5,)),
    "batch norm": lambda x: F.batch_norm(x, None, None, training=True),
    "read in places": lambda x: x[t.arange(x.shape[0] - 1, -1, -1)],
    "an empty one, filled": lambda x: t.empty(x.shape[0], 2).fill_(3.0),
    "grids": lambda x: t.meshgrid(t.arange(x.shape[0]), t.arange(3), indexing="ij"),
    "wherever": lambda x: t.where(x > 0, x, x.shape[0] * 1.0),
    "attention": lambda x: F.scaled_dot_product_attention(
        x[None, None], x[None, None], x[None, None], is_causal=True
    ),
}
_QUICK = {
    "a mean by hand",
    "shapes as results",
    "half of it",
    "places",
    "a causal mask",
    "normal numbers",
    "joined",
    "two sizes",
}


def _names(table):
    return [
        name if name in _QUICK else pytest.param(name, marks=pytest.mark.slow)
        for name in table
    ]


@pytest.mark.parametrize("name", _names(SERVED))
def test_one_form_serves_them_all(name):
    c = check(SERVED[name])
    assert c.reasons == []
    assert len(c.kinds) <= 3


RIGHT = {
    "five at most": lambda x: x[:5] + x[-5:],
    "from the sixth on": lambda x: x[5:] * 2,
    "the sum of nothing": lambda x: (x[5:].sum(0), x[7:].prod(), x[8:].mean()),
    "the largest of few": lambda x: x[3:].amax(0),
    "the place of the largest": lambda x: x[5:].argmax(0),
    "squeezed by chance": lambda x: x[6:].squeeze(0) * 2,
    "stretched by chance": lambda x: x[6:] * x[:3].sum(0) + x[:1],
    "one by chance": lambda x: (x[6:].sum(1, keepdim=True) + t.ones(5)).exp(),
    "nothing times something": lambda x: x[7:] @ x.t() @ x,
    "softmax of nothing": lambda x: x[7:].softmax(0).sum(1),
    "the last row": lambda x: x[x.shape[0] - 1] * 2,
    "every third": lambda x: x[1::3].sum(0),
    "down": lambda x: t.arange(x.shape[0], 0, -1) + x.sum(1),
    "halves": lambda x: t.arange(0.0, x.shape[0], 0.5),
    "parts of three": lambda x: x.split(3),
    "parts of two lengths": lambda x: x.split([2, x.shape[0] - 2]),
    "two parts": lambda x: x.chunk(2),
    "three parts": lambda x: t.tensor_split(x, 3),
    "windows": lambda x: x.unfold(0, 2, 1).sum(-1),
    "strided windows": lambda x: x.unfold(0, 2, 2),
    "large or small": lambda x: x * 2 if x.shape[0] > 10 else x * 3,
    "odd or even": lambda x: x * 2 if x.shape[0] % 2 == 0 else x * 3,
    "just one": lambda x: x * 2 if x.shape[0] == 7 else x * 3,
    "one of two": lambda x: x * 2 if x.shape[0] in (7, 9) else x * 3,
    "in between": lambda x: x * 2 if 6 < x.shape[0] < 12 else x * 3,
    "nothing left": lambda x: x * 2 if x.shape[0] - 7 else x * 3,
    "at most eight": lambda x: x[: min(x.shape[0], 8)] * 2,
    "at least ten": lambda x: F.pad(x, (0, 0, 0, max(0, 10 - x.shape[0]))),
    "a dict's key": lambda x: x * {12: 1, 7: 2}.get(x.shape[0], 3),
    "in a set": lambda x: x * (2 if x.shape[0] in {7, 8} else 3),
    "as text": lambda x: (x * 2, f"{x.shape[0]}", f"{x.shape}", str(len(x))),
    "a root": lambda x: x / math.sqrt(x.shape[0]),
    "rounded up": lambda x: x[: math.ceil(x.shape[0] / 2)],
    "a float": lambda x: x * float(x.shape[0]),
    "a tensor of it": lambda x: x * t.tensor([x.shape[0], 2.0]).sum(),
    "a list so long": lambda x: sum([x] * (x.shape[0] // 2)),
    "row by row": lambda x: t.stack([r * 2 for r in x]),
    "so many steps": lambda x: sum((x[i] for i in range(x.shape[0])), 0),
    "its length": lambda x: x * len(x),
    "bits": lambda x: x * (x.shape[0] << 1) + (x.shape[0] & 3),
    "a whole shape": lambda x: x * (2 if x.shape == (7, 5) else 3),
    "a shape as a key": lambda x: x * {(7, 5): 4}.get(tuple(x.shape), 3),
    "the largest size": lambda x: x * max(x.shape) + sorted(x.shape)[0],
    "its distance from eight": lambda x: x * abs(x.shape[0] - 8),
    "a divisor that is none": lambda x: x * (100 // (x.shape[0] - 3)),
    "a share": lambda x: x * (x.shape[0] / (x.shape[0] - 3)),
    "a NumPy number": lambda x: x * float(np.sqrt(x.shape[0]) * np.float32(2)),
    "a NumPy array": lambda x: x + t.from_numpy(np.zeros((x.shape[0], 1), "f4")),
    "sorted": lambda x: (x.sort(0).values, x.topk(2, 0).values),
    "as many as half": lambda x: x.topk(x.shape[0] // 2, 0).values,
    "rolled": lambda x: x.roll(x.shape[0] // 2, 0),
    "gathered": lambda x: x.gather(0, t.zeros(2, 5, dtype=t.int64)),
    "one hot": lambda x: F.one_hot(t.arange(x.shape[0]), x.shape[0]),
    "normed over rows": lambda x: F.layer_norm(x.t(), (x.shape[0],)),
    "spread over rows": lambda x: x.std(0) + x.var(0),
    "larger planes": lambda x: F.interpolate(x[None, None], scale_factor=2),
    "pooled": lambda x: F.avg_pool1d(x.t()[None], 2),
    "pooled to three": lambda x: F.adaptive_avg_pool1d(x.t()[None], 3),
    "padded": lambda x: F.pad(x, (1, 2, 3, x.shape[0])),
    "convolved": lambda x: F.conv1d(x.t()[None], t.ones(2, 5, 3), padding=1),
    "even steps": lambda x: t.linspace(0, 1, x.shape[0])[:, None] * x,
    "written in place": written,
    "shuffled": lambda x: x[t.randperm(x.shape[0])],
    "random or not": lambda x: x + t.rand(x.shape) if x.shape[0] > 9 else x,
    "of one row": lambda x: x.sum(0).expand(x.shape[0], 5) * x,
    "a type": lambda x: x * (2 if isinstance(x.shape[0], int) else 3),
}
_QUICK |= {"from the sixth on", "large or small", "as text", "so many steps"}


@pytest.mark.parametrize("name", _names(RIGHT))
def test_whatever_a_size_is_used_for(name):
    check(RIGHT[name], (*_SIZES, 6, 1, 5))


def test_each_branch_is_right_on_both_sides():
    c = check(lambda x: x * 2 if x.shape[0] > 10 else x.exp(), (*range(2, 20), 10, 11))
    assert len(c.kinds) == 2


# --------------------------------------------------------------------------- models


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
