"""torch._dynamo's names, as far as scripts use them."""

import pytest

import rushlight as t


def test_names_are_the_compilers():
    assert t._dynamo.reset is t.compiler.reset
    assert t._dynamo.disable is t.compiler.disable
    assert t._dynamo.is_compiling() is False
    assert t._dynamo.mark_static_address(t.ones(1)) is None


def test_a_marked_size_is_symbolic_from_the_first_call_on():
    double, x = t.compile(lambda x: x * 2), t.ones(4, 3)
    t._dynamo.mark_dynamic(x, 0)
    double(x)
    for size in (2, 9, 100):
        assert double(t.ones(size, 3)).shape == (size, 3)
    assert len(double.kinds) == 1
    assert double.kinds[0][1].symbols.names() == {(0, 0): "s0"}


def test_a_size_that_is_fixed_though_it_is_marked():
    def by_number(x):
        return x * float(x.shape[0])

    x = t.ones(4)
    t._dynamo.maybe_mark_dynamic(x, -1)
    assert t.compile(by_number)(x).tolist() == [4.0] * 4
    t._dynamo.mark_dynamic(x, 0)
    with pytest.raises(RuntimeError, match="expected size 0 of argument 0 to be symb"):
        t.compile(by_number)(x)


def test_a_static_size_is_none():
    double = t.compile(lambda x: x * 2, dynamic=True)
    for size in (4, 5):
        x = t.ones(size, 3)
        t._dynamo.mark_static(x, 0)
        double(x)
    assert [e.symbols.names() for _, e in double.kinds] == [{(0, 1): "s0"}] * 2


def test_marks_are_checked():
    with pytest.raises(RuntimeError, match="a size from 5 to None, got 4 in dimens"):
        t._dynamo.mark_dynamic(t.ones(4), 0, min=5)
    with pytest.raises(IndexError):
        t._dynamo.mark_dynamic(t.ones(4), 1)
    with pytest.raises(RuntimeError, match="expected a Tensor, got int"):
        t._dynamo.maybe_mark_dynamic(4, 0)


def test_the_limit_of_kinds(monkeypatch):
    from rushlight._compiler import compiled

    monkeypatch.setattr(compiled, "MOST_ENTRIES", compiled.MOST_ENTRIES)
    t._dynamo.config.cache_size_limit = 1
    assert t._dynamo.config.recompile_limit == 1
    double = t.compile(lambda x: x * 2)
    double(t.ones(1))
    with pytest.warns(UserWarning, match="1 kinds of calls"):
        assert double(t.ones(2)).tolist() == [2.0, 2.0]
    with pytest.raises(AttributeError):
        t._dynamo.config.verbose = True
