"""random-norm: spectral_norm in evaluation mode, before its norm was ever estimated.

The hook starts with random vectors and improves them in each forward pass in training
mode.  Whether one has run, or vectors were loaded, the hook knows; whether they were
written by hand, their versions tell.
"""

from rushlight.guard._report import found

NAME = "random-norm"
SUMMARY = "spectral_norm divides by the product of random vectors"


def unestimated(hook, module):
    """A module with spectral_norm evaluates, and its norm was never estimated."""
    u, v = (getattr(module, hook.name + suffix) for suffix in ("_u", "_v"))
    if u._version or v._version:
        return
    weight = getattr(module, f"{hook.name}_orig")
    sigma = float(hook.product(weight.detach(), u, v))
    name = type(module).__name__
    found(
        NAME,
        saw=f"spectral_norm divides this {name}.{hook.name} {list(weight.shape)} "
        f"by {sigma:.3g}, which random vectors gave: it ran in evaluation mode before "
        "any forward pass in training mode",
        why="Only passes in training mode estimate the largest singular value; until "
        "then the layer's weight is scaled by chance",
        do="call the model once in train() mode first, load a state_dict, or use "
        "nn.utils.parametrizations.spectral_norm, which estimates at once",
    )
