"""The default generator's seed and state."""

from rushlight._base.errors import ArgumentTypeError, explain
from rushlight._core.expose import expose
from rushlight._core.generator import Generator, default_generator


def manual_seed(seed):
    """Start the sequence of random numbers that belongs to a seed.

    Args:
        seed: an integer in [-2**63, 2**64), or what int() makes one of.

    Returns:
        Generator: the default generator.

    Raises:
        ValueError: for a seed outside the range.

    >>> import rushlight
    >>> _ = rushlight.manual_seed(0)
    >>> rushlight.rand(2)
    tensor([0.4963, 0.7682])
    """
    return default_generator.manual_seed(int(seed))


def seed():
    """Start a sequence that nobody can foresee.

    Returns:
        int: the seed that was chosen.

    Raises:
        OSError: where the system has no source of randomness.

    >>> import rushlight
    >>> rushlight.seed() == rushlight.initial_seed()
    True
    """
    return default_generator.seed()


def initial_seed():
    """The seed that the default generator was started with.

    Returns:
        int: in [0, 2**64).

    Raises:
        Nothing.

    >>> import rushlight
    >>> rushlight.manual_seed(5).initial_seed(), rushlight.initial_seed()
    (5, 5)
    """
    return default_generator.initial_seed()


def get_rng_state():
    """The state of the default generator, to be given to `set_rng_state`.

    Returns:
        Tensor: (5056,), uint8, in PyTorch's own layout.

    Raises:
        Nothing.

    >>> import rushlight
    >>> rushlight.get_rng_state().shape
    torch.Size([5056])
    """
    return default_generator.get_state()


def set_rng_state(new_state):
    """Let the default generator go on from a state.

    Args:
        new_state: (5056,), uint8; what `get_rng_state` gave, here or in PyTorch.

    Returns:
        None.

    Raises:
        TypeError: for what is no uint8 tensor.
        RuntimeError: for one of another size or content.

    >>> import rushlight
    >>> state = rushlight.get_rng_state()
    >>> first = rushlight.rand(3)
    >>> rushlight.set_rng_state(state)
    >>> bool((rushlight.rand(3) == first).all())
    True
    """
    default_generator.set_state(new_state)


for _function in (manual_seed, seed, initial_seed, get_rng_state, set_rng_state):
    expose(_function, method=False)
expose(Generator, method=False)
expose(default_generator, method=False, name="default_generator")


def check_generator(generator, who):
    """Refuse what is neither None nor a Generator."""
    if generator is not None and not isinstance(generator, Generator):
        raise ArgumentTypeError(
            explain(
                who,
                expected="argument 'generator' to be a torch.Generator or None",
                got=type(generator).__name__,
                do="Make one with torch.Generator().manual_seed(seed).",
            )
        )
    return generator
