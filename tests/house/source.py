"""The package's source as the house tests see it: files, functions, reports."""

import ast
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Modules that the members of a room share, though their names have no underscore.
SHARED = {
    "rushlight._backends.base": "the contract that every machine fulfils",
    "rushlight._backends.slots": "the list of tuned kernels that machines may offer",
    "rushlight._ops.specs": "spec rules that most families use",
}


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the repository's root, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self):
        """The syntax tree."""
        return ast.parse(self.text, self.path)

    @property
    def is_package(self):
        """Whether this is a folder's `__init__.py`."""
        return self.path.endswith("__init__.py")

    @property
    def module(self):
        """The dotted name under which it is imported."""
        parts = self.path.removesuffix(".py").split("/")
        return ".".join(parts[:-1] if self.is_package else parts)

    @property
    def is_public(self):
        """Whether no folder or file on the way to it has a leading underscore."""
        return not any(name.startswith("_") for name in self.module.split("."))

    @cached_property
    def functions(self):
        """Pairs (qualified name, node) of all functions and methods, inner ones too."""
        return tuple(
            (name, node) for name, node in definitions(self.tree) if is_function(node)
        )

    @cached_property
    def classes(self):
        """The class nodes, inner ones too."""
        return tuple(n for _, n in definitions(self.tree) if not is_function(n))


def is_function(node):
    """Whether a node defines a function."""
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def definitions(node, prefix=""):
    """Pairs (qualified name, node) of what is defined below a node, at any depth."""
    for child in statements(node):
        if is_function(child) or isinstance(child, ast.ClassDef):
            yield prefix + child.name, child
            yield from definitions(child, f"{prefix}{child.name}.")
        else:
            yield from definitions(child, prefix)


def statements(node):
    """The statements directly below a node; expressions hold none."""
    for field in ("body", "orelse", "handlers", "finalbody", "cases"):
        below = getattr(node, field, ())
        yield from below if isinstance(below, list) else ()


@cache
def sources(folder="rushlight"):
    """All Python files under a folder of the repository."""
    paths = sorted((ROOT / folder).rglob("*.py"))
    return tuple(
        Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
        for path in paths
        if "__pycache__" not in path.parts
    )


def report(problems, advice):
    """Fail with one line for each problem and the advice; pass where there is none."""
    if problems:
        found = "\n".join(f"  {problem}" for problem in problems)
        pytest.fail(f"{len(problems)} found:\n{found}\n{advice}", pytrace=False)


def stale(exceptions, used):
    """Lines about named exceptions that nothing needs any more."""
    return [
        f"{name}: the named exception is not needed"
        for name in exceptions.keys() - used
    ]
