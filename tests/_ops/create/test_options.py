"""The arguments that all creation takes."""

import pytest

import rushlight
from rushlight._ops.create import options


@pytest.mark.parametrize(
    "args, size, shape",
    [
        ((2, 3), None, (2, 3)),
        (((2, 3),), None, (2, 3)),
        (([2, 3],), None, (2, 3)),
        ((), (2, 3), (2, 3)),
        (((),), None, ()),
        ((rushlight.tensor(2), 3), None, (2, 3)),
        ((rushlight.Size((2, 3)),), None, (2, 3)),
    ],
)
def test_sizes(args, size, shape):
    assert options.sizes_of(args, size, "f()") == shape


@pytest.mark.parametrize(
    "args, error, text",
    [
        ((), TypeError, "f(): expected sizes, got none"),
        ((-1,), RuntimeError, "must be non-negative), got [-1]"),
        ((2.0,), TypeError, "an int for 'size', got 2.0"),
        (("a",), TypeError, "got 'a' (str)"),
        ((None, 2), TypeError, "got None"),
        ((2, [3]), TypeError, "got [3] (list)"),
    ],
)
def test_sizes_that_are_refused(args, error, text):
    with pytest.raises(error) as caught:
        options.sizes_of(args, None, "f()")
    assert text in str(caught.value)


FACTORIES = [
    lambda **options: rushlight.zeros(2, **options),
    lambda **options: rushlight.ones(2, **options),
    lambda **options: rushlight.empty(2, **options),
    lambda **options: rushlight.full((2,), 1.0, **options),
    lambda **options: rushlight.arange(2.0, **options),
    lambda **options: rushlight.linspace(0, 1, 2, **options),
    lambda **options: rushlight.logspace(0, 1, 2, **options),
    lambda **options: rushlight.eye(2, **options),
    lambda **options: rushlight.scalar_tensor(1, **options),
    lambda **options: rushlight.zeros_like(rushlight.ones(2), **options),
    lambda **options: rushlight.ones(2).new_ones(2, **options),
    lambda **options: rushlight.empty_strided((2,), (1,), **options),
]


@pytest.mark.parametrize("factory", FACTORIES, ids=range(len(FACTORIES)))
def test_every_factory_takes_the_common_arguments(factory):
    made = factory(
        dtype=rushlight.float64,
        layout=rushlight.strided,
        device="cpu",
        requires_grad=True,
        pin_memory=False,
    )
    assert made.dtype is rushlight.float64
    assert made.requires_grad and made.is_leaf
    assert factory(device="meta").is_meta
    with rushlight.device("meta"):
        created = factory()
    assert created.is_meta or factory is FACTORIES[9] or factory is FACTORIES[10]
    assert factory(dtype=float).dtype is rushlight.float64


@pytest.mark.parametrize("factory", FACTORIES, ids=range(len(FACTORIES)))
@pytest.mark.parametrize(
    "named, error, text",
    [
        ({"layout": "a"}, TypeError, "a torch.layout, got str"),
        (
            {"layout": rushlight._base.layout.layout("x")},
            NotImplementedError,
            "torch.x",
        ),
        ({"dtype": "float32"}, TypeError, "to be a torch.dtype, got 'float32'"),
        ({"device": "foo"}, RuntimeError, "'foo'"),
        (
            {"dtype": rushlight.int64, "requires_grad": True},
            RuntimeError,
            "floating point and complex",
        ),
        ({"foo": 1}, TypeError, "foo"),
    ],
)
def test_every_factory_refuses(factory, named, error, text):
    with pytest.raises(error) as caught:
        factory(**named)
    assert text in str(caught.value)


@pytest.mark.skipif(rushlight.cuda.is_available(), reason="there is a GPU")
@pytest.mark.parametrize("factory", FACTORIES, ids=range(len(FACTORIES)))
def test_pinned_memory_needs_a_gpu(factory):
    with pytest.raises(RuntimeError, match="only beside a CUDA GPU"):
        factory(pin_memory=True)


@pytest.mark.parametrize(
    "write, expected",
    [
        (lambda out: rushlight.zeros(2, out=out), [0, 0]),
        (lambda out: rushlight.ones(2, out=out), [1, 1]),
        (lambda out: rushlight.full((2,), 3, out=out), [3, 3]),
        (lambda out: rushlight.arange(2, out=out), [0, 1]),
        (lambda out: rushlight.linspace(0, 1, 2, out=out), [0, 1]),
        (lambda out: rushlight.logspace(0, 1, 2, out=out), [1, 10]),
        (lambda out: rushlight.eye(1, 2, out=out), [[1, 0]]),
        (lambda out: rushlight.range(0, 1, out=out), [0, 1]),
    ],
)
@pytest.mark.parametrize("dtype", ["float64", "int64"])
@pytest.mark.filterwarnings("ignore:range is deprecated")
def test_out(write, expected, dtype):
    out = rushlight.empty(5, dtype=getattr(rushlight, dtype))
    assert write(out) is out
    assert (out.tolist(), out.dtype.name) == (expected, dtype)


def test_out_that_does_not_fit():
    with pytest.raises(RuntimeError, match="that of out=, got torch.int64"):
        rushlight.zeros(2, out=rushlight.ones(2), dtype=rushlight.int64)
    with pytest.raises(TypeError, match="out= to be a Tensor"):
        rushlight.zeros(2, out=[1])
