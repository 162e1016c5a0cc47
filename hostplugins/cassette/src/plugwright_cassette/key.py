"""What makes two requests the same, and which of them this one is.

The key of a request is the SHA-256 of its role, template, messages, sampling, tools,
schema and grammar, as compact JSON with sorted names. Nothing else counts: no clock, no
model, no machine. What has its default and was not always there is left out, so that
recordings stay good when requests learn something new.

A team may well ask the same thing twice and hope for another answer, so a call is a key
and a number: the first call with this key, the second, and so on. Each provider counts
for itself, from the moment it is opened.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from threading import Lock
from typing import Any, Protocol, runtime_checkable

from plugwright.providers import Message, Request


@dataclass(frozen=True)
class Call:
    """One of the calls with the same key."""

    key: str
    n: int
    """1 for the first."""


def key(request: Request) -> str:
    """Compute the key of a request."""
    text = json.dumps(_facts(request), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _facts(request: Request) -> dict[str, Any]:
    sampling = request.sampling
    facts: dict[str, Any] = {
        "role": request.role,
        "template": request.template,
        "messages": [_turn(message) for message in request.messages],
        "sampling": {
            # `0` and `0.0` are one temperature, but two texts.
            "temperature": float(sampling.temperature),
            "seed": sampling.seed,
            "max_tokens": sampling.max_tokens,
        },
    }
    if sampling.stop:
        facts["sampling"]["stop"] = sampling.stop
    if request.tools:
        facts["tools"] = [
            {**vars(tool), "parameters": dict(tool.parameters)}
            for tool in request.tools
        ]
    if request.schema is not None:
        facts["schema"] = dict(request.schema)
    if request.grammar:
        facts["grammar"] = request.grammar
    return facts


def _turn(message: Message) -> dict[str, Any]:
    turn: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.calls:
        turn["calls"] = [
            {**vars(call), "arguments": dict(call.arguments)} for call in message.calls
        ]
    if message.answers:
        turn["answers"] = message.answers
    return turn


class Calls:
    """The calls that one provider has had; safe to share between threads."""

    def __init__(self) -> None:
        self._taken: defaultdict[str, set[int]] = defaultdict(set)
        self._lock = Lock()

    def take(self, request: Request) -> Call:
        """Give a call the lowest number that is free."""
        call_key = key(request)
        with self._lock:
            taken = self._taken[call_key]
            n = next(n for n in count(1) if n not in taken)
            taken.add(n)
        return Call(call_key, n)

    @contextmanager
    def numbered(self, request: Request) -> Iterator[Call]:
        """Number a call while it is answered.

        A call that fails gives its number back: asked again, it is the same call, and
        a recording has no holes.
        """
        call = self.take(request)
        try:
            yield call
        except BaseException:
            with self._lock:
                self._taken[call.key].discard(call.n)
            raise


@runtime_checkable
class CountsCalls(Protocol):
    """A provider whose answer depends on how often it was asked."""

    def skip(self, request: Request) -> None:
        """Count a call that was answered elsewhere."""
