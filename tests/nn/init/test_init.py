"""Initial values: as recorded from PyTorch, and what each promises."""

import math

import numpy as np
import pytest

import rushlight as torch
from rushlight.nn import init

SHAPE = (3, 4, 2)
# call -> the first three values and the last for manual_seed(5), float32, from PyTorch.
RECORDED = {
    "i.uniform_(t)": [0.8302519, 0.1261109, 0.9074697, 0.7850358],
    "i.uniform_(t, -1, 2)": [1.490756, -0.6216673, 1.722409, 1.355107],
    "i.normal_(t)": [1.84233, 0.5188872, -1.711921, -0.06473517],
    "i.normal_(t, 1, 2)": [4.68466, 2.037774, -2.423843, 0.8705297],
    "i.trunc_normal_(t)": [1.84233, 0.5188872, -1.711921, -0.06473517],
    "i.trunc_normal_(t, 0.5, 2.0, -1, 3)": [2.136685, 1.537774, 1.030532, 0.3705297],
    "i.trunc_normal_(t, 0.0, 1.0, 1.5, 4.0)": [1.657186, 1.815277, 2.050483, 1.547825],
    "i.trunc_normal_(t, 0.0, 5.0)": [1.387739, -1.919337, 1.326329, -0.3236759],
    "i.constant_(t, 0.3)": [0.3, 0.3, 0.3, 0.3],
    "i.ones_(t)": [1, 1, 1, 1],
    "i.zeros_(t)": [0, 0, 0, 0],
    "i.xavier_uniform_(t)": [0.4324012, -0.4895357, 0.5335031, 0.3731995],
    "i.xavier_uniform_(t, 2.0)": [0.8648024, -0.9790714, 1.067006, 0.7463989],
    "i.xavier_normal_(t)": [0.6963352, 0.1961209, -0.6470454, -0.02446759],
    "i.kaiming_uniform_(t)": [0.572013, -0.6475949, 0.7057582, 0.4936965],
    'i.kaiming_uniform_(t, 0.2, "fan_out", "relu")': [
        0.6605037,
        -0.7477782,
        0.8149394,
        0.5700716,
    ],
    "i.kaiming_normal_(t)": [0.9211649, 0.2594436, -0.8559607, -0.03236759],
    'i.kaiming_normal_(t, mode="fan_out")': [
        1.06367,
        0.2995797,
        -0.9883782,
        -0.03737487,
    ],
    "i.orthogonal_(t)": [0.464633, 0.1308626, -0.4317442, 0.2796782],
    "i.orthogonal_(t, 2.0)": [0.929266, 0.2617252, -0.8634884, 0.5593564],
    "i.dirac_(t)": [0, 1, 0, 0],
    "i.dirac_(t, 3)": [0, 1, 0, 0],
    "i.eye_(t)@": [1, 0, 0, 0],
    "i.orthogonal_(t)@": [0.5711133, 0.0273266, -0.2882408, -0.6631446],
    "i.sparse_(t, 0.3)@": [0.0184233, 0, -0.01711921, 0],
    "i.sparse_(t, 0.5, 1.0)@": [1.84233, 0, -1.711921, 0],
}


@pytest.mark.parametrize("call", RECORDED)
def test_values(call):
    torch.manual_seed(5)
    tensor = torch.empty(SHAPE if "@" not in call else (6, 5))
    result = eval(call.rstrip("@"), {"i": init, "t": tensor})
    assert result is tensor
    found = tensor.reshape(-1)
    found = [*found[:3].tolist(), found[-1].item()]
    np.testing.assert_allclose(found, RECORDED[call], rtol=2e-5, atol=1e-7)


GAINS = {
    ("linear",): 1,
    ("conv_transpose3d",): 1,
    ("sigmoid",): 1,
    ("tanh",): 5 / 3,
    ("relu",): math.sqrt(2),
    ("leaky_relu",): math.sqrt(2 / (1 + 0.01**2)),
    ("leaky_relu", 0.2): math.sqrt(2 / 1.04),
    ("selu",): 0.75,
}


@pytest.mark.parametrize("arguments", GAINS)
def test_gains(arguments):
    assert init.calculate_gain(*arguments) == pytest.approx(GAINS[arguments])


ERRORS = [
    (lambda: init.calculate_gain("x"), "Unsupported nonlinearity x"),
    (lambda: init.calculate_gain("leaky_relu", True), "True not a valid number"),
    (lambda: init.xavier_uniform_(torch.empty(3)), "fewer than 2 dimensions"),
    (lambda: init.kaiming_normal_(torch.empty(3)), "fewer than 2 dimensions"),
    (
        lambda: init.kaiming_uniform_(torch.empty(2, 2), mode="x"),
        "Mode x not supported",
    ),
    (lambda: init.orthogonal_(torch.empty(3)), "2 or more dimensions"),
    (lambda: init.eye_(torch.empty(3)), "with 2 dimensions"),
    (lambda: init.sparse_(torch.empty(3), 0.1), "with 2 dimensions"),
    (lambda: init.dirac_(torch.empty(3, 3)), "with 3, 4, or 5 dimensions"),
    (lambda: init.dirac_(torch.empty(3, 3, 3), 2), "must be divisible by groups"),
]


@pytest.mark.parametrize("call, text", ERRORS)
def test_errors(call, text):
    with pytest.raises(ValueError, match=text):
        call()


@pytest.mark.parametrize("shape", [(4, 4), (3, 7), (7, 3), (4, 2, 3)])
@pytest.mark.parametrize("gain", [1, 0.5])
def test_orthogonal(shape, gain):
    matrix = init.orthogonal_(torch.empty(shape, dtype=torch.float64), gain).numpy()
    matrix = matrix.reshape(shape[0], -1)
    small = matrix if shape[0] <= matrix.shape[1] else matrix.T
    np.testing.assert_allclose(
        small @ small.T, gain**2 * np.eye(len(small)), atol=1e-12
    )


def test_truncated_normal_stays_inside():
    for mean, std, low, high in [(0, 1, -2, 2), (0, 1, 1.5, 4), (1, 3, -1, 0)]:
        values = init.trunc_normal_(torch.empty(2000), mean, std, low, high)
        assert low <= values.min() and values.max() <= high
    with pytest.warns(UserWarning, match="a mean within 2 std"):
        init.trunc_normal_(torch.empty(3), mean=10.0)


def test_a_generator_of_ones_own():
    generator = torch.Generator().manual_seed(1)
    before = torch.get_rng_state()
    drawn = init.uniform_(torch.empty(3), generator=generator)
    again = init.uniform_(torch.empty(3), generator=generator.manual_seed(1))
    assert torch.equal(drawn, again)
    assert torch.equal(before, torch.get_rng_state())


def test_parameters_may_be_filled():
    weight = torch.empty(2, 3, requires_grad=True)
    for fill in (init.ones_, init.eye_, init.xavier_normal_, init.orthogonal_):
        assert fill(weight).is_leaf and weight.grad_fn is None


def test_nothing_to_fill():
    empty = torch.empty(0, 3)
    with pytest.warns(UserWarning, match="zero-element tensors is a no-op"):
        assert init.kaiming_uniform_(empty) is empty
    assert init.orthogonal_(empty) is empty


def test_meta_tensors_are_left_alone():
    meta = torch.empty(3, 3, device="meta")
    fills = "uniform normal trunc_normal ones zeros xavier_uniform orthogonal".split()
    for name in fills:
        assert getattr(init, f"{name}_")(meta) is meta


def test_old_names_warn():
    with pytest.warns(FutureWarning, match="use nn.init.kaiming_normal_"):
        init.kaiming_normal(torch.empty(2, 2))
    assert init.uniform.__name__ == "uniform"
