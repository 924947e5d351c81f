"""Hold what Rushlight gives against the recorded answers."""

import builtins
import json
from pathlib import Path

import numpy as np
import pytest

import rushlight
from rushlight.vision import datasets, transforms, utils
from tests.vision.recorded.cases import brief, kept, names

ANSWERS = json.loads(Path(__file__).with_name("answers.json").read_text("utf-8"))
_NAMES = names(rushlight, transforms, datasets, utils)


def check(expression, expected, tolerance=0.0, **more):
    """Evaluate an expression and compare it with what torchvision gave."""
    namespace = {**_NAMES, **more}
    if isinstance(expected, dict) and "raises" in expected:
        with pytest.raises(getattr(builtins, expected["raises"])) as caught:
            eval(expression, namespace)
        if caught.value.args and caught.type.__module__.startswith("rushlight"):
            assert ", got " in str(caught.value), "an error has three parts"
        return
    found = kept(eval(expression, namespace))
    if tolerance:
        wanted = np.array(expected.pop("data"))
        np.testing.assert_allclose(found.pop("data"), wanted, atol=tolerance, rtol=0)
    assert found == expected


def check_brief(expression, expected, **more):
    """The same for answers that are kept as a few figures; floats to rounding."""
    if isinstance(expected, dict) and "raises" in expected:
        check(expression, expected, **more)
    else:
        found = kept(eval(expression, {**_NAMES, **more}))
        _assert_near(brief(json.loads(json.dumps(found))), expected)


def _assert_near(found, expected):
    if isinstance(expected, list):
        assert len(found) == len(expected)
        for ours, theirs in zip(found, expected, strict=True):
            _assert_near(ours, theirs)
    elif isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key, theirs in expected.items():
            _assert_near(found[key], theirs)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-5, abs=1e-3)
    else:
        assert found == expected
