"""Loops of the user's, read from their text: what they add up, and divide by."""

import ast
import functools
import linecache


class Loop:
    """A loop over a loader.

    Attributes:
        sums: {variable: the expression that is added or appended to it}, of numbers
            taken out of tensors, as they are.
    """

    def __init__(self, node, rest, loader):
        self.node, self.rest, self.loader = node, rest, loader
        self.assigned = {
            target.id: statement.value
            for statement in ast.walk(node)
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name)
        }
        self.sums = {}
        for statement in ast.walk(node):
            name, value = _addition(statement)
            if name is not None and _is_number(value):
                self.sums[name] = value

    def is_mean(self, name):
        """Whether the text says that what is added is a mean."""
        value = self.sums[name]
        inner = [value] + [
            self.assigned[part.id]
            for part in ast.walk(value)
            if isinstance(part, ast.Name) and part.id in self.assigned
        ]
        return any(_calls(each, "mean") for each in inner)

    def divisions(self, frame, batches):
        """Pairs (variable, line): where a sum is divided by the number of batches."""
        for statement in self.rest:
            for node in ast.walk(statement):
                name = self._mean_of_list(node)
                if name is None and isinstance(getattr(node, "op", None), ast.Div):
                    if isinstance(node, ast.AugAssign):
                        dividend, divisor = node.target, node.value
                    else:
                        dividend, divisor = node.left, node.right
                    if self._counts(divisor, frame, batches):
                        name = getattr(_summed(dividend), "id", None)
                if name in self.sums:
                    yield name, node.lineno

    def _mean_of_list(self, node):
        """The list in ``np.mean(values)`` or ``statistics.mean(values)``, or None."""
        if isinstance(node, ast.Call) and len(node.args) == 1:
            function = node.func
            if getattr(function, "attr", getattr(function, "id", "")) == "mean":
                return getattr(node.args[0], "id", None)
        return None

    def _counts(self, divisor, frame, batches):
        """Whether a divisor is the number of batches."""
        if isinstance(divisor, ast.Name):
            value = _value(frame, divisor.id)
            return type(value) is int and value == batches
        if isinstance(divisor, ast.Call) and getattr(divisor.func, "id", "") == "len":
            inner = divisor.args[0] if len(divisor.args) == 1 else None
            name = getattr(inner, "id", None)
            if name is None:
                return False
            return name in self.sums or _value(frame, name) is self.loader
        return False


def _value(frame, name):
    return frame.f_locals.get(name, frame.f_globals.get(name))


def _addition(statement):
    """(variable, value) of ``variable += value`` and ``variable.append(value)``."""
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add):
        if isinstance(statement.target, ast.Name):
            return statement.target.id, statement.value
    if isinstance(statement, ast.Call) and len(statement.args) == 1:
        function = statement.func
        if isinstance(function, ast.Attribute) and function.attr == "append":
            return getattr(function.value, "id", None), statement.args[0]
    return None, None


def _summed(node):
    """What is summed up: the variable itself, or a list in sum(list)."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "sum":
        return node.args[0] if len(node.args) == 1 else None
    return node


def _is_number(value):
    """Whether an expression is .item() or float() of something, and no product."""
    if not isinstance(value, ast.Call) or any(
        isinstance(part, ast.Mult) for part in ast.walk(value)
    ):
        return False
    function = value.func
    is_item = isinstance(function, ast.Attribute) and function.attr == "item"
    return is_item or getattr(function, "id", "") == "float"


def _calls(value, name):
    return any(
        isinstance(part, ast.Attribute) and part.attr == name
        for part in ast.walk(value)
    )


def loop_at(frame, loader):
    """The loop that a frame is at the head of, or None where its text is not there."""
    tree = _tree(frame.f_code.co_filename)
    if tree is None:
        return None
    for body in _bodies(tree):
        for place, statement in enumerate(body):
            if not isinstance(statement, ast.For | ast.With):
                continue
            loop = _head(statement, frame.f_lineno)
            if loop is not None:
                return Loop(loop, body[place + 1 :] + _after(statement, loop), loader)
    return None


def _head(statement, line):
    """A loop whose head is at a line, straight or under ``with`` blocks."""
    while isinstance(statement, ast.With):
        heads = [_head(inner, line) for inner in statement.body]
        return next((head for head in heads if head is not None), None)
    if isinstance(statement, ast.For):
        if statement.lineno <= line <= statement.iter.end_lineno:
            return statement
    return None


def _after(statement, loop):
    """What follows a loop inside the ``with`` blocks around it."""
    if statement is loop:
        return []
    for place, inner in enumerate(statement.body):
        if inner is loop:
            return statement.body[place + 1 :]
        if isinstance(inner, ast.With):
            rest = _after(inner, loop)
            if rest or any(each is loop for each in ast.walk(inner)):
                return rest + statement.body[place + 1 :]
    return []


def _bodies(tree):
    """All lists of statements in a program."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            body = getattr(node, field, None)
            if isinstance(body, list):
                yield body


@functools.lru_cache(maxsize=8)
def _tree(name):
    try:
        return ast.parse("".join(linecache.getlines(name)))
    except (SyntaxError, ValueError, RecursionError):
        return None
