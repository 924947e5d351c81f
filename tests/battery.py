"""The battery: from samples of an op, every test that an op must pass.

A test file holds data only::

    OPS = [Op("exp", reference=np.exp, samples=lambda make: [(make(2, 3),)])]
    globals().update(battery(OPS))

For each op: the value in every dtype against a float64 reference, meta equals eager in
shape and dtype, other memory layouts give the same, gradient and second gradient along
one random direction, in-place and out= forms, errors with their text.
"""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import ml_dtypes
import numpy as np
import pytest

import rushlight
from rushlight._base.spec import Spec
from rushlight._core.tensor import Tensor, wrap

FLOATS = ("float64", "float32", "float16", "bfloat16")
INTS = ("int64", "int32", "int16", "int8", "uint8")
COMPLEX = ("complex128", "complex64")
NUMBERS = FLOATS + INTS
ALL = (*NUMBERS, "bool")

_TOLERANCE = {"float64": 1e-10, "float32": 2e-5, "float16": 5e-3, "bfloat16": 4e-2}
_TOLERANCE |= {"complex128": 1e-10, "complex64": 2e-5}


@dataclass
class Error:
    """Arguments that must be refused, the exception's type and words of its text."""

    args: tuple
    type: type
    text: str
    kwargs: dict = field(default_factory=dict)


@dataclass
class Op:
    """One public function and how to test it.

    Attributes:
        name: under ``rushlight``, as "exp" or "nn.functional.relu" or "Tensor.view".
        samples: ``make -> [args]``; args is a tuple, whose last item may be a dict of
            keyword arguments.
        reference: of the same arguments as float64 (complex128, integer, bool) arrays;
            None where only gradients, layouts and forms are tested.
        dtypes: those in which values are tested; the first float one is for gradients.
        grad: whether to test gradients (False, 1: first only, 2: second too).
        inplace: whether there is a form `name_`.
        out: whether there is an ``out=``.
        tolerance: factor on the relative tolerance.
        id: to tell apart several entries of one name.
    """

    name: str
    samples: Callable
    reference: Callable | None = None
    dtypes: tuple = ("float64", "float32")
    grad: int = 2
    inplace: bool = False
    out: bool = False
    meta: bool = True
    tolerance: float = 1
    errors: list = field(default_factory=list)
    id: str = ""

    @property
    def function(self):
        return functools.reduce(getattr, self.name.split("."), rushlight)

    def __str__(self):
        return self.id or self.name


def maker(dtype, seed=0):
    """``make(*shape, low=-2, high=2, dtype=None)``: random tensors, seeded."""
    rng = np.random.default_rng(seed)

    def make(*shape, low=-2, high=2, dtype=None, _default=dtype):
        name = dtype or _default
        if name == "bool":
            return wrap(np.asarray(rng.random(shape) < 0.5))
        if name in INTS:
            low, high = (
                (max(int(low), 0), max(int(high), 3))
                if name == "uint8"
                else (
                    math.floor(low),
                    math.ceil(high),
                )
            )
            return wrap(np.asarray(rng.integers(low, high + 1, shape)).astype(name))
        values = np.asarray(rng.uniform(low, high, shape))
        if name in COMPLEX:
            values = values + 1j * rng.uniform(low, high, shape)
        if name == "bfloat16":
            name = ml_dtypes.bfloat16
        return wrap(np.asarray(values).astype(name))

    return make


def _map_tensors(function, value):
    if isinstance(value, Tensor):
        return function(value)
    if isinstance(value, (list, tuple)):
        return type(value)(_map_tensors(function, v) for v in value)
    if isinstance(value, dict):
        return {k: _map_tensors(function, v) for k, v in value.items()}
    return value


def _call(function, args):
    if args and isinstance(args[-1], dict):
        return function(*args[:-1], **args[-1])
    return function(*args)


def _tensors(result):
    if isinstance(result, Tensor):
        return [result]
    if isinstance(result, (list, tuple)):
        return [t for r in result for t in _tensors(r)]
    return []


def _wide(tensor):
    array = tensor._array
    if array.dtype.kind == "c":
        return array.astype(np.complex128)
    return array.astype(np.float64) if array.dtype.kind in "fV" else array


def _cases(ops, wanted=lambda op: True):
    return [pytest.param(op, id=str(op)) for op in ops if wanted(op)]


def _check_value(op, dtype):
    for args in op.samples(maker(dtype)):
        result = _tensors(_call(op.function, args))
        with np.errstate(all="ignore"):
            expected = _call(op.reference, _map_tensors(_wide, args))
        expected = expected if isinstance(expected, (tuple, list)) else [expected]
        assert len(result) == len(expected)
        for got, want in zip(result, expected, strict=True):
            want = np.asarray(want)
            assert tuple(got.shape) == want.shape
            close = _TOLERANCE.get(got.dtype.name, 0) * op.tolerance
            np.testing.assert_allclose(_wide(got), want, rtol=close, atol=close)


def _check_meta(op, dtype):
    for args in op.samples(maker(dtype)):
        eager = _tensors(_call(op.function, args))
        meta = _map_tensors(lambda t: wrap(Spec(t._array.shape, t._array.dtype)), args)
        for got, want in zip(_tensors(_call(op.function, meta)), eager, strict=True):
            assert (got.shape, got.dtype) == (want.shape, want.dtype)
            assert got.is_meta


def _other_layout(tensor):
    """The same values with reversed dimension order and gaps in memory."""
    array = tensor._array
    if array.ndim == 0:
        return wrap(np.stack([array, array])[0, ...])
    holder = np.empty([2 * n for n in reversed(array.shape)], array.dtype)
    view = holder[tuple(slice(None, None, 2) for _ in holder.shape)].T
    view[...] = array
    return wrap(view)


def _check_layout(op, dtype):
    for args in op.samples(maker(dtype)):
        plain = _tensors(_call(op.function, args))
        other = _tensors(_call(op.function, _map_tensors(_other_layout, args)))
        for got, want in zip(other, plain, strict=True):
            close = _TOLERANCE.get(want.dtype.name, 0)
            np.testing.assert_allclose(_wide(got), _wide(want), rtol=close, atol=close)


def _differentiable(args, dtype):
    """Copies of the arguments whose tensors of the dtype want gradients."""
    leaves = []

    def leaf(tensor):
        if tensor.dtype.name != dtype:
            return tensor
        copy = wrap(tensor._array.copy())
        copy.requires_grad = True
        leaves.append(copy)
        return copy

    return _map_tensors(leaf, args), leaves


def _floating(result):
    return [t for t in _tensors(result) if t.requires_grad]


class _Directional:
    """A function of some leaves, and its derivative along one random direction."""

    def __init__(self, function, args, leaves, rng):
        self.function, self.args, self.leaves = function, args, leaves
        self.outputs = _floating(_call(function, args))
        self.weights = [wrap(rng.normal(size=o._array.shape)) for o in self.outputs]
        self.directions = [rng.normal(size=leaf._array.shape) for leaf in leaves]
        self.rng = rng

    def value(self):
        """The outputs, weighted at random and summed."""
        outputs = _floating(_call(self.function, self.args))
        parts = zip(outputs, self.weights, strict=True)
        return functools.reduce(lambda a, b: a + b, [(o * w).sum() for o, w in parts])

    def gradients(self):
        """The gradients of the value, which can be differentiated again."""
        return rushlight.autograd.grad(
            self.value(), self.leaves, create_graph=True, allow_unused=True
        )

    def mix(self, gradients, cotangents):
        """Gradients, weighted and summed: the function whose gradient is the second."""
        pairs = zip(gradients, cotangents, strict=True)
        parts = [(g * c).sum() for g, c in pairs if g is not None]
        return functools.reduce(lambda a, b: a + b, parts)

    def move(self, step):
        for leaf, direction in zip(self.leaves, self.directions, strict=True):
            leaf._array += step * direction

    def compare(self, scalar, gradients, close):
        """Central differences of a scalar along the direction, and its gradients."""
        step, ends = 1e-6, []
        for side in (step, -step):
            self.move(side)
            ends.append(float(scalar()._array))
            self.move(-side)
        numeric = (ends[0] - ends[1]) / (2 * step)
        exact = sum(
            float((g._array * d).sum())
            for g, d in zip(gradients, self.directions, strict=True)
            if g is not None
        )
        scale = max(1.0, abs(numeric), abs(exact))
        assert abs(numeric - exact) <= close * scale, (numeric, exact)


def check_gradient(function, args, dtype, order, rng):
    """Compare the gradient along one random direction with central differences.

    With order 2 the gradient itself is then checked as a function of its inputs.
    """
    args, leaves = _differentiable(args, dtype)
    if not any(leaf._array.size for leaf in leaves):
        return
    along = _Directional(function, args, leaves, rng)
    if not along.outputs:
        return
    first = along.gradients()
    along.compare(along.value, first, 1e-6)
    for gradient, leaf in zip(first, leaves, strict=True):
        assert gradient is None or gradient.shape == leaf.shape
    if order < 2:
        return
    cotangents = [
        None if g is None else wrap(rng.normal(size=g._array.shape)) for g in first
    ]
    total = along.mix(first, cotangents)
    found = [None] * len(leaves)
    if total.requires_grad:
        found = rushlight.autograd.grad(total, leaves, allow_unused=True)
    along.compare(lambda: along.mix(along.gradients(), cotangents), found, 1e-5)


def _check_gradients(op):
    dtype = next(d for d in op.dtypes if d == "float64")
    rng = np.random.default_rng(1)
    for args in op.samples(maker(dtype)):
        check_gradient(op.function, args, dtype, op.grad, rng)


def _check_inplace(op, dtype):
    for args in op.samples(maker(dtype)):
        expected = _call(op.function, args)
        if expected.shape != args[0].shape or expected.dtype != args[0].dtype:
            continue
        target = wrap(args[0]._array.copy())
        version = target._version
        *path, name = op.name.split(".")
        result = _call(getattr(Tensor, f"{name}_"), (target, *args[1:]))
        assert result is target
        assert target._version > version
        np.testing.assert_array_equal(_wide(target), _wide(expected))


def _check_out(op, dtype):
    for args in op.samples(maker(dtype)):
        expected = _tensors(_call(op.function, args))
        outs = [wrap(np.empty_like(e._array)) for e in expected]
        keywords = dict(args[-1]) if isinstance(args[-1], dict) else {}
        plain = args[:-1] if keywords else args
        given = outs[0] if len(outs) == 1 else tuple(outs)
        op.function(*plain, **keywords, out=given)
        for out, want in zip(outs, expected, strict=True):
            np.testing.assert_array_equal(_wide(out), _wide(want))


def battery(ops):
    """The test functions for a list of ops, by name."""
    typed = [
        pytest.param(op, dtype, id=f"{op}-{dtype}") for op in ops for dtype in op.dtypes
    ]
    valued = [p for p in typed if p.values[0].reference is not None]
    errors = [
        pytest.param(op, error, id=f"{op}-{i}")
        for op in ops
        for i, error in enumerate(op.errors)
    ]
    parametrize = pytest.mark.parametrize

    @parametrize("op, dtype", valued)
    def test_value(op, dtype):
        _check_value(op, dtype)

    @parametrize("op, dtype", [p for p in typed if p.values[0].meta])
    def test_meta_equals_eager(op, dtype):
        _check_meta(op, dtype)

    @parametrize("op", _cases(ops))
    def test_other_layouts(op):
        _check_layout(op, op.dtypes[0])

    @parametrize("op", _cases(ops, lambda op: op.grad and "float64" in op.dtypes))
    def test_gradient(op):
        _check_gradients(op)

    @parametrize("op", _cases(ops, lambda op: op.inplace))
    def test_inplace(op):
        _check_inplace(op, op.dtypes[0])

    @parametrize("op", _cases(ops, lambda op: op.out))
    def test_out(op):
        _check_out(op, op.dtypes[0])

    @parametrize("op, error", errors)
    def test_errors(op, error):
        with pytest.raises(error.type) as caught:
            op.function(*error.args, **error.kwargs)
        assert error.text in str(caught.value)

    made = locals()
    used = {
        "test_value": valued,
        "test_inplace": [op for op in ops if op.inplace],
        "test_out": [op for op in ops if op.out],
        "test_errors": errors,
    }
    return {
        name: test
        for name, test in made.items()
        if name.startswith("test_") and used.get(name, True)
    }
