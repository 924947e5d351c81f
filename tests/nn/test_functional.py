"""nn.functional: what the families expose, and what is said about what is missing."""

import pytest

from rushlight._core.expose import FUNCTIONAL
from rushlight.nn import functional as F


def test_everything_exposed_is_there():
    assert FUNCTIONAL
    for name, function in FUNCTIONAL.items():
        assert getattr(F, name) is function and name in F.__all__


def test_a_missing_name_names_the_nearest():
    with pytest.raises(AttributeError, match="Did you mean 'softmax'"):
        F.sofmax
    with pytest.raises(AttributeError, match=r"See dir\(nn.functional\)"):
        F.qqqqq
    assert not hasattr(F, "no_such_function")
