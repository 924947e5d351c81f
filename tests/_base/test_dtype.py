"""dtypes, finfo, iinfo, the default dtype."""

import copy
import pickle

import pytest

import rushlight as torch
from rushlight._base.dtype import ALL_DTYPES


@pytest.mark.parametrize("dtype", ALL_DTYPES, ids=lambda d: d.name)
def test_identity_survives_copies(dtype):
    assert repr(dtype) == f"torch.{dtype.name}"
    assert pickle.loads(pickle.dumps(dtype)) is copy.deepcopy(dtype) is dtype
    assert getattr(torch, dtype.name) is dtype


@pytest.mark.parametrize(
    "alias, name",
    [("half", "float16"), ("float", "float32"), ("double", "float64")]
    + [("short", "int16"), ("int", "int32"), ("long", "int64")]
    + [("cfloat", "complex64"), ("cdouble", "complex128")],
)
def test_aliases(alias, name):
    assert getattr(torch, alias) is getattr(torch, name)


@pytest.mark.parametrize(
    "name, eps, max_, tiny",
    [
        ("float16", 0.0009765625, 65504.0, 6.103515625e-05),
        ("bfloat16", 0.0078125, 3.3895313892515355e38, 1.1754943508222875e-38),
        (
            "float32",
            1.1920928955078125e-07,
            3.4028234663852886e38,
            1.1754943508222875e-38,
        ),
        (
            "float64",
            2.220446049250313e-16,
            1.7976931348623157e308,
            2.2250738585072014e-308,
        ),
    ],
)
def test_finfo(name, eps, max_, tiny):
    info = torch.finfo(getattr(torch, name))
    assert (info.eps, info.max, info.min, info.tiny) == (eps, max_, -max_, tiny)
    assert info.dtype == name


def test_iinfo():
    info = torch.iinfo(torch.uint8)
    assert (info.bits, info.min, info.max, info.dtype) == (8, 0, 255, "uint8")


def test_info_refuses_other_dtypes():
    with pytest.raises(TypeError, match="a floating-point dtype"):
        torch.finfo(torch.int64)
    with pytest.raises(TypeError, match="an integer dtype"):
        torch.iinfo(torch.float32)


def test_default_dtype_is_checked():
    with pytest.raises(TypeError, match="a floating-point dtype"):
        torch.set_default_dtype(torch.int64)
    assert torch.get_default_dtype() is torch.float32


def test_number_properties():
    assert torch.bfloat16.itemsize == 2
    assert torch.complex64.to_real() is torch.float32
    assert torch.float64.to_complex() is torch.complex128
    assert not torch.uint8.is_signed
    assert torch.complex64.is_complex
    assert not torch.complex64.is_floating_point
