"""Whole sessions whose winner is slow: made cheaper, or left as it was, and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from plugwright.home import Home
from plugwright.host import Host
from plugwright.judging import Mutants
from plugwright.manifest import MISLEADING
from plugwright.quality import Quality, Remark, Side
from plugwright.validation import Severity
from plugwright_forge import browsing
from plugwright_forge.autonomy import Autonomy
from plugwright_forge.budget import Budget
from plugwright_forge.competition import known
from plugwright_forge.delivering.doubts import doubts
from plugwright_forge.delivering.reporting import page
from plugwright_forge.forge import Forge
from plugwright_forge.optimising.keeping import outcome_of
from plugwright_forge.product import Product
from plugwright_forge.session import Session
from plugwright_forge.watching import Nobody

MOMENT = 1_767_600_000.0
HEAD = "from plugwright_sdk import command\n\n\n"
UNIQUE = f'''{HEAD}@command
def unique(words: list[str]) -> list[str]:
    """Give each word once."""
    seen: list[str] = []
    for word in words:
        if word not in seen:
            seen.append(word)
    return seen
'''
PAIRS = f'''{HEAD}@command
def pairs(words: list[str]) -> int:
    """Count the pairs of equal words."""
    found = 0
    for number, one in enumerate(words):
        for other in words[number + 1 :]:
            if one == other:
                found += 1
    return found
'''
FAST = f'''{HEAD}@command
def pairs(words: list[str]) -> int:
    """Count the pairs of equal words."""
    found, seen = 0, dict[str, int]()
    for word in words:
        before = seen.get(word, 0)
        found += before
        seen[word] = before + 1
    return found
'''
WRONG = FAST.replace("found += before", "found += before > 0")
SLOWER = PAIRS.replace("one == other", "one == other and str(other) == str(one)")
LINEAR = FAST.replace(
    "    return",
    "    if words and len(sorted(words)[0]) < 0:\n        return 0\n    return",
)


def specified(name: str, gives: object, settings=None, examples=None) -> str:
    example = {"text": "", "command": name, "arguments": {"words": ["b", "a", "b"]}}
    return json.dumps(
        {
            "name": "word-list",
            "summary": "Looks at words.",
            "requirements": [{"id": "R1", "text": "Looks at all words."}],
            "types": "",
            "commands": [
                {
                    "name": name,
                    "function": name,
                    "parameters": [
                        {"name": "words", "type": "list[str]", "meaning": "Some."}
                    ],
                    "returns": "list[str]" if name == "unique" else "int",
                    "summary": "Look.",
                }
            ],
            "events": [],
            "permissions": [],
            "examples": examples or [{**example, "text": "Twice b.", "gives": gives}],
            "settings": settings or [],
            "unsure": [],
            "plans": ["Loop.", "Sort.", "Count."],
        }
    )


def acceptance(name: str, gives: object) -> str:
    return (
        f"from plugin import {name}\n\n\ndef test_r1_all():\n"
        f"    assert {name}(['b', 'a', 'b']) == {gives!r}\n"
    )


class Remembering:
    """The host's judge, which does not do again what it did for another test."""

    def __init__(self, judge):
        self._judge, self._found = judge, {}

    def __getattr__(self, name):
        method = getattr(self._judge, name)

        def once(*given):
            key = name, repr([each for each in given if not callable(each)])
            if key not in self._found:
                self._found[key] = method(*given)
            return self._found[key]

        return once


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    with Host.discover(Home(Path(tmp_path_factory.mktemp("home")))) as host:
        yield host


@pytest.fixture(scope="module")
def judge(host):
    return Remembering(host.judge())


@pytest.fixture
def slow(world, story, host, judge):
    """A session in which everybody agrees on one program, judged for real."""

    def make(code, *rewrites, settings=None, examples=None, **options):
        name = "unique" if "def unique" in code else "pairs"
        gives = ["b", "a"] if name == "unique" else 1
        return world(
            architect=specified(name, gives, settings, examples),
            test_engineer=story.fenced(acceptance(name, gives)),
            implementer=story.fenced(code),
            optimiser=[story.fenced(each) for each in rewrites] or "none",
            judge=judge,
            describe=host.describe,
            options={
                "candidates": 1,
                "threshold": 50,
                "autonomy": Autonomy.FULL,
                **options,
            },
        )

    return make


def steps(session):
    return [*session.given("")]


def test_a_quadratic_winner_is_rewritten_by_a_rule_and_goes_on_as_that(slow):
    here = slow(UNIQUE)

    product = here.run()

    assert isinstance(product, Product)
    attempt = product.attempt
    assert attempt.version == "1.1"
    assert "seen_known.add(word)" in attempt.best.code
    assert attempt.optimised.ratio < 0.7
    assert "fuel grows faster than n log n" in attempt.optimised.reason
    assert product.report.passed
    assert any("which is no proof" in each for each in product.unsure)
    origin = here.session.given("entered/1/1")["entered/1/1"]["origin"]
    assert origin.startswith("1.0, made cheaper: keeps a set beside `seen`")
    shown = page(attempt)
    assert "<h2>What the optimiser did</h2>" in shown
    assert f"{attempt.optimised.ratio:.2f}" in shown
    board = known(Session(here.session.folder))
    assert board.matrix == attempt.board.matrix
    assert outcome_of(here.session).ratio == attempt.optimised.ratio


def test_growth_is_seen_where_all_inputs_that_are_made_up_are_refused(slow):
    picky = UNIQUE.replace("import command", "import InputError, command").replace(
        "    seen:",
        "    if 'b' not in words:\n        raise InputError('no b')\n    seen:",
    )
    attempt = slow(picky, examples=["Of b, a, b, b and a stay."]).run().attempt
    assert "fuel grows faster than" in attempt.optimised.reason


def test_the_matrix_in_a_terminal_says_what_was_rewritten_and_why(slow, capsys):
    here = slow(UNIQUE)
    here.run()

    browsing.show(here.session, known(here.session), None, None)
    browsing.show(here.session, known(here.session), None, "1.1")

    said = " ".join(capsys.readouterr().out.split())
    assert (
        "The optimiser was asked in, for `unique`: fuel grows faster than n log n"
        in said
    )
    assert "a ratio of 0." in said
    assert "kept: keeps a set beside `seen` to look in (unique, line 9)" in said
    assert "It was 1.0, made cheaper: keeps a set" in said


def test_a_quadratic_winner_is_rewritten_by_a_model(slow):
    here = slow(PAIRS, FAST)

    product = here.run()

    assert product.attempt.version == "1.1"
    assert "seen.get(word, 0)" in product.attempt.best.code
    assert product.attempt.optimised.ratio < 0.5
    [request] = here.script.asked("optimiser")[:1]
    assert "found += 1" in request.messages[1].content


def test_a_rewrite_that_changes_behaviour_or_is_slower_is_refused_with_a_reason(slow):
    here = slow(PAIRS, WRONG, SLOWER)

    product = here.run()

    attempt = product.attempt
    assert attempt.version == "1.0"
    assert len(attempt.trials) == 1
    assert "found += 1" in attempt.best.code
    why = [each.why for each in attempt.optimised.tries]
    assert why[0].startswith("it answers differently to `pairs")
    assert why[1].startswith(("worse", "not sure yet"))
    assert any("It was not made cheaper. `pairs`" in each for each in product.unsure)
    asked = [each.messages[1].content for each in here.script.asked("optimiser")]
    assert "An earlier rewrite was not kept: it answers differently" in asked[1]


def test_a_model_that_repeats_itself_is_ended_by_the_guard_and_the_winner_goes_on(slow):
    here = slow(PAIRS, WRONG)

    product = here.run()

    optimised = product.attempt.optimised
    assert isinstance(product, Product)
    assert len(here.script.asked("optimiser")) == 3
    assert len(optimised.tries) == 1  # the same file is not compared again
    assert "optimiser handed in the same" in optimised.stopped
    assert len(here.session.given("alarm/optimiser/")) == 2
    # Nobody else has to suffer for it.
    assert here.script.asked("integration-specialist")
    assert not any("Nobody reviewed" in each for each in product.unsure)


def test_a_model_without_a_usable_answer_leaves_the_winner_as_it_was(slow):
    here = slow(PAIRS)

    product = here.run()

    assert product.attempt.version == "1.0"
    assert len(here.script.asked("optimiser")) == 2
    assert any("It was not made cheaper. `pairs`" in each for each in product.unsure)


def test_what_grows_no_faster_than_n_log_n_is_shown_to_no_model(slow):
    here = slow(LINEAR, FAST)

    product = here.run()

    assert isinstance(product, Product)
    assert not here.script.asked("optimiser")
    assert "where a rule could help" in product.attempt.optimised.reason
    assert product.attempt.version == "1.1"
    assert "len(min(words))" in product.attempt.best.code


def test_what_is_fast_and_has_nothing_to_mend_is_left_alone(slow):
    here = slow(FAST, FAST)

    product = here.run()

    assert product.attempt.optimised is None
    cheap = [each for each in steps(here.session) if each.startswith("optimise")]
    assert cheap == ["optimise/growth"]
    assert "What the optimiser did" not in page(product.attempt)


def test_the_calls_that_come_after_are_not_spent_on_it(slow):
    here = slow(PAIRS, FAST, budget=Budget(calls=7))

    product = here.run()

    assert isinstance(product, Product)
    assert not here.script.asked("optimiser")
    assert "the budget is used up" in product.attempt.optimised.stopped
    assert here.script.asked("integration-specialist")
    assert here.script.asked("documentation-writer")


def test_without_time_to_measure_it_is_left_as_it_was_and_that_is_said(slow):
    class Late(Session):
        def step(self, name, compute):
            value = super().step(name, compute)
            if name == "mutants/1/0":
                self.took = 0.85 * self.options.budget.seconds
            return value

    here = slow(PAIRS, FAST)
    session = here.begin(Late)

    product = here.forge(session).run()

    assert "optimise/growth" not in steps(session)
    assert any("nobody could measure how its fuel" in each for each in product.unsure)


def test_a_setting_has_to_work_after_the_rewrite_too(slow):
    setting = {"name": "LEAST", "value": 1, "meaning": "Letters.", "least": 0}
    body = "    words = [word for word in words if len(word) >= LEAST]\n"
    start = 'equal words."""\n'

    def with_least(code, said=body):
        code = code.replace(start, start + said)
        return code.replace("@command", "LEAST = 1\n\n\n@command")

    fixed = with_least(FAST, body.replace("LEAST", "1"))
    here = slow(with_least(PAIRS), fixed, with_least(FAST), settings=[setting])

    product = here.run()

    tries = product.attempt.optimised.tries
    assert [each.kept for each in tries] == [False, True], [t.why for t in tries]
    assert tries[0].why.startswith("with another `LEAST`, it answers differently")
    assert ">= LEAST" in product.attempt.best.code


def test_an_error_that_a_stage_of_quality_finds_only_in_the_rewrite_refuses_it(slow):
    here = slow(UNIQUE)
    session = here.begin()
    looked = []

    def look(source):
        looked.append(source)
        severity = (
            Severity.ERROR
            if "seen_known" in source.files["plugin.py"]
            else Severity.NOTE
        )
        remark = Remark(stage="security", what="a set", severity=severity)
        return Quality(sides=(Side(stage="security", plugin="p", remarks=(remark,)),))

    product = Forge(
        session,
        provider=here.script.provider,
        judge=here.judge,
        describe=here.describe,
        person=here.person,
        watcher=Nobody(),
        look=look,
    ).run()

    attempt = product.attempt
    assert [each.stages for each in looked] == [(), (), ("lint",)]
    assert attempt.version == "1.0"
    assert attempt.optimised.refused == "security: a set"
    assert not attempt.optimised.changed
    assert attempt.board.matrix.programs == ("1.0",)
    assert known(Session(session.folder)).matrix == attempt.board.matrix
    assert any("security: a set" in each for each in doubts(attempt))


def test_what_its_tests_notice_too_little_of_does_not_take_the_place(slow, judge):
    class Doubtful:
        def __getattr__(self, name):
            return getattr(judge, name)

        def mutate(self, case, most, baseline=None):
            is_new = "seen_known" in case.files["plugin.py"]
            return Mutants(killed=1 if is_new else 9, counted=10)

    here = slow(UNIQUE)
    here.judge = Doubtful()

    attempt = here.run().attempt

    assert attempt.version == "1.0"
    assert "the tests notice 10% of small mistakes" in attempt.optimised.refused
    assert "The version before goes on" in attempt.optimised.in_words()
    assert attempt.mutants.killed == 9


def test_what_a_model_hides_in_its_code_is_not_shown_to_the_person_as_it_is(slow):
    hides = FAST.replace(
        "    return", '    if "\\u202e\\u202d" in words:\n        return 0\n    return'
    )
    here = slow(PAIRS, hides)

    product = here.run()

    [said] = [each for each in product.unsure if "not made cheaper" in each]
    assert "differently" in said
    assert "?" in said.partition("differently")[2]
    assert not MISLEADING.search(said)
    assert len(product.attempt.optimised.tries) == 1


class Stop(Exception):
    """The power went out."""


@pytest.mark.parametrize(
    "key",
    [
        "optimiser/rewrite-1/1",
        "optimise/1/aimed/before",
        "entered/1/1",
        "optimised",
    ],
)
def test_killed_in_the_middle_it_goes_on_and_asks_nothing_twice(slow, key):
    class Killed(Session):
        def step(self, name, compute):
            value = super().step(name, compute)
            if name == key:
                raise Stop
            return value

    here = slow(PAIRS, FAST)
    session = here.begin(Killed)
    with pytest.raises(Stop):
        here.forge(session).run()
    before = [event["key"] for event in events(session)]

    again = Session(session.folder, lambda: MOMENT)
    product = here.forge(again).run()

    assert product.attempt.version == "1.1"
    keys = [event["key"] for event in events(again)]
    assert keys[: len(before)] == before
    assert before[-1] == key
    assert len(keys) == len({*keys})
    reference = slow(PAIRS, FAST).run()
    assert product.attempt.best.commit == reference.attempt.best.commit
    assert product.unsure == reference.unsure
    assert len(here.script.asked("optimiser")) == 2  # the second gives it back


def events(session):
    log = session.folder / "events.jsonl"
    return [json.loads(line) for line in log.read_text().splitlines()]
