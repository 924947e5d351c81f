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
        if op.promote is None:  # indices and the like may have data
            return op.spec

        def run_spec(*arrays, **attrs):
            for array in arrays:
                if (
                    hasattr(array, "ndim")
                    and not isinstance(array, Spec)
                    and array.ndim
                ):
                    raise TypeError("a meta tensor meets one with data")
            return op.spec(*arrays, **attrs)

        return run_spec


META_BACKEND = MetaBackend()
