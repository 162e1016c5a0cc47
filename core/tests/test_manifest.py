"""A manifest says everything, and a mistake in it says what to change."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugwright.errors import Rejected, UsageError
from plugwright.expectations import expected
from plugwright.manifest import CommandSpec, Manifest
from plugwright.permissions import Permission
from plugwright.quotas import LARGEST, SMALLEST, Quota
from plugwright.sources import MISLEADING, plain
from plugwright.tables import Mistake, QuotaTable

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
    assert {f.name for f in fields(Quota)} == set(QuotaTable.model_fields)
    assert Quota(**QuotaTable().model_dump()) == Quota()


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ('summary = "Plans', "sumary = \"Plans", 6, "rule `unknown-key`:"
         " `plugin.sumary` is not a known key (did you mean `summary`?)"),
        ("fuel =", "fule =", 9, "rule `unknown-key`: `plugin.quota.fule` is not a known"
         " key (did you mean `fuel`?)"),
        ("reason = \"says", "raeson = \"says", 18, "rule `unknown-key`:"
         " `permissions[1].raeson` is not a known key (did you mean `reason`?)"),
        ("parameters =", "parameter =", 22, "rule `unknown-key`:"
         " `commands.plan-week.parameter` is not a known key (did you mean"
         " `parameters`?)"),
        ("handles =", "handle =", 27, "rule `unknown-key`: `events.handle` is not a"
         " known key (did you mean `handles`?)"),
        ("[events]", "[event]", 26, "rule `unknown-key`: `event` is not a known key"
         " (did you mean `events`?)"),
        ('version = "0.1.0"', 'version = "0.1.0"\npermissions = ["storage"]', 5, "rule"
         " `unknown-key`: `plugin.permissions` is not a known key (each is a table of"
         " its own, `[[permissions]]`)"),
        ('version = "0.1.0"', "", 2, "rule `missing-key`: `plugin.version` is missing"
         " (add it)"),
        ('"storage"', '"storag"', 13, "rule `permission`: `permissions[0].permission`:"
         " there is no permission `storag` (did you mean `storage`?)"),
        ('"events.emit:lesson-*"', '"storage"', 17, "rule `permission`:"
         " `permissions[1].permission`: `storage` is asked for twice (leave one of them"
         " out)"),
        ('"homeschool-scheduler"', '"plugwright-x"', 3, "rule `value`: `plugin.name`"
         " begins with `plugwright`, as only the host's own names do"),
        ('"homeschool-scheduler"', '"Home_School"', 3, "rule `value`: `plugin.name` has"
         " to be two or more small letters or digits, with single `-` between them, 64"
         " characters at most (it is 'Home_School'; correct it)"),
        ('"homeschool-scheduler"', '"a"', 3, "rule `value`: `plugin.name` has to be two"
         " or more"),
        ('"homeschool-scheduler"', "3", 3, "rule `value`: `plugin.name` has to be text,"
         " in quotes (it is 3; correct it)"),
        ('"0.1.0"', '"one"', 4, "rule `value`: `plugin.version` has to be a version,"
         " like `0.1.0` or `1.2` (it is 'one'; correct it)"),
        ('">=0.1,<0.2"', '"new"', 5, "rule `value`: `plugin.api` has to be a range,"
         " like `>=0.1,<0.2`"),
        ('">=0.1,<0.2"', '">=0.2"', 5, "rule `value`: `plugin.api` leaves out this"
         " Plugwright, whose api is 0.1: upgrade plugwright-core"),
        ("Plans the week", "Plans\\u001b[2J", 6, "rule `value`: `plugin.summary` has"
         " characters that"),
        ("Plans the week", "Plans\\nall", 6, "rule `value`: `plugin.summary` has to be"
         " one line"),
        ("Plans the week", "", 6, "rule `value`: `plugin.summary` has to have 1 or more"
         " characters"),
        ("Plans the week", "x" * 301, 6, "rule `value`: `plugin.summary` has to have"
         " 300 or fewer characters"),
        ("plan my\n", "plan \u202emy\n", 30, "rule `value`: `provenance.request` has"
         " characters that"),
        ("commands.plan-week", "commands.Plan", 20, "rule `value`: `commands.Plan` has"
         " to be small letters, digits, `-` or `_`, a letter first, 64 characters"),
        ('"start"', '"lessons"', 22, "rule `value`: `commands.plan-week.parameters`"
         " says something"),
        ('["lessons", "start"]', '"lessons"', 22, "rule `value`:"
         " `commands.plan-week.parameters` has to be a list, in square brackets"),
        ('"start"', '"a b"', 22, "rule `value`: `commands.plan-week.parameters[1]` has"
         " to be a name as Python has them"),
        ('{type = "array"}\n', "{type = 1979-05-27}\n", 24, "rule `value`:"
         " `commands.plan-week.output"),
        ('{type = "array"}\n', "7\n", 24, "rule `value`: `commands.plan-week.output`"
         " has to be a table, with keys of its own (it is 7; correct it)"),
        ("[events]", "[[events]]", 26, "rule `value`: `events` has to be a table"),
        ('"thought-updated"', '"Thought"', 27, "rule `value`: `events.handles[0]` has"
         " to be small letters"),
        ("input = {type", "input = {most = 9007199254740993, type", 23, "rule `value`:"
         " `commands.plan-week.input` has a whole number beyond 2**53"),
        ("output = {type", "output = {a = " + "[" * 70 + "]" * 70 + ", type", 24, "rule"
         " `value`: `commands.plan-week.output` is nested more than"),
        ("fuel = 1000", "fuel = 0x" + "f" * 5000, 9, "rule `quota`:"
         " `plugin.quota.fuel` has to be"),
        ("fuel = 1000", "memory = 10\nfuel = 1000", 9, "rule `quota`:"
         " `plugin.quota.memory` has to be 41943040 (40 MB) or more (it is 10; correct"
         " it)"),
        ("fuel = 1000", "payload = 20\nfuel = 1000", 9, "rule `quota`:"
         " `plugin.quota.payload` has to be 1024 (1 KB) or more (it is 20; correct"
         " it)"),
        ("fuel = 1000", 'fuel = "9"\n#', 9, "rule `quota`: `plugin.quota.fuel` has"
         " to be a whole number, without quotes or fraction (it is '9'; correct it)"),
        ("seconds = 2", "seconds = nan", 10, "rule `quota`: `plugin.quota.seconds` has"
         " to be a finite number"),
        ("summary = \"Plans", "engine = 'fast'\nsummary = \"Plans", 6, "rule `engine`:"
         " `plugin.engine` has to be 'wasm' or 'restricted' (it is 'fast'; correct"
         " it)"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_its_place_and_its_remedy(
    old, new, line, sentence
):
    assert old in PLANNER
    with pytest.raises(Rejected) as told:
        Manifest.parse(PLANNER.replace(old, new), "plans/plugin.toml")
    assert str(told.value).startswith(f"`plans/plugin.toml:{line}`: {sentence}")
    assert told.value.remedy
    assert (told.value.file, told.value.line) == ("plans/plugin.toml", line)


def test_a_place_that_lies_too_deep_is_told_without_its_line():
    mistake = Mistake("value", ("a",), " is wrong", remedy="correct it")
    told = mistake.at("a = " + "[" * 9_000 + "]" * 9_000, "plugin.toml")
    assert told.message == "`plugin.toml`: rule `value`: `a` is wrong"


NONSENSE = ("0", "-1", "nan", "inf", "-inf", "true", '"9"', "[1]", "1e400", "10e20")


@pytest.mark.parametrize("value", NONSENSE)
@pytest.mark.parametrize("name", [field.name for field in fields(Quota)])
def test_a_quota_of_nothing_or_nonsense_is_told_with_its_line(name, value):
    text = PLANNER.replace("fuel = 1000\nseconds = 2", f"# more\n{name} = {value}")
    with pytest.raises(Rejected, match=" has to be ") as told:
        Manifest.parse(text)
    assert (told.value.rule, told.value.line) == ("quota", 10)
    assert f"`plugin.quota.{name}`" in told.value.message


@pytest.mark.parametrize("name", [field.name for field in fields(Quota)])
def test_the_largest_quota_is_read_and_a_larger_one_is_told(name):
    largest = getattr(LARGEST, name)
    text = PLANNER.replace("fuel = 1000\nseconds = 2", f"{name} = {largest}")
    assert Manifest.parse(text).quota == Quota(**{name: largest})
    with pytest.raises(Rejected, match=rf"`plugin.quota.{name}` has to be .* or less"):
        Manifest.parse(text.replace(str(largest), str(largest + 1)))


@pytest.mark.parametrize("name", [field.name for field in fields(Quota)])
def test_the_smallest_quota_is_read_and_half_of_it_is_told(name):
    smallest = getattr(SMALLEST, name)
    text = PLANNER.replace("fuel = 1000\nseconds = 2", f"{name} = {smallest}")
    assert Manifest.parse(text).quota == Quota(**{name: smallest})
    less = smallest / 2 if isinstance(smallest, float) else smallest // 2
    with pytest.raises(Rejected, match=rf"`plugin.quota.{name}` has to be .* or more"):
        Manifest.parse(text.replace(f"= {smallest}\n", f"= {less}\n"))


def test_every_quota_has_its_usual_value_between_its_smallest_and_its_largest():
    assert Quota().within(LARGEST) == Quota()
    assert SMALLEST.within(Quota()) == SMALLEST


def test_no_mistake_is_told_in_the_words_of_a_library():
    found = {"type": "new_in_2030", "loc": ("a",), "msg": "Input should be", "input": 1}
    assert expected(found) == "cannot be that"


def test_the_restricted_engine_is_for_what_a_person_wrote():
    asked = PLANNER.replace(
        'summary = "Plans', "engine = 'restricted'\nsummary = \"Plans"
    )
    assert Manifest.parse(asked).engine == "restricted"
    assert not Manifest.parse(asked).is_generated
    for made in ("model = 'replay'", "session = '0001'"):
        text = f"{asked}\n{made}\n"
        with pytest.raises(Rejected, match="what a model wrote runs in `wasm`") as told:
            Manifest.parse(text)
        assert (told.value.rule, told.value.line) == ("engine", 6)
        assert Manifest.parse(text.replace("restricted", "wasm")).is_generated


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "\\u001b[2J"),
        ("a\u202eb\u200fc", "a\\u202eb\\u200fc"),
        ("\ufeff\U000e0041", "\\ufeff\\udb40\\udc41"),
        ("größe\n\t中", "größe\n\t中"),
    ],
)
def test_what_a_screen_would_obey_or_hide_is_written_as_json_does(text, shown):
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("a = 1\nb = \n", "at line 2, column 5", 2),
        ("a = " + "[" * 100_000, "recursion", 0),
        ("a = " + "1" * 5_000, "digits", 0),
        ("b = 1\n" + "a." * 100_000, "a key of more than 64 parts", 2),
    ],
)
def test_what_is_not_toml_is_told_with_its_line(text, words, line):
    with pytest.raises(Rejected, match=words) as told:
        Manifest.parse(text)
    assert told.value.message.startswith("`plugin.toml")
    assert (told.value.rule, told.value.line) == ("toml", line)


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
        | st.integers(-(2**53), 2**53)
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


QUOTAS = fields(Quota)
MAKERS = ("model", "session")


def amounts(name: str) -> st.SearchStrategy[float]:
    smallest, largest = getattr(SMALLEST, name), getattr(LARGEST, name)
    if isinstance(largest, float):
        return st.floats(smallest, largest)
    return st.integers(smallest, largest)


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
        engine=draw(st.sampled_from(["wasm", "restricted"])),
        quota=draw(st.builds(Quota, **{f.name: amounts(f.name) for f in QUOTAS})),
        commands=draw(st.dictionaries(names, command, max_size=3)),
        events=tuple(draw(st.lists(names, unique=True, max_size=3))),
        provenance=draw(
            st.dictionaries(
                names.filter(lambda n: n not in MAKERS), readable(), max_size=3
            )
        ),
    )


@given(manifests())
def test_what_is_written_is_read_back_the_same(manifest):
    assert Manifest.parse(manifest.dumps()) == manifest
