"""Reading by index."""

import numpy as np
import pytest

import rushlight
from rushlight._ops.index import parse
from tests.battery import Op, battery


def names(x):
    """What the expressions below are made of."""

    def t(values, dtype=None):
        return rushlight.tensor(values, dtype=dtype and getattr(rushlight, dtype))

    return {"x": x, "t": t, "n": np.int64, "np": np, "i": t([0, 1])}


# x is arange(24) as (2, 3, 4).  Expression, shape, elements as letters (0 is a,
# 23 is x): recorded from PyTorch 2.13.
READ = [
    ("x[1]", (3, 4), "mnopqrstuvwx"),
    ("x[-1]", (3, 4), "mnopqrstuvwx"),
    ("x[0, 1, 2]", (), "g"),
    ("x[:, 0]", (2, 4), "abcdmnop"),
    ("x[0, :, -1]", (3,), "dhl"),
    ("x[..., 1]", (2, 3), "bfjnrv"),
    ("x[1, ...]", (3, 4), "mnopqrstuvwx"),
    ("x[..., 0, :]", (2, 4), "abcdmnop"),
    ("x[...]", (2, 3, 4), "abcdefghijklmnopqrstuvwx"),
    ("x[()]", (2, 3, 4), "abcdefghijklmnopqrstuvwx"),
    ("x[None]", (1, 2, 3, 4), "abcdefghijklmnopqrstuvwx"),
    ("x[:, None, 1]", (2, 1, 4), "efghqrst"),
    ("x[1:, ::2]", (1, 2, 4), "mnopuvwx"),
    ("x[-9:1, 5:]", (1, 0, 4), ""),
    ("x[1:0]", (0, 3, 4), ""),
    ("x[:, :, 1:4:2]", (2, 3, 2), "bdfhjlnprtvx"),
    ("x[n(1)]", (3, 4), "mnopqrstuvwx"),
    ("x[:n(1)]", (1, 3, 4), "abcdefghijkl"),
    ("x[t(1)]", (3, 4), "mnopqrstuvwx"),
    ("x[t(1):]", (1, 3, 4), "mnopqrstuvwx"),
    ("x[True]", (1, 2, 3, 4), "abcdefghijklmnopqrstuvwx"),
    ("x[False]", (0, 2, 3, 4), ""),
    ("x[None, True, 0]", (1, 1, 3, 4), "abcdefghijkl"),
    ("x[[0, 1]]", (2, 3, 4), "abcdefghijklmnopqrstuvwx"),
    ("x[[1]]", (1, 3, 4), "mnopqrstuvwx"),
    ("x[[]]", (0, 3, 4), ""),
    ("x[:, []]", (2, 0, 4), ""),
    ("x[[True, False]]", (1, 3, 4), "abcdefghijkl"),
    ("x[range(2)]", (2, 3, 4), "abcdefghijklmnopqrstuvwx"),
    ("x[np.array([1, 0])]", (2, 3, 4), "mnopqrstuvwxabcdefghijkl"),
    ("x[np.array(1)]", (3, 4), "mnopqrstuvwx"),
    ("x[np.array([])]", (0, 3, 4), ""),
    ("x[np.array([False, True])]", (1, 3, 4), "mnopqrstuvwx"),
    (
        "x[t([[0, 1], [1, 1]])]",
        (2, 2, 3, 4),
        "abcdefghijklmnopqrstuvwxmnopqrstuvwxmnopqrstuvwx",
    ),
    ("x[t([-1, 0])]", (2, 3, 4), "mnopqrstuvwxabcdefghijkl"),
    ("x[t([1], 'int32')]", (1, 3, 4), "mnopqrstuvwx"),
    ("x[t(1, 'int8')]", (3, 4), "mnopqrstuvwx"),
    ("x[t([1, 0], 'uint8')]", (1, 3, 4), "abcdefghijkl"),
    ("x[i, i]", (2, 4), "abcdqrst"),
    ("x[i, :, i]", (2, 3), "aeinrv"),
    ("x[:, i, i]", (2, 2), "afmr"),
    ("x[0, :, i]", (3, 2), "abefij"),
    ("x[i, 0]", (2, 4), "abcdmnop"),
    ("x[i, ..., i]", (2, 3), "aeinrv"),
    ("x[i, None, i]", (2, 1, 4), "abcdqrst"),
    ("x[i, i, 1:]", (2, 3), "bcdrst"),
    ("x[:, i]", (2, 2, 4), "abcdefghmnopqrst"),
    ("x[:, i, 1:3]", (2, 2, 2), "bcfgnors"),
    ("x[..., i]", (2, 3, 2), "abefijmnqruv"),
    ("x[i[:, None], t([0, 2])]", (2, 2, 4), "abcdijklmnopuvwx"),
    ("x[i, [0, 2]]", (2, 4), "abcduvwx"),
    ("x[i, np.array([0, 2])]", (2, 4), "abcduvwx"),
    ("x[x > 20]", (3,), "vwx"),
    ("x[x[:, 0, 0] > 3]", (1, 3, 4), "mnopqrstuvwx"),
    ("x[:, x[0, :, 0] > 3]", (2, 2, 4), "efghijklqrstuvwx"),
    ("x[:, x[0] > 5]", (2, 6), "ghijklstuvwx"),
    ("x[x[:, :, 0] > 3]", (5, 4), "efghijklmnopqrstuvwx"),
    ("x[x[:, :, 0] > 3, 1:]", (5, 3), "fghjklnoprstvwx"),
    ("x[x[:, 0, 0] >= 0, 0]", (2, 4), "abcdmnop"),
    ("x[x[:, 0, 0] >= 0, i]", (2, 4), "abcdqrst"),
    ("x[t(True)]", (1, 2, 3, 4), "abcdefghijklmnopqrstuvwx"),
    ("x[t(False)]", (0, 2, 3, 4), ""),
    ("x[..., 0, ...]", (2, 3), "aeimqu"),
    ("x[t([], 'int64')]", (0, 3, 4), ""),
]


def letters(x):
    """The elements as letters: 0 is a, 23 is x."""
    return "".join(chr(97 + n) for n in x.flatten().tolist())


@pytest.fixture(autouse=True)
def silent(monkeypatch):
    """Old forms warn once; here they do not."""
    monkeypatch.setattr(parse, "_warn_once", lambda text: None)


@pytest.mark.parametrize("expression, shape, elements", READ, ids=[r[0] for r in READ])
@pytest.mark.parametrize("turn", [False, True], ids=["plain", "turned"])
def test_values(expression, shape, elements, turn):
    x = rushlight.arange(24).reshape(2, 3, 4)
    if turn:
        x = x.permute(2, 0, 1).contiguous().permute(1, 2, 0)
    y = eval(expression, names(x))
    assert tuple(y.shape) == shape
    assert letters(y) == elements


@pytest.mark.parametrize("expression", [r[0] for r in READ])
def test_gradients(expression):
    """The gradient of a weighted sum puts each weight where its element was."""
    x = rushlight.arange(24.0).reshape(2, 3, 4)
    leaf = x.clone().requires_grad_()
    y = eval(expression, names(leaf * 1))
    weights = rushlight.arange(float(y.numel())).reshape(y.shape) + 1
    expected = np.zeros(24)
    places = eval(expression, names(x)).flatten().long().numpy()
    np.add.at(expected, places, weights.flatten().numpy())
    (y * weights).sum().backward()
    grad = np.zeros(24) if leaf.grad is None else leaf.grad.flatten().numpy()
    assert grad.tolist() == expected.tolist()


OPS = [
    Op(
        "Tensor.__getitem__",
        samples=lambda make: [
            (make(2, 3, 4), (slice(None), 0)),
            (make(2, 3, 4), (..., None, slice(1, None, 2))),
            (make(2, 3, 4), rushlight.tensor([0, 1, 0])),
            (make(2, 3, 4), (slice(None), rushlight.tensor([[0, 1], [2, 2]]))),
            (make(3, 4), (rushlight.tensor([0, 2, 0]), rushlight.tensor([1, 1, 1]))),
            (make(3, 4), rushlight.tensor([True, False, True])),
        ],
        meta=False,
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize(
    "expression, name",
    [
        ("x[0]", "SelectBackward0"),
        ("x[:, 0]", "SelectBackward0"),
        ("x[0, :]", "SelectBackward0"),
        ("x[1, 0:3]", "SelectBackward0"),
        ("x[1, 1:]", "SliceBackward0"),
        ("x[1:, :]", "SliceBackward0"),
        ("x[:]", "SliceBackward0"),
        ("x[:, :]", "AliasBackward0"),
        ("x[...]", "AliasBackward0"),
        ("x[None]", "UnsqueezeBackward0"),
        ("x[None, 0]", "SelectBackward0"),
        ("x[i]", "IndexBackward0"),
        ("x[x > 2]", "IndexBackward0"),
        ("x[0, i]", "IndexBackward0"),
    ],
)
def test_names_of_nodes(expression, name):
    x = rushlight.ones(2, 3, requires_grad=True) * 1
    assert eval(expression, names(x)).grad_fn.name() == name


@pytest.mark.parametrize(
    "expression, error, text",
    [
        ("x[2]", IndexError, "index 2 is out of bounds for dimension 0 with size 2"),
        ("x[0, -4]", IndexError, "index -4 is out of bounds for dimension 1"),
        ("x[0, 0, 0, 0]", IndexError, "too many indices for tensor of dimension 3"),
        ("x[i, i, i, i]", IndexError, "too many indices"),
        ("x[x > 2, 0]", IndexError, "too many indices"),
        ("x[..., 0, ..., 0]", IndexError, "one Ellipsis"),
        ("x[t([5])]", IndexError, "index 5 is out of bounds for"),
        ("x[t([-3])]", IndexError, "index -3 is out of bounds for"),
        ("x[i, t([0, 9])]", IndexError, "out of bounds"),
        ("x[i, t([0, 1, 2])]", IndexError, "could not be broadcast together with"),
        (
            "x[t([True, False, True])]",
            IndexError,
            "the shape of the mask [3] at index 0",
        ),
        ("x[i, t([True])]", IndexError, "the mask [1] at index 1"),
        ("x[t([1.0])]", IndexError, "long, int, byte or bool, got torch.float32"),
        ("x[t([1], 'int16')]", IndexError, "got torch.int16"),
        ("x[t([])]", IndexError, "got torch.float32"),
        ("x[np.bool_(True)]", IndexError, "np.True_"),
        ("x[1.0]", IndexError, "1.0 (float), which is no valid index"),
        ("x[{}]", IndexError, "(dict)"),
        ("x['a']", TypeError, "(str)"),
        ("x[::-1]", ValueError, "step must be greater than zero"),
        ("x[0, ::0]", ValueError, "step must be greater than zero"),
        ("x[i, ::-1]", ValueError, "step must be greater than zero"),
        ("x[1.5:]", TypeError, "slice indices"),
        ("x[i, 'a':]", TypeError, "slice indices"),
        ("t(1.0)[0]", IndexError, "invalid index of a 0-dim tensor"),
        ("t(1.0)[:]", IndexError, "a 0-dim tensor"),
        ("t(1.0)[i]", IndexError, "too many indices"),
    ],
)
def test_refusals(expression, error, text):
    x = rushlight.arange(24).reshape(2, 3, 4)
    with pytest.raises(error) as caught:
        eval(expression, names(x))
    assert text in str(caught.value)


def test_views_and_copies():
    x = rushlight.arange(6).reshape(2, 3)
    for view in (x[0], x[:, 1:], x[None], x[...], x[0, 0], x[:]):
        assert view.untyped_storage() == x.untyped_storage()
    for copy in (x[[0]], x[x > 2], x[True], x[:, rushlight.tensor([0])]):
        assert copy.untyped_storage() != x.untyped_storage()
        assert copy.is_contiguous()


def test_meta():
    x = rushlight.ones(2, 3, 4, device="meta")
    i = rushlight.tensor([0, 1])
    assert x[0, :, 1:].shape == (3, 3)
    assert x[i, :, i].shape == (2, 3)
    assert x[:, i.to("meta")].shape == (2, 2, 4)
    with pytest.raises(NotImplementedError, match="depends on its values"):
        x[x > 0]
    with pytest.raises(IndexError, match="out of bounds"):
        x[2]


def test_a_list_of_lists_means_a_tuple(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(parse, "_warned", set())
    x = rushlight.arange(6).reshape(2, 3)
    with pytest.warns(UserWarning, match="means a tuple"):
        assert x[[[0, 1], [1, 2]]].tolist() == [1, 5]
    assert x[[0, slice(None)]].tolist() == [0, 1, 2]
    with pytest.warns(UserWarning, match="uint8"):
        assert x[rushlight.tensor([1, 0], dtype=rushlight.uint8)].shape == (1, 3)
