"""Values cross into a plugin and out of it, or are refused with one exact sentence."""

from __future__ import annotations

import enum
import json
import math
from collections import namedtuple
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    NotRequired,
    Optional,
    TypedDict,
    TypeVar,
)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugwright_sdk import InputError, OutputError
from plugwright_sdk.annotations import Unsupported, shape_of
from plugwright_sdk.conversion import encode, read, write


class Day(enum.Enum):
    MONDAY = "mon"
    TUESDAY = "tue"


class Size(enum.IntEnum):
    SMALL = 1


@dataclass
class Lesson:
    subject: str
    minutes: int = 30
    tags: list[str] = field(default_factory=list)


@dataclass
class Tree:
    name: str
    children: list[Tree] = field(default_factory=list)


@dataclass(frozen=True)
class Span:
    start: int
    end: int
    length: int = field(init=False)

    def __post_init__(self):
        if self.end < self.start:
            raise ValueError("it ends before it starts")
        object.__setattr__(self, "length", self.end - self.start)


class Pupil(TypedDict):
    name: str
    age: NotRequired[int]


class Point(NamedTuple):
    x: int
    y: int = 0


Minutes = NewType("Minutes", int)
Loose = namedtuple("Loose", "a b")


def there(annotation, value):
    return read(shape_of(annotation), value, "it")


@pytest.mark.parametrize(
    ("annotation", "data", "native"),
    [
        (None, None, None),
        (bool, True, True),
        (int, 2**80, 2**80),
        (float, 1, 1.0),
        (str, "é", "é"),
        (list, [1, "a"], [1, "a"]),
        (list[int], [1, 2], [1, 2]),
        (tuple, [1], (1,)),
        (tuple[()], [], ()),
        (tuple[int, str], [1, "a"], (1, "a")),
        (tuple[int, ...], [1, 2], (1, 2)),
        (set[int], [1, 2], {1, 2}),
        (frozenset[str], ["a"], frozenset("a")),
        (dict, {"a": None}, {"a": None}),
        (dict[str, date], {"a": "2026-03-01"}, {"a": date(2026, 3, 1)}),
        (Optional[int], None, None),  # noqa: UP045 - people write it
        (int | str, "a", "a"),
        (Literal["a", 1, None], 1, 1),
        (Literal["a", 1, None], None, None),
        (Literal[Day.MONDAY], "mon", Day.MONDAY),
        (Day, "tue", Day.TUESDAY),
        (Size, 1, Size.SMALL),
        (Lesson, {"subject": "art"}, Lesson("art")),
        (Tree, {"name": "a", "children": [{"name": "b"}]}, Tree("a", [Tree("b")])),
        (Span, {"start": 1, "end": 3}, Span(1, 3)),
        (Pupil, {"name": "Ada"}, {"name": "Ada"}),
        (Point, {"x": 1}, Point(1, 0)),
        (Loose, {"a": 1, "b": [2]}, Loose(1, [2])),
        (date, "2026-03-01", date(2026, 3, 1)),
        (datetime, "2026-03-01T09:30:00", datetime(2026, 3, 1, 9, 30)),
        (time, "09:30:00", time(9, 30)),
        (Decimal, "12.50", Decimal("12.50")),
        (Annotated[int, "in minutes"], 3, 3),
        (Minutes, 3, 3),
        (Any, {"a": [1.5]}, {"a": [1.5]}),
        (object, "x", "x"),
        (Span | Point, {"x": 1, "y": 2}, Point(1, 2)),
    ],
)
def test_json_becomes_what_the_annotation_says(annotation, data, native):
    value = there(annotation, data)

    assert value == native
    assert type(value) is type(native)


@pytest.mark.parametrize(
    ("annotation", "data", "sentence"),
    [
        (None, 0, "`it` must be nothing (null), not the number 0"),
        (bool, 1, "`it` must be true or false, not the number 1"),
        (int, True, "`it` must be a whole number, not true"),
        (int, 1.0, "`it` must be a whole number, not the number 1.0"),
        (int, "x", "`it` must be a whole number, not the text 'x'"),
        (float, True, "`it` must be a number, not true"),
        (float, 10**400, "`it` must be a number, not a huge number"),
        (str, None, "`it` must be text, not null"),
        (str, ["x"], "`it` must be text, not a list of 1"),
        (list[int], {}, "`it` must be a list, not an object"),
        (list[int], [1, "x"], "`it[1]` must be a whole number, not the text 'x'"),
        (tuple[int, str], [1], "`it` must be a list of exactly 2, not a list of 1"),
        (set[Lesson], [{"subject": "a"}], "`it` holds things that a Python set can"),
        (dict[str, int], {"a": 1, "b c": "x"}, "`it['b c']` must be a whole number"),
        (int | None, "x", "`it` must be a whole number or nothing (null), not the"),
        (Lesson | None, {"subject": 1}, "`it.subject` must be text, not the number 1"),
        (Lesson | None, {}, "`it.subject` is missing"),
        (Literal["a", "b"], "c", "`it` must be one of 'a', 'b', not the text 'c'"),
        (Literal[1], True, "`it` must be 1, not true"),
        (Day, "mom", "not the text 'mom'; did you mean `mon`?"),
        (Lesson, {"minutes": 1}, "`it.subject` is missing"),
        (
            Lesson,
            {"subject": "a", "minuts": 1},
            "`it` has no field `minuts`; did you mean `minutes`?",
        ),
        (Lesson, [], "`it` must be an object like `Lesson`, not a list of 0"),
        (Lesson, {"subject": "a", "zzz": 1}, "`it` has no field `zzz`"),
        (Span, {"start": 3, "end": 1}, "`it` is refused: it ends before it starts"),
        (Pupil, {}, "`it.name` is missing"),
        (Point, {"x": 1, "z": 1}, "`it` has no field `z`"),
        (date, "soon", "`it` must be a date like '2026-03-01', not the text 'soon'"),
        (Decimal, "NaN", "`it` must be decimal text like '12.50', not the text 'NaN'"),
        (Decimal, "1e999999999999999999999", "`it` must be decimal text"),
        (Decimal, 1, "`it` must be decimal text like '12.50', not the number 1"),
        (Any, math.inf, "`it` must be a finite number, not NaN or infinity"),
        (Any, [math.nan], "`it[0]` must be a finite number, not NaN or infinity"),
        (Any, 10**4000, "`it` is a number of more than 4000 digits"),
        (Any, {1: 2}, "`it` has the key 1, but in JSON every key is text"),
        (Any, b"x", "`it` is of type `bytes`, which JSON cannot hold; use `str`"),
        (Any, {"a": Path("x")}, "`it.a` is of type `PosixPath`, which JSON cannot"),
        (
            tuple[Tree, ...],
            [{"name": "a", "children": [{"name": 1}]}],
            "`it[0].children[0].name` must be text, not the number 1",
        ),
    ],
)
def test_what_does_not_match_is_refused_in_one_sentence(annotation, data, sentence):
    with pytest.raises(InputError) as refused:
        there(annotation, data)

    assert sentence in str(refused.value)
    assert str(refused.value).startswith(f"`{refused.value.path}`")


def test_long_text_is_shown_shortly():
    with pytest.raises(InputError) as refused:
        there(int, "x" * 1000)

    assert len(str(refused.value)) < 120


@pytest.mark.parametrize(
    ("native", "data"),
    [
        (Lesson("art"), {"subject": "art", "minutes": 30, "tags": []}),
        (Span(1, 3), {"start": 1, "end": 3, "length": 2}),
        (Point(1), {"x": 1, "y": 0}),
        ((1, (2,)), [1, [2]]),
        ({10, 9}, [9, 10]),
        ({"b", "a", 2, None}, [2, "a", "b", None]),
        (Day.MONDAY, "mon"),
        (Size.SMALL, 1),
        ({"mon": Day.MONDAY}, {"mon": "mon"}),
        (Decimal("1.50"), "1.50"),
        (datetime(2026, 3, 1, tzinfo=UTC), "2026-03-01T00:00:00+00:00"),
        (time(9, 30), "09:30:00"),
    ],
)
def test_native_values_are_written_as_plain_json(native, data):
    assert encode(native) == data
    assert json.loads(json.dumps(encode(native))) == data


def test_what_is_written_shares_nothing_with_the_plugin():
    inner = [1]

    data = encode({"a": inner})
    inner.append(2)

    assert data == {"a": [1]}


def test_a_subclass_cannot_hide_what_it_holds():
    class Sly(str):
        def __str__(self):
            return "other"

    assert type(encode(Sly("x"))) is str
    assert encode({Sly("x"): Sly("y")}) == {"x": "y"}


def test_a_computed_field_survives_the_round_trip():
    restored = there(Span, encode(Span(1, 3)))

    assert restored == Span(1, 3)


@dataclass
class Sham:
    """Makes anything but its own."""

    name: str
    made_by: str = field(init=False, default="")

    def __new__(cls, **_):
        return MANNERS


class Manners:
    made_by = "nobody"


class ShamRow(Point):
    def __new__(cls, x, y=0):
        return Point(x, y)


MANNERS = Manners()


def test_a_class_that_makes_somebody_elses_object_is_refused_and_sets_nothing_on_it():
    with pytest.raises(TypeError, match=r"`Sham\(...\)` made a `Manners`"):
        there(Sham, {"name": "x", "made_by": "Sham"})

    assert vars(MANNERS) == {}


def test_a_class_that_makes_one_of_another_class_is_refused_in_a_union_too():
    with pytest.raises(TypeError, match=r"`ShamRow\(...\)` made a `Point`"):
        there(ShamRow | None, {"x": 1})


def nested(depth):
    return [] if depth == 0 else [nested(depth - 1)]


def test_data_is_nested_64_deep_and_no_deeper():
    assert encode(nested(64)) == nested(64)

    with pytest.raises(InputError, match="nested more than 64 deep"):
        there(Any, nested(65))


def test_a_value_that_contains_itself_is_refused():
    loop: dict[str, Any] = {}
    loop["again"] = loop

    with pytest.raises(OutputError, match="or contains itself") as refused:
        write(shape_of(Any), loop, "result")

    assert len(str(refused.value)) < 200


def test_a_result_that_matches_is_plain_json():
    assert write(shape_of(list[Lesson]), [Lesson("a", 1)], "result") == [
        {"subject": "a", "minutes": 1, "tags": []}
    ]


def test_a_result_that_does_not_match_is_the_plugins_own_mistake():
    with pytest.raises(OutputError) as refused:
        write(shape_of(list[Lesson]), [Lesson("a", "x")], "result")  # type: ignore

    assert str(refused.value) == (
        "`result[0].minutes` must be a whole number, not the text 'x'"
    )
    assert isinstance(refused.value, TypeError)


def test_checking_a_result_does_not_make_it_again():
    made = []

    @dataclass
    class Counted:
        x: int

        def __post_init__(self):
            made.append(self)

    Counted.__annotations__["x"] = int

    write(shape_of(Counted), Counted(1), "result")

    assert len(made) == 1


def test_a_set_of_records_may_be_given_back_although_json_has_no_sets():
    spans = shape_of(set[Span])

    assert write(spans, {Span(3, 4), Span(1, 2)}, "result") == [
        {"start": 1, "end": 2, "length": 1},
        {"start": 3, "end": 4, "length": 1},
    ]


class Odd(enum.Enum):
    PAIR = (1, 2)


T = TypeVar("T")


@dataclass
class Page(Generic[T]):
    items: list[T]


@pytest.mark.parametrize(
    ("annotation", "sentence"),
    [
        (bytes, "`bytes` has no place in JSON; use `str`, with base64 text in it"),
        (timedelta, "`timedelta` has no place in JSON; use `float`, in seconds"),
        (Path, "`Path` has no place in JSON; use `str`"),
        (list[complex], "`complex` has no place in JSON; use a dataclass, or lists"),
        (dict[int, str], "has no place in JSON; use `dict[str, ...]`, for the keys"),
        (Odd, "the option `<Odd.PAIR: (1, 2)>` has no place in JSON; use text or"),
        (Page[int], "Page[int]` has no place in JSON"),
        (T, "`T` has no place in JSON"),
    ],
)
def test_what_has_no_place_in_json_is_refused_with_advice(annotation, sentence):
    with pytest.raises(Unsupported) as refused:
        shape_of(annotation)

    assert sentence in str(refused.value)


days = st.sampled_from(Day)
lessons = st.builds(Lesson, st.text(), st.integers(), st.lists(st.text(max_size=9)))
spans = st.tuples(st.integers(), st.integers(0)).map(lambda s: Span(s[0], s[0] + s[1]))
trees = st.recursive(
    st.builds(Tree, st.text()),
    lambda children: st.builds(Tree, st.text(), st.lists(children, max_size=3)),
    max_leaves=8,
)
numbers = st.floats(allow_nan=False, allow_infinity=False)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | numbers | st.text(),
    lambda part: st.lists(part) | st.dictionaries(st.text(), part),
    max_leaves=12,
)
offsets = st.integers(-720, 720).map(lambda m: timezone(timedelta(minutes=m)))


@pytest.mark.parametrize(
    ("annotation", "values"),
    [
        (list[Lesson], st.lists(lessons, max_size=4)),
        (frozenset[Span], st.frozensets(spans, max_size=4)),
        (Tree, trees),
        (dict[str, Day | int], st.dictionaries(st.text(), days | st.integers())),
        (tuple[float, bool, None], st.tuples(numbers, st.booleans(), st.none())),
        (Point, st.builds(Point, st.integers(), st.integers())),
        (datetime, st.datetimes(timezones=st.none() | offsets)),
        (date, st.dates()),
        (time, st.times()),
        (Decimal, st.decimals(allow_nan=False, allow_infinity=False)),
        (Any, plain),
    ],
)
def test_every_value_survives_the_way_out_and_in(annotation, values):
    shape = shape_of(annotation)

    @given(value=values)
    def check(value):
        data = write(shape, value, "result")
        text = json.dumps(data, allow_nan=False)

        assert read(shape, json.loads(text), "it") == value

    check()
