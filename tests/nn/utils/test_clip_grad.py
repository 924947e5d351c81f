"""Clipping: norms, limits, what counts and what is left alone."""

import math

import pytest

import rushlight as torch
from rushlight._core.intercept import intercepting
from rushlight.nn import Parameter, utils


def with_gradients(*values, dtype=torch.float32):
    parameters = [Parameter(torch.zeros(len(v), dtype=dtype)) for v in values]
    for parameter, value in zip(parameters, values, strict=True):
        parameter.grad = torch.tensor(value, dtype=dtype)
    return parameters


NORMS = {1: 14.0, 2: math.sqrt(9 + 16 + 25 + 4), 3: (27 + 64 + 125 + 8) ** (1 / 3)}
NORMS |= {math.inf: 5.0, "2": NORMS[2]}


@pytest.mark.parametrize("norm_type", NORMS)
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_the_norm_of_all_together(norm_type, dtype):
    parameters = with_gradients([3.0, -4.0], [5.0, 2.0], dtype=getattr(torch, dtype))
    total = utils.clip_grad_norm_(parameters, 2.0, norm_type)
    near = 2e-3 if dtype == "float16" else 1e-6
    assert total.shape == () and total.dtype == getattr(torch, dtype)
    assert total.item() == pytest.approx(NORMS[norm_type], rel=near)
    factor = 2.0 / (NORMS[norm_type] + 1e-6)
    found = [g for p in parameters for g in p.grad.tolist()]
    assert found == pytest.approx(
        [3 * factor, -4 * factor, 5 * factor, 2 * factor], near
    )


def test_small_gradients_are_left_alone():
    (parameter,) = with_gradients([0.3, 0.4])
    gradient = parameter.grad
    assert utils.clip_grad_norm_(parameter, 1.0).item() == pytest.approx(0.5)
    assert parameter.grad is gradient
    assert gradient.tolist() == torch.tensor([0.3, 0.4]).tolist()


def test_other_layouts_and_dtypes():
    one, two = with_gradients([3.0] * 6, [4.0])
    one.data = one.data.view(2, 3)
    one.grad = torch.full((3, 2), 3.0).t()
    two.data = two.data.double()
    two.grad = torch.tensor([4.0], dtype=torch.float64)
    total = utils.clip_grad_norm_([one, two], 1.0)
    assert total.item() == pytest.approx(math.sqrt(54 + 16))
    assert one.grad.dtype == torch.float32 and two.grad.dtype == torch.float64
    assert two.grad.item() == pytest.approx(4 / math.sqrt(70), rel=1e-5)


def test_parameters_without_gradient_do_not_count():
    (parameter,) = with_gradients([3.0, 4.0])
    assert utils.clip_grad_norm_([Parameter(torch.ones(9)), parameter], 1.0) == 5
    assert utils.clip_grad_norm_([Parameter(torch.ones(1))], 1.0) == 0
    assert utils.clip_grad_norm_([], 1.0) == 0


def test_a_generator_is_used_once():
    (parameter,) = with_gradients([3.0, 4.0])
    assert utils.clip_grad_norm_((p for p in [parameter]), 1.0) == 5
    assert parameter.grad.tolist() == pytest.approx([0.6, 0.8])
    with pytest.warns(UserWarning, match="an empty generator"):
        utils.clip_grad_norm_((p for p in []), 1.0)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("norm_type", [1.0, 2.0, math.inf])
def test_norms_that_are_not_finite(bad, norm_type):
    parameters = with_gradients([1.0, bad], [2.0])
    with pytest.raises(RuntimeError, match="The total norm .* is non-finite"):
        utils.clip_grad_norm_(parameters, 1.0, norm_type, error_if_nonfinite=True)
    assert parameters[1].grad.tolist() == [2]
    total = utils.clip_grad_norm_(parameters, 1.0, norm_type).item()
    assert math.isnan(total) if math.isnan(bad) else total == math.inf


def test_writes_are_counted():
    (parameter,) = with_gradients([3.0, 4.0])
    before = parameter.grad._version
    utils.clip_grad_norm_(parameter, 1.0)
    utils.clip_grad_value_(parameter, 0.1)
    assert parameter.grad._version == before + 2


def test_values():
    parameters = with_gradients([3.0, -0.5], [-7.0])
    assert utils.clip_grad_value_(parameters, 1) is None
    assert [p.grad.tolist() for p in parameters] == [[1, -0.5], [-1]]
    (half,) = with_gradients([3.0, -0.5], dtype=torch.float16)
    utils.clip_grad_value_(half, 1)
    assert half.grad.tolist() == [1, -0.5]


def test_in_two_steps():
    parameters = with_gradients([3.0], [4.0])
    total = utils.get_total_norm(p.grad for p in parameters)
    assert total == 5
    utils.clip_grads_with_norm_(parameters, 1.0, total)
    assert parameters[0].grad.item() == pytest.approx(0.6)
    assert utils.get_total_norm([]) == 0
    assert utils.get_total_norm(torch.tensor([3.0, 4.0])) == 5


def test_the_old_name_warns():
    with pytest.warns(FutureWarning, match="use nn.utils.clip_grad_norm_"):
        assert utils.clip_grad_norm(with_gradients([3.0, 4.0]), 1.0) == 5


def test_interceptors_see_operations():
    seen = []

    def note(call, proceed):
        seen.append(call.op.name)
        return proceed()

    parameters = with_gradients([3.0], [4.0])
    with intercepting(note):
        assert utils.clip_grad_norm_(parameters, 1.0) == 5
    assert seen and parameters[0].grad.item() == pytest.approx(0.6)
