"""Plan: update all parameters of a group together.

# Note [Plan]
# A rule such as Adam's is a dozen small passes over a parameter, its gradient and its
# state.  Done one parameter at a time, the calls cost more than the arithmetic; done on
# everything at once, each pass goes out to memory.  So a group's parameters are laid
# end to end and the rule runs on blocks that stay in cache: a large contiguous
# parameter is cut into blocks in place, small ones are gathered into a common block and
# scattered back.  State (momentum, averages) lives in one flat array for each name, of
# which each parameter's state is a view.  A plan is made for one list of parameters and
# kept until the list, or a state tensor, is another one.
"""

from rushlight._backends import backend_of
from rushlight._backends.numpy.pointers import address
from rushlight._base.config import default_dtype
from rushlight._base.errors import ShapeError, explain
from rushlight._core.inplace import bump
from rushlight._core.tensor import wrap

#: Elements in a block: seven float32 arrays of it fit in a core's second-level cache,
#: and the calls on it cost little beside the arithmetic.
BLOCK = 32 * 1024


class Plan:
    """How one list of parameters (of one dtype and device) is walked, block by block.

    Attributes:
        params: those that have a gradient.
        states: {name: flat array}, in the order of the params.
        steps: how often each was updated, equal within a plan; None where the rule
            does not count.
        scalars: {name: one number for each parameter}, equal within a plan.
        fresh: whether the states did not exist before.
    """

    def __init__(self, params, state, names, counted, scalars=()):
        first = params[0]._array
        self.backend = backend_of(first.__class__)
        self.np = self.backend.np
        self.params, self.names = params, names
        self.dtype = _real(first).dtype
        self.sizes = [_elements(p._array) for p in params]
        self.total = sum(self.sizes)
        self.fresh = any(state[params[0]].get(name) is None for name in names)
        self.steps = self._flat_numbers(state, "step") if counted else None
        self.scalars = {name: self._flat_numbers(state, name) for name in scalars}
        self.states = {name: self._flat_state(state, name) for name in names}
        block = min(self.total, BLOCK)
        self.scratch = [self.np.empty(block, self.dtype) for _ in range(2)]
        self.pieces, self.programs = self._cut(), {}

    def _flat_state(self, state, name):
        """One array for a state of all parameters; their tensors become views of it."""
        flat = self.np.zeros(self.total, self.dtype)
        for param, start, stop in self._spans():
            array = param._array
            place = flat[start:stop]
            if array.dtype.kind == "c":
                place = place.view(array.dtype)
            view = place.reshape(array.shape)
            old = state[param].get(name)
            if old is not None:
                _check_shape(name, old._array.shape, array.shape)
                view[...] = old._array
            state[param][name] = wrap(view)
        return flat

    def _flat_numbers(self, state, name):
        """One array for a number of each parameter; their tensors become views."""
        wide = default_dtype().name == "float64"
        numbers = self.np.zeros(len(self.params), "float64" if wide else "float32")
        for place, param in enumerate(self.params):
            old = state[param].get(name)
            if old is not None:
                numbers[place] = float(old)
            state[param][name] = wrap(numbers[place, ...])
        return numbers

    def _spans(self):
        start = 0
        for param, size in zip(self.params, self.sizes, strict=True):
            yield param, start, start + size
            start += size

    def _cut(self):
        """Blocks as (start, stop, params): one large parameter, or several small."""
        pieces, small, small_start, end = [], [], 0, 0
        for param, start, stop in self._spans():
            if stop - start > BLOCK and _real(param._array).flags.c_contiguous:
                if small:
                    pieces.append((small_start, start, small))
                    small = []
                pieces.append((start, stop, param))
                end = stop
                continue
            if not small:
                small_start = start
            if small and stop - small_start > BLOCK:
                pieces.append((small_start, start, small))
                small, small_start = [], start
            small.append(param)
            end = stop
        if small:
            pieces.append((small_start, end, small))
        return pieces

    def fits(self, params, state):
        """Whether this plan still holds for these parameters and state tensors."""
        if len(params) != len(self.params):
            return False
        for mine, param in zip(self.params, params, strict=True):
            if mine is not param:
                return False
        for size, param in zip(self.sizes, params, strict=True):
            own = state.get(param, {})
            if self.steps is not None and own["step"]._array.base is not self.steps:
                return False
            for name, numbers in self.scalars.items():
                if own[name]._array.base is not numbers:
                    return False
            for name, flat in self.states.items():
                if name not in own or own[name]._array.base is not flat:
                    return False
            if _elements(param._array) != size:
                return False
        return True

    def run(self, update, **numbers):
        """Run an update on all parameters, in place.

        Args:
            update: an `Update`.
            numbers: its hyperparameters at this step.
        """
        numbers = [numbers[n.name] for n in update.kernel.numbers]
        if update.is_native(self.dtype) and self._lies_well():
            self._run_native(update, numbers)
            return
        for start, stop, what in self.pieces:
            if isinstance(what, list):
                self._run_small(update, numbers, start, stop, what)
            else:
                self._run_large(update, numbers, start, stop, what)
        for param in self.params:
            bump(param)
        self.fresh = False

    def _lies_well(self):
        """Whether all parameters and gradients are contiguous and of the dtype."""
        dtype = self.dtype
        for param in self.params:
            array, gradient = param._array, param._grad._array
            if (
                array.dtype is not dtype
                or gradient.dtype is not dtype
                or not array.flags.c_contiguous
                or not gradient.flags.c_contiguous
            ):
                return False
        return True

    def _run_native(self, update, numbers):
        """Everything in one call of machine code, shared by the threads."""
        program = self.programs.get(update)
        if program is None:
            program = self.programs[update] = self._program(update)
        bases = [address(flat) for flat in self.states.values()]
        for param in self.params:
            bases.append(address(param._array))
            bases.append(address(param._grad._array))
        program.run(bases, numbers)
        for param in self.params:
            bump(param)
        self.fresh = False

    def _program(self, update):
        from rushlight._compiler.runtime.elementwise import ElementwiseProgram

        count, width, places = len(self.states), self.dtype.itemsize, []
        for number, (_, start, _) in enumerate(self._spans()):
            first = count + 2 * number
            states = [(place, start * width) for place in range(count)]
            places.append([(first, 0), (first + 1, 0), *states])
        kernel = update.kernel_for(self.dtype)
        return ElementwiseProgram(kernel, self.sizes, places)

    def count(self):
        """Count this step and return its number."""
        self.steps += 1
        return float(self.steps[0])

    def _run_large(self, update, numbers, start, stop, param):
        values = _real(param._array).reshape(-1)
        gradient = _real(param._grad._array).reshape(-1)
        if gradient.dtype != values.dtype:
            gradient = gradient.astype(values.dtype)
        size = stop - start
        step = size if update.is_native(values.dtype) else BLOCK
        for low in range(0, size, step):
            high = min(low + step, size)
            states = [flat[start + low : start + high] for flat in self.states.values()]
            update([values[low:high], gradient[low:high], *states], numbers)

    def _run_small(self, update, numbers, start, stop, params):
        values, gradient = self._room(stop - start)
        self.np.concatenate([_real(p._array).reshape(-1) for p in params], out=values)
        self.np.concatenate(
            [_real(p._grad._array).reshape(-1) for p in params], out=gradient
        )
        states = [flat[start:stop] for flat in self.states.values()]
        update([values, gradient, *states], numbers)
        low = 0
        for param in params:
            array = _real(param._array)
            array[...] = values[low : low + array.size].reshape(array.shape)
            low += array.size

    def _room(self, width):
        """Two scratch arrays; larger ones for a large parameter that has gaps."""
        if width <= len(self.scratch[0]):
            return [array[:width] for array in self.scratch]
        return [self.np.empty(width, self.dtype) for _ in range(2)]


def _check_shape(name, have, shape):
    """Refuse a state of another shape, as one loaded for another parameter has."""
    if have != shape:
        raise ShapeError(
            explain(
                "step()",
                expected=f"the state '{name}' of shape {list(shape)}, its parameter's",
                got=f"{list(have)}",
                do="Load the state of an optimizer over the same parameters, in the "
                "same order.",
            )
        )


def _real(array):
    """An array of complex numbers as one of reals, with a last axis of 2."""
    if array.dtype.kind != "c":
        return array
    real = array.real.dtype
    return (
        array[..., None].view(real)
        if array.flags.c_contiguous
        else (array.copy()[..., None].view(real))
    )


def _elements(array):
    return array.size * (2 if array.dtype.kind == "c" else 1)


def plans_for(optimizer, group, names, counted=True, scalars=()):
    """The plans of a group's parameters that have gradients, made or found again.

    Args:
        optimizer: whose state it is.
        group: one of its param_groups.
        names: of the state tensors beside "step".
        counted: whether the state has a "step".
        scalars: names of states that are one number for each parameter; they exist.

    Returns:
        list of Plan: one for each dtype, device, number of steps and scalars.
    """
    state, chosen = optimizer.state, {}
    for param in group["params"]:
        if param._grad is not None:
            array = param._array
            key = array.__class__, array.dtype, _progress(state, param, names, counted)
            if scalars:
                key += tuple([float(state[param][name]) for name in scalars])
            chosen.setdefault(key, []).append(param)
    plans = []
    for number, params in enumerate(chosen.values()):
        place = id(group), number
        plan = optimizer._plans.get(place)
        if plan is None or plan.names != names or not plan.fits(params, state):
            plan = Plan(params, state, names, counted, scalars)
            optimizer._plans[place] = plan
        plans.append(plan)
    return plans


def _progress(state, param, names, counted):
    """What parameters of one plan have in common: their step, or having begun."""
    own = state.get(param, ())
    if counted:
        step = own["step"] if "step" in own else 0.0
        return float(getattr(step, "_array", step))
    return not names or (names[0] in own and own[names[0]] is not None)
