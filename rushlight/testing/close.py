"""assert_close: compare tensors, numbers, arrays and containers of them."""

import cmath
import warnings
from collections.abc import Mapping, Sequence

import numpy as np

from rushlight._base.errors import (
    ArgumentError,
    ArgumentTypeError,
    explain,
)
from rushlight._core.tensor import Tensor, wrap

#: By dtype the relative and absolute tolerance; others must be equal.
_TOLERANCES = {
    "float16": (1e-3, 1e-5),
    "bfloat16": (1.6e-2, 1e-5),
    "float32": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7),
    "complex64": (1.3e-6, 1e-5),
    "complex128": (1e-7, 1e-7),
}
_PYTHON = {float: "float64", complex: "complex128"}
_NUMBERS = (bool, int, float, complex)


class _Rules:
    """What is asked of every pair."""

    def __init__(self, options):
        self.__dict__.update(options)

    def tolerances(self, *names):
        """(rtol, atol): as given, or the widest of the dtypes' own."""
        if self.rtol is not None:
            return self.rtol, self.atol
        found = [_TOLERANCES.get(name, (0.0, 0.0)) for name in names]
        return max(r for r, _ in found), max(a for _, a in found)


def assert_close(
    actual,
    expected,
    *,
    allow_subclasses=True,
    rtol=None,
    atol=None,
    equal_nan=False,
    check_device=True,
    check_dtype=True,
    check_layout=True,
    check_stride=False,
    msg=None,
):
    """Assert ``|actual - expected| <= atol + rtol * |expected|`` in all elements.

    Args:
        actual, expected: tensors, NumPy arrays, numbers, None, or lists, tuples and
            dictionaries of such.
        allow_subclasses: whether a subclass may be compared with its base.
        rtol, atol: tolerances, both or neither; left out, the dtype's own (0 for
            integers and bool).
        equal_nan: whether nan equals nan.
        check_device, check_dtype, check_stride: whether those must agree.
        check_layout: as in torch; here all layouts are strided.
        msg: the message instead, or a function of the message.

    Raises:
        AssertionError: where they are not close.
        TypeError: for values that cannot be compared.
        ValueError: for one tolerance without the other.

    >>> import rushlight
    >>> assert_close(rushlight.tensor([1.0, 2.0]), rushlight.tensor([1.0, 2.0 + 1e-7]))
    """
    if (rtol is None) != (atol is None):
        absent = "rtol" if rtol is None else "atol"
        raise ArgumentError(
            explain(
                "assert_close()",
                expected="'rtol' and 'atol' both or neither",
                got=f"no {absent}",
                do=f"Give {absent} too.",
            )
        )
    rules = _Rules(
        {
            "allow_subclasses": allow_subclasses,
            "rtol": rtol,
            "atol": atol,
            "equal_nan": equal_nan,
            "check_device": check_device,
            "check_dtype": check_dtype,
            "check_stride": check_stride,
        }
    )
    why = _compare(actual, expected, rules, ())
    if why is not None:
        raise AssertionError(msg(why) if callable(msg) else msg or why)


def assert_allclose(actual, expected, rtol=None, atol=None, equal_nan=True, msg=""):
    """The old form of `assert_close`, which looks at neither dtype nor device.

    Raises:
        AssertionError: where they are not close.
    """
    warnings.warn(
        "torch.testing.assert_allclose() is deprecated; use assert_close().",
        FutureWarning,
        stacklevel=2,
    )
    actual, expected = (
        t if isinstance(t, Tensor) else wrap(np.asarray(t)) for t in (actual, expected)
    )
    if rtol is None and atol is None:
        rtol, atol = _TOLERANCES.get(expected.dtype.name, (0.0, 0.0))
    assert_close(
        actual,
        expected,
        rtol=rtol,
        atol=atol,
        equal_nan=equal_nan,
        check_device=True,
        check_dtype=False,
        msg=msg or None,
    )


def _compare(actual, expected, rules, place):
    """Why two values are not close, in words; None if they are."""
    if isinstance(actual, Mapping) and isinstance(expected, Mapping):
        return _compare_mappings(actual, expected, rules, place)
    if _is_sequence(actual) and _is_sequence(expected):
        return _compare_sequences(actual, expected, rules, place)
    why = _compare_leaves(actual, expected, rules)
    if why is None:
        return None
    items = "".join(f"[{item!r}]" for item in place)
    return f"{why}\n\nThe failure occurred for item {items}" if place else why


def _is_sequence(value):
    return isinstance(value, Sequence) and not isinstance(value, str)


def _compare_mappings(actual, expected, rules, place):
    missing = sorted(map(repr, expected.keys() - actual.keys()))
    extra = sorted(map(repr, actual.keys() - expected.keys()))
    if missing or extra:
        return (
            "The keys of the mappings do not match:\n"
            f"Missing keys in the actual mapping: [{', '.join(missing)}]\n"
            f"Additional keys in the actual mapping: [{', '.join(extra)}]"
        )
    for key in actual:
        why = _compare(actual[key], expected[key], rules, (*place, key))
        if why is not None:
            return why
    return None


def _compare_sequences(actual, expected, rules, place):
    if len(actual) != len(expected):
        return (
            "The length of the sequences do not match: "
            f"{len(actual)} != {len(expected)}"
        )
    for index, pair in enumerate(zip(actual, expected, strict=True)):
        why = _compare(*pair, rules, (*place, index))
        if why is not None:
            return why
    return None


def _compare_leaves(actual, expected, rules):
    if actual is None and expected is None:
        return None
    if actual is None or expected is None:
        return f"None mismatch: {actual} is not {expected}"
    if _comparable(actual, expected, rules, Tensor):
        return _compare_tensors(actual, expected, rules)
    if isinstance(actual, np.ndarray) and isinstance(expected, np.ndarray):
        return _compare_tensors(wrap(actual), wrap(expected), rules)
    if isinstance(actual, (*_NUMBERS, np.number)) and isinstance(
        expected, (*_NUMBERS, np.number)
    ):
        return _compare_numbers(actual, expected, rules)
    raise ArgumentTypeError(
        explain(
            "assert_close()",
            expected="two tensors, arrays, numbers, None, or containers of them",
            got=f"no comparison pair was able to handle inputs of type "
            f"{type(actual)} and {type(expected)}",
            do="Convert both to tensors.",
        )
    )


def _comparable(actual, expected, rules, kind):
    if not (isinstance(actual, kind) and isinstance(expected, kind)):
        return False
    related = isinstance(actual, type(expected)) or isinstance(expected, type(actual))
    return related if rules.allow_subclasses else type(actual) is type(expected)


def _compare_numbers(actual, expected, rules):
    if rules.check_dtype and type(actual) is not type(expected):
        return f"The (d)types do not match: {type(actual)} != {type(expected)}."
    kinds = [_PYTHON.get(type(v), "int64") for v in (actual, expected)]
    rtol, atol = rules.tolerances(*kinds)
    both_nan = rules.equal_nan and cmath.isnan(actual) and cmath.isnan(expected)
    if actual == expected or both_nan:
        return None
    gap = abs(actual - expected)
    if cmath.isfinite(actual) and gap <= atol + rtol * abs(expected):
        return None
    relative = gap / abs(expected) if expected else float("inf")
    if rtol == atol == 0:
        head, up_to = "Scalars are not equal!", ("", "")
    else:
        head = "Scalars are not close!"
        up_to = f" (up to {atol} allowed)", f" (up to {rtol} allowed)"
    return (
        f"{head}\n\nExpected {expected} but got {actual}.\n"
        f"Absolute difference: {gap}{up_to[0]}\n"
        f"Relative difference: {relative}{up_to[1]}"
    )


def _compare_tensors(actual, expected, rules):
    checks = [("shape", True), ("device", rules.check_device)]
    checks += [("dtype", rules.check_dtype)]
    for name, wanted in checks:
        mine, other = getattr(actual, name), getattr(expected, name)
        if wanted and mine != other:
            return f"The values for attribute '{name}' do not match: {mine} != {other}."
    if rules.check_stride and actual.stride() != expected.stride():
        return (
            "The values for attribute 'stride()' do not match: "
            f"{actual.stride()} != {expected.stride()}."
        )
    rtol, atol = rules.tolerances(actual.dtype.name, expected.dtype.name)
    return _compare_arrays(_wide(actual), _wide(expected), rtol, atol, rules.equal_nan)


def _wide(tensor):
    array = tensor.detach().cpu()._array
    if array.dtype.kind == "c":
        return array.astype(np.complex128)
    return array.astype(np.float64) if array.dtype.kind in "fV" else array


def _compare_arrays(mine, other, rtol, atol, equal_nan):
    if mine.dtype != other.dtype:
        common = np.result_type(mine, other)
        mine, other = mine.astype(common), other.astype(common)
    if mine.dtype.kind in "bu":
        mine, other = mine.astype(object), other.astype(object)
        mine, other = mine + 0, other + 0
    with np.errstate(all="ignore"):
        gap = np.asarray(np.abs(mine - other))
        close = (mine == other) | (
            (gap <= atol + rtol * np.abs(other)) & (gap < np.inf)
        )
        if equal_nan:
            close |= (mine != mine) & (other != other)
        close = np.asarray(close, bool)
        if close.all():
            return None
        gap = gap.astype(np.float64)
        size = np.abs(other).astype(np.float64)
        relative = np.where(gap == 0, 0.0, gap / size)
    gap[close], relative[close] = 0, 0
    return _report(close, gap, relative, rtol, atol)


def _report(close, gap, relative, rtol, atol):
    exact = rtol == atol == 0
    kind = "Scalars" if close.ndim == 0 else "Tensor-likes"
    head = f"{kind} are not {'equal' if exact else 'close'}!\n\n"
    limits = ["" if exact else f" (up to {limit} allowed)" for limit in (atol, rtol)]
    if close.ndim == 0:
        return (
            f"{head}Absolute difference: {float(gap)}{limits[0]}\n"
            f"Relative difference: {float(relative)}{limits[1]}"
        )
    wrong = int(close.size - np.count_nonzero(close))
    lines = [f"Mismatched elements: {wrong} / {close.size} ({wrong / close.size:.1%})"]
    for name, found, limit in zip(
        ("absolute", "relative"), (gap, relative), limits, strict=True
    ):
        place = np.unravel_index(int(found.argmax()), found.shape)
        lines.append(
            f"Greatest {name} difference: {float(found[place])} at index "
            f"{tuple(map(int, place))}{limit}"
        )
    return head + "\n".join(lines)
