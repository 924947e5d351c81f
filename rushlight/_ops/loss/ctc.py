"""ctc_loss: probabilities of symbols over time against a shorter text.

# Note [CTC]
# Between the symbols of a target, and around them, there may be blanks, and each symbol
# may last: every way through "blank, a, blank, b, blank" that ends in time gives the
# target.  alpha[t, s] is the log-probability of all ways that are at place s of that
# text at time t, beta[t, s] that of all ways on from there; both are filled time by
# time, for all samples and places at once.  A place may be reached from itself, from
# the one before, and from the one before that unless the symbols are equal or blank.
"""

from rushlight._backends import backend_of
from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    OutOfRangeError,
    UnsupportedDtypeError,
    explain,
)
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call, call_many
from rushlight._core.expose import TORCH, expose
from rushlight._core.table import define
from rushlight._core.tensor import Tensor, wrap
from rushlight._ops.loss._reduction import reduction_of, tensors


def ctc_loss(
    log_probs,
    targets,
    input_lengths,
    target_lengths,
    blank=0,
    reduction="mean",
    zero_infinity=False,
):
    """Connectionist temporal classification: -log of all ways to read the target.

    The gradient is that of log-probabilities which come from `log_softmax`, as in
    torch.

    Args:
        log_probs: (T, N, C) or (T, C), float32 or float64; log-probabilities.
        targets: (N, S), or all concatenated, or (S,); integers in [0, C), not blank.
        input_lengths: (N,) or (), integers, at most T; a Tensor or a sequence.
        target_lengths: (N,) or (), integers; a Tensor or a sequence.
        blank: int, the blank's number.
        reduction: "mean" (of the losses divided by the targets' lengths), "sum" or
            "none".
        zero_infinity: make losses of targets that do not fit 0, with no gradient.

    Returns:
        Tensor: a number; for "none" (N,) or ().

    Raises:
        RuntimeError: for lengths or a blank that do not fit.
        IndexError: for a target out of range (torch reads other memory).
        NotImplementedError: for another dtype.
        ValueError: for an unknown reduction.

    Source: Graves et al., Connectionist temporal classification: labelling unsegmented
    sequence data with recurrent neural networks, 2006.

    >>> import rushlight
    >>> logs = rushlight.full((3, 1, 2), 0.5).log()
    >>> target = rushlight.tensor([[1]])
    >>> rushlight.nn.functional.ctc_loss(logs, target, (3,), (1,))
    tensor(0.2877)
    """
    who = "ctc_loss()"
    reduction = reduction_of(reduction, None, None, who)
    tensors(who, log_probs=log_probs, targets=targets)
    lengths = _lengths("input_lengths", input_lengths)
    target_lengths = _lengths("target_lengths", target_lengths)
    if log_probs.dim() not in (2, 3):
        _refuse("log_probs of shape (T, N, C) or (T, C)", tuple(log_probs.shape))
    is_single = log_probs.dim() == 2
    if is_single:
        log_probs = log_probs.unsqueeze(1)
        lengths, target_lengths = lengths.reshape(-1), target_lengths.reshape(-1)
        targets = targets.reshape(1, -1)
    elif targets.dim() == 1:
        targets = _padded(targets, target_lengths)
    attrs = {"blank": blank, "zero_infinity": bool(zero_infinity)}
    losses = call_many(CTC_LOSS, log_probs, targets, lengths, target_lengths, **attrs)[
        0
    ]
    if reduction == "mean":
        return (losses / target_lengths.clamp(min=1).to(losses.dtype)).mean()
    if reduction == "sum":
        return losses.sum()
    return losses.squeeze(0) if is_single else losses


def _refuse(expected, got, do="See the arguments of ctc_loss().", kind=None):
    kind = ArgumentRuntimeError if kind is None else kind
    raise kind(explain("ctc_loss()", expected=expected, got=got, do=do))


def _lengths(name, value):
    if not isinstance(value, Tensor):
        if not isinstance(value, (list, tuple, int)):
            got = f"{type(value).__name__}"
            _refuse(f"{name} as a Tensor or sequence", got, kind=ArgumentTypeError)
        return TORCH["tensor"](value)
    if value.is_floating_point() or value.is_complex():
        _refuse(f"{name} must be integral", value.dtype)
    return value


def _padded(targets, lengths):
    """Concatenated targets as rows of equal length."""
    symbols, counts = targets._array, lengths._array
    np = backend_of(symbols.__class__).np
    if counts.size and counts.min() >= 0 and counts.sum() > symbols.size:
        _refuse(f"{counts.sum()} concatenated targets", symbols.size)
    longest = int(counts.max()) if counts.size else 0
    rows = np.zeros((counts.size, max(longest, 0)), symbols.dtype)
    inside = np.arange(rows.shape[1]) < counts[:, None]
    rows[inside] = symbols[: int(inside.sum())]
    return wrap(rows)


def _ctc_spec(x, targets, lengths, target_lengths, *, blank, zero_infinity):
    _check_shapes(x, lengths, target_lengths, blank)
    places = 2 * targets.shape[1] + 1
    ways = (*x.shape[:2], places)
    return Spec(x.shape[1:2], x.dtype), Spec(ways, x.dtype)


def _check_shapes(x, lengths, target_lengths, blank):
    if x.dtype.name not in ("float32", "float64"):
        _refuse("float32 or float64", x.dtype.name, kind=UnsupportedDtypeError)
    count = x.shape[1]
    for name, given in (
        ("input_lengths", lengths),
        ("target_lengths", target_lengths),
    ):
        if tuple(given.shape) != (count,):
            got = f"shape {tuple(given.shape)}"
            _refuse(f"{name} must be of size batch_size, {count}", got)
    if not 0 <= blank < x.shape[2]:
        _refuse(f"blank must be in label range, [0, {x.shape[2]})", blank)


def _check_lengths(np, x, lengths, target_lengths):
    steps = x.shape[0]
    for name, given in (
        ("input_lengths", lengths),
        ("target_lengths", target_lengths),
    ):
        if given.size and given.min() < 0:
            _refuse(f"{name} of at least 0", f"got value {given.min()}")
    if lengths.size and lengths.max() > steps:
        got = f"got value {lengths.max()}"
        _refuse(f"input_lengths to have value at most {steps}", got)


def _texts(np, x, targets, target_lengths, blank):
    """The targets with blanks around each symbol: (N, 2 S + 1), int64."""
    count, longest = len(target_lengths), targets.shape[1]
    wanted = target_lengths.max() if count else 0
    if targets.shape[0] != count or wanted > longest:
        _refuse(
            f"targets of size at least {wanted} at dimension 1, and one row for each "
            "sample",
            f"size {targets.shape}",
        )
    texts = np.full((count, 2 * longest + 1), blank, np.int64)
    inside = np.arange(longest) < target_lengths[:, None]
    symbols = targets[inside]
    if symbols.size and not (0 <= symbols.min() and symbols.max() < x.shape[2]):
        _refuse(
            f"targets in [0, {x.shape[2]})",
            f"{symbols.min()} to {symbols.max()}",
            kind=OutOfRangeError,
        )
    texts[:, 1::2][inside] = symbols
    return texts


class _Ways:
    """The ways through the targets' texts (Note [CTC]), as logarithms."""

    def __init__(self, np, x, targets, lengths, target_lengths, blank):
        self.np, self.x = np, x
        self.lengths = lengths.astype(np.int64)
        self.target_lengths = target_lengths.astype(np.int64)
        _check_lengths(np, x, self.lengths, self.target_lengths)
        self.texts = texts = _texts(np, x, targets, self.target_lengths, blank)
        self.rows = np.arange(len(lengths))
        # log-probability of the symbol at each place: (T, N, L)
        self.at_place = np.take_along_axis(x, texts[None], 2)
        # 0 where a place may be reached from two before, else -inf
        skips = np.full(texts.shape, -np.inf, x.dtype)
        skips[:, 2:][(texts[:, 2:] != blank) & (texts[:, 2:] != texts[:, :-2])] = 0
        self.skips = skips
        self.room = np.empty((3, *texts.shape), x.dtype)

    def _sum(self, out):
        """The logarithm of the sum of what is in the room, into `out`."""
        np, room = self.np, self.room
        largest = room.max(0)
        np.maximum(largest, np.finfo(room.dtype).min, out=largest)  # no -inf - -inf
        np.subtract(room, largest, out=room)
        np.exp(room, out=room)
        np.add.reduce(room, 0, out=out)
        np.log(out, out=out)
        np.add(out, largest, out=out)

    def alphas(self):
        """(T, N, L)."""
        np, room, at_place = self.np, self.room, self.at_place
        # two more places before the text, which nothing reaches
        wide = np.full((len(at_place), len(self.texts), room.shape[2] + 2), -np.inf)
        wide = wide.astype(room.dtype)
        alphas = wide[:, :, 2:]
        if len(at_place):
            alphas[0, :, :1] = at_place[0, :, :1]
            symbols = self.target_lengths > 0
            alphas[0, symbols, 1:2] = at_place[0, symbols, 1:2]
        for t in range(1, len(at_place)):
            last = wide[t - 1]
            room[0] = last[:, 2:]
            room[1] = last[:, 1:-1]
            np.add(last[:, :-2], self.skips, out=room[2])
            self._sum(alphas[t])
            alphas[t] += at_place[t]
        return alphas

    def betas(self):
        """(T, N, L); -inf after a sample's end."""
        np, room, at_place = self.np, self.room, self.at_place
        wide = np.full((len(at_place) + 1, len(self.texts), room.shape[2] + 2), -np.inf)
        wide = wide.astype(room.dtype)
        betas = wide[:, :, :-2]
        skips = np.full(wide.shape[1:], -np.inf, room.dtype)
        skips[:, :-2] = self.skips
        skips = skips[:, 2:]
        for t in reversed(range(len(at_place))):
            later = wide[t + 1]
            room[0] = later[:, :-2]
            room[1] = later[:, 1:-1]
            np.add(later[:, 2:], skips, out=room[2])
            self._sum(betas[t])
            betas[t] += at_place[t]
            ended = self.rows[self.lengths - 1 == t]
            for places in self._ends(ended):
                betas[t, ended, places] = at_place[t, ended, places]
        return betas[:-1]

    def _ends(self, rows):
        """The places at which samples may end: the last blank and symbol."""
        ends = 2 * self.target_lengths[rows]
        return ends, self.np.maximum(ends - 1, 0)

    def losses(self, alphas):
        """(N,): inf where a target does not fit."""
        np, any_symbols = self.np, self.target_lengths > 0
        nothing = np.where(any_symbols, np.inf, 0.0)
        if not len(alphas):
            return nothing
        last = np.maximum(self.lengths - 1, 0)
        blank, symbol = (alphas[last, self.rows, e] for e in self._ends(self.rows))
        losses = -np.logaddexp(blank, np.where(any_symbols, symbol, -np.inf))
        return np.where(self.lengths > 0, losses, nothing)


def _ctc_eager(backend, x, targets, lengths, target_lengths, *, blank, zero_infinity):
    np = backend.np
    _check_shapes(x, lengths, target_lengths, blank)
    with np.errstate(all="ignore"):
        ways = _Ways(np, x, targets, lengths, target_lengths, blank)
        alphas = ways.alphas()
        losses = ways.losses(alphas)
    if zero_infinity:
        losses = np.where(np.isinf(losses), 0.0, losses)
    return losses.astype(x.dtype), alphas


def _ctc_grad(g, *, x, targets, lengths, target_lengths, out1, blank, zero_infinity):
    found = call(
        CTC_LOSS_BACKWARD,
        g[0],
        x,
        targets,
        lengths,
        target_lengths,
        out1,
        blank=blank,
        zero_infinity=zero_infinity,
    )
    return found, None, None, None


def _backward_spec(
    g, x, targets, lengths, target_lengths, alphas, *, blank, zero_infinity
):
    return Spec(x.shape, x.dtype)


def _backward_eager(
    backend, g, x, targets, lengths, target_lengths, alphas, *, blank, zero_infinity
):
    """Probability of each symbol, minus the part of all ways that pass through it."""
    np = backend.np
    with np.errstate(all="ignore"):
        ways = _Ways(np, x, targets, lengths, target_lengths, blank)
        losses = ways.losses(alphas).astype(x.dtype)
        through = alphas + ways.betas()  # each counts the symbol's probability twice
        part = np.exp(through - ways.at_place + losses[:, None])
        steps, count, symbols = x.shape
        cells = np.arange(steps * count).reshape(steps, count, 1) * symbols + ways.texts
        parts = np.bincount(cells.ravel(), part.ravel(), steps * count * symbols)
        found = (np.exp(x) - parts.reshape(x.shape)) * g[:, None]
    lost = np.isinf(losses)
    found[:, lost] = 0.0 if zero_infinity else np.nan
    found[np.arange(steps)[:, None] >= lengths] = 0.0
    return found.astype(x.dtype)


CTC_LOSS_BACKWARD = define(
    "ctc_loss_backward",
    inputs="g x targets lengths target_lengths alphas",
    eager=_backward_eager,
    spec=_backward_spec,
)
CTC_LOSS = define(
    "ctc_loss",
    inputs="x targets lengths target_lengths",
    eager=_ctc_eager,
    spec=_ctc_spec,
    grad=_ctc_grad,
    many=True,
    autocast="float32",
)
expose(ctc_loss, torch=False, method=False, functional=True)
