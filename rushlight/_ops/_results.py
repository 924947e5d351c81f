"""Shared by the families: the named tuples of functions with several results.

They are torch's ``return_types``: tuples whose items have names and which print one
item to a line.
"""

from operator import itemgetter

#: Name -> class; what ``rushlight.return_types`` shows.
RETURN_TYPES = {}


class NamedResult(tuple):
    """A tuple whose items also have names."""

    __slots__ = ()
    fields: tuple = ()

    def __repr__(self):
        items = [f"{name}={item!r}" for name, item in zip(self.fields, self)]
        return f"torch.return_types.{type(self).__name__}(\n" + ",\n".join(items) + ")"

    def __reduce__(self):
        return result_of, (type(self).__name__, tuple(self))

    def __getnewargs__(self):
        return (tuple(self),)


def named_result(name, *fields):
    """A class of named results, entered in RETURN_TYPES.

    Args:
        name: the function's name.
        fields: the names of its results, in order.

    Returns:
        type: call it with a tuple of the results.
    """
    body = {field: property(itemgetter(i)) for i, field in enumerate(fields)}
    body |= {
        "__slots__": (),
        "__module__": "torch.return_types",
        "fields": fields,
        "n_fields": len(fields),
        "n_sequence_fields": len(fields),
        "n_unnamed_fields": 0,
    }
    made = RETURN_TYPES[name] = type(name, (NamedResult,), body)
    return made


def result_of(name, items):
    """A named result from its class's name; how they are copied and unpickled."""
    return RETURN_TYPES[name](items)
