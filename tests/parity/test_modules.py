"""Every module of torch's module_db that exists here: names, values, gradients."""

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from torch.nn.modules.lazy import LazyModuleMixin  # noqa: E402
from torch.testing._internal.common_modules import module_db  # noqa: E402

import rushlight  # noqa: E402
from tests.parity.bridge import NoCounterpart, difference, tensors_in, to_array, to_ours  # noqa: E402
from tests.parity.scoreboard import quiet  # noqa: E402

pytestmark = pytest.mark.parity

KNOWN = json.loads(Path(__file__).with_name("known_modules.json").read_text())
#: Modules whose results are random in training.
_RANDOM = ("Dropout", "RReLU", "FractionalMaxPool")


def _ours(info):
    kind = info.module_cls
    if not kind.__module__.startswith("torch.nn.modules"):
        return None
    return getattr(rushlight.nn, kind.__name__, None)


PRESENT = {info.name: info for info in module_db if _ours(info) is not None}


def _inputs(info, training):
    torch.manual_seed(0)
    return info.module_inputs_func(
        info, device="cpu", dtype=torch.float64, requires_grad=False, training=training
    )


def _both(info, case):
    """The module in both, made with one seed; ours then takes torch's weights."""
    make = case.constructor_input
    torch.manual_seed(3)
    theirs = info.module_cls(*make.args, **make.kwargs).double()
    rushlight.manual_seed(3)
    ours = _ours(info)(*to_ours(make.args), **to_ours(make.kwargs)).double()
    return ours, theirs


def _compare(info, training):
    for case in _inputs(info, training):
        ours, theirs = _both(info, case)
        assert list(ours.state_dict()) == list(theirs.state_dict())
        assert repr(ours) == repr(theirs)
        if isinstance(theirs, LazyModuleMixin):
            _initialise(ours, theirs, case.forward_input)
        for name, value in theirs.state_dict().items():
            why = difference(ours.state_dict()[name], value, factor=1e4)
            assert not why, f"initial {name}: {why}"
        ours.load_state_dict({k: to_ours(v) for k, v in theirs.state_dict().items()})
        if case.forward_input is None:
            continue
        ours.train(training)
        theirs.train(training)
        _compare_forward(ours, theirs, case.forward_input)


def _initialise(ours, theirs, call):
    """Let lazy modules make their parameters, of the same numbers."""
    torch.manual_seed(4)
    theirs(*call.args, **call.kwargs)
    rushlight.manual_seed(4)
    ours(*to_ours(call.args), **to_ours(call.kwargs))
    assert repr(ours) == repr(theirs)


def _compare_forward(ours, theirs, call):
    args = to_ours(call.args), to_ours(call.kwargs)
    torch.manual_seed(5)
    try:
        wanted = theirs(*call.args, **call.kwargs)
    except RuntimeError:
        return  # torch itself refuses it on this machine
    rushlight.manual_seed(5)
    found = ours(*args[0], **args[1])
    assert not difference(found, wanted), difference(found, wanted)
    pairs = list(zip(tensors_in(found), tensors_in(wanted), strict=True))
    pairs = [(a, b) for a, b in pairs if b.requires_grad]
    if not pairs:
        return
    torch.autograd.backward(
        [b for _, b in pairs], [torch.ones_like(b) for _, b in pairs]
    )
    rushlight.autograd.backward(
        [a for a, _ in pairs],
        [rushlight.from_numpy(to_array(torch.ones_like(b))) for _, b in pairs],
    )
    for (name, mine), (_, other) in zip(
        ours.named_parameters(), theirs.named_parameters(), strict=True
    ):
        assert (mine.grad is None) == (other.grad is None), name
        if other.grad is not None:
            why = difference(mine.grad, other.grad)
            assert not why, f"gradient of {name}: {why}"


@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize("name", sorted(PRESENT))
def test_module(name, training):
    if training and name.rpartition(".")[2].startswith(_RANDOM):
        training = False
    known = KNOWN.get(name)
    try:
        with quiet():
            _compare(PRESENT[name], training)
    except NoCounterpart:
        pytest.skip("its samples use what does not exist here")
    except Exception:
        if known:
            pytest.xfail(known)
        raise
