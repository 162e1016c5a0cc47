"""What makes two requests the same, and which of them this one is.

The key of a request is the SHA-256 of its role, template, messages and sampling, as
compact JSON with sorted names. Nothing else counts: no clock, no model, no machine.

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
from dataclasses import asdict, dataclass
from itertools import count
from threading import Lock
from typing import Protocol, runtime_checkable

from plugwright.providers import Request


@dataclass(frozen=True)
class Call:
    """One of the calls with the same key."""

    key: str
    n: int
    """1 for the first."""


def key(request: Request) -> str:
    """Compute the key of a request."""
    facts = asdict(request)
    # `0` and `0.0` are one temperature, but two texts.
    facts["sampling"]["temperature"] = float(request.sampling.temperature)
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


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
