"""What a run is told of its own past, and where it says what happens."""

from __future__ import annotations

from collections.abc import Sequence

from plugwright.agents.limits import Spent
from plugwright.providers import Completion, Message, Request, ToolCall


class Records:
    """One run's past and its pen. This one keeps nothing; others override it."""

    id = ""
    is_replay = False
    instructions = ""
    """In a replay, what the model was told first in the run that is replayed."""

    def __init__(self, messages: Sequence[Message] = ()) -> None:
        self.messages = [*messages]
        """The conversation up to where the run begins, or goes on."""
        self.repairs = 0
        """How often the model was told to mend its answer."""
        self.spent = Spent()

    @property
    def open(self) -> tuple[ToolCall, ...]:
        """Calls that the model still waits for."""
        return open_calls(self.messages)

    def add(self, messages: Sequence[Message]) -> None:
        """Keep what was said elsewhere."""
        for message in messages:
            self.said(message, "said")
            self.messages.append(message)

    def said(self, message: Message, kind: str) -> None:
        """Keep a message."""

    def known(self, request: Request) -> Completion | None:
        """Give an answer that is paid for already."""
        return None

    def asked(self, request: Request) -> str:
        """Keep that this is asked now; gives the question a name, or none."""
        return ""

    @property
    def is_in_doubt(self) -> bool:
        """Whether the next question may have been asked, and paid for, before."""
        return False

    def answered(
        self, request: Request, completion: Completion, cost: float, spent: Spent
    ) -> None:
        """Keep an answer; when this returns, it survives everything."""

    def used(self, completion: Completion) -> None:
        """Keep what the abilities made of the answer."""

    def broke_off(self, text: str) -> None:
        """Keep how far an answer came."""

    def told(self, call: ToolCall) -> str | None:
        """Give what a tool said already."""
        return None

    def may_begin(self, call: ToolCall) -> bool:
        """Tell whether a call may be made; it begins then."""
        return True

    def hurt(self, kind: str, what: str, seconds: float = 0.0, tokens: int = 0) -> None:
        """Count a pain."""

    def ended(self, state: str, why: str, spent: Spent) -> None:
        """Keep how it ended."""


def open_calls(messages: Sequence[Message]) -> tuple[ToolCall, ...]:
    """Find the calls that a conversation still waits for."""
    answers = 0
    for message in reversed(messages):
        if message.role == "tool":
            answers += 1
        else:
            return message.calls[answers:]
    return ()
