"""Nested containers as a flat list of leaves and a hashable plan to build them again.

Containers are tuples, named tuples, lists, dicts (in their order) and their subclasses
that can be built from their items; everything else is a leaf.
"""

from collections import OrderedDict, defaultdict

_LEAF = "leaf"


def flatten(tree):
    """The leaves of a tree from left to right, and its plan.

    >>> flatten({"a": [1, 2], "b": (3,)})[0]
    [1, 2, 3]
    """
    leaves = []
    return leaves, _flatten(tree, leaves)


def _flatten(tree, leaves):
    kind = tree.__class__
    if kind in (list, tuple) or (isinstance(tree, tuple) and hasattr(tree, "_fields")):
        return kind, None, tuple([_flatten(item, leaves) for item in tree])
    if kind in (dict, OrderedDict):
        items = tuple([_flatten(item, leaves) for item in tree.values()])
        return kind, tuple(tree), items
    if kind is defaultdict:
        items = tuple([_flatten(item, leaves) for item in tree.values()])
        return kind, (tree.default_factory, *tree), items
    if isinstance(tree, tuple) and hasattr(tree, "n_sequence_fields"):
        return kind, None, tuple([_flatten(item, leaves) for item in tree])
    leaves.append(tree)
    return _LEAF


def unflatten(plan, leaves):
    """The tree of a plan with other leaves, in the same order.

    >>> leaves, plan = flatten({"a": [1, 2]})
    >>> unflatten(plan, [5, 6])
    {'a': [5, 6]}
    """
    return _unflatten(plan, iter(leaves))


def _unflatten(plan, leaves):
    if plan is _LEAF or plan == _LEAF:
        return next(leaves)
    kind, keys, parts = plan
    items = [_unflatten(part, leaves) for part in parts]
    if kind in (dict, OrderedDict):
        return kind(zip(keys, items, strict=True))
    if kind is defaultdict:
        return kind(keys[0], zip(keys[1:], items, strict=True))
    if hasattr(kind, "_fields"):
        return kind(*items)
    return kind(items)
