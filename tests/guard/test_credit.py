"""The table of credits: integers are stopped with the fix, and with it the model fits.

UCI's German credit data is looked for beside the repository; a table of the same form,
which the example invents, stands in where it is not there.
"""

import re

import pytest

from tests.cli.running import rushlight
from tests.programs.test_examples import EXAMPLES

TABLE = EXAMPLES.parents[1] / "shared" / "data" / "german-credit.txt"
SOURCE = (EXAMPLES / "credit.py").read_text("utf-8")
CAST = "torch.tensor(frame.to_numpy(), dtype=torch.float32)"
UNCAST = "torch.tensor(frame.to_numpy())"
SCALED = re.compile(r"\(x\[(train|test)\] - mean\) / deviation")
real = pytest.mark.skipif(not TABLE.exists(), reason="the table of credits is not here")


def run(folder, source, *argv, check=True):
    files = {"credit.py": source}
    return rushlight(folder, "run", "credit.py", *argv, files=files, check=check)


def uncast(source):
    """The example without its cast."""
    assert source.count(CAST) == 1
    return source.replace(CAST, UNCAST)


def unscaled(source):
    """The example that feeds the table as it is."""
    source = "\n".join(x for x in source.splitlines() if "mean, deviation =" not in x)
    return SCALED.sub(r"x[\1]", source)


FEEDS = {"scaled": uncast(SOURCE), "as it is": unscaled(uncast(SOURCE))}


@pytest.mark.slow
@pytest.mark.parametrize("argv", [(), pytest.param(("--data", TABLE), marks=real)])
@pytest.mark.parametrize("feed", FEEDS)
def test_integers_are_stopped_with_the_fix(feed, argv, tmp_path):
    done = run(tmp_path, FEEDS[feed], *argv, check=False)
    assert done.returncode == 1
    message = done.stderr.splitlines()[-1]
    assert "int64" in message
    assert ".float()" in message or "dtype=torch.float32" in message
    lines = re.findall(r'File ".*credit.py", line (\d+)', done.stderr)
    text = FEEDS[feed].splitlines()[int(lines[-1]) - 1]
    assert "x[train]" in text or "model(x)" in text


@pytest.mark.slow
def test_the_fix_of_the_message_mends_it(tmp_path):
    feed = FEEDS["as it is"].replace(UNCAST, f"{UNCAST}.float()")
    assert "mean 0." in run(tmp_path, feed).stdout


@real
@pytest.mark.slow
def test_it_ranks_as_well_as_logistic_regression(tmp_path):
    done = run(tmp_path, SOURCE, "--data", TABLE)
    assert float(done.stdout.split()[-1]) >= 0.79
    assert done.stderr == ""
