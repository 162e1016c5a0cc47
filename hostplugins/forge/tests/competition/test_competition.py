"""The contest in whole sessions: what is known, what it costs, and how it ends."""

from __future__ import annotations

import pytest

from plugwright.judging import Mutants, Verdict
from plugwright.providers import Capabilities
from plugwright_forge.autonomy import Autonomy
from plugwright_forge.budget import Budget, OutOfBudget
from plugwright_forge.choice import Kind, Source
from plugwright_forge.competition import known
from plugwright_forge.competition.errors import is_small
from plugwright_forge.product import Failure, Product
from plugwright_forge.session import Session
from plugwright_forge.steering import InCircles

BAD = "test_r1_the_longest"


@pytest.fixture
def bad(story):
    return story.fenced(story.failing(BAD))


@pytest.fixture
def good(story):
    return story.fenced(story.code)


def alarms(session):
    return [
        (value["signal"], value["rung"]) for value in session.given("alarm/").values()
    ]


def test_the_board_is_written_anew_from_the_log_alone(world, bad, good):
    here = world(implementer=[bad, bad, bad, good])
    attempt = here.run().attempt

    found = known(Session(here.session.folder))

    assert found.matrix == attempt.board.matrix
    assert found.ledger == attempt.board.ledger
    assert "put on trial and upheld" in found.explain_test(BAD)
    assert "1.0 lost at trusted tests: fails test_r1" in found.explain_candidate("1.0")
    assert f"{found.choice.winner} won" in found.explain_candidate(found.choice.winner)


def test_a_test_that_only_one_tester_asks_for_rejects_nobody(world, story, bad):
    """The second tester is content with the programs that the first one refuses."""
    other = story.tests.replace("test_r1_the_longest", "test_r1_the_count").replace(
        '["subject"] == "art"', '["minutes"] == 45'
    )
    here = world(
        implementer=bad, test_engineer=[story.fenced(story.tests), story.fenced(other)]
    )

    result = here.run()

    ledger = known(here.session).ledger
    assert any(e.kind is Kind.DISMISSED for e in ledger[BAD].evidence)
    assert ledger.rejecting([BAD]) == ()
    assert isinstance(result, Failure)
    assert any("R1 (Gives the longest lesson)" in said for said in result.missing)
    assert not any("trusted tests fail" in said for said in result.missing)


TIE = "test_r1_of_equals_the_first"
TIED = f"\n\ndef {TIE}():\n    assert longest_lesson(DAY[1:])['subject'] == 'art'\n"


@pytest.mark.parametrize(
    ("second", "upheld", "outcome"),
    [(TIED, True, Failure), ("", False, Product), (None, None, Product)],
    ids=["it is", "it is not", "nobody knows"],
)
def test_what_everybody_fails_is_put_on_trial_before_it_is_proposed(
    world, story, second, upheld, outcome
):
    """All programs agree, and one test refuses all of them: is it right?"""
    silent = second is None
    again = "I would rather not." if silent else story.fenced(story.tests + second)
    here = world(
        implementer=story.fenced(story.failing(TIE)),
        test_engineer=[story.fenced(story.tests + TIED), again],
    )

    result = here.run()

    assert isinstance(result, outcome)
    if upheld:
        assert result.missing[0].startswith(f"1 of 3 trusted tests fail: `{TIE}`")
    tried = {**here.session.given("court/1"), **here.session.given("court/2")}
    (ruling,) = [each[TIE] for each in tried.values() if TIE in each]
    assert ruling["upheld"] is upheld


@pytest.fixture
def objecting(world, story, good):
    """All programs but the fourth fail what only a second tester thinks of."""
    first = story.fenced(story.failing(TIE))
    testers = [story.fenced(story.tests), story.fenced(story.tests + TIED)]
    return lambda: world(implementer=[first] * 3 + [good], test_engineer=testers)


def test_what_only_a_second_tester_thinks_of_decides_who_wins(objecting):
    result = objecting().run()

    assert isinstance(result, Product)
    board = result.attempt.board
    assert int(result.attempt.version.split(".")[0]) > 3
    assert TIE in board.matrix.failed("1.0")
    assert TIE in board.matrix.passed(result.attempt.version)
    assert TIE in result.acceptance.functions


class Stop(Exception):
    """It was killed."""


def test_killed_at_any_step_of_an_objection_it_goes_on_and_asks_nothing_twice(
    objecting,
):
    whole = objecting()
    product = whole.run()
    steps = [*whole.session.given("")]
    first = next(n for n, key in enumerate(steps) if "court-1" in key)
    assert "the tests/1" in steps[first:]

    for last in steps[first:]:

        class Killed(Session):
            def step(self, key, compute, last=last):
                value = super().step(key, compute)
                if key == last:
                    raise Stop
                return value

        here = objecting()
        session = here.begin(Killed)
        with pytest.raises(Stop):
            here.forge(session).run()
        again = here.forge(Session(session.folder)).run()

        assert [*Session(session.folder).given("")] == steps
        assert again.attempt.version == product.attempt.version
        assert len(here.script.asked()) == len(whole.script.asked())


def test_where_the_budget_ends_in_an_objection_nothing_is_half_known(objecting):
    whole = objecting()
    whole.run()
    steps = [*whole.session.given("")]
    heard = steps[steps.index("judge/court-1/1/0") : steps.index("probes/tests-1") + 1]
    assert "judge/candidate-2/0/1" in heard
    spends = ("judge/candidate", "judge/court", "judge/empty", "observe", "calls")

    for last in [key for key in heard if key.startswith(spends)]:

        class Spent(Session):
            is_spent = False

            def step(self, key, compute, last=last):
                self.is_spent |= key == last
                if self.is_spent and key.startswith(spends) and not self.has(key):
                    raise OutOfBudget("the seconds are used up")
                return super().step(key, compute)

        here = objecting()
        session = here.begin(Spent)
        result = here.forge(session).run()

        board = known(Session(session.folder))
        assert board.matrix == result.attempt.board.matrix
        assert board.ledger == result.attempt.board.ledger


def test_a_candidate_more_is_bought_only_where_it_can_change_who_wins(world, good):
    sure = world(implementer=good)
    sure.run()

    assert len(sure.script.asked("implementer")) == 3


def test_candidates_are_bought_to_the_end_where_a_sure_one_lacks_something(
    world, good, monkeypatch
):
    here = world(implementer=good, options={"candidates": 5})
    noticed = lambda case, most, baseline=None: Mutants(killed=1, counted=10)  # noqa: E731
    monkeypatch.setattr(here.judge, "mutate", noticed, raising=False)

    result = here.run()

    assert isinstance(result, Failure)
    assert ["10%" in said for said in result.missing] == [True]
    assert len(here.script.asked("implementer")) == 5


def test_who_is_right_alone_is_joined_by_others_before_the_gate_opens(world, bad, good):
    here = world(implementer=[bad, bad, bad, good])
    product = here.run()

    assert isinstance(product, Product)
    assert len(here.script.asked("implementer")) == 5
    assert product.attempt.confidence >= 0.85


def test_candidates_come_from_all_models_in_turn(world, story, good):
    here, other = world(implementer=good), world(implementer=good)
    session = here.begin()
    from plugwright_forge.forge import Forge
    from plugwright_forge.watching import Nobody

    Forge(
        session,
        provider=here.script.provider,
        others=(other.script.provider,),
        judge=here.judge,
        describe=here.describe,
        person=here.person,
        watcher=Nobody(),
    ).run()

    assert len(here.script.asked("implementer")) == 2
    assert len(other.script.asked("implementer")) == 1


@pytest.mark.parametrize("calls", range(1, 14))
def test_a_budget_that_runs_dry_ends_with_words(world, bad, calls):
    here = world(implementer=bad, options={"budget": Budget(calls=calls, reserve=0)})
    try:
        result = here.run()
    except OutOfBudget as error:
        said = str(error)
    else:
        said = f"{calls} of {calls} calls of models are spent"
        assert isinstance(result, Failure)
        assert result.missing
        assert result.attempt.best.code
    assert f"{calls} of {calls} calls of models are spent" in said
    assert len(here.script.asked()) <= calls


def test_what_is_kept_for_the_end_lets_a_good_plugin_be_finished(world, good):
    here = world(implementer=good, options={"budget": Budget(calls=8, reserve=0.25)})

    assert isinstance(here.run(), Product)
    assert len(here.script.asked()) == 8


def test_a_plugin_is_delivered_without_those_who_only_describe_it(world, good):
    here = world(implementer=good, options={"budget": Budget(calls=6, reserve=0)})

    product = here.run()

    assert isinstance(product, Product)
    assert any("Nobody reviewed how it fits in" in line for line in product.unsure)


def test_answers_that_cannot_be_used_climb_the_whole_ladder(world):
    """Nine programmers, two answers each, none of use; a person may be asked."""

    class Helpful(type(world().person)):
        def answer(self, number, question):
            return "Use max." if "hangs" in question.question else None

    here = world(
        implementer="no idea",
        person=Helpful(),
        options={"candidates": 12, "autonomy": Autonomy.SEMI},
    )
    with pytest.raises(InCircles, match="the work turns in circles"):
        here.run()

    assert [rung for _, rung in alarms(here.session)] == [
        "nudge",
        "reset context",
        "alternative plan or model",
        "ask one question",
        "abort",
    ]
    assert {signal for signal, _ in alarms(here.session)} == {"format failure"}
    assert "Use max." in here.script.asked("implementer")[-1].messages[1].content


def test_a_stronger_model_is_asked_before_the_end(world):
    here, strong = world(implementer="no idea"), world()
    here.options = {"candidates": 12, "autonomy": Autonomy.FULL}
    from plugwright_forge.forge import Forge
    from plugwright_forge.watching import Nobody

    code = strong.script.lines["implementer"]
    strong.script.lines["implementer"] = [*["no idea"] * 6, code]
    session = here.begin()
    Forge(
        session,
        provider=here.script.provider,
        others=(strong.script.provider,),
        judge=here.judge,
        describe=here.describe,
        person=here.person,
        watcher=Nobody(),
    ).run()

    assert ("format failure", "escalate") in alarms(session)
    assert strong.script.asked("documentation-writer")


def test_a_chant_is_interrupted(world, story, good):
    chant = "I will write the file now. " * 40
    here = world(implementer=[chant, good])
    here.run()

    assert ("chanting", "nudge") in alarms(here.session)
    second = here.script.asked("implementer")[1].messages[1].content
    assert "say nothing twice" in second


def test_roles_that_wait_for_each_other_are_told_to_begin(world, story, good):
    tests = story.fenced(story.tests)
    here = world(
        implementer=["I need the tests of the test-engineer first.", good],
        test_engineer=["I need the code from the implementer first.", tests],
    )
    assert isinstance(here.run(), Product)

    assert alarms(here.session) == [("circular dependency", "nudge")]
    second = here.script.asked("test-engineer")[1].messages[1].content
    assert "Begin with an assumption" in second


def test_a_question_that_is_too_long_is_shortened_and_then_given_up(world):
    here = world()
    here.script.provider.capabilities = Capabilities(context=300)

    with pytest.raises(InCircles, match="do not fit a window of 300"):
        here.run()

    assert {signal for signal, _ in alarms(here.session)} == {"context overflow"}
    assert not here.script.asked()


def test_the_same_file_handed_in_again_is_said_to_be_so(world, bad):
    here = world(implementer=bad, options={"candidates": 3})
    here.run()

    assert ("repeated artefact", "nudge") in alarms(here.session)
    assert "handed in before" in here.script.asked("implementer")[4].messages[1].content


def test_only_the_smallest_models_begin_anew_instead_of_repairing():
    assert is_small("gguf:qwen2.5-coder-0.5b-instruct")
    assert is_small("ollama:llama3.2:1B")
    assert not is_small("ollama:qwen2.5-coder:7b")
    assert not is_small("hand")


def test_facts_are_on_the_board(world, story, good):
    here = world(implementer=good)
    here.run()
    found = known(here.session)

    assert found.ledger["its interface is as specified"].source is Source.FACT
    assert all(row.cells[0].verdict is Verdict.AC for row in found.matrix.rows)
