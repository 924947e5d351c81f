"""Rewritten history: what a recorded in-place write does to the tape.

# Note [Rewriting]
# After a recorded in-place write the tensor has a new edge: the node of the write.
# If the tensor is a view, its base changed too: the base gets a CopySlices node, which
# passes on the gradient of all but the view's region and runs the write's own rule on
# that region.  Every other living view then gets an edge through the base's new one.

# Note [Regions]
# The gradient of a write through a view needs the view's region of another tensor.
# Arrays say where they lie; specs lie nowhere, so there the capture tells it, and on
# the meta device, whose gradients are shapes, nobody needs to.
"""

import numpy as np

from rushlight._base.errors import GraphError
from rushlight._base.spec import Spec
from rushlight._core.intercept import CAPTURE
from rushlight._core.node import AccumulateGrad, Node, next_number
from rushlight._core.tensor import wrap


def rewrite_history(x, edge):
    """Give x the history of a write, and with it its base and views."""
    base = x._base
    if base is None:
        x._edge, base = edge, x
    elif edge.__class__ is AccumulateGrad:
        raise GraphError("a leaf cannot be a view's new history")
    else:
        base._edge = CopySlices(base, x, edge)
    for view in base._memory.living_views() if base._memory is not None else ():
        if view is not base and view._base is base:
            view._edge = ViewOfBase(base, view)


class Region:
    """Where a view lies in its base's memory: shape, strides and start, in elements."""

    __slots__ = ("layout", "shape", "stride", "start")

    def __init__(self, view, base):
        array, layout = view._array, base._array
        first = array.__array_interface__["data"][0]
        offset = first - layout.__array_interface__["data"][0]
        self.layout, self.shape = layout, array.shape
        self.stride = tuple([step // array.itemsize for step in array.strides])
        self.start = offset // array.itemsize

    def of(self, whole):
        """The same region of a tensor that lies as the base does, as a view."""
        return whole.as_strided(self.shape, self.stride, self.start)

    def spread(self, gradient):
        """The base's gradient, from the view's."""
        base = self.layout
        source = tuple([step // base.itemsize for step in base.strides]), 0
        return gradient._as_strided_gradient(
            base.shape, source, self.stride, self.start
        )


class _Nowhere:
    """A Region where there is no memory: tensors of the right shape."""

    __slots__ = ("view", "base")

    def __init__(self, view, base):
        self.view, self.base = view._array.shape, base._array.shape

    def of(self, whole):
        return whole.new_empty(self.view)

    def spread(self, gradient):
        return gradient.new_empty(self.base)


def _region(view, base):
    """Where a view lies; what captures specs knows the way there instead."""
    if view._array.__class__ is not Spec:
        return Region(view, base)
    capture = CAPTURE.get()
    return _Nowhere(view, base) if capture is None else capture.way(view, base)


class Overwritten(Node):
    """The edge of a tensor whose values gave way to ones without a gradient."""

    __slots__ = ()

    def __init__(self, tensor):
        self.edges, self.saved, self.versions = (tensor._edge,), (), ()
        self.shape, self.dtype = tensor._array.shape, tensor._array.dtype
        self.hooks = self.notes = None
        self.number = next_number()

    def gradients(self, gradient):
        return (gradient.new_zeros(gradient.shape),)


class ViewOfBase(Node):
    """A view's edge after its base was rewritten: a region of the base."""

    __slots__ = ("region",)

    def __init__(self, base, view):
        self.edges, self.saved, self.versions = (base._edge,), (), ()
        self.shape, self.dtype = view._array.shape, view._array.dtype
        self.region = _region(view, base)
        self.hooks = self.notes = None
        self.number = next_number()

    def name(self):
        return "AsStridedBackward0"

    def gradients(self, gradient):
        return (self.region.spread(gradient),)


class CopySlices(Node):
    """A base's edge after one of its views was written in place."""

    __slots__ = ("region", "layout", "write")

    def __init__(self, base, view, write):
        self.write = write
        self.edges = (base._edge, *write.edges[1:])
        self.saved, self.versions = (), ()
        self.shape, self.dtype = base._array.shape, base._array.dtype
        self.region, self.layout = _region(view, base), base._array
        self.hooks = self.notes = None
        self.number = next_number()

    def gradients(self, gradient):
        whole = _like_base(self.layout, gradient)
        slice_ = self.region.of(whole)
        first, *others = self.write.gradients(slice_.clone())
        if first is None:
            slice_.zero_()
        else:
            slice_.copy_(first)
        return (whole, *others)

    def release(self):
        self.write.release()


def _like_base(layout, values):
    """A fresh tensor with the base's own strides and these values."""
    if layout.__class__ is Spec:
        return values.clone()
    return wrap(np.empty_like(layout)).copy_(values)
