"""What was asked and what was answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import SequenceMatcher

from plugwright.providers import Completion, Request
from plugwright_cassette.key import Call, key
from plugwright_cassette.prompt import prompt_lines


@dataclass(frozen=True)
class Entry:
    """One request and its answer."""

    request: Request
    completion: Completion


@dataclass(kw_only=True)
class Recording:
    """Every call of a run, with its answer, in the order of the answers."""

    origin: str
    """Who answered, in words."""
    note: str = ""
    entries: dict[Call, Entry] = field(default_factory=dict)

    def times(self, request: Request) -> int:
        """Count the answers to one request."""
        request_key = key(request)
        return sum(call.key == request_key for call in self.entries)

    def nearest(self, request: Request) -> Request | None:
        """Find the recorded request most like another, of the same role if any is."""
        recorded = [entry.request for entry in self.entries.values()]
        same_role = [other for other in recorded if other.role == request.role]
        # Words, whatever their order: a hundred long prompts are compared in a moment.
        likeness: SequenceMatcher[str] = SequenceMatcher()
        likeness.set_seq2(_words(request))

        def ratio(other: Request) -> float:
            likeness.set_seq1(_words(other))
            return likeness.quick_ratio()

        return max(same_role or recorded, key=ratio, default=None)


def _words(request: Request) -> list[str]:
    return " ".join(prompt_lines(request)).split()
