"""Convolutions and pools by themselves: milliseconds of processor time on one thread.

    python convolutions.py MODULE [NAME ...]

MODULE is the import name (torch or rushlight).  For each shape it prints the best of
many calls: forward, the gradient of the picture, the gradient of the weight, and the
speed of all three in GFLOP/s as a direct sum would count them.  Run it once for each
module; processor time on one thread hardly depends on what else the machine does.
"""

import importlib
import json
import sys
import time

#: name -> batch, channels, outputs, size, kernel, stride, padding, groups.
SHAPES = {
    "cnn 1": (64, 1, 32, 28, 3, 1, 0, 1),
    "cnn 2": (64, 32, 64, 26, 3, 1, 0, 1),
    "resnet first": (32, 3, 32, 32, 3, 1, 1, 1),
    "resnet 32": (32, 32, 32, 32, 3, 1, 1, 1),
    "resnet halving": (32, 32, 64, 32, 3, 2, 1, 1),
    "resnet shortcut": (32, 32, 64, 32, 1, 2, 0, 1),
    "resnet 64": (32, 64, 64, 16, 3, 1, 1, 1),
    "stem": (4, 3, 64, 224, 7, 2, 3, 1),
    "56 x 56": (2, 64, 64, 56, 3, 1, 1, 1),
    "14 x 14": (2, 256, 256, 14, 3, 1, 1, 1),
    "7 x 7": (2, 512, 512, 7, 3, 1, 1, 1),
    "point": (2, 256, 64, 56, 1, 1, 0, 1),
    "depthwise": (4, 64, 64, 56, 3, 1, 1, 64),
    "lenet": (64, 6, 16, 14, 5, 1, 0, 1),
}


def best(call, times=9, warm=40):
    """The least milliseconds of processor time of a call, after some to warm up."""
    for _ in range(warm):
        call()
    found = float("inf")
    for _ in range(times):
        start = time.thread_time()
        call()
        found = min(found, time.thread_time() - start)
    return 1e3 * found


def measure(t, batch, channels, outputs, size, kernel, stride, padding, groups):
    """Milliseconds of the three products of one convolution."""
    conv = t.nn.functional.conv2d
    shape = (outputs, channels // groups, kernel, kernel)
    x, w = t.randn(batch, channels, size, size), t.randn(*shape)
    args = None, stride, padding, 1, groups
    y = conv(x, w, *args)
    found, g = {"forward": best(lambda: conv(x, w, *args))}, t.randn(*y.shape)
    for name, wanted in (("picture", x), ("weight", w)):
        wanted.requires_grad_(True)
        made = conv(x, w, *args)

        def back(made=made, wanted=wanted):
            t.autograd.grad(made, wanted, g, retain_graph=True)

        found[name] = best(back)
        wanted.requires_grad_(False)
    work = 6e-6 * y.numel() * channels // groups * kernel**2
    found["gflops"] = work / sum(found.values())
    return {name: round(value, 3) for name, value in found.items()}


def main():
    t = importlib.import_module(sys.argv[1])
    importlib.import_module(sys.argv[1] + ".nn.functional")
    t.set_num_threads(1)
    t.manual_seed(0)
    for name in sys.argv[2:] or SHAPES:
        row = {"module": sys.argv[1], "shape": name, **measure(t, *SHAPES[name])}
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
