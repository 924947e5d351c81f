"""Tensor(...), FloatTensor, type, new."""

import numpy as np
import pytest

import rushlight

Tensor = rushlight.Tensor


@pytest.mark.parametrize(
    "arguments, shape",
    [
        ((2, 3), (2, 3)),
        ((5,), (5,)),
        ((), (0,)),
        ((rushlight.Size([2, 3]),), (2, 3)),
        (([1, 2],), (2,)),
        (((2, 3),), (2,)),
        (([[1, 2], [3, 4]],), (2, 2)),
        ((np.array([1, 2]),), (2,)),
    ],
)
def test_sizes_or_data(arguments, shape):
    for make, dtype in ((Tensor, "float32"), (rushlight.DoubleTensor, "float64")):
        x = make(*arguments)
        assert (tuple(x.shape), x.dtype.name) == (shape, dtype)


def test_values():
    assert Tensor([1, 2]).tolist() == [1, 2]
    x = rushlight.ones(2).long()
    assert Tensor(x).dtype is rushlight.int64
    assert rushlight.LongTensor([1.5, 2]).tolist() == [1, 2]
    assert rushlight.BoolTensor([1, 0]).tolist() == [True, False]
    assert rushlight.ones(2).new([1, 2]).dtype is rushlight.float32
    assert x.new(3).shape == (3,)
    assert x.new([1.5], device="meta").is_meta


@pytest.mark.parametrize(
    "make, error, text",
    [
        (lambda: Tensor(2.5), TypeError, "must be a sequence"),
        (lambda: Tensor(True), TypeError, "got bool"),
        (lambda: Tensor("a"), TypeError, "invalid data type 'str'"),
        (lambda: rushlight.ByteTensor([300]), RuntimeError, "without overflow"),
        (lambda: rushlight.ones(1).type("foo"), ValueError, "invalid type: 'foo'"),
        (lambda: rushlight.ones(1).type("torch.int8"), ValueError, "invalid type"),
        (lambda: rushlight.ones(1).type(int), ValueError, "invalid type: 'int'"),
    ],
)
def test_refusals(make, error, text):
    with pytest.raises(error) as caught:
        make()
    assert text in str(caught.value)


@pytest.mark.parametrize(
    "name, dtype",
    [
        ("FloatTensor", "float32"),
        ("DoubleTensor", "float64"),
        ("HalfTensor", "float16"),
        ("BFloat16Tensor", "bfloat16"),
        ("LongTensor", "int64"),
        ("IntTensor", "int32"),
        ("ShortTensor", "int16"),
        ("CharTensor", "int8"),
        ("ByteTensor", "uint8"),
        ("BoolTensor", "bool"),
    ],
)
def test_names(name, dtype):
    x = rushlight.ones(2).to(getattr(rushlight, dtype))
    kind = getattr(rushlight, name)
    assert x.type() == f"torch.{name}"
    assert isinstance(x, kind)
    assert not isinstance(x.cfloat(), kind)
    assert not isinstance([1], kind)
    assert rushlight.ones(2).type(f"torch.{name}").dtype is x.dtype
    assert rushlight.ones(2).type(kind).dtype is x.dtype
    assert rushlight.ones(2).type(x.dtype).dtype is x.dtype
    assert repr(kind) == f"<class 'torch.{name}'>"
    assert kind.dtype is x.dtype


def test_types_of_other_devices():
    assert rushlight.ones(1, device="meta").type() == "torch.meta.FloatTensor"
    assert rushlight.ones(1).cfloat().type() == "torch.ComplexFloatTensor"


def test_set_default_tensor_type():
    try:
        rushlight.set_default_tensor_type(rushlight.DoubleTensor)
        assert rushlight.ones(1).dtype is rushlight.float64
        rushlight.set_default_tensor_type("torch.HalfTensor")
        assert rushlight.ones(1).dtype is rushlight.float16
    finally:
        rushlight.set_default_tensor_type("torch.FloatTensor")
    for kind in ("FloatTensor", rushlight.float32):
        with pytest.raises(TypeError, match="a type such as"):
            rushlight.set_default_tensor_type(kind)
    with pytest.raises(TypeError, match="floating-point"):
        rushlight.set_default_tensor_type(rushlight.LongTensor)
