"""What was said in a chat, and who answers: what can be asked again and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from plugwright.agents import Agent, AgentEvent, Called, Calling, Plan, Result
from plugwright.agents.results import Listen
from plugwright.errors import UsageError
from plugwright.providers import Message, Piece
from plugwright_models.made import changed

CUT = "[interrupted]"
"""What an assistant says that was ended before it said anything."""


@dataclass(frozen=True)
class Turn:
    """One question, and all that came of it."""

    question: str
    messages: tuple[Message, ...]


class Conversation:
    """Turns, one after the other, with whoever the plan names."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.turns: list[Turn] = []
        self.unanswered = ""
        """The last question, if nothing came of it."""

    @property
    def messages(self) -> list[Message]:
        """All that was said, as the next question brings it along."""
        return [message for turn in self.turns for message in turn.messages]

    def ask(self, question: str, listen: Listen) -> Result[Any]:
        """Have a question answered. However that ends, what was heard is kept."""
        self.unanswered = question
        heard = _Heard(listen)
        agent: Agent[Any] = Agent(self.plan)
        before = self.messages
        try:
            result = agent.run(question, history=before, listen=heard)
        except BaseException:
            if said := heard.messages():
                self._keep(question, said)
            raise
        finally:
            agent.close()
        spoken = [each for each in result.messages if each.role != "system"]
        self._keep(question, spoken[len(before) + 1 :])
        return result

    def retry(self, listen: Listen) -> Result[Any]:
        """Ask the last question again, as if it had not been answered."""
        if not self.unanswered:
            self.unanswered = self.undo()
        return self.ask(self.unanswered, listen)

    def undo(self) -> str:
        """Take the last question and its answer back; gives the question."""
        if self.unanswered:
            question, self.unanswered = self.unanswered, ""
            return question
        if not self.turns:
            raise UsageError("nothing was asked yet", remedy="type a question")
        return self.turns.pop().question

    def clear(self) -> None:
        """Forget all that was said."""
        self.turns, self.unanswered = [], ""

    def take(self, messages: Sequence[Message]) -> None:
        """Go on with another talk; a question without an answer waits for `retry`.

        Instructions are left out: those of whoever answers now hold.
        """
        turns = list[list[Message]]()
        for message in messages:
            if message.role == "user":
                turns.append([])
            if turns and message.role != "system":
                turns[-1].append(message)
        if not turns:
            raise UsageError("nobody asked anything there", remedy="load another talk")
        self.clear()
        for question, *said in turns:
            if answer := _complete(said):
                self._keep(question.content, answer)
            else:
                self.unanswered = question.content

    def change(self, *, named: str = "", **what: Any) -> None:
        """Go on with another model, other instructions or other tools.

        `named` is how the model is opened again.
        """
        self.plan = replace(self.plan, **what)
        if not self.plan.made_by:
            return
        given: dict[str, Any] = {"model": named} if named else {}
        if "instructions" in what:
            given["system"] = self.plan.instructions
        if "tools" in what:
            given["tools"] = [*self.plan.tools]
        self.plan = replace(self.plan, made_by=changed(self.plan.made_by, **given))

    def _keep(self, question: str, said: Sequence[Message]) -> None:
        self.turns.append(Turn(question, (Message("user", question), *said)))
        self.unanswered = ""


def _complete(said: Sequence[Message]) -> list[Message]:
    """Make it end with an answer: whoever was killed still waits for tools."""
    if not said:
        return []
    last = max(n for n, message in enumerate(said) if message.role != "tool")
    calls, answers = said[last].calls, said[last + 1 :]
    if len(answers) < len(calls):
        return [*said[:last], Message("assistant", said[last].content or CUT)]
    if calls:
        return [*said, Message("assistant", CUT)]
    return [*said]


class _Heard:
    """Puts together what was said from its pieces, for an answer that is cut off."""

    def __init__(self, listen: Listen) -> None:
        self._listen = listen
        self._said: list[Message] = []
        self._text: list[str] = []

    def __call__(self, event: AgentEvent) -> None:
        match event:
            case Piece(text) if text:
                self._text.append(text)
            case Called(call, text):
                # Each call by itself: one that was never made is not told.
                self._said.append(Message("assistant", self._taken(), (call,)))
                self._said.append(Message("tool", text, answers=call.id))
            case Piece() | Calling() | Result():
                pass
        self._listen(event)

    def messages(self) -> list[Message]:
        """Give it as a conversation that can go on."""
        if self._text:
            return [*self._said, Message("assistant", "".join(self._text))]
        if self._said:
            return [*self._said, Message("assistant", CUT)]
        return []

    def _taken(self) -> str:
        text = "".join(self._text)
        self._text.clear()
        return text
