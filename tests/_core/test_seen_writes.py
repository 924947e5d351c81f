"""Every write to a tensor's memory is a Call with that tensor as its target."""

import inspect

import numpy as np
import pytest

import rushlight as torch
import rushlight.nn.functional as F
from rushlight._core.dispatch import run
from rushlight._core.expose import FUNCTIONAL, TORCH, expose
from rushlight._core.intercept import intercepting
from rushlight._core.tensor import wrap

ROWS = [0, 2]


def ints(*shape):
    return torch.arange(1, 1 + int(np.prod(shape))).reshape(shape)


def ones(*shape):
    return torch.ones(*shape) / 4


def rows():
    return torch.tensor(ROWS)


def mask():
    return torch.tensor([[True, False, True]] * 3)


# Name -> the arguments after the tensor, which is (3, 3), float unless in WHOLE.
ARGUMENTS = {
    "addbmm_": lambda: (ones(2, 3, 3), ones(2, 3, 3)),
    "addcdiv_": lambda: (ones(3, 3), ones(3, 3)),
    "addcmul_": lambda: (ones(3, 3), ones(3, 3)),
    "addmm_": lambda: (ones(3, 3), ones(3, 3)),
    "addr_": lambda: (ones(3), ones(3)),
    "apply_": lambda: (lambda v: v + 1,),
    "clamp_": lambda: (0.3, 0.6),
    "clip_": lambda: (0.3, 0.6),
    "clamp_max_": lambda: (0.5,),
    "clamp_min_": lambda: (0.5,),
    "copy_": lambda: (ones(3),),
    "cumprod_": lambda: (0,),
    "renorm_": lambda: (2, 0, 1.0),
    "cumsum_": lambda: (0,),
    "fill_": lambda: (2.5,),
    "fill_diagonal_": lambda: (2.5,),
    "geometric_": lambda: (0.5,),
    "index_add_": lambda: (0, rows(), ones(2, 3)),
    "index_copy_": lambda: (0, rows(), ones(2, 3)),
    "index_fill_": lambda: (0, rows(), 2.5),
    "index_put_": lambda: ((rows(),), ones(2, 3)),
    "index_reduce_": lambda: (0, rows(), ones(2, 3), "prod"),
    "lerp_": lambda: (ones(3, 3), 0.5),
    "logit_": lambda: (1e-3,),
    "map_": lambda: (ones(3, 3), lambda a, b: a + b),
    "masked_fill_": lambda: (mask(), 2.5),
    "masked_scatter_": lambda: (mask(), ones(6)),
    "mvlgamma_": lambda: (1,),
    "polygamma_": lambda: (1,),
    "put_": lambda: (rows(), ones(2)),
    "random_": lambda: (5,),
    "scatter_": lambda: (0, torch.zeros(1, 3, dtype=torch.int64), ones(1, 3)),
    "scatter_add_": lambda: (0, torch.zeros(1, 3, dtype=torch.int64), ones(1, 3)),
    "scatter_reduce_": lambda: (
        0,
        torch.zeros(1, 3, dtype=torch.int64),
        ones(1, 3),
        "sum",
    ),
    "threshold_": lambda: (0.5, 0.0),
    "dropout_": lambda: (0.5, True),
    "feature_dropout_": lambda: (0.5, True),
    "alpha_dropout_": lambda: (0.5, True),
    "feature_alpha_dropout_": lambda: (0.5, True),
}
WHOLE = {"gcd_", "lcm_"}  # and the bitwise ones
DOUBLE = {"float_power_"}
RANDOM = """bernoulli_ cauchy_ exponential_ geometric_ log_normal_ normal_ random_
rrelu_ uniform_ dropout_ feature_dropout_ alpha_dropout_
feature_alpha_dropout_""".split()
# Tested below, or what only changes what a tensor shows (Note [Seen writes]).
OTHERS = """addmv_ baddbmm_ acosh_ arccosh_ as_strided_ detach_ requires_grad_ resize_
resize_as_ set_ share_memory_ squeeze_ swapaxes_ swapdims_ t_ transpose_
unsqueeze_""".split()


def forms():
    """{name: function} of all public in-place forms."""
    found = {n: getattr(torch.Tensor, n) for n in dir(torch.Tensor) if n[0] != "_"}
    found = TORCH | FUNCTIONAL | found
    return {
        name: found[name]
        for name in sorted(found)
        if name.endswith("_") and name not in OTHERS and name[0] != "_"
    }


def fresh(name):
    if name in WHOLE or name.startswith("bitwise"):
        return ints(3, 3)
    dtype = torch.float64 if name in DOUBLE else torch.float32
    return ((ints(3, 3) + 2) / 13).to(dtype)


def arguments(name):
    if name in ARGUMENTS:
        return ARGUMENTS[name]()
    parameters = list(inspect.signature(forms()[name]).parameters.values())[1:]
    needed = [p for p in parameters if p.default is p.empty and p.kind < p.KEYWORD_ONLY]
    return tuple(fresh(name).flip(0) for _ in needed)


class Writes:
    """An interceptor that keeps the targets of calls, and what their ops give."""

    def __init__(self):
        self.targets, self.replayed = [], []

    def __contains__(self, x):
        return any(target is x or target._base is x for target in self.targets)

    def __call__(self, call, proceed):
        if call.target is None:
            return proceed()
        old = wrap(call.target._array.copy())
        inputs = (old, *call.inputs[1:])
        assert call.inputs[0] is call.target
        new = run(call.op, inputs, call.attrs)
        result = proceed()
        self.targets.append(call.target)
        self.replayed.append(new)
        return result


@pytest.mark.parametrize("name", forms())
def test_every_in_place_form_is_seen(name):
    form, x, expected = forms()[name], fresh(name), fresh(name)
    torch.manual_seed(0)
    form(expected, *arguments(name))
    writes = Writes()
    torch.manual_seed(0)
    with intercepting(writes):
        assert form(x, *arguments(name)) is x
    assert x in writes
    if name not in RANDOM:
        assert x.tolist() == expected.tolist()
        for target, new in zip(writes.targets, writes.replayed, strict=True):
            assert new.tolist() == target.tolist()
            assert new.dtype is target.dtype


def is_seen(function, x):
    writes = Writes()
    with intercepting(writes):
        function(x)
    return x in writes


@pytest.mark.parametrize(
    "write",
    [
        lambda x: x.__setitem__(0, 1.0),
        lambda x: x.__setitem__(slice(None), 1.0),
        lambda x: x.__setitem__((slice(None), 1), ones(3)),
        lambda x: x.__setitem__(x > 0.3, 0.0),
        lambda x: x.__setitem__(rows(), ones(2, 3)),
        lambda x: x.__iadd__(1),
        lambda x: x.__imul__(x),
        lambda x: torch.add(x, 1, out=x),
        lambda x: torch.sum(ones(3, 3, 2), 2, out=x),
        lambda x: torch.ones(3, 3, out=x),
        lambda x: torch.eye(3, out=x),
        lambda x: torch.rand(3, 3, out=x),
        lambda x: torch.cat([ones(1, 3), ones(2, 3)], out=x),
        lambda x: torch.sort(ones(3, 3), out=(x, torch.zeros(3, 3).long())),
        lambda x: torch.nn.init.xavier_uniform_(x),
        lambda x: torch.nn.init.orthogonal_(x),
        lambda x: torch.nn.init.eye_(x),
        lambda x: torch._foreach_mul_([x], 2.0),
        lambda x: F.dropout(x, 0.5, inplace=True),
        lambda x: F.relu(x, inplace=True),
        lambda x: F.hardswish(x, inplace=True),
        lambda x: F.embedding(rows(), x, max_norm=0.1),
    ],
)
def test_other_writes_are_seen(write):
    assert is_seen(write, fresh(""))


def test_batch_norm_statistics_and_gradient_clipping_are_seen():
    norm = torch.nn.BatchNorm1d(3)
    seen = Writes()
    with intercepting(seen):
        norm(torch.arange(6.0).reshape(2, 3))
    for buffer in norm.buffers():
        assert buffer in seen
    weight = torch.zeros(3, requires_grad=True)
    weight.grad = torch.ones(3)
    for clip in torch.nn.utils.clip_grad_norm_, torch.nn.utils.clip_grad_value_:
        assert is_seen(lambda _, c=clip: c([weight], 0.1), weight.grad)


def test_a_recorded_composite_keeps_its_history_when_seen():
    def gradient(*interceptors):
        x = torch.tensor([0.2, 0.7], requires_grad=True)
        y = x * 1
        for interceptor in interceptors:
            with intercepting(interceptor):
                y.clamp_(0.5)
        if not interceptors:
            y.clamp_(0.5)
        y.sum().backward()
        return x.grad.tolist()

    assert gradient(Writes()) == gradient() == [0.0, 1.0]


def test_expanded_tensors_are_not_written():
    writes = (
        lambda x: x.add_(1),
        lambda x: x.add_(torch.ones(3)),
        lambda x: x.exp_(),
        lambda x: x.clamp_(0),
        lambda x: x.relu_(),
        lambda x: x.uniform_(),
        lambda x: x.__setitem__(slice(None), 1.0),
        lambda x: torch.add(torch.ones(3), 1, out=x),
    )
    for write in writes:
        x = torch.ones(1)
        with pytest.raises(RuntimeError, match="more than one element of the written"):
            write(x.expand(3))
        assert x.tolist() == [1.0]
    x = torch.ones(1)
    x.expand(3).fill_(2.0)  # one value for all
    x.expand(3)[1:2].add_(1)
    assert x.tolist() == [3.0]


def test_in_place_forms_of_no_tensor():
    for form in F.relu_, F.elu_, torch.exp_, torch.zero_, torch.fill_:
        with pytest.raises(TypeError, match="expected a Tensor to write into, got int"):
            form(3, *((1,) if form is torch.fill_ else ()))


def test_a_form_without_a_door_is_refused():
    def nothing(input):
        """Nothing."""

    with pytest.raises(ValueError, match="nothing_ has no door"):
        expose(nothing, inplace=True, functional=True, torch=False, method=False)
