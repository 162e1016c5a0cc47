"""Language models, by the role they play for a plugin, and never by their name.

What a person grants is a role and a number of tokens for each call of the plugin: of
its questions and of the answers, together. Which model plays a role is not a plugin's
business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import Field

from plugwright.capabilities.arguments import Arguments, read
from plugwright.capabilities.grants import Grants
from plugwright.capabilities.log import OnLog
from plugwright.capabilities.outside import Models, Outside, Spoken
from plugwright.errors import Denied, Refused, in_one_line
from plugwright.permissions import Permission
from plugwright.providers import Message, Provider, Request, Sampling
from plugwright.sandboxes import JSON, Service
from plugwright.targets import MOST_TOKENS, role_of

LONGEST_PROMPT = 64 << 10
"""Characters of one question."""
LONGEST_ANSWER = 64 << 10
"""Characters of one answer; the rest is cut off."""


class _Question(Arguments):
    role: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
    prompt: Annotated[str, Field(max_length=LONGEST_PROMPT)]
    max_tokens: Annotated[int, Field(ge=1, le=MOST_TOKENS)] | None = None


def tokens_in(text: str) -> int:
    """Estimate tokens where nobody counted: three bytes each, rather too many."""
    return -(-len(text.encode(errors="replace")) // 3)


def services(
    plugin: str, grants: Grants, outside: Outside, on_log: OnLog
) -> dict[str, Service]:
    """Ask models, as long as there are tokens left in this call."""
    budget = _Budget(outside)

    def ask(arguments: dict[str, JSON]) -> JSON:
        asked = read(_Question, arguments)
        granted = _granted(grants, asked.role)
        left = budget.left(asked.role, role_of(granted.target)[1])
        cost = tokens_in(asked.prompt)
        if cost >= left:
            raise Refused(
                f"the question takes some {cost} tokens, and {left} are left of this"
                f" call's {role_of(granted.target)[1]}"
            )
        most = min(asked.max_tokens or left - cost, left - cost)
        # What was asked counts even if no answer comes: it was sent.
        budget.spend(asked.role, cost)
        spoken = _spoken(outside.models, plugin, asked, most, on_log)
        budget.spend(asked.role, max(spoken.tokens, 1) - cost)
        left = budget.left(asked.role, role_of(granted.target)[1])
        return {
            "text": spoken.text[:LONGEST_ANSWER],
            "tokens": spoken.tokens,
            "left": left,
        }

    return {"models.ask": ask}


def _granted(grants: Grants, role: str) -> Permission:
    """The widest grant of this role."""
    found = [each for each in grants.of("model") if role_of(each.target)[0] == role]
    if not found:
        raise Denied(f"model:role={role}")
    return grants.check(max(found, key=lambda each: role_of(each.target)[1]))


class _Budget:
    """How much was spent in this call of the plugin, by role."""

    def __init__(self, outside: Outside) -> None:
        self._turn = outside.turn
        self._number = outside.turn.number
        self._spent: dict[str, int] = {}

    def left(self, role: str, granted: int) -> int:
        if self._number != self._turn.number:
            self._number = self._turn.number
            self._spent.clear()
        return max(0, granted - self._spent.get(role, 0))

    def spend(self, role: str, tokens: int) -> None:
        self._spent[role] = self._spent.get(role, 0) + tokens


def _spoken(
    models: Models | None, plugin: str, asked: _Question, most: int, on_log: OnLog
) -> Spoken:
    if models is None:
        raise Refused("there are no models here")
    try:
        return models.ask(asked.role, asked.prompt, most)
    except Refused:
        raise
    except Exception as error:
        # Broad on purpose: a provider is a stranger's code. What it says may hold keys
        # and paths, so a person gets to read it, and the plugin does not.
        on_log(plugin, "error", f"asking `{asked.role}`: {in_one_line(error)}", {})
        raise Refused(f"whoever plays the role `{asked.role}` did not answer") from None


class Assigned:
    """Providers behind roles, as a person assigned them: `{"tutor": "local:name"}`."""

    def __init__(
        self, roles: Mapping[str, str], provider: Callable[[str], Provider]
    ) -> None:
        self._roles = roles
        self._provider = provider

    def ask(self, role: str, prompt: str, max_tokens: int) -> Spoken:
        """Ask whoever plays the role. Raises `Refused` where nobody does."""
        if role not in self._roles:
            raise Refused(
                f"nobody plays the role `{role}`; whoever runs this host has to assign"
                " a model to it"
            )
        completion = self._provider(self._roles[role]).complete(
            Request(
                role=role,
                template="plugin/1",
                messages=(Message("user", prompt),),
                sampling=Sampling(max_tokens=max_tokens),
            )
        )
        text = completion.text
        return Spoken(
            text=text,
            tokens=(completion.tokens_in or tokens_in(prompt))
            + (completion.tokens_out or tokens_in(text)),
        )
