"""Sizes that stay readable: of functions, files, folders and their READMEs."""

import ast
from statistics import median, quantiles

from tests.house.source import ROOT, Source, report, sources, stale

FUNCTION_LINES = 60
FILE_LINES = 400
FOLDER_FILES = 20
README_LINES = 60

# Half of all functions, and nine in ten, are not longer than this.
HALF, NINE_IN_TEN = 8, 30

# path::qualified name -> (lines allowed, why it reads better whole).
LONG_FUNCTIONS = {}
# path -> (lines allowed, why it is one room and not several).
LONG_FILES = {
    "rushlight/_ops/special/_series.py": (
        640,
        "numbers only: one series under the other",
    ),
    "rushlight/distributions/constraints.py": (450, "one room in torch as well"),
}
# folder -> (files allowed, why they belong together).
FULL_FOLDERS = {
    "rushlight/distributions": (46, "one file for each law, as torch has it"),
    "rushlight/_ops": (
        32,
        "one file for each family of ops, and a stranger looks here",
    ),
}


def lines_of(node):
    """The lines of a function's body and one for its head, which is often torch's."""
    body = node.body
    if ast.get_docstring(node, clean=False) is not None:
        body = body[1:]
    return 1 + (node.end_lineno - body[0].lineno + 1 if body else 0)


def long_functions(files):
    """Pairs (name, message) of the functions that are too long."""
    for source in files:
        for name, node in source.functions:
            name, lines = f"{source.path}::{name}", lines_of(node)
            allowed = LONG_FUNCTIONS.get(name, (FUNCTION_LINES, ""))[0]
            if lines > allowed:
                place = f"{source.path}:{node.lineno}"
                yield name, f"{place}: {node.name}() has {lines} lines of {allowed}"


def long_files(files):
    """Pairs (path, message) of the files that are too long."""
    for source in files:
        lines = source.text.count("\n")
        allowed = LONG_FILES.get(source.path, (FILE_LINES, ""))[0]
        if lines > allowed:
            yield source.path, f"{source.path}:{allowed}: {lines} lines of {allowed}"


def everything():
    """The package and its tests."""
    return sources("rushlight") + sources("tests")


def test_no_function_is_long():
    long = {
        f"{source.path}::{name}"
        for source in everything()
        for name, node in source.functions
        if lines_of(node) > FUNCTION_LINES
    }
    report(
        [text for _, text in long_functions(everything())]
        + stale(LONG_FUNCTIONS, long),
        "Split it by what its parts are for; a docstring does not count. If it reads "
        "better whole, name it with the reason in LONG_FUNCTIONS.",
    )


def test_no_file_is_long():
    long = {s.path for s in everything() if s.text.count("\n") > FILE_LINES}
    report(
        [text for _, text in long_files(everything())] + stale(LONG_FILES, long),
        "Is it one room, or several? Split it, or name it with the reason in "
        "LONG_FILES of tests/house/test_lengths.py.",
    )


def test_no_folder_is_full():
    folders = {}
    for source in everything():
        folder = source.path.rpartition("/")[0]
        folders[folder] = folders.get(folder, 0) + 1
    report(
        [
            f"{folder}: {count} files of {allowed}"
            for folder, count in sorted(folders.items())
            if count > (allowed := FULL_FOLDERS.get(folder, (FOLDER_FILES, ""))[0])
        ],
        "Group the files that belong together into a folder of their own.",
    )


def test_functions_are_short():
    lengths = [lines_of(node) for s in sources() for _, node in s.functions]
    assert median(lengths) <= HALF, "half of all functions should be shorter"
    assert quantiles(lengths, n=10)[-1] <= NINE_IN_TEN, "nine in ten should be shorter"


def test_every_engine_room_has_a_short_readme():
    rooms = sorted(path for path in (ROOT / "rushlight").glob("_*") if path.is_dir())
    problems = []
    for room in rooms:
        if room.name == "__pycache__":
            continue
        name, readme = f"rushlight/{room.name}/README.md", room / "README.md"
        lines = readme.read_text("utf-8").count("\n") if readme.exists() else None
        if lines is None:
            problems.append(f"{name}: is missing")
        elif lines >= README_LINES:
            problems.append(f"{name}:{README_LINES}: {lines} lines")
    report(
        problems,
        f"Under {README_LINES} lines: the idea, the files in reading order, the "
        "promise.",
    )


def test_a_long_function_and_a_long_file_are_found():
    body = "\n".join(f"    x = {i}" for i in range(FUNCTION_LINES))
    source = Source("rushlight/a.py", f'def f():\n    """One."""\n{body}\n')
    assert [name for name, _ in long_functions([source])] == ["rushlight/a.py::f"]
    shorter = Source("rushlight/a.py", source.text.replace("    x = 0\n", ""))
    assert list(long_functions([shorter])) == []
    tall = Source("rushlight/a.py", "x = 0\n" * (FILE_LINES + 1))
    assert [path for path, _ in long_files([tall])] == ["rushlight/a.py"]
