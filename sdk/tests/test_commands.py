"""Commands, handlers and the initialiser: what may be offered, and how it is called."""

from __future__ import annotations

import operator
from dataclasses import FrozenInstanceError, dataclass
from typing import Any

import pytest

from plugwright_sdk import InputError, OutputError
from plugwright_sdk.registry import Registry


@dataclass
class Lesson:
    subject: str
    minutes: int = 30


@pytest.fixture
def registry():
    return Registry()


@pytest.fixture
def plan(registry):
    @registry.command
    def plan(lessons: list[Lesson], *, first: int = 0) -> list[Lesson]:
        """Put lessons into an order.

        Short ones come first.
        """
        assert all(isinstance(lesson, Lesson) for lesson in lessons)
        return sorted(lessons, key=lambda lesson: lesson.minutes)[first:]

    return plan


def test_a_command_takes_and_gives_json_and_works_on_native_values(plan):
    assert plan([{"subject": "art"}, {"subject": "maths", "minutes": 5}]) == [
        {"subject": "maths", "minutes": 5},
        {"subject": "art", "minutes": 30},
    ]


def test_a_command_takes_native_values_too(plan):
    assert plan(lessons=[Lesson("art")]) == [{"subject": "art", "minutes": 30}]


def test_the_function_itself_is_kept(plan):
    assert plan.function([Lesson("art")]) == [Lesson("art")]
    assert plan.__name__ == "plan"


class Curious:
    """Keeps whatever it is compared or joined with."""

    found: Any = None

    def __eq__(self, other):
        self.found = other
        return True

    def __ror__(self, other):
        self.found = other
        return {}


@pytest.mark.parametrize("compare", [operator.eq, operator.or_])
def test_nobody_can_change_what_a_command_takes(plan, compare):
    known, curious = plan.signature.parameters, Curious()
    with pytest.raises(TypeError):
        known["lessons"] = known["first"]

    compare(known, curious)
    curious.found.clear()

    assert plan([{"subject": "art"}], first=1) == []
    assert list(plan.signature.parameters) == ["lessons", "first"]
    assert list(plan.describe()["input"]["properties"]) == ["lessons", "first"]


def test_nobody_can_change_what_a_whole_number_is(plan):
    shape = plan.signature.parameters["first"].shape
    with pytest.raises(FrozenInstanceError):
        shape.make = str

    assert hash(shape.keywords) == hash((("type", "integer"),))


@pytest.mark.parametrize(
    ("args", "kwargs", "sentence", "path"),
    [
        ((), {}, "`lessons` is missing", "lessons"),
        ((), {"lesson": []}, "not an argument of `plan`; did you mean", "lesson"),
        (([],), {"lessons": []}, "`lessons` is given twice", "lessons"),
        (([], 1, 2), {}, "`plan` takes 2 arguments, not 3", ""),
        (([], "x"), {}, "`first` must be a whole number, not the text", "first"),
        (([{"subject": 1}],), {}, "must be text", "lessons[0].subject"),
    ],
)
def test_wrong_arguments_are_refused_by_name(plan, args, kwargs, sentence, path):
    with pytest.raises(InputError, match=sentence) as refused:
        plan(*args, **kwargs)

    assert refused.value.path == path
    assert refused.value.plugwright_kind == "input"


def test_a_result_must_keep_its_promise(registry):
    @registry.command
    def count() -> int:
        return "three"  # type: ignore[return-value]

    with pytest.raises(OutputError, match="`result` must be a whole number, not the"):
        count()


def test_without_annotations_anything_goes_in_and_out(registry):
    @registry.command
    def echo(value, times=1):
        return [value] * times

    assert echo({"a": None}, 2) == [{"a": None}, {"a": None}]


def test_a_command_describes_itself(plan):
    description = plan.describe()

    assert description["summary"] == "Put lessons into an order."
    assert description["parameters"] == ["lessons", "first"]
    assert description["input"]["required"] == ["lessons"]
    assert description["output"]["type"] == "array"


def test_a_command_without_words_has_an_empty_summary(registry):
    command = registry.command(name="quiet")(lambda: None)

    assert command.describe()["summary"] == ""


@pytest.mark.parametrize("name", ["plan", "a", "analyse-progress", "a_1", "a" * 64])
def test_good_names_are_taken(registry, name):
    assert registry.command(name=name)(lambda: None).name == name


@pytest.mark.parametrize("name", ["Plan", "1st", "-a", "é", "a b", "a" * 65, "a\n"])
def test_bad_names_are_refused(registry, name):
    with pytest.raises(ValueError, match="cannot name a command; use up to 64"):
        registry.command(name=name)(lambda: None)


def test_two_commands_cannot_have_one_name(registry, plan):
    with pytest.raises(ValueError, match="there are two commands named `plan`"):
        registry.command(plan.function)


def test_arguments_that_cannot_come_by_name_are_refused(registry):
    def several(*lessons: str) -> None: ...
    def open_ended(**lessons: str) -> None: ...
    def by_place(lessons: str, /) -> None: ...

    for function in (several, open_ended, by_place):
        with pytest.raises(TypeError, match="parameter `lessons`: arguments come by"):
            registry.command(function)


def test_an_async_command_is_refused(registry):
    async def plan() -> None: ...

    with pytest.raises(TypeError, match="command `plan` is `async`; write it with"):
        registry.command(plan)


@dataclass
class Picture:
    pixels: bytes


def test_a_bad_annotation_is_named_with_its_command_and_parameter(registry):
    @registry.command
    def show(title: str, picture: Picture | None = None) -> None: ...

    with pytest.raises(TypeError) as refused:
        show("x")

    assert str(refused.value) == (
        "command `show`, parameter `picture`: field `pixels` of `Picture`: `bytes` has "
        "no place in JSON; use `str`, with base64 text in it"
    )


def test_a_bad_result_annotation_is_named_too(registry):
    @registry.command
    def show() -> list[bytes]:
        return []

    with pytest.raises(TypeError, match="command `show`, result: `bytes` has no place"):
        registry.describe()


def test_a_name_that_nobody_defined_is_named(registry):
    @registry.command
    def show(picture: Missing) -> None: ...  # type: ignore[name-defined] # noqa: F821

    with pytest.raises(TypeError, match="annotated with `Missing`, which its module"):
        registry.describe()


def test_handlers_are_called_in_order_with_what_they_ask_for(registry):
    heard: list[Any] = []

    @registry.on("lesson-over")
    def first(data: dict[str, Any]) -> None:
        heard.append(data)

    @registry.on("lesson-over")
    def second(lesson: Lesson) -> None:
        heard.append(lesson)

    assert registry.send("lesson-over", {"subject": "art"}) == 2
    assert registry.send("other", None) == 0
    assert heard == [{"subject": "art"}, Lesson("art")]


def test_event_data_that_does_not_match_is_refused(registry):
    registry.on("lesson-over")(lambda data: None)

    @registry.on("lesson-over")
    def hear(lesson: Lesson) -> None: ...

    with pytest.raises(InputError, match=r"`data.subject` is missing"):
        registry.send("lesson-over", {})


def test_a_handler_takes_one_argument(registry):
    def none() -> None: ...
    def two(a: int, b: int) -> None: ...

    for function in (none, two):
        with pytest.raises(TypeError, match="must take one argument, the event's data"):
            registry.on("lesson-over")(function)


def test_on_without_a_name_says_how_to_write_it(registry):
    with pytest.raises(TypeError, match=r'@on\("thought-updated"\)'):
        registry.on(lambda data: None)


def test_a_bad_annotation_of_a_handler_is_found_before_the_event(registry):
    @registry.on("lesson-over")
    def hear(data: bytes) -> None: ...

    with pytest.raises(TypeError, match="handler `hear`, parameter `data`: `bytes`"):
        registry.describe()


def test_there_is_one_initialiser_without_arguments(registry):
    started = []
    registry.initialise()  # nothing to do

    @registry.initialiser
    def set_up() -> None:
        started.append(True)

    registry.initialise()

    assert started == [True]
    with pytest.raises(ValueError, match="two initialisers, `set_up` and `set_up`"):
        registry.initialiser(set_up)
    with pytest.raises(TypeError, match="initialiser `more` must take no arguments"):
        Registry().initialiser(more)


def more(argument: int) -> None: ...
