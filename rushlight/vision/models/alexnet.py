"""AlexNet."""

from rushlight import nn
from rushlight.vision.models._build import builder


class AlexNet(nn.Module):
    """Five convolutions and three linear layers.

    Args:
        num_classes: scores for each picture.
        dropout: before the first two linear layers.

    See:
        Krizhevsky, "One weird trick for parallelizing convolutional neural networks"
        (2014), arXiv:1404.5997.
    """

    def __init__(self, num_classes=1000, dropout=0.5):
        super().__init__()
        self.features = nn.Sequential(
            *_layer(3, 64, kernel_size=11, stride=4, padding=2),
            nn.MaxPool2d(kernel_size=3, stride=2),
            *_layer(64, 192, kernel_size=5, padding=2),
            nn.MaxPool2d(kernel_size=3, stride=2),
            *_layer(192, 384, kernel_size=3, padding=1),
            *_layer(384, 256, kernel_size=3, padding=1),
            *_layer(256, 256, kernel_size=3, padding=1),
            nn.MaxPool2d(kernel_size=3, stride=2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
        self.classifier = nn.Sequential(
            nn.Dropout(p=dropout),
            nn.Linear(256 * 6 * 6, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(p=dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(inplace=True),
            nn.Linear(4096, num_classes),
        )

    def forward(self, x):
        """Scores (N, num_classes) of pictures (N, 3, H, W)."""
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


def _layer(*args, **kwargs):
    return nn.Conv2d(*args, **kwargs), nn.ReLU(inplace=True)


alexnet, AlexNet_Weights = builder("alexnet", "AlexNet", AlexNet, what="AlexNet")
