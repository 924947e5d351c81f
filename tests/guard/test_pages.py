"""Every page's bad example is named by its check, and its good one by none."""

import linecache
import re
import warnings
from contextlib import nullcontext
from pathlib import Path

import pytest

import rushlight
from rushlight.cli.rewrite.compiling import to_code
from tests.guard.guarded import guarded

PAGES = Path(__file__).resolve().parents[2] / "rushlight/guard/pages"
NAMES = sorted(rushlight.guard.checks())


def run(name, kind):
    """The checks that speak while an example runs."""
    text = (PAGES / f"{name}.md").read_text()
    code = re.search(rf"## {kind}\n\n```python\n(.*?)```", text, re.S)[1]
    lines = code.splitlines(keepends=True)
    linecache.cache[f"<{name}>"] = (len(code), None, lines, f"<{name}>")
    around = rushlight.guard.thorough() if name == "nonfinite-op" else nullcontext()
    notes = name == "never-trained"
    with guarded(notes=notes) as findings, warnings.catch_warnings(), around:
        warnings.simplefilter("ignore", UserWarning)
        exec(to_code(code, f"<{name}>"), {"__name__": "example"})
    return {finding.check for finding in findings}


@pytest.mark.parametrize("name", NAMES)
def test_bad_example_is_named(name):
    assert run(name, "Bad") == {name}


@pytest.mark.parametrize("name", NAMES)
def test_good_example_is_quiet(name):
    assert run(name, "Good") == set()


@pytest.mark.parametrize("name", NAMES)
def test_pages_begin_with_the_summary(name):
    page = rushlight.guard.explain(name)
    assert page.startswith(f"# {name}: {rushlight.guard.checks()[name]}\n")
    assert "## Precision" in page


def test_the_readme_lists_each_page_with_its_summary():
    text = (PAGES / "README.md").read_text(encoding="utf-8")
    listed = [line for line in text.splitlines() if line.startswith("- [")]
    told = rushlight.guard.checks()
    assert sorted(listed) == [f"- [{name}]({name}.md): {told[name]}" for name in NAMES]
    pages = {path.stem for path in PAGES.glob("*.md")} - {"README"}
    assert sorted(pages) == NAMES
