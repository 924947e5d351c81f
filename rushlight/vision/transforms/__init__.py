"""What is done to an image between the file and the network.

`functional` holds the functions, the other files classes over them; `batches` says how
a whole batch goes through a stack of them at once.
"""

from importlib import import_module

from rushlight.vision.transforms import functional
from rushlight.vision.transforms.transforms import *
from rushlight.vision.transforms.transforms import __all__


def __getattr__(name):
    if name in ("autoaugment", "v2"):
        return import_module(f"rushlight.vision.transforms.{name}")
    from rushlight.vision._images import missing_name

    raise missing_name("torchvision.transforms", name, globals())
