"""What `ops.py` times: every family of operations, by rows of names and sizes.

A case is a function of the module (torch or rushlight), its nn.functional and the
inputs that `make_inputs` draws for a number of elements.
"""

POINTWISE = (
    "abs acos acosh angle asin asinh atan atanh ceil cos cosh deg2rad digamma erf erfc "
    "erfinv exp exp2 expm1 floor frac isfinite isinf isnan lgamma log log10 log1p log2 "
    "logical_not logit nan_to_num neg positive rad2deg reciprocal relu round rsqrt "
    "sigmoid sign signbit sin sinc sinh sqrt square tan tanh trunc i0 clone "
    "special.entr special.ndtr special.i1 special.log_ndtr"
).split()
ACTIVATIONS = (
    "celu elu gelu hardshrink hardsigmoid hardswish hardtanh leaky_relu logsigmoid mish "
    "relu6 selu silu softplus softshrink softsign tanhshrink glu"
).split()
BINARY = (
    "add sub mul div maximum minimum fmax fmin pow atan2 hypot fmod remainder "
    "floor_divide copysign logaddexp nextafter eq ne lt le gt ge logical_and "
    "logical_or logical_xor float_power xlogy isclose heaviside"
).split()
INTEGER = "bitwise_and bitwise_or bitwise_xor bitwise_left_shift gcd lcm".split()
REDUCTIONS = (
    "sum mean prod amax amin max min argmax argmin var std logsumexp all any norm "
    "nansum nanmean median mode cumsum cumprod cummax cummin logcumsumexp sort argsort "
    "softmax log_softmax count_nonzero"
).split()
WHOLE = "sum mean max min var all any argmax norm count_nonzero unique".split()
VIEWS = {
    "t": lambda m, F, d: d["x"].t(),
    "view": lambda m, F, d: d["x"].view(-1),
    "transpose": lambda m, F, d: d["x"].transpose(0, 1),
    "permute": lambda m, F, d: d["x"].permute(1, 0),
    "unsqueeze": lambda m, F, d: d["x"].unsqueeze(0),
    "squeeze": lambda m, F, d: d["x"].squeeze(0),
    "expand": lambda m, F, d: d["row"].expand(3, -1),
    "getitem slice": lambda m, F, d: d["x"][2:8],
    "chunk": lambda m, F, d: d["x"].chunk(2),
    "split": lambda m, F, d: d["x"].split(4),
    "unbind": lambda m, F, d: d["x"][:4].unbind(0),
    "diagonal": lambda m, F, d: d["x"].diagonal(),
    "unfold": lambda m, F, d: d["x"].unfold(0, 3, 1),
}
JOINS = {
    "cat": lambda m, F, d: m.cat([d["x"], d["y"]]),
    "stack": lambda m, F, d: m.stack([d["x"], d["y"]]),
    "where": lambda m, F, d: m.where(d["mask"], d["x"], d["y"]),
    "flip": lambda m, F, d: d["x"].flip(1),
    "roll": lambda m, F, d: d["x"].roll(3, 1),
    "rot90": lambda m, F, d: d["x"].rot90(),
    "repeat": lambda m, F, d: d["x"].repeat(2, 1),
    "repeat_interleave": lambda m, F, d: d["x"].repeat_interleave(2, 1),
    "tile": lambda m, F, d: d["x"].tile(1, 2),
    "contiguous": lambda m, F, d: d["x"].t().contiguous(),
    "tril": lambda m, F, d: d["x"].tril(),
    "triu": lambda m, F, d: d["x"].triu(),
    "pad": lambda m, F, d: F.pad(d["x"], (1, 1, 1, 1)),
    "pad reflect": lambda m, F, d: F.pad(d["image"], (1, 1, 1, 1), "reflect"),
    "pixel_shuffle": lambda m, F, d: F.pixel_shuffle(d["image"], 2),
    "to float64": lambda m, F, d: d["x"].double(),
    "to bfloat16": lambda m, F, d: d["x"].bfloat16(),
    "to int64": lambda m, F, d: d["x"].long(),
    "clamp": lambda m, F, d: d["x"].clamp(0.2, 0.8),
    "lerp": lambda m, F, d: m.lerp(d["x"], d["y"], 0.3),
    "addcmul": lambda m, F, d: m.addcmul(d["x"], d["y"], d["y"]),
    "addcdiv": lambda m, F, d: m.addcdiv(d["x"], d["y"], d["y"]),
    "diff": lambda m, F, d: d["x"].diff(),
    "meshgrid": lambda m, F, d: m.meshgrid(d["row"], d["row"], indexing="ij"),
    "cdist": lambda m, F, d: m.cdist(d["x"][:, :8], d["y"][:, :8]),
    "add scalar": lambda m, F, d: d["x"] + 1.5,
    "add row": lambda m, F, d: d["x"] + d["row"],
    "add_": lambda m, F, d: d["spare"].add_(d["x"]),
    "copy_": lambda m, F, d: d["spare"].copy_(d["x"]),
    "zero_": lambda m, F, d: d["spare"].zero_(),
}
PLACES = {
    "index rows": lambda m, F, d: d["x"][d["rows"]],
    "index mask": lambda m, F, d: d["x"][d["mask"]],
    "index_select": lambda m, F, d: d["x"].index_select(1, d["rows"]),
    "gather": lambda m, F, d: d["x"].gather(1, d["places"]),
    "take_along_dim": lambda m, F, d: m.take_along_dim(d["x"], d["places"], 1),
    "take": lambda m, F, d: d["x"].take(d["places"]),
    "scatter": lambda m, F, d: d["x"].scatter(1, d["places"], d["y"]),
    "scatter_add": lambda m, F, d: d["x"].scatter_add(1, d["places"], d["y"]),
    "scatter_reduce": lambda m, F, d: d["x"].scatter_reduce(
        1, d["places"], d["y"], "amax"
    ),
    "index_add": lambda m, F, d: d["x"].index_add(0, d["rows"], d["y"]),
    "index_copy": lambda m, F, d: d["x"].index_copy(0, d["rows"], d["y"]),
    "index_fill": lambda m, F, d: d["x"].index_fill(0, d["rows"], 1.0),
    "masked_fill": lambda m, F, d: d["x"].masked_fill(d["mask"], 0.0),
    "masked_select": lambda m, F, d: d["x"].masked_select(d["mask"]),
    "masked_scatter": lambda m, F, d: d["x"].masked_scatter(d["mask"], d["y"]),
    "nonzero": lambda m, F, d: d["mask"].nonzero(),
    "topk": lambda m, F, d: d["x"].topk(5, 1),
    "kthvalue": lambda m, F, d: d["x"].kthvalue(3, 1),
    "searchsorted": lambda m, F, d: m.searchsorted(d["sorted"], d["x"]),
    "bucketize": lambda m, F, d: m.bucketize(d["x"], d["sorted"]),
    "histc": lambda m, F, d: m.histc(d["x"], 20, 0, 1),
    "bincount": lambda m, F, d: m.bincount(d["places"].view(-1)),
    "one_hot": lambda m, F, d: F.one_hot(d["rows"], 10),
    "quantile": lambda m, F, d: m.quantile(d["x"], 0.3, dim=1),
    "unique int": lambda m, F, d: m.unique(d["places"]),
    "embedding": lambda m, F, d: F.embedding(d["rows"], d["x"]),
    "embedding_bag": lambda m, F, d: F.embedding_bag(d["places"][:, :4], d["x"]),
}
PRODUCTS = {
    "mm": lambda m, F, d: m.mm(d["x"], d["y"]),
    "matmul": lambda m, F, d: d["x"] @ d["y"],
    "mv": lambda m, F, d: m.mv(d["x"], d["row"]),
    "dot": lambda m, F, d: m.dot(d["flat"], d["flat"]),
    "outer": lambda m, F, d: m.outer(d["row"], d["row"]),
    "addmm": lambda m, F, d: m.addmm(d["row"], d["x"], d["y"]),
    "bmm": lambda m, F, d: m.bmm(d["batch"], d["batch"]),
    "einsum": lambda m, F, d: m.einsum("bij,bjk->bik", d["batch"], d["batch"]),
    "linear": lambda m, F, d: F.linear(d["x"], d["y"], d["row"]),
    "attention": lambda m, F, d: F.scaled_dot_product_attention(
        d["heads"], d["heads"], d["heads"]
    ),
}
LAYERS = {
    "layer_norm": lambda m, F, d: F.layer_norm(d["x"], (d["width"],), d["row"]),
    "rms_norm": lambda m, F, d: F.rms_norm(d["x"], (d["width"],), d["row"]),
    "group_norm": lambda m, F, d: F.group_norm(d["image"], 2),
    "instance_norm": lambda m, F, d: F.instance_norm(d["image"]),
    "batch_norm": lambda m, F, d: F.batch_norm(d["image"], None, None, training=True),
    "local_response_norm": lambda m, F, d: F.local_response_norm(d["image"], 3),
    "normalize": lambda m, F, d: F.normalize(d["x"]),
    "cosine_similarity": lambda m, F, d: F.cosine_similarity(d["x"], d["y"]),
    "conv1d": lambda m, F, d: F.conv1d(d["signal"], d["taps1"], padding=1),
    "conv2d": lambda m, F, d: F.conv2d(d["image"], d["taps"], padding=1),
    "conv2d depthwise": lambda m, F, d: F.conv2d(
        d["image"], d["taps"][:, :1], padding=1, groups=4
    ),
    "conv_transpose2d": lambda m, F, d: F.conv_transpose2d(d["image"], d["taps"]),
    "conv3d": lambda m, F, d: F.conv3d(d["volume"], d["taps3"], padding=1),
    "max_pool1d": lambda m, F, d: F.max_pool1d(d["signal"], 2),
    "max_pool2d": lambda m, F, d: F.max_pool2d(d["image"], 2),
    "avg_pool2d": lambda m, F, d: F.avg_pool2d(d["image"], 2),
    "adaptive_avg_pool2d": lambda m, F, d: F.adaptive_avg_pool2d(d["image"], 1),
    "lp_pool2d": lambda m, F, d: F.lp_pool2d(d["image"], 2, 2),
    "interpolate nearest": lambda m, F, d: F.interpolate(d["image"], scale_factor=2),
    "interpolate bilinear": lambda m, F, d: F.interpolate(
        d["image"], scale_factor=2, mode="bilinear"
    ),
    "grid_sample": lambda m, F, d: F.grid_sample(
        d["image"], d["grid"], align_corners=False
    ),
    "unfold image": lambda m, F, d: F.unfold(d["image"], 2),
    "fold": lambda m, F, d: F.fold(F.unfold(d["image"], 2), d["image"].shape[2:], 2),
    "dropout": lambda m, F, d: F.dropout(d["x"], 0.3),
    "prelu": lambda m, F, d: F.prelu(d["x"], d["one"]),
}
LOSSES = {
    "mse_loss": lambda m, F, d: F.mse_loss(d["x"], d["y"]),
    "l1_loss": lambda m, F, d: F.l1_loss(d["x"], d["y"]),
    "smooth_l1_loss": lambda m, F, d: F.smooth_l1_loss(d["x"], d["y"]),
    "huber_loss": lambda m, F, d: F.huber_loss(d["x"], d["y"]),
    "cross_entropy": lambda m, F, d: F.cross_entropy(d["x"], d["rows"]),
    "nll_loss": lambda m, F, d: F.nll_loss(d["x"], d["rows"]),
    "binary_cross_entropy": lambda m, F, d: F.binary_cross_entropy(d["x"], d["y"]),
    "binary_cross_entropy_with_logits": lambda m, F, d: (
        F.binary_cross_entropy_with_logits(d["x"], d["y"])
    ),
    "kl_div": lambda m, F, d: F.kl_div(d["x"], d["y"], reduction="batchmean"),
    "soft_margin_loss": lambda m, F, d: F.soft_margin_loss(d["x"], d["y"]),
    "triplet_margin_loss": lambda m, F, d: F.triplet_margin_loss(
        d["x"], d["y"], d["x"]
    ),
    "gaussian_nll_loss": lambda m, F, d: F.gaussian_nll_loss(d["x"], d["y"], d["y"]),
    "poisson_nll_loss": lambda m, F, d: F.poisson_nll_loss(d["x"], d["y"]),
}
MAKING = {
    "zeros": lambda m, F, d: m.zeros(d["x"].shape),
    "full": lambda m, F, d: m.full(d["x"].shape, 2.0),
    "arange": lambda m, F, d: m.arange(d["count"]),
    "linspace": lambda m, F, d: m.linspace(0, 1, d["count"]),
    "eye": lambda m, F, d: m.eye(d["width"]),
    "rand": lambda m, F, d: m.rand(d["x"].shape),
    "randn": lambda m, F, d: m.randn(d["x"].shape),
    "randint": lambda m, F, d: m.randint(0, 10, d["x"].shape),
    "randperm": lambda m, F, d: m.randperm(d["count"]),
    "bernoulli": lambda m, F, d: m.bernoulli(d["x"]),
    "multinomial": lambda m, F, d: m.multinomial(d["row"], 3),
    "exponential_": lambda m, F, d: d["spare"].exponential_(),
}
LINALG = {
    "det": lambda m, F, d: m.linalg.det(d["small"]),
    "inv": lambda m, F, d: m.linalg.inv(d["small"]),
    "solve": lambda m, F, d: m.linalg.solve(d["small"], d["small"]),
    "cholesky": lambda m, F, d: m.linalg.cholesky(d["positive"]),
    "qr": lambda m, F, d: m.linalg.qr(d["small"]),
    "svd": lambda m, F, d: m.linalg.svd(d["small"]),
    "eigh": lambda m, F, d: m.linalg.eigh(d["positive"]),
    "matrix_power": lambda m, F, d: m.linalg.matrix_power(d["small"], 3),
    "fft": lambda m, F, d: m.fft.fft(d["x"]),
    "rfft": lambda m, F, d: m.fft.rfft(d["x"]),
    "irfft": lambda m, F, d: m.fft.irfft(m.fft.rfft(d["x"])),
    "fft2": lambda m, F, d: m.fft.fft2(d["x"]),
}
#: Whose backward passes are timed too, as "NAME backward".
BACKWARD = (
    "add mul div exp log sigmoid tanh sum mean amax softmax log_softmax cumsum sort "
    "gelu silu getitem_slice cat where gather scatter_add index_select masked_fill "
    "embedding mm bmm linear attention layer_norm rms_norm group_norm batch_norm "
    "conv1d conv2d conv2d_depthwise conv_transpose2d max_pool2d avg_pool2d "
    "interpolate_bilinear cross_entropy mse_loss binary_cross_entropy_with_logits "
    "index_rows pow sqrt var norm logsumexp"
).split()


def _function(m, path):
    for part in path.split("."):
        m = getattr(m, part)
    return m


def cases():
    """{name: function of (module, nn.functional, inputs)} of everything."""
    found = {}
    for name in POINTWISE:
        found[name] = lambda m, F, d, n=name: _function(m, n)(d["x"])
    for name in ACTIVATIONS:
        found[name] = lambda m, F, d, n=name: getattr(F, n)(d["x"])
    for name in BINARY:
        found[name] = lambda m, F, d, n=name: getattr(m, n)(d["x"], d["y"])
    for name in INTEGER:
        found[name] = lambda m, F, d, n=name: getattr(m, n)(d["places"], d["few"])
    for name in REDUCTIONS:
        found[name] = lambda m, F, d, n=name: getattr(m, n)(d["x"], dim=1)
    for name in WHOLE:
        found[f"{name} of all"] = lambda m, F, d, n=name: getattr(m, n)(d["x"])
    for rows in (VIEWS, JOINS, PLACES, PRODUCTS, LAYERS, LOSSES, MAKING, LINALG):
        found.update(rows)
    for name in BACKWARD:
        forward = found[name.replace("_", " ")] if name not in found else found[name]
        found[f"{name.replace('_', ' ')} backward"] = _with_backward(forward)
    return found


def _with_backward(forward):
    """The forward pass over leaves, and the backward pass of its sum."""

    def both(m, F, d):
        leaves = d.get("leaves")
        if leaves is None:
            plain = ("x", "y", "row", "image", "taps", "signal", "taps1", "batch")
            leaves = d["leaves"] = dict(d) | {
                k: d[k].detach().requires_grad_() for k in (*plain, "heads")
            }
        result = forward(m, F, leaves)
        result = result if hasattr(result, "sum") else result[0]
        result.sum().backward()
        for leaf in leaves.values():
            if hasattr(leaf, "grad"):
                leaf.grad = None

    return both


def make_inputs(rng, count):
    """NumPy inputs by name; ``x`` has about `count` elements."""
    side = round(count**0.5)
    edge = max(2, round((count / 8) ** 0.5) // 2 * 2)
    cube = max(2, round((count / 4) ** (1 / 3)))

    def floats(*shape):
        return rng.random(shape, dtype="float32") * 0.9 + 0.05

    small = floats(min(side, 200), min(side, 200))
    depth = max(1, side // 64)
    return {
        "x": floats(side, side),
        "y": floats(side, side),
        "spare": floats(side, side),
        "row": floats(side),
        "flat": floats(side * side),
        "one": floats(1),
        "mask": rng.random((side, side)) < 0.5,
        "rows": rng.integers(0, min(10, side), side),
        "places": rng.integers(0, side, (side, side)),
        "few": rng.integers(1, 9, (side, side)),
        "sorted": floats(side).cumsum() / side,
        "batch": floats(depth, max(4, side // 4), max(4, side // 4)),
        "heads": floats(1, 4, max(4, side // 4), 16),
        "image": floats(2, 4, edge, edge),
        "grid": floats(2, edge, edge, 2) * 2 - 1,
        "taps": floats(4, 4, 3, 3),
        "signal": floats(2, 4, edge * edge),
        "taps1": floats(4, 4, 3),
        "volume": floats(1, 4, cube, cube, cube),
        "taps3": floats(4, 4, 3, 3, 3),
        "small": small,
        "positive": small @ small.T + 10 * floats(1) * _identity(len(small)),
        "width": side,
        "count": count,
    }


def _identity(size):
    import numpy

    return numpy.eye(size, dtype="float32")
