"""Pooling: the largest or the mean element of windows, and the way back.

Read `_windows` (sizes and arguments) first, then `maximum` with its arrays in
`_winners`, `average`, `adaptive` and `unpool`.
"""

from rushlight._ops.pool import maximum, average, adaptive, unpool
