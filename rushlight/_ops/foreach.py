"""torch._foreach_*: one operation on every tensor of a list.

Each is the operation itself, tensor by tensor; the in-place forms return the list that
they were given, the others a tuple.
"""

from rushlight._base.errors import ArgumentRuntimeError, ArgumentTypeError, explain
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor

_UNARY = (
    "abs acos asin atan ceil cos cosh erf erfc exp expm1 floor frac lgamma log log10 "
    "log1p log2 neg reciprocal round rsqrt sigmoid sign sin sinh sqrt tan tanh trunc"
).split()
_BINARY = "add sub mul div pow maximum minimum clamp_max clamp_min".split()


def _tensors(value, who):
    """A list of tensors, at least one."""
    if isinstance(value, Tensor) or not isinstance(value, (list, tuple)):
        raise ArgumentTypeError(
            explain(
                who,
                expected="a list of tensors",
                got=type(value).__name__,
                do="Write [x] for one tensor.",
            )
        )
    if not value:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="a list of at least one tensor",
                got="an empty one",
                do="Skip the call where there is nothing to do.",
            )
        )
    return value


def _for_each(value, count, who):
    """An operand for each tensor: a list's items, or the same number or 0-d tensor."""
    if isinstance(value, (list, tuple)):
        if len(value) != count:
            raise ArgumentRuntimeError(
                explain(
                    who,
                    expected=f"{count} operands, the same number as tensors",
                    got=len(value),
                    do="Give one for each tensor, or one number for all.",
                )
            )
        return value
    if isinstance(value, Tensor) and value.ndim:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="a scalar tensor of 0 dimensions",
                got=f"{value.ndim} dimensions and {value.numel()} elements",
                do="Give a list with a tensor for each.",
            )
        )
    return [value] * count


def _unary(name):
    method, who = getattr(Tensor, name), f"_foreach_{name}()"

    def function(self):
        return tuple([method(x) for x in _tensors(self, who)])

    write = getattr(Tensor, f"{name}_")

    def inplace(self):
        for x in _tensors(self, who):
            write(x)
        return self

    return function, inplace


def _binary(name):
    """Forms of ``name(self, other)``; other is a list, a number or a 0-d tensor."""
    plain = {"maximum": "clamp_min", "minimum": "clamp_max"}.get(name, name)
    who = f"_foreach_{name}()"

    def one(x, other, form, options):
        if isinstance(x, Tensor) and not isinstance(other, Tensor):
            return getattr(x, plain + form)(other, **options)
        return getattr(x, name + form)(other, **options)

    def function(self, other, **options):
        if name == "pow" and not isinstance(self, (list, tuple)):
            return tuple([self**exponent for exponent in _tensors(other, who)])
        others = _for_each(other, len(_tensors(self, who)), who)
        pairs = zip(self, others, strict=True)
        return tuple([one(x, y, "", options) for x, y in pairs])

    def inplace(self, other, **options):
        others = _for_each(other, len(_tensors(self, who)), who)
        for x, y in zip(self, others, strict=True):
            result = one(x, y, "" if name in ("maximum", "minimum") else "_", options)
            if result is not x:
                x.copy_(result)
        return self

    return function, inplace


def _ternary(name):
    """Forms of ``name(self, tensor1, tensor2, value)`` for addcmul and addcdiv."""
    who = f"_foreach_{name}()"

    def values(value, scalars, count):
        value = value if scalars is None else scalars
        if isinstance(value, Tensor) and value.ndim == 1:
            value = value.tolist()
        return _for_each(value, count, who)

    def run(form, self, tensor1, tensor2, value, scalars):
        count = len(_tensors(self, who))
        first, second = _for_each(tensor1, count, who), _for_each(tensor2, count, who)
        rows = zip(self, first, second, values(value, scalars, count), strict=True)
        return [getattr(x, name + form)(a, b, value=v) for x, a, b, v in rows]

    def function(self, tensor1, tensor2, value=1, *, scalars=None):
        return tuple(run("", self, tensor1, tensor2, value, scalars))

    def inplace(self, tensor1, tensor2, value=1, *, scalars=None):
        run("_", self, tensor1, tensor2, value, scalars)
        return self

    return function, inplace


def _enter(name, function, says):
    function.__name__ = function.__qualname__ = f"_foreach_{name}"
    function.__doc__ = f"{says} every tensor of a list."
    expose(function, method=False)


def _lerped(self, tensors1, weight, form):
    count = len(_tensors(self, "_foreach_lerp()"))
    ends = _for_each(tensors1, count, "_foreach_lerp()")
    weights = _for_each(weight, count, "_foreach_lerp()")
    rows = zip(self, ends, weights, strict=True)
    return [getattr(x, f"lerp{form}")(end, w) for x, end, w in rows]


def _foreach_lerp(self, tensors1, weight):
    """`lerp` of every tensor of a list and its partner in another."""
    return tuple(_lerped(self, tensors1, weight, ""))


def _foreach_lerp_(self, tensors1, weight):
    """`lerp_` on every tensor of a list."""
    _lerped(self, tensors1, weight, "_")
    return self


def _foreach_zero_(self):
    """Fill every tensor of a list with zeros."""
    for x in _tensors(self, "_foreach_zero_()"):
        x.zero_()
    return self


def _foreach_copy_(self, src, non_blocking=False):
    """Copy to every tensor of a list its partner in another."""
    sources = _for_each(
        src, len(_tensors(self, "_foreach_copy_()")), "_foreach_copy_()"
    )
    for x, source in zip(self, sources, strict=True):
        x.copy_(source, non_blocking)
    return self


def _foreach_clone(self, *, memory_format=None):
    """A copy of every tensor of a list."""
    options = {} if memory_format is None else {"memory_format": memory_format}
    return tuple([x.clone(**options) for x in _tensors(self, "_foreach_clone()")])


def _foreach_norm(self, ord=2, dtype=None):
    """The norm of every tensor of a list."""
    return tuple([x.norm(ord, dtype=dtype) for x in _tensors(self, "_foreach_norm()")])


def _foreach_powsum(self, ord=2, dtype=None):
    """``sum(abs(x)**ord)`` of every tensor of a list."""
    found = _tensors(self, "_foreach_powsum()")
    return tuple([x.abs().pow(ord).sum(dtype=dtype) for x in found])


def _foreach_max(self):
    """The largest element of every tensor of a list."""
    return tuple([x.max() for x in _tensors(self, "_foreach_max()")])


def _foreach_mm(self, mat2):
    """The products of every matrix of a list with its partner in another."""
    who = "_foreach_mm()"
    others = _for_each(mat2, len(_tensors(self, who)), who)
    return tuple([x.mm(y) for x, y in zip(self, others, strict=True)])


for _names, _make in (
    (_UNARY, _unary),
    (_BINARY, _binary),
    (("addcmul", "addcdiv"), _ternary),
):
    for _name in _names:
        _plain, _inplace = _make(_name)
        _enter(_name, _plain, f"`{_name}` of")
        _enter(f"{_name}_", _inplace, f"`{_name}_` on")
for _function in (
    _foreach_lerp,
    _foreach_lerp_,
    _foreach_zero_,
    _foreach_copy_,
    _foreach_clone,
    _foreach_norm,
    _foreach_powsum,
    _foreach_max,
    _foreach_mm,
):
    expose(_function, method=False)
