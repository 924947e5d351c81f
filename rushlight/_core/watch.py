"""What sees nodes as they are recorded: saved-tensor hooks, anomaly mode, inference.

Only asked while STATE.watching is set, so the usual recording pays nothing.
"""

import traceback
from contextlib import contextmanager
from contextvars import ContextVar

from rushlight._core.node import PackedTensor, SavedOutput
from rushlight._core.state import STATE

#: The innermost (pack, unpack) pair of this thread, or None.
PACKING = ContextVar("packing", default=None)
#: Anomaly mode of this thread: None, or whether to check for nan.
ANOMALY = ContextVar("anomaly", default=None)


@contextmanager
def watching(variable, value):
    """Set one of the variables above for the length of a block."""
    token = variable.set(value)
    STATE.count("watching", 1)
    try:
        yield
    finally:
        STATE.count("watching", -1)
        variable.reset(token)


def watch(node, *results):
    """Let whoever watches see a new node."""
    hooks = PACKING.get()
    if hooks is not None:
        _pack(node, *hooks)
    if ANOMALY.get() is not None:
        node.metadata["traceback_"] = traceback.format_stack()[:-3]


def _pack(node, pack, unpack):
    saved, versions = [], []
    for value, version in zip(node.saved, node.versions, strict=True):
        value, version = _pack_value(node, value, version, pack, unpack)
        saved.append(value)
        versions.append(version)
    node.saved, node.versions = tuple(saved), tuple(versions)


def _pack_value(node, value, version, pack, unpack):
    if value.__class__ is SavedOutput:
        tensor = value.unpack(node)
        return PackedTensor(pack(tensor), unpack), 0
    if version is None:
        return value, version
    if value.__class__ is tuple:
        pairs = [
            _pack_value(node, v, n, pack, unpack)
            for v, n in zip(value, version, strict=True)
        ]
        return tuple(p[0] for p in pairs), tuple(p[1] for p in pairs)
    return PackedTensor(pack(value), unpack), 0
