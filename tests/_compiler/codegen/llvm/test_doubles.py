"""The functions of machine code in float64, against long doubles."""

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from tests._compiler.codegen.llvm.test_math import run

#: name -> (reference, most units in the last place).
REFERENCE = {
    "exp": (np.exp, 1.5),
    "expm1": (np.expm1, 2),
    "log": (np.log, 1.5),
    "log1p": (np.log1p, 2),
    "tanh": (np.tanh, 3),
}
SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, -5e-324, 1e-310, 1.0, -1.0]
SPECIAL += [709.7, 709.8, 710.0, -700.0, -744.4, -745.2, -746.0, 1e300, 1 + 2**-52]
SPECIAL += [-1 + 2**-53, 1 - 2**-53, 22.0, -23.0, 1e-17, -1e-300, 0.5, -0.5]
is_long = np.finfo(np.longdouble).nmant > 60


def points(size):
    rng = np.random.default_rng(0)
    wide = np.exp(rng.uniform(-700, 700, size))
    values = [SPECIAL, rng.normal(size=size), rng.uniform(-750, 720, size), wide, -wide]
    values += [rng.uniform(-1, 1, size) ** 9, 1 + rng.normal(size=size) * 1e-5]
    return np.concatenate(values)


@pytest.mark.skipif(not is_long, reason="long doubles are no longer than doubles here")
@pytest.mark.parametrize("lanes", [2, 16])
@pytest.mark.parametrize("name", REFERENCE)
def test_values_are_within_units_of_long_doubles(name, lanes):
    function, most = REFERENCE[name]
    x = points(2000)
    got = run(name, x, dtype="f64", lanes=lanes)
    with np.errstate(all="ignore"):
        exact = function(x.astype(np.longdouble))
        rounded = exact.astype(np.float64)
        unit = np.spacing(np.abs(rounded))
    finite = np.isfinite(rounded)
    np.testing.assert_array_equal(got[~finite], rounded[~finite])
    error = np.abs(got[finite] - exact[finite]) / unit[finite]
    assert error.max() <= most, x[finite][error.argmax()]
    zeros = rounded == 0
    np.testing.assert_array_equal(np.signbit(got[zeros]), np.signbit(rounded[zeros]))
