"""clone, contiguous."""

import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery

ones = rushlight.ones
FORMATS = Error(
    (ones(2),),
    RuntimeError,
    "a required rank 4 tensor",
    {"memory_format": rushlight.channels_last},
)
OPS = [
    Op(
        "clone",
        samples=lambda make: [(make(2, 3),), (make(),), (make(0, 2),)],
        reference=lambda x: x,
        dtypes=(*ALL, *COMPLEX),
        errors=[FORMATS],
    ),
    Op(
        "Tensor.contiguous",
        samples=lambda make: [(make(2, 3),), (make(2, 3).t(),), (make(),)],
        reference=lambda x: x,
        errors=[
            FORMATS,
            Error((ones(2), "C"), TypeError, "a torch.memory_format, got str"),
        ],
    ),
]
globals().update(battery(OPS))


# Strides recorded from PyTorch 2.13.
@pytest.mark.parametrize(
    "make, strides",
    [
        (lambda: ones(4, 3).t(), (1, 3)),
        (lambda: ones(3, 1).expand(3, 4), (4, 1)),
        (lambda: ones(1, 3).expand(4, 3), (3, 1)),
        (lambda: ones(4, 3, 2)[:, :, 0].t(), (1, 3)),
        (lambda: ones(2, 3, 4, 5).to(memory_format=rushlight.channels_last), None),
    ],
)
def test_a_clone_keeps_the_order_in_memory(make, strides):
    x = make()
    y = x.clone()
    assert y.stride() == (x.stride() if strides is None else strides)
    assert y.data_ptr() != x.data_ptr()


def test_channels_last():
    x = rushlight.arange(120.0).reshape(2, 3, 4, 5)
    y = x.contiguous(memory_format=rushlight.channels_last)
    assert y.stride() == (60, 1, 15, 3)
    assert y.tolist() == x.tolist()
    assert y.contiguous(memory_format=rushlight.channels_last) is y
    assert x.clone(memory_format=rushlight.channels_last).stride() == y.stride()
    volume = x.unsqueeze(0).contiguous(memory_format=rushlight.channels_last_3d)
    assert volume.is_contiguous(memory_format=rushlight.channels_last_3d)
    assert volume.shape == (1, 2, 3, 4, 5)


def test_contiguous_is_the_tensor_itself_where_it_can():
    x = ones(2, 3, requires_grad=True)
    assert x.contiguous() is x
    assert x.t().contiguous().grad_fn.name() == "CloneBackward0"
    assert x.to("meta").t().contiguous().is_contiguous()
