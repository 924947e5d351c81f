"""How doors answer for names: rooms opened on use, errors that name the nearest."""

import importlib

#: Functions of torch that live in one of the rooms.
_IN_ROOMS = {
    "compile": "compiler",
    "load": "serialization",
    "save": "serialization",
    "fork_rng": "random",
    "channel_shuffle": "nn.functional",
    "cosine_similarity": "nn.functional",
    "pairwise_distance": "nn.functional",
    "pixel_shuffle": "nn.functional",
    "pixel_unshuffle": "nn.functional",
}


def opened(name, rooms, namespace):
    """A room (or a function that lives in one), imported now; None for other names."""
    if name in rooms:
        found = importlib.import_module(f"rushlight.{name}")
    elif name in _IN_ROOMS:
        room = importlib.import_module(f"rushlight.{_IN_ROOMS[name]}")
        found = getattr(room, name)
    else:
        return None
    namespace[name] = found
    return found


def missing_name(module, name, known):
    """The AttributeError for a name that a door does not have."""
    message = f"module '{module}' has no attribute '{name}'."
    if not name.startswith("__"):
        from difflib import get_close_matches

        near = get_close_matches(name, [k for k in known if k[0] != "_"], n=3)
        message += f" Nearest: {', '.join(near)}." if near else ""
        message += " docs/differences.md lists what is not here."
    return AttributeError(message, name=name)
