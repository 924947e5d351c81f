"""The tests are the same tree as the package, under the same names."""

from pathlib import PurePosixPath

from tests.house.source import ROOT, report, sources

# Folders of tests that look at the whole and have no namesake.
WHOLE = ("tests/house/", "tests/parity/", "tests/programs/")
# source file -> where it is tested instead.
ELSEWHERE = {}


def namesakes(path):
    """What a test file may be about: the module or the folder of its name."""
    inside = PurePosixPath(path).relative_to("tests")
    name = inside.name.removeprefix("test_").removesuffix(".py")
    target = PurePosixPath("rushlight") / inside.parent / name
    return [f"{target}.py", f"{target}/__init__.py", f"{target.parent}/_{name}.py"]


def homes_of_tests(path):
    """Where the tests of a source file may stand: of the file, or of its folder."""
    inside = PurePosixPath(path).relative_to("rushlight").with_suffix("")
    own = f"tests/{inside.parent}/test_{inside.name.lstrip('_')}.py"
    folder = inside.parent
    above = [
        f"tests/{up.parent}/test_{up.name.lstrip('_')}.py"
        for up in (folder, *folder.parents)
        if up.name
    ]
    return [name.replace("/./", "/") for name in (own, *above)]


def is_tested_by_its_users(source):
    """Whether a file holds no functions of its own: a door, a list of names."""
    return source.is_package or not any(True for _ in source.functions())


def test_every_test_file_has_a_namesake():
    names = [source.path for source in sources("tests")]
    problems = [
        f"{name}: none of {', '.join(namesakes(name))}"
        for name in names
        if "/test_" in name and not name.startswith(WHOLE)
        if not any((ROOT / target).exists() for target in namesakes(name))
    ]
    report(
        problems, "Name a test file after the source file (or folder) that it tests."
    )


def test_every_source_file_has_its_tests():
    problems = [
        f"{source.path}: no {homes_of_tests(source.path)[0]}"
        for source in sources()
        if not is_tested_by_its_users(source) and source.path not in ELSEWHERE
        if not any((ROOT / name).exists() for name in homes_of_tests(source.path))
    ]
    report(problems, "Add the test file, or say in ELSEWHERE where the tests are.")


def test_names_are_matched():
    assert "rushlight/_core/tape.py" in namesakes("tests/_core/test_tape.py")
    assert "rushlight/vision/__init__.py" in namesakes("tests/test_vision.py")
    assert homes_of_tests("rushlight/_core/tape.py") == [
        "tests/_core/test_tape.py",
        "tests/test_core.py",
    ]
    assert homes_of_tests("rushlight/compiler.py") == ["tests/test_compiler.py"]
