"""shared-layer: ``[Layer(...)] * n``, which is n times the same layer.

# Note [Shared on purpose]
# Some models do share a layer's weights (ALBERT), and name it: ``[block] * 12``,
# ``[self.block for _ in range(12)]``.  A layer that is made inside of the list that is
# multiplied has no name to be shared by; only that is said, and only of layers with
# parameters.
"""

import ast

from rushlight.guard._calls import assigned, call_source, user_frame
from rushlight.guard._report import found, is_listening

NAME = "shared-layer"
SUMMARY = "a layer made once and multiplied, [Layer(...)] * n, shares its weights"


def contained(container):
    """A container is made that holds a module several times."""
    if not is_listening(NAME):
        return
    modules = [m for m in container._modules.values() if m is not None]
    shared = [m for m in modules if sum(m is other for other in modules) > 1]
    shared = [m for m in shared if any(True for _ in m.parameters())]
    frame = user_frame()
    if not shared or frame is None:
        return
    source = call_source(frame)
    if source is None:
        return
    arguments = [a.value if isinstance(a, ast.Starred) else a for a in source.args]
    arguments = [
        assigned(frame, a.id) if isinstance(a, ast.Name) else a for a in arguments
    ]
    if any(map(_is_made_once, arguments)):
        _say(container, shared[0], sum(m is shared[0] for m in modules))


def _is_made_once(node):
    """Whether an expression is ``[Layer(...)] * n``, or a sum with one."""
    if not isinstance(node, ast.BinOp):
        return False
    if isinstance(node.op, ast.Add):
        return _is_made_once(node.left) or _is_made_once(node.right)
    if not isinstance(node.op, ast.Mult):
        return False
    for side in (node.left, node.right):
        if isinstance(side, ast.List | ast.Tuple):
            if any(isinstance(part, ast.Call) for part in side.elts):
                return True
    return False


def _say(container, module, count):
    size = sum(p._array.size for p in module.parameters())
    kind = type(module).__name__
    found(
        NAME,
        saw=f"{type(container).__name__} holds one {kind} {count} times: all {count} "
        f"places share the same {size} parameters",
        why="Multiplying a list repeats the object, it does not make new ones, so the "
        f"model has 1/{count} of the parameters that it seems to have here",
        do=f"[{kind}(...) for _ in range({count})]",
    )
