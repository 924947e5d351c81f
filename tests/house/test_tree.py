"""The tests are the same tree as the package: a stranger guesses where they are."""

from pathlib import PurePosixPath

from tests.house.source import ROOT, report, sources

# Folders of tests that look at the whole and have no namesake.
WHOLE = ("tests/house", "tests/parity", "tests/programs")
# Source folder -> where it is tested instead.
ELSEWHERE = {
    "rushlight/_backends/cupy": "needs a GPU; what can be asked without is tests/cuda",
    "rushlight/_backends/meta": "tests/_backends/test_backends.py, and every battery",
    "rushlight/nn/modules/activation": "tests/nn/modules/test_forward.py",
    "rushlight/nn/modules/conv": "tests/nn/modules/test_forward.py",
    "rushlight/nn/modules/loss": "tests/nn/modules/test_forward.py",
    "rushlight/nn/modules/pooling": "tests/nn/modules/test_forward.py",
    "rushlight/nn/modules/rnn": "tests/nn/modules/test_forward.py",
    "rushlight/nn/modules/transformer": "tests/nn/modules/test_forward.py",
}


def namesakes(path):
    """What a test file may be about: a module or folder of its name, or its folder."""
    inside = PurePosixPath(path).relative_to("tests")
    name = inside.name.removeprefix("test_").removesuffix(".py")
    folder = PurePosixPath("rushlight") / inside.parent
    own = [folder / f"{name}.py", folder / f"_{name}.py", folder / name]
    return own if inside.parent.name == "" else [*own, folder]


def homes(folder):
    """Where the tests of a source folder may stand: as a folder, or as one file."""
    inside = PurePosixPath(folder).relative_to("rushlight")
    twin = PurePosixPath("tests") / inside
    files = [str(path) for path in (ROOT / twin).glob("test_*.py")]
    one = ROOT / twin.parent / f"test_{inside.name.lstrip('_')}.py"
    return files or [str(one)] * one.exists()


def test_every_test_has_a_namesake():
    problems = [
        f"{source.path}: there is no {namesakes(source.path)[0]}, nor its folder"
        for source in sources("tests")
        if PurePosixPath(source.path).name.startswith("test_")
        if not source.path.startswith(WHOLE)
        if not any((ROOT / target).exists() for target in namesakes(source.path))
    ]
    report(problems, "Put a test under the path of what it tests, and name it alike.")


def test_every_folder_has_tests():
    folders = {
        str(PurePosixPath(source.path).parent)
        for source in sources()
        if source.functions
    }
    problems = [
        f"{folder}: no test file in {folder.replace('rushlight', 'tests', 1)}"
        for folder in sorted(folders - ELSEWHERE.keys() - {"rushlight"})
        if not homes(folder)
    ]
    report(problems, "Add its tests, or say in ELSEWHERE where they are.")


def test_names_are_matched():
    names = [str(name) for name in namesakes("tests/_core/test_tape.py")]
    assert names[0] == "rushlight/_core/tape.py"
    assert names[-1] == "rushlight/_core"
    assert "rushlight" not in map(str, namesakes("tests/test_nothing.py"))
    assert homes("rushlight/house")
    assert not homes("rushlight/nowhere")
