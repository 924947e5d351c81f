"""Sequences of draws whose numbers are recorded: what is called, in which order."""

import hashlib

import ml_dtypes
import numpy as np

from tests._core.recorded import FOLDER

FILE = FOLDER / "draws.npz"
#: Longer results that are equal bit for bit are recorded as a digest of their bytes.
LONGEST = 64
SIZES = (0, 1, 2, 15, 16, 17, 31, 32, 33, 100, 1000)
FLOATS = ("float32", "float64", "float16", "bfloat16")
INTEGERS = ("int64", "int32", "int16", "int8", "uint8", "bool")


def _each(function, sizes=SIZES, dtypes=FLOATS, **settings):
    return [
        (function, {"shape": (size,), "dtype": dtype, **settings})
        for dtype in dtypes
        for size in sizes
    ]


def _one(function, shape, dtype="float32", **settings):
    return (function, {"shape": shape, "dtype": dtype, **settings})


def _permutation(n, dtype="int64"):
    return ("permutation", {"n": n, "dtype": dtype})


def _multinomial(weights, num_samples, replacement, dtype="float32"):
    settings = {"num_samples": num_samples, "replacement": replacement}
    return ("multinomial", {"weights": weights, "dtype": dtype, **settings})


WEIGHTS = [[0.1, 0.2, 0.3, 0.4], [5.0, 1.0, 2.5, 0.25]]

#: name -> (seed, calls); the state goes on from call to call.
SEQUENCES = {
    "uniform": (0, _each("uniform")),
    "uniform_bounds": (
        1,
        _each("uniform", (5, 40), low=-0.3, high=0.3)
        + _each("uniform", (5, 40), low=-2.3, high=7.1)
        + _each("uniform", (40,), low=2.0, high=3.0)
        + _each("uniform", (40,), low=0.0, high=0.125),
    ),
    # So narrow that rounding reaches the upper bound, which is not in the range.
    "uniform_narrow": (2, _each("uniform", (64, 5000), low=0.1, high=0.1000001)),
    "uniform_complex": (3, _each("uniform", (3, 20), ("complex64", "complex128"))),
    "normal": (4, _each("normal")),
    "normal_float32_after_odd": (5, [_one("normal", (3,)), *_each("normal", (16, 1))]),
    "normal_scaled": (6, _each("normal", (3, 20, 40), mean=0.3, std=1.7)),
    "normal_small": (7, _each("normal", (64, 1000), mean=0.0, std=0.02)),
    "normal_complex": (8, _each("normal", (3, 8, 20), ("complex64", "complex128"))),
    "normal_gaps": (9, _each("normal", (3, 20, 33), contiguous=False)),
    "long": (22, [_one(name, (70001,)) for name in ("normal", "uniform")]),
    "normal_2d": (10, [_one("normal", (4, 5)), _one("normal", (3, 4, 5))]),
    "bernoulli": (11, _each("bernoulli", (1, 64), (*FLOATS, *INTEGERS), p=0.3)),
    "bernoulli_edges": (
        12,
        [_one("bernoulli", (5,), p=p) for p in (0.0, 1.0, 1e-9, 0.5)],
    ),
    "integers": (
        13,
        [
            _one("integers", (20,), "int64", low=low, high=high)
            for low, high in [
                (0, 10),
                (0, 2),
                (5, 6),
                (-100, 100),
                (0, 1024),
                (0, 2**28 - 1),
                (0, 2**28),
                (-(2**31), 2**31),
                (0, 2**33),
                (-(2**63), 2**63 - 1),
                (-(2**63), None),
                (7, None),
                (-7, None),
            ]
        ],
    ),
    "integers_dtypes": (
        14,
        _each("integers", (20,), (*FLOATS, *INTEGERS), low=0, high=2)
        + _each("integers", (20,), (*FLOATS, *INTEGERS), low=1, high=None)
        + _each("integers", (20,), ("bfloat16",), low=255, high=257),
    ),
    "random_integers": (15, _each("random_integers", (20,), (*FLOATS, *INTEGERS))),
    "permutation": (
        16,
        [_permutation(n) for n in (0, 1, 2, 3, 10, 64, 399, 400, 401, 5000, 70000)]
        + [_permutation(20, dtype) for dtype in ("int32", "uint8", "float32")],
    ),
    "exponential": (17, _each("exponential", (5, 40), rate=2.0)),
    "geometric": (18, _each("geometric", (40,), ("float32", "int64", "uint8"), p=0.3)),
    "cauchy": (19, _each("cauchy", (5, 40), median=1.0, sigma=2.0)),
    "log_normal": (20, _each("log_normal", (5, 40), mean=1.0, std=0.5)),
    "multinomial": (
        21,
        [
            _multinomial(weights, num_samples, replacement, dtype)
            for dtype in ("float32", "float64", "float16")
            for weights in (WEIGHTS[0], WEIGHTS)
            for num_samples, replacement in [(1, False), (4, False), (30, True)]
        ],
    ),
    "poisson": (
        23,
        [
            ("poisson", {"rates": rates, "dtype": dtype})
            for dtype in FLOATS
            for rates in (
                [0.0, 0.5, 3.0, 9.9] * 5,
                [10.0, 40.0, 1000.0] * 7,
                [2.0] * 64,
            )
        ],
    ),
    "mixed": (
        -1,
        [
            _one("normal", (3,)),
            _one("uniform", (7,)),
            _permutation(50),
            _one("normal", (1,), "float64"),
            _one("bernoulli", (33,), p=0.5),
            _one("normal", (17,)),
            _one("integers", (9,), "int64", low=0, high=2**40),
            _one("log_normal", (3,), mean=0.0, std=1.0),
            _one("normal", (1,)),
            _one("uniform", (700,)),
        ],
    ),
    "large_seed": (2**64 - 59, [_one("uniform", (20,)), _one("normal", (40,))]),
}

# Functions whose float64 steps are left to NumPy's mathematics, so that the last bits
# may differ; all others are compared bit for bit.
INEXACT = frozenset(("exponential", "cauchy", "log_normal"))


def is_exact(function, dtype):
    """Whether a result is to be equal in every bit."""
    return function not in INEXACT and not (
        function == "normal" and dtype in ("float64", "complex128")
    )


def kept(array, exact):
    """What is kept of a result: its bits, or a digest of them if that will do."""
    bits = array.tobytes()
    if array.size > LONGEST and exact:
        bits = hashlib.sha256(bits).digest()
    return np.frombuffer(bits, np.uint8)


def kept_state(state):
    """What is kept of a state: a digest without the cached normal, and that number."""
    state = state.copy()
    cached = state[5024:5032].view(np.float64)[0]
    state[5024:5032] = 0
    return np.frombuffer(hashlib.sha256(state.tobytes()).digest(), np.uint8), cached


def dtype_of(name):
    """The NumPy dtype of a name."""
    return np.dtype(ml_dtypes.bfloat16 if name == "bfloat16" else name)
