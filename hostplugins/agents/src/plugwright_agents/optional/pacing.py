"""Keeps a rate: so many questions, or so many tokens, in any minute."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Event, Lock
from time import monotonic

from plugwright.providers import Cancel

MINUTE = 60.0


class Pace:
    """How much began in the last minute; whoever comes too early waits."""

    def __init__(self, requests: int | None, tokens: int | None) -> None:
        """None is as often as anybody likes."""
        self._requests = requests
        self._tokens = tokens
        self._begun: deque[tuple[float, int]] = deque()
        self._lock = Lock()

    def wait(self, tokens: int, cancel: Cancel, told: Callable[[float], None]) -> None:
        """Begin, now or when it may be; `told` hears how long each wait was."""
        if self._requests is None and self._tokens is None:
            return
        while seconds := self._begin(tokens, monotonic()):
            told(sleep(seconds, cancel))
            if cancel.is_wished:
                return  # who asks the model ends it

    def _begin(self, tokens: int, now: float) -> float:
        """Begin and give 0, or give the seconds after which to try again."""
        with self._lock:
            while self._begun and self._begun[0][0] <= now - MINUTE:
                self._begun.popleft()
            sent = sum(each for _, each in self._begun)
            is_full = self._requests is not None and len(self._begun) >= self._requests
            # One question above the rate is sent alone, or it would wait for ever.
            is_wide = self._tokens is not None and sent + tokens > self._tokens
            if self._begun and (is_full or is_wide):
                return max(0.01, self._begun[0][0] + MINUTE - now)
            self._begun.append((now, tokens))
            return 0.0


def sleep(seconds: float, cancel: Cancel) -> float:
    """Wait, unless somebody does not want what is waited for any more; say how long."""
    began = monotonic()
    wished = Event()
    cancel.then(wished.set)
    wished.wait(seconds)
    return monotonic() - began
