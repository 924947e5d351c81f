"""The meta device: arrays without data, computed on by spec rules alone."""

from rushlight._backends.base import Backend
from rushlight._base.device import META
from rushlight._base.errors import DeviceError, explain
from rushlight._base.spec import Spec


class MetaBackend(Backend):
    """Specs stand for arrays; an op's kernel is its spec rule."""

    name = "meta"
    array_type = Spec
    np = None

    def from_host(self, array, device):
        return Spec(array.shape, array.dtype)

    def to_host(self, array):
        raise DeviceError(
            explain(
                "a meta tensor",
                expected="data to copy",
                got="a tensor on the meta device, which has shape and dtype only",
                do="Create it on the CPU, or use torch.empty_like(x, device='cpu').",
            )
        )

    def empty(self, shape, dtype):
        return Spec(shape, dtype)

    def device_of(self, array):
        return META

    def kernel(self, op):
        spec, refused = op.spec, None if op.promote is not None else "fcV"

        def run_spec(*arrays, **attrs):
            for array in arrays:
                if isinstance(array, Spec) or not getattr(array, "ndim", 0):
                    continue
                if refused is None or array.dtype.kind in refused:  # else an index
                    raise _two_devices(op)
            found = spec(*arrays, **attrs)
            if found.__class__ is Spec:
                return _fresh(found)
            return tuple([_fresh(one) for one in found])

        return run_spec


def _two_devices(op):
    return DeviceError(
        explain(
            f"{op.name}()",
            expected="all tensors to be on the same device",
            got="a tensor on the meta device and one with data on cpu",
            do="Move one of them with .to(device).",
        )
    )


def _fresh(spec):
    """A spec of its own: each stands for one array, as arrays do."""
    return Spec(spec.shape, spec.dtype)


META_BACKEND = MetaBackend()
