"""The specification as a person approved it: read, perhaps changed, and settled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from plugwright.errors import UsageError
from plugwright.home import write_atomically
from plugwright.sandboxes import JSON
from plugwright_forge.autonomy import Ask, is_asked
from plugwright_forge.session import Session
from plugwright_forge.specification import Example, Specification
from plugwright_forge.specification.document import dumps, loads

FILE = "specification.toml"
_APPROVED = "specification/approved"


class Editor(Protocol):
    """Whoever wants the plugin, with the document before them."""

    def specification(self, file: Path, problem: str) -> bool:
        """Let the person read and change a file; False: nobody is there.

        `problem` says what did not hold of the last change; empty at first.
        """


def settled(
    session: Session,
    editor: Editor,
    specification: Specification,
    check: Callable[[Specification], None],
) -> Specification:
    """Give the specification that a person approved, or the architect's, unapproved.

    `check` raises UsageError for what cannot be built; the person is told and asked
    again, as often as that takes.
    """
    file = session.folder / FILE

    def ask() -> JSON:
        if not is_asked(session.options.autonomy, Ask.SPECIFICATION):
            return None
        write_atomically(file, dumps(specification).encode())
        problem = ""
        while editor.specification(file, problem):
            try:
                text = file.read_text("utf-8")
                check(loads(text))
            except (UsageError, OSError, ValueError) as error:
                problem = str(error)
            else:
                return text
        return None

    text = session.step(_APPROVED, ask)
    return loads(text) if isinstance(text, str) else specification


def approved_examples(
    session: Session, specification: Specification
) -> tuple[Example, ...]:
    """Give what can be tried and a person approved: now, or of what is improved."""
    tried = tuple(each for each in specification.examples if each.can_be_tried)
    text = session.step(_APPROVED, lambda: None) if session.has(_APPROVED) else None
    if isinstance(text, str):
        return tried
    base = session.options.base
    # Where the change makes one of these different, the person said which is right.
    known = {each.call for each in loads(base.specification).examples} if base else ()
    return tuple(each for each in tried if each.call in known)
