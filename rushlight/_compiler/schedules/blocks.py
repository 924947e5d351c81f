"""How large the blocks are into which a nest is cut, for the threads to share.

Only the sizes count, never the number of threads.  Of symbolic sizes an example serves
for the choice: any block is right, some are faster.
"""

import math

from rushlight._base.symint import hint_of, is_symbolic

#: Elements that one block works on, about.
_BLOCK = 8192


def rows_of_block(axes, longest):
    """How many places of its longest axis a block has: even blocks, if they are known.

    Args:
        axes: all axes of the nest.
        longest: one of them.
    """
    others = math.prod(hint_of(a.size) for a in axes if a is not longest)
    rows = max(1, _BLOCK // max(1, others))
    if is_symbolic(longest.size):
        return rows
    count = -(-longest.size // min(longest.size, rows))
    return -(-longest.size // count)


def width_of_block(lanes, reduced):
    """How many columns a block has.

    Args:
        lanes: the axis of the columns.
        reduced: the axes that are reduced along them.
    """
    each = math.prod(hint_of(a.size) for a in reduced)
    if each == 1:
        width = _BLOCK
    else:
        width = max(16, -(-_BLOCK // each // 16) * 16)
        width = min(width, 128, max(16, -(-hint_of(lanes.size) // 8 // 16) * 16))
    return width if is_symbolic(lanes.size) else min(lanes.size, width)
