"""What the losses share: reductions, new and old."""

import pytest

import rushlight
from rushlight._ops.loss._reduction import reduced, reduction_of, share

OLD = [
    ((None, True), "mean"),
    ((True, None), "mean"),
    ((False, None), "sum"),
    ((False, True), "sum"),
    ((True, False), "none"),
    ((None, False), "none"),
]


@pytest.mark.parametrize("arguments, meant", OLD)
def test_old_arguments(arguments, meant):
    with pytest.warns(UserWarning, match=f"reduction='{meant}'"):
        assert reduction_of("sum", *arguments, "f()") == meant


def test_unknown_ones_are_refused():
    assert reduction_of("batchmean", None, None, "f()", ("batchmean",)) == "batchmean"
    with pytest.raises(ValueError, match=r"f\(\).*got 'batchmean'"):
        reduction_of("batchmean", None, None, "f()")


def test_share_of_the_gradient():
    one = rushlight.ones(())
    assert share(one, "mean", 4) == 0.25
    assert share(one, "mean", 0) == 0
    assert share(one, "sum", 4) is one


def test_reduced():
    loss = rushlight.tensor([1.0, 3.0])
    assert reduced(loss, "mean") == 2
    assert reduced(loss, "sum") == 4
    assert reduced(loss, "none") is loss
