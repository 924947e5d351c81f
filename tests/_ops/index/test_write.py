"""Writing by index."""

import numpy as np
import pytest

import rushlight

ones, tensor = rushlight.ones, rushlight.tensor


def names(x):
    """What the expressions below are made of."""
    return {"x": x, "t": tensor, "n": np.int64, "np": np, "i": tensor([0, 1])}


# x is arange(24) as (2, 3, 4).  Statement, elements afterwards as letters (0 is a,
# 23 is x): recorded from PyTorch 2.13.
WRITE = [
    ("x[1] = 7", "abcdefghijklhhhhhhhhhhhh"),
    ("x[0, 1] = t([7, 8, 9, 6])", "abcdhijgijklmnopqrstuvwx"),
    ("x[0, 1] = t([[[7, 8, 9, 6]]])", "abcdhijgijklmnopqrstuvwx"),
    ("x[:, 0] = t([[7], [8]])", "hhhhefghijkliiiiqrstuvwx"),
    ("x[...] = 7", "hhhhhhhhhhhhhhhhhhhhhhhh"),
    ("x[:] = t([7, 8, 9, 6])", "hijghijghijghijghijghijg"),
    ("x[()] = 7", "hhhhhhhhhhhhhhhhhhhhhhhh"),
    ("x[None, 0] = 7", "hhhhhhhhhhhhmnopqrstuvwx"),
    ("x[True, 1] = 7", "abcdefghijklhhhhhhhhhhhh"),
    ("x[False] = 7", "abcdefghijklmnopqrstuvwx"),
    ("x[i] = 7", "hhhhhhhhhhhhhhhhhhhhhhhh"),
    ("x[i, i] = t([7, 8, 9, 6])", "hijgefghijklmnophijguvwx"),
    ("x[i, :, i] = t([7, 8, 9])", "hbcdifghjjklmhopqistujwx"),
    ("x[:, i] = t([[7, 8, 9, 6], [1, 2, 3, 4]])", "hijgbcdeijklhijgbcdeuvwx"),
    ("x[0, :, i] = t([[7, 8], [9, 6], [5, 4]])", "hicdjgghfeklmnopqrstuvwx"),
    ("x[x > 10] = 7", "abcdefghijkhhhhhhhhhhhhh"),
    ("x[x > 20] = t([7, 8, 9])", "abcdefghijklmnopqrstuhij"),
    ("x[x[:, 0, 0] > 3, 0] = t([7, 8, 9, 6])", "abcdefghijklhijgqrstuvwx"),
    ("x[[1, 0], [2, 2]] = 7", "abcdefghhhhhmnopqrsthhhh"),
    ("x[1:, ::2] = 7", "abcdefghijklhhhhqrsthhhh"),
    ("x[..., n(3)] = t(7)", "abchefghijkhmnohqrshuvwh"),
    ("x[t(1)] = 7", "abcdefghijklhhhhhhhhhhhh"),
    ("x[i] = t([[[[7, 8, 9, 6]]]])", "hijghijghijghijghijghijg"),
    ("x[0, 0, 0] = t([7])", "hbcdefghijklmnopqrstuvwx"),
    ("x[0] = 7.9", "hhhhhhhhhhhhmnopqrstuvwx"),
    ("x[0] = True", "bbbbbbbbbbbbmnopqrstuvwx"),
    ("x[0] = t(7.9)", "hhhhhhhhhhhhmnopqrstuvwx"),
]


def letters(x):
    """The elements as letters: 0 is a, 23 is x."""
    return "".join(chr(97 + n) for n in x.flatten().tolist())


@pytest.mark.parametrize("statement, elements", WRITE, ids=[w[0] for w in WRITE])
@pytest.mark.parametrize("turn", [False, True], ids=["plain", "turned"])
def test_values(statement, elements, turn):
    x = rushlight.arange(24).reshape(2, 3, 4)
    if turn:
        x = x.permute(2, 0, 1).contiguous().permute(1, 2, 0)
    version = x._version
    exec(statement, names(x))
    assert letters(x) == elements
    assert x._version > version


# Place, shape of the value, name of the node.
PLACES = [
    ("x[1]", (3, 4), "CopySlices"),
    ("x[1]", (4,), "CopySlices"),
    ("x[0, 1:, ::2]", (1, 2), "CopySlices"),
    ("x[...]", (3, 1), "CopyBackwards"),
    ("x[:]", (2, 3, 4), "CopyBackwards"),
    ("x[:, :, 0:4]", (1, 1, 3, 4), "CopyBackwards"),
    ("x[()]", (), "FillBackward3"),
    ("x[None, 0]", (), "CopySlices"),
    ("x[0, 0, 0]", (1, 1), "CopySlices"),
    ("x[i]", (3, 4), "IndexPutBackward0"),
    ("x[i, i]", (2, 4), "IndexPutBackward0"),
    ("x[i, :, i]", (2, 3), "IndexPutBackward0"),
    ("x[0, :, i]", (3, 1), "CopySlices"),
    ("x[:, t([2, 0])]", (2, 1, 4), "IndexPutBackward0"),
    ("x[x > 10]", (13,), "IndexPutBackward0"),
    ("x[x[:, 0, 0] > 3, 1:]", (2, 1), "CopySlices"),
]


@pytest.mark.parametrize("place, shape, name", PLACES)
def test_gradients(place, shape, name):
    """What was kept passes its gradient to x, what was written to the value."""
    leaf = rushlight.arange(24.0).reshape(2, 3, 4).requires_grad_()
    value = rushlight.arange(float(np.prod(shape))).reshape(shape).requires_grad_()
    weights, kept = rushlight.arange(24.0).reshape(2, 3, 4) + 1, ones(2, 3, 4)
    y = leaf * 1
    exec(f"{place} = value", names(y) | {"value": value})
    assert repr(y.grad_fn).startswith(f"<{name}")
    (y * weights).sum().backward()
    exec(f"y{place[1:]} = 0", names(leaf.detach()) | {"y": kept})
    assert leaf.grad.tolist() == (weights * kept).tolist()
    region = eval(f"y{place[1:]}", names(leaf.detach()) | {"y": weights}).numpy()
    stretched = np.zeros(shape).reshape(shape[-region.ndim :] if region.ndim else ())
    axes = tuple(range(region.ndim - stretched.ndim)) + tuple(
        d - stretched.ndim
        for d, n in enumerate(stretched.shape)
        if n == 1 and region.shape[d - stretched.ndim] != 1
    )
    expected = region.sum(axes, keepdims=True).reshape(shape)
    assert value.grad.tolist() == expected.tolist()


@pytest.mark.parametrize(
    "statement, error, text",
    [
        ("x[2] = 0", IndexError, "index 2 is out of bounds"),
        ("x[0, 0, 0, 0] = 0", IndexError, "too many indices"),
        ("x[t([5])] = 0", IndexError, "index 5 is out of bounds"),
        ("x[0, t([5])] = 0", IndexError, "index 5 is out of bounds"),
        ("x[::-1] = 0", ValueError, "step must be greater than zero"),
        ("x[0] = t([1.0, 2.0])", RuntimeError, "shape mismatch: value of shape [2]"),
        ("x[0] = t([[[[1.0]]], [[[2.0]]]])", RuntimeError, "shape mismatch"),
        ("x[x > 20] = t([1.0, 2.0])", RuntimeError, "shape mismatch"),
        ("x[i, i] = t([1.0, 2.0, 3.0])", RuntimeError, "shape mismatch"),
        ("x[i] = t([1, 2, 3, 4])", RuntimeError, "source and destination dtypes"),
        ("x[x > 20] = t([7, 8, 9])", RuntimeError, "got torch.int64"),
        ("x[0] = 'a'", TypeError, "can't assign it to a torch.float32 tensor"),
        ("x[0] = [1, 2, 3, 4]", TypeError, "got list"),
        ("x[0] = np.ones(4)", TypeError, "got ndarray"),
        ("x[...] = None", TypeError, "got NoneType"),
        ("x[0] = 1j", RuntimeError, "without overflow"),
        ("x[i] = 1e300", RuntimeError, "without overflow"),
        ("x.byte()[0] = 300", RuntimeError, "without overflow"),
        ("x.half()[i] = 70000", RuntimeError, "without overflow"),
    ],
)
def test_refusals(statement, error, text):
    x = rushlight.arange(24.0).reshape(2, 3, 4)
    with pytest.raises(error) as caught:
        exec(statement, names(x))
    assert text in str(caught.value)
    assert x.tolist() == rushlight.arange(24.0).reshape(2, 3, 4).tolist()


@pytest.mark.parametrize(
    "dtype, value, expected",
    [
        ("uint8", -1, 255),
        ("bool", 2, True),
        ("int64", 1.7, 1),
        ("int64", tensor(1.7), 1),
        ("float16", 1, 1),
        ("complex64", 1j, 1j),
        ("float32", np.float64(2.5), 2.5),
        ("float32", float("inf"), float("inf")),
    ],
)
def test_numbers_are_converted(dtype, value, expected):
    for index in (0, slice(None), rushlight.tensor([0, 1])):
        x = rushlight.zeros(2, dtype=getattr(rushlight, dtype))
        x[index] = value
        assert x[0].item() == expected


def test_leaves_are_refused():
    for index in (0, slice(None), tensor([0])):
        x = ones(3, requires_grad=True)
        with pytest.raises(RuntimeError, match="leaf Variable"):
            x[index] = 1.0
        with rushlight.no_grad():
            x[index] = 5.0
        assert x[0].item() == 5


def test_expanded_tensors():
    x = ones(1).expand(3)
    x[0] = 5
    assert x.tolist() == [5, 5, 5]
    with pytest.raises(RuntimeError, match="single memory location"):
        x[:2] = 5


def test_meta():
    x = ones(2, 3, device="meta")
    x[0] = 1
    x[0] = ones(3)
    x[tensor([0])] = 1.0
    with pytest.raises(IndexError, match="out of bounds"):
        x[2] = 1


def test_in_place_operators():
    x = rushlight.arange(6.0).reshape(2, 3)
    x[0] += 1
    x[x > 3] *= 2
    x[tensor([0, 1]), tensor([0, 0])] -= 10
    assert x.tolist() == [[-9, 2, 3], [-7, 8, 10]]
