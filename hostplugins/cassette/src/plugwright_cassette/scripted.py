"""A provider for tests, which says what it was told to say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock

from plugwright.errors import UsageError
from plugwright.providers import Capabilities, Completion, Request

Answer = str | Completion


class Scripted:
    """Answers from a list, in order, or from a function of the request.

    Scripted(["first", "second"])
    Scripted(lambda request: f"I am the {request.role}")
    """

    name = "scripted"
    capabilities = Capabilities(tools=True)

    def __init__(self, script: Iterable[Answer] | Callable[[Request], Answer]) -> None:
        self.requests: list[Request] = []
        """What was asked so far, for a test to look at."""
        self._answer = script if callable(script) else self._next
        self._answers = iter(()) if callable(script) else iter(script)
        self._lock = Lock()

    def complete(self, request: Request) -> Completion:
        """Give the next answer of the script."""
        with self._lock:
            self.requests.append(request)
            answer = self._answer(request)
        return Completion(text=answer) if isinstance(answer, str) else answer

    def _next(self, request: Request) -> Answer:
        for answer in self._answers:
            return answer
        raise UsageError(
            f"the script ended before call {len(self.requests)}, "
            f"of `{request.role}` with template `{request.template}`",
            remedy="give it more answers, or a function",
        )
