"""The torch names that a program uses, found in its text without running it."""

import ast
from dataclasses import dataclass

from rushlight.cli.survey.scopes import (
    TENSOR,
    Annotated,
    Scope,
    Torch,
    is_torch,
    meaning,
)

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_LOOPS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (*_FUNCTIONS, *_LOOPS, ast.ClassDef)

# Errors that a program catches where a name may be missing.
_EXPECTED = {"ImportError", "ModuleNotFoundError", "AttributeError", "NameError"}
_ANY = {"Exception", "BaseException"}


@dataclass(frozen=True)
class Use:
    """One use of a torch name; optional if the program provides for its absence."""

    name: str
    line: int
    optional: bool = False


def uses_in(tree):
    """The uses of torch's names in a module's syntax tree, in the order of lines."""
    scopes = {}
    _bind_all(tree, scopes)
    found, asked_for = set(), set()
    waiting = [(tree, scopes[tree], False)]
    while waiting:
        node, scope, optional = waiting.pop()
        scope = scopes.get(node, scope)
        uses, children = _look(node, scope)
        asked_for |= _asked_for(node, scope)
        found |= {Use(name, node.lineno, optional) for name in uses}
        for child, guarded in children:
            waiting.append((child, scope, optional or guarded))
    found = {_with_questions(use, asked_for) for use in found}
    return sorted(found, key=lambda use: (use.line, use.name))


def _with_questions(use, asked_for):
    """A use; optional where the program asks with hasattr whether the name exists."""
    asked = any(use.name == n or use.name.startswith(n + ".") for n in asked_for)
    return Use(use.name, use.line, use.optional or asked)


def _look(node, scope):
    """The names that a node itself uses, and pairs (child, guarded) to look at next."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names if is_torch(alias.name)], []
    if isinstance(node, ast.ImportFrom):
        return _imported(node), []
    if isinstance(node, ast.Attribute | ast.Name):
        what = meaning(node, scope)
        if isinstance(what, Torch):
            return [what.name] if isinstance(node.ctx, ast.Load) else [], []
        if isinstance(node, ast.Attribute) and meaning(node.value, scope) is TENSOR:
            return [f"torch.Tensor.{node.attr}"], _children(node)
    if isinstance(node, ast.Call):
        return _named_in_call(node, scope), _children(node)
    return [], _children(node)


def _imported(node):
    if node.level or not is_torch(node.module):
        return []
    names = [alias.name for alias in node.names]
    return [node.module if n == "*" else f"{node.module}.{n}" for n in names]


def _named_in_call(node, scope):
    """The name in `getattr(torch, "name")` or `import_module("torch.name")`."""
    called = getattr(node.func, "attr", getattr(node.func, "id", None))
    texts = [a.value if isinstance(a, ast.Constant) else None for a in node.args]
    if called in ("import_module", "__import__") and texts:
        return [texts[0]] if isinstance(texts[0], str) and is_torch(texts[0]) else []
    if called == "getattr" and len(texts) == 2 and isinstance(texts[1], str):
        return _member(node.args[0], texts[1], scope)
    return []


def _member(holder, name, scope):
    what = meaning(holder, scope)
    if what is TENSOR:
        return [f"torch.Tensor.{name}"]
    return [f"{what.name}.{name}"] if isinstance(what, Torch) else []


def _asked_for(node, scope):
    """The name in `hasattr(torch, "name")`."""
    is_question = (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "hasattr"
        and len(node.args) == 2
        and isinstance(node.args[1], ast.Constant)
    )
    return (
        set(_member(node.args[0], node.args[1].value, scope)) if is_question else set()
    )


def _children(node):
    """Pairs (child, whether the program provides for a missing name there)."""
    guarded = ()
    if isinstance(node, ast.Try) and _catches_missing(node):
        guarded = node.body
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
        guarded = node.body
    return [(child, child in guarded) for child in ast.iter_child_nodes(node)]


def _catches_missing(node):
    expected = set(_EXPECTED)
    if all(isinstance(each, ast.Import | ast.ImportFrom) for each in node.body):
        expected |= _ANY
        if any(handler.type is None for handler in node.handlers):
            return True
    types = [handler.type for handler in node.handlers if handler.type]
    names = [n.id for each in types for n in ast.walk(each) if isinstance(n, ast.Name)]
    return not expected.isdisjoint(names)


def _bind_all(tree, scopes):
    """Fill `scopes`: for the tree and each node that opens a scope, its Scope."""
    scopes[tree] = Scope(tree)
    waiting = [(tree, scopes[tree])]
    while waiting:
        node, scope = waiting.pop()
        if isinstance(node, _SCOPES):
            _bind(node, scope)
            scope = scopes[node] = Scope(node, scope)
            _bind_arguments(node, scope)
        else:
            _bind(node, scope)
        waiting += [(child, scope) for child in reversed([*ast.iter_child_nodes(node)])]


def _bind_arguments(node, scope):
    if isinstance(node, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef):
        args = node.args
        for arg in [*args.posonlyargs, *args.args, *args.kwonlyargs]:
            scope.bind(arg.arg, arg.annotation and Annotated(arg.annotation))
        for arg in filter(None, [args.vararg, args.kwarg]):
            scope.bind(arg.arg, None)
    for each in (
        ast.walk(node) if not isinstance(node, ast.ClassDef | ast.Lambda) else ()
    ):
        if isinstance(each, ast.Global | ast.Nonlocal):
            scope.elsewhere.update(each.names)


def _bind(node, scope):
    """Note what a statement, or an expression that binds, binds in its scope."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            _bind_import(alias, scope)
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            known = not node.level and is_torch(node.module)
            value = Torch(f"{node.module}.{alias.name}") if known else None
            scope.bind(alias.asname or alias.name, value)
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            _bind_target(target, node.value, scope)
    elif isinstance(node, ast.AnnAssign):
        _bind_target(node.target, Annotated(node.annotation), scope)
    elif isinstance(node, ast.NamedExpr):
        _bind_target(node.target, node.value, scope)
    elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        _bind_target(node.target, None, scope)
    elif isinstance(node, ast.withitem) and node.optional_vars:
        _bind_target(node.optional_vars, None, scope)
    elif isinstance(node, ast.Call):
        _doubt(node, scope)
    else:
        name = getattr(node, "name", None)
        if isinstance(name, str) and not isinstance(node, ast.alias):
            scope.bind(name, None)


def _doubt(node, scope):
    """Note the name whose type a call of isinstance asks for."""
    asks = isinstance(node.func, ast.Name) and node.func.id == "isinstance"
    if asks and node.args and isinstance(node.args[0], ast.Name):
        scope.doubted.add(node.args[0].id)


def _bind_import(alias, scope):
    root = alias.name.partition(".")[0]
    name = alias.name if alias.asname else root
    scope.bind(alias.asname or root, Torch(name) if is_torch(name) else None)


def _bind_target(target, value, scope):
    """Bind a name to a value's node; the parts of anything else to the unknown."""
    if isinstance(target, ast.Name):
        scope.bind(target.id, value)
    elif isinstance(target, ast.Tuple | ast.List | ast.Starred):
        for part in ast.iter_child_nodes(target):
            _bind_target(part, None, scope)
