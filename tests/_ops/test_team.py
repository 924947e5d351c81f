"""Pieces of an operation shared among threads."""

import os
import threading

import pytest

import rushlight
from rushlight._ops._team import share


@pytest.fixture(params=[1, 2, 5])
def threads(request):
    before = rushlight.get_num_threads()
    rushlight.set_num_threads(request.param)
    yield request.param
    rushlight.set_num_threads(before)


def test_every_piece_is_done_once(threads):
    done = []
    for count in (0, 1, 3, 50):
        done.clear()
        share(done.append, list(range(count)))
        assert sorted(done) == list(range(count))


def test_an_error_arrives_and_the_team_goes_on(threads):
    def fail(piece):
        if piece == 3:
            raise KeyError(piece)

    with pytest.raises(KeyError):
        share(fail, list(range(8)))
    done = []
    share(done.append, [1, 2, 3])
    assert sorted(done) == [1, 2, 3]


def test_a_piece_may_share_its_own_pieces(threads):
    done = []

    def outer(i):
        share(lambda j: done.append((i, j)), [0, 1])

    share(outer, [0, 1, 2])
    assert sorted(done) == [(i, j) for i in range(3) for j in range(2)]


def test_threads_of_ones_own_side_by_side(threads):
    done = []

    def work(name):
        for _ in range(20):
            share(lambda i: done.append((name, i)), [0, 1, 2])

    own = [threading.Thread(target=work, args=(name,)) for name in range(3)]
    for thread in own:
        thread.start()
    for thread in own:
        thread.join()
    assert len(done) == 3 * 20 * 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_has_a_team_of_its_own(threads):
    share(lambda piece: None, [0, 1, 2])
    child = os.fork()
    if not child:
        done = []
        share(done.append, [0, 1, 2])
        os._exit(0 if sorted(done) == [0, 1, 2] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
