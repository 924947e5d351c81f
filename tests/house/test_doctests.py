"""The example in every docstring runs and prints what it says."""

import doctest
import importlib

import pytest

import rushlight
from tests.house.source import sources
from tests.house.test_docstrings import exposed

# What a module may need that is not installed with the tests.
OPTIONAL = {"cupy", "llvmlite", "safetensors", "scipy_openblas32"}
MODULES = [source.module for source in sources() if ">>> " in source.text]


def module_of(name):
    """A module by name; the test is skipped where it needs an extra that is missing."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] in OPTIONAL:
            pytest.skip(f"needs {error.name}")
        raise


def run(found):
    """Run the examples and fail with what doctest says of those that went wrong."""
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    said = []
    for example in found:
        rushlight.manual_seed(0)
        runner.run(example, out=said.append)
    if runner.failures:
        pytest.fail("".join(said), pytrace=False)
    return runner.tries


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module = module_of(name)
    globs = {**vars(module), "rushlight": rushlight}
    tries = run(doctest.DocTestFinder().find(module, name, globs=globs))
    assert tries, f"{name} has `>>> ` in it, but no example that doctest finds"


def test_examples_of_generated_functions_run():
    """What a family makes in a loop is in no module, where doctest would find it."""
    finder = doctest.DocTestFinder(recurse=False)
    for function, name in exposed().items():
        home = vars(importlib.import_module(function.__module__))
        if home.get(function.__name__) is not function:
            run(finder.find(function, name, globs={**home, "rushlight": rushlight}))
