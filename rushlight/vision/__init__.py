"""Pictures: datasets and transforms, under torchvision's names.

What is stored as one array is fetched and transformed a batch at a time; see
docs/data.md.
"""

from importlib import import_module

from rushlight.vision import datasets, transforms
from rushlight.vision._images import get_image_backend, set_image_backend

#: The version of torchvision whose names and numbers these are.
__version__ = "0.29.2"


#: Imported when they are first used.
_ROOMS = frozenset("io models ops utils".split())


def __getattr__(name):
    if name in _ROOMS:
        return import_module(f"rushlight.vision.{name}")
    from rushlight.vision._images import missing_name

    raise missing_name("torchvision", name, [*globals(), *_ROOMS])
