"""nn.utils: one program in torch and here; values, keys, texts and errors agree."""

import warnings

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import torch.nn.utils.prune  # noqa: E402, F811

import rushlight  # noqa: E402
from tests.parity.bridge import difference, tensors_in  # noqa: E402

pytestmark = pytest.mark.parity


def layer_of(m, kind="linear"):
    m.manual_seed(0)
    if kind == "conv":
        return m.nn.Conv2d(3, 4, 3), m.randn(2, 3, 5, 5)
    if kind == "transposed":
        return m.nn.ConvTranspose2d(3, 4, 3), m.randn(2, 3, 5, 5)
    if kind == "wide":
        return m.nn.Linear(6, 4), m.randn(2, 6)
    if kind == "tall":
        return m.nn.Linear(4, 6), m.randn(2, 4)
    return m.nn.Linear(5, 5), m.randn(2, 5)


def train(m, layer, x, steps=3):
    """Losses and the state after some steps."""
    optimizer = m.optim.SGD(layer.parameters(), lr=0.1)
    seen = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = (layer(x) ** 2).mean()
        loss.backward()
        optimizer.step()
        seen.append(loss.detach())
    layer.eval()
    return seen, layer(x).detach(), dict(layer.state_dict()), repr(layer)


def parametrized(how, kind):
    def program(m):
        layer, x = layer_of(m, kind)
        how(m.nn.utils.parametrizations)(layer)
        trained = train(m, layer, x)
        m.nn.utils.parametrize.remove_parametrizations(layer, "weight")
        return *trained, dict(layer.state_dict()), repr(layer)

    return program


def old(name, **options):
    def program(m):
        layer, x = layer_of(m, "conv")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            getattr(m.nn.utils, name)(layer, **options)
        trained = train(m, layer, x)
        getattr(m.nn.utils, f"remove_{name}")(layer)
        return *trained, dict(layer.state_dict())

    return program


def symmetric(m):
    class Symmetric(m.nn.Module):
        def forward(self, x):
            return x.triu() + x.triu(1).transpose(-1, -2)

        def right_inverse(self, a):
            return a.triu()

    class Scaled(m.nn.Module):
        def forward(self, x):
            return x * 2

        def right_inverse(self, a):
            return a / 2

    layer, x = layer_of(m)
    p = m.nn.utils.parametrize
    p.register_parametrization(layer, "weight", Symmetric())
    p.register_parametrization(layer, "weight", Scaled())
    before = layer.weight.detach()
    layer.weight = m.ones(5, 5)
    with p.cached():
        same = layer.weight is layer.weight
    other = m.nn.Linear(5, 5)
    p.transfer_parametrizations_and_params(layer, other)
    names = p.type_before_parametrizations(layer).__name__, type(layer).__name__
    flags = p.is_parametrized(layer), p.is_parametrized(layer, "bias"), same, names
    return before, layer.weight.detach(), other.weight.detach(), flags, repr(other)


def pruned(m):
    prune = m.nn.utils.prune
    layer, x = layer_of(m, "conv")
    prune.l1_unstructured(layer, "weight", amount=0.3)
    prune.random_unstructured(layer, "weight", amount=5)
    prune.ln_structured(layer, "weight", amount=1, n=2, dim=0)
    prune.random_structured(layer, "weight", amount=1, dim=1)
    prune.identity(layer, "bias")
    masks = {k: v.clone() for k, v in layer.state_dict().items()}
    flags = prune.is_pruned(layer)
    trained = train(m, layer, x)
    prune.remove(layer, "weight")
    return (
        masks,
        flags,
        trained,
        dict(layer.state_dict()),
        list(layer.state_dict()),
    )


def pruned_globally(m):
    prune = m.nn.utils.prune
    m.manual_seed(0)
    net = m.nn.Sequential(m.nn.Linear(4, 3), m.nn.Linear(3, 2))
    both = [(net[0], "weight"), (net[1], "weight")]
    prune.global_unstructured(both, prune.L1Unstructured, amount=0.4)
    prune.global_unstructured(both, prune.RandomUnstructured, amount=3)
    prune.custom_from_mask(net[0], "bias", m.tensor([1, 0, 1]))
    t = m.nn.utils.prune.L1Unstructured(2).prune(m.tensor([3.0, -1.0, 2.0]))
    return dict(net.state_dict()), t, list(net.state_dict())


def called_functionally(m):
    m.manual_seed(0)
    net = m.nn.Sequential(m.nn.Linear(4, 3), m.nn.BatchNorm1d(3))
    x = m.randn(5, 4)
    values = {k: v.detach() * 2 for k, v in net.state_dict().items()}
    values["0.weight"].requires_grad_()
    before = values["1.running_mean"].clone()
    out = m.func.functional_call(net, values, (x,))
    out.sum().backward()
    kept = dict(net.state_dict())
    return out.detach(), values["0.weight"].grad, values["1.running_mean"], before, kept


def fused(m):
    m.manual_seed(0)
    results = []
    for conv, x, transpose in (
        (m.nn.Conv2d(3, 4, 3), m.randn(2, 3, 6, 6), False),
        (m.nn.Conv2d(3, 4, 3, bias=False), m.randn(2, 3, 6, 6), False),
        (m.nn.ConvTranspose2d(3, 4, 3), m.randn(2, 3, 6, 6), True),
    ):
        norm = m.nn.BatchNorm2d(4)
        m.nn.init.normal_(norm.weight)
        norm(m.randn(4, 4, 3, 3))
        layer = m.nn.utils.fuse_conv_bn_eval(conv.eval(), norm.eval(), transpose)
        results.append((layer(x).detach(), norm(conv(x)).detach()))
    linear, norm = m.nn.Linear(3, 4).eval(), m.nn.BatchNorm1d(4)
    norm(m.randn(5, 4))
    layer = m.nn.utils.fuse_linear_bn_eval(linear, norm.eval())
    return *results, dict(layer.state_dict())


def weight_norm_from_old_names(m):
    layer, x = layer_of(m)
    m.nn.utils.parametrizations.weight_norm(layer)
    state = {"weight_g": m.ones(5, 1), "weight_v": m.eye(5), "bias": m.zeros(5)}
    layer.load_state_dict(state)
    return layer.weight.detach(), list(layer.state_dict())


PROGRAMS = {
    "weight_norm": parametrized(lambda p: p.weight_norm, "linear"),
    "weight_norm of conv": parametrized(lambda p: p.weight_norm, "conv"),
    "weight_norm dim 1": parametrized(
        lambda p: lambda layer: p.weight_norm(layer, dim=1), "conv"
    ),
    "weight_norm of all": parametrized(
        lambda p: lambda layer: p.weight_norm(layer, dim=None), "conv"
    ),
    "spectral_norm": parametrized(lambda p: p.spectral_norm, "linear"),
    "spectral_norm of conv": parametrized(
        lambda p: lambda layer: p.spectral_norm(layer, n_power_iterations=2), "conv"
    ),
    "spectral_norm transposed": parametrized(lambda p: p.spectral_norm, "transposed"),
    "orthogonal": parametrized(lambda p: p.orthogonal, "linear"),
    "orthogonal tall": parametrized(lambda p: p.orthogonal, "tall"),
    "orthogonal wide": parametrized(lambda p: p.orthogonal, "wide"),
    "cayley": parametrized(
        lambda p: lambda layer: p.orthogonal(layer, orthogonal_map="cayley"), "wide"
    ),
    "matrix_exp wide": parametrized(
        lambda p: lambda layer: p.orthogonal(layer, orthogonal_map="matrix_exp"),
        "wide",
    ),
    "householder": parametrized(
        lambda p: (
            lambda layer: p.orthogonal(
                layer, orthogonal_map="householder", use_trivialization=False
            )
        ),
        "tall",
    ),
    "old weight_norm": old("weight_norm"),
    "old weight_norm of all": old("weight_norm", dim=None),
    "old spectral_norm": old("spectral_norm"),
    "symmetric": symmetric,
    "pruned": pruned,
    "pruned globally": pruned_globally,
    "functional_call": called_functionally,
    "fused": fused,
    "old names": weight_norm_from_old_names,
}


def plain(value):
    """What of a result is no tensor."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return None if hasattr(value, "dtype") else value


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(name):
    theirs, ours = PROGRAMS[name](torch), PROGRAMS[name](rushlight)
    assert plain(ours) == plain(theirs)
    for a, b in zip(tensors_in(theirs), tensors_in(ours), strict=True):
        why = difference(b, a, 10)
        assert not why, (why, a, b)


class Wrong:
    """A parametrization that changes the dtype or shape."""

    def __new__(cls, m, how):
        class Changing(m.nn.Module):
            def forward(self, x):
                return x.double() if how == "dtype" else x[:1]

        return Changing()


ERRORS = {
    "no such tensor": lambda m: m.nn.utils.parametrize.register_parametrization(
        m.nn.Linear(2, 2), "nothing", m.nn.Identity()
    ),
    "dtype": lambda m: m.nn.utils.parametrize.register_parametrization(
        m.nn.Linear(2, 2), "weight", Wrong(m, "dtype")
    ),
    "shape": lambda m: m.nn.utils.parametrize.register_parametrization(
        m.nn.Linear(2, 2), "weight", Wrong(m, "shape")
    ),
    "not parametrized": lambda m: m.nn.utils.parametrize.remove_parametrizations(
        m.nn.Linear(2, 2), "weight"
    ),
    "unknown map": lambda m: m.nn.utils.parametrizations.orthogonal(
        m.nn.Linear(2, 2), orthogonal_map="none"
    ),
    "vector": lambda m: m.nn.utils.parametrizations.orthogonal(
        m.nn.Linear(2, 2), "bias"
    ),
    "no iterations": lambda m: m.nn.utils.spectral_norm(
        m.nn.Linear(2, 2), n_power_iterations=0
    ),
    "dimension": lambda m: m.nn.utils.parametrizations.spectral_norm(
        m.nn.Linear(2, 2), dim=5
    ),
    "twice": lambda m: m.nn.utils.spectral_norm(
        m.nn.utils.spectral_norm(m.nn.Linear(2, 2))
    ),
    "nothing to remove": lambda m: m.nn.utils.remove_spectral_norm(m.nn.Linear(2, 2)),
    "amount": lambda m: m.nn.utils.prune.l1_unstructured(
        m.nn.Linear(2, 2), "weight", 1.5
    ),
    "amount's type": lambda m: m.nn.utils.prune.l1_unstructured(
        m.nn.Linear(2, 2), "weight", "all"
    ),
    "too many": lambda m: m.nn.utils.prune.l1_unstructured(
        m.nn.Linear(2, 2), "weight", 5
    ),
    "structured vector": lambda m: m.nn.utils.prune.ln_structured(
        m.nn.Linear(2, 2), "bias", 1, 2, 0
    ),
    "prune dimension": lambda m: m.nn.utils.prune.ln_structured(
        m.nn.Linear(2, 2), "weight", 1, 2, 7
    ),
    "not pruned": lambda m: m.nn.utils.prune.remove(m.nn.Linear(2, 2), "weight"),
    "training": lambda m: m.nn.utils.fuse_conv_bn_eval(
        m.nn.Conv2d(1, 1, 1), m.nn.BatchNorm2d(1)
    ),
    "strict": lambda m: m.func.functional_call(
        m.nn.Linear(2, 2), {"weight": m.ones(2, 2)}, m.ones(2), strict=True
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name):
    kinds = []
    for module in (torch, rushlight):
        with pytest.raises(Exception) as caught, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ERRORS[name](module)
        kinds.append(type(caught.value))
    assert issubclass(kinds[1], kinds[0]), kinds


def test_deep_copies_of_parametrized_modules_are_their_own():
    import copy
    import pickle

    layer = rushlight.nn.utils.parametrizations.weight_norm(rushlight.nn.Linear(2, 2))
    twin = copy.deepcopy(layer)
    with rushlight.no_grad():
        layer.parametrizations.weight.original0.fill_(0.0)
    assert np.abs(twin.weight.detach().numpy()).max() > 0
    with pytest.raises(RuntimeError, match="state_dict"):
        pickle.dumps(layer)
