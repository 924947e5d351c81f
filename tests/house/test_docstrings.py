"""Public things explain themselves, in the form that CONTRIBUTING.md describes."""

import ast
import re

import pytest

from tests.house.source import SHARED, Source, report, sources

# What every docstring of a public op function holds (`Args:` where it takes any).
OP_PARTS = ("Args:", "Returns:", "Raises:", ">>> ")
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
    return {
        node.name: node
        for source in files
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef)
    }


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
        if is_op(source, node, owners):
            for part in missing_parts(node, text):
                yield f"{place} lacks `{part.strip()}`"


def wording_faults(text):
    """What is wrong with a docstring's form."""
    summary = re.split(r"\n\s*\n", text)[0]
    if not summary.rstrip().endswith((".", ":", "?")):
        yield "does not begin with a sentence that ends in a full stop"
    found = [line for line in text.splitlines() if line.rstrip() in ORDER]
    if found != sorted(found, key=ORDER.index):
        yield f"has its sections out of order: {', '.join(ORDER)}"


def is_op(source, node, owners):
    """Whether a function is a public one of an op family."""
    if not source.path.startswith("rushlight/_ops/") or owners:
        return False
    is_tool = source.module.split(".")[-1].startswith("_") or source.module in SHARED
    in_place = node.name.endswith("_")  # one sentence that names the op will do
    return isinstance(node, ast.FunctionDef) and not is_tool and not in_place


def missing_parts(node, text):
    """The parts that an op function's docstring lacks."""
    args = node.args
    takes = args.posonlyargs + args.args + args.kwonlyargs
    takes_any = bool(takes or args.vararg or args.kwarg)
    for part in OP_PARTS:
        if part == "Args:" and not takes_any:
            continue
        if part not in text:
            yield part


def explained(source):
    """Whether a file's public names must explain themselves."""
    return source.is_public or source.path.startswith("rushlight/_ops/")


def test_public_things_explain_themselves():
    known = classes(sources())
    problems = [
        text
        for source in sources()
        if explained(source)
        for text in faults(source, known)
    ]
    report(problems, "The form is in CONTRIBUTING.md, Docstrings.")


def test_every_module_says_what_lives_in_it():
    report(
        [f"{s.path}:1" for s in sources() if s.text and not ast.get_docstring(s.tree)],
        "Begin the file with a docstring: what lives here and what does not.",
    )


_GOOD = '''
def f(x):
    """Do it.

    Args:
        x: (*), any dtype.

    Returns:
        (*), x's dtype.

    Raises:
        TypeError: x is no tensor.

    >>> f(1)
    1
    """
'''


@pytest.mark.parametrize(
    "old, new, fault",
    [
        ("", "", None),
        ("Do it.", "Do it", "full stop"),
        ("Args:", "Arguments:", "lacks `Args:`"),
        ("Raises:", "Fails:", "lacks `Raises:`"),
        (">>> f(1)", "f(1)", "lacks `>>>`"),
        ('"""', "'''", None),
        ("Returns:", "See:", "lacks `Returns:`"),
        ("    Args:", "    Returns:\n    Args:", "out of order"),
    ],
)
def test_a_fault_is_found(old, new, fault):
    source = Source("rushlight/_ops/view.py", _GOOD.replace(old, new) if old else _GOOD)
    found = "\n".join(faults(source, {}))
    assert fault in found if fault else not found


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
