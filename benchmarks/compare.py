"""Time Rushlight against PyTorch, side by side in one run.

    python compare.py [--jobs mlp,gpt,...] [--rounds 3] [--rushlight-python P] [--torch-python P] [--threads 2]

Every measurement is a fresh process; the two modules take turns (A B A B ...), and the ratio is taken pair by pair,
so that a drift of the machine's speed cancels.  PyTorch is given its best: the faster of eager and compile counts
as its time where --best is set.  ratio < 1 means that Rushlight is faster.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
JOBS = [
    "import",
    "overhead",
    "mlp",
    "simplenet",
    "epoch",
    "cnn",
    "resnet",
    "gpt",
    "lstm",
]


def measure(python, module, job, mode, threads, root):
    env = dict(
        os.environ, PYTHONPATH=HERE + os.pathsep + os.environ.get("PYTHONPATH", "")
    )
    done = subprocess.run(
        [python, os.path.join(HERE, "jobs.py"), module, job, mode, str(threads), root],
        capture_output=True,
        text=True,
        env=env,
        timeout=900,
    )
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["no output"])[-1]}
    return json.loads(done.stdout.strip().splitlines()[-1])


def main():
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ap.add_argument("--jobs", default=",".join(JOBS))
    ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--threads", type=int, default=os.cpu_count())
    ap.add_argument("--torch-python", default=sys.executable)
    ap.add_argument("--rushlight-python", default=sys.executable)
    ap.add_argument(
        "--modes",
        default="eager",
        help="Rushlight's modes, comma separated: eager,compile",
    )
    ap.add_argument(
        "--torch-modes", default="eager", help="PyTorch's modes; the faster counts"
    )
    args = ap.parse_args()
    root = os.path.join(tempfile.gettempdir(), "rushlight-bench")
    if "epoch" in args.jobs and not os.path.exists(os.path.join(root, "FashionMNIST")):
        subprocess.run(
            [args.torch_python, os.path.join(HERE, "make_idx.py"), root], check=True
        )
    print(
        f"{'job':10} {'mode':8} {'rushlight':>11} {'torch':>11} {'ratio':>7}  {'pairs':24} {'MB':>10}  losses agree"
    )
    for job in args.jobs.split(","):
        for mode in (
            ["eager"]
            if job in ("import", "overhead", "epoch")
            else args.modes.split(",")
        ):
            pairs, last = [], None
            for _ in range(args.rounds):
                ours = measure(
                    args.rushlight_python, "rushlight", job, mode, args.threads, root
                )
                torch_modes = (
                    ["eager"]
                    if job in ("import", "overhead", "epoch")
                    else args.torch_modes.split(",")
                )
                theirs = [
                    measure(args.torch_python, "torch", job, m, args.threads, root)
                    for m in torch_modes
                ]
                theirs = min(theirs, key=lambda r: r.get("median_s", float("inf")))
                last = ours, theirs
                if "error" in ours or "error" in theirs:
                    break
                pairs.append((ours["median_s"], theirs["median_s"]))
            ours, theirs = last
            if not pairs or "error" in ours or "error" in theirs:
                print(
                    f"{job:10} {mode:8} FAILED: {ours.get('error') or theirs.get('error')}"
                )
                continue
            ratios = sorted(a / b for a, b in pairs)
            a, b = (
                sorted(p[0] for p in pairs)[len(pairs) // 2],
                sorted(p[1] for p in pairs)[len(pairs) // 2],
            )
            agree = all(
                abs(x - y) <= 2e-3 * max(1.0, abs(y))
                for x, y in zip(ours["loss"][:1], theirs["loss"][:1])
            )
            print(
                f"{job:10} {mode:8} {a * 1e3:9.3f}ms {b * 1e3:9.3f}ms {ratios[len(ratios) // 2]:7.2f}  "
                f"{' '.join(f'{r:.2f}' for r in ratios):24} {ours['peak_mb']:>4}/{theirs['peak_mb']:<5}  {agree}"
            )


if __name__ == "__main__":
    main()
