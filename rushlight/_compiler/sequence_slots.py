"""The slots of attention and recurrent layers; see `slots`.

# Note [Strides of attention]
# Queries, keys and values are mostly views of one array.  Their routines read them
# where they lie, if the elements of a row are adjacent, and write results in the order
# in memory that the queries have; others are copied first.
"""

import numpy as np

from rushlight._base.sized import is_multiple, is_same

_DTYPES = {np.dtype(np.float32): "f32", np.dtype(np.float64): "f64"}
_MASKS = {**_DTYPES, np.dtype(np.bool_): "bool"}


def _dtype_of(arrays):
    """The loop language's dtype of arrays of one float dtype, or None.

    It is None too where there is no BLAS for the routines' products.
    """
    from rushlight._compiler.runtime import blas

    if not blas.is_available():
        return None
    arrays = [a for a in arrays if a is not None]
    if any(a.__class__ is not np.ndarray or a.dtype != arrays[0].dtype for a in arrays):
        return None
    return _DTYPES.get(arrays[0].dtype)


# ------------------------------------------------------------------------- attention


def _attention(q, k, v, mask, noise, *, scale, is_causal):
    from rushlight._compiler.routines.attention import attention_forward

    given = {"q": q, "k": k, "v": v, "mask": mask, "noise": noise}
    layout = _AttentionLayout(given, scale, is_causal)
    if layout.dtype is None:
        return None
    layout.result("out", (*q.shape[:-1], v.shape[-1]), q)
    layout.result("row", (*q.shape[:-1], 1))
    return attention_forward(layout.call()), layout.results, layout.inputs


def _attention_backward(
    g, q, k, v, mask, noise, out, rows, *, scale, is_causal, wants_scores
):
    from rushlight._compiler.routines.attention import attention_backward

    given = {"g": g, "q": q, "k": k, "v": v, "mask": mask, "noise": noise}
    layout = _AttentionLayout({**given, "out": out, "row": rows}, scale, is_causal)
    if layout.dtype is None:
        return None
    for name in "qkv":
        layout.result(f"g_{name}", given[name].shape, given[name])
    scores = (*q.shape[:-1], k.shape[-2]) if wants_scores else (0,)
    layout.result("g_scores", scores)
    return (
        attention_backward(layout.call(wants_scores)),
        layout.results,
        layout.inputs,
    )


class _AttentionLayout:
    """How the arrays of a call lie in memory (Note [Strides of attention]).

    Attributes:
        dtype: None where there is no routine for it.
        inputs, results: as `NativeRoutine` takes them.
    """

    def __init__(self, given, scale, is_causal):
        from rushlight._compiler.runtime.routine import AS_IT_IS

        self.given, self.scale, self.is_causal = given, scale, is_causal
        mask = given["mask"]
        self.dtype = _dtype_of([a for n, a in given.items() if n != "mask"])
        if mask is not None and mask.dtype not in _MASKS:
            self.dtype = None
        if any(0 in a.shape for a in given.values() if a is not None):
            self.dtype = None
        self.strides, self.inputs, self.results = {}, [], []
        for name, array in given.items():
            if array is None:
                continue
            is_readable = name != "mask" and _is_readable(array)
            self.inputs.append(AS_IT_IS if is_readable else None)
            strides = _steps(array) if is_readable else _contiguous(array.shape)
            self.strides[name] = strides
        if mask is not None:
            self.strides["mask"] = self._broadcast(mask.shape, self.strides["mask"])

    def _broadcast(self, shape, strides):
        """The strides of a mask along all dimensions of the scores."""
        found = [0 if n == 1 else step for n, step in zip(shape, strides)]
        return (0,) * (self.given["q"].ndim - len(shape)) + tuple(found)

    def result(self, name, shape, like=None):
        """Add a result, in the order in memory of another array."""
        order = tuple(range(len(shape)))
        if like is not None and _is_readable(like):
            leading = sorted(order[:-1], key=lambda dim: -like.strides[dim])
            order = (*leading, order[-1])
        steps = _contiguous([shape[dim] for dim in order])
        self.strides[name] = tuple(steps[order.index(dim)] for dim in range(len(shape)))
        self.results.append((shape, self.given["q"].dtype, order))

    def call(self, wants_scores=False):
        """The `Attention` of it."""
        from rushlight._compiler.routines.attention import Attention

        q, k, mask = self.given["q"], self.given["k"], self.given["mask"]
        return Attention(
            lead=q.shape[:-2],
            length=q.shape[-2],
            keys=k.shape[-2],
            size=q.shape[-1],
            value_size=self.given["v"].shape[-1],
            dtype=self.dtype,
            scale=self.scale,
            is_causal=self.is_causal,
            mask=None if mask is None else _MASKS[mask.dtype],
            has_noise=self.given["noise"] is not None,
            strides=tuple(self.strides.items()),
            wants_scores=wants_scores,
        )


def _is_readable(array):
    """Whether rows are runs of memory, and no two elements are the same."""
    size = array.itemsize
    return (
        (array.shape[-1] == 1 or is_same(array.strides[-1], size))
        and _is_aligned(array)
        and all(
            step > 0 and is_multiple(step, size)
            for n, step in zip(array.shape[:-1], array.strides)
            if n > 1
        )
    )


def _is_aligned(array):
    """Whether it begins at an element; what stands for symbolic sizes does."""
    return type(array) is not np.ndarray or array.ctypes.data % array.itemsize == 0


def _steps(array):
    """Strides in elements; of a single element those that it has if contiguous."""
    size = array.itemsize
    return tuple(
        step // size if n > 1 else own
        for n, step, own in zip(array.shape, array.strides, _contiguous(array.shape))
    )


def _contiguous(shape):
    steps, step = [], 1
    for n in reversed(shape):
        steps.append(step)
        step *= n
    return tuple(reversed(steps))


# ------------------------------------------------------------------------- recurrent


def _recurrent(spec, x, h, *rest, shape):
    from rushlight._compiler.routines.recurrent import recurrent_forward

    call = _recurrent_call(x, h, rest, shape)
    if call is None:
        return None
    specs, states = spec(x, h, *rest, shape=shape), 1 + len(call.states)
    results = [(s.shape, s.dtype) for s in specs[:states]]
    results += [(s.shape, s.dtype, (0, 2, 1)) for s in specs[states:]]
    return recurrent_forward(call), results


def _recurrent_backward(spec, x, h, g_y, g_hn, g_cn, *rest, shape):
    from rushlight._compiler.routines.recurrent import recurrent_backward

    given = {"g_y": g_y, "g_hn": g_hn, "g_cn": g_cn}
    given = {name: g for name, g in given.items() if g is not None}
    call = _recurrent_call(x, h, rest, shape, given)
    if call is None:
        return None
    specs = spec(x, h, g_y, g_hn, g_cn, *rest, shape=shape)
    tapes, others = len(call.tapes), 2 + len(given) + len(rest)
    inputs = [None] * (others - tapes) + [(0, 2, 1)] * tapes
    return recurrent_backward(call), [(s.shape, s.dtype) for s in specs], inputs


def _recurrent_call(x, h, rest, shape, gradients=None):
    """The `Recurrent` of a call, or None where there is no routine for it."""
    from rushlight._compiler.routines.recurrent import Recurrent

    dtype = _dtype_of([x, h, *rest, *(gradients or {}).values()])
    is_plain = not shape.lengths and not shape.has_projection
    if dtype is None or not is_plain or 0 in (*x.shape, *h.shape):
        return None
    call = Recurrent(
        kind=shape.kind,
        time=x.shape[0],
        batch=x.shape[1],
        size=x.shape[2],
        hidden=h.shape[2],
        layers=shape.layers,
        dtype=dtype,
        has_biases=shape.has_biases,
        gradients=tuple(gradients or ()),
        directions=shape.directions,
    )
    count = len(rest) - len(call.names) - (len(call.states) - 1)
    if gradients is not None:
        count -= len(call.tapes)
    return call.with_noise() if count else call


#: By the op's name: the request of its routine (see `AdaptiveRoutine`).
REQUESTS = {
    "scaled_dot_product_attention": _attention,
    "scaled_dot_product_attention_backward": _attention_backward,
    "recurrent": _recurrent,
    "recurrent_backward": _recurrent_backward,
}
#: Of those, the ones that are given the op's spec rule first.
WITH_SPEC = {"recurrent", "recurrent_backward"}
#: Of those, the ones that look at strides.
WITH_STRIDES = {
    "scaled_dot_product_attention",
    "scaled_dot_product_attention_backward",
}
