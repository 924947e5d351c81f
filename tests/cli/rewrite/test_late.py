"""Functions that run once a module is imported."""

import importlib
import sys

from rushlight.cli.rewrite.late import AfterImport


def test_a_module_is_changed_once_it_is_there(tmp_path, monkeypatch):
    (tmp_path / "late_module.py").write_text("x = 1")
    monkeypatch.syspath_prepend(tmp_path)
    after, seen = AfterImport(), []
    monkeypatch.setattr(sys, "meta_path", [after, *sys.meta_path])
    after.call("late_module", lambda module: seen.append(module.x))
    after.call("late_missing", seen.append)
    assert seen == []
    module = importlib.import_module("late_module")
    assert seen == [1]
    assert module.__spec__.name == "late_module"
    after.call("late_module", lambda module: seen.append("at once"))
    assert seen == [1, "at once"]
    assert importlib.util.find_spec("late_missing") is None
    del sys.modules["late_module"]
    importlib.import_module("late_module")
    assert seen == [1, "at once"]
