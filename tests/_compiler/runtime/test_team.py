"""The team: threads that come, help, sleep and go."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from rushlight._base import threads
from rushlight._compiler.runtime import team as teams
from rushlight._compiler.runtime.program import Program, Step
from rushlight._compiler.runtime.team import Team
from tests._compiler.runtime.tasks import task


@pytest.fixture(autouse=True)
def as_before():
    """The number of threads, and no team, after each test."""
    before = threads._threads
    yield
    threads.set_num_threads(before or threads.get_num_threads())
    threads._threads = before
    teams.close()


def use(monkeypatch, size):
    """Have a team of this size, whatever the machine has."""
    teams.close()
    team = Team(size)
    monkeypatch.setattr(teams, "_current", team)
    return team


def doubling(x, steps=4, **options):
    """A program that doubles each element of x in each of its steps."""
    step = Step(task("double"), [(0, 0)], x.size)
    return Program([step] * steps, **options)


def test_aligned_memory_is_aligned():
    for boundary in (64, 128, 4096):
        memory, address = teams.aligned(100, boundary)
        assert address % boundary == 0
        assert memory.ctypes.data <= address
        assert address + 100 <= memory.ctypes.data + memory.nbytes


def test_words_are_named():
    words = teams.Words({"ONE": 0, "TWO": 5}, 8)
    words["TWO"] = -7
    assert (words["ONE"], words["TWO"]) == (0, -7)


def test_it_is_as_large_as_was_said(monkeypatch):
    monkeypatch.setattr(threads, "available", lambda: 4)
    for size in (1, 3, 2):
        threads.set_num_threads(size)
        assert teams.current().size == size
        assert teams.current() is teams.current()
    threads.set_num_threads(50)
    assert teams.current().size == 4


@pytest.mark.parametrize("size", [1, 2, 8])
def test_every_block_is_run_once(monkeypatch, size):
    use(monkeypatch, size)
    x = np.ones(1000, np.int64)
    program = doubling(x, steps=5)
    for _ in range(10):
        x[:] = 1
        program.run([x.ctypes.data])
        assert (x == 32).all()


def until_asleep(team):
    """Wait until all workers of a team sleep; they take some microseconds."""
    waiting = threading.Event()
    for _ in range(5000):
        if team.sleepers == team.size - 1:
            return
        waiting.wait(0.001)
    pytest.fail("the workers do not go to sleep")


def test_idle_workers_sleep_and_cost_nothing(monkeypatch):
    team = use(monkeypatch, 3)
    doubling(np.ones(10, np.int64)).run([np.ones(10, np.int64).ctypes.data])
    until_asleep(team)
    # Other threads of this process (BLAS's, of tests before) may still be busy a while.
    assert min(_processor_seconds(0.2) for _ in range(10)) < 0.1


def _processor_seconds(wait):
    """What the whole process spends while this thread waits."""
    before = os.times()
    threading.Event().wait(wait)
    after = os.times()
    return after.user + after.system - before.user - before.system


def test_sleepers_are_woken_only_where_that_is_worth_it(monkeypatch):
    team = use(monkeypatch, 2)
    x = np.ones(64, np.int64)
    until_asleep(team)
    for _ in range(50):
        doubling(x, wake=False).run([x.ctypes.data])
        assert team.sleepers == 1
    bell = team._words["BELL"]
    doubling(x, wake=True).run([x.ctypes.data])
    assert team._words["BELL"] > bell


def test_a_closed_team_leaves_its_callers_in_peace(monkeypatch):
    team = use(monkeypatch, 4)
    x = np.ones(64, np.int64)
    program = doubling(x)
    program.run([x.ctypes.data])
    team.close()
    assert not any(thread.is_alive() for thread in team._threads)
    program.run([x.ctypes.data])
    assert (x == 256).all()


def test_the_number_of_threads_changes_while_programs_run():
    x = np.ones((2, 64), np.int64)
    failures, stop = [], threading.Event()

    def run(row):
        program = doubling(row)
        while not stop.is_set():
            row[:] = 1
            program.run([row.ctypes.data])
            if (row != 16).any():
                failures.append(row.copy())

    runners = [threading.Thread(target=run, args=(row,)) for row in x]
    for runner in runners:
        runner.start()
    for i in range(30):
        threads.set_num_threads(1 + i % 3)
    stop.set()
    for runner in runners:
        runner.join()
    assert failures == []


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_makes_its_own_team():
    """In a process of its own, since a forked pytest would report twice."""
    done = subprocess.run(
        [sys.executable, "-c", _FORKING], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "ok\n", "")


_FORKING = """
import os, threading, warnings
warnings.simplefilter("ignore", DeprecationWarning)
import numpy as np
from rushlight._base import threads
threads.available = lambda: 3
threads.set_num_threads(3)
from tests._compiler.runtime.test_team import doubling
from rushlight._compiler.runtime import team as teams

x, y = np.ones(64, np.int64), np.ones(64, np.int64)
program, other = doubling(x), doubling(y)
program.run([x.ctypes.data])
going = True
def run():
    while going:
        other.run([y.ctypes.data])
runner = threading.Thread(target=run)
runner.start()
for i in range(20):
    child = os.fork()
    if child == 0:
        x[:] = 1
        program.run([x.ctypes.data])
        other.run([y.ctypes.data])
        team = teams.current()
        good = (x == 16).all() and team.size == 3
        os._exit(0 if good else 1)
    assert os.waitpid(child, 0)[1] == 0
    x[:] = 1
    program.run([x.ctypes.data])
    assert (x == 16).all()
going = False
runner.join()
print("ok")
"""


_LEAVING = """
import sys
import numpy as np
from rushlight._base import threads
threads.available = lambda: 3
threads.set_num_threads(3)
from tests._compiler.runtime.test_team import doubling
x = np.ones(64, np.int64)
program = doubling(x)
for _ in range({runs}):
    program.run([x.ctypes.data])
print("ok")
{end}
"""


@pytest.mark.slow
@pytest.mark.parametrize("runs", [0, 1, 1000])
@pytest.mark.parametrize("end", ["", "sys.exit(0)", "import os; os._exit(0)"])
def test_a_script_ends(runs, end):
    text = _LEAVING.format(runs=runs, end=f"sys.stdout.flush(); {end}")
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "ok\n", "")


@pytest.mark.slow
def test_a_program_may_run_after_the_team_has_gone():
    text = (
        "import atexit\n"
        "atexit.register(lambda: program.run([x.ctypes.data]) or print(x.max()))\n"
    ) + _LEAVING.format(runs=3, end="")
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"ok\n{2**16}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("max 100000", 8), ("150000 100000", 2), ("1000 100000", 1), ("", 8)],
)
def test_a_share_of_the_machine_is_few_cores(monkeypatch, text, expected):
    monkeypatch.setattr(threads, "available", lambda: 8)
    monkeypatch.setattr(teams.Path, "read_text", lambda *_: text)
    assert teams.cores() == expected


@pytest.mark.slow
def test_the_environment_says_how_many():
    text = "from rushlight._base.threads import get_num_threads as n; print(n())"
    for value, expected in (("3", "3"), ("nonsense", "5"), ("", "5")):
        environment = os.environ | {
            "RUSHLIGHT_NUM_THREADS": value,
            "OMP_NUM_THREADS": "5,2",
        }
        done = subprocess.run(
            [sys.executable, "-c", text],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        assert done.stdout.strip() == expected


_WITHOUT = """
import sys
sys.modules["llvmlite"] = None
from rushlight._base import threads
from rushlight._compiler.runtime import blas, cache, program, team
threads.set_num_threads(2)
team.close()
assert not blas.is_available()
try:
    program.Program([])
except ImportError:
    print("ok")
"""


@pytest.mark.slow
def test_without_llvmlite_nothing_is_harmed():
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "ok\n", "")
