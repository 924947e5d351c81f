"""compile()'s arguments, what it makes of modules, and torch.compiler's names."""

import copy
import pickle
import warnings

import pytest

import rushlight as t
from rushlight import compiler, nn
from rushlight.compiler import OptimizedModule


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.seq = nn.Sequential(nn.Linear(3, 4), nn.ReLU())
        self.scale = 2.0

    def forward(self, x):
        return self.seq(x) * self.scale

    def helper(self):
        return type(self).__name__


def double(x):
    return x * 2


@pytest.fixture(autouse=True)
def _as_before():
    yield
    compiler.reset()
    compiler.set_stance("default")


# ------------------------------------------------------------------------- arguments


@pytest.mark.parametrize("mode", [None, "default", "reduce-overhead", "max-autotune"])
@pytest.mark.parametrize("backend", [None, "inductor", "eager", "aot_eager"])
def test_torchs_words_are_taken(mode, backend):
    compiled = t.compile(double, mode=mode, backend=backend, dynamic=True, options=None)
    assert compiled(t.ones(2)).tolist() == [2.0, 2.0]
    assert len(compiled.kinds) == (backend in (None, "inductor"))


@pytest.mark.parametrize(
    "arguments, error, match",
    [
        ({"backend": "nope"}, RuntimeError, "Invalid backend"),
        ({"backend": print}, NotImplementedError, "callable 'print'"),
        ({"mode": "fast"}, RuntimeError, "mode: expected one of 'default'"),
        ({"mode": "default", "options": {}}, RuntimeError, "mode, options"),
        ({"options": {"max_autotune": True}}, RuntimeError, "'max_autotune'"),
        ({"shapes_spec": 3}, NotImplementedError, "shapes_spec"),
        ({"wrong": 1}, TypeError, "wrong"),
    ],
)
@pytest.mark.parametrize("how", [lambda **k: t.compile(double, **k), Net().compile])
def test_others_are_refused(how, arguments, error, match):
    with pytest.raises(error, match=match):
        how(**arguments)


@pytest.mark.parametrize("what", [3, "text"])
def test_what_cannot_be_called_is_refused(what):
    with pytest.raises(AssertionError, match="a function or an nn.Module"):
        t.compile(what)


def test_disable_gives_it_back():
    net = Net()
    assert t.compile(net, disable=True) is net
    assert t.compile(double, disable=True) is double


def test_a_limit_of_kinds():
    compiled = t.compile(lambda x, k: x * k, recompile_limit=2, name="scaled")
    with pytest.warns(UserWarning, match="scaled runs uncompiled.*2 kinds of calls"):
        found = [compiled(t.ones(1), k).item() for k in range(5)]
    assert found == [0, 1, 2, 3, 4]
    assert len(compiled.kinds) == 2
    assert len(compiled.reasons) == 1


def test_the_default_backend():
    compiler.set_default_backend("eager")
    compiled = t.compile(double)
    compiled(t.ones(1))
    assert not compiled.kinds
    compiler.set_default_backend(None)
    assert compiler.get_default_backend() == "inductor"
    with pytest.raises(RuntimeError, match="Invalid backend"):
        compiler.set_default_backend("nope")


# --------------------------------------------------------------------------- modules


def test_the_wrapper_names_its_parts_as_torch_does():
    net = Net()
    compiled = t.compile(net)
    names = ["_orig_mod.seq.0.weight", "_orig_mod.seq.0.bias"]
    assert list(compiled.state_dict()) == names
    assert [name for name, _ in compiled.named_parameters()] == names
    assert [n for n, _ in compiled.named_modules()][:3] == [
        "",
        "_orig_mod",
        "_orig_mod.seq",
    ]
    assert repr(compiled).startswith("OptimizedModule(\n  (_orig_mod): Net(")
    with pytest.raises(RuntimeError, match="_orig_mod.seq.0.weight"):
        compiled.load_state_dict(net.state_dict())


def test_attributes_are_the_original_modules():
    net = Net()
    compiled = t.compile(net)
    compiled.scale = 5.0
    compiled.extra = nn.Linear(1, 1)
    assert net.scale == compiled.scale == 5.0
    assert "extra" in net._modules and "extra" not in compiled._modules
    assert compiled.helper() == "Net"
    assert compiled(t.ones(1, 3)).equal(net(t.ones(1, 3)))
    del compiled.scale, compiled.extra
    assert not hasattr(net, "scale") and not hasattr(net, "extra")
    with pytest.raises(AttributeError, match="nothing"):
        compiled.nothing
    assert {"seq", "helper", "explain"} <= set(dir(compiled))


def test_the_mode_is_one():
    net = Net()
    compiled = t.compile(net)
    assert compiled.eval() is compiled
    assert not net.training and not net.seq.training
    net.train()
    assert compiled.training
    compiled.training = False
    assert not net.training


def test_lengths_are_the_containers():
    assert len(t.compile(nn.Sequential(nn.ReLU(), nn.ReLU()))) == 2
    with pytest.raises(TypeError, match="Net, which has no length"):
        len(t.compile(Net()))


def test_hooks_run_around_and_inside():
    net, order = Net(), []
    compiled = t.compile(net, backend="eager")
    compiled.register_forward_hook(lambda m, a, o: order.append(type(m).__name__))
    net.register_forward_hook(lambda m, a, o: order.append(type(m).__name__))
    compiled(t.ones(1, 3))
    assert order == ["Net", "OptimizedModule"]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(_dumps(m))])
def test_copies_are_compiled_and_apart(copied):
    compiled = t.compile(Net())
    x = t.ones(1, 3)
    want = compiled(x)
    twin = copied(compiled)
    assert isinstance(twin, OptimizedModule)
    assert twin(x).equal(want)
    with t.no_grad():
        twin._orig_mod.seq[0].weight.zero_()
    assert compiled(x).equal(want)
    assert len(twin.forward.kinds) == 1


def _dumps(module):
    return pickle.dumps(module)


def test_modules_compile_in_place():
    net = Net()
    want = net(t.ones(1, 3))
    kind, keys = type(net), list(net.state_dict())
    assert net.compile(fullgraph=True) is None
    assert net(t.ones(1, 3)).equal(want)
    assert len(net.forward.kinds) == 1
    assert type(net) is kind and list(net.state_dict()) == keys
    assert net(t.ones(1, 3)).grad_fn.name() == "CompiledFunctionBackward"
    for twin in (copy.deepcopy(net), copy.copy(net), pickle.loads(_dumps(net))):
        assert twin(t.ones(1, 3)).equal(want)
        assert "forward" not in vars(twin)  # as in torch, copies are not compiled
    net.compile(disable=True)
    assert "forward" not in vars(net)


def test_a_class_may_be_decorated():
    @t.compile
    class Doubles(nn.Module):
        def forward(self, x):
            return x * 2

    module = Doubles()
    assert isinstance(Doubles, type)
    assert module(t.ones(1)).item() == 2
    assert len(module.forward.kinds) == 1


def test_a_method_may_be_decorated():
    class Doubles(nn.Module):
        @t.compile
        def forward(self, x):
            return x * self.factor

    one, two = Doubles(), Doubles()
    one.factor, two.factor = 2, 3
    assert (one(t.ones(1)).item(), two(t.ones(1)).item()) == (2, 3)
    assert len(Doubles.forward.kinds) == 2


# ----------------------------------------------------------------- leaving things out


@compiler.disable(reason="it looks at values")
def _looks(x):
    return x + 1 if x.sum() > 0 else x


def test_a_disabled_function_stops_what_calls_it():
    compiled = t.compile(lambda x: _looks(x) * 2)
    with pytest.warns(UserWarning, match=r"_looks, which is disabled.*looks at values"):
        assert compiled(t.ones(1)).item() == 4
    assert compiled(-t.ones(1)).item() == -2
    with pytest.raises(RuntimeError, match="_looks, which is disabled"):
        t.compile(lambda x: _looks(x), fullgraph=True)(t.ones(1))


def test_a_disabled_function_is_not_compiled():
    assert t.compile(_looks) is _looks
    inner = t.compile(double)
    compiler.disable(lambda: inner(t.ones(1)))()
    assert not inner.kinds
    compiler.disable(lambda: inner(t.ones(1)), recursive=False)()
    assert len(inner.kinds) == 1


def test_disabled_modules_and_classes():
    @compiler.disable
    class Plain(nn.Module):
        def forward(self, x):
            return x * 2

    model = nn.Sequential(Plain())
    with pytest.warns(UserWarning, match="is disabled for the compiler"):
        assert t.compile(model)(t.ones(1)).item() == 2
    left_out = compiler.disable(Net())
    assert isinstance(left_out, OptimizedModule)
    assert left_out(t.ones(1, 3)).equal(left_out._orig_mod(t.ones(1, 3)))
    with pytest.raises(AssertionError, match="disable"):
        compiler.disable(3)


def test_a_constant_result_is_computed_untraced():
    @compiler.assume_constant_result
    def table():
        return t.arange(3).sum().item() + compiler.is_compiling()

    compiled = t.compile(lambda x: x * table(), fullgraph=True)
    assert [compiled(t.ones(1)).item() for _ in range(3)] == [3, 3, 3]
    assert compiler.assume_constant_result(double)(t.ones(1)).item() == 2


def test_functions_that_are_given_back():
    assert compiler.allow_in_graph(double) is double
    assert compiler.nested_compile_region(double) is double
    assert compiler.nested_compile_region(max_reuse_entries=2)(double) is double
    with pytest.raises(AssertionError, match="allow_in_graph"):
        compiler.allow_in_graph([3])


# -------------------------------------------------------------------- asking, setting


def test_a_function_knows_that_it_is_compiled():
    def f(x):
        return x * (2 if t.compiler.is_compiling() else 3)

    assert f(t.ones(1)).item() == 3
    assert t.compile(f, fullgraph=True)(t.ones(1)).item() == 2
    assert not compiler.is_dynamo_compiling() and not compiler.is_exporting()


def test_reset_forgets():
    compiled = t.compile(double)
    compiled(t.ones(1))
    compiler.reset()
    assert not compiled.kinds
    assert compiled(t.ones(1)).item() == 2
    assert compiler.cudagraph_mark_step_begin() is None


def test_backends_are_listed():
    assert compiler.list_backends() == ["inductor"]
    assert "eager" in compiler.list_backends(None)


def test_stances():
    compiled = t.compile(double)
    with compiler.set_stance("force_eager"):
        assert compiled(t.ones(1)).item() == 2
    assert not compiled.kinds
    with compiler.set_stance("eager_then_compile"):
        assert [len(compiled.kinds) for _ in range(3) if compiled(t.ones(1)) > 0] == [
            0,
            1,
            1,
        ]
    with compiler.set_stance("eager_on_recompile"):
        assert compiled(t.ones(2)).tolist() == [2.0, 2.0]
    with compiler.set_stance("fail_on_recompile"):
        assert compiled(t.ones(1)).item() == 2
        with pytest.raises(RuntimeError, match="Detected recompile"):
            compiled(t.ones(2))
    assert len(compiled.kinds) == 1
    run = compiler.set_stance("force_eager")(lambda: compiled(t.ones(3)))
    assert run().tolist() == [2.0, 2.0, 2.0] and len(compiled.kinds) == 1
    compiled(t.ones(3))
    assert len(compiled.kinds) == 2


@pytest.mark.parametrize(
    "arguments, error",
    [
        ({"stance": "nope"}, RuntimeError),
        ({"skip_guard_eval_unsafe": True}, NotImplementedError),
        ({"force_backend": "eager"}, NotImplementedError),
    ],
)
def test_other_stances_are_refused(arguments, error):
    with pytest.raises(error, match="set_stance"):
        compiler.set_stance(**arguments)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert t.compile(double)(t.ones(1)).item() == 2
