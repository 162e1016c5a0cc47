"""A host plugin's command is called, and errs, as a sandboxed plugin's does."""

from __future__ import annotations

import sys

import pytest

import plugwright_sdk
from plugwright.commands import Command, Tool, called
from plugwright.errors import BrokeContract, Denied, Refused, UsageError
from plugwright.manifest import CommandSpec

SPEC = CommandSpec(summary="It does something")


def calling(function, **arguments):
    return called("helper", Command(name="do", spec=SPEC, call=function), arguments)


def test_a_command_answers_and_says_what_it_used():
    call = calling(lambda it: it["number"] * 2, number=21)

    assert call.value == 42
    assert call.usage.seconds > 0
    assert (call.output, call.log, call.unheard) == ("", (), ())


def test_a_person_is_asked_before_a_tool_is_called_unless_it_says_otherwise():
    assert Tool(name="roll", spec=SPEC, call=len).needs_approval
    assert not Tool(
        name="roll", spec=SPEC, call=len, needs_approval=False
    ).needs_approval


def test_nothing_is_shared_with_who_calls():
    given, kept = ["a"], ["kept"]

    def spoil(arguments):
        arguments["words"].append("b")
        return kept

    answer = calling(spoil, words=given).value
    answer.append("more")
    assert (given, kept) == (["a"], ["kept"])


@pytest.mark.parametrize("given", [float("nan"), float("inf"), {1, 2}, b"x"])
def test_input_that_is_no_json_is_the_callers_mistake(given):
    with pytest.raises(UsageError, match="`helper` cannot use this input: ") as told:
        calling(lambda it: None, number=given)
    assert told.value.remedy == "give it JSON"


def endless():
    found = []
    found.append(found)
    return found


@pytest.mark.parametrize("answer", [float("nan"), object(), endless()])
def test_an_answer_that_is_no_json_is_the_plugins_mistake(answer):
    with pytest.raises(BrokeContract, match="`helper`: its answer is no JSON: "):
        calling(lambda it: answer)


def test_an_accident_is_told_with_the_line_where_it_happened():
    def fail(arguments):
        raise ZeroDivisionError("by nothing")

    line = fail.__code__.co_firstlineno + 1
    with pytest.raises(BrokeContract) as told:
        calling(fail)
    assert told.value.message == (
        f"`helper`: ZeroDivisionError: by nothing (test_commands.py:{line})"
    )
    assert told.value.remedy == "report it to the plugin's author"


def test_a_line_of_the_host_would_help_nobody_so_none_is_told():
    with pytest.raises(BrokeContract, match=r"`helper`: TypeError: [^.]*$"):
        calling(None)


def test_a_command_that_ends_the_process_fails_alone():
    with pytest.raises(BrokeContract, match="`helper`: SystemExit: 3"):
        calling(lambda it: sys.exit(3))


def test_an_error_whose_text_cannot_be_shown_is_told_all_the_same():
    class Odd(Exception):
        def __str__(self):
            raise ValueError

    def fail(arguments):
        raise Odd

    with pytest.raises(BrokeContract, match="Odd: its text cannot be shown"):
        calling(fail)


def test_a_person_can_stop_it():
    def stopped(arguments):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        calling(stopped)


# Errors of the author's kit mean the same here as in the sandbox.


def test_input_that_the_command_refuses_is_the_callers_mistake():
    def pick(arguments):
        raise plugwright_sdk.InputError("`number` must be small")

    with pytest.raises(UsageError) as told:
        calling(pick)
    assert told.value.message == (
        "`helper` cannot use this input: `number` must be small"
    )


def test_a_permission_that_is_lacking_is_named():
    def use(arguments):
        raise plugwright_sdk.Denied("storage")

    with pytest.raises(Denied) as told:
        calling(use)
    assert told.value.permission == "storage"


def test_what_the_host_says_on_purpose_passes_through():
    def use(arguments):
        raise Refused("the storage is full")

    with pytest.raises(Refused, match=r"^the storage is full$"):
        calling(use)
