"""Functions of functions, and modules as functions: torch.func's names."""

from rushlight.func.functional_call import functional_call, stack_module_state

__all__ = ["functional_call", "stack_module_state"]


def __getattr__(name):
    from rushlight._doors import missing_name

    raise missing_name("rushlight.func", name, __all__)
