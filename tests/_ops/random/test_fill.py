"""In-place fills, generators, options and errors of random functions."""

import pickle

import numpy as np
import pytest

import rushlight
from rushlight._base.spec import Spec
from rushlight._core.tensor import wrap

t = rushlight

# What PyTorch 2.13 gives on the CPU after manual_seed(7): expression, dtype, shape, the
# values (or the CRC-32 of their bytes), and the number that randint draws next.
FILLS = [
    ("uniform_", (), "UniformBackward0"),
    ("normal_", (), "NormalBackward0"),
    ("bernoulli_", (0.5,), "BernoulliBackward2"),
    ("random_", (5,), "RandomBackward0"),
    ("exponential_", (), "ExponentialBackward0"),
    ("cauchy_", (), "CauchyBackward0"),
    ("geometric_", (0.5,), "GeometricBackward0"),
    ("log_normal_", (), "LogNormalBackward0"),
]


@pytest.mark.parametrize("name, args, node", FILLS)
def test_a_fill_is_recorded_with_a_zero_gradient(name, args, node):
    x = t.ones(3, requires_grad=True)
    y = x * 2
    version = y._version
    assert getattr(y, name)(*args) is y
    assert y.grad_fn.name() == node
    assert y._version > version
    y.sum().backward()
    assert x.grad._array.tolist() == [0, 0, 0]


@pytest.mark.parametrize("name, args, node", FILLS)
def test_a_leaf_that_requires_grad_is_not_filled(name, args, node):
    leaf = t.ones(3, requires_grad=True)
    with pytest.raises(RuntimeError, match="leaf Variable"):
        getattr(leaf, name)(*args)
    assert leaf._array.tolist() == [1, 1, 1]
    with t.no_grad():
        assert getattr(leaf, name)(*args).requires_grad


@pytest.mark.parametrize("name, args, node", FILLS)
def test_a_view_is_filled_in_its_own_memory(name, args, node):
    whole = t.zeros(6, 8) + -5.0
    part = whole[1:5, ::3]
    getattr(part, name)(*args)
    same = np.full((6, 8), -5.0)
    changed = whole._array != same
    assert not changed[0].any() and not changed[5].any() and not changed[:, 1].any()
    np.testing.assert_array_equal(whole._array[1:5, ::3], part._array)


@pytest.mark.parametrize("name, args, node", FILLS)
def test_memory_that_elements_share_is_refused(name, args, node):
    x = t.zeros(2, 1).expand(2, 3)
    with pytest.raises(RuntimeError, match="single memory location"):
        getattr(x, name)(*args)


@pytest.mark.parametrize("name, args, node", FILLS)
def test_a_generator_of_ones_own_is_used(name, args, node):
    a, b = t.Generator().manual_seed(5), t.Generator().manual_seed(5)
    state = t.get_rng_state()
    x = getattr(t.zeros(4), name)(*args, generator=a)
    y = getattr(t.zeros(4), name)(*args, generator=b)
    np.testing.assert_array_equal(x._array, y._array)
    np.testing.assert_array_equal(state._array, t.get_rng_state()._array)
    with pytest.raises(TypeError, match="torch.Generator"):
        getattr(t.zeros(4), name)(*args, generator=3)


@pytest.mark.parametrize("name, args, node", FILLS)
def test_the_meta_device_draws_nothing(name, args, node):
    x = wrap(Spec((2, 3), np.float32))
    state = t.get_rng_state()
    getattr(x, name)(*args)
    assert x.is_meta and tuple(x.shape) == (2, 3)
    np.testing.assert_array_equal(state._array, t.get_rng_state()._array)


def test_keywords_have_torchs_names():
    x = t.zeros(50).uniform_(to=3, **{"from": 2})._array
    assert (x >= 2).all() and (x < 3).all()
    assert (t.zeros(5).random_(to=1)._array == 0).all()
    assert (t.zeros(5).random_(to=8, **{"from": 7})._array == 7).all()
    with pytest.raises(TypeError, match="'until'"):
        t.zeros(5).uniform_(until=3)


def test_forms_of_sizes():
    for size in [(2, 3), ((2, 3),), ([2, 3],), (t.Size([2, 3]),)]:
        assert tuple(t.rand(*size).shape) == (2, 3)
        assert tuple(t.randn(*size).shape) == (2, 3)
    assert tuple(t.rand(size=(2, 3)).shape) == (2, 3)
    assert tuple(t.rand(()).shape) == ()
    assert tuple(t.randint(5, size=(2,)).shape) == (2,)
    assert t.randint(low=4, high=5, size=(2,))._array.tolist() == [4, 4]
    assert t.randint(high=1, size=(2,))._array.tolist() == [0, 0]


def test_options():
    x = t.rand(
        2, 3, dtype=t.float64, requires_grad=True, device="cpu", layout=t.strided
    )
    assert (x.dtype, x.requires_grad) == (t.float64, True)
    out = t.zeros(3, dtype=t.float64)
    assert t.rand(2, out=out) is out and tuple(out.shape) == (2,)
    t.manual_seed(1)
    t.randn(2, out=out)
    t.manual_seed(1)
    assert out._array.tolist() == t.randn(2, dtype=t.float64)._array.tolist()
    whole = t.zeros(2, dtype=t.float32)
    assert t.randint(5, 6, (2,), out=whole)._array.tolist() == [5, 5]
    assert t.randperm(1, out=whole)._array.tolist() == [0]
    meta = t.rand(2, 3, device="meta")
    assert meta.is_meta and tuple(meta.shape) == (2, 3)


def test_normal_of_tensors_is_recorded_with_zero_gradients():
    mean = t.ones(2, 1, requires_grad=True)
    std = t.ones(3, requires_grad=True)
    for result, node in [
        (t.normal(mean, 1.0), "NormalBackward1"),
        (t.normal(0.0, std), "NormalBackward2"),
        (t.normal(mean, std), "NormalBackward3"),
        (t.bernoulli(mean), "BernoulliBackward0"),
    ]:
        assert result.grad_fn.name() == node
        result.sum().backward()
    assert mean.grad._array.tolist() == [[0], [0]] and std.grad._array.sum() == 0
    assert not t.bernoulli(mean, 0.5).requires_grad


def test_state_goes_back_and_forth():
    t.manual_seed(3)
    t.randn(3)
    state = t.get_rng_state()
    first = t.randn(5)._array.tolist()
    t.set_rng_state(state)
    assert t.randn(5)._array.tolist() == first
    copy = pickle.loads(pickle.dumps(t.default_generator))
    assert t.rand(3, generator=copy)._array.tolist() == t.rand(3)._array.tolist()
    assert t.seed() == t.initial_seed() == t.default_generator.initial_seed()


ERRORS = [
    ("rand()", TypeError, "expected argument 'size', got none"),
    ("rand(-1)", RuntimeError, "rand(): expected sizes >= 0, got [-1]"),
    ("rand(2.0)", TypeError, "expected an int for 'size', got 2.0 (float)"),
    ("rand(2, generator=3)", TypeError, "'generator' to be a torch.Generator"),
    ("rand(2, dtype=t.int64)", NotImplementedError, "got int64"),
    ("rand(2, dtype='x')", TypeError, "'dtype' to be a torch.dtype, got str"),
    ("rand(2, layout='sparse')", NotImplementedError, "layout torch.strided"),
    ("rand(2, out=[1])", TypeError, "argument 'out' to be a Tensor, got list"),
    ("rand(2, dtype=t.float32, out=t.zeros(2, dtype=t.float64))", RuntimeError, "out="),
    ("rand_like([1])", TypeError, "argument 'input' to be a Tensor, got list"),
    ("randint(3, 2)", TypeError, "'size' to be a tuple of ints, got int"),
    ("randint(3.0, (2,))", TypeError, "expected an int for 'high', got 3.0"),
    ("randint(5, 3, (2,))", RuntimeError, "expected from < to, got from=5, to=3"),
    ("randint(3, (2,), requires_grad=True)", RuntimeError, "floating"),
    ("randperm(-1)", RuntimeError, "expected sizes >= 0, got [-1]"),
    ("randperm(3.0)", TypeError, "expected an int for 'n'"),
    ("normal(0.0, 1.0)", TypeError, "'mean' or 'std', or argument 'size'"),
    ("normal(t.zeros(2), -1.0)", RuntimeError, "std >= 0"),
    ("normal(t.zeros(2), t.zeros(2) + -1)", RuntimeError, "std >= 0 in all elements"),
    ("normal(t.zeros(2), t.zeros(3))", RuntimeError, "broadcasting"),
    ("bernoulli(t.tensor([1, 2]))", NotImplementedError, "floating-point"),
    ("bernoulli(t.tensor([1.5]))", RuntimeError, "a probability in [0, 1], got 1.5"),
    ("zeros(2).bernoulli_(2)", RuntimeError, "a probability in [0, 1], got 2"),
    ("zeros(2).uniform_(2, 1)", RuntimeError, "got from=2, to=1"),
    ("zeros(2).geometric_(0)", RuntimeError, "p in (0, 1), got 0"),
    ("multinomial(t.tensor([1.0]), 2)", RuntimeError, "num_samples <= 1"),
    ("multinomial([1.0], 2)", TypeError, "argument 'input' to be a Tensor"),
    ("manual_seed(2**64)", ValueError, "seed in [-2**63, 2**64)"),
    ("set_rng_state(3)", TypeError, "a uint8 tensor, got int"),
]


@pytest.mark.parametrize("text, error, message", ERRORS)
def test_errors(text, error, message):
    with pytest.raises(error) as caught:
        eval(f"t.{text}")
    assert message in str(caught.value)
