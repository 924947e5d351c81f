"""ResNet, and its kin with groups (ResNeXt) or wide blocks."""

from rushlight import nn
from rushlight._base.errors import ArgumentError, UnsupportedError, explain
from rushlight.vision.models._build import builder
from rushlight.vision.ops.misc import initialize


def conv3x3(in_planes, out_planes, stride=1, groups=1, dilation=1):
    """A 3 x 3 convolution that keeps the size, without bias.

    >>> conv3x3(3, 8)
    Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), bias=False)
    """
    return nn.Conv2d(
        in_planes,
        out_planes,
        kernel_size=3,
        stride=stride,
        padding=dilation,
        groups=groups,
        bias=False,
        dilation=dilation,
    )


def conv1x1(in_planes, out_planes, stride=1):
    """A 1 x 1 convolution without bias.

    >>> conv1x1(3, 8)
    Conv2d(3, 8, kernel_size=(1, 1), stride=(1, 1), bias=False)
    """
    return nn.Conv2d(in_planes, out_planes, kernel_size=1, stride=stride, bias=False)


class BasicBlock(nn.Module):
    """Two 3 x 3 convolutions beside an identity.

    Args:
        inplanes, planes: channels of input and output.
        stride: of the first convolution.
        downsample: a Module for the identity, where sizes differ.
        groups, base_width, dilation: 1, 64 and 1; only Bottleneck takes others.
        norm_layer: a function of the number of channels; BatchNorm2d if left out.

    Raises:
        ValueError, NotImplementedError: for other groups or base_width, or dilation.
    """

    expansion = 1

    def __init__(
        self,
        inplanes,
        planes,
        stride=1,
        downsample=None,
        groups=1,
        base_width=64,
        dilation=1,
        norm_layer=None,
    ):
        super().__init__()
        norm_layer = norm_layer or nn.BatchNorm2d
        _check_basic(groups, base_width, dilation)
        self.conv1 = conv3x3(inplanes, planes, stride)
        self.bn1 = norm_layer(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = conv3x3(planes, planes)
        self.bn2 = norm_layer(planes)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x):
        """(N, planes, H / stride, W / stride)."""
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += x if self.downsample is None else self.downsample(x)
        return self.relu(out)


def _check_basic(groups, base_width, dilation):
    if groups == 1 and base_width == 64 and dilation == 1:
        return
    kind = UnsupportedError if groups == 1 and base_width == 64 else ArgumentError
    raise kind(
        explain(
            "BasicBlock()",
            expected="groups=1, base_width=64 and dilation=1",
            got=f"{groups}, {base_width} and {dilation}",
            do="Use Bottleneck for others.",
        )
    )


class Bottleneck(nn.Module):
    """Convolutions of 1 x 1, 3 x 3 and 1 x 1 beside an identity.

    Args:
        inplanes: channels of the input.
        planes: a quarter of the output's.
        stride: of the 3 x 3 convolution.
        downsample: a Module for the identity, where sizes differ.
        groups, dilation: of the 3 x 3 convolution.
        base_width: its channels in each group, where planes is 64.
        norm_layer: a function of the number of channels; BatchNorm2d if left out.
    """

    expansion = 4

    def __init__(
        self,
        inplanes,
        planes,
        stride=1,
        downsample=None,
        groups=1,
        base_width=64,
        dilation=1,
        norm_layer=None,
    ):
        super().__init__()
        norm_layer = norm_layer or nn.BatchNorm2d
        width = int(planes * (base_width / 64.0)) * groups
        self.conv1 = conv1x1(inplanes, width)
        self.bn1 = norm_layer(width)
        self.conv2 = conv3x3(width, width, stride, groups, dilation)
        self.bn2 = norm_layer(width)
        self.conv3 = conv1x1(width, planes * self.expansion)
        self.bn3 = norm_layer(planes * self.expansion)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x):
        """(N, 4 * planes, H / stride, W / stride)."""
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        out += x if self.downsample is None else self.downsample(x)
        return self.relu(out)


class ResNet(nn.Module):
    """Four stages of residual blocks.

    Args:
        block: `BasicBlock` or `Bottleneck`.
        layers: the number of blocks in each stage.
        num_classes: scores for each picture.
        zero_init_residual: whether each block starts as the identity.
        groups, width_per_group: of the 3 x 3 convolutions.
        replace_stride_with_dilation: three bools: which of the later stages keep the
            size and widen the convolutions instead.
        norm_layer: a function of the number of channels; BatchNorm2d if left out.

    Raises:
        ValueError: for another number of bools.

    See:
        He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition" (2015),
        arXiv:1512.03385; Xie et al. (2016), arXiv:1611.05431; Zagoruyko and Komodakis
        (2016), arXiv:1605.07146.
    """

    def __init__(
        self,
        block,
        layers,
        num_classes=1000,
        zero_init_residual=False,
        groups=1,
        width_per_group=64,
        replace_stride_with_dilation=None,
        norm_layer=None,
    ):
        super().__init__()
        self._norm_layer = norm_layer or nn.BatchNorm2d
        self.inplanes = 64
        self.dilation = 1
        dilate = _three_bools(replace_stride_with_dilation)
        self.groups = groups
        self.base_width = width_per_group
        self.conv1 = nn.Conv2d(
            3, self.inplanes, kernel_size=7, stride=2, padding=3, bias=False
        )
        self.bn1 = self._norm_layer(self.inplanes)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.layer1 = self._make_layer(block, 64, layers[0])
        self.layer2 = self._make_layer(block, 128, layers[1], 2, dilate[0])
        self.layer3 = self._make_layer(block, 256, layers[2], 2, dilate[1])
        self.layer4 = self._make_layer(block, 512, layers[3], 2, dilate[2])
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(512 * block.expansion, num_classes)
        initialize(self)
        if zero_init_residual:
            self._start_as_identity()

    def _start_as_identity(self):
        for module in self.modules():
            if isinstance(module, Bottleneck) and module.bn3.weight is not None:
                nn.init.zeros_(module.bn3.weight)
            elif isinstance(module, BasicBlock) and module.bn2.weight is not None:
                nn.init.zeros_(module.bn2.weight)

    def _make_layer(self, block, planes, blocks, stride=1, dilate=False):
        before = self.dilation
        if dilate:
            self.dilation *= stride
            stride = 1
        width, shortcut = planes * block.expansion, None
        if stride != 1 or self.inplanes != width:
            shortcut = nn.Sequential(
                conv1x1(self.inplanes, width, stride), self._norm_layer(width)
            )
        common = (self.groups, self.base_width)
        norm = self._norm_layer
        made = [block(self.inplanes, planes, stride, shortcut, *common, before, norm)]
        self.inplanes = width
        for _ in range(1, blocks):
            made.append(block(width, planes, 1, None, *common, self.dilation, norm))
        return nn.Sequential(*made)

    def forward(self, x):
        """Scores (N, num_classes) of pictures (N, 3, H, W)."""
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(self.avgpool(x).flatten(1))


def _three_bools(replace):
    if replace is None:
        return [False, False, False]
    if len(replace) != 3:
        raise ArgumentError(
            explain(
                "ResNet(), replace_stride_with_dilation",
                expected="None or 3 bools",
                got=repr(replace),
                do="Give one for each of the stages 2, 3 and 4.",
            )
        )
    return replace


def _builder(name, weights, block, layers, what, **fixed):
    def make(**options):
        return ResNet(block, layers, **options)

    return builder(name, weights, make, what=what, fixed=fixed)


_34, _101 = [3, 4, 6, 3], [3, 4, 23, 3]
resnet18, ResNet18_Weights = _builder(
    "resnet18", "ResNet18", BasicBlock, [2, 2, 2, 2], "ResNet with 18 layers"
)
resnet34, ResNet34_Weights = _builder(
    "resnet34", "ResNet34", BasicBlock, _34, "ResNet with 34 layers"
)
resnet50, ResNet50_Weights = _builder(
    "resnet50", "ResNet50", Bottleneck, _34, "ResNet with 50 layers"
)
resnet101, ResNet101_Weights = _builder(
    "resnet101", "ResNet101", Bottleneck, _101, "ResNet with 101 layers"
)
resnet152, ResNet152_Weights = _builder(
    "resnet152", "ResNet152", Bottleneck, [3, 8, 36, 3], "ResNet with 152 layers"
)
resnext50_32x4d, ResNeXt50_32X4D_Weights = _builder(
    "resnext50_32x4d",
    "ResNeXt50_32X4D",
    Bottleneck,
    _34,
    "ResNeXt with 50 layers in 32 groups",
    groups=32,
    width_per_group=4,
)
resnext101_32x8d, ResNeXt101_32X8D_Weights = _builder(
    "resnext101_32x8d",
    "ResNeXt101_32X8D",
    Bottleneck,
    _101,
    "ResNeXt with 101 layers in 32 groups",
    groups=32,
    width_per_group=8,
)
resnext101_64x4d, ResNeXt101_64X4D_Weights = _builder(
    "resnext101_64x4d",
    "ResNeXt101_64X4D",
    Bottleneck,
    _101,
    "ResNeXt with 101 layers in 64 groups",
    groups=64,
    width_per_group=4,
)
wide_resnet50_2, Wide_ResNet50_2_Weights = _builder(
    "wide_resnet50_2",
    "Wide_ResNet50_2",
    Bottleneck,
    _34,
    "ResNet with 50 layers, blocks twice as wide",
    width_per_group=128,
)
wide_resnet101_2, Wide_ResNet101_2_Weights = _builder(
    "wide_resnet101_2",
    "Wide_ResNet101_2",
    Bottleneck,
    _101,
    "ResNet with 101 layers, blocks twice as wide",
    width_per_group=128,
)
