"""How much of PyTorch is here, by PyTorch's own databases, as one table.

    python -m tests.parity.board [--only ops,modules,optimizers,schedules,names]

prints the table of README.md, after some twenty minutes of one core.  What counts:

- an op passes in float32 if every sample's values agree in float32, and the gradients
  of the same samples agree in float64 (where float32's rounding hides nothing);
- in all dtypes, if besides every sample agrees in each dtype that it takes on the CPU;
- its errors pass if whatever torch refuses is refused with (a subclass of) its type;
- a module passes if its names, printed text, results and gradients agree in training
  and in evaluation;
- an optimizer, if twenty steps agree with each choice of options in float32 and
  float64; a schedule, if a hundred rates do, over SGD and Adam;
- the popularity file's names count by their weight, if they exist.
"""

import argparse
import datetime
import json
from pathlib import Path

import torch
from torch.testing._internal.common_modules import module_db

from tests.parity import names, test_modules, test_optimizers, test_schedulers
from tests.parity.bridge import DTYPES
from tests.parity.scoreboard import infos, is_present, quiet, score_of

#: What needs CUDA, or sparse, quantised or other layouts that are not here.
ELSEWHERE = (
    "jiterator",
    "sparse.",
    "to_sparse",
    "torch._scaled_mm",
    "torch.ops.aten._flash",
    "torch.ops.aten._efficient",
)
DTYPE_NAMES = tuple(str(dtype).removeprefix("torch.") for dtype in DTYPES)
FLOORS = Path(__file__).with_name("floors.json")
#: What real code uses of torch: names and their weights, which add up to about 1.
POPULARITY = Path(__file__).with_name("popularity.json")


def popularity():
    """The rows of the popularity file."""
    return json.loads(POPULARITY.read_text("utf-8"))


def entries_here():
    """The entries of op_db by name, without those that need another machine."""
    return {k: v for k, v in infos().items() if not k.startswith(ELSEWHERE)}


def popular(name, known):
    """Whether real code uses an op, as a function or as a method."""
    return not known.isdisjoint((name, f"Tensor.{name}", f"Tensor.{name}_"))


def score_ops(wanted):
    """{name: Score} of the ops that exist, in all dtypes."""
    return {
        name: score_of(name, entries, DTYPE_NAMES)
        for name, entries in wanted.items()
        if is_present(entries)
    }


def passes_float32(score):
    """Whether a Score has values that agree, and no gradient that does not."""
    return score.passed("value" if score.checked["value"] else _first_kind(score)) and (
        "gradient" not in score.reasons
    )


def _first_kind(score):
    """Of ops without float32 (bitwise_and): any dtype's values stand for it."""
    kinds = [k for k in score.checked if k not in ("gradient", "errors")]
    failing = [k for k in kinds if k in score.reasons]
    return (failing or kinds or ["value"])[0]


def passes_all(score):
    """Whether a Score agrees in every dtype, and in its gradients."""
    return passes_float32(score) and set(score.reasons) <= {"errors"}


def _agrees(check, *args):
    """Whether a comparison ends without an exception."""
    try:
        check(*args)
    except Exception:  # noqa: BLE001 - counted, whatever it is
        return False
    return True


def module_agrees(name):
    """Whether a module of module_db passes in training and evaluation."""
    info = test_modules.PRESENT.get(name)
    random = name.rpartition(".")[2].startswith(test_modules._RANDOM)
    modes = [False] if random else [True, False]
    return info is not None and all(
        _agrees(test_modules._compare, info, training) for training in modes
    )


def optimizer_agrees(name):
    """Whether an optimizer of optim_db makes torch's steps with all its options."""
    return all(
        _agrees(test_optimizers.test_twenty_steps, name, options, dtype)
        for options in [dict(kwargs) for _, kwargs in test_optimizers._options(name)]
        for dtype in ("float64", "float32")
    )


def schedules():
    """{name: checks} of every schedule, in turn."""
    checks = {}
    for name, options in test_schedulers.CASES:
        for kind in ("SGD", "Adam"):
            call = test_schedulers.test_rates, name, options, kind
            checks.setdefault(name, []).append(call)
    together = test_schedulers.test_several_schedules
    checks["ChainedScheduler"] = [(together, "chained")]
    checks["SequentialLR"] = [(together, "sequential"), (together, "nested")]
    plateau = test_schedulers.test_plateau
    options = {"patience": 2, "factor": 0.5, "cooldown": 3}
    checks["ReduceLROnPlateau"] = [(plateau, {}), (plateau, options)]
    return checks


def count_ops(rows):
    """Figures of op_db: {what: (agree, of)}, and the names that fail."""
    entries = entries_here()
    scores = score_ops(entries)
    known = {row["name"] for row in rows}
    used = [name for name in entries if popular(name, known)]
    passing = {name for name, score in scores.items() if passes_float32(score)}
    errors = {k: s for k, s in scores.items() if s.checked["errors"]}
    figures = {
        "op_db: names that exist": (len(scores), len(entries)),
        "op_db: float32 and gradients": (len(passing), len(entries)),
        "op_db: all dtypes": (sum(map(passes_all, scores.values())), len(entries)),
        "op_db: error inputs": (
            sum(s.passed("errors") for s in errors.values()),
            len(errors),
        ),
    }
    agree = sum(name in passing for name in used)
    figures["op_db, names in use: float32 and gradients"] = agree, len(used)
    return figures, scores


def count_modules():
    """The modules of module_db that pass, of all."""
    found = [module_agrees(info.name) for info in module_db]
    return {"module_db": (sum(found), len(found))}


def count_optimizers():
    """The optimizers of optim_db that pass, of all."""
    found = [optimizer_agrees(name) for name in test_optimizers.INFOS]
    return {"optim_db: twenty steps": (sum(found), len(found))}


def count_schedules():
    """The schedules that pass, of all of torch's."""
    found = [
        all(_agrees(*check) for check in checks) for checks in schedules().values()
    ]
    return {"schedules: a hundred rates": (sum(found), len(found))}


def count_popularity(rows):
    """The share of the names' weight, in tenths of per mille."""
    share = names.covered(rows)
    return {"names in use, by weight": (round(share * 10_000), 10_000)}


def table(figures):
    """The figures as markdown."""
    lines = ["| what | agree | of | share |", "|---|---|---|---|"]
    for what, (agree, of) in figures.items():
        share = f"{100 * agree / of:.1f} %"
        counts = ("", "") if "weight" in what else (agree, of)
        lines.append(f"| {what} | {counts[0]} | {counts[1]} | {share} |")
    return "\n".join(lines)


def main(argv=None):
    """Print the table, and the ops that fail with their reasons."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="ops,modules,optimizers,schedules,names")
    only = parser.parse_args(argv).only.split(",")
    rows, figures = popularity(), {}
    with quiet():
        if "ops" in only:
            found, scores = count_ops(rows)
            figures.update(found)
            for name, score in scores.items():
                for kind, why in score.reasons.items():
                    print(f"{name:40} {kind:10} {why}", flush=True)
        figures.update(count_modules() if "modules" in only else {})
        figures.update(count_optimizers() if "optimizers" in only else {})
        figures.update(count_schedules() if "schedules" in only else {})
        figures.update(count_popularity(rows) if "names" in only else {})
    print(f"\nAgainst PyTorch {torch.__version__}, {datetime.date.today()}:\n")
    print(table(figures))


if __name__ == "__main__":
    main()
