"""The stage `lint`: ruff, and what it can mend by itself."""

from __future__ import annotations

import pytest

from plugwright.judging import Case
from plugwright.quality import rejudged
from plugwright.validation import Severity
from plugwright_qa.stages.lint import look as lint


def said(remarks):
    return [each.what for each in remarks if not each.what.startswith("looked at")]


@pytest.mark.parametrize(
    ("source", "code", "severity", "line"),
    [
        ("import os\n", "F401", Severity.WARNING, 1),
        ("a = 1\nb = undefined\n", "F821", Severity.ERROR, 2),
        ("def f(:\n", "invalid-syntax", Severity.ERROR, 1),
        ("def f(a=[]):\n    return a\n", "B006", Severity.WARNING, 1),
        ("x = dict()\n", "C408", Severity.NOTE, 1),
        ("def f():\n    return\nyield 1\n", "F704", Severity.ERROR, 3),
    ],
)
def test_a_mistake_is_found_with_line_gravity_and_remedy(
    reading, source, code, severity, line
):
    found = next(each for each in reading(lint, source) if code in each.what)

    assert (found.severity, found.where) == (severity, f"plugin.py:{line}")
    assert found.remedy


def test_code_without_mistakes_is_said_to_have_been_looked_at(reading):
    (only,) = reading(lint, "x = 1\n")

    assert (only.what, only.mended) == ("looked at: 1 modules, by ruff", {})


def test_safe_fixes_come_as_mended_files_and_unsafe_ones_do_not(reading):
    source = (
        "import os\n\n\ndef f():\n    unused = g()\n\n\ndef g():  # noqa\n    ...\n"
    )
    first, *found = reading(lint, source, **{"other.py": "x = 1\n"})

    assert first.mended == {"plugin.py": source.removeprefix("import os\n")}
    assert said(found) == [
        "F401: `os` imported but unused",
        "F841: Local variable `unused` is assigned to but never used",
    ]
    assert found[0].remedy.endswith("(done in the mended files)")
    assert "mended" not in found[1].remedy


def test_comments_and_settings_in_the_bundle_hide_nothing(reading):
    source = "# ruff: noqa\nimport os  # noqa: F401\n"
    files = {
        "ruff.toml": 'lint.ignore = ["F401"]',
        "pyproject.toml": '[tool.ruff.lint]\nignore = ["F401"]',
    }
    assert said(reading(lint, source, **files)) == ["F401: `os` imported but unused"]


def test_many_of_one_kind_are_a_few_lines_and_a_number(reading):
    _, *found = reading(lint, "x = 1;" * 10_000 + "\n")

    assert len(found) < 10
    assert "E702: 9996 more of them" in said(found)


PLUGIN = """\
import json
from plugwright_sdk import command

@command
def size(text: str) -> int:
    return len(text)
"""
TESTS = "from plugin import size\n\ndef test_it():\n    assert size('ab') == 2\n"


def test_mended_files_are_judged_again_and_kept_only_if_no_test_is_lost(host, look):
    case = Case(name="s", files={"plugin.py": PLUGIN}, tests={"test_a.py": TESTS})
    judge = host.judge()
    before = judge.judge(case)
    mended = look(PLUGIN).mended

    kept, report = rejudged(judge, case, before, mended)
    assert kept.files == mended
    assert "import json" not in kept.files["plugin.py"]
    assert report.passed

    worse = {"plugin.py": PLUGIN.replace("len(text)", "0"), "tests/x.py": "stray"}
    assert rejudged(judge, case, before, worse) == (case, before)
    assert rejudged(judge, case, before, {}) == (case, before)
