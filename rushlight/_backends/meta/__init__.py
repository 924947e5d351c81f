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
        spec, takes_data = op.spec, op.promote is None  # indices may have data

        def run_spec(*arrays, **attrs):
            if not takes_data:
                for array in arrays:
                    if (
                        hasattr(array, "ndim")
                        and not isinstance(array, Spec)
                        and array.ndim
                    ):
                        raise TypeError("a meta tensor meets one with data")
            found = spec(*arrays, **attrs)
            if found.__class__ is Spec:
                return _fresh(found)
            return tuple([_fresh(one) for one in found])

        return run_spec


def _fresh(spec):
    """A spec of its own: each stands for one array, as arrays do."""
    return Spec(spec.shape, spec.dtype)


META_BACKEND = MetaBackend()
