"""What is on record is done again exactly, and a difference is told with its cause."""

from __future__ import annotations

import json
import stat
from dataclasses import replace

import pytest
from doubles import activate, make_bundle

from plugwright.errors import BrokeContract, UsageError
from plugwright.recordings import key_of

DICE = """
from plugwright_sdk import clock, command, storage

@command
def roll(sides: int) -> int:
    last = storage.get("last", 0)
    storage.set("last", sides)
    return last * sides + int(clock.timestamp()) * 0

@command
def fail() -> None:
    raise LookupError("as always")
"""
COMMANDS = {"roll": ("sides",), "fail": ()}


@pytest.fixture
def dice(host, sandbox):
    about = {"commands": COMMANDS, "permissions": ("storage", "clock")}
    activate(host, make_bundle(DICE, name="dice", **about))
    return host


def record(host, *calls):
    with host.recording("dice") as tape:
        for command, arguments in calls:
            try:
                host.run("dice", command, arguments)
            except BrokeContract as error:
                assert "as always" in str(error)  # noqa: PT017
    return host.signed(tape)


def test_a_record_with_quotas_that_nobody_knows_is_of_another_version(dice):
    with dice.recording("dice") as tape:
        dice.run("dice", "roll", {"sides": 6})
    tape.steps[0] = replace(tape.steps[0], quota={**tape.steps[0].quota, "luck": 7})

    with pytest.raises(UsageError, match="by another version of Plugwright"):
        dice.replay(dice.signed(tape), "dice.json")


def test_what_is_on_record_is_done_again_without_touching_anything(dice):
    text = record(dice, ("roll", {"sides": 6}), ("roll", {"sides": 8}))
    dice.run("dice", "roll", {"sides": 100})

    recording = dice.replay(text, "dice.json")
    assert [step.operation for step in recording.steps] == [
        "load",
        "command",
        "command",
    ]
    assert recording.steps[2].said["value"] == 48
    assert dice.run("dice", "roll", {"sides": 2}) == 200  # it saw no second `8`


def test_a_call_that_fails_is_on_record_too(dice):
    text = record(dice, ("fail", {}))
    assert dice.replay(text, "f").steps[1].said["failure"]["type"] == "LookupError"


def test_calls_before_and_after_are_not_on_record(dice):
    dice.run("dice", "roll", {"sides": 6})
    text = record(dice, ("roll", {"sides": 7}))
    dice.run("dice", "roll", {"sides": 8})
    recording = dice.replay(text, "f")
    assert len(recording.steps) == 2
    assert recording.steps[1].said["value"] == 42


def test_a_record_that_was_edited_is_told_before_anything_runs(dice):
    text = record(dice, ("roll", {"sides": 6}))
    sandbox = dice.sandbox()
    opened = len(sandbox.sessions)
    for old, new in (('"sides": 6', '"sides": 7'), ('"seed": "', '"seed": "1')):
        assert old in text
        with pytest.raises(UsageError, match="was changed after it was written"):
            dice.replay(text.replace(old, new), "dice.json")
    assert len(sandbox.sessions) == opened


def test_a_record_of_another_home_is_not_believed(dice, tmp_path):
    text = record(dice, ("roll", {"sides": 6}))
    (dice.home.folder / "recording.key").write_bytes(bytes(32))
    with pytest.raises(UsageError, match="or another home wrote it"):
        dice.replay(text, "f")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Invalid JSON"),
        ("{}", "`recording`: Field required"),
        ('{"recording": {}, "signature": 3}', "is no recording"),
    ],
)
def test_what_is_no_recording_is_told(dice, text, said):
    with pytest.raises(UsageError) as told:
        dice.replay(text, "dice.json")
    assert said in told.value.message


def test_a_plugin_that_does_something_else_now_is_named_with_what(dice):
    with dice.recording("dice") as tape:
        dice.run("dice", "roll", {"sides": 6})
    [_, call] = tape.steps
    tape.steps[1] = type(call)(**{**vars(call), "said": {**call.said, "value": 7}})
    with pytest.raises(BrokeContract) as told:
        dice.replay(dice.signed(tape), "f")
    assert "`command`: its value: 7 before, 0 now" in told.value.message
    assert "the runtime is the same" in told.value.remedy


def test_a_changed_runtime_is_named_as_the_cause(dice):
    with dice.recording("dice") as tape:
        dice.run("dice", "roll", {"sides": 6})
    tape.runtime = "an older one"
    [_, call] = tape.steps
    tape.steps[1] = type(call)(**{**vars(call), "said": {**call.said, "fuel": 7}})
    with pytest.raises(BrokeContract) as told:
        dice.replay(dice.signed(tape), "f")
    assert "its fuel: 7 before" in told.value.message
    assert "the runtime has changed: it was `an older one`" in told.value.remedy


def test_other_questions_than_before_are_differences(dice):
    with dice.recording("dice") as tape:
        dice.run("dice", "roll", {"sides": 6})
    tape.answers.pop()
    with pytest.raises(BrokeContract, match=r"asked for `clock\.now` as it did not"):
        dice.replay(dice.signed(tape), "f")
    with dice.recording("dice") as tape:
        dice.run("dice", "roll", {"sides": 6})
    tape.answers.append(tape.answers[0])
    with pytest.raises(BrokeContract, match=r"did not ask for `storage\.get`"):
        dice.replay(dice.signed(tape), "f")


def test_denied_and_refused_answers_are_given_again(host, sandbox):
    source = """
from plugwright_sdk import Denied, HostRefused, command, storage

@command
def both() -> list[str]:
    said = []
    for key in ("other", "mine-" + "x" * 600):
        try:
            storage.set(key, 1)
        except (Denied, ValueError) as error:
            said.append(type(error).__name__)
    try:
        storage.set("mine-", "x" * 4000)
    except HostRefused as error:
        said.append(str(error))
    return said
"""
    about = {"commands": {"both": ()}, "permissions": ("storage:mine-*",)}
    activate(host, make_bundle(source, name="dice", quota=small(), **about))
    with host.recording("dice") as tape:
        said = host.run("dice", "both", {})
    assert said[0] == "Denied"
    assert [noted.kind for noted in tape.answers] == ["denied", "refused"]
    assert host.replay(host.signed(tape), "f").steps[1].said["value"] == said


def small():
    from plugwright.quotas import Quota

    return Quota(storage=1000)


def test_what_lost_its_approval_is_not_done_again(dice):
    text = record(dice, ("roll", {"sides": 6}))
    bundle = dice.lives.current("dice").bundle
    (dice.home.bundles / bundle / "plugin.py").write_text("changed")
    with pytest.raises(UsageError, match="`dice` 1 may not run"):
        dice.replay(text, "f")


def test_the_key_is_this_users_alone_and_stays(tmp_path):
    key = key_of(tmp_path / "home")
    assert key_of(tmp_path / "home") == key
    mode = (tmp_path / "home" / "recording.key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600

    (tmp_path / "home" / "recording.key").write_bytes(b"short")
    assert len(key_of(tmp_path / "home")) == len(key)


def test_run_can_keep_a_record_and_replay_checks_it(plugwright, chatty, tmp_path):
    file = tmp_path / "tape.json"
    given = tmp_path / "given.json"
    given.write_text('{"left": 1, "right": 41}')
    code, out, _ = plugwright(
        *("run", "chatty", "add", "--input", given, "--record", file)
    )
    assert (code, out) == (0, "42\n")
    code, out, _ = plugwright("replay", file)
    assert code == 0
    assert out.startswith("The same: `chatty`, 2 steps, 0 answers of the host")

    facts = json.loads(file.read_text())
    facts["recording"]["steps"][1]["said"]["value"] = 43
    file.write_text(json.dumps(facts))
    code, _, err = plugwright("replay", file)
    assert code == 2
    assert "was changed after it was written" in err


def test_a_record_that_cannot_be_read_or_written_is_one_sentence(
    plugwright, chatty, tmp_path
):
    code, _, err = plugwright("replay", tmp_path / "none.json")
    assert (code, "No such file" in err) == (2, True)
    (tmp_path / "latin.json").write_bytes(b"\xff")
    assert "it is not UTF-8" in plugwright("replay", tmp_path / "latin.json")[2]
    code, _, err = plugwright("run", "chatty", "nothing", "--record", tmp_path)
    assert (code, "cannot write" in err) == (2, True)
