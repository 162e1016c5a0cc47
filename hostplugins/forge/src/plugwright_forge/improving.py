"""A change of a plugin that exists: what a session starts from, and what stays.

What a person approved once stays approved: every example is kept, unless the change is
about just that, and then the person is asked which of the two is right.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from plugwright.bundles import Bundle
from plugwright.sandboxes import JSON
from plugwright_forge.answers import Level, Question
from plugwright_forge.autonomy import is_asked
from plugwright_forge.constants import constants
from plugwright_forge.customising import CODE, specification_of
from plugwright_forge.delivering.comments import bare
from plugwright_forge.design import NotPossible
from plugwright_forge.session import Session
from plugwright_forge.specification import Base, Example, Specification
from plugwright_forge.specification.checks import misfit_of
from plugwright_forge.specification.document import dumps, loads

NEW = ("new", "the new", "the new one", "change", "changed", "the change")
"""What a person says who wants the change and not the example."""


def base_of(bundle: Bundle) -> Base:
    """Read what an improvement starts from, with the values that it has now."""
    about, source = bundle.manifest, bundle.files[CODE].decode()
    specification, values = specification_of(bundle), constants(source)
    settings = tuple(
        replace(each, value=values.get(each.name, each.value))
        for each in specification.settings
    )
    return Base(
        plugin=about.name,
        version=about.version,
        bundle=bundle.id,
        specification=dumps(replace(specification, settings=settings)),
        source=bare(source),
    )


@dataclass(frozen=True)
class Conflict:
    """An approved example, and what the change would make of it, in words."""

    approved: Example
    changed: str

    def question(self) -> Question:
        """Write it for a person."""
        return Question(
            question=f"You approved: {self.approved.text} {self.changed} "
            "Which is right, `approved` or `new`?",
            level=Level.ESSENTIAL,
            implication="Decides which of the two the plugin is held to.",
            default="approved",
        )


class Asked(Protocol):
    """Whoever wants the change."""

    def answer(self, number: int, question: Question) -> str | None:
        """Answer in words; None means that nobody is there."""


def with_approved(
    session: Session, person: Asked, specification: Specification, base: Base
) -> Specification:
    """Keep what was approved; where the change says otherwise, ask.

    Raises NotPossible where the person stays with what the change makes impossible.
    """
    old, examples = loads(base.specification), list(specification.examples)
    ids = {each.id for each in specification.requirements}
    number = 0
    for approved in (each for each in old.examples if each.can_be_tried):
        if changed := _changed_to(approved, old, specification):
            number += 1
            if _is_new(session, person, number, Conflict(approved, changed)):
                continue
        if misfit := _misfit(approved, old, specification):
            raise NotPossible(
                f"the change does not fit an example that you approved: {misfit} "
                f"({approved.text})",
                remedy="answer `new`, or ask for a change that keeps the example",
            )
        examples = [each for each in examples if each.call != approved.call]
        about = approved.requirement if approved.requirement in ids else ""
        examples.append(replace(approved, requirement=about))
    return replace(specification, examples=tuple(examples))


def _changed_to(example: Example, old: Specification, new: Specification) -> str:
    """Say in words what a change makes of an example; empty if it stays as it is."""
    if misfit := _misfit(example, old, new):
        return f"After the change it cannot be tried: {misfit}."
    for other in new.examples:
        if other.call == example.call and _outcome(other) != _outcome(example):
            return f"The change would make it: {other.text}"
    return ""


def _misfit(example: Example, old: Specification, new: Specification) -> str:
    """Say why it is no call any more; also of a parameter that nobody knew of then."""
    if misfit := misfit_of(example, new):
        return misfit
    before = _takes(old, example)
    added = [name for name in _takes(new, example) if name not in before]
    return f"`{example.command}` takes `{added[0]}`, too" if added else ""


def _takes(specification: Specification, example: Example) -> list[str]:
    (command,) = (c for c in specification.commands if c.name == example.command)
    return [parameter.name for parameter in command.parameters]


def differences(old: Specification, new: Specification) -> Iterator[str]:
    """Say what the change does to the specification, in words."""
    if old.summary != new.summary:
        yield f"it is now: {new.summary} (before: {old.summary})"
    yield from _changed("", _numbered(old), _numbered(new))
    yield from _changed("setting ", _settings(old), _settings(new))
    yield from _changed("example ", _examples(old), _examples(new))


def _is_new(session: Session, person: Asked, number: int, conflict: Conflict) -> bool:
    question = conflict.question()

    def ask() -> JSON:
        if not is_asked(session.options.autonomy, question.level):
            return question.default
        return person.answer(number, question) or question.default

    said = session.step(f"improve/example/{number}", ask)
    return str(said).strip().rstrip(".!").casefold() in NEW


def _outcome(example: Example) -> str:
    return json.dumps([example.gives, example.refuses], sort_keys=True)


def _numbered(specification: Specification) -> dict[str, str]:
    return {
        **{each.id: each.text for each in specification.requirements},
        **{each.id: each.text for each in specification.invariants},
    }


def _settings(specification: Specification) -> dict[str, str]:
    return {
        each.name: f"{each.meaning} ({each.allowed}; {each.value!r})"
        for each in specification.settings
    }


def _examples(specification: Specification) -> dict[str, str]:
    return {
        each.call: each.text for each in specification.examples if each.can_be_tried
    }


def _changed(
    what: str, old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[str]:
    for name in old:
        if name not in new:
            yield f"gone: {what}{_name(what, name)}{old[name]}"
    for name, text in new.items():
        if name not in old:
            yield f"new: {what}{_name(what, name)}{text}"
        elif old[name] != text:
            yield f"changed: {what}{_name(what, name)}{text} (before: {old[name]})"


def _name(what: str, name: str) -> str:
    # An example is named by its own words.
    return "" if what == "example " else f"{name}: "
