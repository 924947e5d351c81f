"""Initial values: functions that fill a tensor in place and return it.

They draw PyTorch's numbers from the same generator, in the same order, and are never
recorded.
"""

from rushlight.nn.init.gain import (
    _calculate_correct_fan,
    _calculate_fan_in_and_fan_out,
    calculate_gain,
)
from rushlight.nn.init.simple import (
    constant_,
    dirac_,
    eye_,
    normal_,
    ones_,
    sparse_,
    uniform_,
    zeros_,
)
from rushlight.nn.init.truncated import trunc_normal_
from rushlight.nn.init.scaled import (
    kaiming_normal_,
    kaiming_uniform_,
    orthogonal_,
    xavier_normal_,
    xavier_uniform_,
)
from rushlight.nn.init.deprecated import (
    constant,
    dirac,
    eye,
    kaiming_normal,
    kaiming_uniform,
    normal,
    orthogonal,
    sparse,
    uniform,
    xavier_normal,
    xavier_uniform,
)
