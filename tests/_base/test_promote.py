"""Type promotion against PyTorch's table, written down from its documentation."""

import numpy as np
import pytest

import rushlight as torch
from rushlight._base.promote import can_cast, promote_types, result_dtype

ORDER = "u8 i8 i16 i32 i64 f16 bf16 f32 f64 c64 c128 b".split()
NAMES = {
    "u8": "uint8",
    "i8": "int8",
    "i16": "int16",
    "i32": "int32",
    "i64": "int64",
    "f16": "float16",
    "bf16": "bfloat16",
    "f32": "float32",
    "f64": "float64",
    "c64": "complex64",
    "c128": "complex128",
    "b": "bool",
}
TABLE = """
u8   u8   i16  i16  i32  i64  f16  bf16 f32  f64  c64  c128 u8
i8   i16  i8   i16  i32  i64  f16  bf16 f32  f64  c64  c128 i8
i16  i16  i16  i16  i32  i64  f16  bf16 f32  f64  c64  c128 i16
i32  i32  i32  i32  i32  i64  f16  bf16 f32  f64  c64  c128 i32
i64  i64  i64  i64  i64  i64  f16  bf16 f32  f64  c64  c128 i64
f16  f16  f16  f16  f16  f16  f16  f32  f32  f64  c64  c128 f16
bf16 bf16 bf16 bf16 bf16 bf16 f32  bf16 f32  f64  c64  c128 bf16
f32  f32  f32  f32  f32  f32  f32  f32  f32  f64  c64  c128 f32
f64  f64  f64  f64  f64  f64  f64  f64  f64  f64  c128 c128 f64
c64  c64  c64  c64  c64  c64  c64  c64  c64  c128 c64  c128 c64
c128 c128 c128 c128 c128 c128 c128 c128 c128 c128 c128 c128 c128
b    u8   i8   i16  i32  i64  f16  bf16 f32  f64  c64  c128 b
"""


def _rows():
    for line in TABLE.strip().splitlines():
        first, *results = line.split()
        for second, result in zip(ORDER, results, strict=True):
            yield first, second, result


@pytest.mark.parametrize("first, second, result", list(_rows()))
def test_table(first, second, result):
    a, b, wanted = (getattr(torch, NAMES[n]) for n in (first, second, result))
    assert promote_types(a, b) is wanted
    assert (torch.ones(2).to(a) + torch.ones(2).to(b)).dtype is wanted


F64, F32, I64, U8 = (np.dtype(n) for n in ("f8", "f4", "i8", "u1"))


def _dim(dtype):
    return np.ones(2, dtype)


def _zero(dtype):
    return np.ones((), dtype)


@pytest.mark.parametrize(
    "operands, wanted",
    [
        ((_dim(F32), _zero(F64)), "float32"),
        ((_dim(I64), _zero(F64)), "float64"),
        ((_dim(U8), _zero(I64)), "uint8"),
        ((_zero(F32), _zero(F64)), "float64"),
        ((_dim(I64), 2.5), "float32"),
        ((_dim(F64), 2.5), "float64"),
        ((_zero(I64), 2.5), "float32"),
        ((_dim(U8), 3), "uint8"),
        ((_dim(np.dtype("?")), 3), "int64"),
        ((_dim(np.dtype("?")), True), "bool"),
        ((_dim(F32), 1j), "complex64"),
        ((_dim(F64), 1j), "complex128"),
        ((_dim(I64), 1j), "complex64"),
        ((_zero(F64), _dim(F32), 1j), "complex64"),
    ],
)
def test_groups(operands, wanted):
    assert result_dtype(operands).name == wanted


def test_default_dtype_decides_for_python_floats():
    torch.set_default_dtype(torch.float64)
    try:
        assert result_dtype((_dim(I64), 2.5)) is torch.float64
    finally:
        torch.set_default_dtype(torch.float32)


def test_wide_unsigned_types_have_no_common_type():
    with pytest.raises(RuntimeError, match="torch.uint16 and torch.int32"):
        promote_types(torch.uint16, torch.int32)


@pytest.mark.parametrize(
    "source, target, wanted",
    [
        ("float64", "float16", True),
        ("float32", "int64", False),
        ("int64", "bool", False),
        ("bool", "int8", True),
        ("complex64", "float64", False),
        ("int64", "complex64", True),
    ],
)
def test_can_cast(source, target, wanted):
    assert can_cast(getattr(torch, source), getattr(torch, target)) is wanted
