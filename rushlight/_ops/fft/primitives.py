"""The three transforms that all others are made of.

# Note [Scales]
# `scale` says by what the sum is divided: "none", "root" (of the number of points) or
# "all".  It is the same for a transform and for its gradient, whatever their
# directions; torch's `norm` is turned into it where the direction is known.
"""

from rushlight._base.dtype import BY_NUMPY
from rushlight._base.spec import Spec
from rushlight._core.table import define

#: By direction the names that NumPy gives to the scales.
_FORWARD = {"none": "backward", "root": "ortho", "all": "forward"}
_BACKWARD = {"none": "forward", "root": "ortho", "all": "backward"}


def _complex(dtype):
    return BY_NUMPY[dtype].to_complex().numpy


def _real(dtype):
    return BY_NUMPY[dtype].to_real().numpy


# ------------------------------------------------------------------- complex to complex


def _c2c_spec(x, *, dims, scale, forward):
    return Spec(x.shape, x.dtype)


def _c2c_eager(backend, x, *, dims, scale, forward):
    np = backend.np
    if not x.size:
        return x.copy()
    if forward:
        return np.fft.fftn(x, axes=dims, norm=_FORWARD[scale])
    return np.fft.ifftn(x, axes=dims, norm=_BACKWARD[scale])


def _c2c_grad(g, *, dims, scale, forward):
    return C2C.short(g, dims=dims, scale=scale, forward=not forward)


C2C = define(
    "fft_c2c",
    eager=_c2c_eager,
    spec=_c2c_spec,
    grad=_c2c_grad,
    node="FftC2CBackward0",
)

# ---------------------------------------------------------------------- real to complex


def _r2c_spec(x, *, dims, scale, onesided):
    shape = list(x.shape)
    if onesided:
        shape[dims[-1]] = shape[dims[-1]] // 2 + 1
    return Spec(shape, _complex(x.dtype))


def _r2c_eager(backend, x, *, dims, scale, onesided):
    np = backend.np
    if not x.size:
        return np.zeros(
            _r2c_spec(x, dims=dims, scale=scale, onesided=onesided).shape,
            _complex(x.dtype),
        )
    transform = np.fft.rfftn if onesided else np.fft.fftn
    return transform(x, axes=dims, norm=_FORWARD[scale])


def _r2c_grad(g, *, x_shape, dims, scale, onesided):
    last = dims[-1]
    if onesided and g.shape[last] != x_shape[last]:
        whole = g.new_zeros(x_shape)
        g = whole.slice_scatter(g, last, 0, g.shape[last])
    return C2C.short(g, dims=dims, scale=scale, forward=False).real


R2C = define(
    "fft_r2c",
    eager=_r2c_eager,
    spec=_r2c_spec,
    grad=_r2c_grad,
    node="FftR2CBackward0",
)

# ---------------------------------------------------------------------- complex to real


def _c2r_spec(x, *, dims, scale, size):
    shape = list(x.shape)
    shape[dims[-1]] = size
    return Spec(shape, _real(x.dtype))


def _c2r_eager(backend, x, *, dims, scale, size):
    np = backend.np
    if not x.size:
        return np.zeros(
            _c2r_spec(x, dims=dims, scale=scale, size=size).shape, _real(x.dtype)
        )
    if len(dims) > 1:
        x = np.fft.ifftn(x, axes=dims[:-1], norm=_BACKWARD[scale])
    return np.fft.irfft(x, size, dims[-1], _BACKWARD[scale])


def _c2r_grad(g, *, dims, scale, size):
    """Frequencies that stand for two count twice."""
    found = R2C.short(g, dims=dims, scale=scale, onesided=True)
    last = dims[-1]
    twice = (size - 1) // 2
    if twice <= 0:
        return found
    middle = found.narrow(last, 1, twice) * 2
    return found.slice_scatter(middle, last, 1, 1 + twice)


C2R = define(
    "fft_c2r",
    eager=_c2r_eager,
    spec=_c2r_spec,
    grad=_c2r_grad,
    node="FftC2RBackward0",
)
