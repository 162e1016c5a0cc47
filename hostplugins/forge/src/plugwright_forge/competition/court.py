"""A test on trial: a second tester writes tests, without having seen the first ones.

Whether a test is right cannot be seen from programs that all fail it: they may be wrong
alike. Another opinion on the same requirement tells, if it is independent; so the same
question is asked again, with another seed, of a tester who sees neither the test nor
any code. Where both accuse the same programs, the test is upheld; where the second is
content with one of them, it is dismissed. Who has no such test settles nothing yet, and
another is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial

from plugwright.judging import Report, Verdict
from plugwright.providers import Sampling
from plugwright_forge.acceptance import (
    FILE,
    function_of,
    parsed,
    requirement_of,
)
from plugwright_forge.answers import Answers, Level, Question
from plugwright_forge.autonomy import Ask, is_asked
from plugwright_forge.bench import Bench
from plugwright_forge.board import Board, Ruling
from plugwright_forge.choice import Source, believe
from plugwright_forge.choice.behaviours import shares
from plugwright_forge.example_cards import NO, YES
from plugwright_forge.fences import python_file
from plugwright_forge.matrix import Trial
from plugwright_forge.session import Session
from plugwright_forge.specification import Specification
from plugwright_forge.team import Assignment, Reply, Team, Unusable
from plugwright_forge.wording import specification_in_words

MOST = 2
"""Trials in a session: each costs a question."""
WITNESSES = 3
"""Programs that are heard, those that are most likely right first."""


def tried(
    bench: Bench,
    source: str | None,
    specification: Specification,
    accused: Mapping[str, Sequence[Trial]],
    number: int,
    again: Collection[str] = (),
) -> dict[str, Ruling]:
    """Give a ruling on each test; `accused` has the programs that each refuses.

    `source` is what a second tester wrote, if that could be used. Who is content by
    other tests of the same requirement may not have thought of this one: that is no
    ruling, but on tests that are tried `again`.
    """
    if source is None:
        why = "the second tester gave no usable answer"
        return {test: Ruling(upheld=None, why=why) for test in accused}
    witnesses = {
        (trial.candidate, trial.iteration): trial
        for trials in accused.values()
        for trial in trials[:WITNESSES]
    }
    reports = {
        which: judged(bench, source, specification, trial, number)
        for which, trial in witnesses.items()
    }
    rulings = {}
    for test, trials in accused.items():
        heard = [reports[t.candidate, t.iteration] for t in trials[:WITNESSES]]
        ruling = _ruling(test, heard, by_requirement=test in again)
        if ruling is not None:
            rulings[test] = ruling
    return rulings


def judged(
    bench: Bench,
    source: str,
    specification: Specification,
    trial: Trial,
    number: int,
) -> Report:
    """Judge a program by what a second tester wrote."""
    return bench.judge(
        f"judge/court-{number}/{trial.candidate}/{trial.iteration}",
        f"{trial.candidate}.{trial.iteration}, by other tests",
        trial.files,
        {FILE: source},
        specification,
    )


def confirmed(
    bench: Bench,
    source: str | None,
    specification: Specification,
    tests: Iterable[str],
    best: Trial,
    number: int,
) -> dict[str, Ruling]:
    """Say which tests a second tester agrees with, on a program that passes them.

    Where few have tried, nobody but another tester can tell that a test is right.
    """
    if source is None:
        why = "the second tester gave no usable answer"
        return {test: Ruling(upheld=None, why=why) for test in tests}
    report = judged(bench, source, specification, best, number)
    rulings = {}
    for test in tests:
        verdicts = _same(test, report) or _of_requirement(test, report)
        agrees = bool(verdicts) and all(v is Verdict.AC for v in verdicts)
        rulings[test] = Ruling(
            upheld=True if agrees else None,
            why="a second tester asks for the same"
            if agrees
            else "no second tester asks for the same",
        )
    return rulings


def accused(known: Board) -> set[str]:
    """Give the tests that four different behaviours fail and none passes."""
    return {*known.ledger.accused(known.matrix)}


def doubted(known: Board, best: str) -> set[str]:
    """Give the tests that the best one fails, and not fewer voices fail than pass."""
    found, seen = set(), shares(known.matrix)
    for test in known.ledger.ranking(known.matrix.failed(best)):
        if known.ledger[test].source is not Source.BLIND:
            continue
        if seen[test].part <= 0.5:
            found.add(test)
    return found


def likeliest(known: Board, programs: Iterable[str]) -> list[str]:
    """Give one program of each behaviour, the likeliest first."""
    belief = believe(known.matrix, known.ledger)
    wanted = set(programs)
    pairs = sorted(
        zip(belief.weights, belief.behaviours, strict=True), key=lambda pair: -pair[0]
    )
    return [
        next(p for p in behaviour.programs if p in wanted)
        for _, behaviour in pairs
        if wanted & {*behaviour.programs}
    ]


def heard(
    session: Session,
    person: Answers,
    rulings: Mapping[str, Ruling],
    specification: Specification,
) -> dict[str, Ruling]:
    """Ask the person where the second tester could not say."""
    texts = {each.id: each.text for each in specification.requirements}
    found = {**rulings}
    for test, ruling in rulings.items():
        if ruling.upheld is not None or not is_asked(
            session.options.autonomy, Ask.STUCK
        ):
            continue
        words = test.removeprefix("test_").replace("_", " ")
        question = Question(
            question=f"Is this right: {words}? No program does it.",
            level=Level.ESSENTIAL,
            implication=texts.get(requirement_of(test), "It decides who is chosen."),
            default="don't know",
        )
        said = session.step(
            f"trial/{test}", partial(_said, person, len(found), question)
        )
        answer = " ".join(str(said).strip().rstrip(".!").casefold().split())
        if answer in YES or answer in NO:
            why = "the person says so"
            found[test] = Ruling(upheld=answer in YES, why=why)
    return found


def _said(person: Answers, number: int, question: Question) -> str:
    return person.answer(number, question) or ""


def second_opinion(
    team: Team, request: str, specification: Specification, number: int
) -> str | None:
    """Have the tests written once more; None if nothing of use comes."""
    assignment = Assignment(
        role="test-engineer",
        sections={
            "request": request,
            "specification": specification_in_words(specification),
        },
        sampling=Sampling(temperature=0.6, seed=number, max_tokens=8192),
        about=f"court-{number}",
        model=1,
        attempts=1,
    )
    try:
        return team.ask(assignment, _read)
    except Unusable:
        return None


def _read(reply: Reply) -> str:
    source = python_file(reply.text, FILE)
    parsed(source)
    return source


def _ruling(
    test: str, heard: Sequence[Report], *, by_requirement: bool
) -> Ruling | None:
    """Compare with the test of the same name, or all of the same requirement."""
    refused, content = 0, 0
    for report in heard:
        verdicts = _same(test, report) or _of_requirement(test, report)
        refused += any(v is not Verdict.AC for v in verdicts)
        content += bool(verdicts) and all(v is Verdict.AC for v in verdicts)
    if content:
        if not by_requirement and not any(_same(test, report) for report in heard):
            return None
        return Ruling(
            upheld=False,
            why=f"a second tester is content with {content} of those it refuses",
        )
    if refused:
        return Ruling(
            upheld=True,
            why=f"a second tester refuses {refused} of those it refuses, too",
        )
    return Ruling(upheld=None, why="the second tester has no test of that")


def _of_requirement(test: str, report: Report) -> list[Verdict]:
    about = requirement_of(test)
    return [
        result.verdict
        for result in report.results
        if about and requirement_of(function_of(result.test)) == about
    ]


def _same(test: str, report: Report) -> list[Verdict]:
    return [r.verdict for r in report.results if function_of(r.test) == test]
