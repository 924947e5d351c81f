"""Random tensors: numbers recorded from PyTorch."""

import zlib

import numpy as np
import pytest

import rushlight

t = rushlight

# What PyTorch 2.13 gives on the CPU after manual_seed(7): expression, dtype, shape, the
# values (or the CRC-32 of their bytes), and the number that randint draws next.
RECORDED = [
    (
        "rand(3)",
        "float32",
        (3,),
        [0.5349225401878357, 0.19880318641662598, 0.6592116951942444],
        1882953283,
    ),
    (
        "rand(2, dtype=t.float64)",
        "float64",
        (2,),
        [0.279380429906404, 0.27369371365176565],
        2053951699,
    ),
    (
        "rand(2, dtype=t.float16)",
        "float16",
        (2,),
        [0.53515625, 0.1988525390625],
        1369975286,
    ),
    (
        "rand(2, dtype=t.bfloat16)",
        "bfloat16",
        (2,),
        [0.53515625, 0.19921875],
        1369975286,
    ),
    (
        "randn(3)",
        "float32",
        (3,),
        [-0.1467950940132141, 0.7861412763595581, 0.9468216300010681],
        1322904761,
    ),
    ("randn(17)", "float32", (17,), 0x4EAB5B69, 1941857605),
    (
        "randn(2, dtype=t.float64)",
        "float64",
        (2,),
        [-0.1467950974849952, 0.7861412987235358],
        2053951699,
    ),
    ("randn(1000)", "float32", (1000,), 0x28ADB5BB, 1816029023),
    ("rand(1000)", "float32", (1000,), 0x194F1B2C, 2059516637),
    ("randint(10, (5,))", "int64", (5,), [5, 2, 1, 6, 3], 959775639),
    ("randint(-3, 3, (4,), dtype=t.int8)", "int8", (4,), [0, 1, -2, -1], 2053951699),
    (
        "randint(2**40, (3,))",
        "int64",
        (3,),
        [752595690692, 108744157686, 291964244179],
        1956722279,
    ),
    ("randint(3, (3,), dtype=t.float32)", "float32", (3,), [0.0, 1.0, 1.0], 1882953283),
    ("randperm(8)", "int64", (8,), [7, 0, 3, 4, 1, 5, 2, 6], 2052949340),
    ("randperm(1000)", "int64", (1000,), 0x60B6E6F8, 1995516169),
    (
        "randperm(5, dtype=t.float32)",
        "float32",
        (5,),
        [0.0, 1.0, 3.0, 2.0, 4.0],
        2053951699,
    ),
    (
        "zeros(3).uniform_(-2, 5)",
        "float32",
        (3,),
        [1.744457721710205, -0.6083776950836182, 2.6144819259643555],
        1882953283,
    ),
    (
        "zeros(3).normal_(1, 2)",
        "float32",
        (3,),
        [0.7064098119735718, 2.572282552719116, 2.8936431407928467],
        1322904761,
    ),
    ("zeros(20).normal_(1, 2)", "float32", (20,), 0xDA1AC283, 1127788727),
    (
        "zeros(8).bernoulli_(0.3)",
        "float32",
        (8,),
        [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0],
        68334472,
    ),
    (
        "zeros(4).bernoulli_(t.tensor([0.1, 0.9, 0.5, 0.5]))",
        "float32",
        (4,),
        [0.0, 1.0, 0.0, 0.0],
        2053951699,
    ),
    (
        "zeros(3).random_()",
        "float32",
        (3,),
        [8974492.0, 3335306.0, 11059538.0],
        1882953283,
    ),
    (
        "zeros(3, dtype=t.int64).random_()",
        "int64",
        (3,),
        [1407639518939636932, 5163590386780219894, 8087222774582268115],
        1956722279,
    ),
    ("zeros(3).random_(7)", "float32", (3,), [5.0, 6.0, 6.0], 1882953283),
    ("zeros(3).random_(5, 8)", "float32", (3,), [5.0, 6.0, 6.0], 1882953283),
    (
        "zeros(3).exponential_(2.0)",
        "float32",
        (3,),
        [0.1638219654560089, 0.159891739487648, 0.9905877113342285],
        1956722279,
    ),
    (
        "zeros(3).cauchy_(1.0, 2.0)",
        "float32",
        (3,),
        [-0.6611115336418152, -0.7224060893058777, 5.323784351348877],
        1956722279,
    ),
    ("zeros(3).geometric_(0.2)", "float32", (3,), [6.0, 6.0, 1.0], 1956722279),
    (
        "zeros(3).log_normal_(0.5, 0.1)",
        "float32",
        (3,),
        [1.6246956586837769, 1.7835649251937866, 1.8124548196792603],
        1322904761,
    ),
    (
        "zeros(4, 6).transpose(0, 1).uniform_()",
        "float32",
        (6, 4),
        0x5C61A563,
        1687674368,
    ),
    (
        "zeros(4, 6).transpose(0, 1).normal_()",
        "float32",
        (6, 4),
        0x1EE7080C,
        1879603694,
    ),
    ("zeros(6, 6)[1:, ::2].bernoulli_(0.5)", "float32", (5, 3), 0xE015D44A, 833359292),
    (
        "rand_like(t.zeros(2, 2))",
        "float32",
        (2, 2),
        [
            0.5349225401878357,
            0.19880318641662598,
            0.6592116951942444,
            0.6568902730941772,
        ],
        2053951699,
    ),
    (
        "randn_like(t.zeros(2), dtype=t.float64)",
        "float64",
        (2,),
        [-0.1467950974849952, 0.7861412987235358],
        2053951699,
    ),
    (
        "randint_like(t.zeros(4), 2, 9)",
        "float32",
        (4,),
        [7.0, 8.0, 8.0, 3.0],
        2053951699,
    ),
    (
        "rand_like(t.zeros(4, 6).transpose(0, 1))",
        "float32",
        (6, 4),
        0x5C61A563,
        1687674368,
    ),
    (
        "normal(t.zeros(2), 2.0)",
        "float32",
        (2,),
        [-0.2935901880264282, 1.5722825527191162],
        2053951699,
    ),
    (
        "normal(1.0, t.ones(2))",
        "float32",
        (2,),
        [0.8532049059867859, 1.786141276359558],
        2053951699,
    ),
    (
        "normal(t.zeros(2, 1), t.ones(3))",
        "float32",
        (2, 3),
        [
            -0.1467950940132141,
            0.7861412763595581,
            0.9468216300010681,
            -1.1143440008163452,
            1.6907901763916016,
            -0.8948279023170471,
        ],
        372560217,
    ),
    (
        "normal(2.0, 3.0, (2,))",
        "float32",
        (2,),
        [1.559614658355713, 4.358423709869385],
        2053951699,
    ),
    ("normal(2, 3, (20,))", "float32", (20,), 0x54AAA794, 1127788727),
    (
        "bernoulli(t.tensor([0.2, 0.5, 0.9, 0.5]))",
        "float32",
        (4,),
        [0.0, 1.0, 1.0, 0.0],
        2053951699,
    ),
    (
        "bernoulli(t.zeros(5), 0.5)",
        "float32",
        (5,),
        [1.0, 1.0, 0.0, 0.0, 0.0],
        1133316631,
    ),
    ("multinomial(t.tensor([1.0, 2.0, 3.0]), 2)", "int64", (2,), [1, 0], 1956722279),
    (
        "multinomial(t.tensor([[1.0, 2.0, 3.0], [0.0, 1.0, 0.1]]), 4, True)",
        "int64",
        (2, 4),
        [1, 1, 2, 2, 2, 1, 1, 1],
        68334472,
    ),
]


@pytest.mark.parametrize("text, dtype, shape, values, following", RECORDED)
def test_numbers_are_pytorchs(text, dtype, shape, values, following):
    t.manual_seed(7)
    result = eval(f"t.{text}")
    assert (result.dtype.name, tuple(result.shape)) == (dtype, shape)
    array = np.ascontiguousarray(result._array)
    if isinstance(values, int):
        assert zlib.crc32(array.tobytes()) == values
    else:
        found = array.astype(np.float64).reshape(-1)
        np.testing.assert_allclose(
            found, values, rtol=1e-15 if dtype == "float64" else 0
        )
    assert int(t.randint(2**31, (1,))._array[0]) == following
