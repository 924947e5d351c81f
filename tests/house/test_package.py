"""What the repository promises outside the code: version, set-up commands, links."""

import re
import tomllib

from tests.house.source import ROOT, report

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SET_UP = ["pip install . && rushlight demo", "pip install '.[test]' && pytest"]
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")


def test_the_version_is_said_once():
    import rushlight

    assert rushlight.__version__ == PROJECT["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(rf"^## {re.escape(PROJECT['version'])}\b", changelog, re.MULTILINE)


def test_readme_has_two_set_up_commands():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert re.findall(r"^    (pip install .*)$", readme, re.MULTILINE) == SET_UP


def test_continuous_integration_runs_the_readmes_commands():
    script = (ROOT / ".ci/run").read_text("utf-8")
    words = [
        word for line in SET_UP for word in re.split(" && |pip install ", line) if word
    ]
    lines = script.splitlines()
    missing = [
        f"`{word}`" for word in words if not any(f" {word}" in line for line in lines)
    ]
    report(missing, "Run in .ci/run what README tells a newcomer to run.")


def test_dependencies_are_argued():
    notes = (ROOT / "docs/notes/dependencies.md").read_text("utf-8").lower()
    listed = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    names = {re.split(r"[\[<>=~!;]", item)[0] for items in listed for item in items}
    report(
        [name for name in sorted(names) if f"**{name.lower()}**" not in notes],
        "Say in docs/notes/dependencies.md why, how many megabytes, what was rejected.",
    )


def test_links_lead_somewhere():
    problems = []
    for path in sorted(ROOT.rglob("*.md")):
        name = path.relative_to(ROOT)
        if any(part.startswith((".", "venv", "node_modules")) for part in name.parts):
            continue
        is_code = False
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            is_code ^= line.startswith("```")
            for target in () if is_code else LINK.findall(line):
                if not (path.parent / target).exists():
                    problems.append(f"{name}:{number}: {target} is not there")
    report(problems, "Links are relative to the file that they stand in.")
