"""torch._dynamo's names, as far as scripts use them."""

import pytest

import rushlight as t


def test_names_are_the_compilers():
    assert t._dynamo.reset is t.compiler.reset
    assert t._dynamo.disable is t.compiler.disable
    assert t._dynamo.is_compiling() is False
    assert t._dynamo.mark_static_address(t.ones(1)) is None
    assert t._dynamo.mark_dynamic(t.ones(1), 0) is None


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
