"""Syntax trees with torch's imports turned into Rushlight's, every position kept.

Statements are replaced where they stand, so a traceback still points at the line and
column that the user wrote.  Calls that take source or a module's name at run time
(`exec`, `eval`, `__import__`) go through dynamic.py, and so do names that `sys.modules`
is asked for.
"""

import ast

from rushlight.cli.rewrite.names import is_torch, root_of, translate

_DYNAMIC = "rushlight.cli.rewrite.dynamic"


def rewrite(tree):
    """Rewrite a tree in place and say whether anything changed.

    The walk keeps its own stack: a long chain of operators nests deeper than Python
    lets functions call each other.
    """
    changed = False
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if type(node) in _ASKING:
            changed |= _ASKING[type(node)](node)
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                changed |= _rewrite_statements(value)
                waiting.extend(item for item in value if isinstance(item, ast.AST))
            elif isinstance(value, ast.AST):
                waiting.append(value)
    return changed


def _rewrite_statements(body):
    """Replace the imports in a list of statements; any other list stays as it is."""
    if not any(type(item) in _REWRITERS for item in body):
        return False
    new = []
    for item in body:
        new.extend(_REWRITERS.get(type(item), _as_it_is)(item))
    changed = len(new) != len(body) or any(a is not b for a, b in zip(new, body))
    body[:] = new
    return changed


def _as_it_is(node):
    return [node]


def _import(node):
    """`import torch.nn as nn, os` as one import for each name."""
    if not any(is_torch(alias.name) for alias in node.names):
        return [node]
    new = []
    for alias in node.names:
        new.extend(_import_one(alias, node))
    return new


def _import_one(alias, node):
    if not is_torch(alias.name):
        return [_placed(ast.Import([alias]), node)]
    root = root_of(alias.name)
    bound = [(alias.name, alias.asname or root)]
    if not alias.asname and alias.name != root:
        # `import torch.nn` loads torch.nn and binds torch: the last one stays bound.
        bound.append((root, root))
    return [
        _placed(ast.Import([ast.alias(translate(name), asname)]), node)
        for name, asname in bound
    ]


def _import_from(node):
    """`from torch.nn import Linear` with the module's name translated."""
    if node.level or not is_torch(node.module):
        return [node]
    return [_placed(ast.ImportFrom(translate(node.module), node.names, 0), node)]


_REWRITERS = {ast.Import: _import, ast.ImportFrom: _import_from}


def _rewrite_call(node):
    """Send exec's, eval's and __import__'s argument through dynamic.py."""
    name = _builtin_name(node.func)
    if name is None or not node.args or isinstance(node.args[0], ast.Starred):
        return False
    if name == "__import__":
        if _is_literal(node.args[0]) and not is_torch(str(node.args[0].value)):
            return False
        node.func = _placed(_dynamic("import_"), node.func)
        return True
    source = node.args[0]
    if _is_literal(source) and not matters(source.value):
        return False
    function = node.func
    node.args[0] = _placed(
        ast.Call(_dynamic("source"), [source, function], []), source, (source, function)
    )
    return True


def _builtin_name(function):
    """Which of the three built-in functions an expression names, if any."""
    if isinstance(function, ast.Attribute):
        holder = function.value
        named = isinstance(holder, ast.Name) and holder.id == "builtins"
        name = function.attr if named else None
    else:
        name = function.id if isinstance(function, ast.Name) else None
    return name if name in ("exec", "eval", "__import__") else None


def _rewrite_get(node):
    """Translate the name in `sys.modules.get(name, ...)`."""
    function = node.func
    if not (isinstance(function, ast.Attribute) and function.attr == "get"):
        return False
    if not _is_modules(function.value) or not node.args:
        return False
    node.args[0], changed = _translated(node.args[0])
    return changed


def _rewrite_subscript(node):
    """Translate the name in `sys.modules[name]`, where it is read."""
    if not _is_modules(node.value) or not isinstance(node.ctx, ast.Load):
        return False
    node.slice, changed = _translated(node.slice)
    return changed


def _rewrite_compare(node):
    """Translate the name in `name in sys.modules`."""
    if len(node.ops) != 1 or not isinstance(node.ops[0], ast.In | ast.NotIn):
        return False
    if not _is_modules(node.comparators[0]):
        return False
    node.left, changed = _translated(node.left)
    return changed


def _is_modules(node):
    """Whether an expression is `sys.modules`."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "modules"
        and isinstance(node.value, ast.Name)
        and node.value.id == "sys"
    )


def _translated(key):
    """An expression for a module's name, translated; whether it is another one."""
    if isinstance(key, ast.Constant | ast.Starred):
        if not (_is_literal(key) and is_torch(str(key.value))):
            return key, False
        return _placed(ast.Constant(translate(key.value)), key), True
    call = ast.Call(_dynamic("module_name"), [key], [])
    return _placed(call, key, (key,)), True


_ASKING = {
    ast.Call: lambda node: _rewrite_call(node) or _rewrite_get(node),
    ast.Subscript: _rewrite_subscript,
    ast.Compare: _rewrite_compare,
}


def _is_literal(argument):
    """Whether an argument is text that stands in the program as it is."""
    return isinstance(argument, ast.Constant) and isinstance(
        argument.value, str | bytes
    )


def matters(text):
    """Whether source text, str or bytes, may hold something to rewrite."""
    if isinstance(text, str):
        return any(word in text for word in _WORDS)
    return any(word in text for word in _WORDS_IN_BYTES)


_WORDS = ("torch", "__import__", "exec", "eval", "sys.modules")
_WORDS_IN_BYTES = tuple(word.encode() for word in _WORDS)


def _dynamic(name):
    """The expression for one of dynamic.py's functions.

    It finds the module by itself: a function may run where nothing was prepared, when a
    library sends it to another process.
    """
    get = ast.Call(
        ast.Name("__import__", ast.Load()),
        [
            ast.Constant(_DYNAMIC),
            ast.Constant(None),
            ast.Constant(None),
            ast.Tuple([ast.Constant(name)], ast.Load()),
        ],
        [],
    )
    return ast.Attribute(get, name, ast.Load())


def _placed(new, old, keep=()):
    """Put a new node, except the old ones that it keeps, where an old one stood."""
    waiting = [new]
    while waiting:
        node = waiting.pop()
        if node in keep:
            continue
        ast.copy_location(node, old)
        waiting.extend(ast.iter_child_nodes(node))
    return new
