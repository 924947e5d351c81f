"""Public things explain themselves, in the form that CONTRIBUTING.md describes."""

import ast
import inspect
import re
from pathlib import Path

import pytest

from tests.house.source import ROOT, Source, report, sources

# What every docstring of an op's function holds.  `Args:` only where it takes any; one
# that says "as for `name`" leaves to that name what is the same there.
PARTS = ("Args:", "Returns:", "Raises:", ">>> ")
SHARED_PARTS = ("Args:", "Raises:")
# The sections, in the order in which they stand where they are there.
ORDER = ("Args:", "Returns:", "Raises:", "Differs:", "See:")


def documented(source):
    """Triples (qualified name, node, chain of class nodes) of what is public."""
    yield from _public(source.tree.body, "", ())


def _public(body, prefix, owners):
    for node in body:
        if isinstance(node, ast.If | ast.Try):
            yield from _public(node.body, prefix, owners)
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        if node.name.startswith("_"):
            continue
        yield prefix + node.name, node, owners
        if isinstance(node, ast.ClassDef):
            yield from _public(node.body, f"{prefix}{node.name}.", (*owners, node))


def classes(files):
    """Class nodes of all files, by plain name."""
    return {node.name: node for source in files for node in source.classes}


def inherits_docstring(method, owner, known):
    """Whether a base class documents the method of this name."""
    for base in owner.bases:
        name = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
        above = known.get(name)
        if above is None or above is owner:
            continue
        for node in above.body:
            if getattr(node, "name", "") == method.name and ast.get_docstring(node):
                return True
        if inherits_docstring(method, above, known):
            return True
    return False


def is_overload(node):
    """Whether a node is a property's setter or deleter, which needs no words."""
    return any(
        isinstance(decorator, ast.Attribute) and decorator.attr in ("setter", "deleter")
        for decorator in node.decorator_list
    )


def faults(source, known):
    """Messages about the public things of a file that do not explain themselves."""
    for name, node, owners in documented(source):
        place = f"{source.path}:{node.lineno}: {name}"
        text = ast.get_docstring(node)
        if text is None:
            inherited = owners and inherits_docstring(node, owners[-1], known)
            if not inherited and not is_overload(node):
                yield f"{place} has no docstring"
            continue
        for fault in wording_faults(text):
            yield f"{place} {fault}"


def wording_faults(text):
    """What is wrong with a docstring's form."""
    summary = re.split(r"\n\s*\n", text)[0]
    if not summary.rstrip().endswith((".", ":", "?")):
        yield "does not begin with a sentence that ends in a full stop"
    found = [line for line in text.splitlines() if line.rstrip() in ORDER]
    if found != sorted(found, key=ORDER.index):
        yield f"has its sections out of order: {ORDER}"


def missing_parts(text, takes_any=True):
    """What is missing in the docstring of an op's function."""
    refers = re.search(r"\b[Aa]s for `", text)
    for part in PARTS:
        elsewhere = refers and part in SHARED_PARTS
        unneeded = part == "Args:" and not takes_any
        if part not in text and not elsewhere and not unneeded:
            yield f"lacks `{part.strip()}`"


def exposed():
    """Functions of op families that users can call, and a name by which they do."""
    from rushlight import Tensor
    from rushlight._core.expose import FUNCTIONAL, TORCH

    doors = [*TORCH.items(), *FUNCTIONAL.items(), *vars(Tensor).items()]
    return {
        thing: name
        for name, thing in doors
        if inspect.isfunction(thing)
        and thing.__module__.startswith("rushlight._ops.")
        and not name.startswith("_")
    }


def op_faults(function, name):
    """Messages about an op's function that does not explain itself."""
    function = inspect.unwrap(function)
    text = inspect.getdoc(function)
    if not text:
        yield "has no docstring"
        return
    yield from wording_faults(text)
    if name.endswith("_"):
        return  # an in-place form: one sentence that names the op will do
    yield from missing_parts(text, bool(inspect.signature(function).parameters))


def place_of(function):
    """Where a function stands: path:line."""
    code = inspect.unwrap(function).__code__
    path = Path(code.co_filename)
    inside = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    return f"{inside}:{code.co_firstlineno}"


def test_public_things_explain_themselves():
    known = classes(sources())
    public = [source for source in sources() if source.is_public]
    problems = [text for source in public for text in faults(source, known)]
    report(problems, "The form is in CONTRIBUTING.md, Docstrings.")


def test_ops_explain_themselves():
    report(
        [
            f"{place_of(function)}: {name} {fault}"
            for function, name in exposed().items()
            for fault in op_faults(function, name)
        ],
        "The form is in CONTRIBUTING.md, Docstrings.",
    )


def test_every_module_says_what_lives_in_it():
    report(
        [f"{s.path}:1" for s in sources() if s.text and not ast.get_docstring(s.tree)],
        "Begin the file with a docstring: what lives here and what does not.",
    )


_GOOD = """Do it.

Args:
    x: (*), any dtype.

Returns:
    (*), x's dtype.

Raises:
    TypeError: x is no tensor.

>>> f(1)
1
"""


@pytest.mark.parametrize(
    "old, new, faults",
    [
        ("Do it.", "Do it.", []),
        (
            "Do it.",
            "Do it",
            ["does not begin with a sentence that ends in a full stop"],
        ),
        ("Args:", "Arguments:", ["lacks `Args:`"]),
        ("Raises:", "Fails:", ["lacks `Raises:`"]),
        ("Raises:", "Otherwise as for `g`.", []),
        ("Returns:", "Gives:", ["lacks `Returns:`"]),
        (">>> f(1)", "f(1)", ["lacks `>>>`"]),
        (
            "Args:",
            "See:\n    A page.\n\nArgs:",
            [f"has its sections out of order: {ORDER}"],
        ),
    ],
)
def test_a_fault_is_found(old, new, faults):
    def f(x):
        pass

    f.__doc__ = _GOOD.replace(old, new)
    assert list(op_faults(f, "f")) == faults


def test_a_missing_docstring_is_found_and_an_inherited_one_is_not():
    text = '''
class A:
    """A."""
    def f(self):
        """Do it."""
class B(A):
    """B."""
    def f(self):
        return 1
    def g(self):
        return 2
'''
    source = Source("rushlight/nn/a.py", text)
    found = list(faults(source, classes([source])))
    assert found == ["rushlight/nn/a.py:10: B.g has no docstring"]
