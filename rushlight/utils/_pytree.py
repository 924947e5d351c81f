"""torch.utils._pytree: containers of containers as a list of leaves, and back.

Lists, tuples, named tuples, dicts, OrderedDicts, defaultdicts, deques, sizes and what
`max(dim)` and its like return are containers, and classes that `register_pytree_node`
was told of; everything else is a leaf.
"""

from collections import OrderedDict, defaultdict, deque

from rushlight._base.errors import ArgumentError, explain
from rushlight._base.shape import Size
from rushlight._ops._results import NamedResult

__all__ = [
    "TreeSpec",
    "register_pytree_node",
    "tree_all",
    "tree_any",
    "tree_flatten",
    "tree_is_leaf",
    "tree_iter",
    "tree_leaves",
    "tree_map",
    "tree_map_",
    "tree_map_only",
    "tree_structure",
    "tree_unflatten",
]


class _NamedTuple:
    """Stands for all classes of named tuples."""


def _values(tree):
    return list(tree.values()), list(tree)


def _pairs(kind):
    return lambda values, keys: kind(zip(keys, values, strict=True))


#: {class: (its children and what else it takes to make it again, how)}
_NODES = {
    list: (lambda tree: (list(tree), None), lambda values, _: list(values)),
    tuple: (lambda tree: (list(tree), None), lambda values, _: tuple(values)),
    Size: (lambda tree: (list(tree), None), lambda values, _: Size(values)),
    dict: (_values, _pairs(dict)),
    OrderedDict: (_values, _pairs(OrderedDict)),
    defaultdict: (
        lambda tree: (list(tree.values()), [tree.default_factory, list(tree)]),
        lambda values, made: defaultdict(made[0], zip(made[1], values, strict=True)),
    ),
    deque: (
        lambda tree: (list(tree), tree.maxlen),
        lambda values, length: deque(values, maxlen=length),
    ),
    _NamedTuple: (
        lambda tree: (list(tree), type(tree)),
        lambda values, kind: kind(*values),
    ),
    NamedResult: (
        lambda tree: (list(tree), type(tree)),
        lambda values, kind: kind(values),
    ),
}


def register_pytree_node(cls, flatten_fn, unflatten_fn, **others):
    """Make a class a container.

    Args:
        cls: the class.
        flatten_fn: gives the children, as a list, and a context.
        unflatten_fn: makes one again of children and context.
        others: torch's names for serializing; not used.

    Raises:
        ValueError: for a class that is one already.
    """
    if cls in _NODES:
        raise ArgumentError(
            explain(
                "register_pytree_node()",
                expected="a class that is not registered",
                got=repr(cls),
                do="Register each class once.",
            )
        )
    _NODES[cls] = flatten_fn, unflatten_fn


def _kind(tree):
    """What kind of container a tree is; None for a leaf."""
    kind = type(tree)
    if kind in _NODES:
        return kind
    if issubclass(kind, NamedResult):
        return NamedResult
    if tuple in kind.__bases__ and hasattr(kind, "_fields"):
        return _NamedTuple
    return None


class TreeSpec:
    """How a tree is made of its leaves.

    Attributes:
        type: the container's class, None for a leaf.
        context: what else it takes to make the container.
        children_specs: the TreeSpecs of its children.
    """

    def __init__(self, type, context, children_specs):
        self.type, self.context = type, context
        self.children_specs = list(children_specs)

    @property
    def num_children(self):
        """The number of its children."""
        return len(self.children_specs)

    @property
    def num_leaves(self):
        """The number of leaves below it, itself included."""
        if self.type is None:
            return 1
        return sum(child.num_leaves for child in self.children_specs)

    @property
    def num_nodes(self):
        """The number of containers and leaves, itself included."""
        return 1 + sum(child.num_nodes for child in self.children_specs)

    def is_leaf(self):
        """Whether it stands for a single leaf."""
        return self.type is None

    def unflatten(self, leaves):
        """The tree of these leaves; see `tree_unflatten`."""
        return tree_unflatten(leaves, self)

    def flatten_up_to(self, tree):
        """The parts of another tree that stand where this one has leaves."""
        if self.type is None:
            return [tree]
        children = self._children(tree)
        pairs = zip(self.children_specs, children, strict=True)
        return [part for spec, child in pairs for part in spec.flatten_up_to(child)]

    def _children(self, tree):
        children, context = _NODES[self.type][0](tree) if self._fits(tree) else ([], 0)
        if self.type in (dict, OrderedDict, defaultdict):
            keys = self.context[1] if self.type is defaultdict else self.context
            if set(keys) == set(tree):
                return [tree[key] for key in keys]
            raise _mismatch(f"the keys {keys}", list(tree))
        if len(children) != self.num_children:
            raise _mismatch(f"{self.num_children} children", len(children))
        return children

    def _fits(self, tree):
        kind = _kind(tree)
        dicts = (dict, OrderedDict, defaultdict)
        if kind is self.type or (kind in dicts and self.type in dicts):
            return True
        raise _mismatch(f"a {self.type.__name__}", type(tree).__name__)

    def __eq__(self, other):
        mine = self.type, self.context, self.children_specs
        return isinstance(other, TreeSpec) and mine == (
            other.type,
            other.context,
            other.children_specs,
        )

    def __hash__(self):
        return hash((self.type, self.num_children))

    def __repr__(self):
        if self.type is None:
            return "*"
        name = "namedtuple" if self.type is _NamedTuple else self.type.__name__
        inner = ",\n".join(map(repr, self.children_specs)).replace("\n", "\n  ")
        return f"TreeSpec({name}, {self.context!r}, [{inner}])"


def _mismatch(expected, got):
    return ArgumentError(
        explain(
            "tree_map()",
            expected=f"trees of one structure: {expected}",
            got=str(got),
            do="Compare tree_structure() of both.",
        )
    )


def tree_flatten(tree, is_leaf=None):
    """A tree's leaves from left to right, and its TreeSpec.

    Args:
        tree: containers of containers.
        is_leaf: a function that says of a container whether it counts as a leaf.

    >>> tree_flatten({"a": 1, "b": [2, 3]})[0]
    [1, 2, 3]
    """
    leaves = []
    return leaves, _flatten(tree, is_leaf, leaves)


def _flatten(tree, is_leaf, leaves):
    kind = _kind(tree)
    if kind is None or (is_leaf is not None and is_leaf(tree)):
        leaves.append(tree)
        return TreeSpec(None, None, [])
    children, context = _NODES[kind][0](tree)
    return TreeSpec(kind, context, [_flatten(c, is_leaf, leaves) for c in children])


def tree_unflatten(leaves, treespec):
    """The tree of which these are the leaves.

    Raises:
        ValueError: where there are more or fewer.

    >>> leaves, spec = tree_flatten({"a": 1, "b": [2, 3]})
    >>> tree_unflatten([10, 20, 30], spec)
    {'a': 10, 'b': [20, 30]}
    """
    leaves = list(leaves)
    if len(leaves) != treespec.num_leaves:
        raise ArgumentError(
            explain(
                "tree_unflatten()",
                expected=f"{treespec.num_leaves} leaves",
                got=str(len(leaves)),
                do="Give one for each leaf of the TreeSpec.",
            )
        )
    return _unflatten(iter(leaves), treespec)


def _unflatten(leaves, spec):
    if spec.type is None:
        return next(leaves)
    children = [_unflatten(leaves, child) for child in spec.children_specs]
    return _NODES[spec.type][1](children, spec.context)


def tree_map(func, tree, *rests, is_leaf=None):
    """A tree of ``func(leaf, ...)``; further trees give further arguments.

    Raises:
        ValueError: for further trees that do not have the first one's structure.

    >>> tree_map(lambda a, b: a + b, [1, {"x": 2}], [10, {"x": 20}])
    [11, {'x': 22}]
    """
    leaves, spec = tree_flatten(tree, is_leaf)
    others = [spec.flatten_up_to(rest) for rest in rests]
    return _unflatten(map(func, leaves, *others), spec)


def tree_map_(func, tree, *rests, is_leaf=None):
    """Call ``func(leaf, ...)`` for each leaf; gives the tree itself."""
    tree_map(func, tree, *rests, is_leaf=is_leaf)
    return tree


def tree_map_only(type_or_types, func, tree, is_leaf=None):
    """A tree of ``func(leaf)`` for leaves of a type, or that a function chooses.

    >>> tree_map_only(int, lambda x: x + 1, [1, "a"])
    [2, 'a']
    """
    is_one = type_or_types
    if isinstance(type_or_types, (type, tuple)) or hasattr(type_or_types, "__args__"):

        def is_one(x):
            return isinstance(x, type_or_types)

    return tree_map(lambda x: func(x) if is_one(x) else x, tree, is_leaf=is_leaf)


def tree_leaves(tree, is_leaf=None):
    """A tree's leaves from left to right."""
    return tree_flatten(tree, is_leaf)[0]


def tree_iter(tree, is_leaf=None):
    """An iterator over a tree's leaves."""
    return iter(tree_leaves(tree, is_leaf))


def tree_structure(tree, is_leaf=None):
    """A tree's TreeSpec."""
    return tree_flatten(tree, is_leaf)[1]


def tree_is_leaf(tree, is_leaf=None):
    """Whether a tree is a single leaf."""
    return _kind(tree) is None or (is_leaf is not None and is_leaf(tree))


def tree_all(pred, tree, is_leaf=None):
    """Whether something holds for all leaves."""
    return all(map(pred, tree_iter(tree, is_leaf)))


def tree_any(pred, tree, is_leaf=None):
    """Whether something holds for one leaf at least."""
    return any(map(pred, tree_iter(tree, is_leaf)))
