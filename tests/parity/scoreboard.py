"""Run torch's own sample inputs through both, and count what agrees.

    python -m tests.parity.scoreboard [--names add,sub] [--dtypes float32] [--errors]

prints one line for each name that fails, with its first reason, and the totals.
"""

import argparse
import collections
import contextlib
import itertools
import warnings

import torch
from torch.testing._internal.common_methods_invocations import op_db

import rushlight
from tests.parity.bridge import (
    NoCounterpart,
    difference,
    find,
    tensors_in,
    to_array,
    to_ours,
)

#: What op_db's own wrappers of random functions set before each call.
SEED = 42
#: At most so many samples for each op and dtype.
SAMPLES = 40
#: Results that are undefined: only shapes compare.
SHAPES_ONLY = frozenset(
    "empty empty_like empty_permuted empty_strided new_empty new_empty_strided "
    "resize_ resize_as_".split()
)


class Score:
    """What was found for one op: by kind of check, a reason if it failed."""

    def __init__(self, name):
        self.name, self.reasons, self.checked = name, {}, collections.Counter()

    def note(self, kind, why):
        self.checked[kind] += 1
        if why is not None:
            self.reasons.setdefault(kind, why)

    def passed(self, kind):
        return self.checked[kind] > 0 and kind not in self.reasons


def infos():
    """The entries of op_db, by name: the plain variant first."""
    found = collections.defaultdict(list)
    for info in op_db:
        found[info.name].append(info)
    return found


def _samples(info, dtype, requires_grad):
    torch.manual_seed(0)
    made = info.sample_inputs("cpu", dtype, requires_grad=requires_grad)
    return list(itertools.islice(made, SAMPLES))


#: Where op_db calls torch through a function of its own with other argument order.
ADAPTED = {
    "einsum": lambda tensors, equation: rushlight.einsum(equation, tensors),
    "where": lambda x, condition, other: rushlight.where(condition, x, other),
    "normal": lambda *args, **kw: _normal(*args, **kw),
    "broadcast_tensors": lambda *tensors: rushlight.broadcast_tensors(*tensors),
    "cartesian_prod": lambda *tensors: rushlight.cartesian_prod(*tensors),
    "meshgrid": lambda *tensors, **kw: rushlight.meshgrid(*tensors, **kw),
    "rand_like": lambda x, **kw: rushlight.randn_like(x, **kw),  # its op is randn_like
    "polygamma": lambda x, n: rushlight.polygamma(n, x),
    "special.polygamma": lambda x, n: rushlight.special.polygamma(n, x),
    "nn.functional.embedding": lambda weight, index, **kw: _lookup(
        "embedding", index, weight, **kw
    ),
    "nn.functional.embedding_bag": lambda weight, index, **kw: _lookup(
        "embedding_bag", index, weight, **kw
    ),
    "zero_": lambda x: x.clone().zero_(),
    "linalg.pinv": lambda a, *b, **kw: rushlight.linalg.pinv(
        a @ b[0].mT if b else a, **kw
    ),
    "linalg.lstsq:grad_oriented": lambda a, b, *driver, **kw: rushlight.linalg.lstsq(
        a, b, *driver, **kw
    )[:2],
    "fill": lambda x, value: rushlight.fill(x, value),
}


def _normal(first, second, *more, **options):
    """`Tensor.normal_` comes under the same name; a number first is std."""
    if isinstance(first, rushlight.Tensor):
        if more:
            return first.clone().normal_(second, *more)
        return rushlight.normal(first, second, **options)
    return rushlight.normal(second, first, *more, **options)


def _lookup(name, *args, **options):
    return getattr(rushlight.nn.functional, name)(*args, **options)


def _ours(info):
    ours = find(info.name)
    for name in (f"{info.name}:{info.variant_test_name}", info.name):
        if ours is not None and name in ADAPTED:
            return ADAPTED[name]
    if ours is None and info.method_variant is not None:
        ours = find(info.method_variant.__name__)
    return ours


def is_present(entries):
    """Whether any entry of a name has its function here."""
    return any(_ours(info) is not None for info in entries)


def _run(function, sample):
    rushlight.manual_seed(SEED)
    return function(sample[0], *sample[1], **sample[2])


def _theirs(info, sample):
    torch.manual_seed(SEED)
    return info.op(sample.input, *sample.args, **sample.kwargs)


def check_values(info, dtype, score, kind):
    """Compare results for every sample of a dtype."""
    function = _ours(info)
    for sample in _samples(info, dtype, False):
        try:
            converted = to_ours((sample.input, sample.args, sample.kwargs))
            theirs = _theirs(info, sample)
        except NoCounterpart:
            continue
        except RuntimeError:
            continue  # torch itself refuses this sample here
        score.note(kind, _why(lambda: _run(function, converted), theirs, info))  # noqa: B023


def _why(run, theirs, info):
    try:
        ours = run()
    except Exception as error:  # noqa: BLE001 - counted, whatever it is
        return f"{type(error).__name__}: {str(error).splitlines()[0][:150]}"
    if info.name in SHAPES_ONLY:
        shapes = [tuple(t.shape) for t in tensors_in(ours)]
        wanted = [tuple(t.shape) for t in tensors_in(theirs)]
        return None if shapes == wanted else f"shapes {shapes}, torch gives {wanted}"
    return difference(ours, theirs)


def check_gradients(info, dtype, score):
    """Compare the gradients of a random projection of the results."""
    if not info.supports_autograd or info.name in SHAPES_ONLY:
        return
    function = _ours(info)
    for sample in _samples(info, dtype, True):
        try:
            converted = to_ours((sample.input, sample.args, sample.kwargs))
            theirs = _theirs(info, sample)
            wanted = _torch_gradients(sample, theirs)
        except (NoCounterpart, RuntimeError):
            continue
        if wanted is None:
            continue

        def ours(converted=converted, theirs=theirs):
            return _our_gradients(_run(function, converted), converted, theirs)

        score.note("gradient", _why(ours, wanted, info))


def _leaves(sample):
    return [t for part in sample for t in tensors_in(part) if t.requires_grad]


def _weights(results):
    rng = torch.Generator().manual_seed(2)
    return [torch.randn(t.shape, generator=rng, dtype=t.dtype) for t in results]


def _torch_gradients(sample, result):
    leaves = _leaves((sample.input, sample.args, sample.kwargs))
    results = [t for t in tensors_in(result) if t.requires_grad]
    if not leaves or not results:
        return None
    found = torch.autograd.grad(results, leaves, _weights(results), allow_unused=True)
    return [
        torch.zeros_like(x) if g is None else g
        for g, x in zip(found, leaves, strict=True)
    ]


def _our_gradients(result, sample, theirs):
    leaves = _leaves(sample)
    pairs = zip(tensors_in(result), tensors_in(theirs), strict=True)
    results = [mine for mine, other in pairs if other.requires_grad]
    weights = _weights([t for t in tensors_in(theirs) if t.requires_grad])
    weights = [rushlight.from_numpy(to_array(w)) for w in weights]
    found = rushlight.autograd.grad(results, leaves, weights, allow_unused=True)
    return [
        x.new_zeros(x.shape) if g is None else g
        for g, x in zip(found, leaves, strict=True)
    ]


def check_errors(info, score):
    """What torch refuses must be refused with (a subclass of) the same type."""
    function = _ours(info)
    if info.error_inputs_func is None:
        return
    for case in info.error_inputs("cpu"):
        sample = case.sample_input
        if case.error_type is Exception and _is_fine(info, sample):
            continue  # meant for other functions of the same helper
        if info.name.startswith("__r"):
            continue  # called on a number: any exception will do there
        try:
            converted = to_ours((sample.input, sample.args, sample.kwargs))
        except (NoCounterpart, KeyError):
            continue
        try:
            _run(function, converted)
            why = f"accepted what torch refuses with {case.error_type.__name__}"
        except Exception as error:  # noqa: BLE001 - its type is compared
            same = isinstance(error, case.error_type)
            why = (
                None
                if same
                else f"{type(error).__name__}, torch {case.error_type.__name__}"
            )
        score.note("errors", why)


def _is_fine(info, sample):
    try:
        _theirs(info, sample)
    except Exception:  # noqa: BLE001 - whatever torch refuses it with
        return False
    return True


def score_of(name, entries, dtypes=("float32",), errors=True):
    """The Score of one name over all its entries."""
    score = Score(name)
    for info in entries:
        if _ours(info) is None:
            continue
        for wanted in dtypes:
            dtype = getattr(torch, wanted)
            if dtype in info.supported_dtypes("cpu"):
                kind = "value" if wanted == "float32" else wanted
                check_values(info, dtype, score, kind)
        if torch.float64 in info.supported_dtypes("cpu"):
            check_gradients(info, torch.float64, score)
        if errors:
            check_errors(info, score)
    return score


@contextlib.contextmanager
def quiet():
    """Without the warnings that deprecated samples give on either side."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--names", help="comma separated; all of op_db if left out")
    parser.add_argument("--dtypes", default="float32", help="comma separated")
    parser.add_argument("--no-errors", action="store_true")
    args = parser.parse_args(argv)
    entries = infos()
    names = args.names.split(",") if args.names else sorted(entries)
    totals = collections.Counter()
    with quiet():
        for name in names:
            if not is_present(entries[name]):
                totals["missing"] += 1
                continue
            score = score_of(
                name, entries[name], args.dtypes.split(","), not args.no_errors
            )
            totals["present"] += 1
            for kind in score.checked:
                totals[f"{kind} checked"] += 1
                totals[f"{kind} passed"] += score.passed(kind)
            for kind, why in score.reasons.items():
                print(f"{name:40} {kind:9} {why}")
    for what, count in totals.items():
        print(f"{what:24} {count}")


if __name__ == "__main__":
    main()
