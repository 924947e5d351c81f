"""What `rushlight inspect` prints of a checkpoint's content.

The data of tensors is not read: zip files are mapped, and of safetensors the header
says all.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

import rushlight
from rushlight._base.errors import RushlightError, explain
from rushlight.cli import CommandError

_UNITS = ("B", "KB", "MB", "GB", "TB")
# Characters of a plain value that are shown.
_VALUE = 48
# The name of what is not in a container.
_WHOLE = "(whole)"


@dataclass(frozen=True)
class Row:
    """One line of the table: a tensor, a container or a plain value."""

    name: str
    shape: str = ""
    dtype: str = ""
    size: str = ""
    value: str = ""


def read(path):
    """A checkpoint's kind, in words, and its content.

    Raises:
        CommandError: the file is none, or asks for what is not loaded.
    """
    try:
        with open(path, "rb") as file:
            head = file.read(9)
        if head[:2] == b"PK":
            return "torch zip file", rushlight.load(path, map_location="cpu", mmap=True)
        if head[8:] == b"{":
            return "safetensors file", _safetensors(path)
        return "older torch file", rushlight.load(path, map_location="cpu")
    except (RushlightError, RuntimeError, EOFError) as error:
        raise CommandError(f"inspect {path}: {error}") from error
    except OSError as error:
        raise CommandError(
            explain(
                "inspect",
                expected="a checkpoint of torch.save or a safetensors file",
                got=f"{path!r} ({error.strerror})",
                do=f"Look from {os.getcwd()!r}, where this runs.",
            )
        ) from error


def _safetensors(path):
    """What the header tells: tensors without data, and the file's own notes."""
    from rushlight.serialization.safetensors import _DTYPES, read_header

    with open(path, "rb") as file:
        entries, notes, _ = read_header(file)
    content = {"__metadata__": notes} if notes else {}
    for name, entry in entries.items():
        dtype = _DTYPES[entry["dtype"]]
        content[name] = rushlight.empty(entry["shape"], dtype=dtype, device="meta")
    return content


def table(path, kind, content):
    """The text that shows a checkpoint: a heading, the table, the totals."""
    found = []
    rows = list(_rows(content, "", 0, found, set()))
    heading = f"{path}: {kind}, {size_of(os.path.getsize(path))}"
    return "\n".join([heading, "", *_lines(rows), "", _totals(found)])


def size_of(count):
    """A number of bytes in the largest unit that leaves at least one before the point.

    >>> size_of(1536), size_of(20)
    ('1.5 KB', '20 B')
    """
    unit = 0
    while count >= 1024 and unit < len(_UNITS) - 1:
        count /= 1024
        unit += 1
    return f"{count:.1f} {_UNITS[unit]}" if unit else f"{count} B"


def _lines(rows):
    head = Row("name", "shape", "dtype", "size", "value")
    columns = [
        [getattr(row, column) for row in (head, *rows)]
        for column in ("name", "shape", "dtype", "size", "value")
    ]
    width = [max(map(len, column)) for column in columns]
    cells = list(zip(*columns))
    cells.insert(1, tuple("-" * each for each in width))
    for name, shape, dtype, size, value in cells:
        line = f"  {name:{width[0]}}  {shape:{width[1]}}  {dtype:{width[2]}}"
        yield f"{line}  {size:>{width[3]}}  {value}".rstrip()


def _rows(value, name, depth, found, inside):
    """The rows of a value and of what it holds; its tensors go into `found`."""
    label = "  " * (depth - 1) + name
    if isinstance(value, rushlight.Tensor):
        found.append(value)
        yield _tensor_row(label, value)
        return
    parts = _parts(value)
    if parts is None or id(value) in inside or _is_plain(value):
        yield Row(label or _WHOLE, value=_shown(value))
        return
    if depth:
        yield Row(label, value=f"{type(value).__name__} of {len(parts)}")
    for key, part in parts:
        yield from _rows(part, str(key), depth + 1, found, inside | {id(value)})


def _parts(value):
    """Pairs (name, part) of a container; None for anything else."""
    if isinstance(value, Mapping):
        return list(value.items())
    if isinstance(value, list | tuple):
        return list(enumerate(value))
    return None


def _is_plain(value):
    """Whether a list holds only numbers and words, and is best shown in one line."""
    return isinstance(value, list | tuple) and all(
        isinstance(part, int | float | complex | str | bool | None) for part in value
    )


def _shown(value):
    kind = "" if value is None else type(value).__name__
    text = " ".join(f"{kind} {value!r}".split())
    return text if len(text) <= _VALUE else f"{text[: _VALUE - 3]}..."


def _tensor_row(label, tensor):
    shape = " x ".join(map(str, tensor.shape)) or "()"
    dtype = str(tensor.dtype).removeprefix("torch.")
    return Row(
        label or _WHOLE, shape, dtype, size_of(tensor.numel() * tensor.element_size())
    )


def _totals(found):
    once = {}
    for tensor in found:
        once.setdefault(_memory(tensor), tensor)
    elements = sum(tensor.numel() for tensor in once.values())
    total = sum(tensor.numel() * tensor.element_size() for tensor in once.values())
    shared = len(found) - len(once)
    note = f"; {shared} more show the same memory as another" if shared else ""
    count = f"{len(once):,} tensor{'' if len(once) == 1 else 's'}"
    return f"  {count}, {elements:,} elements, {total:,} bytes ({size_of(total)}){note}"


def _memory(tensor):
    """What tensors of the same memory have in common."""
    if tensor.device.type == "meta" or not tensor.numel():
        return id(tensor)
    return tensor.untyped_storage().data_ptr()
