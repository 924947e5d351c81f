"""copy_, fill, fill_, zero_."""

import numpy as np
import pytest

import rushlight

ones, tensor = rushlight.ones, rushlight.tensor


@pytest.mark.parametrize(
    "shape, source, expected",
    [
        ((2, 2), tensor([1, 2]), [[1, 2], [1, 2]]),
        ((2, 2), tensor(3.5), [[3.5, 3.5], [3.5, 3.5]]),
        ((2, 2), tensor([[1], [2]]), [[1, 1], [2, 2]]),
        ((2,), 4, [4, 4]),
        ((), tensor(True), 1),
        ((0, 2), ones(2), []),
    ],
)
def test_copy(shape, source, expected):
    x = rushlight.zeros(shape)
    version = x._version
    assert x.copy_(source) is x
    assert x.tolist() == expected
    assert x._version == version + 1


@pytest.mark.parametrize(
    "target, source, text",
    [
        (ones(2), ones(3), "broadcasting"),
        (ones(2), ones(1, 1, 2), "output with shape [2]"),
        (ones(1).expand(2), ones(2), "single memory location"),
    ],
)
def test_copies_that_do_not_fit(target, source, text):
    with pytest.raises(RuntimeError) as caught:
        target.copy_(source)
    assert text in str(caught.value)


def test_copies_between_dtypes_and_layouts():
    x = rushlight.zeros(3, 2, dtype=rushlight.uint8).t()
    x.copy_(tensor([[1.5, 300.0, -1.0], [0, 1, 2]]))
    assert x.tolist() == [[1, 44, 255], [0, 1, 2]]
    y = rushlight.arange(5.0)
    y[1:].copy_(y[:-1])
    assert y.tolist() == [0, 0, 1, 2, 3]


def test_meta():
    x = ones(2, device="meta")
    assert x.copy_(ones(2)) is x
    assert x.fill_(3).zero_().is_meta
    with pytest.raises(NotImplementedError, match="no data"):
        ones(2).copy_(x)
    with pytest.raises(RuntimeError, match="broadcast"):
        x.copy_(ones(3))


# (dtype, value) -> element, recorded from PyTorch 2.13; None where it refuses.
FILLS = [
    ("int64", 1.7, 1),
    ("uint8", 300, None),
    ("uint8", -1, 255),
    ("uint8", -255, 1),
    ("uint8", -256, None),
    ("uint8", -1.5, None),
    ("int8", -129, None),
    ("int8", 1e10, None),
    ("int8", True, 1),
    ("int32", float("nan"), None),
    ("int64", 2**63, None),
    ("uint16", -1, 65535),
    ("float32", 1e300, None),
    ("float32", float("inf"), float("inf")),
    ("float32", 1j, None),
    ("float32", 1 + 0j, 1),
    ("float32", np.float32(2), 2),
    ("float16", 65520.0, None),
    ("float16", 65504.0, 65504),
    ("float16", float("-inf"), float("-inf")),
    ("bool", 3, True),
    ("bool", float("nan"), True),
    ("uint8", tensor(300), 44),
]


@pytest.mark.parametrize("dtype, value, expected", FILLS)
def test_fill(dtype, value, expected):
    x = ones(2, dtype=getattr(rushlight, dtype))
    if expected is None:
        with pytest.raises(RuntimeError, match="without overflow"):
            x.fill_(value)
        assert x.tolist() == [1, 1]
        return
    assert x.fill_(value) is x
    assert x.tolist() == [expected, expected]
    assert rushlight.fill(ones(2, dtype=x.dtype), value).tolist() == x.tolist()


@pytest.mark.parametrize(
    "value, error, text",
    [
        (ones(1), RuntimeError, "a value tensor with 1 dimensions"),
        ("a", TypeError, "a number for argument 'value', got str"),
        (np.ones(2), TypeError, "got ndarray"),
        (None, TypeError, "got NoneType"),
    ],
)
def test_fill_refuses(value, error, text):
    with pytest.raises(error) as caught:
        ones(2).fill_(value)
    assert text in str(caught.value)


@pytest.mark.parametrize(
    "write, name, gradient",
    [
        (lambda x, v: x.zero_(), "ZeroBackward0", None),
        (lambda x, v: x.fill_(3), "FillBackward2", None),
        (lambda x, v: x.fill_(v[0]), "FillBackward3", [2, 0]),
        (lambda x, v: x.copy_(v), "CopyBackwards", [1, 1]),
        (lambda x, v: x.copy_(v[1]), "CopyBackwards", [0, 2]),
    ],
)
def test_writes_are_recorded(write, name, gradient):
    leaf, value = ones(2, requires_grad=True), ones(2, requires_grad=True)
    x = leaf * 2
    write(x, value)
    assert x.grad_fn.name() == name
    x.sum().backward()
    assert leaf.grad.tolist() == [0, 0]
    assert (value.grad if value.grad is None else value.grad.tolist()) == gradient


def test_fill_out_of_place_is_recorded():
    x, value = ones(2, requires_grad=True), tensor(3.0, requires_grad=True)
    y = rushlight.fill(x, value)
    assert y.grad_fn.name() == "FillBackward1"
    assert rushlight.fill(x, 3).grad_fn.name() == "FillBackward0"
    (y * tensor([1.0, 5.0])).sum().backward()
    assert (x.grad.tolist(), value.grad.item()) == ([0, 0], 6)


def test_a_leaf_that_wants_a_gradient_cannot_be_written():
    for write in (
        lambda x: x.zero_(),
        lambda x: x.fill_(1),
        lambda x: x.copy_(ones(2)),
    ):
        with pytest.raises(RuntimeError, match="leaf Variable"):
            write(ones(2, requires_grad=True))
    x = ones(2, requires_grad=True)
    with rushlight.no_grad():
        x.copy_(tensor([5, 6]))
    assert x.tolist() == [5, 6]
    assert x.requires_grad
    x.detach().zero_()
    assert x.tolist() == [0, 0]


def test_copied_gradients_come_back_in_the_source_dtype():
    x, source = rushlight.zeros(2, dtype=rushlight.float64), ones(1, requires_grad=True)
    x.copy_(source)
    (x * tensor([2.0, 3.0])).sum().backward()
    assert source.grad.tolist() == [5]
    assert source.grad.dtype is rushlight.float32
