"""torch.utils: each room is opened on first use."""

_ROOMS = frozenset("_pytree benchmark checkpoint data dlpack hooks tensorboard".split())


def __getattr__(name):
    import importlib

    from rushlight._doors import missing_name

    if name not in _ROOMS:
        raise missing_name("rushlight.utils", name, _ROOMS)
    return importlib.import_module(f"rushlight.utils.{name}")
