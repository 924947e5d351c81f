"""torch.distributed: one process; scripts that ask are told so.

`is_available` is False, so guarded code takes its way for one process.  What would
talk to other processes raises what torch raises before a process group exists.
"""

from types import SimpleNamespace

from rushlight._base.errors import ArgumentError, UnsupportedError, explain

__all__ = [
    "Backend",
    "ReduceOp",
    "all_gather",
    "all_reduce",
    "barrier",
    "broadcast",
    "destroy_process_group",
    "get_backend",
    "get_default_backend_for_device",
    "get_rank",
    "get_world_size",
    "init_process_group",
    "is_available",
    "is_gloo_available",
    "is_initialized",
    "is_mpi_available",
    "is_nccl_available",
    "is_torchelastic_launched",
    "new_group",
]

ReduceOp = SimpleNamespace(
    SUM="SUM", AVG="AVG", PRODUCT="PRODUCT", MIN="MIN", MAX="MAX"
)
Backend = SimpleNamespace(GLOO="gloo", NCCL="nccl", MPI="mpi", UNDEFINED="undefined")


def is_available():
    """Whether processes can work together: not here.

    >>> is_available(), is_initialized()
    (False, False)
    """
    return False


def is_initialized():
    """Whether there is a process group: never."""
    return False


def is_nccl_available():
    """Whether NCCL can be used: not here."""
    return False


def is_gloo_available():
    """Whether Gloo can be used: not here."""
    return False


def is_mpi_available():
    """Whether MPI can be used: not here."""
    return False


def is_torchelastic_launched():
    """Whether torchrun started this process."""
    import os

    return "TORCHELASTIC_RUN_ID" in os.environ


def get_default_backend_for_device(device):
    """The backend that torch would choose: "nccl" for CUDA, else "gloo"."""
    return "nccl" if "cuda" in str(device) else "gloo"


def init_process_group(backend=None, *args, **kwargs):
    """Not here: several processes that train together.

    Raises:
        NotImplementedError: always.
    """
    raise UnsupportedError(
        explain(
            "distributed.init_process_group()",
            expected="one process",
            got=f"backend={backend!r}",
            do="Run the script without torchrun; is_available() is False.",
        )
    )


def _without_group(name):
    def refuse(*args, **kwargs):
        raise ArgumentError(
            explain(
                f"distributed.{name}()",
                expected="a process group",
                got="none: default process group has not been initialized",
                do="Ask torch.distributed.is_initialized() first.",
            )
        )

    refuse.__name__ = refuse.__qualname__ = name
    refuse.__doc__ = f"``{name}`` needs a process group: raises ValueError."
    return refuse


get_rank = _without_group("get_rank")
get_world_size = _without_group("get_world_size")
get_backend = _without_group("get_backend")
barrier = _without_group("barrier")
all_reduce = _without_group("all_reduce")
all_gather = _without_group("all_gather")
broadcast = _without_group("broadcast")
new_group = _without_group("new_group")


def destroy_process_group(group=None):
    """Leave the process group, of which there is none.

    Raises:
        AssertionError: always, as torch without a group.
    """
    raise AssertionError(
        explain(
            "distributed.destroy_process_group()",
            expected="a process group",
            got="None",
            do="Ask torch.distributed.is_initialized() first.",
        )
    )
