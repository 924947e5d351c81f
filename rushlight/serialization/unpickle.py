"""A reader of pickles that builds only tensors and plain containers.

# Note [Nothing is executed]
# A pickle is a program for a small stack machine.  This is that machine without the
# instructions that reach outside: a name in the file (GLOBAL) is looked up in `NAMES`,
# our own table of builders, and nowhere else; a call (REDUCE, NEWOBJ) runs such a
# builder, which checks its arguments and makes a tensor or a container; BUILD fills the
# attributes of the few classes that take them.  Nothing is imported, and no function or
# class named by the file is called.  Anything else is refused with its name.
"""

import argparse
import collections
import io
import pickletools

import numpy as np

from rushlight._base.errors import RushlightError
from rushlight._core.tensor import Tensor
from rushlight.serialization.builders import NAMES, Builder, EmptyArray
from rushlight.serialization.refusals import damaged, refused

_MARK = object()


class Reader:
    """The stack machine (Note [Nothing is executed]).

    Args:
        data: the pickle's bytes.
        storage_of: from a persistent id to a StorageArray.
    """

    def __init__(self, data, storage_of):
        self.stream = io.BytesIO(data) if isinstance(data, bytes) else data
        self.storage_of = storage_of
        self.stack, self.memo = [], {}

    def read(self):
        """The object that the pickle describes.

        Raises:
            pickle.UnpicklingError: for anything but tensors and plain containers.
        """
        try:
            for opcode, argument, _ in pickletools.genops(self.stream):
                if opcode.name == "STOP":
                    return self.pop()
                step = _STEPS.get(opcode.name)
                if step is None:
                    raise refused(f"the pickle instruction {opcode.name}")
                step(self, argument)
        except RushlightError:
            raise
        except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
            raise damaged(f"{type(error).__name__}: {error}") from None
        raise damaged("its pickle does not end")

    def pop(self):
        """Take the topmost value."""
        """Take the top of the stack."""
        if not self.stack or self.stack[-1] is _MARK:
            raise damaged("its pickle's stack is empty")
        return self.stack.pop()

    def push(self, value):
        """Put a value on top."""
        """Put a value on the stack."""
        self.stack.append(value)

    def items(self):
        """What was pushed since the last mark."""
        for place in range(len(self.stack) - 1, -1, -1):
            if self.stack[place] is _MARK:
                found = self.stack[place + 1 :]
                del self.stack[place:]
                return found
        raise damaged("its pickle has no mark")

    def name(self, module, name):
        """Push what a name in the file stands for."""
        """Push what an allowed name stands for; refuse any other."""
        found = NAMES.get((module, name))
        if found is None:
            raise refused(f"{module}.{name}")
        self.push(found)

    def reduce(self):
        """Run a builder on its arguments."""
        """Push what an allowed builder makes of its arguments."""
        args, function = self.pop(), self.pop()
        if not isinstance(function, Builder) or function.function is None:
            raise refused(f"a call of {getattr(function, 'name', function)!r}")
        if not isinstance(args, tuple):
            raise damaged("a call without arguments")
        self.push(function.function(*args))

    def build(self):
        """Fill the state of a value that has some."""
        """Give the value below the top its state, which is the top."""
        state, value = self.pop(), self.pop()
        if isinstance(value, EmptyArray):
            filled = value.fill(state)
            self.memo = {k: filled if v is value else v for k, v in self.memo.items()}
            self.push(filled)
        elif isinstance(value, np.dtype):
            swapped = isinstance(state, tuple) and state[1] in ("<", ">")
            self.push(value.newbyteorder(state[1]) if swapped else value)
        elif isinstance(value, (collections.OrderedDict, argparse.Namespace)):
            if not isinstance(state, dict) or not all(type(k) is str for k in state):
                raise damaged("attributes that are no dict of names")
            value.__dict__.update(state)
            self.push(value)
        elif isinstance(value, Tensor):
            self.push(value)
        else:
            raise refused(f"attributes on a {type(value).__name__}")

    def extend(self, method):
        """Put the items since the last mark into the container below it."""
        """Put what follows the mark into the container below it."""
        items, target = self.items(), self.stack[-1]
        if method == "set":
            if not isinstance(target, dict):
                raise damaged("items set on something that is no dict")
            target.update(zip(items[::2], items[1::2], strict=True))
        elif method == "append":
            if not isinstance(target, list):
                raise damaged("items appended to something that is no list")
            target.extend(items)
        else:
            if not isinstance(target, set):
                raise damaged("items added to something that is no set")
            target.update(items)


def _one_item(reader):
    value = reader.pop()
    key = reader.pop()
    if not isinstance(reader.stack[-1], dict):
        raise damaged("an item set on something that is no dict")
    reader.stack[-1][key] = value


def _one_append(reader):
    value = reader.pop()
    if not isinstance(reader.stack[-1], list):
        raise damaged("an item appended to something that is no list")
    reader.stack[-1].append(value)


def _tuple_of(count):
    def step(reader, argument):
        reader.push(tuple(reversed([reader.pop() for _ in range(count)])))

    return step


def _memoize(reader, argument):
    reader.memo[len(reader.memo) if argument is None else argument] = reader.stack[-1]


def _stack_global(reader, argument):
    name, module = reader.pop(), reader.pop()
    reader.name(module, name)


def _new_object(reader, argument):
    """NEWOBJ: for the containers' classes the same as a call."""
    reader.reduce()


_STEPS = {
    "PROTO": lambda r, a: None,
    "FRAME": lambda r, a: None,
    "MARK": lambda r, a: r.push(_MARK),
    "POP": lambda r, a: r.stack.pop(),
    "POP_MARK": lambda r, a: r.items(),
    "DUP": lambda r, a: r.push(r.stack[-1]),
    "NONE": lambda r, a: r.push(None),
    "NEWTRUE": lambda r, a: r.push(True),
    "NEWFALSE": lambda r, a: r.push(False),
    "EMPTY_LIST": lambda r, a: r.push([]),
    "EMPTY_DICT": lambda r, a: r.push({}),
    "EMPTY_TUPLE": lambda r, a: r.push(()),
    "EMPTY_SET": lambda r, a: r.push(set()),
    "LIST": lambda r, a: r.push(r.items()),
    "TUPLE": lambda r, a: r.push(tuple(r.items())),
    "FROZENSET": lambda r, a: r.push(frozenset(r.items())),
    "TUPLE1": _tuple_of(1),
    "TUPLE2": _tuple_of(2),
    "TUPLE3": _tuple_of(3),
    "APPEND": lambda r, a: _one_append(r),
    "APPENDS": lambda r, a: r.extend("append"),
    "SETITEM": lambda r, a: _one_item(r),
    "SETITEMS": lambda r, a: r.extend("set"),
    "ADDITEMS": lambda r, a: r.extend("add"),
    "GET": lambda r, a: r.push(r.memo[a]),
    "BINGET": lambda r, a: r.push(r.memo[a]),
    "LONG_BINGET": lambda r, a: r.push(r.memo[a]),
    "PUT": _memoize,
    "BINPUT": _memoize,
    "LONG_BINPUT": _memoize,
    "MEMOIZE": _memoize,
    "GLOBAL": lambda r, a: r.name(*a.split(" ", 1)),
    "STACK_GLOBAL": _stack_global,
    "REDUCE": lambda r, a: r.reduce(),
    "NEWOBJ": _new_object,
    "BUILD": lambda r, a: r.build(),
    "BINPERSID": lambda r, a: r.push(r.storage_of(r.pop())),
}
for _name in (
    "INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT STRING BINSTRING "
    "SHORT_BINSTRING UNICODE BINUNICODE BINUNICODE8 SHORT_BINUNICODE BINBYTES "
    "BINBYTES8 SHORT_BINBYTES BYTEARRAY8"
).split():
    _STEPS[_name] = lambda r, a: r.push(a)
