"""Attention as routines: values and gradients, masks, strides, threads."""

import numpy as np
import pytest

import rushlight
from rushlight._compiler import sequence_slots
from rushlight._compiler.routines.attention import (
    Attention,
    attention_backward,
    attention_forward,
)
from rushlight._compiler.runtime.routine import NativeRoutine
from tests._compiler.routines.running import (
    compiled,
    interpret,
    same_for_any_threads,
)

#: Variants: what a mask is, whether it is causal, whether there is dropout.
VARIANTS = {
    "plain": {},
    "causal": {"is_causal": True},
    "bool mask": {"mask": "bool"},
    "float mask": {"mask": "float"},
    "dropout": {"noise": True},
    "dropout and mask": {"noise": True, "mask": "bool"},
}
#: Sizes (lead, queries, keys, size, value size).
TINY = [((2,), 3, 5, 2, 3), ((1, 2), 2, 2, 1, 1)]
REAL = [
    ((2, 3), 64, 64, 32, 32),
    ((2,), 65, 200, 5, 7),
    ((1, 2), 200, 65, 64, 64),
    ((2,), 1, 1, 3, 3),
]


def reference(a, scale, is_causal):
    """Results and gradients in float64, by definition."""
    q, k, v, g = (a[name].astype(np.float64) for name in "qkvg")
    scores = scale * q @ k.swapaxes(-1, -2)
    mask = a.get("mask")
    if is_causal:
        mask = np.tril(np.ones(scores.shape[-2:], bool))
    if mask is not None:
        hidden = np.where(mask, 0, -np.inf) if mask.dtype == bool else mask
        scores = scores + hidden
    most = scores.max(-1, keepdims=True)
    e = np.exp(scores - np.where(np.isinf(most), 0, most))
    total = e.sum(-1, keepdims=True)
    weights, noise = e / np.where(total == 0, 1, total), a.get("noise", 1)
    with np.errstate(divide="ignore"):
        row = np.where(total == 0, np.inf, most + np.log(total))
    slope = g @ v.swapaxes(-1, -2) * noise
    slope = weights * (slope - (weights * slope).sum(-1, keepdims=True))
    return {
        "out": weights * noise @ v,
        "row": row,
        "g_q": scale * slope @ k,
        "g_k": scale * slope.swapaxes(-1, -2) @ q,
        "g_v": (weights * noise).swapaxes(-1, -2) @ g,
        "g_scores": slope,
    }


def arrays_of(sizes, dtype="f32", mask=None, noise=False, is_causal=False):
    """(Attention, arrays by name); under a mask the first query sees no key."""
    lead, length, keys, size, wide = sizes
    rng, kind = np.random.default_rng(0), np.dtype("f4" if dtype == "f32" else "f8")

    def draw(*shape):
        return rng.standard_normal((*lead, *shape)).astype(kind)

    a = {"q": draw(length, size), "k": draw(keys, size), "v": draw(keys, wide)}
    a["g"], strides = draw(length, wide), ()
    if mask == "bool":
        a["mask"] = rng.random((length, keys)) < 0.7
        a["mask"][0] = False
        strides = (("mask", (0,) * len(lead) + (keys, 1)),)
    elif mask is not None:
        a["mask"] = draw(length, keys)
        a["mask"][..., 0, :] = -np.inf
    if noise:
        a["noise"] = ((rng.random((*lead, length, keys)) < 0.8) / 0.8).astype(kind)
    for name in "qkv":
        a[f"g_{name}"] = np.full_like(a[name], np.nan)
    a["out"], a["row"] = draw(length, wide), draw(length, 1)
    a["g_scores"] = draw(length, keys)
    call = Attention(
        lead,
        length,
        keys,
        size,
        wide,
        dtype,
        0.3,
        is_causal,
        {"bool": "bool", "float": dtype}.get(mask),
        noise,
        strides,
        mask == "float",
    )
    return call, a


def check(call, a, run, tolerance):
    expected = reference(a, call.scale, call.is_causal)
    forward, backward = attention_forward(call), attention_backward(call)
    run(forward, a)
    run(backward, a)
    for name in (*forward.outputs, *backward.outputs):
        np.testing.assert_allclose(
            a[name], expected[name], tolerance, tolerance, err_msg=name
        )


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("sizes", TINY)
def test_interpreted(sizes, variant):
    check(*arrays_of(sizes, **VARIANTS[variant]), interpret, 1e-5)


@pytest.mark.parametrize("sizes", REAL)
@pytest.mark.parametrize("variant", VARIANTS)
def test_compiled(sizes, variant):
    check(*arrays_of(sizes, **VARIANTS[variant]), compiled, 2e-4)


@pytest.mark.parametrize("sizes", [((9,), 70, 150, 4, 4), ((), 200, 300, 4, 5)])
@pytest.mark.parametrize("variant", VARIANTS)
def test_many_matrices_and_one(sizes, variant):
    """Of many, each is a block of backward; one is parted."""
    call, a = arrays_of(sizes, **VARIANTS[variant])
    assert len(attention_backward(call).tasks) == (1 if sizes[0] else 2)
    check(call, a, compiled, 2e-4)


@pytest.mark.parametrize("sizes", TINY + REAL[:2])
def test_compiled_in_float64(sizes):
    check(*arrays_of(sizes, "f64", is_causal=True), compiled, 1e-10)


def test_the_first_tile_may_be_hidden_whole():
    call, a = arrays_of(((1,), 3, 300, 4, 4), mask="bool")
    a["mask"][:, :256] = False
    check(call, a, compiled, 1e-4)


def test_keys_that_no_query_sees_have_no_gradient():
    call, a = arrays_of(((2,), 20, 150, 4, 4), is_causal=True)
    check(call, a, compiled, 1e-4)
    assert not a["g_k"][:, 20:].any() and not a["g_v"][:, 20:].any()


def test_large_scores_stay_finite():
    call, a = arrays_of(((1,), 4, 200, 4, 4))
    a["q"] *= 1000
    attention = attention_forward(call)
    compiled(attention, a)
    expected = reference(a, call.scale, False)
    np.testing.assert_allclose(a["out"], expected["out"], 1e-3, 1e-3)


@pytest.mark.parametrize("sizes", [((3, 4), 70, 140, 16, 16), ((2,), 300, 300, 8, 8)])
@pytest.mark.parametrize("variant", ["causal", "dropout"])
def test_same_for_any_number_of_threads(sizes, variant):
    call, a = arrays_of(sizes, **VARIANTS[variant])
    assert same_for_any_threads(attention_forward(call), a)
    assert same_for_any_threads(attention_backward(call), a)


# --------------------------------------------------------------------- in eager mode


def views(rng, batch=2, length=10, heads=3, size=4, dtype=np.float32):
    """Queries, keys and values as parts of one array, as models make them."""
    whole = rng.standard_normal((batch, length, 3 * heads * size)).astype(dtype)
    parts = np.split(whole, 3, axis=2)
    return [p.reshape(batch, length, heads, size).transpose(0, 2, 1, 3) for p in parts]


def run_request(request, plain, arrays, **attrs):
    """The results of a request's machine code and of the NumPy form."""
    found = NativeRoutine(*request(*arrays, **attrs))(arrays)
    return found, plain(*arrays, **attrs)


def plain(name):
    from rushlight._backends.numpy import NUMPY_BACKEND
    from rushlight._ops.attention import dot_product

    eager = {"forward": dot_product._attention_eager}
    eager["backward"] = dot_product._backward_eager
    return lambda *arrays, **attrs: eager[name](NUMPY_BACKEND, *arrays, **attrs)


MASKS = {
    "none": lambda rng: None,
    "keys": lambda rng: rng.random((2, 1, 1, 10)) < 0.8,
    "plain": lambda rng: rng.standard_normal((10, 10)).astype(np.float32),
    "strided": lambda rng: rng.random((10, 10)).T < 0.8,
}


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_views_are_read_and_written_where_they_lie(mask, dtype):
    rng = np.random.default_rng(1)
    q, k, v = views(rng, dtype=dtype)
    mask = MASKS[mask](rng)
    attrs = {"scale": 0.5, "is_causal": mask is None}
    arrays = (q, k, v, mask, None)
    found, expected = run_request(
        sequence_slots._attention, plain("forward"), arrays, **attrs
    )
    assert found[0].strides == expected[0].strides
    g = rng.standard_normal(found[0].shape).astype(dtype)
    arrays = (g, q, k, v, mask, None, *found)
    attrs["wants_scores"] = mask is not None and mask.dtype != bool
    back = run_request(
        sequence_slots._attention_backward, plain("backward"), arrays, **attrs
    )
    for one, other in zip((*found, *back[0]), (*expected, *back[1]), strict=True):
        assert one.shape == other.shape and one.dtype == other.dtype
        np.testing.assert_allclose(one, other, 1e-4, 1e-5)


def test_arrays_that_cannot_be_read_where_they_lie_are_copied():
    rng = np.random.default_rng(2)
    q = np.broadcast_to(rng.standard_normal((4, 8)), (3, 4, 8))
    k = rng.standard_normal((3, 8, 5)).swapaxes(1, 2)
    v = rng.standard_normal((3, 5, 16))[..., ::2]
    found, expected = run_request(
        sequence_slots._attention,
        plain("forward"),
        (q, k, v, None, None),
        scale=1.0,
        is_causal=False,
    )
    np.testing.assert_allclose(found[0], expected[0], 1e-12)


@pytest.mark.parametrize(
    "shapes", [((0, 2, 3),) * 3, ((2, 0, 3), (2, 4, 3), (2, 4, 3)),
               ((2, 4, 3), (2, 0, 3), (2, 0, 3))]
)  # fmt: skip
def test_empty_arrays_have_no_routine(shapes):
    arrays = [np.ones(shape, np.float32) for shape in shapes]
    request = sequence_slots._attention
    assert request(*arrays, None, None, scale=1.0, is_causal=False) is None
    tensors = [rushlight.from_numpy(a) for a in arrays]
    out = rushlight.nn.functional.scaled_dot_product_attention(*tensors)
    assert out.shape == arrays[0].shape and not out.any()


def test_half_precision_has_no_routine():
    arrays = [np.ones((2, 3, 4), np.float16)] * 3
    request = sequence_slots._attention
    assert request(*arrays, None, None, scale=1.0, is_causal=False) is None


def test_one_matrix_by_itself():
    rng = np.random.default_rng(3)
    arrays = *(rng.standard_normal((n, 4)) for n in (5, 6, 6)), None, None
    attrs = {"scale": 0.5, "is_causal": True}
    found, expected = run_request(
        sequence_slots._attention, plain("forward"), arrays, **attrs
    )
    np.testing.assert_allclose(found[0], expected[0], 1e-12)


def test_without_blas_there_is_no_routine(monkeypatch):
    monkeypatch.setattr("rushlight._compiler.runtime.blas.is_available", lambda: False)
    arrays = [np.ones((2, 3, 4), np.float32)] * 3
    request = sequence_slots._attention
    assert request(*arrays, None, None, scale=1.0, is_causal=False) is None
