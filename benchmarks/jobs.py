"""The benchmark jobs, written once against torch's documented names.

    python jobs.py MODULE JOB MODE [THREADS]     e.g. python jobs.py torch mlp eager 2

MODULE is the import name (torch or rushlight).  MODE is eager or compile; with compile the
model (mlp, cnn, gpt, lstm, resnet) goes through MODULE.compile(model) before the loop.
Prints one JSON line: {"job", "mode", "module", "median_s", "first_s", "loss", "peak_mb"}.
Data is seeded and made here, so that both modules do the same work.
"""

import importlib
import json
import math
import resource
import sys
import time

T0 = time.perf_counter()


def _median(values):
    return sorted(values)[len(values) // 2]


def mlp(t):
    "The tutorial's classifier: 784-128-10, batch 64, Adam; one zero_grad/forward/loss/backward/step."
    model = t.nn.Sequential(t.nn.Linear(784, 128), t.nn.ReLU(), t.nn.Linear(128, 10))
    opt = t.optim.Adam(model.parameters(), lr=1e-3)
    x, y = t.randn(64, 784), t.randint(0, 10, (64,))
    return model, opt, lambda m: t.nn.functional.cross_entropy(m(x), y), 600


def simplenet(t):
    "The same network as a user-written Module, with AdamW and dropout."

    class SimpleNet(t.nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.relu = t.nn.Linear(784, 128), t.nn.ReLU()
            self.drop, self.fc2 = t.nn.Dropout(0.2), t.nn.Linear(128, 10)

        def forward(self, x):
            return self.fc2(self.drop(self.relu(self.fc1(x))))

    model = SimpleNet()
    opt = t.optim.AdamW(model.parameters(), lr=3e-4)
    x, y = t.randn(64, 784), t.randint(0, 10, (64,))
    return model, opt, lambda m: t.nn.functional.cross_entropy(m(x), y), 600


def cnn(t):
    "Two 3x3 convolutions (32, 64 channels), max-pool, dropout, two linear layers; batch 64 of 1x28x28; SGD with momentum."
    nn = t.nn
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.25),
        nn.Flatten(),
        nn.Linear(9216, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, 10),
    )
    opt = t.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    x, y = t.randn(64, 1, 28, 28), t.randint(0, 10, (64,))
    return model, opt, lambda m: nn.functional.cross_entropy(m(x), y), 30


def resnet(t):
    "A small residual network on 3x32x32, batch 32: four basic blocks with BatchNorm, 32 to 64 channels; SGD with momentum."
    nn = t.nn

    class Basic(nn.Module):
        def __init__(self, cin, cout, stride):
            super().__init__()
            self.c1, self.b1 = (
                nn.Conv2d(cin, cout, 3, stride, 1, bias=False),
                nn.BatchNorm2d(cout),
            )
            self.c2, self.b2 = (
                nn.Conv2d(cout, cout, 3, 1, 1, bias=False),
                nn.BatchNorm2d(cout),
            )
            self.skip = (
                nn.Conv2d(cin, cout, 1, stride, bias=False)
                if stride > 1 or cin != cout
                else nn.Identity()
            )

        def forward(self, x):
            out = nn.functional.relu(self.b1(self.c1(x)))
            return nn.functional.relu(self.b2(self.c2(out)) + self.skip(x))

    model = nn.Sequential(
        nn.Conv2d(3, 32, 3, 1, 1, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        Basic(32, 32, 1),
        Basic(32, 32, 1),
        Basic(32, 64, 2),
        Basic(64, 64, 1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(64, 10),
    )
    opt = t.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)
    x, y = t.randn(32, 3, 32, 32), t.randint(0, 10, (32,))
    return model, opt, lambda m: nn.functional.cross_entropy(m(x), y), 15


def gpt(t, width=128):
    "A character-level GPT: 4 layers, 4 heads, width 128, context 64, batch 12, AdamW (818,176 parameters)."
    nn, F = t.nn, t.nn.functional
    V, L, H, C, T, B = 65, 4, 4, width, 64, 12

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.ln1, self.qkv, self.proj = (
                nn.LayerNorm(C),
                nn.Linear(C, 3 * C),
                nn.Linear(C, C),
            )
            self.ln2, self.fc, self.out = (
                nn.LayerNorm(C),
                nn.Linear(C, 4 * C),
                nn.Linear(4 * C, C),
            )

        def forward(self, x):
            b, n, c = x.shape
            q, k, v = self.qkv(self.ln1(x)).split(C, 2)
            q, k, v = (z.view(b, n, H, c // H).transpose(1, 2) for z in (q, k, v))
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.proj(y.transpose(1, 2).contiguous().view(b, n, c))
            return x + self.out(F.gelu(self.fc(self.ln2(x))))

    class GPT(nn.Module):
        def __init__(self):
            super().__init__()
            self.tok, self.pos = nn.Embedding(V, C), nn.Embedding(T, C)
            self.blocks = nn.ModuleList(Block() for _ in range(L))
            self.ln, self.head = nn.LayerNorm(C), nn.Linear(C, V, bias=False)

        def forward(self, idx):
            x = self.tok(idx) + self.pos(t.arange(idx.shape[1]))
            for block in self.blocks:
                x = block(x)
            return self.head(self.ln(x))

    model = GPT()
    opt = t.optim.AdamW(model.parameters(), lr=1e-3)
    x, y = t.randint(0, V, (B, T)), t.randint(0, V, (B, T))
    return model, opt, lambda m: F.cross_entropy(m(x).view(-1, V), y.view(-1)), 40


def lstm(t):
    "A character LSTM: embedding 64, two layers of 128, sequence 64, batch 32, Adam, clipped gradients."
    nn = t.nn

    class CharLSTM(nn.Module):
        def __init__(self):
            super().__init__()
            self.emb, self.rnn, self.head = (
                nn.Embedding(65, 64),
                nn.LSTM(64, 128, 2, batch_first=True),
                nn.Linear(128, 65),
            )

        def forward(self, idx):
            return self.head(self.rnn(self.emb(idx))[0])

    model = CharLSTM()
    opt = t.optim.Adam(model.parameters(), lr=2e-3)
    x, y = t.randint(0, 65, (32, 64)), t.randint(0, 65, (32, 64))
    return (
        model,
        opt,
        lambda m: nn.functional.cross_entropy(m(x).reshape(-1, 65), y.view(-1)),
        30,
    )


STEPS = {
    "mlp": mlp,
    "simplenet": simplenet,
    "cnn": cnn,
    "resnet": resnet,
    "gpt": gpt,
    "lstm": lstm,
}


def make_step(t, job, mode):
    "A function that does one step of a job and gives the loss, and how many to time."
    t.manual_seed(0)
    model, opt, loss_of, n = STEPS[job](t)
    model.train()
    run = t.compile(model) if mode == "compile" else model
    clip = job == "lstm"

    def step():
        opt.zero_grad()
        loss = loss_of(run)
        loss.backward()
        if clip:
            t.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        return loss.item()

    return step, n


def run_step(t, job, mode):
    step, n = make_step(t, job, mode)
    start = time.perf_counter()
    first = step()
    first_s = time.perf_counter() - start
    for _ in range(max(3, n // 5)):
        step()
    times = []
    for _ in range(n):
        start = time.perf_counter()
        last = step()
        times.append(time.perf_counter() - start)
    return {"median_s": _median(times), "first_s": first_s, "loss": [first, last]}


def run_epoch(t, vision, root, batched=False):
    "The tutorial's whole training loop for one epoch of 60,000 images: dataset, ToTensor, DataLoader, MLP, Adam."
    t.manual_seed(0)
    data = vision.datasets.FashionMNIST(
        root=root, train=True, download=False, transform=vision.transforms.ToTensor()
    )
    loader = t.utils.data.DataLoader(data, batch_size=64, shuffle=True)
    model = t.nn.Sequential(t.nn.Linear(784, 128), t.nn.ReLU(), t.nn.Linear(128, 10))
    criterion, opt = t.nn.CrossEntropyLoss(), t.optim.Adam(model.parameters(), lr=1e-3)
    times = []
    for _ in range(3):
        start, running = time.perf_counter(), 0.0
        model.train()
        for images, labels in loader:
            images = images.view(images.size(0), -1)
            opt.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            opt.step()
            running += loss.item()
        times.append(time.perf_counter() - start)
    return {
        "median_s": _median(times),
        "first_s": times[0],
        "loss": [running / len(loader)],
    }


def run_overhead(t):
    "Per-call cost of small eager operations, geometric mean in seconds: what a Python-heavy loop pays."
    a, b = t.ones(8, 8), t.ones(8, 8)
    p = t.ones(8, 8, requires_grad=True)
    v = t.ones(8)

    def chain():
        ((p @ a) * b + v).sum().backward()

    calls = {
        "add": lambda: a + b,
        "mul_scalar": lambda: a * 2.0,
        "add_grad": lambda: p + b,
        "matmul": lambda: a @ b,
        "sum": lambda: a.sum(),
        "index": lambda: a[1:, 2],
        "view": lambda: a.view(4, 16),
        "exp": lambda: a.exp(),
        "add_": lambda: b.add_(0.0),
        "broadcast": lambda: a + v,
        "where": lambda: t.where(a > 0, a, b),
        "cat": lambda: t.cat([a, b]),
        "item": lambda: v[0].item(),
        "forward_backward": chain,
    }
    per = {}
    for name, call in calls.items():
        for _ in range(200):
            call()
        reps = []
        for _ in range(15):
            start = time.perf_counter()
            for _ in range(200):
                call()
            reps.append((time.perf_counter() - start) / 200)
        per[name] = _median(reps)
    mean = math.exp(sum(math.log(s) for s in per.values()) / len(per))
    return {
        "median_s": mean,
        "first_s": None,
        "loss": [],
        "per_call_us": {k: round(s * 1e6, 2) for k, s in per.items()},
    }


def main():
    module, job, mode = sys.argv[1:4]
    threads = int(sys.argv[4]) if len(sys.argv) > 4 else 0
    if job == "import":
        importlib.import_module(module)
        result = {"median_s": time.perf_counter() - T0, "first_s": None, "loss": []}
    else:
        t = importlib.import_module(module)
        importlib.import_module(module + ".nn.functional")
        importlib.import_module(module + ".utils.data")
        if threads:
            t.set_num_threads(threads)
        if job == "epoch":
            if module == "torch":
                import tv_import  # torchvision's Python half, for a torch build without its compiled half

                vision = tv_import.vision
            else:
                vision = importlib.import_module(module + ".vision")
            result = run_epoch(t, vision, sys.argv[5])
        elif job == "overhead":
            result = run_overhead(t)
        else:
            result = run_step(t, job, mode)
    result |= {
        "job": job,
        "mode": mode,
        "module": module,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
