"""zeros_like, new_zeros and theirs."""

import pytest

import rushlight

X = rushlight.arange(6, dtype=rushlight.int16).reshape(2, 3)
LIKE = {
    "zeros_like": (rushlight.zeros_like, 0),
    "ones_like": (rushlight.ones_like, 1),
    "empty_like": (rushlight.empty_like, None),
    "full_like": (lambda x, **named: rushlight.full_like(x, 3, **named), 3),
}


@pytest.mark.parametrize("make, value", LIKE.values(), ids=LIKE)
def test_like(make, value):
    y = make(X)
    assert (y.shape, y.dtype, y.stride()) == (X.shape, X.dtype, X.stride())
    assert value is None or y.flatten().tolist() == [value] * 6
    assert make(X.t()).stride() == (1, 3)
    assert make(X.t(), memory_format=rushlight.contiguous_format).stride() == (2, 1)
    assert make(X[:1].expand(2, 3)).stride() == (3, 1)
    assert make(X.to("meta")).is_meta
    assert make(X.to("meta"), device="cpu").is_cpu
    wanted = make(X, dtype=rushlight.float64, requires_grad=True)
    assert wanted.dtype is rushlight.float64 and wanted.requires_grad
    leaf = rushlight.ones(2, requires_grad=True)
    assert not make(leaf).requires_grad


@pytest.mark.parametrize("make, value", LIKE.values(), ids=LIKE)
def test_like_refuses(make, value):
    with pytest.raises((TypeError, AttributeError)):
        make([1])
    with pytest.raises(TypeError, match="foo"):
        make(X, foo=1)


def test_full_like_converts_its_value():
    assert rushlight.full_like(X, 3.7).tolist() == [[3] * 3] * 2
    assert rushlight.full_like(X, 3.7, dtype=rushlight.float64)[0, 0] == 3.7
    with pytest.raises(RuntimeError, match="without overflow"):
        rushlight.full_like(X, 10**6)


@pytest.mark.parametrize(
    "name, value", [("new_zeros", 0), ("new_ones", 1), ("new_empty", None)]
)
def test_new(name, value):
    new = getattr(X, name)
    for made in (new(2, 3), new((2, 3)), new([2, 3]), new(size=(2, 3))):
        assert (tuple(made.shape), made.dtype) == ((2, 3), X.dtype)
        assert value is None or made.flatten().tolist() == [value] * 6
    assert new(2, dtype=rushlight.float16).dtype is rushlight.float16
    assert getattr(X.to("meta"), name)(2).is_meta
    assert new(2, device="meta").is_meta


def test_new_full_and_new_empty_strided():
    assert X.new_full((2,), 3.7).tolist() == [3, 3]
    assert X.float().new_full((2,), 3).dtype is rushlight.float32
    with pytest.raises(TypeError, match="a tuple of ints"):
        X.new_full(2, 3)
    made = X.new_empty_strided((2, 3), (1, 2))
    assert (made.dtype, made.stride()) == (X.dtype, (1, 2))
