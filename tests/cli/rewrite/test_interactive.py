"""The extension for IPython, with a shell that has what IPython's has."""

import ast
from types import SimpleNamespace

import pytest

from rushlight.cli import load_ipython_extension, unload_ipython_extension
from rushlight.cli.rewrite import interactive


@pytest.fixture
def shell(monkeypatch):
    installed = []
    monkeypatch.setattr(interactive, "install", lambda: installed.append(True))
    return SimpleNamespace(ast_transformers=["another"], installed=installed)


def test_cells_are_rewritten_while_it_is_loaded(shell):
    load_ipython_extension(shell)
    load_ipython_extension(shell)
    assert shell.installed
    (other, ours) = shell.ast_transformers
    tree = ours.visit(ast.parse("import torch"))
    assert ast.unparse(tree) == "import rushlight as torch"
    unload_ipython_extension(shell)
    assert shell.ast_transformers == [other]


@pytest.mark.slow
def test_ipython_itself(tmp_path):
    pytest.importorskip("IPython")
    from tests.cli.running import python

    cells = "%load_ext rushlight.cli\nimport torch\nprint('it is', torch.__name__)\n"
    shell = ("-m", "IPython", "--simple-prompt", "--no-banner", "--quick")
    done = python(tmp_path, *shell, input=cells, check=False)
    assert "it is rushlight" in done.stdout
