"""The examples of docs/compile.md are true."""

import doctest

import pytest

from tests.house.source import ROOT

pytest.importorskip("llvmlite")


@pytest.mark.slow
def test_the_page_of_the_compiler():
    page = ROOT / "docs" / "compile.md"
    found = doctest.testfile(str(page), module_relative=False)
    assert found.attempted > 30
    assert found.failed == 0
