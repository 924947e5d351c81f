"""Checkpoints: torch's zip format both ways, safetensors; no file is executed.

``save`` and ``load`` are also ``rushlight.save`` and ``rushlight.load``.
"""

from rushlight.serialization.globals import (
    add_safe_globals,
    clear_safe_globals,
    get_safe_globals,
    safe_globals,
)
from rushlight.serialization.load import load
from rushlight.serialization.safetensors import load_file, save_file
from rushlight.serialization.save import save
from rushlight.serialization.refusals import UnpicklingError

__all__ = [
    "UnpicklingError",
    "add_safe_globals",
    "clear_safe_globals",
    "get_safe_globals",
    "load",
    "load_file",
    "safe_globals",
    "save",
    "save_file",
]


def __getattr__(name):
    from rushlight._doors import missing_name

    raise missing_name("rushlight.serialization", name, __all__)
