"""What those who walk kernels ask about statements and expressions."""

import math

from rushlight._compiler.loops.ir import (
    Accumulate,
    Declare,
    Instruction,
    Loop,
    Product,
    Store,
)


def expressions(statement):
    """The expressions that a statement itself uses (not those in a loop's body)."""
    if isinstance(statement, Loop):
        found = [statement.extent]
    elif isinstance(statement, Product):
        found = [statement.m, statement.n, statement.k]
        for place in (statement.a, statement.b, statement.c):
            found += [place.at, place.row]
    elif isinstance(statement, Store):
        found = [statement.value, statement.at, statement.only_if]
    elif isinstance(statement, Accumulate):
        found = [statement.value]
    else:
        found = []
    return [value for value in found if not isinstance(value, (int, str, type(None)))]


def filled(body):
    """{name: (kind, dtype)} of the accumulators from outside that a body fills."""
    found, own = {}, set()
    for statement in body:
        if isinstance(statement, Accumulate):
            found[statement.name] = statement.kind, statement.value.dtype
        elif isinstance(statement, Declare):
            own.add(statement.name)
        elif isinstance(statement, Loop):
            found |= filled(statement.body)
    return {name: how for name, how in found.items() if name not in own}


def neutral(kind, dtype):
    """What an accumulator's lanes begin with: combining it with x gives x."""
    if dtype in ("f32", "f64"):
        return {"add": -0.0, "mul": 1.0, "max": -math.inf, "min": math.inf}[kind]
    if dtype == "bool":
        return {"max": False, "min": True}[kind]
    return {"add": 0, "mul": 1, "max": -(2**63), "min": 2**63 - 1}[kind]


def product_dtypes(kernel):
    """The dtypes of the kernel's products, in the order of its arguments."""
    found = set()

    def visit(body):
        for statement in body:
            if isinstance(statement, Product):
                found.add(statement.dtype)
            elif isinstance(statement, Loop):
                visit(statement.body)

    visit(kernel.body)
    return [dtype for dtype in ("f32", "f64") if dtype in found]


def adds_product(statement):
    """Whether a statement adds a product of floats to an accumulator."""
    if not isinstance(statement, Accumulate) or statement.kind != "add":
        return False
    value = statement.value
    is_product = isinstance(value, Instruction) and value.op == "mul"
    return is_product and value.dtype in ("f32", "f64")


def _is_small(value, most):
    """Whether fewer instructions are below an expression: it is not deep then."""
    seen, stack = set(), [value]
    while stack:
        top = stack.pop()
        if isinstance(top, Instruction) and id(top) not in seen:
            seen.add(id(top))
            if len(seen) >= most:
                return False
            stack += top.args
    return True


def stones(value, apart=60):
    """Instructions below an expression, innermost first, each `apart` deep over others.

    Whoever walks expressions by recursion goes there first, so that what was made of
    hundreds of operations in a row does not exhaust Python's stack.
    """
    if _is_small(value, apart):
        return []
    depths, found, stack = {}, [], [value]
    while stack:
        top = stack[-1]
        parts = top.args if isinstance(top, Instruction) else ()
        missing = [part for part in parts if id(part) not in depths]
        if missing:
            stack += missing
            continue
        stack.pop()
        if id(top) not in depths:
            depth = depths[id(top)] = 1 + max((depths[id(p)] for p in parts), default=0)
            if depth % apart == 0:
                found.append(top)
    return found
