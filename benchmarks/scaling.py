"""Time one training step as the model or the batch grows, beside PyTorch.

    python scaling.py [--rounds 3] [--threads 2] [--rushlight-python P] [--torch-python P]

Each size is timed in fresh processes that take turns; the ratio is taken pair by pair.
PyTorch runs eagerly (its compiled form is slower on these sizes, see RESULTS.md),
Rushlight compiled.
"""

import importlib
import json
import statistics
import sys
import time

from turns import arguments, measure

WIDTHS = [64, 128, 256, 512]
BATCHES = [1, 16, 64, 512, 4096]


def mlp(t, batch):
    """The job's classifier with another batch."""
    nn = t.nn
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = t.optim.Adam(model.parameters(), lr=1e-3)
    x, y = t.randn(batch, 784), t.randint(0, 10, (batch,))
    return model, optimizer, lambda m: nn.functional.cross_entropy(m(x), y), None


def steps(module, job, size, threads):
    """Print the median of a step in seconds."""
    import jobs

    t = importlib.import_module(module)
    importlib.import_module(f"{module}.nn.functional")
    t.set_num_threads(threads)
    t.manual_seed(0)
    model, optimizer, loss_of, _ = {"gpt": jobs.gpt, "mlp": mlp}[job](t, size)
    run = t.compile(model) if module == "rushlight" else model
    times, begin = [], time.perf_counter()
    while len(times) < 20 or (time.perf_counter() - begin < 4 and len(times) < 600):
        start = time.perf_counter()
        optimizer.zero_grad()
        loss = loss_of(run)
        loss.backward()
        optimizer.step()
        loss.item()
        times.append(time.perf_counter() - start)
    print(json.dumps(statistics.median(times[len(times) // 3 :])))


def main():
    if sys.argv[1:2] == ["--run"]:
        module, job, size, threads = sys.argv[2:]
        steps(module, job, int(size), int(threads))
        return
    args = arguments(__doc__)
    print("| job | size | Rushlight ms | PyTorch ms | ratio |")
    print("|---|---|---|---|---|")
    for job, sizes in (("gpt", WIDTHS), ("mlp", BATCHES)):
        for size in sizes:
            pairs = [
                (
                    measure(
                        args.rushlight_python,
                        __file__,
                        "rushlight",
                        job,
                        size,
                        args.threads,
                    ),
                    measure(
                        args.torch_python, __file__, "torch", job, size, args.threads
                    ),
                )
                for _ in range(args.rounds)
            ]
            ratio = statistics.median(a / b for a, b in pairs)
            ours, theirs = (statistics.median(column) * 1e3 for column in zip(*pairs))
            print(
                f"| {job} | {size} | {ours:.3f} | {theirs:.3f} | {ratio:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
