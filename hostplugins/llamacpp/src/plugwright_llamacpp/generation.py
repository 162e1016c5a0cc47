"""One answer: the question is read, then token after token is chosen and read."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from plugwright.errors import TooLong
from plugwright.providers import Cancel, Completion, Finish, Sampling
from plugwright_llamacpp.engine import Cancelled, Engine
from plugwright_llamacpp.sampler import Sampler
from plugwright_llamacpp.seats import Seat, Seats
from plugwright_llamacpp.spelling import Spelling


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A question, as tokens."""

    role: str
    prompt: Sequence[int]
    sampling: Sampling
    grammar: str = ""
    wish: str = "schema"
    """What the grammar was, before it was one, in the words of who asked."""
    stops: tuple[str, ...] = ()


class Generation:
    """Answers questions with one engine, one after the other."""

    def __init__(
        self, engine: Engine, seats: Seats, threads: Callable[[], int], model: str
    ) -> None:
        self._engine = engine
        self._seats = seats
        self._threads = threads
        self._model = model

    def answer(
        self, ask: Ask, cancel: Cancel, say: Callable[[str], None], asked: float
    ) -> Completion:
        """Answer, saying each piece of text as soon as it is certain.

        `asked` is when somebody began to wait for it.
        """
        context = self._engine.cells
        if len(ask.prompt) >= context:
            raise too_long(self._engine, len(ask.prompt))
        room = max(1, min(ask.sampling.max_tokens, context - len(ask.prompt)))
        with Sampler(self._engine, ask.sampling, ask.grammar, ask.wish) as sampler:
            self._engine.use_threads(self._threads())
            seat = self._seats.of(ask.role)
            kept = self._seats.prepare(seat, ask.prompt, room)
            run = _Run(self._engine, seat, sampler, ask, room)
            try:
                self._seats.read(seat, ask.prompt[kept:])
                first = time.perf_counter()
                finish = run.go(cancel, say, self._threads)
            except Cancelled:
                first = time.perf_counter()
                finish = Finish.CANCELLED
            finally:
                # What was read after the last token that is known was read for nothing.
                self._seats.cut(seat, len(seat.tokens))
        rest = run.spelling.end()
        if rest:
            say(rest)
            run.said.append(rest)
        if run.spelling.has_stopped:
            finish = Finish.STOP
        return Completion(
            text="".join(run.said),
            tokens_in=len(ask.prompt),
            tokens_out=run.count,
            tokens_cached=kept,
            finish=finish,
            waited=first - asked,
            seconds=time.perf_counter() - asked,
            model=self._model,
        )


class _Run:
    """The loop of one answer."""

    def __init__(
        self, engine: Engine, seat: Seat, sampler: Sampler, ask: Ask, room: int
    ) -> None:
        self._engine = engine
        self._seat = seat
        self._sampler = sampler
        self._room = room
        self.spelling = Spelling((*ask.sampling.stop, *ask.stops))
        self.said: list[str] = []
        self.count = 0

    def go(
        self, cancel: Cancel, say: Callable[[str], None], threads: Callable[[], int]
    ) -> Finish:
        engine, seat, spelling = self._engine, self._seat, self.spelling
        choose, piece, add = self._sampler.choose, engine.piece, spelling.add
        read, known, said = engine.read_one, seat.tokens, self.said
        position = len(known)
        while True:
            if cancel.is_wished:
                return Finish.CANCELLED
            token = choose()
            data = piece(token)
            if data is None:
                return Finish.STOP
            self.count += 1
            text = add(data)
            if text:
                said.append(text)
                say(text)
            if spelling.has_stopped:
                return Finish.STOP
            if self.count >= self._room:
                return Finish.LENGTH
            engine.use_threads(threads())
            read(token, position)
            known.append(token)
            position += 1


def too_long(engine: Engine, tokens: int) -> TooLong:
    """Say by how much a question is too long, and what would hold it."""
    context = engine.cells
    error = TooLong(engine.name, tokens=tokens, context=context)
    over = tokens - context + 1
    error.remedy = f"send at least {over} tokens less"
    needed = -(-(tokens + 256) // 256) * 256
    if needed <= engine.header.trained_context:
        error.remedy += f", or open it with `?context={needed}`"
    else:
        trained = engine.header.trained_context
        error.remedy += (
            f"; the model itself was made for {trained}" if trained > context else ""
        ) + ", or use a model with a longer context"
    return error
