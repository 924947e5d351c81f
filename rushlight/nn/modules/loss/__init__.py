"""Losses, by what they compare."""

from rushlight.nn.modules.loss._base import _Loss, _WeightedLoss
from rushlight.nn.modules.loss.classification import *
from rushlight.nn.modules.loss.density import *
from rushlight.nn.modules.loss.linear import *
from rushlight.nn.modules.loss.ranking import *
from rushlight.nn.modules.loss.regression import *
from rushlight.nn.modules.loss.sequence import *
