"""Recurrent layers over time as routines: lstm, gru, rnn_tanh, rnn_relu.

Sequences are all of one length, which may be symbolic, as may be their number.  Read
`call`, `cells`, `task`, `forward`, `backward`.
"""

from rushlight._compiler.routines.recurrent.backward import recurrent_backward
from rushlight._compiler.routines.recurrent.call import Recurrent
from rushlight._compiler.routines.recurrent.forward import recurrent_forward

__all__ = ["Recurrent", "recurrent_backward", "recurrent_forward"]
