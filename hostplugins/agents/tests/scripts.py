"""Models with a script, and agents around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any

from plugwright import Agent
from plugwright.agents import Builder
from plugwright.host import Host
from plugwright.providers import (
    Cancel,
    Completion,
    Done,
    Event,
    Finish,
    Piece,
    Request,
    ToolCall,
)


class Model:
    """Gives its answers in order, or what a function says; raises errors among them."""

    def __init__(
        self, *answers: Any, by: Callable[[Request], Any] | None = None
    ) -> None:
        self.name = "scripted"
        self.answers = [*answers]
        self.by = by
        self.asked: list[Request] = []
        self._lock = Lock()

    def complete(self, request: Request) -> Completion:
        with self._lock:
            self.asked.append(request)
            answer = self.answers.pop(0) if self.by is None else None
        if self.by is not None:
            answer = self.by(request)
        if isinstance(answer, BaseException):
            raise answer
        return says(answer) if isinstance(answer, str) else answer


class Speaking(Model):
    """Gives its answers in pieces of so many characters."""

    def __init__(self, *answers: Any, size: int = 3) -> None:
        super().__init__(*answers)
        self.size = size

    def stream(self, request: Request, cancel: Cancel) -> Iterator[Event]:
        text = self.complete(request).text
        for start in range(0, len(text), self.size):
            yield Piece(text[start : start + self.size])
            if cancel.is_wished:
                said = text[: start + self.size]
                yield Done(says(said, finish=Finish.CANCELLED))
                return
        yield Done(says(text))


def says(text: str, **about: Any) -> Completion:
    return Completion(text=text, **{"tokens_in": 10, "tokens_out": 5, **about})


def wants(name: str, /, **arguments: Any) -> Completion:
    call = ToolCall(id="1", name=name, arguments=arguments)
    return says("", calls=(call,), finish=Finish.TOOLS)


def building(host: Host | None, *answers: Any, model: Any = None) -> Builder[str]:
    builder = Agent.builder("tester", host=host).model(model or Model(*answers))
    return builder.records(None)


def told(model: Model, n: int = -1) -> str:
    """What a tool said to the model at last."""
    return model.asked[n].messages[-1].content
