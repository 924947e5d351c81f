"""Every name of torch's op_db that exists here, with torch's own sample inputs.

`known.json` lists, by name, the checks that do not pass: "value" (float32), "gradient",
"errors", or another dtype; a check that fails and is not listed is a failure, and so is
one that is listed and passes (of the other dtypes only some samples are tried here).
"""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")

from tests.parity import scoreboard
from tests.parity.bridge import DTYPES
from tests.parity.scoreboard import _ours, infos, quiet, score_of

pytestmark = pytest.mark.parity

KNOWN = json.loads(Path(__file__).with_name("known.json").read_text())
ENTRIES = infos()
DTYPE_NAMES = [str(dtype).removeprefix("torch.") for dtype in DTYPES]
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


@pytest.mark.parametrize("name", PRESENT)
def test_other_dtypes(name, monkeypatch):
    monkeypatch.setattr(scoreboard, "SAMPLES", 5)
    others = [d for d in DTYPE_NAMES if d != "float32"]
    with quiet():
        score = score_of(name, ENTRIES[name], others, errors=False)
    known = {*KNOWN.get(name, ()), "gradient"}  # gradients: above
    new = {kind: why for kind, why in score.reasons.items() if kind not in known}
    assert not new, new


def test_nothing_known_is_gone():
    assert set(KNOWN) <= set(PRESENT)
