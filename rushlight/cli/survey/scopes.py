"""What the names of a program stand for, as far as its text says for certain.

A name stands for one of torch's (`nn` after `import torch.nn as nn`), for a tensor
(`x` after `x = torch.ones(3)`), or for something that the text does not tell.  A name
that is bound to several things stands for none of them.
"""

import ast
from dataclasses import dataclass, field

from rushlight.cli.rewrite.names import ROOTS, root_of
from rushlight.cli.survey.returns import TENSOR_FUNCTIONS, TENSOR_METHODS

TENSOR = "a tensor"
UNKNOWN = None

# Expressions nest: beyond this depth the text is not followed.
_DEPTH = 60


@dataclass(frozen=True)
class Torch:
    """A thing of torch's, by its full name."""

    name: str


@dataclass(frozen=True)
class Annotated:
    """What is bound to an argument or name with an annotation."""

    annotation: ast.AST


@dataclass(frozen=True)
class Itself:
    """What a name stands for while that is being found out: `x = x.view(-1)`."""

    name: str


@dataclass(eq=False)
class Scope:
    """The names bound in a module, class or function.

    `elsewhere` holds those that are declared global or nonlocal, `doubted` those whose
    type the program asks for (isinstance): they may be tensors of another class.
    """

    node: ast.AST
    parent: "Scope | None" = None
    bound: dict = field(default_factory=dict)
    elsewhere: set = field(default_factory=set)
    known: dict = field(default_factory=dict)
    doubted: set = field(default_factory=set)

    def bind(self, name, value):
        """Add what a name may stand for: Torch, Annotated, UNKNOWN or a node."""
        scope = self
        while name in scope.elsewhere and scope.parent:
            scope = scope.parent
        scope.bound.setdefault(name, []).append(value)

    def find(self, name, depth=0):
        """What a name that is read in this scope stands for."""
        scope, doubted = self, False
        while scope is not None:
            doubted = doubted or name in scope.doubted
            if name in scope.bound:
                value = scope._common(name, depth)
                return UNKNOWN if doubted and value is TENSOR else value
            scope = scope.parent
            while scope is not None and isinstance(scope.node, ast.ClassDef):
                scope = scope.parent
        return UNKNOWN

    def _common(self, name, depth):
        """What all bindings of a name stand for; None as a value says nothing."""
        if name not in self.known:
            self.known[name] = itself = Itself(f"{id(self)} {name}")
            values = self.bound[name]
            says = [value for value in values if not _is_none(value)] or values
            found = {_meaning_of(value, self, depth + 1) for value in says} - {itself}
            value = found.pop() if len(found) == 1 else UNKNOWN
            self.known[name] = UNKNOWN if isinstance(value, Itself) else value
        return self.known[name]


def _is_none(value):
    return isinstance(value, ast.Constant) and value.value is None


def _meaning_of(value, scope, depth):
    """What a binding's value stands for."""
    if isinstance(value, Annotated):
        is_tensor = meaning(value.annotation, scope, depth) == Torch("torch.Tensor")
        return TENSOR if is_tensor else UNKNOWN
    return meaning(value, scope, depth) if isinstance(value, ast.AST) else value


def is_torch(name):
    """Whether a dotted name is torch's or torchvision's."""
    return root_of(name) in ROOTS


def meaning(node, scope, depth=0):
    """What an expression stands for: Torch, TENSOR or UNKNOWN."""
    rule = _RULES.get(type(node))
    return rule(node, scope, depth) if rule and depth < _DEPTH else UNKNOWN


def _attribute(node, scope, depth):
    holder = meaning(node.value, scope, depth + 1)
    if isinstance(holder, Torch):
        return Torch(f"{holder.name}.{node.attr}")
    is_tensor = holder is TENSOR and node.attr in ("T", "mT", "H", "data", "real")
    return TENSOR if is_tensor else UNKNOWN


def _call(node, scope, depth):
    function = meaning(node.func, scope, depth + 1)
    if isinstance(function, Torch):
        return TENSOR if function.name in TENSOR_FUNCTIONS else UNKNOWN
    if isinstance(node.func, ast.Attribute) and node.func.attr in TENSOR_METHODS:
        return meaning(node.func.value, scope, depth + 1)
    return UNKNOWN


def _binary(node, scope, depth):
    left = meaning(node.left, scope, depth + 1)
    if left is TENSOR or isinstance(left, Itself):
        return left
    number = isinstance(node.left, ast.Constant)
    return meaning(node.right, scope, depth + 1) if number else UNKNOWN


def _inner(name):
    """The rule of an expression that is a tensor if one of its parts is."""

    def rule(node, scope, depth):
        value = meaning(getattr(node, name), scope, depth + 1)
        return UNKNOWN if isinstance(value, Torch) else value

    return rule


_RULES = {
    ast.Name: lambda node, scope, depth: scope.find(node.id, depth),
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.BinOp: _binary,
    ast.UnaryOp: _inner("operand"),
    ast.Subscript: _inner("value"),
    ast.NamedExpr: lambda node, scope, depth: meaning(node.value, scope, depth + 1),
}
