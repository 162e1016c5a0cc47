"""Names of tools, and ids of calls, as servers take them.

A tool here is called `PLUGIN.NAME`; OpenAI and Anthropic refuse a name with a dot, and
one of more than 64 signs. So a request goes out with other names, also in the turns
that were before it, and a call comes back under the tool's own. Which name stands for
which follows from the request alone: nothing has to be kept between two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from hashlib import blake2b

from plugwright.providers import Completion, Message, Request, ToolCall

LONGEST = 64
_FITS = re.compile(rf"[a-zA-Z0-9_-]{{1,{LONGEST}}}")
_ODD = re.compile(r"[^a-zA-Z0-9_-]")


@dataclass(frozen=True)
class Names:
    """What stands for what, in one request."""

    tools: Mapping[str, str]
    ids: Mapping[str, str]

    @classmethod
    def of(cls, request: Request) -> Names:
        """Find a name for every tool and call of a request."""
        calls = [call for message in request.messages for call in message.calls]
        answered = [turn.answers for turn in request.messages if turn.role == "tool"]
        return cls(
            tools=_fitted([*(t.name for t in request.tools), *(c.name for c in calls)]),
            ids=_fitted([*(call.id for call in calls), *answered]),
        )

    def sent(self, request: Request) -> Request:
        """Give the request as a server takes it."""
        if not (self.tools or self.ids):
            return request
        return replace(
            request,
            tools=tuple(
                replace(tool, name=self.tools.get(tool.name, tool.name))
                for tool in request.tools
            ),
            messages=tuple(self._turn(message) for message in request.messages),
        )

    def received(self, completion: Completion) -> Completion:
        """Give an answer, with the tools' own names."""
        if not (self.tools and completion.calls):
            return completion
        own = {other: name for name, other in self.tools.items()}
        # A model that says the tool's own name after all means that tool, too.
        calls = (
            replace(call, name=own.get(call.name, call.name))
            for call in completion.calls
        )
        return replace(completion, calls=tuple(calls))

    def _turn(self, message: Message) -> Message:
        if not message.calls and message.role != "tool":
            return message
        calls = (
            ToolCall(
                id=self.ids.get(call.id, call.id),
                name=self.tools.get(call.name, call.name),
                arguments=call.arguments,
            )
            for call in message.calls
        )
        answers = self.ids.get(message.answers, message.answers)
        return replace(message, calls=tuple(calls), answers=answers)


def _fitted(names: Iterable[str]) -> dict[str, str]:
    """Give a name that fits for each that does not, and for no two the same."""
    every = {*names}
    odd = sorted(name for name in every if not _FITS.fullmatch(name))
    taken = every.difference(odd)
    found = {}
    for name in odd:
        # `a.b` as `a__b`, which people can read; with a mark where that is taken.
        wish = _ODD.sub("_", name.replace(".", "__")) or "unnamed"
        if len(wish) > LONGEST or wish in taken:
            wish = _marked(wish, name, taken)
        taken.add(wish)
        found[name] = wish
    return found


def _marked(wish: str, name: str, taken: Set[str]) -> str:
    digest = blake2b(name.encode("utf-8", "surrogatepass")).hexdigest()
    # The last is tried in vain only by 2^128 names at once.
    marks = (digest[:length] for length in range(6, 33))
    made = (f"{wish[: LONGEST - 1 - len(mark)]}_{mark}" for mark in marks)
    return next(each for each in made if each not in taken)
