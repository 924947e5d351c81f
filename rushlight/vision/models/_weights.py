"""Trained weights: their names, where they are kept, how a model gets them."""

import os
from dataclasses import dataclass
from enum import Enum
from functools import partial

from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    ArgumentTypeError,
    explain,
)
from rushlight.vision.datasets.download import digest, fetch
from rushlight.vision.models._published import ADDRESS, PUBLISHED
from rushlight.vision.transforms._presets import ImageClassification
from rushlight.vision.transforms.functional import InterpolationMode

__all__ = ["Weights", "WeightsEnum"]


@dataclass
class Weights:
    """One file of trained weights.

    Args:
        url: its address.
        transforms: a function that makes the transforms for the model's input.
        meta: what is known of it.
    """

    url: str
    transforms: object
    meta: dict

    def __eq__(self, other):
        return isinstance(other, Weights) and self.url == other.url


class WeightsEnum(Enum):
    """The weights of one model; each family is a subclass, DEFAULT its best member."""

    @classmethod
    def verify(cls, obj):
        """The member that a member, its name or None means.

        Raises:
            TypeError: for something else.
            KeyError: for a name that is none.
        """
        if obj is None or isinstance(obj, cls):
            return obj
        if isinstance(obj, str):
            return cls[obj.replace(f"{cls.__name__}.", "")]
        raise ArgumentTypeError(
            explain(
                "weights",
                expected=f"a member of {cls.__name__}, its name, or None",
                got=type(obj).__name__,
                do=f"Pass {cls.__name__}.DEFAULT.",
            )
        )

    def get_state_dict(self, *args, progress=True, check_hash=False, **kwargs):
        """The weights, fetched when they are not there yet.

        Args:
            progress: accepted as torchvision has it; a terminal shows progress.
            check_hash: whether the file must have the SHA-256 that its name begins.

        Returns:
            dict of Tensors.

        Raises:
            RuntimeError: where the file cannot be had, or is another.
        """
        from rushlight.serialization import load

        return load(_file_of(self.url, check_hash), map_location="cpu")

    def __repr__(self):
        return f"{type(self).__name__}.{self._name_}"

    @property
    def url(self):
        """The file's address."""
        return self.value.url

    @property
    def transforms(self):
        """A function that makes the transforms for the model's input."""
        return self.value.transforms

    @property
    def meta(self):
        """What is known of the weights: num_params, min_size."""
        return self.value.meta


class _Meta(dict):
    """Facts about weights."""

    def __missing__(self, key):
        raise KeyError(
            f"weights.meta: expected one of {list(self)}, got {key!r}. The names of "
            "ImageNet's classes are not part of Rushlight; read them from a file."
        )


#: How many classes the published weights tell apart: ImageNet's.
CLASSES = 1000


def family(name):
    """The WeightsEnum with the published weights of a family.

    >>> family("ResNet18").DEFAULT
    ResNet18_Weights.IMAGENET1K_V1
    """
    members = [(version, _made(*facts)) for version, facts in PUBLISHED[name].items()]
    usual = [value for version, value in members if "LINEAR" not in version]
    plain = [v for version, v in members if "SWAG" not in version]
    members.append(("DEFAULT", (plain or usual)[-1]))
    return WeightsEnum(f"{name}_Weights", members, module=__name__)


def _made(file, crop, resize, interpolation, parameters, smallest, mean=None):
    look = {} if mean is None else {"mean": (mean,) * 3, "std": (mean,) * 3}
    transforms = partial(
        ImageClassification,
        crop_size=crop,
        resize_size=resize,
        interpolation=InterpolationMode(interpolation),
        **look,
    )
    facts = _Meta(num_params=parameters, min_size=(smallest, smallest))
    return Weights(ADDRESS + file, transforms, facts)


def _folder():
    """Where torch.hub keeps such files."""
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = os.environ.get("TORCH_HOME", os.path.join(cache, "torch"))
    return os.path.join(os.path.expanduser(home), "hub", "checkpoints")


def _file_of(url, check):
    name = os.path.basename(url)
    path = fetch([url], _folder(), name, who="weights")
    start = os.path.splitext(name)[0].rpartition("-")[2]
    if check and not digest(path, "sha256").startswith(start):
        raise ArgumentRuntimeError(
            explain(
                path,
                expected=f"a file whose SHA-256 begins with {start}",
                got="another",
                do="Delete it; it is fetched again the next time.",
            )
        )
    return path


def load_into(model, weights, renamed=None):
    """Give a new model its trained weights, after giving them their present names."""
    state = weights.get_state_dict(check_hash=True)
    model.load_state_dict(state if renamed is None else renamed(state))
    return model


def set_or_agree(options, name, value):
    """Set an option that weights dictate.

    Raises:
        ValueError: where the user chose another value.
    """
    if options.setdefault(name, value) != value:
        raise ArgumentError(
            explain(
                name,
                expected=f"{value}, which the weights were made for",
                got=options[name],
                do="Replace the last layer after loading, or leave the weights out.",
            )
        )
