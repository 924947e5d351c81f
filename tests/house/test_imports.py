"""Imports point down: DESIGN's floors, families side by side, no circles."""

import ast
from functools import cache

import pytest

from tests.house.source import SHARED, Source, report, sources, stale, statements

# Every room of rushlight/ and its floor.  A module may import from its own floor and
# from those below.
FLOORS = {
    **dict.fromkeys(["_base", "_version"], 0),
    **dict.fromkeys(["_backends"], 1),
    **dict.fromkeys(["_core"], 2),
    **dict.fromkeys(["_ops"], 3),
    **dict.fromkeys(["_compiler"], 4),
    **dict.fromkeys(
        "_C _doors _queries _settings _symbolic accelerator amp autograd backends cpu "
        "cuda distributed distributions fft func fx hub jit linalg masked mps "
        "multiprocessing nn onnx optim profiler random return_types serialization "
        "signal special testing torch_version utils version xpu".split(),
        5,
    ),
    **dict.fromkeys(["guard", "report", "vision"], 6),
    **dict.fromkeys(["__main__", "_dynamo", "cli", "compiler"], 7),
}
DOOR = 7

# Rooms whose members do not know each other.  A member with a leading underscore is a
# tool that the others share; `__init__` may name them all.
SEPARATE = ("rushlight._ops", "rushlight._backends")

# (importing module, imported module): why it may.
UPWARD = {}
SIDEWAYS = {}
# Engine-room module that no other imports: why it is there.
UNIMPORTED = {
    "rushlight.__main__": "python -m rushlight",
    "rushlight.cli.__main__": "python -m rushlight.cli",
    "rushlight._C": "torch's name; the door opens it",
    "rushlight._dynamo": "torch's name; the door opens it",
    "rushlight._symbolic": "torch's names; the door opens them",
    "rushlight.jit.annotations": "torch's name, for typing's",
    "rushlight.utils._pytree": "torch's name; utils opens it",
    "rushlight._compiler.loops.interpreter": "what compiled code is tested against",
}


def imported(source, everything):
    """Triples (line, module, runs): every import, inside functions too.

    `runs` says whether the import runs when the module is imported.
    """
    calls = "import_module" in source.text or "__import__" in source.text
    for node, runs in _walk(source.tree, True, calls):
        for name in _names(node, source, everything):
            if name.split(".")[0] == "rushlight":
                yield node.lineno, name, runs


def _walk(node, runs, calls):
    """Pairs (node, whether it runs on import): statements, with `calls` all nodes."""
    for child in ast.iter_child_nodes(node) if calls else statements(node):
        yield child, runs
        inner = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        typing_only = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(
            child.test
        )
        yield from _walk(child, runs and not inner and not typing_only, calls)


def _names(node, source, everything):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = _base_of(node, source)
        inside = [f"{base}.{alias.name}" for alias in node.names]
        return [name if name in everything else base for name in inside]
    if isinstance(node, ast.Call):
        return _imported_by_call(node)
    return []


def _base_of(node, source):
    if not node.level:
        return node.module
    parts = source.module.split(".")
    keep = len(parts) - node.level + source.is_package
    return ".".join(parts[:keep] + ([node.module] if node.module else []))


def _imported_by_call(node):
    called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    called = node.func.id if isinstance(node.func, ast.Name) else called
    if called not in ("import_module", "__import__") or not node.args:
        return []
    name = node.args[0]
    return [name.value] if isinstance(name, ast.Constant) else []


def floor_of(module):
    """The floor of a module, by the room that it is in."""
    room = (module.split(".") + [""])[1]
    return DOOR if not room else FLOORS.get(room, DOOR)


def member_of(module, room):
    """The member of a separate room that a module belongs to, if it is one."""
    if not module.startswith(room + ".") or module in SHARED:
        return None
    member = module.removeprefix(room + ".").split(".")[0]
    return None if member.startswith("_") else member


def upward(files, everything):
    """Pairs (modules, message) of the imports that point up."""
    for source in files:
        for line, name, _ in imported(source, everything):
            here, there = floor_of(source.module), floor_of(name)
            if there > here:
                yield (
                    (source.module, name),
                    f"{source.path}:{line}: floor {here} imports {name}, floor {there}",
                )


def sideways(files, everything):
    """Pairs (modules, message) of the imports between members of a separate room."""
    for source in files:
        for line, name, _ in imported(source, everything):
            for room in SEPARATE:
                there = member_of(name, room)
                if _crosses(source, room, there):
                    yield (
                        (source.module, name),
                        f"{source.path}:{line}: imports {name}, its neighbour",
                    )


def _crosses(source, room, there):
    if there is None or source.module == room or not source.module.startswith(room):
        return False
    return member_of(source.module, room) != there


def circle(graph):
    """A path of modules that import each other, back to its first; empty if none."""
    state, path = {}, []

    def visit(module):
        state[module] = "open"
        path.append(module)
        for name in sorted(graph.get(module, ())):
            if state.get(name) == "open":
                return [*path[path.index(name) :], name]
            found = visit(name) if name not in state else []
            if found:
                return found
        state[module] = "done"
        path.pop()
        return []

    for module in sorted(graph):
        found = visit(module) if module not in state else []
        if found:
            return found
    return []


def reached(graph, roots):
    """The modules that importing the roots brings in, with the packages they are in."""
    seen, waiting = set(), list(roots)
    while waiting:
        name = waiting.pop()
        if name and name not in seen:
            seen.add(name)
            waiting += [*graph.get(name, ()), name.rpartition(".")[0]]
    return seen


@cache
def modules():
    """The names of all modules of the package."""
    return {source.module for source in sources()}


def test_every_room_has_a_floor():
    rooms = {name.split(".")[1] for name in modules() if "." in name}
    report(
        [f"rushlight/{room}" for room in sorted(rooms - FLOORS.keys())],
        "Give each a floor in FLOORS of tests/house/test_imports.py, by DESIGN.",
    )


def test_imports_point_down():
    found = dict(upward(sources(), modules()))
    problems = [text for pair, text in found.items() if pair not in UPWARD]
    report(
        problems + stale(UPWARD, found.keys()),
        "Move what is shared down, attach it (tensor.attach), or make it an "
        "interceptor; see CONTRIBUTING, Imports.",
    )


def test_families_and_machines_do_not_import_each_other():
    found = dict(sideways(sources(), modules()))
    problems = [text for pair, text in found.items() if pair not in SIDEWAYS]
    report(
        problems + stale(SIDEWAYS, found.keys()),
        "Call a Tensor method in the rule instead, or move what both need into "
        "the room's tools (a file with a leading underscore).",
    )


def test_no_circles():
    graph = {
        source.module: {name for _, name, runs in imported(source, modules()) if runs}
        for source in sources()
    }
    path = circle(graph)
    report(
        [" -> ".join(path)] if path else [],
        "These modules import each other when they are imported: let one of them "
        "import the other's module below, not the package.",
    )


def test_no_file_is_left_over():
    graph = {s.module: {n for _, n, _ in imported(s, modules())} for s in sources()}
    # Public modules are imported by users, families by their name.
    public = [source.module for source in sources() if source.is_public]
    families = [name for name in modules() if name.count(".") == 2 and "._ops." in name]
    seen = reached(graph, public + families + list(UNIMPORTED))
    report(
        [source.path for source in sources() if source.module not in seen],
        "Nothing imports these: take them out, or import them where they are used.",
    )


# The test tests itself: each of these must be found.
_EVERYTHING = {
    "rushlight",
    "rushlight.nn",
    "rushlight._ops.view",
    "rushlight._ops.scan",
}
_FAULTS = {
    "import": "import rushlight.nn",
    "import as": "import rushlight.nn as nn",
    "from": "from rushlight.nn import Module",
    "from the door": "from rushlight import nn",
    "the door": "import rushlight",
    "relative": "from ..nn import Module",
    "in a function": "def f():\n    import rushlight.nn",
    "by name": "import importlib\nimportlib.import_module('rushlight.nn')",
    "for types": "if TYPE_CHECKING:\n    from rushlight.nn import Module",
}


@pytest.mark.parametrize("text", _FAULTS.values(), ids=_FAULTS.keys())
def test_an_upward_import_is_found(text):
    source = Source("rushlight/_ops/view.py", text)
    assert [pair[0] for pair, _ in upward([source], _EVERYTHING)] == [source.module]


def test_a_sideways_import_is_found():
    text = "from rushlight._ops import _tools\nfrom rushlight._ops.scan import cumsum"
    source = Source("rushlight/_ops/view.py", text)
    found = [pair for pair, _ in sideways([source], _EVERYTHING)]
    assert found == [("rushlight._ops.view", "rushlight._ops.scan")]


def test_a_circle_is_found():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
