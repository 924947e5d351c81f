"""Networks for pictures, with torchvision's names, state_dict keys and initial values.

Each family has a file: the classes, and a function for each size of it.  `_build` makes
these functions, `_weights` and `_published` know the trained weights.
"""

from rushlight.vision.models import (
    alexnet,
    convnext,
    densenet,
    efficientnet,
    mobilenet,
    mobilenetv2,
    mobilenetv3,
    resnet,
    squeezenet,
    vgg,
    vision_transformer,
)
from rushlight.vision.models._api import (
    get_model,
    get_model_builder,
    get_model_weights,
    get_weight,
    list_models,
)
from rushlight.vision.models._build import BUILDERS as _BUILDERS
from rushlight.vision.models._weights import Weights, WeightsEnum
from rushlight.vision.models.alexnet import AlexNet
from rushlight.vision.models.convnext import ConvNeXt
from rushlight.vision.models.densenet import DenseNet
from rushlight.vision.models.efficientnet import EfficientNet
from rushlight.vision.models.mobilenet import MobileNetV2, MobileNetV3
from rushlight.vision.models.resnet import ResNet
from rushlight.vision.models.squeezenet import SqueezeNet
from rushlight.vision.models.vgg import VGG
from rushlight.vision.models.vision_transformer import VisionTransformer

# The functions and their weights.  `alexnet` becomes the function, as in torchvision.
for _function, _enum in _BUILDERS.values():
    globals().update({_function.__name__: _function, _enum.__name__: _enum})
del _function, _enum


def __getattr__(name):
    from rushlight.vision._images import missing_name

    raise missing_name("torchvision.models", name, globals())
