"""Programs: order, groups, arguments, threads."""

import threading

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from rushlight._compiler.runtime import program as programs
from rushlight._compiler.runtime import team as teams
from rushlight._compiler.runtime.program import LOCAL, STATIC, Program, Step
from rushlight._compiler.runtime.team import Team
from tests._compiler.runtime.tasks import task

SIZES = [1, 2, 8]


@pytest.fixture
def team(request, monkeypatch):
    """A team of the parameter's size, whatever the machine has."""
    teams.close()
    made = Team(request.param)
    monkeypatch.setattr(teams, "_current", made)
    yield made
    made.close()


def at(array):
    return array.ctypes.data


def step(name, *args, blocks=64, **options):
    return Step(task(name), list(args), blocks, **options)


@pytest.mark.parametrize("team", SIZES, indirect=True)
def test_a_program_of_nothing(team):
    Program([]).run([])
    x = np.ones(4, np.int64)
    Program([step("double", (0, 0), blocks=0)]).run([at(x)])
    assert (x == 1).all()


@pytest.mark.parametrize("team", SIZES, indirect=True)
def test_groups_wait_for_each_other(team):
    """Each block reads what another block of the group before wrote."""
    x, y = np.arange(64), np.arange(64) * 3 + 1
    steps = []
    expected = [x.copy(), y.copy()]
    for i in range(20):
        a, b = i % 2, 1 - i % 2
        steps.append(step("neighbour", (a, 0), (b, 0)))
        expected[a] += np.roll(expected[b], -1)
    program = Program(steps)
    for _ in range(50):
        got = [x.copy(), y.copy()]
        program.run([at(array) for array in got])
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("team", SIZES, indirect=True)
def test_steps_of_a_group_follow_each_other(team):
    """x doubles between two additions of its old value to z, block by block."""
    x, z = np.ones(64, np.int64), np.zeros(64, np.int64)
    pair = [step("double", (0, 0), group="a"), step("double", (1, 0), group="a")]
    program = Program([*pair, step("neighbour", (1, 0), (0, 0)), *pair])
    program.run([at(x), at(z)])
    assert (x == 4).all()
    assert (z == 4).all()


def test_arrays_stand_for_their_memory():
    """Also views, and None where no step has a use for it."""
    x, unused = np.arange(128), None
    program = Program([step("double", (1, 0))], bases=3)
    program.run_on([unused, x[64:], unused])
    np.testing.assert_array_equal(x[:64], np.arange(64))
    np.testing.assert_array_equal(x[64:], 2 * np.arange(64, 128))


def test_groups_have_equal_blocks():
    with pytest.raises(ValueError, match="differ in their blocks"):
        Program(
            [
                step("double", (0, 0), blocks=3, group=1),
                step("double", (0, 0), blocks=4, group=1),
            ]
        )


@pytest.mark.parametrize("team", SIZES, indirect=True)
def test_steps_of_one_block_between_others(team):
    x = np.ones(64, np.int64)
    one = step("double", (0, 8), blocks=1)
    Program([one, one, step("double", (0, 0)), one, one]).run([at(x)])
    assert x[1] == 32
    assert (np.delete(x, 1) == 2).all()


@pytest.mark.parametrize("team", [2], indirect=True)
def test_arguments_are_bases_and_offsets(team):
    x, y = np.ones(8, np.int64), np.ones(8, np.int64)
    fixed = np.ones(8, np.int64)
    program = Program(
        [
            step("double", (1, 16), blocks=3),
            step("double", (STATIC, at(fixed) + 8), blocks=2, keep=fixed),
        ]
    )
    program.run([0, at(x)])
    np.testing.assert_array_equal(x, [1, 1, 2, 2, 2, 1, 1, 1])
    program.run([0, at(y)])
    np.testing.assert_array_equal(y, [1, 1, 2, 2, 2, 1, 1, 1])
    np.testing.assert_array_equal(fixed, [1, 4, 4, 1, 1, 1, 1, 1])


@pytest.mark.parametrize("team", SIZES, indirect=True)
def test_threads_have_local_memory(team):
    """Two steps of a group use theirs at the same time, in different blocks."""
    x, y = np.zeros(64, np.int64), np.zeros(64, np.int64)
    program = Program(
        [
            step("local", (0, 0), (LOCAL, 0), group=0, local_bytes=64),
            step("local", (1, 0), (LOCAL, 0), group=0, local_bytes=64),
            step("local", (1, 0), (LOCAL, 0), local_bytes=64),
        ]
    )
    for _ in range(20):
        x[:], y[:] = 0, 0
        program.run([at(x), at(y)])
        np.testing.assert_array_equal(x, np.arange(64))
        np.testing.assert_array_equal(y, np.arange(64))


def test_local_memory_grows_with_the_team(monkeypatch):
    x = np.zeros(64, np.int64)
    program = Program([step("local", (0, 0), (LOCAL, 0), local_bytes=100)])
    for size in (1, 5, 2):
        teams.close()
        monkeypatch.setattr(teams, "_current", Team(size))
        program.run([at(x)])
        assert program._local.nbytes >= 128 * size
        np.testing.assert_array_equal(x, np.arange(64))
    teams.close()


@pytest.mark.parametrize("team", [1, 3], indirect=True)
def test_python_threads_run_programs_at_the_same_time(team):
    shared, rounds = np.zeros(64, np.int64), 300
    local = Program([step("local", (0, 0), (LOCAL, 0), local_bytes=64)])
    failures = []

    def run(own):
        program = Program([step("double", (0, 0))] * 6)
        for _ in range(rounds):
            own[:] = 1
            program.run([at(own)])
            local.run([at(shared)])
            if (own != 64).any() or (shared != np.arange(64)).any():
                failures.append(own.copy())

    local.run([at(shared)])
    runners = [
        threading.Thread(target=run, args=(np.ones(64, np.int64),)) for _ in range(4)
    ]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert failures == []


@pytest.mark.slow
@pytest.mark.parametrize("team", SIZES, indirect=True)
def test_a_hundred_thousand_runs_lose_nothing(team):
    x, y = np.zeros(64, np.int64), np.ones(64, np.int64)
    program = Program(
        [
            step("neighbour", (0, 0), (1, 0), blocks=16),
            step("neighbour", (1, 0), (2, 0), blocks=3),
            step("neighbour", (0, 0), (1, 0), blocks=1),
            step("neighbour", (1, 0), (2, 0), blocks=64),
        ]
    )
    zero = np.zeros(64, np.int64)
    runs = 100_000 if team.size <= 2 else 10_000
    for _ in range(runs):
        program.run([at(x), at(y), at(zero)])
    assert x[0] == 2 * runs
    assert (x[1:16] == runs).all()
    assert (x[16:] == 0).all()
    assert (y == 1).all()


@pytest.mark.parametrize("worth", [0.0, 1000.0])
def test_the_first_runs_tell_whether_it_is_worth_waking(monkeypatch, worth):
    monkeypatch.setattr(programs, "WORTH_WAKING", worth)
    x = np.ones(64, np.int64)
    program = Program([step("double", (0, 0))])
    for _ in range(10):
        program.run([at(x)])
    assert program._head["P_WAKE"] == (worth == 0)
    assert (x == 1024).all()


def test_a_program_is_forgotten_with_its_last_reference():
    before = len(programs._programs)
    program = Program([])
    assert len(programs._programs) == before + 1
    del program
    assert len(programs._programs) == before
