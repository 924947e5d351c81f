"""What lazy layers share: parameters without shape until the first call.

# Note [Becoming]
# Before its first forward a lazy module sees its input, gives its parameters their
# shapes and initial values, takes its hooks out, and changes its class to that of the
# ordinary layer.  Nothing of it is left.
"""

from rushlight._core.grad_mode import no_grad
from rushlight.nn.parameter import is_lazy


class LazyModuleMixin:
    """A module whose parameters get their shapes at the first call (Note [Becoming]).

    A subclass names the ordinary layer in ``cls_to_become`` and defines
    ``initialize_parameters(*args)``, which materializes the parameters.
    """

    cls_to_become = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._load_hook = self._register_load_state_dict_pre_hook(
            _materialize_as_loaded, with_module=True
        )
        self._initialize_hook = self.register_forward_pre_hook(
            _infer_parameters, with_kwargs=True
        )

    def _save_to_state_dict(self, destination, prefix, keep_vars):
        super()._save_to_state_dict(destination, prefix, keep_vars)
        for name, value in _own(self):
            if is_lazy(value) and prefix + name in destination:
                destination[prefix + name] = value

    def initialize_parameters(self, *args, **kwargs):
        """Materialize the parameters, given the arguments of forward."""
        raise NotImplementedError(
            f"{type(self).__name__}: expected a method initialize_parameters, got a "
            "lazy module without. Define it; it gets what forward gets."
        )

    def has_uninitialized_params(self):
        """Whether a parameter or buffer has no shape yet."""
        return any(is_lazy(value) for _, value in _own(self))


def _own(module):
    return [*module._parameters.items(), *module._buffers.items()]


def _materialize_as_loaded(module, state_dict, prefix, *rest):
    """Give the parameters the shapes of what is about to be loaded."""
    for name, value in _own(module):
        loaded = state_dict.get(prefix + name)
        if is_lazy(value) and loaded is not None and not is_lazy(loaded):
            with no_grad():
                value.materialize(loaded.shape)


def _infer_parameters(module, args, kwargs):
    """Before the first forward: initialize, and become the ordinary layer."""
    module.initialize_parameters(*args, **kwargs)
    if module.has_uninitialized_params():
        raise RuntimeError(
            f"{type(module).__name__}: expected initialize_parameters to give all "
            "parameters a shape, got some without. Materialize each of them."
        )
    module._initialize_hook.remove()
    module._load_hook.remove()
    del module._initialize_hook, module._load_hook
    if module.cls_to_become is not None:
        module.__class__ = module.cls_to_become
