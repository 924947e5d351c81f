"""partial-load: ``load_state_dict(..., strict=False)`` that loaded nothing, unread.

# Note [Read results]
# Loading a part is what strict=False is for: a new head, an adapter's weights.  So it
# is said only where the result, which lists the keys, is thrown away by the very
# statement, and only where no key at all was loaded, or where every value that was
# missed stands in the file under one other prefix (``module.``).
"""

from rushlight.guard._calls import is_dropped, user_frame
from rushlight.guard._report import found, is_listening

NAME = "partial-load"
SUMMARY = "a load with strict=False takes nothing, and its result is not read"


def loaded(module, state_dict, keys):
    """load_state_dict(strict=False) is about to return the keys it skipped."""
    missing, unexpected = keys
    if not missing or not unexpected or not is_listening(NAME):
        return
    matched = len(state_dict) - len(unexpected)
    added, removed = _prefix(missing, unexpected), _prefix(unexpected, missing)
    if matched > 0 and not (added and 2 <= len(missing) >= matched):
        return
    frame = user_frame()
    if frame is None or not is_dropped(frame):
        return
    _say(module, missing, unexpected, matched, (added, removed))


def _prefix(short, long):
    """What every short key needs in front to be one of the long ones; None if nothing.

    >>> _prefix(["a.w", "b.w"], ["module.a.w", "module.b.w", "other"])
    'module.'
    """
    have = set(long)
    for key in long:
        if key.endswith("." + short[0]):
            prefix = key[: -len(short[0])]
            if all(prefix + name in have for name in short):
                return prefix
    return None


def _say(module, missing, unexpected, matched, prefixes):
    added, removed = prefixes
    name = type(module).__name__
    what = f"none of its {len(unexpected)}" if not matched else f"{matched}"
    if added:
        do = f"take the prefix off: {{key.removeprefix({added!r}): value for key, "
        do += "value in state.items()}"
    elif removed:
        do = f"put {removed!r} in front of the keys, or load into the module below"
    else:
        do = f"give the state_dict itself, e.g. checkpoint[{unexpected[0]!r}], or pass "
        do += "strict=True to see every key"
        if "." in unexpected[0]:
            do = "pass strict=True to see every key, and rename those of the file"
    found(
        NAME,
        saw=f"{name}.load_state_dict(strict=False) loaded {what} values and skipped "
        f"all of {_some(missing)}, while {_some(unexpected)} have no place",
        why="The parameters keep what they were initialised with, and the result, "
        "which lists the skipped keys, is not read",
        do=do,
    )


def _some(keys):
    told = ", ".join(map(repr, keys[:3]))
    rest = len(keys) - 3
    return told + (f" and {rest} more" if rest > 0 else "")
