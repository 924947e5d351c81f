"""unfold and fold: against loops, against each other, refused shapes."""

import numpy as np
import pytest

import rushlight as torch
from rushlight.nn import functional as F

# kernel, dilation, padding, stride
WINDOWS = [
    ((2, 2), (1, 1), (0, 0), (1, 1)),
    ((2, 3), (2, 1), (1, 0), (1, 2)),
    ((3, 1), (1, 1), (2, 1), (2, 3)),
]


def windows_of(picture, kernel, dilation, padding, stride):
    """What unfold promises, by loops: (C times area, L)."""
    pads = [(0, 0)] + [(p, p) for p in padding]
    picture = np.pad(picture, pads)
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, kernel)]
    columns = []
    for top in range(0, picture.shape[1] - spans[0] + 1, stride[0]):
        for left in range(0, picture.shape[2] - spans[1] + 1, stride[1]):
            window = picture[:, top : top + spans[0], left : left + spans[1]]
            columns.append(window[:, :: dilation[0], :: dilation[1]].reshape(-1))
    return np.stack(columns, 1)


@pytest.mark.parametrize("window", WINDOWS)
def test_unfold_is_every_window(window):
    x = torch.randn(2, 3, 5, 6)
    found = F.unfold(x, *window)
    wanted = [windows_of(picture, *window) for picture in x.numpy()]
    assert np.array_equal(found.numpy(), np.stack(wanted))
    assert torch.equal(F.unfold(x[0], *window), found[0])


@pytest.mark.parametrize("window", WINDOWS)
def test_fold_is_the_transpose(window):
    x = torch.randn(2, 3, 5, 6, dtype=torch.float64)
    columns = F.unfold(x, *window)
    y = torch.randn(*columns.shape, dtype=torch.float64)
    folded = F.fold(y, (5, 6), *window)
    assert folded.shape == x.shape
    assert torch.allclose((columns * y).sum(), (x * folded).sum())
    assert torch.equal(F.fold(y[0], (5, 6), *window), folded[0])


@pytest.mark.parametrize("window", WINDOWS)
def test_gradients(window):
    x = torch.randn(1, 2, 5, 6, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: F.unfold(x, *window), [x])
    y = F.unfold(x, *window).detach().requires_grad_()
    assert torch.autograd.gradcheck(lambda y: F.fold(y, (5, 6), *window), [y])


def test_nan_stays_in_its_windows():
    x = torch.zeros(1, 1, 3, 3)
    x[0, 0, 0, 0] = float("nan")
    assert F.unfold(x, 2).isnan().sum() == 1


ones = torch.ones
ERRORS = [
    (lambda: F.unfold(ones(5, 6), 2), RuntimeError, r"\(C, H, W\).* got \[5, 6\]"),
    (lambda: F.unfold(ones(1, 0, 2, 2), 2), RuntimeError, "only N zero"),
    (lambda: F.unfold(ones(1, 2, 2), 3), RuntimeError, r"blocks is \(0, 0\)"),
    (lambda: F.unfold(ones(1, 2, 2), 2, 0), RuntimeError, "dilation to be an int"),
    (lambda: F.unfold(ones(1, 2, 2), (2,)), RuntimeError, "or 2 of them, at least 1"),
    (lambda: F.unfold(ones(1, 2, 2).long(), 2), NotImplementedError, "torch.int64"),
    (lambda: F.fold(ones(12, 9), (4, 5), 2), RuntimeError, r"3 \* 4 = 12 sliding"),
    (lambda: F.fold(ones(11, 9), 4, 2), RuntimeError, "divisible by 4"),
    (lambda: F.fold(ones(4, 1), 2, 2, stride=0), RuntimeError, "stride to be an int"),
]


@pytest.mark.parametrize("call, kind, text", ERRORS)
def test_errors(call, kind, text):
    with pytest.raises(kind, match=text):
        call()


def test_no_pictures():
    assert F.unfold(ones(0, 1, 2, 2), 2).shape == (0, 4, 1)
    assert F.fold(ones(0, 4, 1), 2, 2).shape == (0, 1, 2, 2)
