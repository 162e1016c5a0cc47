"""What a plugin may do, one narrow permission at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from plugwright.amounts import size_in_words
from plugwright.errors import UsageError
from plugwright.quotas import Quota
from plugwright.targets import TARGETS, Malformed


def nearest(word: str, known: Iterable[str]) -> str:
    """Say what was probably meant, or what there is."""
    choices = sorted(known)
    close = get_close_matches(word, choices, n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    return "use one of " + ", ".join(f"`{choice}`" for choice in choices)


@dataclass(frozen=True, order=True)
class Permission:
    """One thing that a plugin may do; its text is what people write and approve."""

    name: str
    target: str = ""
    """What it is narrowed to, in its one form: `lesson-*`, `GET https://…/v1/*`."""

    @classmethod
    def parse(cls, text: str) -> Permission:
        """Read `storage`, `events.emit:lesson-*` or `files.read:~/lessons`."""
        name, colon, target = text.partition(":")
        kind = TARGETS.get(name)
        if kind is None:
            known = {kind.example for kind in TARGETS.values()}
            raise UsageError(
                f"there is no permission `{text}`", remedy=nearest(text, known)
            )
        try:
            permission = cls(name, kind.read(target))
            if colon and not target:
                raise Malformed("ends with a `:`", f"write it as `{kind.example}`")
        except Malformed as error:
            raise UsageError(
                f"`{text}` {error.message}", remedy=error.remedy
            ) from error
        return permission

    def __str__(self) -> str:
        return f"{self.name}:{self.target}" if self.target else self.name

    def in_words(self, storage: int = Quota.storage) -> str:
        """Say what it allows, to somebody who does not program."""
        words = TARGETS[self.name].words(self.target)
        if self.name == "storage":
            return f"{words} (up to {size_in_words(storage)})"
        return words

    def covers(self, other: Permission) -> bool:
        """Tell whether whoever has this one needs no grant for the other."""
        return self.name == other.name and TARGETS[self.name].covers(
            self.target, other.target
        )
