"""Every optimizer of torch's optim_db that exists here: 20 steps give the same."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch.testing._internal.common_optimizers import optim_db  # noqa: E402

import rushlight  # noqa: E402
from tests.parity.bridge import difference, to_ours  # noqa: E402
from tests.parity.scoreboard import quiet  # noqa: E402

pytestmark = pytest.mark.parity

PRESENT = {
    info.optim_cls.__name__: info
    for info in optim_db
    if hasattr(rushlight.optim, info.optim_cls.__name__)
}
SHAPES = [(5, 3), (40, 500), (), (7,)]


def _options(info):
    for case in info.optim_inputs_func(device="cpu", dtype=torch.float64):
        if not case.kwargs.get("capturable") and case.params is None:
            yield case.desc, case.kwargs


@pytest.mark.parametrize("name", sorted(PRESENT))
def test_twenty_steps(name):
    info = PRESENT[name]
    for description, options in _options(info):
        rng = np.random.default_rng(0)
        values = [rng.normal(size=shape) for shape in SHAPES]
        theirs = [torch.tensor(v, requires_grad=True) for v in values]
        ours = [rushlight.tensor(v, requires_grad=True) for v in values]
        with quiet():
            first = info.optim_cls(theirs, **options)
            second = getattr(rushlight.optim, name)(ours, **to_ours(options))
        for _ in range(20):
            for a, b in zip(theirs, ours, strict=True):
                gradient = rng.normal(size=tuple(a.shape))
                a.grad, b.grad = torch.tensor(gradient), rushlight.tensor(gradient)

            first.step(lambda: None)
            second.step(lambda: None)
        for a, b in zip(theirs, ours, strict=True):
            assert not difference(b, a), f"{description}: {difference(b, a)}"
        _compare_state(first.state_dict(), second.state_dict(), description)
        assert repr(first) == repr(second)


def _compare_state(theirs, ours, description):
    for group, mine in zip(theirs["param_groups"], ours["param_groups"], strict=True):
        assert set(group) == set(mine), description
    assert theirs["state"].keys() == ours["state"].keys()
    for number, state in theirs["state"].items():
        assert list(state) == list(ours["state"][number]), description
        for name, value in state.items():
            if isinstance(value, torch.Tensor):
                why = difference(ours["state"][number][name], value)
                assert not why, f"{description}: {name}: {why}"
