"""The team: its roles, one engine, and every answer asked for and paid once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Protocol, TypeVar, runtime_checkable

from pydantic import TypeAdapter

from plugwright.errors import PlugwrightError, UsageError
from plugwright.manifest import MISLEADING
from plugwright.providers import (
    BYTES_PER_TOKEN,
    Completion,
    Provider,
    Request,
    Sampling,
    able,
)
from plugwright.sandboxes import JSON
from plugwright_forge.budget import Amounts, Purse
from plugwright_forge.cards import ROLES, card
from plugwright_forge.fences import Malformed
from plugwright_forge.guard import Answered, Asked, Given, Needs
from plugwright_forge.session import Session
from plugwright_forge.steering import Steering
from plugwright_forge.watching import Watcher

T = TypeVar("T")
ATTEMPTS = 2
_SPOKEN = TypeAdapter(Completion)
_KEPT = ("specification", "request", "code")
"""Sections that a question is nothing without."""
_SHORT = (600, 6000)
"""Characters of other sections, and of these, where a question is too long."""
_WAITS = re.compile(
    r"\b(?:need|wait|waiting|await|require)\w*\b[^.\n]{0,60}?\b("
    + "|".join(ROLES)
    + ")"
)


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
    card: str = ""
    """Whose card is read, if the role has more than one."""
    model: int = 0
    """Which of the models is asked."""
    attempts: int = ATTEMPTS

    def request(self, problem: str, advice: str = "") -> Request:
        """Write it as a request to a model."""
        asked = card(self.card or self.role)
        return asked.request(
            self.page, self.sections, self.sampling, problem, advice, self.role
        )

    def shortened(self, how_much: int) -> Assignment:
        """Leave out what the role can do without: 1 a little, 2 all of that."""
        if not how_much:
            return self
        most = {name: _SHORT[name in _KEPT] // how_much for name in self.sections}
        return replace(
            self,
            sections={
                name: text if len(text) <= most[name] else f"{text[: most[name]]}\n…"
                for name, text in self.sections.items()
            },
        )

    def key(self, attempt: int) -> str:
        """Name the step in the session."""
        return "/".join(
            filter(None, [self.card or self.role, self.about, str(attempt)])
        )


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
    """Asks the models, on behalf of the roles."""

    def __init__(
        self,
        session: Session,
        providers: Sequence[Provider],
        watcher: Watcher,
        steering: Steering,
        purse: Purse,
    ) -> None:
        self._session = session
        self._providers = providers
        self._watcher = watcher
        self.steering = steering
        self.purse = purse
        self.is_last = False
        """Whether what is kept for the end may be used."""

    def apart(self, role: str) -> Team:
        """Give a team for one role, whose circles end its own work alone."""
        steering = self.steering.apart(role)
        return Team(self._session, self._providers, self._watcher, steering, self.purse)

    @property
    def models(self) -> int:
        """How many different models there are."""
        return len(self._providers)

    def ask(self, assignment: Assignment, read: Callable[[Reply], T]) -> T:
        """Ask, and once again with the problem named; `read` raises `Malformed`.

        Raises `Unusable`, `OutOfBudget` and `InCircles`.
        """
        role, problem = assignment.role, ""
        for attempt in range(1, assignment.attempts + 1):
            self._watcher.working(role, assignment.about)
            text = self._complete(assignment, attempt, problem)
            try:
                result = read(Reply(text, attempt))
            except Malformed as error:
                problem = MISLEADING.sub("?", str(error))[:600]
                self._watcher.note(f"{role}: {problem}")
                self._heard(role, text, problem)
            else:
                self._heard(role, text, "")
                self.steering.tell(Given(by=role))
                return result
        raise Unusable(role, problem, self._session)

    def _heard(self, role: str, text: str, problem: str) -> None:
        self.steering.tell(Answered(role=role, text=text, problem=problem))
        waits = _WAITS.search(text.lower().replace(" ", "-")) if problem else None
        if waits and waits[1] != role:
            self.steering.tell(Needs(who=role, of=waits[1]))

    def _complete(self, assignment: Assignment, attempt: int, problem: str) -> str:
        key, role = assignment.key(attempt), assignment.role
        number, request = self._fitting(assignment, attempt, problem)
        request = replace(request, once=self._name(key, request))
        provider = self._providers[number]
        known = self._session.has(key)
        if not known:
            asked = _tokens(request)
            self.purse.need(
                Amounts(
                    calls=1,
                    # The longest answer, too: how long it will be is not known before.
                    tokens=asked + request.sampling.max_tokens,
                    money=_price(provider, Completion(text="", tokens_in=asked)),
                ),
                last=self.is_last,
            )
        if known and isinstance(provider, _Counts):
            # Whoever counts calls must count this one, or the next gets its answer.
            provider.skip(request)
        value = self._session.step(key, lambda: _completed(provider, request))
        said = _SPOKEN.validate_python(value)
        assert isinstance(value, dict)
        money = value.get("money", 0.0)
        self.purse.spend(
            Amounts(
                calls=1,
                tokens=said.tokens_in + said.tokens_out
                or _tokens(request) + len(said.text.encode(errors="replace")) // 3,
                seconds=said.seconds or self._session.took,
                wall=self._session.worked,
                money=money if isinstance(money, int | float) else 0.0,
            )
        )
        self.steering.asked(role)
        return said.text

    def _name(self, key: str, request: Request) -> str:
        """Name a question, the same whenever the session goes on.

        Another home may have a session of the same name, but not this question in it.
        """
        text = hashlib.sha256(repr(request).encode(errors="replace"))
        return f"{self._session.name}/{key}/{text.hexdigest()[:16]}"

    def _fitting(
        self, assignment: Assignment, attempt: int, problem: str
    ) -> tuple[int, Request]:
        """Find a model and a question that fits it, or raise `InCircles`."""
        steering, role = self.steering, assignment.role
        while True:
            number = steering.model(role, assignment.model)
            fresh = steering.is_fresh(role)
            advice = steering.advice(role)
            sampling = assignment.sampling
            if attempt > 1 and advice:
                # The same words again would only get the same answer.
                sampling = replace(sampling, seed=sampling.seed + 1000)
            asked = replace(assignment, sampling=sampling)
            request = asked.shortened(steering.narrow).request(
                "" if fresh else problem, advice
            )
            window = self._window(number)
            if not window:
                return number, request
            reserve = min(sampling.max_tokens, window // 3)
            seen = Asked(
                role=role, tokens=_tokens(request), window=window, reserve=reserve
            )
            if steering.tell(seen) is None:
                sampling = replace(request.sampling, max_tokens=reserve)
                return number, replace(request, sampling=sampling)

    def _window(self, number: int) -> int:
        """Say how much a model can take in; zero where nobody knows."""
        # A step, for a model that was there may be another one when work goes on.
        value = self._session.step(
            f"model/{number}", lambda: able(self._providers[number]).context
        )
        return value if isinstance(value, int) else 0


def _completed(provider: Provider, request: Request) -> JSON:
    said = provider.complete(request)
    money = _price(provider, said)
    return {**vars(said), **({"money": money} if money else {})}


def _price(provider: Provider, said: Completion) -> float:
    """Say what an answer costs, as far as its provider does."""
    price = getattr(provider, "price", None)
    money = float(price(said)) if callable(price) else 0.0
    if not 0 <= money < inf:
        raise UsageError(
            f"`{provider.name}` says that an answer costs {money}",
            remedy="choose another model, and tell whoever made this provider",
        )
    return money


def _tokens(request: Request) -> int:
    """Count more than there will be, without opening a model."""
    size = sum(
        len(message.content.encode(errors="replace")) + 12
        for message in request.messages
    )
    return size // BYTES_PER_TOKEN + 1
