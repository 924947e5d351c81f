"""Transforms made of others: one after another, a user's function, sometimes."""

import random
from collections.abc import Sequence

from rushlight._base.errors import ArgumentTypeError, explain
from rushlight._core.expose import TORCH
from rushlight.nn.modules.module import Module


class Compose:
    """Several transforms, one after another.

    Args:
        transforms: a list of transforms or functions.

    >>> from rushlight.vision.transforms import ToTensor
    >>> Compose([ToTensor()])
    Compose(
        ToTensor()
    )
    """

    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, img):
        for transform in self.transforms:
            img = transform(img)
        return img

    def batch_steps(self):
        """The transforms, to be applied to a batch one after another."""
        return self.transforms

    def __repr__(self):
        return f"{type(self).__name__}({_lines(self.transforms)}\n)"


def _lines(transforms):
    return "".join(f"\n    {transform}" for transform in transforms)


class Lambda:
    """A function of the user's as a transform.

    Args:
        lambd: a function of one image.

    Raises:
        TypeError: for what cannot be called.

    >>> Lambda(lambda x: x + 1)(2)
    3
    """

    def __init__(self, lambd):
        if not callable(lambd):
            raise ArgumentTypeError(
                explain(
                    "Lambda(), lambd",
                    expected="a function: argument lambd should be callable",
                    got=repr(type(lambd).__name__),
                    do="Pass the function itself, not its result.",
                )
            )
        self.lambd = lambd

    def __call__(self, img):
        return self.lambd(img)

    def __repr__(self):
        return f"{type(self).__name__}()"


class RandomApply(Module):
    """Several transforms one after another, or none of them.

    Args:
        transforms: a list of transforms or functions.
        p: the probability that they are applied.

    >>> RandomApply([lambda x: x + 1], p=0.0)(2)
    2
    """

    def __init__(self, transforms, p=0.5):
        super().__init__()
        self.transforms = transforms
        self.p = p

    def forward(self, img):
        """The image, transformed or as it is."""
        if self.p < TORCH["rand"](1):
            return img
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self):
        return f"{type(self).__name__}(\n    p={self.p}{_lines(self.transforms)}\n)"


class RandomTransforms:
    """What lists of transforms share: subclass it, write __call__.

    Args:
        transforms: a list of transforms or functions.

    Raises:
        TypeError: for what is no sequence.
    """

    def __init__(self, transforms):
        if not isinstance(transforms, Sequence):
            raise ArgumentTypeError(
                explain(
                    f"{type(self).__name__}(), transforms",
                    expected="a sequence",
                    got=type(transforms),
                    do="Put the transforms into a list.",
                )
            )
        self.transforms = transforms

    def __call__(self, *args, **kwargs):
        raise NotImplementedError

    def __repr__(self):
        return f"{type(self).__name__}({_lines(self.transforms)}\n)"


class RandomOrder(RandomTransforms):
    """Several transforms in random order; Python's `random` shuffles them.

    Args:
        transforms: a list of transforms or functions.

    >>> RandomOrder([lambda x: x + 1, lambda x: x + 2])(0)
    3
    """

    def __call__(self, img):
        order = list(range(len(self.transforms)))
        random.shuffle(order)
        for number in order:
            img = self.transforms[number](img)
        return img


class RandomChoice(RandomTransforms):
    """One of several transforms; Python's `random` chooses it.

    Args:
        transforms: a list of transforms or functions.
        p: their weights; all alike if left out.

    Raises:
        TypeError: for weights that are no sequence.

    >>> RandomChoice([lambda x: x + 1, lambda x: x + 2], p=[0, 1])(0)
    2
    """

    def __init__(self, transforms, p=None):
        super().__init__(transforms)
        if p is not None and not isinstance(p, Sequence):
            raise ArgumentTypeError(
                explain(
                    "RandomChoice(), p",
                    expected="a sequence",
                    got=type(p),
                    do="Give one weight for each transform.",
                )
            )
        self.p = p

    def __call__(self, *args):
        return random.choices(self.transforms, weights=self.p)[0](*args)

    def __repr__(self):
        return f"{super().__repr__()}(p={self.p})"
