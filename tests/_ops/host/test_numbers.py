"""item, bool(), int(), float(), complex(), index."""

import pytest

import rushlight

ones, tensor = rushlight.ones, rushlight.tensor


@pytest.mark.parametrize(
    "dtype, expected",
    [
        ("float32", 2.0),
        ("float64", 2.0),
        ("float16", 2.0),
        ("bfloat16", 2.0),
        ("int8", 2),
        ("uint8", 2),
        ("int64", 2),
        ("bool", True),
        ("complex64", 2 + 0j),
    ],
)
def test_item(dtype, expected):
    value = tensor([[2]], dtype=getattr(rushlight, dtype)).item()
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    "convert, error, text",
    [
        (lambda: ones(2).item(), RuntimeError, "a Tensor with 2 elements"),
        (lambda: ones(0).item(), RuntimeError, "a Tensor with 0 elements"),
        (lambda: ones(1, device="meta").item(), RuntimeError, "a meta tensor"),
        (lambda: bool(ones(2)), RuntimeError, "more than one value is ambiguous"),
        (lambda: bool(ones(0)), RuntimeError, "no values is ambiguous"),
        (lambda: bool(ones(1, device="meta")), RuntimeError, "a meta tensor"),
        (lambda: int(ones(2)), ValueError, "only one element tensors"),
        (lambda: float(ones(0)), ValueError, "only one element tensors"),
        (lambda: float(ones(1, device="meta")), RuntimeError, "a meta tensor"),
        (lambda: float(tensor(1 + 2j)), RuntimeError, "a real number"),
        (lambda: int(tensor(float("nan"))), ValueError, "NaN"),
        (lambda: [1][ones(1)], TypeError, "only integer tensors of a single element"),
        (lambda: range(tensor([1, 2])), TypeError, "torch.int64 [2]"),
    ],
)
def test_refusals(convert, error, text):
    with pytest.raises(error) as caught:
        convert()
    assert text in str(caught.value)


def test_conversions():
    assert int(tensor(3.7)) == 3
    assert float(tensor(3)) == 3.0
    assert complex(ones(1)) == 1
    assert int(tensor(1 + 0j)) == 1
    assert bool(tensor([[0]])) is False
    assert [1, 2, 3][tensor(1)] == 2
    assert list(range(tensor([2]))) == [0, 1]
    assert tensor(True).__index__() == 1


def test_a_number_from_a_tensor_that_wants_a_gradient_warns_once(monkeypatch):
    from rushlight._ops.host import numbers

    monkeypatch.setattr(numbers, "_warned", [])
    x = ones(1, requires_grad=True)
    assert x.item() == 1
    with pytest.warns(UserWarning, match="carries no gradient"):
        assert float(x) == 1
    assert int(x) == 1
