"""to, float, long..., cpu, type_as."""

import numpy as np
import pytest

import rushlight

ones = rushlight.ones
NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    "arguments, named, dtype",
    [
        ((), {}, "float32"),
        ((None,), {}, "float32"),
        ((rushlight.float64,), {}, "float64"),
        ((int,), {}, "int64"),
        ((float,), {}, "float64"),
        (("cpu",), {}, "float32"),
        (("cpu", rushlight.float64), {}, "float64"),
        (("cpu", rushlight.float64, True, True), {}, "float64"),
        ((rushlight.ones(1, dtype=rushlight.int8),), {}, "int8"),
        ((rushlight.ones(1, dtype=rushlight.int8), True), {"copy": True}, "int8"),
        ((), {"dtype": bool}, "bool"),
        ((), {"device": "cpu", "dtype": rushlight.float16}, "float16"),
        ((), {"other": rushlight.ones(1, dtype=rushlight.int8)}, "int8"),
        ((rushlight.float64, True), {"copy": True}, "float64"),
    ],
)
def test_forms(arguments, named, dtype):
    y = ones(2).to(*arguments, **named)
    assert y.dtype is getattr(rushlight, dtype)
    assert y.tolist() == [1, 1]


@pytest.mark.parametrize(
    "arguments, named, error, text",
    [
        ((rushlight.float64, rushlight.float32), {}, TypeError, "invalid combination"),
        (("foo",), {}, RuntimeError, "'foo'"),
        ((1.5,), {}, TypeError, "got float"),
        ((rushlight.float64,), {"dtype": rushlight.int8}, TypeError, "invalid"),
        (("cpu",), {"device": "cpu"}, TypeError, "Name the arguments"),
        (("cpu", None, 1), {}, TypeError, "got str, NoneType, int"),
        ((), {"other": 3}, TypeError, "got int"),
        ((), {"device": "cpu", "other": ones(1)}, TypeError, "invalid combination"),
        ((), {"dtype": "float32"}, TypeError, "to be a torch.dtype, got 'float32'"),
        ((), {"memory_format": rushlight.channels_last}, RuntimeError, "rank 4"),
    ],
)
def test_refusals(arguments, named, error, text):
    with pytest.raises(error) as caught:
        ones(2).to(*arguments, **named)
    assert text in str(caught.value)


def test_the_tensor_itself_where_nothing_changes():
    x = ones(2)
    for same in (x.to(), x.to(rushlight.float32), x.to("cpu"), x.to(x), x.float()):
        assert same is x
    assert x.cpu() is x
    assert x.to(rushlight.float32, copy=True) is not x
    assert x.type_as(ones(1)) is x


CASTS = [-1.0, -2.5, 300.0, 1e10, NAN, INF]


# Recorded from PyTorch 2.13.
@pytest.mark.parametrize(
    "dtype, expected",
    [
        ("uint8", [255, 254, 44, 0, 0, 0]),
        ("int8", [-1, -2, 44, 0, 0, 0]),
        ("int32", [-1, -2, 300, -(2**31), -(2**31), -(2**31)]),
        ("int64", [-1, -2, 300, 10**10, -(2**63), -(2**63)]),
        ("bool", [True] * 6),
    ],
)
def test_floats_become_integers_as_in_torch(dtype, expected):
    assert rushlight.tensor(CASTS).to(getattr(rushlight, dtype)).tolist() == expected


@pytest.mark.parametrize(
    "name, dtype",
    [
        ("float", "float32"),
        ("double", "float64"),
        ("half", "float16"),
        ("bfloat16", "bfloat16"),
        ("int", "int32"),
        ("long", "int64"),
        ("short", "int16"),
        ("char", "int8"),
        ("byte", "uint8"),
        ("bool", "bool"),
        ("cfloat", "complex64"),
        ("cdouble", "complex128"),
    ],
)
def test_named_casts(name, dtype):
    x = rushlight.tensor([0, 1, 2], dtype=rushlight.int16)
    y = getattr(x, name)()
    assert y.dtype is getattr(rushlight, dtype)
    assert y.tolist() == x.numpy().astype(y._array.dtype).tolist()
    y = getattr(x.float(), name)(memory_format=rushlight.preserve_format)
    assert y.dtype is getattr(rushlight, dtype)


def test_complex_values_lose_their_imaginary_part_with_a_warning(monkeypatch):
    from rushlight._ops import _memory

    monkeypatch.setattr(_memory, "_warned", [])
    z = rushlight.tensor([1 + 2j, 0j])
    with pytest.warns(UserWarning, match="lose their imaginary part"):
        assert z.to(rushlight.float32).tolist() == [1, 0]
    assert z.bool().tolist() == [True, False]


def test_gradients_return_in_their_own_dtype():
    x = ones(2, requires_grad=True)
    y = x.double()
    assert y.grad_fn.name() == "ToCopyBackward0"
    (y * 3).sum().backward()
    assert x.grad.dtype is rushlight.float32
    assert x.grad.tolist() == [3, 3]
    assert x.long().grad_fn is None


def test_meta_tensors():
    x = ones(2, requires_grad=True)
    assert x.to("meta").device.type == "meta"
    assert x.to("meta").grad_fn.name() == "ToCopyBackward0"
    with pytest.raises(NotImplementedError, match="no data"):
        x.to("meta").cpu()
    assert x.to("meta").to(rushlight.int8).dtype is rushlight.int8


@pytest.mark.skipif(rushlight.cuda.is_available(), reason="there is a GPU")
def test_cuda_that_is_not_there():
    for move in (lambda x: x.cuda(), lambda x: x.to("cuda:0"), lambda x: x.to(0)):
        with pytest.raises(RuntimeError, match="an NVIDIA driver"):
            move(ones(2))
    with pytest.raises(RuntimeError, match="a CUDA device"):
        ones(2).cuda("cpu")


def test_parse_to_for_modules():
    from rushlight._ops.cast.to import parse_to

    device, dtype, non_blocking, format = parse_to("meta", rushlight.float16)
    assert (str(device), dtype, non_blocking, format) == (
        "meta",
        rushlight.float16,
        False,
        None,
    )
    assert parse_to(dtype=float)[1] is rushlight.float64
    assert parse_to(ones(1))[0].type == "cpu"
    with pytest.raises(TypeError, match="invalid combination"):
        parse_to(devcie="cpu")


def test_formats():
    x = ones(2, 3, 4, 5)
    y = x.to(rushlight.float64, memory_format=rushlight.channels_last)
    assert (y.dtype, y.stride()) == (rushlight.float64, (60, 1, 15, 3))
    assert y.to(memory_format=rushlight.channels_last) is y
    assert y.to(memory_format=rushlight.preserve_format) is y
    assert y.to(
        rushlight.float64, memory_format=rushlight.contiguous_format
    ).stride() == (
        60,
        20,
        5,
        1,
    )
    assert np.array_equal(y.numpy(), x.numpy())
