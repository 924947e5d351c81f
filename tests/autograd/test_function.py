"""Functions that users write, as torch's documentation describes them."""

import numpy as np
import pytest

import rushlight as torch
from rushlight.autograd import Function, grad, gradcheck, gradgradcheck


def leaf(value):
    return torch.tensor(value, requires_grad=True)


class Square(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * x * g


class Exp(Function):
    """Saves its output."""

    @staticmethod
    def forward(ctx, x):
        result = torch.tensor(np.exp(x.detach().numpy()))
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx, g):
        (result,) = ctx.saved_tensors
        return g * result


class Split(Function):
    """Two outputs, other arguments, setup_context apart."""

    @staticmethod
    def forward(x, scale, name="unused"):
        return x * scale, x + scale

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.scale = inputs[1]

    @staticmethod
    def backward(ctx, first, second):
        return first * ctx.scale + second, None


def test_first_and_second_derivative():
    x = leaf(3.0)
    y = Square.apply(x)
    assert type(y.grad_fn).__name__ == "SquareBackward"
    (first,) = grad(y, x, create_graph=True)
    assert first.item() == 6.0
    assert grad(first, x)[0].item() == 2.0


def test_a_saved_output_is_differentiable_again():
    x = leaf(np.float64([0.5, 1.0]))
    assert gradcheck(Exp.apply, (x,))
    assert gradgradcheck(Exp.apply, (x,))


def test_several_outputs():
    x = leaf(2.0)
    product, total = Split.apply(x, 3.0)
    (product * total).backward()
    assert x.grad.item() == 3 * 5 + 6
    x.grad = None
    product, _ = Split.apply(x, 3.0)
    product.backward()
    assert x.grad.item() == 3.0


def test_missing_gradients_come_as_zeros_or_none():
    seen = []

    class Two(Function):
        @staticmethod
        def forward(ctx, x, materialize):
            ctx.set_materialize_grads(materialize)
            return x * 1, x * 2

        @staticmethod
        def backward(ctx, first, second):
            seen.append(second)
            return first, None

    for materialize in (True, False):
        x = leaf([1.0, 2.0])
        Two.apply(x, materialize)[0].sum().backward()
        assert x.grad.tolist() == [1.0, 1.0]
    assert seen[0].tolist() == [0.0, 0.0]
    assert seen[1] is None


def test_needs_input_grad():
    seen = []

    class Product(Function):
        @staticmethod
        def forward(ctx, a, b, c):
            ctx.save_for_backward(a, b)
            return a * b

        @staticmethod
        def backward(ctx, g):
            seen.append(ctx.needs_input_grad)
            a, b = ctx.saved_tensors
            return g * b, None, None

    x = leaf(2.0)
    Product.apply(x, torch.tensor(5.0), "text").backward()
    assert seen == [(True, False, False)]
    assert x.grad.item() == 5.0


def test_non_differentiable_outputs():
    class Both(Function):
        @staticmethod
        def forward(ctx, x):
            index = torch.tensor([1, 0])
            extra = x * 1
            ctx.mark_non_differentiable(extra)
            return x * 2, index, extra

        @staticmethod
        def backward(ctx, g, _index, _extra):
            return g * 2

    x = leaf([1.0, 2.0])
    value, index, extra = Both.apply(x)
    assert (value.requires_grad, index.requires_grad, extra.requires_grad) == (
        True,
        False,
        False,
    )
    value.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_mark_dirty_rewrites_history():
    class Double(Function):
        @staticmethod
        def forward(ctx, x):
            x.mul_(2)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = leaf(3.0)
    y = x * 1
    z = Double.apply(y)
    assert z is y
    z.backward()
    assert x.grad.item() == 2.0
    with pytest.raises(RuntimeError, match="leaf Variable"):
        Double.apply(leaf(1.0))


def test_an_input_returned_unchanged():
    class Identity(Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 7

    x = leaf(3.0)
    y = Identity.apply(x)
    assert y is not x
    y.backward()
    assert x.grad.item() == 7.0
    assert x.is_leaf


def test_the_wrong_number_of_gradients_is_refused():
    class Wrong(Function):
        @staticmethod
        def forward(ctx, a, b):
            return a + b

        @staticmethod
        def backward(ctx, g):
            return g

    with pytest.raises(RuntimeError, match="expected 2 gradients"):
        Wrong.apply(leaf(1.0), leaf(1.0)).backward()


def test_saved_tensors_are_guarded():
    x = leaf(3.0)
    y = x * 1
    z = Square.apply(y)
    y.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.backward()
    z = Square.apply(x)
    z.backward()
    with pytest.raises(RuntimeError, match="a second time"):
        z.backward()
    with pytest.raises(TypeError, match="Tensors or None"):
        Square._node().save_for_backward(1.0)


def test_without_gradients_nothing_is_recorded():
    assert Square.apply(torch.tensor(2.0)).grad_fn is None
    with torch.no_grad():
        assert Square.apply(leaf(2.0)).grad_fn is None


def test_once_differentiable():
    from rushlight.autograd.function import once_differentiable

    class Once(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 3

        @staticmethod
        @once_differentiable
        def backward(ctx, g):
            return g * 3

    x = leaf(2.0)
    Once.apply(x).backward()
    assert x.grad.item() == 3.0


def test_gradcheck_finds_a_wrong_rule():
    class Wrong(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 3

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = leaf(np.float64([1.0]))
    with pytest.raises(RuntimeError, match="Jacobian mismatch"):
        gradcheck(Wrong.apply, (x,))
    assert not gradcheck(Wrong.apply, (x,), raise_exception=False)
    with pytest.raises(ValueError, match="require grad"):
        gradcheck(Wrong.apply, (torch.ones(1),))
