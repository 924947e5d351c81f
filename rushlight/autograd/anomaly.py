"""Anomaly mode: find the operation whose gradient is nan."""

from rushlight._core.state import STATE
from rushlight._core.watch import ANOMALY


class set_detect_anomaly:  # noqa: N801 - torch's public name
    """Switch anomaly mode on or off, at once; as a context it is undone at the end.

    While it is on each node remembers where it was recorded, and backward stops at the
    first one that returns nan, naming that place.

    Args:
        mode: bool.
        check_nan: whether backward looks for nan.

    >>> import rushlight
    >>> with rushlight.autograd.set_detect_anomaly(True):
    ...     rushlight.is_anomaly_enabled()
    True
    """

    def __init__(self, mode, check_nan=True):
        self._token = ANOMALY.set(check_nan if mode else None)
        self._change = 1 if mode else 0
        STATE.count("watching", self._change)

    def __enter__(self):
        return None

    def __exit__(self, *exc):
        ANOMALY.reset(self._token)
        STATE.count("watching", -self._change)


class detect_anomaly(set_detect_anomaly):  # noqa: N801 - torch's public name
    """A context in which backward stops at the first nan and says where it came from.

    Args:
        check_nan: whether backward looks for nan.

    >>> import rushlight
    >>> x = rushlight.tensor(-1.0, requires_grad=True)
    >>> with rushlight.autograd.detect_anomaly():
    ...     try:
    ...         x.sqrt().backward()
    ...     except RuntimeError as error:
    ...         print("SqrtBackward0" in str(error))
    True
    """

    def __init__(self, check_nan=True):
        self._check_nan = check_nan

    def __enter__(self):
        super().__init__(True, self._check_nan)


def is_anomaly_enabled():
    """Whether anomaly mode is on in this thread.

    >>> is_anomaly_enabled()
    False
    """
    return ANOMALY.get() is not None


def is_anomaly_check_nan_enabled():
    """Whether anomaly mode is on and looks for nan.

    >>> is_anomaly_check_nan_enabled()
    False
    """
    return bool(ANOMALY.get())
