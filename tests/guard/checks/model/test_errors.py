"""Bugs of models that PyTorch stops with an error: so do we, and say where and how."""

import pytest

import rushlight as torch
from rushlight import nn


def lstm(x, batch, **options):
    """A recurrent network with a state of its own."""
    model = nn.LSTM(4, 6, **options)
    state = torch.zeros(1, batch, 6)
    return model(x, (state, state))


def pack(x, lengths, **options):
    return nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), **options)


class Nothing(nn.Module):
    """All layers in a plain list."""

    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(3, 3)]


class Slip(nn.Module):
    """A forward that nobody calls."""

    def forwad(self, x):
        return x


x = torch.ones(7, 5, 4)
model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))

BUGS = {
    "batch norm on one sample": (
        lambda: model(torch.ones(1, 3)),
        ValueError,
        r"more than 1 value per channel.*drop_last=True.* In model\.1 \(Batch",
    ),
    "batch and time swapped": (
        lambda: lstm(x, 7),
        RuntimeError,
        r"\(1, 5, 6\), got \[1, 7, 6\]\. .* 7 fits batch_first=True\. In model \(LSTM",
    ),
    "time and batch swapped": (
        lambda: lstm(x, 5, batch_first=True),
        RuntimeError,
        r"\(N, L, H\) with N = 7; a batch of 5 fits batch_first=False",
    ),
    "a state that fits neither": (
        lambda: lstm(x, 3),
        RuntimeError,
        r"got \[1, 3, 6\]\. The state is \(num_layers \* directions, N, hidden_size\)",
    ),
    "features that are not the last": (
        lambda: nn.GRU(5, 6)(x),
        RuntimeError,
        r"equal to input_size \(5\), got 4\. The input is \(L, N, input_size\)",
    ),
    "lengths of the other dimension": (
        lambda: pack(x, [4, 3, 2, 1, 1, 1, 1]),
        RuntimeError,
        "An input of 7 sequences of 5 wants batch_first=True",
    ),
    "lengths beyond the input": (
        lambda: pack(x, [7, 3, 2, 1, 1, 1, 1], batch_first=True),
        RuntimeError,
        r"7 lengths from 1 to 5",
    ),
    "a model whose layers are all in a list": (
        lambda: torch.optim.SGD(Nothing().parameters(), lr=0.1),
        ValueError,
        r"empty parameter list\. .* plain list or dict .* nn\.ModuleList",
    ),
    "a misspelt forward": (
        lambda: Slip()(x),
        NotImplementedError,
        "it has forwad",
    ),
    "a head of another size": (
        lambda: nn.Linear(3, 4).load_state_dict(nn.Linear(3, 2).state_dict(), False),
        RuntimeError,
        r"size mismatch for weight: .*\[2, 3\].*\[4, 3\]",
    ),
    "keys under a prefix": (
        lambda: nn.Linear(1, 1).load_state_dict(
            nn.ModuleDict({"module": nn.Linear(1, 1)}).state_dict()
        ),
        RuntimeError,
        r'Missing key.*"weight", "bias".*\n.*Unexpected key.*"module.weight"',
    ),
}


@pytest.mark.parametrize("name", BUGS)
def test_an_error_stops_it(name):
    call, kind, text = BUGS[name]
    with pytest.raises(kind, match=text):
        call()
