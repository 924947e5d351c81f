"""watch(): what happens inside a model and its optimizer, step by step, as numbers."""

import json
import math

import numpy as np

from rushlight._base.errors import ArgumentTypeError, explain
from rushlight._core.tensor import Tensor
from rushlight.guard._norms import norm as _norm
from rushlight.guard._picture import draw
from rushlight.nn.modules.module import Module
from rushlight.optim.optimizer import Optimizer


class Watch:
    """The record of a model's steps; `watch` makes it.

    Attributes:
        steps: list of dicts, one for each step: {"step", "layers": {name: {...}}}.
            For each parameter "weight", "gradient", "update" (2-norms) and "ratio",
            update / weight; for each layer without layers below, "mean", "std" and
            "zeros" (the share of zeros) of what it gave last.
    """

    def __init__(self, model, optimizer, file, every):
        self.model, self.optimizer, self.every = model, optimizer, every
        self.steps, self._count, self._activations = [], 0, {}
        self._file = open(file, "w", encoding="utf-8") if file else None
        self._names = {id(p): name for name, p in model.named_parameters()}
        self._handles = [
            optimizer.register_step_pre_hook(self._before),
            optimizer.register_step_post_hook(self._after),
        ]
        for name, module in model.named_modules():
            if not any(True for _ in module.children()):
                self._handles.append(module.register_forward_hook(self._seeing(name)))

    def _is_due(self):
        return self._count % self.every == 0

    def _seeing(self, name):
        def see(module, args, output):
            output = output[0] if isinstance(output, tuple) and output else output
            if self._is_due() and module.training and isinstance(output, Tensor):
                self._activations[name] = _activation(output._array)

        return see

    def _before(self, optimizer, args, kwargs):
        self._old = {}
        if not self._is_due():
            return
        for group in optimizer.param_groups:
            for p in group["params"]:
                if p._grad is not None and id(p) in self._names:
                    self._old[id(p)] = p, p._array.copy(), _norm(p._grad._array)

    def _after(self, optimizer, args, kwargs):
        if self._is_due():
            layers = {name: dict(found) for name, found in self._activations.items()}
            for key, (p, old, gradient) in self._old.items():
                weight, update = _norm(old), _norm(p._array - old)
                layers[self._names[key]] = {
                    "weight": weight,
                    "gradient": gradient,
                    "update": update,
                    "ratio": update / weight if weight else math.inf,
                }
            self._keep({"step": self._count, "layers": layers})
        self._count += 1
        self._old, self._activations = {}, {}

    def _keep(self, record):
        self.steps.append(record)
        if self._file is not None:
            self._file.write(json.dumps(_finite(record)) + "\n")
            self._file.flush()

    def table(self, step=-1):
        """The numbers of one step as text.

        Args:
            step: int, its place in `steps`.

        Returns:
            str: a line for each parameter, then one for each layer.
        """
        if not self.steps:
            return "no steps yet"
        record = self.steps[step]
        parameters = [(n, v) for n, v in record["layers"].items() if "ratio" in v]
        layers = [(n, v) for n, v in record["layers"].items() if "mean" in v]
        lines = [f"step {record['step']}"]
        for rows in (parameters, layers):
            lines += _table(rows)
        return "\n".join(lines)

    def picture(self, path):
        """Draw gradient norms, update ratios and activations over the steps.

        Args:
            path: of the file, an SVG that browsers and notebooks show.

        Returns:
            The path.
        """
        with open(path, "w", encoding="utf-8") as file:
            file.write(draw(self.steps))
        return path

    def close(self):
        """Take the hooks out and close the file."""
        for handle in self._handles:
            handle.remove()
        self._handles = []
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()


def _table(rows):
    if not rows:
        return []
    wide = max(len(name) for name, _ in rows)
    keys = list(rows[0][1])
    head = f"{'':{wide}}" + "".join(f"{key:>11}" for key in keys)
    return [head] + [
        f"{name:{wide}}" + "".join(f"{found[key]:11.3g}" for key in keys)
        for name, found in rows
    ]


def _finite(value):
    """A record with None for nan and infinity, which JSON does not know."""
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _activation(array):
    values = np.asarray(array)
    if values.dtype.kind == "V":  # bfloat16
        values = values.astype(np.float32)
    if values.dtype.kind not in "fiu" or not values.size:
        return {"mean": math.nan, "std": math.nan, "zeros": math.nan}
    if values.dtype.itemsize == 2:
        values = values.astype(np.float32)
    return {
        "mean": float(values.mean()),
        "std": float(values.std()),
        "zeros": 1 - np.count_nonzero(values) / values.size,
    }


def watch(model, optimizer, *, file=None, every=1):
    """Record each step's gradient norms, update-to-weight ratios and activations.

    Args:
        model: Module; its parameters are named by their paths.
        optimizer: Optimizer, whose steps are counted.
        file: a path; each record is added to it as a line of JSON (null stands for
            nan and infinity).
        every: int, of how many steps one is recorded.

    Returns:
        Watch: the records as they come (`steps`), `table()`, `picture(path)`, and
        `close()`, which its end as a context calls too.

    Raises:
        TypeError: for another kind of model or optimizer.

    >>> import rushlight
    >>> model = rushlight.nn.Linear(2, 1)
    >>> optimizer = rushlight.optim.SGD(model.parameters(), lr=0.1)
    >>> with watch(model, optimizer) as seen:
    ...     model(rushlight.ones(1, 2)).sum().backward()
    ...     optimizer.step()
    >>> seen.steps[0]["layers"]["bias"]["gradient"]
    1.0
    """
    for value, kind in ((model, Module), (optimizer, Optimizer)):
        if not isinstance(value, kind):
            raise ArgumentTypeError(
                explain(
                    "guard.watch()",
                    expected=f"the {kind.__name__.lower()} to be a {kind.__name__}",
                    got=type(value).__name__,
                    do="watch(model, optimizer) takes them in this order.",
                )
            )
    return Watch(model, optimizer, file, every)
