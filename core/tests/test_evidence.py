"""What a decision rests on can be written down, read, and compared with what is."""

from __future__ import annotations

import pytest
from doubles import make_bundle

from plugwright.evidence import Evidence
from plugwright.quotas import Quota

NOW = Evidence.of(make_bundle(permissions=("clock",)), "5" * 64, "parent")


def test_it_is_read_as_it_was_written():
    assert Evidence.parse(NOW.dumps()) == NOW
    assert NOW.dumps().isascii()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"bundle": "x"}', "null", "[" * 9999]
)
def test_what_is_no_evidence_is_a_value_error(text):
    with pytest.raises(ValueError, match=r"."):
        Evidence.parse(text)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("bundle", "its files"),
        ("manifest", "its manifest"),
        ("permissions", "its permissions"),
        ("quota", "its quota"),
        ("report", "the report about its tests"),
        ("api", "what this Plugwright promises to plugins"),
        ("provenance", "where it comes from"),
        ("parent", ""),
    ],
)
def test_what_is_not_as_it_was_is_named(field, words):
    assert NOW._replace(**{field: "another"}).changed(NOW) == words


def test_there_is_a_row_above_for_every_field():
    rows = test_what_is_not_as_it_was_is_named.pytestmark[0].args[1]
    assert [field for field, _ in rows] == [*Evidence._fields]


def test_everything_that_changed_is_named():
    assert NOW.changed(NOW) == ""
    changed = NOW._replace(quota="", report="", api="")
    assert changed.changed(NOW) == (
        "its quota, the report about its tests and what this Plugwright promises to"
        " plugins"
    )


@pytest.mark.parametrize(
    ("about", "field"),
    [
        ({"permissions": ("clock", "storage")}, "permissions"),
        ({"quota": Quota(seconds=3), "permissions": ("clock",)}, "quota"),
        (
            {"provenance": {"models": "another"}, "permissions": ("clock",)},
            "provenance",
        ),
    ],
)
def test_what_a_manifest_says_is_in_it(about, field):
    other = Evidence.of(make_bundle(**about), NOW.report)
    different = {
        name for name in NOW._fields if getattr(NOW, name) != getattr(other, name)
    }
    assert different == {"bundle", "manifest", "parent", field}
