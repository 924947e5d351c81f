"""torch.func: functions of functions: gradients, Jacobians, maps over a batch."""

from rushlight.func.batch_norm import replace_all_batch_norm_modules_
from rushlight.func.functional_call import functional_call, stack_module_state
from rushlight.func.jacobians import hessian, jacfwd, jacrev, linearize
from rushlight.func.transforms import grad, grad_and_value, jvp, vjp
from rushlight.func.vectorize import vmap

__all__ = [
    "functional_call",
    "grad",
    "grad_and_value",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "replace_all_batch_norm_modules_",
    "stack_module_state",
    "vjp",
    "vmap",
]


def __getattr__(name):
    from rushlight._doors import missing_name

    raise missing_name("rushlight.func", name, __all__)
