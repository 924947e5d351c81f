"""Hold what Rushlight gives against the recorded answers."""

import builtins
import json
from pathlib import Path

import numpy as np
import pytest

import rushlight
from rushlight.vision import datasets, transforms, utils
from tests.vision.recorded.cases import kept, names

ANSWERS = json.loads(Path(__file__).with_name("answers.json").read_text("utf-8"))
_NAMES = names(rushlight, transforms, datasets, utils)


def check(expression, expected, tolerance=0.0):
    """Evaluate an expression and compare it with what torchvision gave."""
    if isinstance(expected, dict) and "raises" in expected:
        with pytest.raises(getattr(builtins, expected["raises"])) as caught:
            eval(expression, dict(_NAMES))
        if caught.value.args and caught.type.__module__.startswith("rushlight"):
            assert ", got " in str(caught.value), "an error has three parts"
        return
    found = kept(eval(expression, dict(_NAMES)))
    if tolerance:
        wanted = np.array(expected.pop("data"))
        np.testing.assert_allclose(found.pop("data"), wanted, atol=tolerance, rtol=0)
    assert found == expected
