"""The published bugs in PyTorch itself: each runs through without a word."""

import warnings

import pytest

pytest.importorskip("torch")

import torch

from tests.guard.published import lists, taxonomy, traincheck
from tests.guard.published.case import CASES

pytestmark = pytest.mark.parity
FAMILIES = (lists, taxonomy, traincheck)


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_pytorch_says_nothing(case):
    torch.manual_seed(0)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        case.program(torch)
    assert [str(w.message) for w in said] == []
