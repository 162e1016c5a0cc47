"""A manifest says everything, and a mistake in it says what to change."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugwright.errors import UsageError
from plugwright.manifest import MISLEADING, CommandSpec, Manifest, _Quota
from plugwright.permissions import Permission
from plugwright.quotas import Quota

PLANNER = """
[plugin]
name = "homeschool-scheduler"
version = "0.1.0"
api = ">=0.1,<0.2"
summary = "Plans the week"

[plugin.quota]
fuel = 1000
seconds = 2

[[permissions]]
permission = "storage"
reason = "remembers the lessons"

[[permissions]]
permission = "events.emit:lesson-*"
reason = "says when a lesson is due"

[commands.plan-week]
summary = "Plan a week"
parameters = ["lessons", "start"]
input = {type = "object", properties = {lessons = {type = "array"}}}
output = {type = "array"}

[events]
handles = ["thought-updated"]

[provenance]
request = '''plan my
week'''
"""


def test_everything_that_is_written_is_read():
    assert Manifest.parse(PLANNER) == Manifest(
        name="homeschool-scheduler",
        version="0.1.0",
        api=">=0.1,<0.2",
        summary="Plans the week",
        permissions=(Permission("storage"), Permission("events.emit", "lesson-*")),
        reasons={
            Permission("storage"): "remembers the lessons",
            Permission("events.emit", "lesson-*"): "says when a lesson is due",
        },
        quota=Quota(fuel=1000, seconds=2.0),
        commands={
            "plan-week": CommandSpec(
                summary="Plan a week",
                parameters=("lessons", "start"),
                input={"type": "object", "properties": {"lessons": {"type": "array"}}},
                output={"type": "array"},
            )
        },
        events=("thought-updated",),
        provenance={"request": "plan my\nweek"},
    )


def test_only_the_plugin_itself_must_be_described():
    least = Manifest.parse(
        '[plugin]\nname = "a1"\nversion = "1"\napi = "~=0.1"\nsummary = "s"'
    )
    assert least == Manifest(name="a1", version="1", api="~=0.1", summary="s")


def test_the_manifest_knows_every_quota():
    assert {f.name for f in fields(Quota)} == set(_Quota.model_fields)
    assert Quota(**_Quota().model_dump()) == Quota()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('summary = "Plans', "sumary = \"Plans", "`plugin.sumary` is not a known key"
         " (did you mean `summary`?)"),
        ("fuel =", "fule =", "`plugin.quota.fule` is not a known key"
         " (did you mean `fuel`?)"),
        ("reason = \"says", "raeson = \"says", "`permissions[1].raeson` is not a known"
         " key (did you mean `reason`?)"),
        ("parameters =", "parameter =", "`commands.plan-week.parameter` is not a known"
         " key (did you mean `parameters`?)"),
        ("handles =", "handle =", "`events.handle` is not a known key"
         " (did you mean `handles`?)"),
        ("[events]", "[event]", "`event` is not a known key (did you mean `events`?)"),
        ('version = "0.1.0"', "", "`plugin.version` is missing (add it)"),
        ('"storage"', '"storag"', "`permissions[0].permission`: there is no permission"
         " `storag` (did you mean `storage`?)"),
        ('"events.emit:lesson-*"', '"storage"', "`permissions[1].permission`: `storage`"
         " is asked for twice (leave one of them out)"),
        ("fuel = 1000", "fuel = 0", "`plugin.quota.fuel`: Input should be greater than"
         " 0 (it is 0; correct it)"),
        ("seconds = 2", "seconds = nan", "`plugin.quota.seconds`: Input should be"),
        ("fuel = 1000", "fuel = true", "`plugin.quota.fuel`: Input should be a valid"
         " integer (it is True; correct it)"),
        ('"homeschool-scheduler"', '"plugwright-x"', "`plugin.name`: names that begin"
         " with `plugwright` are the host's own"),
        ('"homeschool-scheduler"', '"Home_School"', "`plugin.name`: String should"),
        ('"homeschool-scheduler"', '"a"', "`plugin.name`: String should have at least"),
        ('"0.1.0"', '"one"', "`plugin.version`: Invalid version: 'one'"),
        ('">=0.1,<0.2"', '"new"', "`plugin.api`: Invalid specifier: 'new'"),
        ('">=0.1,<0.2"', '">=0.2"', "`plugin.api`: `>=0.2` leaves out this Plugwright,"
         " whose api is 0.1: upgrade plugwright-core"),
        ("Plans the week", "Plans\\u001b[2J", "`plugin.summary`: has characters that"),
        ("Plans the week", "Plans\\nall", "`plugin.summary`: must be one line"),
        ("plan my\n", "plan \u202emy\n", "`provenance.request`: has characters that"),
        ("commands.plan-week", "commands.Plan", "`commands.Plan`: String should match"),
        ('"start"', '"lessons"', "`commands.plan-week.parameters`: says something"),
        ('{type = "array"}\n', "{type = 1979-05-27}\n", "`commands.plan-week.output"),
        ('"thought-updated"', '"Thought"', "`events.handles[0]`: String should match"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_its_remedy(old, new, sentence):
    assert old in PLANNER
    with pytest.raises(UsageError) as told:
        Manifest.parse(PLANNER.replace(old, new), "plans/plugin.toml")
    assert str(told.value).startswith(f"`plans/plugin.toml`: {sentence}")
    assert told.value.remedy


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = 1\nb = \n", r"at line 2, column 5"),
        ("a = " + "[" * 100_000, "recursion"),
        ("a = " + "1" * 5_000, "digits"),
    ],
)
def test_what_is_not_toml_is_told_with_its_line(text, words):
    with pytest.raises(UsageError, match=words) as told:
        Manifest.parse(text)
    assert told.value.message.startswith("`plugin.toml` is not TOML")


def test_a_null_in_a_schema_cannot_be_written_and_says_so():
    command = CommandSpec(summary="s", input={"default": None})
    manifest = Manifest(
        name="ab", version="1", api="~=0.1", summary="s", commands={"go": command}
    )
    with pytest.raises(UsageError, match="TOML has no null"):
        manifest.dumps()


def test_a_reason_that_was_forgotten_is_missed_when_it_is_read():
    manifest = Manifest(
        name="ab",
        version="1",
        api="~=0.1",
        summary="s",
        permissions=(Permission("log"),),
    )
    with pytest.raises(UsageError, match=r"`permissions\[0\].reason`"):
        Manifest.parse(manifest.dumps())


def readable(**limits: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cs"]), **limits).filter(
        lambda text: not MISLEADING.search(text)
    )


lines = readable(min_size=1, max_size=40).filter(lambda s: not set("\n\t") & set(s))
schemas = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.recursive(
        st.booleans()
        | st.integers(-(2**63), 2**63)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["type", "a b", "é", '"']), inner)
        ),
        max_leaves=6,
    ),
    max_size=3,
)
names = st.from_regex(r"[a-z][a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,2}", fullmatch=True)
permissions = st.sampled_from(
    ["storage", "log", "clock", "events.emit:a", "events.emit:b-*", "events.emit:*"]
).map(Permission.parse)


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    reasons = draw(st.dictionaries(permissions, lines))
    command = st.builds(
        CommandSpec,
        summary=lines,
        parameters=st.lists(
            st.from_regex("[a-z][a-z0-9_]{0,9}", fullmatch=True), unique=True
        ).map(tuple),
        input=schemas,
        output=schemas,
    )
    return Manifest(
        name=draw(names.filter(lambda name: not name.startswith("plugwright"))),
        version=draw(st.sampled_from(["1", "0.1.0", "2.0rc1", "1!1.0+local.1"])),
        api=draw(st.sampled_from([">=0.1,<0.2", "~=0.1", "==0.*"])),
        summary=draw(lines),
        permissions=tuple(reasons),
        reasons=reasons,
        quota=draw(
            st.builds(
                Quota,
                fuel=st.integers(1, 10**12),
                seconds=st.floats(0.001, 1e6),
                storage=st.integers(1, 10**9),
            )
        ),
        commands=draw(st.dictionaries(names, command, max_size=3)),
        events=tuple(draw(st.lists(names, unique=True, max_size=3))),
        provenance=draw(st.dictionaries(names, readable(), max_size=3)),
    )


@given(manifests())
def test_what_is_written_is_read_back_the_same(manifest):
    assert Manifest.parse(manifest.dumps()) == manifest
