"""half-underflow: gradients that float16 computed vanish, for want of a scaler.

# Note [Quanta]
# Below 6.1e-5 float16 has a fixed step of 2 ** -24, about 6e-8, and 0 below half of it.
# A gradient that float16 computed and float32 holds shows it: its small values are
# whole multiples of that step, which those that float32 computed are not.  Where half
# of the values that are not 0 are at most 4 steps, about a tenth of all and more fell
# to 0.
# Gradients that are all 0 vanished too where others are as small as 32 steps.
# Asked at the 4th, 16th and 64th step only: later small gradients may mean that the
# training is done.
"""

import numpy as np

from rushlight.guard._history import history_of
from rushlight.guard._names import listed
from rushlight.guard._report import found, is_listening
from rushlight.guard.checks.optim import step_order

NAME = "half-underflow"
SUMMARY = "gradients that float16 computed vanish, for want of a scaler"

ASK_AT = frozenset((4, 16, 64))
QUANTUM, SMALLEST = 2.0**-24, 2.0**-14
#: Medians, in quanta: of gradients that vanish, and of some next to ones that are gone.
FEW, NEAR = 4, 32
#: So many values must show that float16 computed them.
LEAST = 8
LAST = [False]  # whether autocast with float16 ran since the last asking


def forget():
    """Start as a fresh process does."""
    LAST[0] = False


def halving():
    """autocast begins, with float16."""
    LAST[0] = True


def stepping(optimizer):
    """One of the steps of ASK_AT is about to run."""
    mixed, LAST[0] = LAST[0], False
    if step_order.LAST_SCALED[0] is not None or not is_listening(NAME):
        return
    middles, empty = [], []
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            gradient = parameter._grad
            array = None if gradient is None else gradient._array
            if array.__class__ is not np.ndarray or array.dtype.kind != "f":
                continue
            if array.dtype == np.float16 or mixed:
                flat = array.reshape(-1)
                sample = flat[:: max(1, flat.size // 256)].astype(np.float64)
                if sample.any():
                    middles.append((_middle(sample), parameter))
                elif flat.size and not flat.any():
                    empty.append(parameter)
    bad = [parameter for middle, parameter in middles if middle <= FEW]
    least = min((middle for middle, _ in middles), default=np.inf)
    if least <= NEAR:
        bad += empty
    if bad:
        _say(optimizer, bad, len(empty), least)


def _middle(values):
    """The median in quanta of those that are not 0; infinite if float16 made none."""
    quanta = np.abs(values[values != 0]) / QUANTUM
    small = quanta[quanta < SMALLEST / QUANTUM]
    if small.size < LEAST or (small != np.rint(small)).any():
        return np.inf
    return float(np.median(quanta))


def _say(optimizer, bad, empty, middle):
    found(
        NAME,
        saw=f"gradients of {len(bad)} parameters ({listed(bad)}) were computed in "
        f"float16 and are too small for it at step {history_of(optimizer).steps}: "
        f"{empty} of them are all 0, and half of the least others at most "
        f"{middle * QUANTUM:.2g}, where its step is {QUANTUM:.2g}",
        why="What lies below that step becomes 0, and what lies near it loses all its "
        "digits",
        do="scale the loss with torch.amp.GradScaler (scale, step, update), or use "
        "bfloat16",
    )
