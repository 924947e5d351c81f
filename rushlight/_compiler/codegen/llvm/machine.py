"""The machine: LLVM's target, its optimiser, and code in memory."""

import ctypes
import functools
import threading

_lock = threading.Lock()


@functools.cache
def _llvm():
    """llvmlite's binding and the target machine of this processor.

    Raises:
        ImportError: where llvmlite is not installed.
    """
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        jit=True,
    )
    return llvm, machine


def is_available():
    """Whether llvmlite can be imported."""
    try:
        _llvm()
    except (ImportError, OSError):
        return False
    return True


class Code:
    """A module's machine code; it lives as long as this object.

    Attributes:
        text: the optimised LLVM IR.
    """

    def __init__(self, text):
        llvm, machine = _llvm()
        with _lock:
            module = llvm.parse_assembly(text)
            module.verify()
            options = llvm.create_pipeline_tuning_options(speed_level=3)
            passes = llvm.create_pass_builder(machine, options)
            passes.getModulePassManager().run(module, passes)
            self.text = str(module)
            self._engine = llvm.create_mcjit_compiler(module, machine)
            self._engine.finalize_object()

    def function(self, name, *argument_types):
        """A function of the module as a ctypes callable that frees the GIL."""
        address = self._engine.get_function_address(name)
        return ctypes.CFUNCTYPE(None, *argument_types)(address)
