"""The transformer: its layers, their stacks, and the whole."""

from rushlight.nn.modules.transformer.layers import *
from rushlight.nn.modules.transformer.stacks import *
from rushlight.nn.modules.transformer.whole import *
