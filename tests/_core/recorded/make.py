"""Write the recorded files anew.  Needs torch 2.13 on a CPU:

python -m tests._core.recorded.make
"""

import json

import numpy as np
import torch

from tests._core.recorded import draws, prints


def _empty(shape, dtype):
    return torch.empty(shape, dtype=getattr(torch, dtype))


def _scattered(shape, dtype):
    """An empty tensor with a gap after each element."""
    return _empty((*shape, 2), dtype)[..., 0]


def _normal(g, shape, dtype, mean=0.0, std=1.0, contiguous=True):
    out = (_empty if contiguous else _scattered)(shape, dtype)
    return out.normal_(mean, std, generator=g)


def _uniform(g, shape, dtype, low=0.0, high=1.0):
    if dtype.startswith("complex"):
        return torch.rand(shape, dtype=getattr(torch, dtype), generator=g)
    return _empty(shape, dtype).uniform_(low, high, generator=g)


def _multinomial(g, weights, dtype, num_samples, replacement):
    weights = torch.tensor(weights, dtype=getattr(torch, dtype))
    return torch.multinomial(weights, num_samples, replacement, generator=g)


def _poisson(g, rates, dtype):
    return torch.poisson(torch.tensor(rates, dtype=getattr(torch, dtype)), generator=g)


_TORCH = {
    "poisson": _poisson,
    "uniform": _uniform,
    "normal": _normal,
    "multinomial": _multinomial,
    "bernoulli": lambda g, shape, dtype, p: _empty(shape, dtype).bernoulli_(
        p, generator=g
    ),
    "integers": lambda g, shape, dtype, low, high: _empty(shape, dtype).random_(
        low, high, generator=g
    ),
    "random_integers": lambda g, shape, dtype: _empty(shape, dtype).random_(
        generator=g
    ),
    "permutation": lambda g, n, dtype: torch.randperm(
        n, dtype=getattr(torch, dtype), generator=g
    ),
    "exponential": lambda g, shape, dtype, rate: _empty(shape, dtype).exponential_(
        rate, generator=g
    ),
    "geometric": lambda g, shape, dtype, p: _empty(shape, dtype).geometric_(
        p, generator=g
    ),
    "cauchy": lambda g, shape, dtype, median, sigma: _empty(shape, dtype).cauchy_(
        median, sigma, generator=g
    ),
    "log_normal": lambda g, shape, dtype, mean, std: _empty(shape, dtype).log_normal_(
        mean, std, generator=g
    ),
}


def _array(tensor):
    tensor = tensor.contiguous()
    if tensor.dtype == torch.bfloat16:
        return tensor.view(torch.int16).numpy().view(draws.dtype_of("bfloat16"))
    return tensor.numpy()


def make_draws():
    """Record the sequences of `draws`, and one whole state."""
    found = {}
    for name, (seed, calls) in draws.SEQUENCES.items():
        g = torch.Generator().manual_seed(seed)
        for i, (function, settings) in enumerate(calls):
            array = _array(_TORCH[function](g, **settings))
            exact = draws.is_exact(function, settings["dtype"])
            found[f"{name}.{i}"] = draws.kept(array, exact)
        digest, cached = draws.kept_state(g.get_state().numpy())
        found[f"{name}.state"], found[f"{name}.cached"] = digest, np.array(cached)
    g = torch.Generator().manual_seed(12345)
    torch.rand(1000, generator=g)
    torch.randn(3, generator=g)
    found["saved_state"] = g.get_state().numpy().copy()
    found["after_saved_state"] = torch.randn(5, generator=g).numpy()
    np.savez_compressed(draws.FILE, **found)


def make_prints():
    """Record how the arrays of `prints` are printed."""
    texts = []
    for array, settings in prints.cases():
        torch.set_printoptions(profile="default")
        torch.set_printoptions(**settings)
        texts.append(str(_tensor(array)))
    prints.FILE.write_text(json.dumps(texts, indent=0) + "\n")


def _tensor(array):
    if array.dtype == draws.dtype_of("bfloat16"):
        return torch.from_numpy(array.view(np.int16).copy()).view(torch.bfloat16)
    return torch.from_numpy(array)


if __name__ == "__main__":
    make_draws()
    make_prints()
