"""Normalisation: by layer, by batch, by group, by neighbourhood, by length.

Read `layer` first; `_channels` holds the passes over memory that `batch` and `group`
share.
"""

from rushlight._ops.norm import batch, group, instance, layer, local
