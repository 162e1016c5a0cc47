"""The stage `types`: mypy against the typed guest API."""

from __future__ import annotations

import pytest

from plugwright.validation import Severity
from plugwright_qa.stages.typed import look as types

HEAD = "from plugwright_sdk import command, storage, http, clock, log\n"


@pytest.mark.parametrize(
    ("line", "code", "severity"),
    [
        ('x: int = "a"', "assignment", Severity.WARNING),
        ("storage.fetch('a')", "attr-defined", Severity.ERROR),
        ("storage.set('a')", "call-arg", Severity.ERROR),
        ("storage.set(1, 2)", "arg-type", Severity.WARNING),
        ("y: str = http.get('https://a.example/').status", "assignment", None),
        ("z: str = clock.today()", "assignment", None),
        ("log.info('a' + 1)", "operator", Severity.WARNING),
        ("import numpy", "import-not-found", Severity.ERROR),
        ("def f() -> int:\n    return undefined", "name-defined", Severity.ERROR),
    ],
)
def test_a_wrong_type_is_found_with_line_gravity_and_remedy(
    reading, line, code, severity
):
    _, found = reading(types, f"{HEAD}{line}\n")

    assert found.what.startswith(f"{code}: ")
    assert found.severity is (severity or Severity.WARNING)
    assert found.where == f"plugin.py:{1 + len(line.splitlines())}"
    assert found.remedy


def test_a_well_typed_plugin_of_two_modules_is_clear(reading):
    source = f"{HEAD}from helpers import half\n\n@command\ndef f(n: int) -> int:\n"
    source += "    return half(n)\n"
    (only,) = reading(
        types, source, **{"helpers.py": "def half(n: int) -> int:\n    return n // 2\n"}
    )

    assert only.what == "looked at: 2 modules, by mypy"


def test_what_the_host_has_installed_the_guest_has_not(reading):
    _, found = reading(types, "import pydantic\n")

    assert found.what.startswith("import-not-found")


def test_comments_and_settings_in_the_bundle_hide_nothing(reading):
    source = '# mypy: ignore-errors\nx: int = "a"  # type: ignore\n'
    ini = "[mypy]\nignore_errors = True\n"
    _, found = reading(types, source, **{"mypy.ini": ini, "setup.cfg": ini})

    assert found.where == "plugin.py:2"


def test_a_module_that_takes_the_place_of_pythons_own_is_told(reading):
    _, *found = reading(types, "x = 1\n", **{"typing.py": "y = 2\n"}) or [None]
    (only,) = reading(types, "x = 1\n", **{"typing.py": "y = 2\n"})

    assert not found
    assert only.is_unseen
    assert "typing.py" in only.what


def test_what_this_python_cannot_read_was_not_looked_at(reading):
    (only,) = reading(types, "def f(:\n")

    assert only.is_unseen
    assert only.where == "plugin.py:1"
