"""One run: asks the model, calls what it wants called, until it has an answer."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar

from plugwright.agents.abilities import Ask, Do, called, overriding, owned, wrapped
from plugwright.agents.answers import Unreadable, told
from plugwright.agents.limits import Deadline, Meter, Spent
from plugwright.agents.pains import Pain, pain_of
from plugwright.agents.questions import Questions
from plugwright.agents.records import Records, open_calls
from plugwright.agents.results import AgentEvent, Called, Calling, Listen, Result
from plugwright.agents.stops import (
    Again,
    Misfit,
    PerhapsPaid,
    RunCancelled,
    RunStopped,
)
from plugwright.agents.toolbox import LOST, Toolbox
from plugwright.errors import PlugwrightError, in_one_line
from plugwright.providers import Cancel, Finish, Message, Request, ToolCall

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from plugwright.agents.plans import Plan

T = TypeVar("T")


class _Unheard(BaseException):
    """Who listens failed. No `Exception`, as neither model nor ability did."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class Run(Generic[T]):
    """One run under way. Abilities see it, and change nothing but by `count`."""

    def __init__(
        self,
        plan: Plan,
        records: Records,
        *,
        cancel: Cancel | None = None,
        listen: Listen | None = None,
        loop: AbstractEventLoop | None = None,
        again: bool = False,
    ) -> None:
        self.plan = plan
        self.id = records.id
        """What `plugwright runs show` takes; empty if it is not recorded."""
        self.is_replay = records.is_replay
        """Whether answers come from a record, and nothing is asked or paid for."""
        self.recorded = records.instructions
        """In a replay, what the model was told first then; empty where it is none."""
        self.prompt = ""
        """What is asked; empty where a run goes on."""
        self.messages: list[Message] = [*records.messages]
        self._records = records
        self._listen = listen
        self._open: list[ToolCall] = [*records.open]
        self._repairs = records.repairs
        self._finish = Finish.STOP
        self._meter = meter = Meter(plan.limits, plan.price, records.spent)
        self._deadline = deadline = Deadline(meter, plan.limits.seconds, cancel)
        self._questions = Questions(
            plan, records, meter, deadline, self._tell, again=again
        )
        self._toolbox = Toolbox(plan, records, meter, deadline, loop)
        self._answer: Ask = self._questions.answer
        for around in reversed(overriding(plan.abilities, "around")):
            self._answer = wrapped(around, self, self._answer)
        self._do: Do = self._toolbox.do
        for calling in reversed(overriding(plan.abilities, "calling")):
            self._do = wrapped(calling, self, self._do)
        self._afters = overriding(plan.abilities, "after")

    @property
    def cancel(self) -> Cancel:
        """Wished by whoever waits, or when the time is over."""
        return self._deadline.cancel

    @property
    def spent(self) -> Spent:
        """What the run has used up."""
        return self._meter.spent

    def count(
        self, kind: str, what: str = "", *, seconds: float = 0.0, tokens: int = 0
    ) -> None:
        """Count a pain: its kind, what exactly, and what it cost."""
        self._records.hurt(kind, what, seconds, tokens)

    def go(
        self, prompt: str | None = None, history: Sequence[Message] = ()
    ) -> Result[T]:
        """Answer a prompt, or go on with what was said. Raises `RunStopped`."""
        try:
            with self._deadline:
                if prompt is not None:
                    self._open_with(prompt, history)
                value = self._loop()
        except PlugwrightError as error:
            self._stop(error)
        except _Unheard as unheard:
            self._ended("stopped", in_one_line(unheard.error))
            raise unheard.error from None
        except BaseException as error:
            # Ctrl-C, and mistakes of our own: what was said is kept all the same.
            self.cancel.wish()
            is_wished = isinstance(error, KeyboardInterrupt)
            self._ended("interrupted" if is_wished else "stopped", in_one_line(error))
            raise
        return self._done(value)

    # The loop.

    def _open_with(self, prompt: str, history: Sequence[Message]) -> None:
        self.prompt = prompt
        said = [self.plan.instructions]
        for instructions in overriding(self.plan.abilities, "instructions"):
            said.append(owned(instructions, self))
        if (schema := self.plan.shape.schema) is not None:
            said.append(told(schema))
        if any(said):
            self._say(Message("system", "\n\n".join(filter(None, said))))
        for message in history:
            if message.role != "system":  # of which there is one, and it is ours
                self._say(message)
        for call in open_calls(history):  # of a run that was stopped
            self._say(Message("tool", LOST, answers=call.id))
        self._say(Message("user", prompt))

    def _loop(self) -> T:
        while True:
            while self._open:
                self._call(self._open[0])
                del self._open[0]
            last = self.messages[-1]
            if last.role == "assistant":
                try:
                    value: T = self.plan.shape.read(last.content)
                    return value
                except Unreadable as error:
                    why = f"That is not as asked: {error}."
                    self._again(why, Pain.REPAIR, str(error))
            self._ask()

    def _ask(self) -> None:
        """Ask the model once, and take its answer into the conversation."""
        answer = completion = self._answer(
            Request(
                role=self.plan.name,
                template="agent/1",
                messages=tuple(self.messages),
                sampling=self.plan.sampling,
                tools=self._toolbox.specs,
                schema=self.plan.shape.schema,
            )
        )
        again = None
        try:
            for after in self._afters:
                completion = owned(after, self, completion)
        except Again as wish:
            # Calls that nobody answers would confuse the model.
            again, completion = wish, replace(answer, calls=())
        self._records.used(completion)
        self.messages.append(Message("assistant", completion.text, completion.calls))
        self._open, self._finish = [*completion.calls], completion.finish
        if again is not None:
            self._again(again.why, Pain.GUARDRAIL, again.why)
        elif completion.finish is Finish.LENGTH:
            self.count(
                Pain.TRUNCATION,
                f"after {completion.tokens_out or '?'} tokens",
                seconds=completion.seconds,
                tokens=completion.tokens_out,
            )

    def _again(self, why: str, kind: Pain, what: str) -> None:
        """Have the model mend its answer, unless it did that often enough."""
        last = self.messages[-1].content
        if self._repairs >= self.plan.repairs:
            raise Misfit(what, last)
        self._repairs += 1
        self.count(kind, what, tokens=len(last) // 4)
        self._say(Message("user", f"{why} Answer again."), "again")

    def _call(self, call: ToolCall) -> None:
        """Have one call made, and tell the model what came of it."""
        text = self._records.told(call)
        if text is None:
            self._deadline.check()
            self._meter.allow_call()
            self._tell(Calling(call))
            text = self._do(call)
        self._say(Message("tool", text, answers=call.id), "tool")
        self._tell(Called(call, text))

    def _say(self, message: Message, kind: str = "said") -> None:
        self._records.said(message, kind)
        self.messages.append(message)

    def _tell(self, event: AgentEvent) -> None:
        if self._listen is not None:
            try:
                self._listen(event)
            except Exception as error:
                raise _Unheard(error) from error

    # The end.

    def _done(self, value: T) -> Result[T]:
        self._ended("done", answer=self.messages[-1].content)
        result = Result(
            value=value,
            text=self.messages[-1].content,
            finish=self._finish,
            messages=tuple(self.messages),
            spent=self.spent,
            run=self.id,
        )
        if self._listen is not None:
            self._listen(result)  # what it raises is the listener's own, and the end
        return result

    def _stop(self, error: PlugwrightError) -> NoReturn:
        if (paid := self._questions.unkept) is not None:
            # Whoever catches this has it, and may go on from there.
            self.messages.append(Message("assistant", paid.text, paid.calls))
        stop = error
        if not isinstance(stop, RunStopped):
            stop = RunStopped(error.message, remedy=error.remedy)
            stop.exit_code = error.exit_code
        stop.run, stop.spent = self.id, self.spent
        stop.messages = tuple(self.messages)
        if self.id and "runs resume" not in stop.remedy:
            go_on = f"`plugwright runs resume {self.id}` goes on from there"
            stop.remedy = f"{stop.remedy}; {go_on}" if stop.remedy else go_on
        state = "cancelled" if isinstance(stop, RunCancelled) else "stopped"
        is_doubt = isinstance(error, PerhapsPaid)  # the pain was that it was killed
        self._ended(state, error.message, None if is_doubt else pain_of(error))
        if stop is error:
            raise stop
        raise stop from error

    def _ended(
        self,
        state: str,
        why: str = "",
        pain: Pain | None = None,
        *,
        answer: str | None = None,
    ) -> None:
        """Keep how it ended. Where that fails, neither answer nor error is lost."""
        self._meter.elapsed()
        with suppress(PlugwrightError):
            self._records.ended(state, why, self.spent)
            if pain is not None:
                self.count(pain, why)
        if self.is_replay:
            return
        for ended in overriding(self.plan.abilities, "ended"):
            try:
                ended(self, answer)
            except Exception as error:
                # Broad on purpose: an ability is a stranger's code.
                said = f"{called(ended.__self__)}: {in_one_line(error)}"
                with suppress(PlugwrightError):
                    self.count(Pain.BROKEN, said)
