"""In-place forms of views, and in-place writes through views."""

import pytest

import rushlight


@pytest.mark.parametrize(
    "change, shape, name",
    [
        (lambda x: x.t_(), (3, 2), "TBackward1"),
        (lambda x: x.transpose_(0, 1), (3, 2), "TransposeBackward1"),
        (lambda x: x.swapaxes_(0, 1), (3, 2), "TransposeBackward1"),
        (lambda x: x.swapdims_(0, 1), (3, 2), "TransposeBackward1"),
        (lambda x: x.unsqueeze_(0), (1, 2, 3), "UnsqueezeBackward1"),
        (lambda x: x.unsqueeze_(0).squeeze_(), (2, 3), "SqueezeBackward1"),
        (lambda x: x.unsqueeze_(0).squeeze_(0), (2, 3), "SqueezeBackward2"),
        (lambda x: x.as_strided_((2, 2), (3, 1)), (2, 2), "AsStridedBackward1"),
    ],
)
def test_the_tensor_itself_changes(change, shape, name):
    leaf = rushlight.arange(6.0).reshape(2, 3).requires_grad_()
    x = leaf * 1
    version = x._version
    assert change(x) is x
    assert tuple(x.shape) == shape
    assert x.grad_fn.name() == name
    assert x._version > version
    x.sum().backward()
    assert leaf.grad.sum().item() == x.numel()


def test_a_leaf_is_refused_where_it_would_be_recorded():
    x = rushlight.ones(2, 3, requires_grad=True)
    with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
        x.t_()
    with rushlight.no_grad():
        x.t_()
    (x * 2).sum().backward()
    assert x.grad.shape == (3, 2)


def test_a_saved_value_that_was_turned_is_noticed():
    x = rushlight.ones(2, 3, requires_grad=True) * 2
    y = x.square()
    x.t_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


# Programs of views and writes: values and gradients recorded from PyTorch 2.13.


def _views_then_writes(x):
    y = x * 2
    row, column = y[0], y[:, 1]
    row.mul_(3)
    column[1:] = x[0, 1:2]
    y.t()[2].add_(row[1])
    return (y * y).sum() + column.sum() + row.prod()


def _write_through_a_view_of_a_view(x):
    y = x.clone()
    inner = y.view(-1)[1:5].view(2, 2).t()
    inner.mul_(inner.detach() + 1)
    y.diagonal().zero_()
    return (y * x).sum()


def _masks_and_places(x):
    y = x * 1
    y[y > 3] = 0.5
    y[[0, 1], [2, 0]] = x[1, 1:]
    y.unsqueeze(0)[:, 0].sub_(x[1])
    return y.square().sum()


def _expanded_view_of_a_written_base(x):
    y = x * 1
    wide = y[0].expand(2, 3)
    windows = y.view(-1).unfold(0, 2, 1)
    y.mul_(x)
    return (wide * x).sum() + windows.square().sum()


def _overwritten(x):
    y = x * 3
    part = y[0]
    y.zero_()
    part.copy_(x[1])
    y[1] = 7.0
    return (y * x).sum()


@pytest.mark.parametrize(
    "program, value, gradient",
    [
        (_views_then_writes, 660.0, [[648, 489, 216], [24, 0, 64]]),
        (_write_through_a_view_of_a_view, 75.0, [[0, 4, 12], [24, 0, 10]]),
        (_masks_and_places, 44.5, [[-6, -6, 0], [6, 4, 12]]),
        (_expanded_view_of_a_written_base, 1366.0, [[0, 19, 96], [216, 513, 504]]),
        (_overwritten, 98.0, [[3, 4, 5], [7, 8, 9]]),
    ],
)
def test_programs(program, value, gradient):
    x = rushlight.arange(6.0).reshape(2, 3).requires_grad_()
    loss = program(x)
    loss.backward()
    assert (loss.item(), x.grad.tolist()) == (value, gradient)
