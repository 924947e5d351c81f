"""In-place writes: versions, leaves, views, history."""

import numpy as np
import pytest

import rushlight as torch


def leaf(value):
    return torch.tensor(value, requires_grad=True)


def test_a_leaf_that_requires_grad_is_refused():
    x = leaf([1.0, 2.0])
    writes = lambda: x.add_(1), lambda: x[0].mul_(2), lambda: x.__setitem__(0, 1.0)
    for write in writes:
        with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
            write()
    with torch.no_grad():
        x.add_(1)
        x[0] = 7.0
    assert x.tolist() == [7.0, 3.0]
    assert x.is_leaf


def test_versions_count_writes_through_every_alias():
    x = torch.zeros(4)
    view, alias, data = x[1:], x.detach(), x.data
    x.add_(1)
    view.mul_(2)
    alias[0] = 3
    assert x._version == view._version == alias._version == 3
    data.add_(1)
    assert x._version == 3
    assert x.tolist() == [4.0, 3.0, 3.0, 3.0]


def test_history_of_a_result_is_rewritten():
    x = leaf(3.0)
    y = x * 2
    y.mul_(y.detach().clone())
    y.backward()
    assert x.grad.item() == 12.0


def test_writing_a_view_rewrites_its_base():
    x = leaf([1.0, 2.0])
    base = torch.zeros(2, 2)
    base[0].copy_(x)
    base[1].add_(x)
    (base * torch.tensor([[1.0, 1.0], [10.0, 10.0]])).sum().backward()
    assert x.grad.tolist() == [11.0, 11.0]
    assert base.requires_grad


def test_writing_the_base_rewrites_its_views():
    x = leaf([1.0, 2.0])
    base = x * 1
    view = base[1:]
    base.mul_(3)
    view.sum().backward()
    assert x.grad.tolist() == [0.0, 3.0]


def test_sibling_views_see_each_others_writes():
    x = leaf([1.0, 2.0, 3.0])
    base = torch.zeros(3)
    first, flat = base[:2], base.view(3, 1)
    first.copy_(x[:2] * 2)
    flat.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0, 0.0]


def test_a_view_of_a_view():
    x = leaf(np.arange(6.0).reshape(2, 3))
    base = x * 1
    corner = base[1][1:]
    corner.mul_(corner.detach().clone())
    base.sum().backward()
    assert x.grad.tolist() == [[1.0, 1.0, 1.0], [1.0, 4.0, 5.0]]


def test_transposed_views_are_written_in_place():
    x = leaf(np.arange(6.0).reshape(2, 3))
    base = x * 1
    base.t()[0].mul_(5)
    base.sum().backward()
    assert x.grad.tolist() == [[5.0, 1.0, 1.0], [5.0, 1.0, 1.0]]


def test_setitem_passes_gradients_to_both_sides():
    x, v = leaf([1.0, 2.0, 3.0]), leaf(5.0)
    y = x * 1
    y[1:] = v
    (y * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
    assert x.grad.tolist() == [1.0, 0.0, 0.0]
    assert v.grad.item() == 110.0


def test_setitem_by_tensor():
    x, v = leaf([1.0, 2.0, 3.0]), leaf([5.0, 6.0])
    y = x * 1
    y[torch.tensor([2, 0])] = v
    (y * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
    assert x.grad.tolist() == [0.0, 10.0, 0.0]
    assert v.grad.tolist() == [100.0, 1.0]


def test_setitem_of_the_wrong_shape_writes_nothing():
    x = torch.zeros(2, 3)
    with pytest.raises(RuntimeError, match="broadcasts to the indexed region"):
        x[0] = torch.ones(4)
    assert x.sum().item() == 0.0
    assert x._version == 0


def test_results_that_do_not_fit_are_refused_before_writing():
    x = torch.zeros(3)
    with pytest.raises(RuntimeError, match="cannot enlarge"):
        x.add_(torch.ones(2, 3))
    n = torch.tensor([1, 2])
    with pytest.raises(RuntimeError, match="can't be cast to the desired output type"):
        n.add_(1.5)
    assert n.tolist() == [1, 2]


def test_warnings_as_errors_do_not_apply_a_write_twice(recwarn):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x = torch.tensor([1e38, 2.0])
        x.mul_(10.0)
        assert x.tolist() == [float("inf"), 20.0]
        big = torch.tensor([3e38])
        assert (big + big).item() == float("inf")


def test_out_resizes_and_refuses_gradients():
    out = torch.zeros(0)
    torch.add(torch.ones(2), torch.ones(2), out=out)
    assert out.tolist() == [2.0, 2.0]
    with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
        torch.add(leaf([1.0]), torch.ones(1), out=out)
    with pytest.raises(RuntimeError, match="can't be cast"):
        torch.add(torch.ones(2), 1.5, out=torch.zeros(2, dtype=torch.int64))


def test_views_die_with_their_users():
    x = torch.zeros(4)
    for _ in range(1000):
        x[0]
    assert len(x._memory.views) <= 64


def test_out_whose_elements_share_memory_is_refused():
    shared = torch.zeros(1).expand(3)
    with pytest.raises(RuntimeError, match="a single memory location"):
        torch.add(torch.ones(3), 1, out=shared)
    empty = torch.zeros(1, 0).expand(3, 0)
    assert torch.add(torch.ones(3, 0), 1, out=empty) is empty
