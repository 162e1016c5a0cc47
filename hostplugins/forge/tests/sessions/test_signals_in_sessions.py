"""Each signal and each rung in a whole session: a team provokes it, the log has it.

Chants, unusable answers and roles that wait are in `competition/test_competition.py`.
"""

from __future__ import annotations

import pytest

from plugwright.providers import Capabilities
from plugwright_forge.autonomy import Autonomy
from plugwright_forge.choice import Kind
from plugwright_forge.competition import known
from plugwright_forge.forge import Forge
from plugwright_forge.person import Absent
from plugwright_forge.product import Failure, Product
from plugwright_forge.steering import InCircles
from plugwright_forge.watching import Nobody

R1, R2 = "test_r1_the_longest", "test_r2_the_count"


@pytest.fixture
def hear(world, talking, told):
    """Run a session of programmers who say this; give the result, and the alarms."""

    def run(versions, **changes):
        here = world(implementer=versions, judge=talking, **changes)
        result = here.run()
        calls = here.session.options.budget.calls
        assert len(here.script.asked()) <= calls
        return here, result, told(here.session)

    return run


def questions(here, role="implementer"):
    return [request.messages[1].content for request in here.script.asked(role)]


def forge_of(here, other, session):
    """Make a forge with two models, the stronger one last."""
    return Forge(
        session,
        provider=here.script.provider,
        others=(other.script.provider,),
        judge=here.judge,
        describe=here.describe,
        person=here.person,
        watcher=Nobody(),
    )


def endless(version):
    """Programs that are all different, and fail the same test in the same way."""
    return [version(f"lessons[{n}]", R1) for n in range(60)]


def test_versions_that_take_turns_are_an_oscillation(hear, version):
    a, b = version("A", R1), version("B", R2)

    here, result, alarms = hear([a, a, a, b, a, b, a])

    assert alarms == [
        ("oscillation", "nudge"),
        ("oscillation", "reset context"),
        ("repeated artefact", "nudge"),
        ("repeated artefact", "reset context"),
    ]
    assert "took turns in what they got wrong" in questions(here)[6]
    assert isinstance(result, Failure)
    assert "not shown: R1 (Gives the longest lesson)" in result.missing[1]


def test_what_versions_pass_in_turn_is_an_oscillation_too(hear, version):
    a, b = version("A", R1), version("B", R2)

    # No two programs are the same, but what they pass comes back.
    _, result, alarms = hear([a, a, a, b, version("C", R1), version("D", R2)])

    assert ("oscillation", "nudge") in alarms
    assert isinstance(result, Failure)


def test_the_same_error_in_other_programs_is_a_repeated_error(hear, version):
    here, result, alarms = hear([version("A", R1)] * 3 + endless(version))

    assert alarms == [("repeated error", "nudge"), ("repeated error", "reset context")]
    assert "Look for another cause of it" in questions(here)[5]
    assert isinstance(result, Failure)
    assert result.missing[0] == f"1 of 2 trusted tests fail: `{R1}` (WA)"


def test_a_new_plan_that_is_then_repaired_is_not_the_same_program_again(hear, version):
    first, worse = version("A", R1, R2), version("B", R1, R2, "test_example_1")
    fresh, repaired = version("C", R1), version("D")

    here, _, alarms = hear(
        [first, first, first, worse, fresh, repaired], options={"candidates": 4}
    )

    assert "repeated artefact" not in {signal for signal, _ in alarms}
    assert len(here.script.asked("implementer")) == 6


def test_rounds_in_which_nothing_gets_better_are_no_progress(hear, version):
    first = version("A", (R1, "one"))
    later = [
        version("B", (R2, "two")),
        version("C", (R1, "three"), (R2, "four")),
        version("D", (R2, "five")),
        version("E", (R2, "six")),
    ]

    here, result, alarms = hear([first, first, first, *later])

    assert alarms[0] == ("no progress", "nudge")
    assert "Begin with the first failure alone" in questions(here)[6]
    assert isinstance(result, Failure)
    assert result.missing


class Denies(Absent):
    """Knows that a test is wrong."""

    def answer(self, number, question):
        return "no" if question.question.startswith("Is this right") else None


def test_a_wrong_test_that_code_is_changed_for_is_put_on_trial_and_dismissed(
    hear, version, story
):
    # The example is as the request has it, so it is trusted, and nobody meets it.
    days = {"lessons": [{"subject": "maths", "minutes": 30}]}
    wrong = {
        "text": "No lesson.",
        "command": "longest-lesson",
        "arguments": days,
        "gives": "maths",
    }
    here, result, alarms = hear(
        [version(program, "test_example_1") for program in "ABCDEFGH"],
        architect=story.specified(examples=[wrong]),
        person=Denies(),
        options={
            "request": "Find lessons! With subject maths and minutes 30: maths.",
            "autonomy": Autonomy.SEMI,
        },
    )

    assert alarms == [("test-failure loop", "nudge")]
    ledger = known(here.session).ledger
    assert [e.kind for e in ledger["test_example_1"].evidence][-2:] == [
        Kind.DISMISSED,
        Kind.AGREEMENT,
    ]
    assert ledger.rejecting(["test_example_1"]) == ()
    assert isinstance(result, Product)
    assert "test_example_1" not in result.acceptance.functions
    assert any("`test_example_1` was set aside" in each for each in result.unsure)


def test_a_test_that_is_right_is_put_on_trial_and_upheld(hear, version):
    here, result, alarms = hear([version(program, R1) for program in "ABCDEFGH"])

    assert alarms[0] == ("test-failure loop", "nudge")
    ledger = known(here.session).ledger
    assert any(e.kind is Kind.UPHELD for e in ledger[R1].evidence)
    assert isinstance(result, Failure)
    assert result.missing[0] == f"1 of 2 trusted tests fail: `{R1}` (WA)"


def test_a_question_that_is_too_long_is_shortened_and_the_session_goes_on(
    world, story, told
):
    long = story.specification["types"] + "# Nothing of that.\n" * 390
    here = world(architect=story.specified(types=long))
    here.script.provider.capabilities = Capabilities(context=4800)

    assert isinstance(here.run(), Product)
    assert ("context overflow", "nudge") in told(here.session)
    assert "…" in questions(here)[0]


def test_who_is_to_forget_is_asked_without_what_went_wrong(world, story, told):
    chant, code = "I will write the file now. " * 40, story.fenced(story.code)
    here = world(implementer=[chant, code, chant, code, code])

    assert isinstance(here.run(), Product)
    assert told(here.session) == [("chanting", "nudge"), ("chanting", "reset context")]
    asked = questions(here)
    assert "there is no" in asked[1]
    assert "there is no" not in asked[3]
    assert "say nothing twice" in asked[3]


class Helpful(Absent):
    """Knows what to do where the work hangs."""

    def answer(self, number, question):
        return "Look at the minutes." if "hangs" in question.question else None


def test_an_error_that_stays_climbs_the_whole_ladder_and_names_the_best(hear, version):
    here, result, alarms = hear(
        [version("A", R1)] * 3 + endless(version),
        person=Helpful(),
        options={"candidates": 40, "autonomy": Autonomy.SEMI},
    )

    rungs = [rung for signal, rung in alarms if signal == alarms[-1][0]]
    assert rungs == [
        "nudge",
        "reset context",
        "alternative plan or model",
        "ask one question",
        "abort",
    ]
    assert "The person who wants the plugin says: Look at" in questions(here)[-1]
    assert isinstance(result, Failure)
    assert "the work turns in circles" in result.missing[-1]
    assert result.attempt.best.code
    assert (here.session.folder / "report.md").exists()


def test_where_nobody_may_be_asked_the_strongest_model_is(world, version, told):
    weak = world(implementer=[version("A", R1)] * 3 + endless(version))
    weak.options = {"candidates": 40, "autonomy": Autonomy.FULL}
    strong = world(implementer=endless(version)[30:])
    session = weak.begin()

    result = forge_of(weak, strong, session).run()

    rungs = [rung for _, rung in told(session)]
    assert "ask one question" not in rungs
    assert rungs.index("escalate") < rungs.index("abort") == len(rungs) - 1
    # From the escalation on nobody asks the weak one for programs.
    keys = list(session.given(""))
    escalated = keys.index(f"alarm/{1 + rungs.index('escalate')}")
    later = [key for key in keys[escalated:] if key.startswith("implementer/")]
    asked = strong.script.asked("implementer")
    assert 0 < len(later) <= len(asked)
    names = [request.once for request in asked[-len(later) :]]
    for key, name in zip(later, names, strict=True):
        assert f"/{key}/" in name
    assert isinstance(result, Failure)


def test_another_model_is_asked_where_one_gives_nothing_of_use(world, told):
    one, other = world(implementer="no idea"), world(implementer="none")
    one.options = {"candidates": 12, "autonomy": Autonomy.SEMI}
    session = one.begin()

    with pytest.raises(InCircles, match="the work turns in circles"):
        forge_of(one, other, session).run()

    rungs = [rung for _, rung in told(session)]
    keys = list(session.given(""))
    at = keys.index(f"alarm/{1 + rungs.index('alternative plan or model')}")
    keys = keys[: keys.index(f"alarm/{1 + rungs.index('escalate')}")]
    asked = {r.once.rpartition("/")[0] for r in other.script.asked("implementer")}
    programs = [key for key in keys if key.startswith("implementer/candidate-")]
    assert keys.index(programs[-1]) > at
    for key in programs:
        is_even = int(key.split("-")[1].partition("/")[0]) % 2 == 0
        was_asked = f"{session.name}/{key}" in asked
        # In turn at first; then whoever was asked before is asked no more.
        assert was_asked is (is_even if keys.index(key) < at else not is_even)
