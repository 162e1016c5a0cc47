"""Nine signals: for each a story that is a loop, and others that are near to one."""

from __future__ import annotations

import pytest

from plugwright_forge.guard import (
    Answered,
    Asked,
    Failed,
    Given,
    Made,
    Needs,
    Rung,
    Signal,
    Waited,
)


def made(*versions, lineage="candidate-1", kind="code"):
    return [Made(lineage=lineage, kind=kind, text=f"x = {v!r}") for v in versions]


def answers(*problems, role="implementer"):
    return [Answered(role=role, text="…", problem=problem) for problem in problems]


# Repeated error


def test_the_same_error_three_times_is_a_loop(story, alarms):
    (alarm,) = alarms(
        *[story.judged("WR", messages=("0 is not 1", f"at 0x{i}: no")) for i in "abc"]
    )

    assert (alarm.signal, alarm.rung) == (Signal.REPEATED_ERROR, Rung.NUDGE)
    assert (alarm.occurrences, alarm.first, alarm.last) == (3, 1, 3)
    assert alarm.evidence == ("candidate-1, 3 times: test_r1: 0 is not 1",)


def test_an_error_before_any_judge_is_counted_too(alarms):
    (alarm,) = alarms(
        *[
            Failed(lineage="c", error=f'File "/t/{n}/p.py", line {n}: no name `x`')
            for n in range(3)
        ]
    )

    assert alarm.signal is Signal.REPEATED_ERROR


def test_the_same_error_is_no_loop_while_other_things_get_better(story, alarms):
    told = [story.judged(v, messages=("same", "", "")) for v in ("WWW", "WAW", "WAA")]

    assert alarms(*told) == ()


def test_an_error_before_any_judge_is_forgotten_when_something_gets_better(
    story, alarms
):
    error = Failed(lineage="candidate-1", error="no name `x`")

    assert alarms(error, error, story.judged("WW"), error) == ()
    assert alarms(story.judged("WW"), error, error, story.judged("AW"), error) == ()
    assert alarms(story.judged("WW"), error, error, story.judged("WW"), error)


def test_the_same_error_in_three_independent_candidates_is_agreement(story, alarms):
    told = [story.judged("W", lineage=f"c{i}", messages=("same",)) for i in range(3)]

    assert alarms(*told) == ()


def test_two_times_or_another_error_is_no_loop(story, alarms):
    told = [story.judged("W", messages=(m,)) for m in ("name `a`", "name `b`") * 1]

    assert alarms(*told, story.judged("W", messages=("name `b`",))) == ()


def test_to_judge_one_program_three_times_is_no_loop(story, alarms):
    told = [story.judged("W", code="x = 1", messages=("same",)) for _ in range(3)]

    assert alarms(*told) == ()


# Repeated artefact


def test_the_same_program_again_is_a_loop_even_under_other_names(alarms):
    one = "def plan(week):\n    total = week\n    return total"
    (alarm,) = alarms(
        Made(lineage="c", text=one),
        Made(lineage="c", text=one.replace("total", "summed") + "  # better"),
    )

    assert alarm.signal is Signal.REPEATED_ARTEFACT
    assert alarm.evidence == ("c handed in the same code 2 times in a row",)


def test_to_come_back_to_a_program_a_second_time_is_a_loop(alarms):
    (alarm,) = alarms(*made("a", "b", "a", "c", "a"))

    assert alarm.signal is Signal.REPEATED_ARTEFACT
    assert alarm.evidence == ("candidate-1 handed in the same code 3 times in all",)


def test_to_come_back_once_or_to_agree_with_another_is_no_loop(alarms):
    assert alarms(*made("a", "b", "a", "c")) == ()
    assert alarms(*[m for n in "123" for m in made("a", lineage=f"c{n}")]) == ()
    assert alarms(*made("a"), *made("a", kind="documentation")) == ()


# No progress


def test_three_rounds_without_anything_better_are_a_loop(story, alarms):
    (alarm,) = alarms(*[story.judged(v) for v in ("AWW", "WAW", "WWA", "WRW")])

    assert alarm.signal is Signal.NO_PROGRESS
    assert alarm.occurrences == 3
    assert "which passes 1 of 3; then came 1 of 3, 1 of 3, 0 of 3" in alarm.reasoning


@pytest.mark.parametrize(
    "rounds",
    [
        ("AWW", "WAW", "WWA", "AAW"),  # the third is better
        ("CCC", "RRR", "WWR", "AWW"),  # nearer each time
        ("AWW", "WAW", "WWA"),  # only two rounds after the first
        ("AAA", "AAA", "AAA", "AAA", "AAA"),  # arrived
    ],
)
def test_slow_progress_and_arrival_are_no_loop(story, alarms, rounds):
    assert alarms(*[story.judged(verdicts) for verdicts in rounds]) == ()


def test_many_candidates_that_are_all_bad_are_not_rounds_of_one(story, alarms):
    told = [story.judged("AWC", lineage=f"c{n}") for n in range(3)]

    assert alarms(*told) == ()


# Oscillation


@pytest.mark.parametrize(("turn", "period"), [("ab", 2), ("abc", 3), ("abca", 4)])
def test_programs_that_come_back_in_turn_over_two_periods_are_a_loop(
    alarms, turn, period
):
    found = [a for a in alarms(*made(*turn, *turn)) if a.signal is Signal.OSCILLATION]

    assert [a.occurrences for a in found] == [2]
    assert f"every {period} steps" in found[0].reasoning


def test_to_mend_one_test_and_break_the_other_in_turn_is_a_loop(story, alarms):
    (alarm,) = alarms(*[story.judged(v) for v in ("AW", "WA", "AW", "WA")])

    assert alarm.signal is Signal.OSCILLATION
    assert "every 2 steps the same set of passed tests is back" in alarm.reasoning


@pytest.mark.parametrize(
    "versions",
    ["abac", "abcab", "abcdeabcd", "abcdeabcde"],
)
def test_less_than_two_periods_or_a_longer_period_is_no_oscillation(alarms, versions):
    found = alarms(*made(*versions))

    assert Signal.OSCILLATION not in [alarm.signal for alarm in found]


def test_to_stand_still_is_no_oscillation(story, alarms):
    found = alarms(*[story.judged("AW") for _ in range(6)])

    assert found
    assert Signal.OSCILLATION not in [alarm.signal for alarm in found]


# Test-failure loop


def test_one_test_that_four_programs_fail_is_a_loop(story, alarms):
    told = [story.judged(v, lineage=f"c{i}") for i, v in enumerate(["WA"] * 4)]
    (alarm,) = alarms(*told)

    assert alarm.signal is Signal.TEST_FAILURE_LOOP
    assert alarm.about == ("test_r1",)
    assert "put the test on trial before another repair" in alarm.reasoning


@pytest.mark.parametrize(
    "verdicts",
    [
        ("WA", "WA", "WA"),  # three
        ("WA", "WA", "AW", "WA", "WA"),  # one of them passes: it can be done
        ("WA", "CC", "WA", "WA"),  # one could not be loaded
        ("WA", "IA", "WA", "WA"),  # one could not be judged
    ],
)
def test_a_test_that_somebody_passes_or_few_met_is_no_loop(story, alarms, verdicts):
    told = [story.judged(v, lineage=f"c{i}") for i, v in enumerate(verdicts)]

    assert alarms(*told) == ()


def test_four_texts_of_one_program_are_one_implementation(story, alarms):
    told = [story.judged("WA", lineage=f"c{i}", code=f"x = 1  # {i}") for i in range(4)]

    assert alarms(*told) == ()


# Circular dependency


def test_roles_that_wait_for_each_other_are_a_loop(alarms):
    (alarm,) = alarms(
        Needs(who="tester", of="architect"),
        Needs(who="architect", of="analyst"),
        Needs(who="analyst", of="tester"),
    )

    assert alarm.signal is Signal.CIRCULAR_DEPENDENCY
    assert alarm.evidence == (
        "analyst waits for tester waits for architect waits for analyst",
    )
    assert alarm.confidence == 1.0


def test_who_waits_for_itself_is_a_loop(alarms):
    (alarm,) = alarms(Needs(who="tester", of="tester"))

    assert alarm.about == ("tester",)


def test_who_got_what_it_needed_waits_no_more(alarms):
    assert (
        alarms(
            Needs(who="tester", of="architect"),
            Given(by="architect"),
            Needs(who="architect", of="tester"),
        )
        == ()
    )


def test_two_ways_to_one_role_are_no_circle(alarms):
    pairs = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("a", "b")]

    assert alarms(*[Needs(who=who, of=of) for who, of in pairs]) == ()


# Chanting

CHANTS = [
    "I will now write the code. " * 20,
    "def plan():\n    pass\n" + "    # and so on and so on\n" * 40,
    "ab" * 900,
    "!" * 900,
    "0 " * 900,
    "".join(f"Step {n}: now I think about the next step.\n" for n in range(40)),
]
NO_CHANTS = [
    "I will now write the code. " * 5,
    "TABLE = [" + "0, " * 60 + "]\n" + "x = 1\n" * 3,
    "TABLE = [" + ", ".join(str(n) for n in range(300)) + "]",
    "".join(f"assert plan({n}) == {n + 1}\n" for n in range(60)),
    "".join(f'    {{"name": "n{n}", "hours": {n}}},\n' for n in range(60)),
    "# " + "=" * 88 + "\n# Plan\n# " + "=" * 88 + "\nx = 1\n",
    "| " + "--- | " * 15,
    "left()\n" * 25 + "".join(f"v{n} = f{n}\n" for n in range(300)),
    "",
]


@pytest.mark.parametrize("text", CHANTS)
def test_an_answer_that_repeats_itself_is_a_loop(alarms, text):
    (alarm,) = alarms(Answered(role="implementer", text=text))

    assert alarm.signal is Signal.CHANTING
    assert alarm.occurrences >= 6


@pytest.mark.parametrize("text", NO_CHANTS)
def test_a_table_a_rule_or_an_emphasis_is_no_chant(alarms, text):
    assert alarms(Answered(role="implementer", text=text)) == ()


def test_the_same_answer_of_two_roles_is_no_chant(alarms):
    assert alarms(*[Answered(role=r, text="yes") for r in "abcabcabc"]) == ()


# Format failure


def test_three_unusable_answers_of_one_role_in_a_row_are_a_loop(alarms):
    (alarm,) = alarms(*answers("no fence", "two fences", "no fence"))

    assert alarm.signal is Signal.FORMAT_FAILURE
    assert alarm.evidence == (
        "implementer: no fence",
        "implementer: two fences",
        "implementer: no fence",
    )


def test_a_usable_answer_between_or_another_role_is_no_format_loop(alarms):
    assert alarms(*answers("no", "no", "", "no", "no")) == ()
    assert alarms(*answers("no", "no"), *answers("no", role="tester")) == ()


# Context overflow


def test_a_prompt_that_does_not_fit_with_its_answer_is_an_overflow(alarms):
    (alarm,) = alarms(Asked(role="tester", tokens=3000, reserve=1200, window=4096))

    assert alarm.signal is Signal.CONTEXT_OVERFLOW
    assert "3000 tokens and 1200 for the answer" in alarm.reasoning


def test_a_prompt_that_just_fits_is_none(alarms):
    assert alarms(Asked(role="tester", tokens=2896, reserve=1200, window=4096)) == ()


# Waiting


def test_waiting_is_never_a_loop_and_hides_none(story, alarms):
    assert alarms(*[Waited(on="person", at=60.0 * n) for n in range(100)]) == ()

    told = [story.judged("W", messages=("same",), at=float(n)) for n in range(3)]
    wait = Waited(on="model")
    (alarm,) = alarms(told[0], wait, wait, told[1], wait, told[2])
    assert (alarm.occurrences, alarm.timespan) == (3, 2.0)
