"""How a run ends without an answer.

RunStopped            names the run and keeps its messages, so that it can go on
├── LimitReached      a limit did its work, before the call that was too much
├── PerhapsPaid       a question may have been paid for before a process was killed
├── Misfit            the answer is not as asked, not even the second time; keeps it
└── RunCancelled      somebody wished it

What a provider or a plugin raised is the `cause` of a plain `RunStopped`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugwright.errors import PlugwrightError

if TYPE_CHECKING:
    from plugwright.agents.limits import Spent
    from plugwright.providers import Message


class RunStopped(PlugwrightError):
    """A run ended without an answer, and can go on from where it was."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.run = ""
        """What `plugwright runs resume` takes; empty for a run that is not recorded."""
        self.messages: tuple[Message, ...] = ()
        """The conversation up to here. `Agent.resume` takes it, too."""
        self.spent: Spent | None = None

    @property
    def cause(self) -> BaseException | None:
        """What a provider, an ability or the machine raised, if it was that."""
        return self.__cause__


class LimitReached(RunStopped):
    """The next call would be more than this run may use up."""

    def __init__(self, limit: str, how: str) -> None:
        super().__init__(
            f"the limit `{limit}` ended the run: {how}",
            remedy=f"give it less to do, or a higher `{limit}`",
        )
        self.limit = limit


class PerhapsPaid(RunStopped):
    """A question was under way when the process died, and asking again may cost."""

    def __init__(self, run: str, provider: str) -> None:
        super().__init__(
            f"a question to `{provider}` was under way when the run was killed; its"
            " answer is lost, and may have been paid for",
            remedy=f"`plugwright runs resume {run} --again` asks and pays again",
        )


class Misfit(RunStopped):
    """The model's answer is not what was asked for."""

    def __init__(self, problem: str, text: str) -> None:
        super().__init__(
            f"the answer is not as asked: {problem}",
            remedy="what it said is kept; ask for less at once, or take a model that"
            " follows schemas",
        )
        self.text = text
        """What it said last, so that it is not lost."""


class RunCancelled(RunStopped):
    """Somebody does not want the answer any more."""

    def __init__(self) -> None:
        super().__init__("the run was cancelled")


class Again(Exception):
    """An ability raises it in `after`: the answer will not do, and this is why.

    Not an error of anybody: the run goes on, unless it happens once too often.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
