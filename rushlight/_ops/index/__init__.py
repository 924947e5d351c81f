"""Reading and writing by index, by places, through masks."""

from rushlight._ops.index import (
    along,
    combine,
    flat,
    gather,
    labels,
    masked,
    nonzero,
    parse,
    put,
    read,
    regions,
    rows,
    scatter,
    select,
    write,
)
