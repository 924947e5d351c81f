"""Recurrent networks: whole layers over a sequence, and single steps.

`lstm`, `gru` and `plain` each hold one layer in one direction as an op with a backward
through time; `stack` puts layers, directions and dropout together; `cells` are steps.
"""

from rushlight._ops.recurrent import cells, gru, lstm, plain, stack
