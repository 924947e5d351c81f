"""Recurrent networks over whole sequences: lstm, gru, rnn_tanh, rnn_relu, and one step.

Read `_cells` (one step of each kind, forward and back), `_layers` (sequences, layers,
directions), then `sequences` (the ops) and `steps` (single cells).
"""

from rushlight._ops.recurrent import sequences, steps
