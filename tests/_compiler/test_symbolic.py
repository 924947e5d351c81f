"""Functions compiled once for many sizes: results are eager's."""

import math

import numpy as np
import pytest

import rushlight as t
from rushlight import nn
from rushlight._compiler import log
from tests._compiler.calls import SIZES, check

pytest.importorskip("llvmlite")

F = nn.functional


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
_QUICK |= {"eight of them", "products of nothing"}
_QUICK |= {"from the sixth on", "large or small", "as text", "so many steps"}


@pytest.mark.parametrize("name", _names(RIGHT))
def test_whatever_a_size_is_used_for(name):
    check(RIGHT[name], (*SIZES, 6, 1, 5))


REFUSED = {
    "too few rows": lambda x: x.narrow(0, 5, x.shape[0] - 5) * 2,
    "a row that is not there": lambda x: x[5] * x[-5],
    "a row by its distance": lambda x: x[x.shape[0] - 9] * 2,
    "pairs": lambda x: x.view(-1, 2) * 2,
    "eight of them": lambda x: x + t.ones(8, 5),
    "eight or one": lambda x: x.expand(8, -1) * 2,
    "products of eight": lambda x: x.t() @ t.ones(8, 3),
    "seven in two parts": lambda x: x.split([3, 4]),
    "the fifth part": lambda x: x.chunk(5)[4],
    "two halves": lambda x: x.unflatten(0, (2, -1)),
    "less than nothing": lambda x: t.zeros(x.shape[0] - 5, 2) + 1,
    "a window of six": lambda x: F.conv1d(x.t()[None], t.ones(2, 5, 6)),
    "six at a time": lambda x: F.max_pool1d(x.t()[None], 6),
    "mirrored": lambda x: F.pad(x.t()[None], (6, 6), mode="reflect"),
    "cut at both ends": lambda x: F.pad(x, (0, 0, -3, -3)),
    "the sixth place": lambda x: F.embedding(t.tensor([6]), x),
    "eight targets": lambda x: F.cross_entropy(x, t.zeros(8, dtype=t.int64)),
    "the largest of none": lambda x: x[7:].max(),
    "products of nothing": lambda x: x[7:].t() @ x[7:],
    "a batch of nothing": lambda x: F.conv1d(x[7:].unsqueeze(1), t.ones(2, 1, 3)),
    "norms of nothing": lambda x: F.layer_norm(x[7:], (5,)),
    "attention of nothing": lambda x: F.scaled_dot_product_attention(
        x[None, 7:], x[None], x[None]
    ),
}


@pytest.mark.parametrize("name", _names(REFUSED))
@pytest.mark.parametrize("sizes", [(12, 7, 8, 9, 6, 5, 4, 10, 2), (8, 7, 12, 9, 6)])
def test_what_eager_mode_refuses_is_refused(name, sizes):
    check(REFUSED[name], sizes)


def test_each_branch_is_right_on_both_sides():
    c = check(lambda x: x * 2 if x.shape[0] > 10 else x.exp(), (*range(2, 20), 10, 11))
    assert len(c.kinds) == 2


def test_sizes_stay_fixed_for_reasons_of_the_function(monkeypatch):
    """A gradient that lies everywhere once sizes are known was an error inside."""
    texts = []
    monkeypatch.setattr(log, "say", lambda topic, text: texts.append(text))
    check(RIGHT["stretched by chance"], (7, 9, 6, 13, 5, 3, 1, 40))
    check(lambda x: x[5:] * x[:3].sum(0) + x[:1], (7, 9, 5, 13, 6, 3, 1, 40))
    assert not any("index out of range" in text for text in texts)
