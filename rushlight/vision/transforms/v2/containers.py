"""Transforms made of others, for samples: in turn, sometimes, one, in random order."""

from rushlight._base.errors import ArgumentError, ArgumentTypeError, explain
from rushlight._base.pytree import flatten, unflatten
from rushlight._core.expose import TORCH
from rushlight.nn.modules.module import Module
from rushlight.vision.transforms.v2.samples import Transform


class Compose(Module):
    """Several transforms, one after another.

    Args:
        transforms: a list of transforms or functions of as many arguments as there are.

    Raises:
        TypeError: for what is no sequence. ValueError: for an empty one.

    >>> Compose([Compose([abs])])(-1)
    1
    """

    def __init__(self, transforms):
        super().__init__()
        if not isinstance(transforms, (list, tuple)):
            raise ArgumentTypeError(_need_list(self, transforms))
        if not transforms:
            raise ArgumentError(_need_list(self, transforms))
        self.transforms = transforms

    def forward(self, *inputs):
        """The transformed sample."""
        several = len(inputs) > 1
        for transform in self.transforms:
            outputs = transform(*inputs)
            inputs = outputs if several else (outputs,)
        return outputs

    def batch_steps(self):
        """The transforms, to be applied to a batch one after another."""
        return self.transforms

    def __repr__(self):
        return f"{type(self).__name__}({_lines(self.transforms)})"


def _need_list(owner, got):
    return explain(
        f"{type(owner).__name__}(), transforms",
        expected="a list of at least one transform",
        got=repr(got),
        do="Put the transforms into a list.",
    )


def _lines(transforms):
    if len(transforms) == 1:
        return f"    {transforms[0]}"
    return "".join(f"\n      {transform}" for transform in transforms) + "\n"


class RandomApply(Compose):
    """Several transforms one after another, or none of them.

    Args:
        transforms: a list of transforms or functions.
        p: the probability that they are applied.

    Raises:
        TypeError, ValueError: as `Compose` says; for p outside [0, 1].
    """

    batch_steps = None

    def __init__(self, transforms, p=0.5):
        super().__init__(transforms)
        if not 0.0 <= p <= 1.0:
            raise ArgumentError(
                explain(
                    "RandomApply(), p", expected="in [0, 1]", got=p, do="Correct it."
                )
            )
        self.p = p

    def forward(self, *inputs):
        """The sample, transformed or as it is."""
        if TORCH["rand"](1) >= self.p:
            return inputs[0] if len(inputs) == 1 else inputs
        return super().forward(*inputs)


class RandomChoice(Compose):
    """One of several transforms.

    Args:
        transforms: a list of transforms or functions.
        p: their weights; all alike if left out.

    Raises:
        TypeError, ValueError: as `Compose` says; for another number of weights.
    """

    batch_steps = None

    def __init__(self, transforms, p=None):
        super().__init__(transforms)
        p = [1] * len(transforms) if p is None else p
        if len(p) != len(transforms):
            raise ArgumentError(
                explain(
                    "RandomChoice(), p",
                    expected=f"{len(transforms)} weights, one for each transform",
                    got=len(p),
                    do="Correct it.",
                )
            )
        self.p = [weight / sum(p) for weight in p]

    def forward(self, *inputs):
        """The sample, transformed by one of them."""
        place = TORCH["multinomial"](TORCH["tensor"](self.p), 1).item()
        return self.transforms[place](*inputs)

    def __repr__(self):
        return f"{type(self).__name__}(transforms={self.transforms}, p={self.p})"


class RandomOrder(Compose):
    """Several transforms in random order.

    Args:
        transforms: a list of transforms or functions.

    Raises:
        TypeError, ValueError: as `Compose` says.
    """

    batch_steps = None

    def forward(self, *inputs):
        """The transformed sample."""
        several = len(inputs) > 1
        for place in TORCH["randperm"](len(self.transforms)).tolist():
            outputs = self.transforms[place](*inputs)
            inputs = outputs if several else (outputs,)
        return outputs

    def __repr__(self):
        return f"{type(self).__name__}(transforms={self.transforms})"


class Lambda(Transform):
    """A function of the user's for the tensors and images of a sample.

    Args:
        lambd: a function of one image or value.
        *types: the classes that it is for; all if left out.

    >>> Lambda(lambda x: x + 1)(2)
    3
    """

    def __init__(self, lambd, *types):
        super().__init__()
        self.lambd = lambd
        self.types = types or (object,)

    def forward(self, *inputs):
        """The sample with the function applied to each of its parts."""
        sample = inputs[0] if len(inputs) == 1 else inputs
        leaves, tree = flatten(sample)
        done = [self.lambd(x) if isinstance(x, self.types) else x for x in leaves]
        return unflatten(tree, done)

    def __repr__(self):
        name = getattr(self.lambd, "__name__", repr(self.lambd))
        return f"Lambda({name}, types={[kind.__name__ for kind in self.types]})"
