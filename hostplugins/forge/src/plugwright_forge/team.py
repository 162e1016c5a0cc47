"""The team: six roles, one engine, and every answer asked for once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

from pydantic import TypeAdapter

from plugwright.errors import PlugwrightError
from plugwright.manifest import MISLEADING
from plugwright.providers import Completion, Provider, Request, Sampling
from plugwright_forge.cards import card
from plugwright_forge.fences import Malformed
from plugwright_forge.session import Session
from plugwright_forge.watching import Watcher

T = TypeVar("T")
ATTEMPTS = 2
_SPOKEN = TypeAdapter(Completion)


class Unusable(PlugwrightError):
    """A role answered twice, and neither answer could be used."""

    def __init__(self, role: str, problem: str, session: Session) -> None:
        super().__init__(
            f"the {role} gave no usable answer: {problem}",
            remedy=f"read both answers in `{session.folder / 'events.jsonl'}`; "
            "start the request again, or choose another model with `--model`",
        )


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """What one role is asked for."""

    role: str
    page: str = "ask"
    sections: Mapping[str, str]
    sampling: Sampling
    about: str = ""
    """Which of several: `candidate-1`."""

    def request(self, problem: str) -> Request:
        """Write it as a request to a model."""
        asked = card(self.role)
        return asked.request(self.page, self.sections, self.sampling, problem)

    def key(self, attempt: int) -> str:
        """Name the step in the session."""
        return "/".join(filter(None, [self.role, self.about, str(attempt)]))


@dataclass(frozen=True)
class Reply:
    """What a role answered."""

    text: str
    attempt: int
    """1, or 2 after the first answer could not be used."""


@runtime_checkable
class _Counts(Protocol):
    def skip(self, request: Request) -> None: ...


class Team:
    """Asks a provider, on behalf of the roles."""

    def __init__(self, session: Session, provider: Provider, watcher: Watcher) -> None:
        self._session = session
        self._provider = provider
        self._watcher = watcher

    def ask(self, assignment: Assignment, read: Callable[[Reply], T]) -> T:
        """Ask, and once again with the problem named; `read` raises `Malformed`."""
        problem = ""
        for attempt in range(1, ATTEMPTS + 1):
            self._watcher.working(assignment.role, assignment.about)
            text = self._complete(assignment.key(attempt), assignment.request(problem))
            try:
                return read(Reply(text, attempt))
            except Malformed as error:
                problem = MISLEADING.sub("?", str(error))[:600]
                self._watcher.note(f"{assignment.role}: {problem}")
        raise Unusable(assignment.role, problem, self._session)

    def _complete(self, key: str, request: Request) -> str:
        if self._session.has(key) and isinstance(self._provider, _Counts):
            # Whoever counts calls must count this one, or the next gets its answer.
            self._provider.skip(request)
        value = self._session.step(
            key, lambda: {**vars(self._provider.complete(request))}
        )
        return _SPOKEN.validate_python(value).text
