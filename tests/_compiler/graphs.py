"""Small graphs, and what becomes of them, for the tests of single passes."""

import numpy as np

import rushlight as t
from rushlight import nn
from rushlight._compiler.capture.trace import trace
from rushlight._compiler.passes.fuse import fuse
from rushlight._compiler.passes.lower import lower_graph
from rushlight._compiler.passes.partition import partition


def graph_of(function, *args):
    """The forward graph of a function, and the arrays of its inputs."""
    found = trace(function, args, {})
    arrays = [c.tensor._array for c in found.captured]
    return partition(found).forward, arrays


def fused(function, *args):
    """The Lowered and Fused of a function's forward."""
    lowered = lower_graph(graph_of(function, *args)[0])
    return lowered, fuse(lowered)


def kinds(function, *args):
    """The kinds of the units that a function becomes."""
    return [unit.kind for unit in fused(function, *args)[1].units]


def numbers(*shape, seed=0):
    """Normal float32 numbers."""
    return t.tensor(np.random.default_rng(seed).normal(size=shape).astype("f4"))


class Attention(nn.Module):
    """One block of a small language model."""

    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mix, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.heads = heads

    def forward(self, x):
        b, n, width = x.shape
        q, k, v = self.mix(self.norm1(x)).split(width, dim=2)
        q, k, v = (
            part.view(b, n, self.heads, width // self.heads).transpose(1, 2)
            for part in (q, k, v)
        )
        scores = q @ k.transpose(-2, -1) / (width // self.heads) ** 0.5
        mask = t.ones(n, n).tril() == 0
        weights = scores.masked_fill(mask, float("-inf")).softmax(-1)
        mixed = (weights @ v).transpose(1, 2).reshape(b, n, width)
        x = x + self.out(mixed)
        return x + self.down(nn.functional.gelu(self.up(self.norm2(x))))


class Language(nn.Module):
    """A language model, shrunk."""

    def __init__(self, tokens=11, width=8, heads=2, places=6):
        super().__init__()
        self.token, self.place = (
            nn.Embedding(tokens, width),
            nn.Embedding(places, width),
        )
        self.block, self.norm = Attention(width, heads), nn.LayerNorm(width)
        self.head = nn.Linear(width, tokens, bias=False)

    def forward(self, tokens, wanted):
        x = self.token(tokens) + self.place(t.arange(tokens.shape[1]))
        scores = self.head(self.norm(self.block(x)))
        return nn.functional.cross_entropy(scores.flatten(0, 1), wanted.flatten())


def jobs():
    """{name: (function, arguments)}: whole models, forward."""
    t.manual_seed(0)
    layers = nn.Sequential(
        nn.Linear(10, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Linear(12, 5)
    )
    tokens = t.randint(0, 11, (2, 6))
    labels = t.randint(0, 5, (7,))
    return {
        "mlp": (
            lambda x, y: nn.functional.cross_entropy(layers(x), y),
            (numbers(7, 10), labels),
        ),
        "language": (Language(), (tokens, tokens)),
        "softmax": (
            lambda x: nn.functional.log_softmax(x, 1).softmax(0),
            (numbers(5, 7),),
        ),
        "normalised": (
            lambda x: (x - x.mean((0, 2), keepdim=True)) / x.std((0, 2), keepdim=True),
            (numbers(3, 4, 5),),
        ),
    }
