"""Update: an optimizer's rule, written once in the loop language.

    def rule(k, p, g, m):        # k builds scalar instructions on one element
        ...
        return new_p, new_m

`Update` makes it a kernel over flat arrays: parameter, gradient, states.  It is run by
NumPy at first and compiled when that pays (Note [When to compile] in
_compiler/runtime/kernel.py); without llvmlite it stays with NumPy.
"""

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.runtime.kernel import AdaptiveKernel

#: NumPy's letter of a dtype -> the kernel's word for it.
_LABELS = {"f": "f32", "d": "f64"}


class Update:
    """A rule as a kernel for float32 and one for float64; other dtypes stay with NumPy.

    Args:
        name: of the kernel.
        rule: ``(k, numbers, p, g, *states) -> (p, *states)`` in expressions of k;
            `numbers` has the hyperparameters as attributes.
        states: names of the states.
        numbers: names of the hyperparameters.

    Attributes:
        rule: as given; `Recorded` runs it on Tensors.
    """

    def __init__(self, name, rule, states, numbers):
        self.rule = rule
        self.kernels = {
            label: AdaptiveKernel(_kernel(name, rule, states, numbers, label))
            for label in _LABELS.values()
        }
        self.kernel = self.kernels["f32"].kernel

    def __call__(self, arrays, numbers):
        """Update flat arrays (parameter, gradient, states) in place."""
        self._for(arrays[0].dtype)(arrays, numbers)

    def _for(self, dtype):
        return self.kernels[_LABELS.get(dtype.char, "f32")]

    def kernel_for(self, dtype):
        """The elementwise kernel for a dtype."""
        return self._for(dtype).kernel

    def is_native(self, dtype):
        """Whether arrays of this dtype are updated by machine code."""
        return dtype.char in _LABELS and self._for(dtype).native is not None


class _Numbers:
    """The hyperparameters of a rule, as expressions."""


def _kernel(name, rule, states, names, dtype):
    k = Builder(f"{name}_{dtype}")
    n = k.size("n")
    param = k.buffer("p", dtype, n, written=True)
    gradient = k.buffer("g", dtype, n)
    buffers = [k.buffer(state, dtype, n, written=True) for state in states]
    numbers = _Numbers()
    for number in names:
        setattr(numbers, number, k.number(number, dtype))
    with k.loop("i", n, vector=True):
        loads = [k.load(b, i=1) for b in (param, gradient, *buffers)]
        results = rule(k, numbers, *loads)
        for buffer, result in zip((param, *buffers), results, strict=True):
            k.store(buffer, result, i=1)
    return k.kernel()
