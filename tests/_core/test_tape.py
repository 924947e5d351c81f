"""The tape: order, accumulation, freeing, hooks, higher derivatives."""

import gc
import threading
import weakref

import numpy as np
import pytest

import rushlight as torch
from rushlight.autograd import grad


def leaf(value):
    return torch.tensor(value, requires_grad=True)


def test_gradients_of_a_leaf_used_twice_are_added():
    x = leaf(3.0)
    (x * x + x).backward()
    assert x.grad.item() == 7.0


def test_backward_accumulates_into_the_same_tensor():
    x = leaf(2.0)
    (x * 3).backward()
    first = x.grad
    (x * 3).backward()
    assert x.grad is first
    assert first.item() == 6.0


def test_broadcast_operands_get_gradients_of_their_own_shape():
    a, b, c = leaf(np.ones((3, 1))), leaf(np.ones((1, 4))), leaf(1.0)
    ((a + b) * c).sum().backward()
    assert [tuple(t.grad.shape) for t in (a, b, c)] == [(3, 1), (1, 4), ()]
    assert a.grad.flatten().tolist() == [4.0] * 3
    assert c.grad.item() == 24.0


def test_gradients_have_the_dtype_of_their_tensor():
    a, b = leaf(np.float32([1, 2])), leaf(np.float64([3, 4]))
    (a * b).sum().backward()
    assert a.grad.dtype is torch.float32
    assert b.grad.dtype is torch.float64


def test_leaves_never_share_gradient_memory():
    a, b = leaf([1.0]), leaf([1.0])
    start = torch.tensor([1.0])
    (a + b).backward(start)
    a.grad.add_(1)
    assert b.grad.item() == 1.0
    assert start.item() == 1.0


def test_an_expanded_gradient_becomes_dense():
    x = leaf([1.0, 2.0])
    x.sum().backward()
    x.grad[0] = 5.0
    assert x.grad.tolist() == [5.0, 1.0]


def test_a_freed_graph_is_refused_with_what_to_do():
    x = leaf(2.0)
    y = x * x
    y.backward()
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        y.backward()
    with pytest.raises(RuntimeError, match="retain_graph=True"):
        y.backward()
    assert x.grad.item() == 4.0


def test_a_graph_without_saved_values_may_run_twice():
    x = leaf(2.0)
    y = x + 1
    y.backward()
    y.backward()
    assert x.grad.item() == 2.0


def test_retain_graph():
    x = leaf(2.0)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.item() == 8.0


def test_a_changed_saved_value_is_refused_and_named():
    x = leaf([1.0, 2.0])
    y = x * 1
    z = y * y
    y.add_(1)
    with pytest.raises(RuntimeError) as caught:
        z.sum().backward()
    for part in ("MulBackward0", "'x'", "version 0", "version 1", ".clone()"):
        assert part in str(caught.value)


def test_a_change_that_nothing_saved_is_fine():
    x = leaf([1.0, 2.0])
    y = x * 1
    z = y + 1
    y.add_(1)
    z.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_a_change_through_a_view_or_detached_alias_is_seen():
    for alias in (lambda t: t[0:1], lambda t: t.detach()):
        x = leaf([1.0, 2.0])
        y = x * 1
        z = y * y
        with torch.no_grad():
            alias(y).add_(1)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            z.sum().backward()


def test_non_scalars_need_a_gradient():
    x = leaf([1.0, 2.0])
    with pytest.raises(RuntimeError, match="only for scalar outputs"):
        (x * 2).backward()
    with pytest.raises(RuntimeError, match="Mismatch in shape"):
        (x * 2).backward(torch.ones(3))
    (x * 2).backward(torch.tensor([1.0, 10.0]))
    assert x.grad.tolist() == [2.0, 20.0]


def test_a_tensor_without_graph_is_refused():
    with pytest.raises(RuntimeError, match="does not require grad"):
        torch.ones(1).backward()


def test_a_leaf_can_be_the_root():
    x = leaf(2.0)
    x.backward()
    assert x.grad.item() == 1.0


def test_deep_chains_need_no_recursion():
    x = leaf(1.0)
    y = x
    for _ in range(100_000):
        y = y + 1
    y.backward()
    assert x.grad.item() == 1.0
    node = weakref.ref(y.grad_fn)
    del y
    assert node() is None


def test_graphs_are_freed_without_the_collector():
    gc.disable()
    try:
        x = leaf(np.ones(4))
        y = (x * x).sum()
        node = weakref.ref(y.grad_fn)
        del y
        assert node() is None
        y = x.exp() if hasattr(x, "exp") else x * x
        node = weakref.ref(y.grad_fn)
        del y
        assert node() is None
    finally:
        gc.enable()


def test_saved_values_are_freed_as_backward_goes():
    x = leaf(np.ones(4))
    middle = x * x
    kept = weakref.ref(middle)
    loss = (middle * middle).sum()
    del middle
    assert kept() is not None
    loss.backward()
    assert kept() is None


def test_higher_derivatives():
    x = leaf(3.0)
    y = x * x * x
    (first,) = grad(y, x, create_graph=True)
    (second,) = grad(first, x, create_graph=True)
    (third,) = grad(second, x)
    assert [first.item(), second.item(), third.item()] == [27.0, 18.0, 6.0]


def test_create_graph_leaves_a_differentiable_grad():
    x = leaf(3.0)
    (x * x * x).backward(create_graph=True)
    assert x.grad.requires_grad
    (second,) = grad(x.grad, x)
    assert second.item() == 18.0


def test_grad_touches_no_grad_field():
    x, w = leaf(3.0), leaf(2.0)
    assert [g.item() for g in grad(x * w, (w, x))] == [3.0, 2.0]
    assert x.grad is None
    assert w.grad is None


def test_grad_of_a_result_in_the_middle():
    x = leaf(3.0)
    middle = x * 2
    assert grad(middle * middle, middle)[0].item() == 12.0


def test_unused_inputs():
    x, unused = leaf(3.0), leaf(1.0)
    with pytest.raises(RuntimeError, match="allow_unused=True"):
        grad(x * 2, unused)
    assert grad(x * 2, unused, allow_unused=True) == (None,)
    (zero,) = grad(x * 2, unused, materialize_grads=True)
    assert zero.item() == 0.0
    with pytest.raises(RuntimeError, match="does not require grad"):
        grad(x * 2, torch.ones(1))


def test_backward_for_some_inputs_only():
    x, w = leaf(3.0), leaf(2.0)
    (x * w).backward(inputs=[w])
    assert x.grad is None
    assert w.grad.item() == 3.0


def test_several_roots():
    x = leaf(2.0)
    torch.autograd.backward([x * 2, x * x])
    assert x.grad.item() == 6.0


def test_tensor_hooks_see_and_replace_the_sum():
    x = leaf(2.0)
    seen = []
    y = x * 3
    y.register_hook(lambda g: seen.append(g.item()))
    handle = x.register_hook(lambda g: g * 10)
    (y + y).backward(retain_graph=True)
    assert seen == [2.0]
    assert x.grad.item() == 60.0
    handle.remove()
    x.grad = None
    (x * 3).backward()
    assert x.grad.item() == 3.0
    with pytest.raises(RuntimeError, match="doesn't require gradient"):
        torch.ones(1).register_hook(print)


def test_node_hooks():
    x = leaf(2.0)
    y = x * 3
    seen = []
    y.grad_fn.register_prehook(lambda gs: (gs[0] * 2,))
    y.grad_fn.register_hook(
        lambda ins, outs: seen.append((ins[0].item(), outs[0].item()))
    )
    y.backward()
    assert seen == [(6.0, 2.0)]
    assert x.grad.item() == 6.0


def test_post_accumulate_hooks():
    x = leaf(2.0)
    seen = []
    x.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.item()))
    (x * 3).backward()
    (x * 3).backward()
    assert seen == [3.0, 6.0]
    with pytest.raises(RuntimeError, match="non-leaf"):
        (x * 3).register_post_accumulate_grad_hook(print)


def test_retain_grad():
    x = leaf(2.0)
    y = x * 3
    y.retain_grad()
    assert y.retains_grad
    (y * y).backward()
    assert y.grad.item() == 12.0
    assert not x.retains_grad


def test_next_functions_lead_back_to_the_leaf():
    x = leaf(2.0)
    y = (x * 3) + 1
    ((mul, number), _) = y.grad_fn.next_functions
    assert (mul.name(), number) == ("MulBackward0", 0)
    assert mul.next_functions[0][0].variable is x
    assert y.grad_fn.name() == type(y.grad_fn).__name__ == "AddBackward0"


def test_modes_belong_to_their_thread():
    x = leaf(1.0)
    results = []

    def work():
        results.append((x * 2).requires_grad)

    with torch.no_grad():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        assert not (x * 2).requires_grad
    assert results == [True]


def test_threads_accumulate_into_one_leaf():
    x = leaf(np.ones(1000))

    def work():
        for _ in range(50):
            (x * 2).sum().backward()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert x.grad.tolist() == [400.0] * 1000


def test_grad_field_is_checked():
    x = leaf([1.0, 2.0])
    with pytest.raises(TypeError, match="a Tensor or None"):
        x.grad = 1.0
    with pytest.raises(RuntimeError, match="own shape, dtype and device"):
        x.grad = torch.ones(3)


def test_requires_grad_rules():
    with pytest.raises(RuntimeError, match="only Tensors of floating point"):
        torch.tensor([1]).requires_grad_()
    y = leaf(1.0) * 2
    with pytest.raises(RuntimeError, match="detach"):
        y.requires_grad = False
    assert not y.detach().requires_grad
    assert y.detach_().is_leaf
