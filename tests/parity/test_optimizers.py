"""Every optimizer of torch's optim_db: steps, state, printed text and errors agree."""

import warnings

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch.testing._internal.common_optimizers import (  # noqa: E402
    ErrorOptimizerInput,
    optim_db,
)

import rushlight  # noqa: E402
from tests.parity.bridge import difference, to_ours  # noqa: E402
from tests.parity.scoreboard import quiet  # noqa: E402

pytestmark = pytest.mark.parity

INFOS = {info.optim_cls.__name__: info for info in optim_db}
SHAPES = [(5, 3), (40, 500), (), (7,)]
MATRICES = [(5, 3), (4, 9)]
#: Refused in torch, accepted here: how torch runs the update makes no difference here.
ACCEPTED = ("foreach", "capturable", "fused")


def _options(name):
    for case in INFOS[name].optim_inputs_func(device="cpu", dtype=torch.float64):
        if not case.kwargs.get("capturable") and case.params is None:
            yield case.desc, case.kwargs


CASES = [
    pytest.param(name, options, id=f"{name}-{description}")
    for name in sorted(INFOS)
    for description, options in _options(name)
]


def _pair(name, options, dtype, complex_too=False):
    """The same optimizer over the same parameters in both; and a generator."""
    rng = np.random.default_rng(0)
    shapes = MATRICES if name == "Muon" else SHAPES
    values = [rng.normal(size=shape).astype(dtype) for shape in shapes]
    if complex_too:
        values.append(rng.normal(size=(3, 2)) + 1j * rng.normal(size=(3, 2)))
    theirs = [torch.tensor(v, requires_grad=True) for v in values]
    ours = [rushlight.tensor(v, requires_grad=True) for v in values]
    with quiet():
        first = INFOS[name].optim_cls(theirs, **options)
        second = getattr(rushlight.optim, name)(ours, **to_ours(options))
    return rng, theirs, ours, first, second


def _give_gradients(name, rng, theirs, ours):
    for a, b in zip(theirs, ours, strict=True):
        gradient = rng.normal(size=tuple(a.shape))
        if a.is_complex():
            gradient = gradient + 1j * rng.normal(size=tuple(a.shape))
        if name == "SparseAdam" and a.ndim and len(a) > 3:
            gradient[rng.permutation(len(a))[: len(a) // 2]] = 0
        a.grad = torch.tensor(gradient, dtype=a.dtype)
        b.grad = rushlight.tensor(gradient, dtype=b.dtype)
        if name == "SparseAdam":
            a.grad = a.grad.to_sparse(1) if a.ndim else a.grad.to_sparse()


def _compare(theirs, ours, description="", factor=1):
    for a, b in zip(theirs, ours, strict=True):
        why = difference(b, a, factor)
        assert not why, f"{description}: {why}"


def _compare_state(theirs, ours):
    for group, mine in zip(theirs["param_groups"], ours["param_groups"], strict=True):
        assert list(group) == list(mine)
    assert theirs["state"].keys() == ours["state"].keys()
    for number, state in theirs["state"].items():
        assert list(state) == list(ours["state"][number])
        for name, value in state.items():
            _compare_value(name, value, ours["state"][number][name])


def _compare_value(name, value, mine):
    if isinstance(value, torch.Tensor):
        assert not difference(mine, value), f"{name}: {difference(mine, value)}"
    elif isinstance(value, list):
        for a, b in zip(value, mine, strict=True):
            _compare_value(name, a, b)
    elif value is None:
        assert mine is None
    else:
        assert float(mine) == pytest.approx(value, rel=1e-6), name


@pytest.mark.parametrize("name, options", CASES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_twenty_steps(name, options, dtype):
    if name == "LBFGS":
        return _descend(name, options, dtype)
    rng, theirs, ours, first, second = _pair(name, options, dtype)
    for _ in range(20):
        _give_gradients(name, rng, theirs, ours)
        first.step(lambda: None)
        second.step(lambda: None)
    _compare(theirs, ours)
    if dtype == "float64":
        _compare_state(first.state_dict(), second.state_dict())
        assert repr(first) == repr(second)
    return None


def _descend(name, options, dtype):
    _, theirs, ours, first, second = _pair(name, options, dtype)

    def closure(optimizer, params, seen):
        def compute():
            optimizer.zero_grad()
            loss = sum(((p * 1.5 - 0.3) ** 2).sum() + (p**4).mean() for p in params)
            loss.backward()
            seen.append(loss.item())
            return loss

        return compute

    seen = [[], []]
    for _ in range(2):
        first.step(closure(first, theirs, seen[0]))
        second.step(closure(second, ours, seen[1]))
    if dtype == "float64":
        np.testing.assert_allclose(seen[1], seen[0], rtol=1e-9)
        _compare(theirs, ours)
        _compare_state(first.state_dict(), second.state_dict())
        assert repr(first) == repr(second)
    else:
        np.testing.assert_allclose(seen[1][-1], seen[0][-1], rtol=1e-4)


@pytest.mark.parametrize(
    "name", sorted(n for n, info in INFOS.items() if info.supports_complex)
)
def test_complex_parameters(name):
    for _, options in _options(name):
        if name == "LBFGS":
            continue
        rng, theirs, ours, first, second = _pair(name, options, "float64", True)
        for _ in range(5):
            _give_gradients(name, rng, theirs, ours)
            first.step()
            second.step()
        _compare(theirs, ours, options)


@pytest.mark.parametrize("name", sorted(INFOS))
def test_a_state_dict_of_torch_goes_on_here(name):
    if name == "LBFGS":
        pytest.skip("its state is the last direction and gradients: steps compare it")
    for _, options in _options(name):
        rng, theirs, ours, first, second = _pair(name, options, "float64")
        for _ in range(3):
            _give_gradients(name, rng, theirs, ours)
            first.step()
        for a, b in zip(theirs, ours, strict=True):
            b.data = to_ours(a.detach())
        second.load_state_dict(to_ours(first.state_dict()))
        for _ in range(2):
            _give_gradients(name, rng, theirs, ours)
            first.step()
            second.step()
        _compare(theirs, ours, options)
        _compare_state(first.state_dict(), second.state_dict())


@pytest.mark.parametrize("name", sorted(INFOS))
def test_a_differentiable_step_has_torchs_gradients(name):
    info = INFOS[name]
    if not info.has_capturable_arg and name not in ("SGD", "Adagrad"):
        pytest.skip("no differentiable form")
    factor = 1000 if name.startswith("Adam") else 1  # torch counts in float32
    for _, options in _options(name):
        if isinstance(options.get("lr"), torch.Tensor):
            continue
        try:
            _compare(*_recorded(name, options, steps=2), options, factor)
        except RuntimeError:  # torch overwrites what a second step's gradient needs
            _compare(*_recorded(name, options, steps=1), options, factor)


def _recorded(name, options, steps):
    rng, theirs, ours, _, _ = _pair(name, options, "float64")
    results = []
    gradients = [rng.normal(size=p.shape) for p in theirs]
    for module, params in ((torch, theirs), (rushlight, ours)):
        copies = [p.clone() for p in params]
        with quiet():
            optimizer = getattr(module.optim, name)(
                copies, **to_ours(options), differentiable=True
            )
        for _ in range(steps):
            for p, c, g in zip(params, copies, gradients, strict=True):
                c.grad = module.tensor(g) * p.detach() + p * 0.1
            optimizer.step()
        loss = sum((c * c).mean() for c in copies)
        loss.backward()
        results.append([loss.detach(), *[p.grad for p in params]])
    return results


def _error_cases():
    for name, info in INFOS.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cases = list(
                info.optim_error_inputs_func(device="cpu", dtype=torch.float32)
            )
        for case in cases:
            assert isinstance(case, ErrorOptimizerInput)
            yield pytest.param(name, case, id=f"{name}-{case.error_regex[:30]}")


def _same_objects(value, seen):
    """torch's parameters as ours; one that comes twice stays one."""
    if isinstance(value, dict):
        return {k: _same_objects(v, seen) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_same_objects(v, seen) for v in value)
    if isinstance(value, torch.Tensor):
        return seen.setdefault(id(value), to_ours(value))
    return value


@pytest.mark.parametrize("name, case", list(_error_cases()))
def test_errors(name, case):
    kind = getattr(rushlight.optim, name)
    given = case.optimizer_error_input
    if any(word in case.error_regex for word in ACCEPTED):
        pytest.skip("accepted here: foreach, capturable and fused have no effect")
    if "sparse" in case.error_regex.lower():
        pytest.skip("there are no sparse tensors")
    if not str(case.error_on).endswith("CONSTRUCTION_ERROR"):
        pytest.skip("an error of step(), tested by name")
    params = given.params
    if params is None:
        params = [torch.randn(2, 3)]
    with pytest.raises(case.error_type):
        kind(_same_objects(params, {}), **to_ours(given.kwargs))
