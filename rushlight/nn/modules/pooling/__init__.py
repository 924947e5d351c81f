"""Pooling: the maximum or the mean over windows, or over as many as are wanted."""

from rushlight.nn.modules.pooling.adaptive import *
from rushlight.nn.modules.pooling.average import *
from rushlight.nn.modules.pooling.maximum import *
from rushlight.nn.modules.pooling.average import _AvgPoolNd
from rushlight.nn.modules.pooling.maximum import _MaxPoolNd
from rushlight.nn.modules.pooling.fractional import *
