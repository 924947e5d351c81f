"""Activations, by what they do to their input."""

from rushlight.nn.modules.activation.attention import *
from rushlight.nn.modules.activation.gates import *
from rushlight.nn.modules.activation.rectifiers import *
from rushlight.nn.modules.activation.squashing import *
