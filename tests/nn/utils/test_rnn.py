"""Sequences of different lengths: padding and packing."""

import pytest

import rushlight as torch
from rushlight.nn.utils.rnn import (
    PackedSequence,
    invert_permutation,
    pack_padded_sequence,
    pack_sequence,
    pad_packed_sequence,
    pad_sequence,
    unpack_sequence,
    unpad_sequence,
)

PADDED = torch.arange(12.0).view(4, 3)  # (T, N)


def sequence(length, start=0.0):
    return torch.arange(start, start + length)


def test_packing_goes_by_time():
    packed = pack_padded_sequence(PADDED, [4, 2, 1])
    assert packed.data.tolist() == [0, 1, 2, 3, 4, 6, 9]
    assert packed.batch_sizes.tolist() == [3, 2, 1, 1]
    assert packed.sorted_indices is None and packed.unsorted_indices is None
    assert repr(packed).startswith("PackedSequence(data=tensor([0.")


def test_unsorted_lengths():
    packed = pack_padded_sequence(PADDED, torch.tensor([1, 4, 2]), enforce_sorted=False)
    assert packed.sorted_indices.tolist() == [1, 2, 0]
    assert packed.unsorted_indices.tolist() == [2, 0, 1]
    assert packed.data.tolist() == [1, 2, 0, 4, 5, 7, 10]
    padded, lengths = pad_packed_sequence(packed)
    assert lengths.tolist() == [1, 4, 2]
    assert padded.t().tolist() == [[0, 0, 0, 0], [1, 4, 7, 10], [2, 5, 0, 0]]


def test_batch_first_and_total_length():
    packed = pack_padded_sequence(PADDED.t(), [4, 2, 1], batch_first=True)
    padded, _ = pad_packed_sequence(packed, True, -1.0, 5)
    assert padded.tolist() == [
        [0, 3, 6, 9, -1],
        [1, 4, -1, -1, -1],
        [2, -1, -1, -1, -1],
    ]
    with pytest.raises(ValueError, match=r"at least the length .* \(4\), got 3"):
        pad_packed_sequence(packed, total_length=3)


def test_gradients_flow_both_ways():
    x = PADDED.clone().requires_grad_()
    padded, _ = pad_packed_sequence(pack_padded_sequence(x, [4, 2, 1]))
    (padded * 2).sum().backward()
    assert x.grad.t().tolist() == [[2, 2, 2, 2], [2, 2, 0, 0], [2, 0, 0, 0]]


BAD_LENGTHS = [
    ([1, 2, 3], "must be sorted in decreasing order"),
    ([3, 2, 0], "has to be greater than 0"),
    ([5, 2, 1], "lengths from 1 to 4"),
    ([3, 2], r"`len\(lengths\)` to be equal to batch_size"),
]


@pytest.mark.parametrize("lengths, text", BAD_LENGTHS)
def test_bad_lengths(lengths, text):
    with pytest.raises(RuntimeError, match=text):
        pack_padded_sequence(PADDED, lengths)


@pytest.mark.parametrize("side, row", [("right", [0, 1, 9]), ("left", [9, 0, 1])])
def test_padding(side, row):
    padded = pad_sequence([sequence(2), sequence(3, 5.0)], True, 9.0, side)
    assert padded.tolist() == [row, [5, 6, 7]]
    turned = pad_sequence(iter([sequence(2), sequence(3, 5.0)]), False, 9.0, side)
    assert torch.equal(turned, padded.t()) and turned.is_contiguous()


BAD_SEQUENCES = [
    ([], {}, RuntimeError, "an empty list of sequences"),
    ([torch.ones(1, 2), torch.ones(1, 3)], {}, RuntimeError, "sequences of one size"),
    ([torch.ones(1)], {"padding_side": "x"}, RuntimeError, "one of left or right"),
    ([torch.ones(1), 3], {}, TypeError, "element 1: int"),
]


@pytest.mark.parametrize("sequences, options, kind, text", BAD_SEQUENCES)
def test_bad_sequences(sequences, options, kind, text):
    with pytest.raises(kind, match=text):
        pad_sequence(sequences, **options)


def test_lists_of_sequences():
    sequences = [sequence(2), sequence(3, 5.0)]
    with pytest.raises(RuntimeError, match="sorted in decreasing order"):
        pack_sequence(sequences)
    packed = pack_sequence(sequences, enforce_sorted=False)
    assert [s.tolist() for s in unpack_sequence(packed)] == [[0, 1], [5, 6, 7]]
    lengths = torch.tensor([2, 3])
    unpadded = unpad_sequence(pad_sequence(sequences), lengths)
    assert [s.tolist() for s in unpadded] == [[0, 1], [5, 6, 7]]


def test_converting_keeps_the_order():
    packed = pack_sequence([sequence(2), sequence(3)], enforce_sorted=False)
    assert packed.to(torch.float32) is packed and packed.cpu() is packed
    double = packed.double()
    assert double.data.dtype == torch.float64
    assert double.unsorted_indices.tolist() == [1, 0] and not double.is_cuda
    assert [f().data.dtype for f in (packed.half, packed.long, double.float)] == [
        *[torch.float16, torch.int64, torch.float32]
    ]


def test_making_one_by_hand():
    pair = (torch.ones(3), torch.tensor([2, 1]))
    assert PackedSequence(pair).batch_sizes is pair[1]
    with pytest.raises(AssertionError, match="a list or tuple of length 2"):
        PackedSequence(torch.ones(3))
    assert invert_permutation(None) is None
