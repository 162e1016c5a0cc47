"""Roles share one context: each has a sequence, and keeps what it has read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from plugwright_llamacpp.engine import Engine, NoRoom

WORTH_COPYING = 16
"""Tokens that another role must know more of a question than this one."""


@dataclass
class Seat:
    """What one role has read."""

    number: int
    """Of the sequence in the library."""
    role: str = ""
    tokens: list[int] = field(default_factory=list)
    used: int = 0


class Seats:
    """The sequences of one context."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seats = [Seat(number) for number in range(engine.options.seats)]
        self._clock = count(1)

    def of(self, role: str) -> Seat:
        """Give a role's seat; if none is free, whoever waited longest loses theirs."""
        seat = next((each for each in self._seats if each.role == role), None)
        if seat is None:
            seat = min(self._seats, key=lambda each: each.used)
            self.clear(seat)
            seat.role = role
        seat.used = next(self._clock)
        return seat

    def taken(self) -> dict[str, int]:
        """Tell which roles have a seat, and how many tokens each has read."""
        return {seat.role: len(seat.tokens) for seat in self._seats if seat.role}

    def prepare(self, seat: Seat, prompt: Sequence[int], room: int) -> int:
        """Keep of a seat what the prompt begins with; gives how many tokens.

        At least one token is left to read, or nothing could be said after it.
        """
        most = len(prompt) - 1
        if not self._engine.options.reuse:
            self.clear(seat)
            self._make_room(seat, len(prompt) + room)
            return 0
        kept = min(_common(seat.tokens, prompt), most)
        others = [each for each in self._seats if each is not seat]
        best = max(others, key=lambda each: _common(each.tokens, prompt), default=seat)
        shared = min(_common(best.tokens, prompt), most)
        if shared >= kept + WORTH_COPYING:
            self.clear(seat)
            self._engine.copy(best.number, seat.number, shared)
            # A state that cannot be cut is copied whole, or not at all.
            if self._engine.length(seat.number) == shared:
                seat.tokens = best.tokens[:shared]
                kept = shared
            else:
                self.clear(seat)
                kept = 0
        self.cut(seat, kept)
        self._make_room(seat, len(prompt) + room)
        return len(seat.tokens)

    def cut(self, seat: Seat, length: int) -> None:
        """Forget a seat's tokens from a place on; all of them, if it must be."""
        if length == len(seat.tokens) == self._engine.length(seat.number):
            return
        if length and self._engine.forget(seat.number, length):
            del seat.tokens[length:]
        else:
            self.clear(seat)

    def clear(self, seat: Seat) -> None:
        """Forget all that a seat has read."""
        self._engine.forget(seat.number)
        seat.tokens = []

    def clear_others(self, seat: Seat) -> bool:
        """Forget what everybody else has read; tells whether there was anything."""
        others = [each for each in self._seats if each is not seat and each.tokens]
        for each in others:
            self.clear(each)
        return bool(others)

    def _make_room(self, seat: Seat, needed: int) -> None:
        others = [each for each in self._seats if each is not seat and each.tokens]
        others.sort(key=lambda each: each.used)
        # Shared cells are counted for each who shares them: rather too few seats.
        while others and needed + sum(len(e.tokens) for e in others) > (
            self._engine.cells
        ):
            self.clear(others.pop(0))

    def read(self, seat: Seat, tokens: Sequence[int]) -> None:
        """Read on, in a seat; afterwards the library has an opinion what comes next."""
        if not tokens:
            return
        # The last by itself: so it is computed in the same way, to the last bit,
        # whether the others were read just now or were kept. Same seed, same text.
        for part in (tokens[:-1], tokens[-1:]):
            start = len(seat.tokens)
            try:
                self._engine.read(seat.number, part, start)
            except NoRoom:
                if not self.clear_others(seat):
                    raise
                self._engine.forget(seat.number, start)
                self._engine.read(seat.number, part, start)
            seat.tokens.extend(part)


def _common(known: Sequence[int], prompt: Sequence[int]) -> int:
    if known[: len(prompt)] == prompt[: len(known)]:
        return min(len(known), len(prompt))
    return next(
        index for index, (a, b) in enumerate(zip(known, prompt, strict=False)) if a != b
    )
