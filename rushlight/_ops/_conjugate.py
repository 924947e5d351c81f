"""Conjugates, which gradient rules of products need; real values stay as they are."""


def conj_of(value):
    """The complex conjugate of a saved tensor or number; anything real as it is."""
    array = getattr(value, "_array", None)
    if array is None:
        return value.conjugate() if value.__class__ is complex else value
    return value.conj() if array.dtype.kind == "c" else value
