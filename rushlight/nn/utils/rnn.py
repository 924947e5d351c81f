"""Sequences of different lengths: padded in one tensor, or packed without padding.

# Note [Packed]
# A packed sequence holds, time step after time step, the values of those sequences
# that are still running, the longest sequence first: `batch_sizes` says how many they
# are at each step.
"""

from collections import namedtuple

import numpy as np

from rushlight._base.dtype import float16, float32, float64, int64
from rushlight._base.errors import (
    ArgumentAssertionError,
    ArgumentError,
    ArgumentRuntimeError,
    ArgumentTypeError,
    explain,
)
from rushlight._core.tensor import Tensor, wrap

__all__ = [
    "PackedSequence",
    "invert_permutation",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]


class PackedSequence(
    namedtuple(
        "PackedSequence_",
        ["data", "batch_sizes", "sorted_indices", "unsorted_indices"],
    )
):
    """Sequences without their padding (Note [Packed]); made by `pack_padded_sequence`.

    Attributes:
        data: (total length, *).
        batch_sizes: (longest length,), int64, on the CPU.
        sorted_indices, unsorted_indices: (N,), int64: how the sequences were put in
            order, and back; or None.
    """

    __slots__ = ()

    def __new__(
        cls, data, batch_sizes=None, sorted_indices=None, unsorted_indices=None
    ):
        if batch_sizes is None:
            if not isinstance(data, list | tuple) or len(data) != 2:
                raise ArgumentAssertionError(
                    explain(
                        "PackedSequence()",
                        expected="data and batch_sizes (a list or tuple of length 2)",
                        got=type(data).__name__,
                        do="Use pack_padded_sequence or pack_sequence.",
                    )
                )
            data, batch_sizes = data
        elif batch_sizes.device.type != "cpu":
            raise ArgumentError(
                explain(
                    "PackedSequence()",
                    expected="batch_sizes to be on the CPU",
                    got=batch_sizes.device,
                    do="Use batch_sizes.cpu().",
                )
            )
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args, **kwargs):
        """The same with its data moved or converted, as `Tensor.to` does it."""
        data = self.data.to(*args, **kwargs)
        if data is self.data:
            return self
        order = [
            None if indices is None else indices.to(data.device)
            for indices in (self.sorted_indices, self.unsorted_indices)
        ]
        return type(self)(data, self.batch_sizes, *order)

    def cpu(self):
        """The same on the CPU."""
        return self.to("cpu")

    def cuda(self, device=None):
        """The same on a CUDA device, the current one if left out."""
        return self.to("cuda" if device is None else device)

    def float(self):
        """The same as float32."""
        return self.to(float32)

    def double(self):
        """The same as float64."""
        return self.to(float64)

    def half(self):
        """The same as float16."""
        return self.to(float16)

    def long(self):
        """The same as int64."""
        return self.to(int64)

    @property
    def is_cuda(self):
        """Whether the data is on a CUDA device."""
        return self.data.is_cuda


def invert_permutation(permutation):
    """The permutation that undoes another; None for None.

    Args:
        permutation: (N,), int64, or None.

    >>> import rushlight
    >>> invert_permutation(rushlight.tensor([2, 0, 1]))
    tensor([1, 2, 0])
    """
    if permutation is None:
        return None
    return permutation.argsort()


def pack_padded_sequence(input, lengths, batch_first=False, enforce_sorted=True):
    """Pack a batch of padded sequences.

    Args:
        input: (T, N, *), or (N, T, *) with batch_first.
        lengths: (N,), int64 on the CPU, or a list of ints, each from 1 to T.
        batch_first: whether the batch is the first dimension.
        enforce_sorted: whether the lengths must be in falling order; else the
            sequences are put in order and, when they are unpacked, back.

    Returns:
        PackedSequence.

    Raises:
        RuntimeError: for lengths that are not in order, too many, too few, or outside
            1 to T.

    >>> import rushlight
    >>> pack_padded_sequence(rushlight.ones(3, 2), [3, 1]).batch_sizes
    tensor([2, 1, 1])
    """
    lengths = np.asarray(
        lengths.tolist() if isinstance(lengths, Tensor) else lengths, np.int64
    )
    if batch_first:
        input = input.transpose(0, 1)
    order = None
    if not enforce_sorted:
        order = np.argsort(-lengths, kind="stable")
        lengths = lengths[order]
        order = wrap(order).to(input.device)
        input = input.index_select(1, order)
    _check_lengths(lengths, *input.shape[:2])
    sizes = (lengths[:, None] > np.arange(lengths[0])).sum(0)
    data = input[_places(sizes, input.device)]
    return PackedSequence(data, wrap(sizes.astype(np.int64)), order)


def _check_lengths(lengths, steps, batch):
    problem = None
    if len(lengths) != batch:
        problem = f"{len(lengths)}: Expected `len(lengths)` to be equal to batch_size"
    elif lengths.min(initial=1) <= 0:
        problem = (
            f"{lengths.min()}: Length of all samples has to be greater than 0, but "
            "found an element in 'lengths' that is <= 0"
        )
    elif (np.diff(lengths) > 0).any():
        problem = (
            f"{lengths.tolist()}: `lengths` array must be sorted in decreasing order "
            "when `enforce_sorted` is True"
        )
    elif batch == 0 or lengths[0] > steps:
        problem = f"{lengths.tolist()}"
    if problem is not None:
        do = "Pass enforce_sorted=False to have them sorted."
        if len(lengths) != batch and len(lengths) == steps:
            do = f"An input of {steps} sequences of {batch} wants batch_first=True."
        raise ArgumentRuntimeError(
            explain(
                "pack_padded_sequence()",
                expected=f"{batch} lengths from 1 to {steps}, in falling order",
                got=problem,
                do=do,
            )
        )


def _places(sizes, device):
    """Where the values of packed data lie in a padded (T, N): times, sequences."""
    times = np.repeat(np.arange(len(sizes)), sizes)
    starts = np.cumsum(sizes) - sizes
    rows = np.arange(len(times)) - np.repeat(starts, sizes)
    return wrap(times).to(device), wrap(rows).to(device)


def pad_packed_sequence(
    sequence, batch_first=False, padding_value=0.0, total_length=None
):
    """Undo packing.

    Args:
        sequence: PackedSequence.
        batch_first: whether the batch is to be the first dimension.
        padding_value: number, what fills the rest.
        total_length: int, the size to pad to; left out: the longest length.

    Returns:
        The padded tensor (T, N, *), and the lengths (N,), int64.

    Raises:
        ValueError: where total_length is less than the longest length.

    >>> import rushlight
    >>> pad_packed_sequence(pack_padded_sequence(rushlight.ones(2, 2), [2, 1]))
    (tensor([[1., 1.],
            [1., 0.]]), tensor([2, 1]))
    """
    sizes = np.asarray(sequence.batch_sizes.tolist(), np.int64)
    steps = len(sizes)
    if total_length is not None:
        if total_length < steps:
            raise ArgumentError(
                explain(
                    "pad_packed_sequence()",
                    expected="total_length to be at least the length of the longest "
                    f"sequence ({steps})",
                    got=total_length,
                    do="Leave it out.",
                )
            )
        steps = total_length
    data = sequence.data
    padded = data.new_full((steps, int(sizes[0]), *data.shape[1:]), padding_value)
    padded[_places(sizes, data.device)] = data
    lengths = wrap((sizes[:, None] > np.arange(sizes[0])).sum(0).astype(np.int64))
    if batch_first:
        padded = padded.transpose(0, 1)
    back = sequence.unsorted_indices
    if back is not None:
        padded = padded.index_select(0 if batch_first else 1, back)
        lengths = lengths[back.cpu()]
    return padded, lengths


def pad_sequence(sequences, batch_first=False, padding_value=0.0, padding_side="right"):
    """Stack sequences of different lengths, padded to the longest.

    Args:
        sequences: iterable of tensors (L, *), alike but for L.
        batch_first: whether the batch is to be the first dimension.
        padding_value: number, what fills the rest.
        padding_side: "right" or "left", where it goes.

    Returns:
        Tensor: (T, N, *), or (N, T, *) with batch_first.

    Raises:
        RuntimeError: for no sequences, other sizes that differ, or another side.
        TypeError: for what is no tensor.

    >>> import rushlight
    >>> pad_sequence([rushlight.ones(1), rushlight.ones(2)], batch_first=True)
    tensor([[1., 0.],
            [1., 1.]])
    """
    if not isinstance(sequences, Tensor):
        sequences = tuple(sequences)
    _check_sequences(sequences, padding_side)
    longest = max(len(sequence) for sequence in sequences)
    first = sequences[0]
    shape = (len(sequences), longest, *first.shape[1:])
    padded = first.new_full(shape, padding_value)
    for row, sequence in enumerate(sequences):
        start = longest - len(sequence) if padding_side == "left" else 0
        padded[row, start : start + len(sequence)] = sequence
    return padded if batch_first else padded.transpose(0, 1).contiguous()


def _check_sequences(sequences, padding_side):
    for place, sequence in enumerate(sequences):
        if not isinstance(sequence, Tensor):
            raise ArgumentTypeError(
                explain(
                    "pad_sequence()",
                    expected="tensors",
                    got=f"element {place}: {type(sequence).__name__}",
                    do="Convert it with torch.tensor.",
                )
            )
    problem = None
    if padding_side not in ("left", "right"):
        problem = f"padding_side={padding_side!r}: one of left or right is meant"
    elif not len(sequences):
        problem = "an empty list of sequences"
    elif len({tuple(sequence.shape[1:]) for sequence in sequences}) > 1:
        problem = f"the sizes {[list(s.shape) for s in sequences]}"
    if problem is not None:
        raise ArgumentRuntimeError(
            explain(
                "pad_sequence()",
                expected="sequences of one size but for the first, and a side",
                got=problem,
                do="Give at least one sequence.",
            )
        )


def unpad_sequence(padded_sequences, lengths, batch_first=False):
    """The sequences of a padded batch, as a list.

    Args:
        padded_sequences: (T, N, *), or (N, T, *) with batch_first.
        lengths: (N,), int64.
        batch_first: whether the batch is the first dimension.

    >>> import rushlight
    >>> unpad_sequence(rushlight.ones(2, 2), rushlight.tensor([1, 2]))
    [tensor([1.]), tensor([1., 1.])]
    """
    if not batch_first:
        padded_sequences = padded_sequences.transpose(0, 1)
    return [
        sequence[: int(length)]
        for sequence, length in zip(padded_sequences, lengths, strict=True)
    ]


def pack_sequence(sequences, enforce_sorted=True):
    """Pack a list of sequences; as `pack_padded_sequence` after `pad_sequence`.

    >>> import rushlight
    >>> pack_sequence([rushlight.tensor([1, 2]), rushlight.tensor([3])]).data
    tensor([1, 3, 2])
    """
    sequences = list(sequences)
    lengths = [len(sequence) for sequence in sequences]
    return pack_padded_sequence(
        pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted
    )


def unpack_sequence(packed_sequences):
    """The sequences of a packed batch, as a list.

    >>> import rushlight
    >>> unpack_sequence(pack_sequence([rushlight.ones(2), rushlight.ones(1)]))
    [tensor([1., 1.]), tensor([1.])]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
