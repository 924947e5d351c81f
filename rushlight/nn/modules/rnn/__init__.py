"""Recurrent networks: layers over sequences, and single steps."""

from rushlight.nn.modules.rnn.base import RNNBase
from rushlight.nn.modules.rnn.cells import *
from rushlight.nn.modules.rnn.layers import *
