"""Every name of torch's op_db that exists here, with torch's own sample inputs.

`known.json` lists, by name, the checks that do not pass yet; a check that fails and is
not listed is a failure, and so is one that is listed and passes.
"""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")

from tests.parity.scoreboard import _ours, infos, quiet, score_of

pytestmark = pytest.mark.parity

KNOWN = json.loads(Path(__file__).with_name("known.json").read_text())
ENTRIES = infos()
PRESENT = sorted(
    name
    for name, entries in ENTRIES.items()
    if any(_ours(i) is not None for i in entries)
)


@pytest.mark.parametrize("name", PRESENT)
def test_op(name):
    with quiet():
        score = score_of(name, ENTRIES[name])
    failing = dict(score.reasons)
    known = set(KNOWN.get(name, ()))
    new = {kind: why for kind, why in failing.items() if kind not in known}
    assert not new, new
    mended = {kind for kind in known - set(failing) if score.checked[kind]}
    assert not mended, f"{sorted(mended)} pass now: take them out of known.json"


def test_nothing_known_is_gone():
    assert set(KNOWN) <= set(PRESENT)
