"""How doors answer for names: rooms opened on use, errors that name the nearest."""

import importlib

#: Functions of torch that live in one of the rooms.
_IN_ROOMS = {
    "vmap": "func",
    "autocast": "amp",
    "compile": "compiler",
    "load": "serialization",
    "save": "serialization",
    "fork_rng": "random",
    "channel_shuffle": "nn.functional",
    "cosine_similarity": "nn.functional",
    "norm_except_dim": "nn.utils.weight_norm",
    "pairwise_distance": "nn.functional",
    "pixel_shuffle": "nn.functional",
    "pixel_unshuffle": "nn.functional",
}
_IN_ROOMS.update(
    dict.fromkeys(
        "autocast_decrement_nesting autocast_increment_nesting clear_autocast_cache "
        "get_autocast_cpu_dtype get_autocast_dtype get_autocast_gpu_dtype "
        "is_autocast_cache_enabled is_autocast_cpu_enabled is_autocast_enabled "
        "set_autocast_cache_enabled set_autocast_cpu_dtype set_autocast_cpu_enabled "
        "set_autocast_dtype set_autocast_enabled set_autocast_gpu_dtype".split(),
        "amp.casting",
    )
)
_IN_ROOMS.update(
    dict.fromkeys(
        "SymFloat SymInt sym_float sym_int sym_max sym_min sym_not sym_sqrt "
        "sym_sum".split(),
        "_symbolic",
    )
)


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
