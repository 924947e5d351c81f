"""The machine: LLVM's target, its optimiser, and code in memory.

# Note [Loading]
# Machine code is an object file: made by LLVM or found in the cache on disk, it is
# loaded in the same way.  What it is known by there is not its LLVM text but what that
# was made from, so that nothing has to be printed, parsed or optimised to find it.

# Note [Passes]
# Kernels are written in vectors, with shared values written once and invariants before
# their loops, so little is left for LLVM's optimiser: to keep accumulators in registers
# and to tidy up.  Its usual pipeline takes five times as long for the same code.
"""

import ctypes
import functools
import itertools
import threading
from pathlib import Path

from rushlight._compiler.runtime import cache
from rushlight._compiler.runtime.once import once

#: LLVM's passes, in order (Note [Passes]).
_PASSES = ("always_inliner", "sroa", "instruction_combine", "simplify_cfg")
_lock = threading.Lock()
_numbers = itertools.count()


@once
def _llvm():
    """llvmlite's binding, the target machine of this processor, and a linker.

    Raises:
        ImportError: where llvmlite is not installed.
    """
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    # the linker takes its target machine into its possession, so it has its own
    linker = llvm.create_lljit_compiler(_target_machine(llvm))
    return llvm, _target_machine(llvm), linker


def _target_machine(llvm):
    # gathers and scatters are slower than single loads and stores on many machines
    plain = ",+prefer-no-gather,+prefer-no-scatter"
    features = llvm.get_host_cpu_features().flatten()
    features += plain if _is_intel(llvm.get_default_triple()) else ""
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=features,
        opt=3,
        jit=True,
    )


def _is_intel(triple):
    return triple.startswith(("x86", "i386", "i686"))


def is_available():
    """Whether llvmlite can be imported."""
    try:
        _llvm()
    except (ImportError, OSError):
        return False
    return True


@functools.cache
def scales_exponents():
    """Whether LLVM makes one instruction of a vector times powers of two.

    The result is the same either way.
    """
    llvm, _, _ = _llvm()
    features = llvm.get_host_cpu_features()
    return llvm.llvm_version_info >= (22,) and features.get("avx512vl", False)


@functools.cache
def converts_halves():
    """Whether the machine has instructions from float16 to float32 and back."""
    llvm, machine, _ = _llvm()
    return not _is_intel(machine.triple) or llvm.get_host_cpu_features().get(
        "f16c", False
    )


@functools.cache
def adds_products():
    """Whether the machine multiplies and adds in one rounding."""
    llvm, machine, _ = _llvm()
    is_arm = machine.triple.startswith(("aarch64", "arm64"))
    return is_arm or llvm.get_host_cpu_features().get("fma", False)


@once
def _signature():
    """What machine code depends on, next to what it was made from."""
    import llvmlite

    llvm, machine, _ = _llvm()
    parts = [llvmlite.__version__, str(llvm.llvm_version_info), machine.triple]
    parts += [llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()]
    parts += [_generator()]
    return cache.key(*parts)


def _generator():
    """The version of this code generator: its own text."""
    here = Path(__file__).parent
    files = sorted([*here.glob("*.py"), *here.parents[1].glob("loops/*.py")])
    return cache.key(*[file.read_bytes() for file in files])


def is_kept(known_by):
    """Whether the machine code of what is known by this is in the cache on disk."""
    return cache.get(cache.key(_signature(), known_by)) is not None


class Code:
    """A module's machine code; it lives as long as this object.

    Args:
        text: the LLVM text, or a function that makes it.
        known_by: what the text is made from, for the cache on disk; by default the
            text itself.
    """

    def __init__(self, text, known_by=None):
        self._make_text = text if callable(text) else lambda: text
        name = cache.key(_signature(), known_by or self._make_text())
        data = cache.get(name)
        if data is None:
            data = self._compile()
            cache.put(name, data)
        self._link(data)
        self._symbols = {}

    @property
    def text(self):
        """The optimised LLVM IR, for reading."""
        with _lock:
            return str(self._optimise())

    def address(self, name):
        """The address of a function of the module."""
        _, _, linker = _llvm()
        with _lock:
            if name not in self._symbols:
                # the code is unloaded with any one of what the linker answers
                self._symbols[name] = linker.lookup(self._library, name)
            return self._symbols[name][name]

    def function(self, name, *argument_types):
        """A function of the module as a ctypes callable that frees the GIL."""
        return ctypes.CFUNCTYPE(None, *argument_types)(self.address(name))

    def _optimise(self):
        llvm, machine, _ = _llvm()
        module = llvm.parse_assembly(self._make_text())
        module.verify()
        options = llvm.create_pipeline_tuning_options()
        manager = llvm.create_new_module_pass_manager()
        for name in _PASSES:
            getattr(manager, f"add_{name}_pass")()
        manager.run(module, llvm.create_pass_builder(machine, options))
        return module

    def _compile(self):
        _, machine, _ = _llvm()
        with _lock:
            return machine.emit_object(self._optimise())

    def _link(self, data):
        llvm, _, linker = _llvm()
        with _lock:
            builder = llvm.JITLibraryBuilder().add_object_img(data)
            self._library = f"code{next(_numbers)}"
            self._held = builder.add_current_process().link(linker, self._library)
