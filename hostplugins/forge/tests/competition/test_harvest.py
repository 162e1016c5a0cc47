"""The stories that tests tell, and what a person's answers to them are worth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugwright.home import Home
from plugwright.host import Host
from plugwright.judging import (
    Call,
    Case,
    Mutants,
    Observed,
    Report,
    TestResult,
    Verdict,
)
from plugwright.permissions import Permission
from plugwright_forge.acceptance import Acceptance, with_examples
from plugwright_forge.approving import example_of
from plugwright_forge.board import Told, Version, board
from plugwright_forge.choice import Kind
from plugwright_forge.competition.harvest import LONGEST, softened, stories
from plugwright_forge.competition.unnoticed import Unnoticed
from plugwright_forge.decisions import specification
from plugwright_forge.example_cards import is_askable, story_in_words
from plugwright_forge.probing import Probe, near, output_of
from plugwright_forge.specification import Command, Specification, Wish
from plugwright_forge.specification.document import dumps, loads

SHELF = '''\
from plugwright_sdk import InputError, command, storage


@command(name="lend")
def lend(toy: str, child: str) -> str:
    """Lend a toy."""
    if storage.get(toy) is not None:
        raise InputError("it is out")
    storage.set(toy, child)
    return "lent"


@command(name="who")
def who(toy: str) -> str | None:
    """Say who has a toy."""
    return storage.get(toy)
'''
TESTS = '''\
"""Written by somebody who expects something else."""

import pytest
from plugin import lend, who

from plugwright_sdk import InputError


def both(toy):
    for child in ("Kim", "Lou"):
        lend(toy, child)


def test_r1_the_first_has_it():
    assert lend("doll", "Kim") == "given"
    found = who("doll")
    assert found["name"] == "Kim"
    with pytest.raises(ValueError):
        lend("doll", "Lou")
    assert who(toy="doll") == "Kim"


@pytest.mark.parametrize("toy", ["car", "ball"])
def test_r2_through_a_helper(toy):
    both(toy)
    who(toy)


def test_r3_prepared(monkeypatch):
    who("doll")
    from plugwright_sdk.testing import store

    store("doll", "Max")
    who("doll")
'''


def lent(toy, child):
    return Call(command="lend", arguments={"toy": toy, "child": child})


def asked(toy):
    return Call(command="who", arguments={"toy": toy})


def plan(keeps=True):
    commands = [
        Command(name=name, function=name, parameters=(), returns="str", summary="")
        for name in ("lend", "who")
    ]
    wishes = [Wish(permission=Permission.parse("storage"), reason="It keeps.")]
    return Specification(
        name="shelf",
        summary="",
        requirements=(),
        types="",
        commands=tuple(commands),
        events=(),
        permissions=tuple(wishes if keeps else ()),
        examples=(),
        unsure=(),
        plans=(),
    )


def test_tests_tell_all_of_their_calls_of_a_plugin_that_fails_them(tmp_path):
    case = Case(
        name="shelf",
        files={"plugin.py": SHELF},
        tests={"test_plugin.py": softened(TESTS)},
        permissions=("storage",),
    )
    with Host.discover(Home(tmp_path)) as host:
        told = host.judge().calls(case)
    calls = {test.partition("::")[2]: made for test, made in told.items()}

    assert calls == {
        "test_r1_the_first_has_it": (
            lent("doll", "Kim"),
            asked("doll"),
            lent("doll", "Lou"),
            asked("doll"),
        ),
        # The helper stops at the first refusal: only the test itself is softened.
        "test_r2_through_a_helper[car]": (
            lent("car", "Kim"),
            lent("car", "Lou"),
            asked("car"),
        ),
        "test_r2_through_a_helper[ball]": (
            lent("ball", "Kim"),
            lent("ball", "Lou"),
            asked("ball"),
        ),
        # What a test puts into storage is no call, so its story ends there.
        "test_r3_prepared": (asked("doll"),),
    }


def test_what_is_not_python_is_left_as_it_is():
    assert softened("def broken(:") == "def broken(:"


CALLS = {
    "test_plugin.py::test_r1_a": (lent("doll", "Kim"), asked("doll")),
    "test_plugin.py::test_r2_b[1]": (lent("doll", "Kim"), lent("doll", "Lou")),
}


def test_each_call_of_a_test_is_a_story_with_those_before_it():
    first, *longer = stories(CALLS, plan(), "S")

    assert first.story == (lent("doll", "Kim"),)
    assert first.tests == ("test_r1_a", "test_r2_b")
    assert [(each.story, each.tests) for each in longer] == [
        (CALLS["test_plugin.py::test_r1_a"], ("test_r1_a",)),
        (CALLS["test_plugin.py::test_r2_b[1]"], ("test_r2_b",)),
    ]
    assert [each.id for each in (first, *longer)] == ["S1", "S2", "S3"]


def test_a_plugin_that_keeps_nothing_has_stories_of_one_call():
    told = stories(CALLS, plan(keeps=False), "S")
    assert [each.story for each in told] == [
        (lent("doll", "Kim"),),
        (asked("doll"),),
        (lent("doll", "Lou"),),
    ]


def test_what_nobody_can_follow_is_no_story():
    many = {"test_r1_many": [lent(f"toy {n}", "Kim") for n in range(2 * LONGEST)]}
    assert max(len(each.story) for each in stories(many, plan(), "S")) == LONGEST


def test_stories_near_others_are_others_and_of_no_test():
    told = stories(CALLS, plan(), "S")
    found = near(told, "seed", 20)

    assert len(found) == 20
    assert found == near(told, "seed", 20)
    written = [each.story for each in (*told, *found)]
    assert all(written.count(each) == 1 for each in written)
    assert not any(each.tests for each in found)
    assert any(each.before for each in found)
    assert near((), "seed") == ()


def test_a_story_is_told_in_plain_words():
    events = [{"event": "bell", "data": {"n": 1}}, {"command": "who", "arguments": {}}]
    probe = Probe(id="S1", command="who", arguments={"toy": "doll"}, before=events)

    assert story_in_words(probe) == (
        'toy = "doll", after the event `bell` with {"n": 1}, then `who` with no input'
    )
    assert is_askable(probe)


@pytest.mark.parametrize(
    "probe",
    [
        Probe(id="P1", command="who", arguments={"toy": "x"}, made=True),
        Probe(id="S1", command="who", arguments={"toy": "x" * 900}),
    ],
)
def test_nobody_is_asked_about_what_means_nothing_or_has_no_end(probe):
    assert not is_askable(probe)


def given(value):
    return output_of([Observed(value=value)])


def unnoticed(
    killed=16, counted=20, others=((1, 9, 9), (1, 2, 9), (1, 2, 3), (1, 2, 3))
):
    """Four mutants; the last two do what the plugin does."""
    names = ["P1", "S1", "S2"]
    return Unnoticed(
        mutants=Mutants(
            killed=killed,
            counted=counted,
            alive=("a", "b", "c", "d"),
            survivors=tuple({"plugin.py": name} for name in "abcd"),
        ),
        probes={
            name: Probe(id=name, command="who", arguments={"toy": name})
            for name in names
        },
        gives=dict(zip(names, map(given, (1, 2, 3)), strict=True)),
        others=[dict(zip(names, map(given, each), strict=True)) for each in others],
    )


def test_the_card_that_shows_most_mistakes_is_asked_and_what_it_shows_is_noticed():
    card = unnoticed().card((), (), most=3, needed=85)

    assert card.probe == "S2"
    assert [each.output for each in card.options] == [given(3), given(9)]
    after = unnoticed().after([Told(probe="S2", output=given(3))])
    assert (after.killed, after.alive) == (18, ("c", "d"))
    assert [each["plugin.py"] for each in after.survivors] == ["c", "d"]


def test_who_is_told_that_the_plugin_is_wrong_notices_nothing():
    wrong = Told(probe="S2", output=given(3), wanted=False)
    other = Told(probe="S2", output=given(9))
    assert unnoticed().after([wrong, other]) == unnoticed().mutants


def test_nobody_is_asked_where_no_answer_is_enough_or_none_is_needed():
    assert unnoticed().card((), (), most=3, needed=95) is None
    assert unnoticed().card((), (), most=0, needed=85) is None
    assert unnoticed().card(["S2"], (), most=3, needed=90) is None
    approved = [Told(probe="S2", output=given(3))]
    assert unnoticed().card(["S2"], approved, most=2, needed=85) is None


def test_what_shows_at_few_inputs_is_asked_about_before_what_shows_at_many():
    seen = unnoticed(others=((9, 9, 9), (8, 8, 3), (7, 7, 3), (1, 2, 9), (1, 2, 8)))

    assert seen.telling(()).probe == "S2"
    assert seen.telling(["S2"]).probe == "P1"
    assert seen.telling(["S2", "P1"]) is None, "nothing more would show"


def heard(told, passing, tests=("test_r1_a",)):
    """Put two candidates before one test whose only story is `S1`."""
    versions = [
        Version(
            candidate=number,
            iteration=0,
            code="",
            outputs=(given(number),),
            report=Report(
                results=(
                    TestResult(
                        test="test_plugin.py::test_r1_a",
                        verdict=Verdict.AC if number in passing else Verdict.WA,
                    ),
                )
            ),
        )
        for number in (1, 2)
    ]
    probe = Probe(id="S1", command="who", arguments={}, tests=tests)
    functions = ("test_r1_a",)
    acceptance = Acceptance(
        source="", functions=functions, trusted=frozenset(functions)
    )
    return board(versions, [probe], told, acceptance)


@pytest.mark.parametrize(
    ("answer", "passing", "said"),
    [
        (Told(probe="S1", output=given(1)), {1}, {Kind.CONFIRMED}),
        (Told(probe="S1", output=given(1)), {2}, {Kind.DENIED}),
        (Told(probe="S1", output=given(1), wanted=False), {1}, {Kind.DENIED}),
        # Nobody passes it, and it asks for nothing else: so it asks for what is wrong.
        (Told(probe="S1", output=given(1)), set(), {Kind.DENIED}),
        # It may ask for just what the person wants, and nobody gives.
        (Told(probe="S1", output=given(3)), set(), set()),
        (Told(probe="S1", output=given(1), wanted=False), {2}, set()),
    ],
)
def test_an_answer_speaks_for_or_against_the_test_that_tells_the_story(
    answer, passing, said
):
    ledger = heard([answer], passing).ledger
    kinds = {each.kind for each in ledger["test_r1_a"].evidence}
    assert kinds & {Kind.CONFIRMED, Kind.DENIED} == said


def test_an_answer_counts_once_in_what_is_believed_of_candidates():
    told = [Told(probe="S1", output=given(1))]
    known, other = heard(told, {2}), heard(told, {2}, tests=())
    assert known.ledger.trust("test_r1_a") < other.ledger.trust("test_r1_a")
    beside = known.ledger.beside_answers("test_r1_a")
    assert beside == other.ledger.trust("test_r1_a")
    assert known.confidence.estimate == other.confidence.estimate


def test_an_approved_story_is_an_example_of_the_requirement_of_its_test():
    told = [Told(probe="S1", output=given(1))]
    assert heard(told, {1}).ledger["example-1"].requirement == "R1"
    several = heard(told, {1}, tests=("test_r1_a", "test_r2_b"))
    assert several.ledger["example-1"].requirement == ""


def test_an_approved_story_travels_as_a_test(tmp_path):
    """With what happened before it, refused or not."""
    probe = stories(CALLS, plan(), "S")[2]
    told = [
        Told(probe=probe.id, output=output_of([Observed(refused=True)])),
        Told(probe="S2", output=given("Kim")),
    ]
    examples = tuple(example_of(one, stories(CALLS, plan(), "S")) for one in told)
    assert examples[0].text.startswith('lend of toy = "doll"; child = "Lou", after `le')
    tests = with_examples(
        Acceptance(source="", functions=(), trusted=frozenset()),
        replace(plan(), examples=examples),
    )
    broken = SHELF.replace('InputError("it is out")', 'ValueError("it is out")')
    with Host.discover(Home(tmp_path)) as host:
        reports = [
            host.judge().judge(
                Case(
                    name="shelf",
                    files={"plugin.py": code},
                    tests=tests.files,
                    permissions=("storage",),
                )
            )
            for code in (SHELF, broken)
        ]
    assert [[r.verdict for r in each.results] for each in reports] == [
        [Verdict.AC, Verdict.AC],
        [Verdict.RE, Verdict.AC],
    ]


def test_a_story_is_kept_in_the_document(story):
    before = ({"command": "longest-lesson", "arguments": {"lessons": []}},)
    said = {
        "text": "Twice.",
        "command": "longest-lesson",
        "arguments": {"lessons": []},
        "refuses": True,
        "before": [*before],
    }
    found = specification(story.specified(examples=[said]))
    assert found.examples[0].before == before
    assert loads(dumps(found)).examples == found.examples
