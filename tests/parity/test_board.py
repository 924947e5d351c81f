"""No figure of README's table may fall below what it was: `floors.json`.

What fails is listed by name (`known.json`, `known_modules.json`); test_op_db and its
kin hold everything that is not listed to passing; so counting the lists is enough here.
`board.py` counts everything anew.
"""

import json

import pytest

pytest.importorskip("torch")

from tests.parity import board, names, test_modules, test_op_db, test_optimizers

pytestmark = pytest.mark.parity

FLOORS = json.loads(board.FLOORS.read_text("utf-8"))


def _failing(name):
    return set(test_op_db.KNOWN.get(name, ()))


def _counted():
    """The figures as the lists have them."""
    entries = board.entries_here()
    present = [n for n in test_op_db.PRESENT if n in entries]
    known = {row["name"] for row in board.popularity()}
    float32 = [n for n in present if not _failing(n) & {"value", "gradient"}]
    used = [n for n in float32 if board.popular(n, known)]
    return {
        "op_db: names that exist": len(present),
        "op_db: float32 and gradients": len(float32),
        "op_db, names in use: float32 and gradients": len(used),
        "op_db: all dtypes": sum(_failing(n) <= {"errors"} for n in present),
        "module_db": len(test_modules.PRESENT) - len(test_modules.KNOWN),
        "optim_db: twenty steps": len(test_optimizers.INFOS),
        "schedules: a hundred rates": len(board.schedules()),
    }


def test_no_figure_falls():
    counted = _counted()
    floors = {k: v for k, v in FLOORS.items() if k in counted}
    assert set(counted) == set(floors)
    fallen = {k: (counted[k], v) for k, v in floors.items() if counted[k] < v}
    assert not fallen


def test_errors_do_not_fall():
    failing = sum("errors" in kinds for kinds in test_op_db.KNOWN.values())
    assert failing <= FLOORS["op_db: error inputs that differ"]


def test_names_in_use():
    share = names.covered(board.popularity())
    assert share >= FLOORS["names in use, by weight"] / 10_000


def test_every_op_that_differs_is_explained():
    text = (board.FLOORS.parents[2] / "docs" / "differences.md").read_text("utf-8")
    silent = [n for n in test_op_db.KNOWN if f"`{n.rpartition('.')[2]}`" not in text]
    assert not silent, f"docs/differences.md does not mention {silent}"
