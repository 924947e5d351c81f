"""Which of the names that real code uses are not here yet, the heaviest first.

    python -m tests.parity.names popularity.json [--first 450]

The file is a list of ``{"name": ..., "weight": ...}`` in falling weight, with names
relative to ``torch.``; the totals count all names and those in scope.
"""

import argparse
import importlib
import json
from pathlib import Path

import rushlight

#: Out of scope: other machines, several machines, and torch's own compilers.
OUTSIDE = ("_C", "_dynamo", "cuda", "distributed", "fx", "jit", "onnx", "sparse")

#: What instances have and classes do not show.
_FIELDS = {"rushlight.optim.Optimizer": ("param_groups", "state", "defaults")}


def in_scope(name):
    """Whether a name is to exist here."""
    return name.split(".")[0] not in OUTSIDE and "parallel" not in name


def exists(name):
    """Whether rushlight has a name, which may lead through rooms not yet imported."""
    found, path = rushlight, "rushlight"
    for part in name.split("."):
        path += f".{part}"
        if part in _FIELDS.get(path.rpartition(".")[0], ()):
            return True
        try:
            found = getattr(found, part)
        except AttributeError:
            try:
                found = importlib.import_module(path)
            except ImportError:
                return False
    return True


def covered(rows):
    """The share of the rows' weight whose names exist."""
    total = sum(row["weight"] for row in rows)
    return sum(row["weight"] for row in rows if exists(row["name"])) / total


def main(argv=None):
    """Print the names that are missing, and the shares."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("popularity", type=Path)
    parser.add_argument("--first", type=int, default=450)
    args = parser.parse_args(argv)
    rows = json.loads(args.popularity.read_text("utf-8"))
    for place, row in enumerate(rows[: args.first]):
        if not exists(row["name"]):
            mark = "" if in_scope(row["name"]) else "  (out of scope)"
            print(f"{place:4} {row['weight']:.6f} {row['name']}{mark}")
    scope = [row for row in rows if in_scope(row["name"])]
    print(f"weight covered: {covered(rows):.4f} of all, {covered(scope):.4f} in scope")


if __name__ == "__main__":
    main()
