"""Bad settings and bad input of all layers: the type PyTorch raises, in our words."""

import pytest

import rushlight as torch
from rushlight import nn

ONES = torch.ones
ERRORS = [
    ("nn.Hardtanh(1, -1)", AssertionError, r"greater than min_val \(1\), got -1"),
    ("nn.Dropout(2)", ValueError, "probability has to be between 0 and 1, got 2"),
    ("nn.Dropout3d(-0.1)", ValueError, "between 0 and 1"),
    ("nn.Unflatten(0, 3)", TypeError, "must be a tuple of ints, got 3"),
    ("nn.Unflatten(0, (2, 'a'))", TypeError, "got 'a' of type str"),
    ("nn.GroupNorm(3, 4)", ValueError, r"divisible by num_groups \(3\), got 4"),
    ("nn.Conv2d(3, 4, 3, groups=2)", ValueError, "in_channels must be divisible"),
    ("nn.Conv2d(4, 3, 3, groups=2)", ValueError, "out_channels must be divisible"),
    ("nn.Conv2d(4, 3, 3, groups=0)", ValueError, "must be a positive integer"),
    ("nn.Conv2d(4, 3, 3, padding='x')", ValueError, "Invalid padding string 'x'"),
    ("nn.Conv1d(1, 1, 3, 2, 'same')", ValueError, "not supported for strided"),
    ("nn.Conv3d(1, 1, 3, padding_mode='x')", ValueError, "padding_mode must be one"),
    ("nn.Embedding(3, 4, padding_idx=3)", AssertionError, "be within num_embeddings"),
    ("nn.Embedding(3, 4, padding_idx=-4)", AssertionError, "within num_embeddings"),
    ("nn.Embedding(3, 4, _weight=ONES(2, 2))", AssertionError, "Shape of weight"),
    ("nn.Embedding.from_pretrained(ONES(2))", AssertionError, "to be 2-dimensional"),
    ("nn.MultiheadAttention(4, 3)", AssertionError, "divisible by num_heads"),
    ("nn.MultiheadAttention(0, 3)", ValueError, "must be greater than 0"),
    ("nn.MultiMarginLoss(p=3)", ValueError, "only p == 1 and p == 2"),
    ("nn.MultiMarginLoss(weight=ONES(2, 2))", ValueError, "weight to be None or 1D"),
    ("nn.TripletMarginLoss(margin=-1)", ValueError, "greater than 0, got -1"),
    ("nn.LSTM(2, 3, dropout=2)", ValueError, r"a number in range \[0, 1\], got 2"),
    ("nn.GRU(2, 3, proj_size=2)", ValueError, "only supported for LSTM"),
    ("nn.LSTM(2, 3, proj_size=4)", ValueError, "smaller than hidden_size"),
    ("nn.LSTM(2, 3, proj_size=-1)", ValueError, "positive integer or zero"),
    ("nn.RNN(2, 3, nonlinearity='x')", ValueError, "Unknown nonlinearity 'x'"),
    ("nn.LSTM(2, 0)", ValueError, "hidden_size must be greater than zero"),
    ("nn.LSTM(2, 3, 0)", ValueError, "num_layers must be greater than zero"),
    ("nn.LSTM(2, 3.5)", TypeError, "hidden_size should be of type int, got float"),
    ("nn.LSTM(2, 3, foo=1)", TypeError, "unexpected keyword argument 'foo'"),
    ("nn.TransformerEncoderLayer(4, 2, activation='x')", RuntimeError, "relu/gelu"),
    ("nn.Softmax2d()(ONES(2))", ValueError, "input to be 3D or 4D.*got 1D"),
    ("nn.BatchNorm1d(3)(ONES(3))", ValueError, "expected 2D or 3D input, got 1D"),
    ("nn.BatchNorm2d(3)(ONES(3, 3))", ValueError, "expected 4D input, got 2D"),
    ("nn.BatchNorm3d(3)(ONES(3, 3))", ValueError, "expected 5D input, got 2D"),
    ("nn.InstanceNorm2d(3)(ONES(3, 3))", ValueError, "expected 3D or 4D input"),
    (
        "nn.InstanceNorm1d(3, affine=True)(ONES(1, 2, 4))",
        ValueError,
        r"dim=1 to be num_features \(3\), got 2",
    ),
    ("nn.LSTM(2, 3)(ONES(2))", ValueError, "input to be 2D or 3D, got 1D"),
    ("nn.LSTM(2, 3)(ONES(4, 5, 3))", RuntimeError, r"equal to input_size \(2\), got 3"),
    ("nn.LSTM(2, 3)(ONES(4, 5, 2).double())", ValueError, "does not match"),
    (
        "nn.LSTM(2, 3)(ONES(4, 5, 2), (ONES(5, 3), ONES(1, 5, 3)))",
        RuntimeError,
        "hx should also be 3-D for batched 3-D input, got 2-D and 3-D",
    ),
    (
        "nn.LSTM(2, 3)(ONES(4, 5, 2), (ONES(1, 5, 3), ONES(2, 5, 3)))",
        RuntimeError,
        r"hidden\[1\] size \(1, 5, 3\), got \[2, 5, 3\]",
    ),
    (
        "nn.GRU(2, 3)(ONES(4, 2), ONES(1, 4, 3))",
        RuntimeError,
        "hx should also be 2-D for unbatched 2-D input",
    ),
    ("nn.LSTMCell(2, 3)(ONES(1, 1, 2))", ValueError, "input to be 1D or 2D, got 3D"),
    ("nn.LSTMCell(2, 3)(ONES(4, 3))", RuntimeError, "input_size 2, got 3"),
    ("nn.GRUCell(2, 3)(ONES(4, 2), ONES(4, 2))", RuntimeError, "hidden states of"),
    ("nn.RNNCell(2, 3, True, 'x')(ONES(4, 2))", RuntimeError, "nonlinearity: x"),
]


@pytest.mark.parametrize("call, kind, text", ERRORS)
def test_errors(call, kind, text):
    with pytest.raises(kind, match=text):
        eval(call, {"nn": nn, "ONES": ONES})


WARNINGS = [
    ("nn.NLLLoss2d()", FutureWarning, "NLLLoss takes pictures too"),
    ("nn.LSTM(2, 3, dropout=0.5)", UserWarning, "no effect with num_layers=1"),
    ("nn.Hardtanh(min_value=-3)", FutureWarning, "min_value is deprecated"),
    ("nn.L1Loss(size_average=False)", UserWarning, "use reduction='sum'"),
    ("nn.L1Loss(reduce=False)", UserWarning, "use reduction='none'"),
    ("nn.InstanceNorm2d(3)(ONES(1, 2, 4, 4))", UserWarning, "num_features"),
]


@pytest.mark.parametrize("call, kind, text", WARNINGS)
def test_warnings(call, kind, text):
    with pytest.warns(kind, match=text):
        eval(call, {"nn": nn, "ONES": ONES})


def test_old_arguments_still_count():
    with pytest.warns(FutureWarning):
        assert nn.Hardtanh(min_value=-3).min_val == -3
    with pytest.warns(UserWarning):
        assert nn.L1Loss(size_average=False).reduction == "sum"
