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
from plugwright_forge.session import Session
from plugwright_forge.specification import Base, Example, Specification
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
    """An approved example, and what the change would make of it."""

    approved: Example
    changed: Example

    def question(self) -> Question:
        """Write it for a person."""
        return Question(
            question=f"You approved: {self.approved.text} The change would make it: "
            f"{self.changed.text} Which is right, `approved` or `new`?",
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
    """Keep what was approved; where the change says otherwise, ask."""
    examples = list(specification.examples)
    tried = [each for each in loads(base.specification).examples if each.can_be_tried]
    number = 0
    for approved in tried:
        same = [each for each in examples if each.call == approved.call]
        if not same:
            examples.append(approved)
        elif _outcome(same[0]) != _outcome(approved):
            number += 1
            conflict = Conflict(approved, same[0])
            if not _is_new(session, person, number, conflict):
                examples[examples.index(same[0])] = approved
    return replace(specification, examples=tuple(examples))


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
