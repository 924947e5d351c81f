"""Time every operation of op_cases.py against PyTorch, small and large.

    OPENBLAS_NUM_THREADS=1 python benchmarks/ops.py [--worst 20] [--names conv2d,gather]

Both modules run in this one process on one thread and take turns; a time is that
thread's own, and the best of many, because whatever else the machine does only adds to
it.  Every result is written
to --log as it is found; a run that was broken off goes on from there.  Prints the worst
ratios (Rushlight / PyTorch) as markdown.
"""

import argparse
import json
import os
import pathlib
import sys
import time
import warnings

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

import numpy as np  # noqa: E402
import torch  # noqa: E402
from op_cases import cases, make_inputs  # noqa: E402

import rushlight  # noqa: E402

COUNTS = (100, 1_000_000)
#: Seconds for one operation and module: its calls share them.
BUDGET = 0.15
#: Calls before the clock: until what is compiled in the background is there.
WARM = 12


def timed(call, repeat):
    """Seconds that this thread works for one call, as the mean of `repeat`."""
    begin = time.thread_time()
    for _ in range(repeat):
        call()
    return (time.thread_time() - begin) / repeat


def ratio(function, inputs):
    """The best times (ours, theirs) of one case in seconds."""
    sides = []
    for module in (rushlight, torch):
        functional = module.nn.functional
        values = {
            k: module.from_numpy(v) if isinstance(v, np.ndarray) else v
            for k, v in inputs[module].items()
        }
        sides.append(lambda m=module, f=functional, d=values: function(m, f, d))
    once = [min(timed(call, 1) for _ in range(WARM)) for call in sides]
    rounds = 60
    repeats = [max(1, min(200, int(BUDGET / rounds / t))) for t in once]
    if max(once) * rounds > 4 * BUDGET:
        rounds = max(3, int(4 * BUDGET / max(once)))
    best = [float("inf")] * 2
    for _ in range(rounds):
        for side, call in enumerate(sides):
            best[side] = min(best[side], timed(call, repeats[side]))
    return best


def _inputs(count):
    drawn = make_inputs(np.random.default_rng(0), count)
    copies = {k: v.copy() if isinstance(v, np.ndarray) else v for k, v in drawn.items()}
    return {rushlight: drawn, torch: copies}


def measure(names, log):
    """Time what the log does not have yet."""
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    done = {(row["name"], row["count"]) for row in rows}
    table = cases()
    for count in COUNTS:
        inputs = _inputs(count)
        for name in names or table:
            if (name, count) in done:
                continue
            try:
                ours, theirs = ratio(table[name], inputs)
                row = {"name": name, "count": count, "ours": ours, "theirs": theirs}
            except Exception as error:  # noqa: BLE001 - reported, the others go on
                row = {"name": name, "count": count, "error": repr(error)[:200]}
            rows.append(row)
            with log.open("a") as file:
                file.write(json.dumps(row) + "\n")
    return rows


def _time(seconds):
    return f"{seconds * 1e6:.1f} us" if seconds < 1e-3 else f"{seconds * 1e3:.2f} ms"


def report(rows, worst):
    """The worst ratios of each size as markdown, and how all are spread."""
    for row in rows:
        if "error" in row:
            print("failed:", row)
    for count in COUNTS:
        found = [r for r in rows if r["count"] == count and "error" not in r]
        found.sort(key=lambda r: r["theirs"] / r["ours"])
        ratios = [r["ours"] / r["theirs"] for r in found]
        if not ratios:
            continue
        above = sum(value > 2 for value in ratios)
        print(
            f"\n{len(found)} at {count:,} elements: median {np.median(ratios):.2f}, "
            f"{above} above 2\n\n| op | Rushlight | PyTorch | ratio |\n|---|---|---|---|"
        )
        for row, value in list(zip(found, ratios, strict=True))[:worst]:
            times = f"{_time(row['ours'])} | {_time(row['theirs'])}"
            print(f"| {row['name']} | {times} | {value:.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worst", type=int, default=20)
    parser.add_argument("--names", help="comma separated; all if left out")
    parser.add_argument("--log", type=pathlib.Path, default="ops.jsonl")
    args = parser.parse_args()
    args.log.touch()
    torch.set_num_threads(1)
    rushlight.set_num_threads(1)
    warnings.simplefilter("ignore")
    names = args.names.split(",") if args.names else None
    report(measure(names, args.log), args.worst)


if __name__ == "__main__":
    main()
