"""Code for modules: what is cached, where, and when it is made anew."""

import importlib.machinery
import sys

import pytest

from rushlight.cli.rewrite import compiling, names


@pytest.fixture
def loader(tmp_path, monkeypatch):
    monkeypatch.setattr(names, "_shadowed", set())
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = tmp_path / "module.py"
    path.write_text("import torch\nx = 1\n")
    return importlib.machinery.SourceFileLoader("module", str(path))


def cached(loader):
    """The names of the files in `__pycache__`."""
    folder = loader.path.replace("module.py", "__pycache__")
    import os

    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def run(loader):
    """The names that a module binds, rewritten."""
    scope = {}
    exec(compiling.module_code(loader, loader.path), scope)
    return scope


def test_code_is_cached_where_plain_python_does_not_look(loader):
    assert run(loader)["torch"].__name__ == "rushlight"
    (name,) = cached(loader)
    assert "rushlight" in name
    import importlib.util
    import os

    plain = os.path.basename(importlib.util.cache_from_source(loader.path))
    assert name != plain


def test_the_cache_is_read(loader, monkeypatch):
    run(loader)
    monkeypatch.setattr(compiling, "to_code", None)
    assert run(loader)["x"] == 1


def test_a_changed_source_is_compiled_anew_whatever_its_time_says(loader):
    import os

    run(loader)
    time = os.stat(loader.path).st_mtime
    with open(loader.path, "w") as file:
        file.write("import torch\nx = 2\n")
    os.utime(loader.path, (time, time))
    assert run(loader)["x"] == 2
    assert run(loader)["x"] == 2


@pytest.mark.parametrize("damage", [b"", b"no code", "header"])
def test_a_damaged_cache_file_is_ignored(loader, damage):
    run(loader)
    path = loader.path.replace("module.py", f"__pycache__/{cached(loader)[0]}")
    with open(path, "rb") as file:
        whole = file.read()
    with open(path, "wb") as file:
        file.write(whole[:20] + b"\0" * 9 if damage == "header" else damage)
    assert run(loader)["x"] == 1


def test_nothing_is_written_where_that_is_not_wanted(loader, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert run(loader)["x"] == 1
    assert cached(loader) == []


def test_another_meaning_of_torch_has_another_cache(loader):
    run(loader)
    names.shadow("torchvision")
    run(loader)
    assert len(cached(loader)) == 2


def test_a_module_without_torch_is_pythons_business(loader):
    with open(loader.path, "w") as file:
        file.write("import os\n")
    assert compiling.module_code(loader, loader.path) is None
    assert cached(loader) == []


@pytest.mark.parametrize(
    "text, line",
    [("import torch\nx = (1 +\n", 2), ("import torch\n\nreturn 3\n", 3)],
)
def test_a_fault_is_reported_as_python_does(text, line):
    with pytest.raises(SyntaxError) as ours:
        compiling.to_code(text, "<test>")
    with pytest.raises(SyntaxError) as pythons:
        compile(text, "<test>", "exec")
    assert ours.value.args == pythons.value.args
    assert ours.value.lineno == line


def test_a_deeply_nested_expression_compiles():
    text = "import torch; a = 1; x = " + "+".join("a" * 1000)
    scope = {}
    limit = sys.getrecursionlimit()
    exec(compiling.to_code(text, "<test>"), scope)
    assert scope["x"] == 1000
    assert sys.getrecursionlimit() == limit


def test_encodings_are_read_as_python_reads_them():
    text = "# coding: latin-1\nimport torch\nx = 'é'\n".encode("latin-1")
    scope = {}
    exec(compiling.to_code(text, "<test>"), scope)
    assert scope["x"] == "é"
