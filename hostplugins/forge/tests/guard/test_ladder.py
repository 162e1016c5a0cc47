"""What is tried against a loop, one rung after the other, and that it ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugwright.judging import Verdict
from plugwright_forge.guard import (
    Answered,
    Asked,
    Failed,
    Given,
    Judged,
    Limits,
    LoopGuard,
    Made,
    Needs,
    Outcome,
    Rung,
    Signal,
    Waited,
)

FULL = Asked(role="tester", tokens=2, window=1)
CIRCLE = Needs(who="a", of="a")


def failures(count, error="no module `x`"):
    return [Failed(lineage="c", error=error) for _ in range(count)]


def test_the_same_loop_climbs_every_rung_once_and_ends(alarms):
    assert [alarm.rung for alarm in alarms(*[FULL] * 9)] == [*Rung]


@pytest.mark.parametrize("rung", Rung)
def test_a_rung_comes_only_after_all_below_it(alarms, rung):
    below = [*Rung][: [*Rung].index(rung)]

    alarm = alarms(*[FULL] * (len(below) + 1))[-1]

    assert alarm.rung is rung
    assert alarm.tried == tuple(below)
    assert f"Now {rung}: " in alarm.reasoning
    assert all(before in alarm.reasoning for before in below)
    assert alarms(*[FULL] * len(below))[-1:] != (alarm,)


def without_squares(length):
    """Give letters in which nothing ever comes twice in a row, however long it is."""
    word = "a"
    while len(word) < length:
        word = "".join({"a": "abc", "b": "ac", "c": "b"}[letter] for letter in word)
    return word[:length]


@pytest.mark.parametrize("signal", Signal)
def test_every_signal_climbs_the_whole_ladder_if_it_goes_on(signal, story):
    passes = {"a": "AWW", "b": "WAW", "c": "WWA"}
    endless = {
        Signal.CONTEXT_OVERFLOW: [FULL] * 40,
        Signal.CIRCULAR_DEPENDENCY: [CIRCLE] * 40,
        Signal.CHANTING: [Answered(role="r", text="and so it goes on " * 30)] * 40,
        Signal.FORMAT_FAILURE: [Answered(role="r", text="", problem="none")] * 40,
        Signal.OSCILLATION: [Made(lineage="c", text=t) for t in ("x = 1", "y")] * 40,
        Signal.REPEATED_ARTEFACT: [Made(lineage="c", text="x = 1")] * 40,
        Signal.REPEATED_ERROR: failures(40),
        Signal.TEST_FAILURE_LOOP: [
            story.judged("WA", lineage=f"candidate-{n}") for n in range(40)
        ],
        Signal.NO_PROGRESS: [story.judged(passes[p]) for p in without_squares(40)],
    }

    guard = LoopGuard.after(endless[signal])

    assert [alarm.rung for alarm in guard.alarms] == [*Rung]
    assert {alarm.signal for alarm in guard.alarms} == {signal}


def test_after_a_nudge_the_next_occurrence_is_enough(alarms):
    found = alarms(*failures(4))

    assert [(alarm.rung, alarm.occurrences) for alarm in found] == [
        (Rung.NUDGE, 3),
        (Rung.RESET_CONTEXT, 4),
    ]
    assert found[0].confidence < found[1].confidence < 1


def test_a_new_beginning_has_its_chance_before_the_next_rung(alarms):
    assert len(alarms(*failures(6))) == 2
    third = alarms(*failures(7))[2]
    assert (third.rung, third.occurrences) == (Rung.ALTERNATIVE, 3)


def test_what_was_tried_is_remembered_for_each_signal_alone(alarms):
    found = alarms(FULL, CIRCLE, FULL, CIRCLE)

    assert [(alarm.signal, alarm.rung) for alarm in found] == [
        (Signal.CONTEXT_OVERFLOW, Rung.NUDGE),
        (Signal.CIRCULAR_DEPENDENCY, Rung.NUDGE),
        (Signal.CONTEXT_OVERFLOW, Rung.RESET_CONTEXT),
        (Signal.CIRCULAR_DEPENDENCY, Rung.RESET_CONTEXT),
    ]


def test_another_error_does_not_get_the_nudge_again(alarms):
    found = alarms(*failures(3), *failures(3, "no module `y`"))

    assert [alarm.rung for alarm in found] == [Rung.NUDGE, Rung.RESET_CONTEXT]


def test_what_cannot_be_done_here_is_left_out(alarms):
    alone = Limits(rungs=(Rung.NUDGE, Rung.ALTERNATIVE, Rung.ABORT))

    found = alarms(*[FULL] * 5, limits=alone)

    assert [a.rung for a in found] == [Rung.NUDGE, Rung.ALTERNATIVE, Rung.ABORT]


def test_many_loops_of_all_kinds_end_too(alarms):
    found = alarms(*[FULL, CIRCLE] * 9, limits=Limits(alarms=4))

    assert [alarm.rung for alarm in found][-2:] == [Rung.RESET_CONTEXT, Rung.ABORT]
    assert len(found) == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"repeated_error": 10**9},
        {"no_progress": 0},
        {"alarms": 21},
        {"alarms": 0},
        {"rungs": (Rung.NUDGE,)},
    ],
)
def test_nobody_can_say_always_allow(wrong):
    with pytest.raises(ValueError, match=r"has to be between|every ladder ends"):
        Limits(**wrong)


def test_the_end_gives_the_best_there_is_and_says_what_is_unsure(story):
    worse = story.judged("AWW", confidence=0.2)
    best = story.judged("AAW", confidence=0.4, lineage="candidate-2")
    later = story.judged("WAA", confidence=0.4, lineage="candidate-3")
    passes_most = story.judged("AAA", confidence=0.1, lineage="candidate-4")

    guard = LoopGuard.after([worse, best, later, passes_most, *[FULL] * 6])

    assert guard.is_over
    delivery = guard.alarms[-1].delivery
    assert (delivery.candidate, delivery.confidence) == (best.candidate, 0.4)
    assert delivery.unsure == (
        "fails test_r3 (WA)",
        "context overflow: tester: 2 tokens and 0 for the answer do not fit a window "
        "of 1",
    )
    assert all(alarm.delivery is None for alarm in guard.alarms[:-1])


def test_the_end_without_any_candidate_says_so(alarms):
    delivery = alarms(*[FULL] * 6)[-1].delivery

    assert (delivery.candidate, delivery.confidence) == (None, 0.0)
    assert delivery.unsure[0] == "no candidate was ever judged"


def test_after_the_end_nothing_else_is_said():
    guard = LoopGuard.after([FULL] * 6)
    end = guard.alarms[-1]

    assert guard.observe(Waited(on="person")) is end
    assert guard.observe(CIRCLE) is end
    assert len(guard.alarms) == 6


def test_progress_is_told_in_numbers(story):
    guard = LoopGuard.after([story.judged("WWW"), story.judged("AWA")])
    now = guard.progress("candidate-1")
    assert (now.is_progressing, now.rounds, now.changed) == (True, 0, True)
    assert (now.tests_passing, now.errors) == (2, -2)

    guard.observe(story.judged("WWA"))
    now = guard.progress("candidate-1")
    assert (now.is_progressing, now.rounds, now.tests_passing) == (False, 1, -1)
    assert not guard.progress("nobody").is_progressing


_names = st.sampled_from("abc")
_texts = st.sampled_from(
    ["x = 1", "x = 2", "y = 1", "def", "KeyError: 1", "chant " * 99, "ok"]
)
_outcomes = st.lists(
    st.sampled_from([Verdict.AC, Verdict.WA, Verdict.CE]), min_size=1, max_size=3
).map(
    lambda verdicts: tuple(
        Outcome(test=f"t{i}", verdict=v, message=v) for i, v in enumerate(verdicts)
    )
)
_observations = st.one_of(
    st.builds(Asked, role=_names, tokens=st.integers(0, 3), window=st.just(2)),
    st.builds(Answered, role=_names, text=_texts, problem=st.sampled_from(["", "no"])),
    st.builds(Made, lineage=_names, text=_texts),
    st.builds(Failed, lineage=_names, error=_texts),
    st.builds(
        Judged,
        lineage=_names,
        candidate=_names,
        code=_texts,
        outcomes=_outcomes,
        confidence=st.floats(0, 1),
    ),
    st.builds(Needs, who=_names, of=_names),
    st.builds(Given, by=_names),
    st.builds(Waited, on=_names),
)


@given(st.lists(_observations, max_size=120), st.integers(1, 20))
def test_whatever_happens_the_ladder_ends_and_repeats_nothing(told, most):
    limits = Limits(alarms=most)
    guard = LoopGuard(limits)
    answers = [guard.observe(observation) for observation in told]

    steps = [(alarm.signal, alarm.rung) for alarm in guard.alarms]
    assert len(steps) <= most
    assert len(set(steps)) == len(steps)
    for i, alarm in enumerate(guard.alarms):
        earlier = [a.rung for a in guard.alarms[:i] if a.signal is alarm.signal]
        assert alarm.tried == tuple(earlier)
        assert all(alarm.evidence)
        assert 0 < alarm.confidence <= 1
        assert (alarm.rung is Rung.ABORT) == (alarm.delivery is not None)
        assert alarm.rung is not Rung.ABORT or i == len(guard.alarms) - 1
    again = LoopGuard.after(told, limits)
    assert again.alarms == guard.alarms
    said = [alarm for alarm in answers if alarm]
    assert [*dict.fromkeys(said)] == [*guard.alarms]


@given(st.lists(_observations, min_size=1, max_size=4))
def test_who_does_the_same_for_ever_is_stopped_or_never_looped(circle):
    guard = LoopGuard()
    for _ in range(60):
        for observation in circle:
            guard.observe(observation)

    made = len(guard.alarms)
    for observation in circle * 60:
        guard.observe(observation)
    assert len(guard.alarms) == made or guard.is_over
