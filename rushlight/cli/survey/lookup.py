"""Whether Rushlight has a torch name, and which of its names are near."""

import difflib
import importlib
import inspect
from dataclasses import dataclass

from rushlight.cli.rewrite.missing import modules_of
from rushlight.cli.rewrite.names import translate

# Where else a name may be that was looked for in the wrong place.
_PLACES = ("torch", "torch.nn", "torch.nn.functional", "torch.optim", "torch.Tensor")


@dataclass(frozen=True)
class Answer:
    """What Rushlight says of a torch name: whether it has it, or the nearest it has."""

    present: bool
    nearest: tuple = ()


def look_up(name):
    """Say whether Rushlight has the thing that a torch name means.

    Args:
        name: str, such as "torch.nn.Linear".

    Returns:
        Answer, with up to three nearest names where it is missing.

    >>> look_up("torch.nn.Linear").present
    True
    """
    holder, known = None, ""
    for part in name.split("."):
        here = f"{known}.{part}" if known else part
        found = _get(holder, here, part)
        if found is _MISSING:
            return Answer(False, _near(holder, known, part))
        if not (inspect.ismodule(found) or inspect.isclass(found)):
            # A value's own attributes are not ours to know without running.
            return Answer(True)
        holder, known = found, here
    return Answer(True)


_MISSING = object()


def _get(holder, name, part):
    """An attribute, or the module of that name; _MISSING if there is neither."""
    if holder is not None and hasattr(holder, part):
        return getattr(holder, part)
    if holder is not None and not inspect.ismodule(holder):
        return _MISSING
    ours = translate(name)
    try:
        return importlib.import_module(ours)
    except ModuleNotFoundError as error:
        if error.name is None or not (ours + ".").startswith(error.name + "."):
            raise
        return _MISSING


def _near(holder, known, part):
    """Up to three names that may be meant."""
    elsewhere = [
        f"{place}.{part}" for place in _PLACES if place != known and _has(place, part)
    ]
    names = {each for each in dir(holder) if not each.startswith("_")}
    if inspect.ismodule(holder) and hasattr(holder, "__path__"):
        names.update(modules_of(holder.__name__))
    lower = {}
    for each in sorted(names):
        lower.setdefault(each.lower(), each)
    close = difflib.get_close_matches(part.lower(), lower, 3, 0.6)
    return (*elsewhere, *(f"{known}.{lower[each]}" for each in close))[:3]


def _has(place, part):
    holder, known = None, ""
    for step in place.split("."):
        known = f"{known}.{step}" if known else step
        holder = _get(holder, known, step)
        if holder is _MISSING:
            return False
    return hasattr(holder, part)
