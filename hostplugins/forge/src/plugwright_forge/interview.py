"""The interview: the analyst asks, a person answers, and nobody is asked twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from pydantic import TypeAdapter

from plugwright.manifest import MISLEADING
from plugwright.providers import Sampling
from plugwright.sandboxes import JSON
from plugwright_forge.answers import Answer, Answers, Question, Source
from plugwright_forge.autonomy import is_asked
from plugwright_forge.decisions import questions
from plugwright_forge.example_cards import CardReader
from plugwright_forge.session import Session
from plugwright_forge.settling import Editor
from plugwright_forge.team import Assignment, Team
from plugwright_forge.watching import Watcher

_SPOKEN = TypeAdapter(Answer)


class Person(Answers, CardReader, Editor, Protocol):
    """Whoever wants the plugin."""


def hold_interview(
    team: Team, session: Session, person: Person, watcher: Watcher
) -> tuple[Answer, ...]:
    """Ask what has to be asked, and take the analyst's defaults for the rest."""
    assignment = Assignment(
        role="requirements-analyst",
        sections={"request": session.options.asked},
        sampling=Sampling(temperature=0.2, max_tokens=2048),
    )
    asked = team.ask(assignment, lambda reply: questions(reply.text))
    answers = []
    for number, question in enumerate(asked, 1):
        answers.append(_settled(session, person, number, question))
        if answers[-1].source is not Source.PERSON:
            watcher.note(f"  {question.question} – {answers[-1].text}")
    return tuple(answers)


def assumptions(answers: tuple[Answer, ...]) -> tuple[str, ...]:
    """Say what was taken for granted without asking."""
    return tuple(
        f"Not asked, so assumed: {answer.question} – {answer.text}"
        for answer in answers
        if answer.source is Source.ASSUMED
    )


def _settled(
    session: Session, person: Person, number: int, question: Question
) -> Answer:
    def settle() -> JSON:
        return {**vars(_answer(session, person, number, question))}

    return _SPOKEN.validate_python(session.step(f"interview/{number}", settle))


def _answer(
    session: Session, person: Person, number: int, question: Question
) -> Answer:
    options = session.options
    text, source = _prepared(options.answers, number, question), Source.FILE
    if text is None and is_asked(options.autonomy, question.level):
        text, source = person.answer(number, question), Source.PERSON
    if text is None:
        text, source = question.default, Source.ASSUMED
    words = " ".join(MISLEADING.sub(" ", text).split())
    return Answer(
        question=question.question, text=words or question.default, source=source
    )


def _prepared(
    answers: Mapping[str, str], number: int, question: Question
) -> str | None:
    known = {_plain(key): text for key, text in answers.items()}
    return known.get(_plain(question.question), known.get(str(number)))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
