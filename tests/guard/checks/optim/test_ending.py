"""What is said at the end of a run: findings, notes, exit statuses."""

import pytest

from tests.cli.running import rushlight

pytestmark = pytest.mark.slow

POOLER = """\
import torch


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer, self.pooler = torch.nn.Linear(3, 1), torch.nn.Linear(3, 1)

    def forward(self, x):
        return self.layer(x), self.pooler(x)


def main():
    model = Net()
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(12):
        optimizer.zero_grad()
        model(torch.ones(2, 3))[0].pow(2).mean().backward()
        optimizer.step()


main()
"""

SCHEDULE = """\
import torch


def main():
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.SGD([weight], lr=1e-5)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 100)
    for _ in range(1000):
        optimizer.zero_grad()
        weight.sum().backward()
        optimizer.step()


main()
"""


def test_a_note_is_for_those_who_ask(tmp_path):
    (tmp_path / "train.py").write_text(POOLER)
    done = rushlight(tmp_path, "run", "--guard", "error", "train.py", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    done = rushlight(tmp_path, "doctor", "train.py", check=False)
    assert done.returncode == 0
    assert "rushlight doctor: nothing found, 1 note" in done.stderr
    assert "Note: never-trained at train.py:15" in done.stderr
    assert "its module was called, but the loss does" in done.stderr


def test_a_finding_at_the_end_is_told_and_sets_the_status(tmp_path):
    (tmp_path / "train.py").write_text(SCHEDULE)
    done = rushlight(tmp_path, "run", "--guard", "warn", "train.py", check=False)
    assert done.returncode == 0
    assert "train.py:7: GuardWarning: [learning-rate]" in done.stderr
    assert "StepLR was made and never stepped, while SGD took 1000" in done.stderr
    done = rushlight(tmp_path, "run", "--guard", "error", "train.py", check=False)
    assert done.returncode == 1
    assert "[learning-rate] train.py:7" in done.stderr
    assert rushlight(tmp_path, "doctor", "train.py", check=False).returncode == 3


def test_nothing_is_said_of_a_run_that_did_not_end(tmp_path):
    (tmp_path / "train.py").write_text(SCHEDULE + "raise SystemError('stop')\n")
    done = rushlight(tmp_path, "run", "--guard", "warn", "train.py", check=False)
    assert done.returncode == 1
    assert "SystemError: stop" in done.stderr
    assert "learning-rate" not in done.stderr
