"""Element types: one object for each, with torch's name and NumPy's counterpart."""

import ml_dtypes
import numpy as np

# Categories in the order in which type promotion ranks them.
BOOL, INTEGER, FLOAT, COMPLEX = range(4)


class dtype:  # noqa: N801 - torch's public name
    """The type of a tensor's elements, e.g. ``rushlight.float32``.

    There is one object for each type; compare with ``is`` or ``==``.

    >>> float32.itemsize, float32.is_floating_point, int64.is_signed
    (4, True, True)
    """

    __slots__ = ("name", "numpy", "category", "itemsize")

    def __init__(self, name, numpy_dtype, category):
        self.name = name
        self.numpy = np.dtype(numpy_dtype)
        self.category = category
        self.itemsize = self.numpy.itemsize

    @property
    def is_floating_point(self):
        """Whether this is a real floating-point type."""
        return self.category == FLOAT

    @property
    def is_complex(self):
        """Whether this is a complex type."""
        return self.category == COMPLEX

    @property
    def is_signed(self):
        """Whether values can be negative."""
        return self.category >= FLOAT or self.numpy.kind == "i"

    def to_real(self):
        """The real type of the same precision (itself, unless complex)."""
        return _REAL_OF.get(self, self)

    def to_complex(self):
        """The complex type of the same precision (itself if complex already)."""
        return _COMPLEX_OF.get(self, self)

    def __repr__(self):
        return f"torch.{self.name}"

    def __reduce__(self):
        return (dtype_named, (self.name,))

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


bool = dtype("bool", np.bool_, BOOL)
uint8 = dtype("uint8", np.uint8, INTEGER)
int8 = dtype("int8", np.int8, INTEGER)
int16 = dtype("int16", np.int16, INTEGER)
int32 = dtype("int32", np.int32, INTEGER)
int64 = dtype("int64", np.int64, INTEGER)
uint16 = dtype("uint16", np.uint16, INTEGER)
uint32 = dtype("uint32", np.uint32, INTEGER)
uint64 = dtype("uint64", np.uint64, INTEGER)
float16 = dtype("float16", np.float16, FLOAT)
bfloat16 = dtype("bfloat16", ml_dtypes.bfloat16, FLOAT)
float32 = dtype("float32", np.float32, FLOAT)
float64 = dtype("float64", np.float64, FLOAT)
complex64 = dtype("complex64", np.complex64, COMPLEX)
complex128 = dtype("complex128", np.complex128, COMPLEX)

ALL_DTYPES = (
    bool,
    uint8,
    int8,
    int16,
    int32,
    int64,
    uint16,
    uint32,
    uint64,
    float16,
    bfloat16,
    float32,
    float64,
    complex64,
    complex128,
)
ALIASES = {
    "half": float16,
    "float": float32,
    "double": float64,
    "short": int16,
    "int": int32,
    "long": int64,
    "cfloat": complex64,
    "cdouble": complex128,
}

_REAL_OF = {complex64: float32, complex128: float64}
_COMPLEX_OF = {float32: complex64, float64: complex128}
_BY_NAME = {t.name: t for t in ALL_DTYPES} | ALIASES
#: NumPy dtype -> dtype; what Tensor.dtype looks up.
BY_NUMPY = {t.numpy: t for t in ALL_DTYPES}


def dtype_named(name):
    """The dtype whose name (or alias) this is, without the ``torch.``."""
    return _BY_NAME[name]
