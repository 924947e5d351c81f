"""Convolutions and their transposes."""

from rushlight.nn.modules.conv._base import _ConvNd
from rushlight.nn.modules.conv.convolution import *
from rushlight.nn.modules.conv.transposed import *
