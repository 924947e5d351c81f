"""Large calls: when machine code takes over, and that nobody can tell by the values."""

import numpy as np
import pytest

import rushlight
from rushlight._base import threads
from rushlight._compiler.codegen.llvm import machine
from rushlight._compiler.large import calls
from rushlight._compiler.large.calls import LargePointwise
from rushlight._core.table import TABLE

SIZE = 50_000


@pytest.fixture(autouse=True)
def _two_threads():
    before = threads.get_num_threads()
    threads.set_num_threads(2)
    yield
    threads.set_num_threads(before)


def numbers(*shape, dtype="f4"):
    return np.random.default_rng(len(shape)).uniform(0.1, 1, shape).astype(dtype)


def fresh(name):
    """The large form of an op, and NumPy's, as if it had never been called."""
    op = TABLE[name]
    plain = op.kernels[np.ndarray]
    plain = getattr(plain, "plain", plain)
    return LargePointwise(op, plain), plain


def until_native(large, *arrays, **attrs):
    """Call it until machine code has taken over; all that it gave on the way."""
    found = []
    for _ in range(2000):
        found.append(large(*arrays, **attrs))
        if any(e.native is not None for e in large.entries.values()):
            return [*found, large(*arrays, **attrs)]
    pytest.fail("it stays with NumPy for ever")


@pytest.fixture
def eager_to_compile(monkeypatch):
    """Compiling counts as cheap, so that tests need not wait until it pays."""
    monkeypatch.setattr(calls, "COMPILING", 1e-4)
    monkeypatch.setattr(calls, "EACH_INSTRUCTION", 0)
    monkeypatch.setattr(calls, "LOOKING", 1e-5)
    pytest.importorskip("llvmlite")


@pytest.mark.parametrize("name", ["add", "maximum", "lt", "logical_and"])
def test_exact_kernels_take_over_unseen(name, eager_to_compile):
    large, plain = fresh(name)
    x, y = numbers(SIZE), numbers(SIZE)[::-1].copy()
    for got in until_native(large, x, y):
        np.testing.assert_array_equal(got, plain(x, y))


def test_others_take_over_after_so_many_calls_whatever_the_time(eager_to_compile):
    counts = []
    for _ in range(2):
        large, _ = fresh("rsqrt")
        counts.append(len(until_native(large, numbers(SIZE))))
    assert counts[0] == counts[1] > 2


def test_nothing_of_the_compiler_is_asked_for_before_it_could_pay(monkeypatch):
    monkeypatch.setattr(machine, "is_available", lambda: pytest.fail("too early"))
    large, plain = fresh("maximum")
    x, y = numbers(100), numbers(100)
    np.testing.assert_array_equal(large(x, y), plain(x, y))


def test_without_a_compiler_numpy_goes_on(monkeypatch, eager_to_compile):
    monkeypatch.setattr(machine, "is_available", lambda: False)
    large, plain = fresh("maximum")
    x, y = numbers(SIZE), numbers(SIZE)
    for _ in range(100):
        np.testing.assert_array_equal(large(x, y), plain(x, y))
    (entry,) = large.entries.values()
    assert entry.settled and entry.native is None


def test_quick_ufuncs_that_round_are_shared_and_stay_what_they_are(
    eager_to_compile, monkeypatch
):
    monkeypatch.setattr(calls, "WORTH_SHARING", 0)
    shared, share = [], calls.share
    monkeypatch.setattr(calls, "share", lambda *a: (shared.append(a), share(*a)))
    large, plain = fresh("exp")
    x = numbers(2 * calls.PIECE + 77)
    for _ in range(30):
        np.testing.assert_array_equal(large(x), plain(x))
    (entry,) = large.entries.values()
    assert entry.settled and entry.native is None and shared


def test_a_shared_ufunc_takes_numbers_and_a_target():
    large, plain = fresh("add")
    x, one = numbers(2 * calls.PIECE), np.ones(1, "f4")
    walk = calls.walk_of([x, one])
    out = np.empty_like(x)
    got = large._shared((x, one, out), out, walk, x.dtype)
    np.testing.assert_array_equal(got, plain(x, one))
    np.testing.assert_array_equal(large._shared((x, 2.0), None, walk, x.dtype), x + 2)


def test_in_place_forms_write_where_they_are_told(eager_to_compile):
    large, plain = fresh("sub")
    x, y = numbers(SIZE), numbers(SIZE)[::-1].copy()
    until_native(large, x, y)
    want, target = plain(x, y), x.copy()
    assert large(target, y, target) is target
    np.testing.assert_array_equal(target, want)
    target = y.copy()
    large(x, target, target)
    np.testing.assert_array_equal(target, want)


def test_a_target_that_overlaps_an_operand_is_left_to_numpy(eager_to_compile):
    large, plain = fresh("add")
    x, whole = numbers(SIZE), numbers(SIZE + 10)
    until_native(large, x, whole[10:])
    want = plain(whole[:-10].copy(), whole[10:].copy())
    large(whole[:-10], whole[10:], whole[10:])
    np.testing.assert_array_equal(whole[10:], want)
    row = numbers(100, 500)
    want = row + row[0]
    large(row, row[0], row)
    np.testing.assert_array_equal(row, want)


def test_a_target_that_cannot_be_written_raises_numpys_error(eager_to_compile):
    large, _ = fresh("add")
    x = numbers(SIZE)
    until_native(large, x, x)
    target = np.empty_like(x)
    target.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        large(x, x, target)


@pytest.mark.parametrize("number", [1.5, -0.0, 2, True])
def test_numbers_are_taken_in_the_arrays_dtype(number, eager_to_compile):
    large, plain = fresh("mul")
    x = numbers(SIZE)
    got = until_native(large, x, number)[-1]
    want = plain(x, number)
    assert got.dtype == want.dtype
    np.testing.assert_array_equal(got, want)
    np.testing.assert_array_equal(np.signbit(got), np.signbit(want))


def test_numbers_that_widen_are_left_to_numpy(eager_to_compile):
    large, plain = fresh("mul")
    x = np.arange(SIZE)
    for number in (0.5, 2**40, 1j):
        for _ in range(30):
            got = large(x, number)
        assert got.dtype == plain(x, number).dtype
        np.testing.assert_array_equal(got, plain(x, number))


def test_attributes_have_kernels_of_their_own(eager_to_compile):
    large, plain = fresh("clamp")
    x = numbers(SIZE)
    for low in (0.3, 0.6):
        got = until_native(large, x, min=low, max=None)[-1]
        np.testing.assert_array_equal(got, plain(x, min=low, max=None))
    assert len(large.entries) == 2


def test_an_op_whose_attribute_always_differs_does_not_compile_for_ever(
    eager_to_compile, monkeypatch
):
    monkeypatch.setattr(calls, "LIMIT", 2)
    large, plain = fresh("clamp")
    x = numbers(SIZE)
    for step in range(20):
        for _ in range(3):
            got = large(x, min=step / 40, max=None)
        np.testing.assert_array_equal(got, plain(x, min=step / 40, max=None))
    kernels = sum(e.native is not None for e in large.entries.values())
    assert kernels <= 2 and len(large.entries) <= 4 * calls.LIMIT


def test_what_goes_wrong_is_said_once_and_numpy_goes_on(eager_to_compile, monkeypatch):
    large, plain = fresh("maximum")
    x, y = numbers(SIZE), numbers(SIZE)

    def refuse(*args):
        raise RuntimeError("no memory")

    monkeypatch.setattr(large, "_settle", refuse)
    with pytest.warns(UserWarning, match="maximum could not be compiled .*no memory"):
        for _ in range(200):
            got = large(x, y)
    np.testing.assert_array_equal(got, plain(x, y))


def test_what_a_kernel_refuses_is_given_to_the_eager_rule(eager_to_compile):
    large, plain = fresh("remainder")
    x, y = numbers(SIZE), numbers(SIZE)
    until_native(large, x, y)
    x[7] = 1e30
    np.testing.assert_array_equal(large(x, y), plain(x, y))


def test_tensors_take_this_way_only_if_they_are_large(eager_to_compile, monkeypatch):
    op = TABLE["maximum"]
    large, plain = fresh("maximum")
    monkeypatch.setitem(op.large, np.ndarray, large)
    small, many = rushlight.ones(op.large_from - 1), rushlight.ones(op.large_from)
    rushlight.maximum(small, small)
    assert not large.entries
    rushlight.maximum(many, many)
    assert large.entries


def test_gradients_and_in_place_forms_of_tensors_go_through_it():
    torch, size = rushlight, 600_000
    x = torch.linspace(-3, 3, size).requires_grad_()
    for _ in range(40):
        y = (x.clamp(-1, 1) * 2 + x.remainder(0.7)).sum()
        (g,) = torch.autograd.grad(y, x)
    inside = (x >= -1) & (x <= 1)
    assert torch.equal(g, inside * 2.0 + 1)
    z = x.detach().clone()
    for _ in range(40):
        z.add_(1.0).mul_(2.0)
        z.copy_(x.detach())
    z.add_(1.0).clamp_(min=0)
    assert torch.equal(z, (x.detach() + 1).clamp(min=0))
