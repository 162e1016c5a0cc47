"""The stage `security`: bandit, and permissions asked against permissions used."""

from __future__ import annotations

import pytest

from plugwright.validation import Severity
from plugwright_qa.stages.security import look as security


def found(remarks):
    return [each for each in remarks if not each.what.startswith("looked at")]


@pytest.mark.parametrize(
    ("line", "code", "severity"),
    [
        ("import hashlib\nh = hashlib.md5(b'a')", "B324", Severity.ERROR),
        ("import pickle\nx = pickle.loads(b'')", "B301", Severity.WARNING),
        ("password = 'hunter2'", "B105", Severity.NOTE),
    ],
)
def test_what_bandit_finds_is_told_with_line_gravity_and_remedy(
    reading, line, code, severity
):
    told = next(each for each in reading(security, f"{line}\n") if code in each.what)

    assert told.severity is severity
    assert told.where == f"plugin.py:{len(line.splitlines())}"
    assert code in told.remedy


@pytest.mark.parametrize("call", ["eval('1')", "exec('x = 1')"])
def test_code_made_of_text_is_an_error_even_if_it_is_the_plugins_own(reading, call):
    (told,) = found(reading(security, f"y = {call}\n"))

    assert (told.severity, told.where) == (Severity.ERROR, "plugin.py:1")
    assert told.remedy == "do without code made of text"


def test_a_comment_hides_nothing_from_bandit(reading):
    told = found(reading(security, "import hashlib\nh = hashlib.md5(b'')  # nosec\n"))

    assert [each.where for each in told] == ["plugin.py:2"]


def test_a_permission_that_no_line_uses_is_found(reading):
    (told,) = found(reading(security, "x = 1\n", "storage"))

    assert (told.severity, told.where) == (Severity.WARNING, "plugin.toml")
    assert "`storage`, which no line of its code uses" in told.what
    assert told.remedy == "leave the permission out"


def test_a_line_that_uses_what_is_not_asked_for_is_found(reading):
    source = "from plugwright_sdk import storage\nstorage.set('a', 1)\n"
    (told,) = found(reading(security, source))

    assert told.where == "plugin.py:2"
    assert "does not ask for `storage`" in told.what
    assert found(reading(security, source, "storage")) == []


def test_a_permission_that_is_none_is_an_error(reading):
    (told,) = found(reading(security, "x = 1\n", "everything"))

    assert told.severity is Severity.ERROR


def test_three_ways_of_looking_are_named(reading):
    told = reading(security, "x = 1\n")

    assert [each.what for each in told] == [
        "looked at: 0 permissions asked, and those used",
        "looked at: the ways of input to http, files, sql and code",
        "looked at: 1 modules, by bandit",
    ]


def test_input_in_sql_is_an_error_that_says_how_to_mend_it(look):
    source = """\
from plugwright_sdk import command, storage


@command
def find(name: str) -> list[dict[str, str]]:
    \"\"\"Find it.\"\"\"
    return storage.query(f"SELECT key FROM storage WHERE key = '{name}'")
"""
    side = look(source, "storage")["security"]
    told = next(each for each in side.remarks if "SQL:" in each.what)

    assert side.grade == "error"
    assert told.what == "`name` of `find` becomes part of the SQL: `storage.query`"
    assert told.where == "plugin.py:7"
    assert told.remedy == "write `?` there and give it as a parameter"
