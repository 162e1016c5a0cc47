"""Sources that are made to hang, crash or fool whoever looks at them."""

from __future__ import annotations

import sys

import pytest

from plugwright.quality import STAGES, Grade
from plugwright.validation import Severity, Subject
from plugwright_qa.stages import processes
from plugwright_qa.stages.desk import LARGEST, laid_out
from plugwright_qa.stages.practices import look as practices


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("x = '" + "a" * 1_000_000 + "'\n", "can be looked at"),
        ("x = 1\n" * LARGEST, "can be looked at"),
        ("x = '\ud800'\n", "half of a letter"),
    ],
)
def test_what_is_too_large_or_no_text_costs_one_finding(look, source, why):
    quality = look(source)
    (found,) = quality["lint"].remarks

    assert why in found.what
    assert (found.severity, quality.grades["lint"]) == (Severity.ERROR, Grade.ERROR)
    others = {stage: quality.grades[stage] for stage in STAGES[1:]}
    assert set(others.values()) == {Grade.UNSEEN}
    assert len(quality.unseen()) == 5
    assert len(quality.missing()) == 1


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(" * 90_000 + ")" * 90_000,
        "x = " + "-" * 90_000 + "1",
        "x = " + "+".join(["1"] * 90_000),
        "x = " + "[" * 150 + "]" * 150,
        "x" + ".a" * 90_000,
        "x" + "()" * 90_000,
        "".join(f"{' ' * n}if x:\n" for n in range(99)) + " " * 99 + "x",
        "if x:\n    pass\n" + "elif x:\n    pass\n" * 20_000,
        "x = 1 if y else " * 20_000 + "2",
        "x = f'" + "{a}" * 90_000 + "'",
        "x = '\0'",
        "# coding: utf-7\nx = 1\n",
        "\ufeffx = 1\n",
        "x = 1\r# a\ry = 2\r",
        "x = 1\f\n\f# a\x0b\n",
        "x = '''" + "\n" * 300_000 + "'''",
        "x = 1\\\n" * 50_000,
        "def f():" + "a=1;" * 9_000,
        "import a" + ".a" * 9_000,
        "class A:" + "\n def f(self): pass" * 5_000,
    ],
    ids=range(20),
)
def test_whatever_it_is_every_stage_answers_and_none_fails(look, source):
    quality = look(source)

    assert list(quality.grades) == list(STAGES)
    remarks = [remark for side in quality.sides for remark in side.remarks]
    assert len(remarks) < 100
    # That is said where one of the stages itself was surprised.
    assert [each.what for each in remarks if each.remedy == "report it"] == []


def test_type_comments_are_not_read(look, good):
    bomb = "x = 1  # type: " + "[" * 5_000 + "]" * 5_000 + "\n"
    quality = look(good + bomb)

    assert quality.grades["types"] is Grade.CLEAR


def test_a_type_that_takes_for_ever_ends_as_not_looked_at(look, monkeypatch):
    # Each alias is a union of two of the one before.
    lines = ["from typing import Union", "T0 = tuple[int, str]"]
    lines += [f"T{n} = tuple[T{n - 1}, T{n - 1}, T{n - 1}]" for n in range(1, 40)]
    lines += ["def f(a: T39) -> T38:", "    return a"]
    monkeypatch.setattr(processes, "WAIT", 4)
    quality = look("\n".join(lines) + "\n")

    assert quality.grades["types"] in (Grade.UNSEEN, Grade.WARNING)
    assert quality.grades["lint"] is not Grade.UNSEEN


def test_files_beside_the_modules_come_near_no_tool(look, good):
    files = {
        "sitecustomize.py": "raise SystemExit('imported')\n",
        "mypy.py": "raise SystemExit('imported')\n",
        "ruff.py": "raise SystemExit('imported')\n",
        "../outside.py": "x = 1\n",
        "/tmp/outside.py": "x = 1\n",
        "sub/inside.py": "import os\n",
        ".bandit": "[bandit]\nskips = B324\n",
        "pyproject.toml": "[tool.mypy]\nignore_errors = true\n[tool.ruff]\nbroken",
    }
    quality = look(good, files=files)

    # No sandbox loads what has such a name; the tools have looked at it all the same.
    assert all("rule `module-name`" in unseen for unseen in quality.unseen())
    assert len(quality.unseen()) == 2
    assert quality["types"].remarks[0].what == "looked at: 4 modules, by mypy"


def test_modules_that_one_file_would_hold_are_refused(look, good):
    quality = look(good, files={"A.py": "x = 1\n", "a.py": "y = 2\n"})

    assert "upper and lower case" in quality["lint"].remarks[0].what


@pytest.mark.parametrize(
    "data", [None, [], "x", {}, {"files": 1}, {"files": {"a": 1}}, {"files": {}}]
)
def test_odd_subjects_are_one_finding_each_stage(host, data):
    subject = Subject(kind="source", name="odd", data=data)
    found = host.hooks.validate.wait(subject=subject, host=host)

    assert [each.stage for each in found] == list(STAGES)


def test_nothing_of_a_plugin_is_imported_and_nothing_is_left_behind(reading):
    source = Subject(kind="source", name="s", data={"files": {"plugin.py": "x = 1\n"}})
    with laid_out(source) as desk:
        practices(desk)
        assert (desk.folder / "source" / "plugin.py").exists()
    assert not desk.folder.exists()
    assert "plugin" not in sys.modules


# Processes with limits.


def run(tmp_path, code, **more):
    script = tmp_path / "script.py"
    script.write_text(code)
    return processes.run(tmp_path, str(script), **more)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("while True: pass", "too much time"),
        ("x = bytearray(4 << 30)", "of memory"),
        ("def f(): f()\nf()", "too deeply"),
        ("import os; os.abort()", "it crashed"),
    ],
)
def test_a_tool_that_goes_beyond_its_limits_is_ended(tmp_path, code, why):
    assert why in run(tmp_path, code, seconds=1).problem


def test_a_tool_that_only_waits_is_ended_too(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "WAIT", 1)

    assert "within 1 seconds" in run(tmp_path, "import time; time.sleep(60)").problem


def test_a_tool_gets_nothing_of_our_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "hunter2")
    ended = run(tmp_path, "import os; print(sorted(os.environ))")

    assert "HOME" in ended.output
    assert "SECRET_KEY" not in ended.output
