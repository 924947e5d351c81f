"""Time calls whose sizes change from one to the next, beside PyTorch.

    python changing_sizes.py [--rounds 3] [--threads 2] [--rushlight-python P] [--torch-python P]

Each job is timed in fresh processes that take turns; the ratio is taken pair by pair.
PyTorch runs eagerly, Rushlight compiled: the first sets of sizes each for itself, then
once for all others.  `kinds` says how many forms were compiled, `first` what the whole
sequence took when it was run for the first time, all compiling included.
"""

import importlib
import json
import random
import statistics
import sys
import time

from turns import arguments, measure


def gpt_training(t, model, optimizer, loss_of):
    """Batches of 2 to 12 sequences of 8 to 64 characters."""
    draw = random.Random(0)
    sizes = [(draw.randint(2, 12), draw.randint(8, 64)) for _ in range(60)]
    rows = [(t.randint(0, 65, s), t.randint(0, 65, s)) for s in sizes]

    def step(run, x, y):
        return t.nn.functional.cross_entropy(run(x).view(-1, 65), y.view(-1))

    return [lambda run, x=x, y=y: step(run, x, y) for x, y in rows], True


def gpt_growing(t, model, optimizer, loss_of):
    """One sequence that grows from 1 to 64 characters, without gradients."""
    text = t.randint(0, 65, (1, 64))
    return [lambda run, n=n: run(text[:, :n]).sum() for n in range(1, 65)], False


def mlp_batches(t, model, optimizer, loss_of):
    """Batches of 1 to 64 rows."""
    draw = random.Random(0)
    x, y = t.randn(64, 784), t.randint(0, 10, (64,))
    sizes = [draw.randint(1, 64) for _ in range(60)]
    loss = t.nn.functional.cross_entropy
    return [lambda run, n=n: loss(run(x[:n]), y[:n]) for n in sizes], True


def resnet_pictures(t, model, optimizer, loss_of):
    """Batches of 4 to 16 pictures of 24 x 24 to 40 x 40."""
    draw = random.Random(0)
    sizes = [(draw.randint(4, 16), draw.choice(range(24, 41))) for _ in range(20)]
    rows = [(t.randn(b, 3, n, n), t.randint(0, 10, (b,))) for b, n in sizes]
    loss = t.nn.functional.cross_entropy
    return [lambda run, x=x, y=y: loss(run(x), y) for x, y in rows], True


JOBS = {
    "gpt, training": ("gpt", gpt_training),
    "gpt, growing": ("gpt", gpt_growing),
    "mlp": ("mlp", mlp_batches),
    "resnet": ("resnet", resnet_pictures),
}


def run(module, name, threads):
    """Print the seconds of the first time through all sizes, and of later ones."""
    import jobs

    t = importlib.import_module(module)
    importlib.import_module(f"{module}.nn.functional")
    t.set_num_threads(threads)
    t.manual_seed(0)
    job, make = JOBS[name]
    model, optimizer, loss_of, _ = getattr(jobs, job)(t)
    calls, trains = make(t, model, optimizer, loss_of)
    compiled = t.compile(model) if module == "rushlight" else model
    t.set_grad_enabled(trains)
    times = []
    for _ in range(6):
        start = time.perf_counter()
        for call in calls:
            optimizer.zero_grad()
            loss = call(compiled)
            if trains:
                loss.backward()
                optimizer.step()
        loss.item()
        times.append((time.perf_counter() - start) / len(calls))
    kinds = len(compiled.forward.kinds) if module == "rushlight" else 0
    print(json.dumps([times[0] * len(calls), statistics.median(times[2:]), kinds]))


def main():
    if sys.argv[1:2] == ["--run"]:
        module, name, threads = sys.argv[2:]
        run(module, name, int(threads))
        return
    args = arguments(__doc__)
    print("| job | kinds | first, s | call, ms | PyTorch first, s | call, ms | ratio |")
    print("|---|---|---|---|---|---|---|")
    for name in JOBS:
        pairs = [
            (
                measure(
                    args.rushlight_python, __file__, "rushlight", name, args.threads
                ),
                measure(args.torch_python, __file__, "torch", name, args.threads),
            )
            for _ in range(args.rounds)
        ]
        ratio = statistics.median(ours[1] / theirs[1] for ours, theirs in pairs)
        ours, theirs = zip(*pairs, strict=True)
        words = [name, str(ours[0][2])]
        for found in (ours, theirs):
            words.append(f"{statistics.median(f[0] for f in found):.2f}")
            words.append(f"{statistics.median(f[1] for f in found) * 1e3:.3f}")
        print(f"| {' | '.join(words)} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main()
