"""Layout: inputs, results and the arena, each with a base."""

import numpy as np
import pytest

import rushlight as t
from rushlight._compiler.graph.expression import Expressions
from rushlight._compiler.passes.memory import bytes_of
from rushlight._compiler.runtime.layout import Layout, new_arena
from tests._compiler.graphs import fused, jobs, numbers


def _layout(function, *args):
    lowered, found = fused(function, *args)
    return lowered, found, Layout(lowered, found)


@pytest.mark.parametrize("name", jobs())
def test_everything_stored_that_others_need_has_a_place(name):
    function, args = jobs()[name]
    lowered, found, layout = _layout(function, *args)
    for place, e in enumerate(lowered.inputs):
        assert layout.places[e] == (place, 0)
    for source, _, _ in layout.results:
        assert source in layout.places
    for e, (base, offset) in layout.places.items():
        assert 0 <= base <= layout.arena_base == layout.count - 1
        if base == layout.arena_base:
            assert 0 <= offset and offset + bytes_of(e) <= layout.arena_bytes
        else:
            assert offset == 0


def test_parts_lie_in_their_whole():
    _, _, layout = _layout(lambda x: t.cat([x, x * 2]), numbers(2, 3))
    places = {layout.place(part) for part in layout.whole_of}
    (whole,) = {*layout.whole_of.values()}
    assert len(layout.whole_of) == 2 and places == {layout.places[whole]}
    assert all(layout.has_place(part) for part in layout.whole_of)


def test_results_are_made_anew_and_library_results_by_their_makers():
    lowered, _, layout = _layout(lambda x: (x.sort(1).values, x * 2), numbers(2, 3))
    assert [e.kind for e in layout.fresh] == ["mul"]
    assert [e.kind for e in layout.foreign] == ["item"]
    assert layout.count == 1 + 1 + 1 + 1


def test_the_arena_is_aligned():
    _, _, layout = _layout(lambda x: (x @ x.t()).exp() @ x, numbers(5, 7))
    assert layout.arena_bytes > 0
    arena = new_arena(layout.arena_bytes)
    assert arena.size == layout.arena_bytes and arena.ctypes.data % 64 == 0


def test_views_of_stored_memory_as_arrays():
    lowered, _, layout = _layout(lambda x: x.sort(1).values + x, numbers(4, 6))
    (x,), k = lowered.inputs, Expressions()
    whole = np.arange(24).reshape(4, 6)
    held = [whole] + [None] * (layout.count - 1)
    e = k.permute(k.slice(x, (1, 0), (3, 3), (1, 2)), (1, 0))
    assert layout.view(e, held).tolist() == whole[1:, ::2].T.tolist()
    e = k.reshape(k.expand(k.reshape(x, (1, 24)), (2, 24)), (48,))
    assert layout.view(e, held).tolist() == 2 * list(range(24))
