"""A command of an active plugin is called, and answers in JSON."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace

import pytest
from doubles import activate, make_bundle

from plugwright.cli.run import in_words
from plugwright.host import Host
from plugwright.lines import broken
from plugwright.quotas import Usage


def test_a_command_answers_in_json_and_says_what_it_used(plugwright, chatty, write):
    file = write('{"left": 1, "right": 41}')
    code, out, err = plugwright("run", "chatty", "add", "--input", file)
    assert (code, out) == (0, "42\n")
    _, *used = err.splitlines()
    told = " ".join(map(str.strip, used))
    assert told.startswith("used: ")
    assert told.endswith(
        " ms of processor, 0 bytes of memory, 0 host calls, 0 bytes sent, 0 bytes "
        "received"
    )


@pytest.mark.parametrize(
    "given", ['["añb"]', '{"words": ["añb"]}', b'\xef\xbb\xbf["a\xc3\xb1b"]']
)
def test_an_only_argument_needs_no_name(plugwright, chatty, write, given):
    file = write(given)
    code, out, _ = plugwright("run", "chatty", "spell", "--input", file)
    assert (code, out) == (0, '{\n  "añb": 3\n}\n')


TAKES = """
from plugwright.commands import Command
from plugwright.hooks import hookimpl
from plugwright.manifest import CommandSpec

@hookimpl
def commands():
    spec = CommandSpec(summary="Says it", parameters=("name",), input=INPUT)
    return [Command(name="say", spec=spec, call=lambda given: given["name"])]
"""


@pytest.mark.parametrize(
    ("described", "is_plain"),
    [
        ({"properties": {"name": {"type": "string"}}}, True),
        ({"properties": {"name": {"type": ["string", "null"]}}}, True),
        ({"properties": {"name": {"type": "object"}}}, False),
        ({"properties": {"name": {"type": ["object", "string"]}}}, False),
        ({"properties": {"name": {"anyOf": [{"type": "string"}]}}}, False),
        ({"properties": {"name": True}}, False),
        ({"properties": []}, False),
        ({}, False),
    ],
)
def test_an_object_is_the_only_argument_where_that_may_be_one(
    plugwright, installed, write, described, is_plain
):
    installed.plugin("sayer", TAKES.replace("INPUT", repr(described)))
    said = plugwright("run", "sayer", "say", "--input", write('{"name": "Ann"}'))
    assert said[:2] == (0, '"Ann"\n')
    code, out, err = plugwright("run", "sayer", "say", "--input", write('{"nam": 3}'))
    if is_plain:
        assert (code, err) == (
            2,
            "plugwright: the command has no argument `nam`\n"
            "  what to do: did you mean `name`?\n",
        )
    else:
        assert json.loads(out) == {"nam": 3}


def test_the_input_may_come_from_standard_input(plugwright, chatty, monkeypatch):
    given = io.TextIOWrapper(io.BytesIO(b'{"left": 2}'))
    monkeypatch.setattr(sys, "stdin", given)
    assert plugwright("run", "chatty", "add", "--input", "-")[:2] == (0, "3\n")


def test_a_command_without_arguments_needs_no_input(plugwright, chatty):
    assert plugwright("run", "chatty", "nothing")[:2] == (0, "null\n")


def test_nothing_that_a_plugin_prints_logs_or_answers_reaches_the_terminal_raw(
    plugwright, chatty, write
):
    file = write(json.dumps(["\x9b2J\u202e"]))
    code, out, err = plugwright("run", "chatty", "spell", "--input", file)
    assert code == 0
    assert "info: spelling  [2J" in err
    assert "now \\u001b]0;owned\\u0007" in err
    assert "\\u009b2J\\u202e" in out
    assert json.loads(out) == {"\x9b2J\u202e": 4}


FALLS = """
from plugwright_sdk import command, log
{early}
@command
def double(number: int) -> int:
    log.warning("now it falls\\nplugwright: all is well")
    print("at", number)
    raise ValueError(number)
"""


@pytest.mark.parametrize(
    ("early", "said"),
    [
        (
            "",
            "  warning: now it falls plugwright: all is well\n"
            "  at 3\n"
            "plugwright: `faller`: ValueError: 3 (plugin.py:8)\n",
        ),
        ("print('so soon'); 1 / 0", "  so soon\nplugwright: `faller`: ZeroDivisionEr"),
    ],
)
def test_what_a_plugin_wrote_before_it_failed_is_shown(
    plugwright, home, write, early, said
):
    with Host(home) as host:
        source = FALLS.format(early=early)
        activate(host, make_bundle(source, name="faller", permissions=("log",)))

    code, out, err = plugwright("run", "faller", "double", "--input", write("3"))

    assert (code, out) == (1, "")
    assert said in err


def test_who_listened_and_failed_is_named(plugwright, chatty, home):
    with Host(home) as host:
        activate(host, make_bundle("1 / 0", name="torn", events=("lesson-due",)))
    code, out, err = plugwright("run", "chatty", "due")
    assert (code, out) == (0, "null\n")
    assert "  `lesson-due` was not heard: `torn`: ZeroDivisionError" in err


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("{", "is not JSON: "),
        ("NaN", "is not JSON: it has no number `NaN`"),
        ("[" * 100_000, "is not JSON: "),
        (b"\xff", "is not JSON: 'utf-8' codec"),
        ("[1, 2]", "the input has to be an object with the command's arguments"),
        ('{"left": "x"}', "`chatty` cannot use this input: `left` must be"),
        ('{"middle": 1}', "`chatty` cannot use this input: `middle`"),
    ],
)
def test_unfit_input_is_told_in_one_sentence(refused, chatty, write, given, sentence):
    code, said = refused("run", "chatty", "add", "--input", write(given))
    assert code == 2
    assert sentence in said


def test_input_for_a_command_that_takes_none_is_refused(plugwright, chatty, write):
    _, _, err = plugwright("run", "chatty", "nothing", "--input", write("[]"))
    assert "it takes none: leave out --input" in err
    _, _, err = plugwright("run", "chatty", "add", "--input", write("[]"))
    assert "name them: `left`, `right`" in err


def test_an_unknown_command_is_told_whatever_the_input(refused, chatty, write):
    assert refused("run", "chatty", "spel", "--input", write("[]")) == (
        2,
        "plugwright: `chatty` has no command `spel`",
    )


@pytest.mark.parametrize(
    ("file", "why"),
    [("none.json", "No such file or directory"), ("", "Is a directory")],
)
def test_input_that_cannot_be_read_is_named(refused, chatty, tmp_path, file, why):
    path = tmp_path / file
    assert refused("run", "chatty", "add", "--input", path) == (
        2,
        f"plugwright: cannot read `{path}`: {why}",
    )


def test_the_answer_can_go_to_a_file(plugwright, chatty, write, tmp_path):
    file, target = write('{"left": 1}'), tmp_path / "answer.json"
    target.write_text("old")
    code, out, _ = plugwright(
        "run", "chatty", "add", "--input", file, "--output", target
    )
    assert (code, out) == (0, "")
    assert target.read_text() == "2\n"


def test_an_answer_that_cannot_be_written_leaves_nothing_half_written(
    refused, chatty, write, tmp_path
):
    before = {*tmp_path.iterdir()}
    for target in (tmp_path / "none" / "x", tmp_path / "home"):
        code, said = refused("run", "chatty", "nothing", "--output", target)
        assert code == 2
        assert f"cannot write `{target}`" in said
    assert {*tmp_path.iterdir()} == before


def test_what_is_not_active_does_not_run(refused, home):
    with Host(home) as host:
        host.lives.unpacked(make_bundle())
    assert refused("run", "doubler", "double") == (
        2,
        "plugwright: `doubler` 1 is unpacked and cannot be run",
    )


USED = Usage(
    fuel=2_000_000_000,
    cpu_seconds=0.1,
    seconds=0.2503,
    memory=48 << 20,
    output=1000,
    writes=3,
    host_calls=10_000,
    sent=16 << 20,
    received=1 << 20,
)


@pytest.mark.parametrize("columns", [60, 80, 100])
def test_what_a_call_used_is_two_lines_on_any_screen(columns):
    lines = broken(in_words(USED), columns, rest="      ")
    assert len(lines) == 2
    assert max(map(len, lines)) <= columns
    assert " ".join(map(str.strip, lines)) == (
        "used: 250 ms, 2 G fuel, 48 MB of memory, 1000 bytes printed, "
        "10,000 host calls, 16 MB sent, 1 MB received"
    )


def test_where_no_fuel_is_counted_the_processors_time_is_told():
    told = in_words(replace(USED, fuel=0, output=0))
    assert "250 ms, 100 ms of processor, 48 MB of memory, 10,000 host" in told
