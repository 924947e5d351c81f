"""Pictures: datasets and transforms, under torchvision's names.

What is stored as one array is fetched and transformed a batch at a time; see
docs/data.md.
"""

from rushlight.vision import datasets, transforms
from rushlight.vision._images import get_image_backend, set_image_backend

#: The version of torchvision whose names and numbers these are.
__version__ = "0.29.2"


def __getattr__(name):
    from rushlight.vision._images import missing_name

    raise missing_name("torchvision", name, globals())
