"""Assembly: units become steps, and say what they read, write and compute."""

import pytest

import rushlight as t
from rushlight._compiler.runtime.assemble import LibraryCall
from rushlight._compiler.runtime.plan import Plan
from rushlight._compiler.runtime.program import Program, Step
from tests._compiler.graphs import graph_of, jobs, numbers

pytest.importorskip("llvmlite")


def _plan(function, *args):
    return Plan(graph_of(function, *args)[0])


def test_a_nest_reads_and_writes_each_element_once():
    (piece,) = _plan(lambda x: (x * 2).exp(), numbers(30, 40)).pieces
    assert piece.kind == "nest" and piece.kernel is not None
    assert piece.bytes == 2 * 4 * 30 * 40
    assert piece.flops == 2 * 30 * 40


@pytest.mark.parametrize(
    "a, b, text, flops",
    [
        ((3, 4), (4, 5), "(3, 4) (4, 5)", 2 * 3 * 4 * 5),
        ((7, 3, 4), (7, 4, 5), "7 x (3, 4) (4, 5)", 7 * 2 * 3 * 4 * 5),
        ((2, 3, 4), (4, 5), "(6, 4) (4, 5)", 2 * 6 * 4 * 5),
    ],
)
def test_products_name_their_sizes(a, b, text, flops):
    (piece,) = _plan(lambda x, y: x @ y, numbers(*a), numbers(*b)).pieces
    assert (piece.kind, piece.text, piece.flops) == ("product", text, flops)


def test_products_read_operands_where_they_lie():
    pieces = _plan(lambda x, y: x.t() @ y[1:], numbers(4, 3), numbers(5, 6)).pieces
    assert [piece.kind for piece in pieces] == ["product"]


def test_library_calls_part_the_programs():
    plan = _plan(lambda x: (x + 1).sort(1).values * 2, numbers(3, 4))
    assert [type(part) for part in plan.parts] == [Program, LibraryCall, Program]
    assert plan.library == {"sort": 1}


@pytest.mark.parametrize("name", jobs())
def test_every_unit_is_a_piece(name):
    function, args = jobs()[name]
    plan = _plan(function, *args)
    steps = sum(len(p.steps) for p in plan.parts if isinstance(p, Program))
    assert steps == sum(
        isinstance(piece.run, Step) and piece.run.blocks > 0 for piece in plan.pieces
    )
    assert all(piece.text and piece.bytes >= 0 for piece in plan.pieces)


def test_routines_are_steps_of_their_tasks():
    layer = t.nn.Conv2d(2, 3, 3)
    pieces = _plan(layer, numbers(2, 2, 6, 6)).pieces
    assert {piece.kind for piece in pieces} >= {"routine"}
    assert any(piece.text.startswith("convolution: ") for piece in pieces)
