"""An agent: a model, what it is told, and what it may use."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Generic, Self, TypeVar
from weakref import finalize

from plugwright.agents.abilities import overriding
from plugwright.agents.limits import its_own
from plugwright.agents.plans import Approver, Plan
from plugwright.agents.records import Records
from plugwright.agents.results import AgentEvent, Listen, Result
from plugwright.agents.run import Run
from plugwright.agents.stops import RunStopped
from plugwright.errors import UsageError
from plugwright.providers import Message

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from plugwright.agents.builder import Builder
    from plugwright.agents.recording import Recorded
    from plugwright.agents.replaying import Replay
    from plugwright.agents.runbook import Row, RunBook
    from plugwright.host import Host
    from plugwright.providers import Cancel

T = TypeVar("T")


class Agent(Generic[T]):
    """Something that answers, with tools. Made by `Agent.builder`; may be shared.

    agent = (
        Agent.builder("tutor")
        .model("openai/gpt-5-mini")
        .instructions("Explain it to a child.")
        .tools(look_up)
        .build()
    )
    print(agent.run("What is a half?").text)
    """

    def __init__(self, plan: Plan, host: Host | None = None) -> None:
        self.plan = plan
        self._host = host
        """One that was opened for this agent, and ends with it."""
        self._book: RunBook | None = None
        self._making = Lock()
        self._is_direct = not (
            overriding(plan.abilities, "around") or overriding(plan.abilities, "after")
        )

    @staticmethod
    def builder(name: str, *, host: Host | None = None) -> Builder[str]:
        """Begin to build an agent. A host is needed for models and plugins by name."""
        from plugwright.agents.builder import Builder

        return Builder(name, host)

    def approved_by(self, approver: Approver) -> Agent[T]:
        """Give this agent with somebody to ask, instead of the one it was."""
        other: Agent[T] = Agent(replace(self.plan, approver=approver), self._host)
        self._host = None  # it ends with the other one
        return other

    @property
    def name(self) -> str:
        """What it is called in records."""
        return self.plan.name

    # Running.

    def run(
        self,
        prompt: str,
        *,
        history: Sequence[Message] = (),
        cancel: Cancel | None = None,
        listen: Listen | None = None,
    ) -> Result[T]:
        """Answer. Raises `RunStopped`, which keeps the conversation.

        `history` is the conversation before, as `Result.messages` has it; `listen` is
        told each piece of text and each call of a tool. A wish to `cancel` ends what
        the model says; on the main thread, a tool under way comes to its end first.
        """
        return self._run(cancel, listen).go(prompt, history)

    async def arun(
        self,
        prompt: str,
        *,
        history: Sequence[Message] = (),
        cancel: Cancel | None = None,
        listen: Listen | None = None,
    ) -> Result[T]:
        """Like `run`, without blocking the loop; tools that are async run on it."""
        from asyncio import get_running_loop

        from plugwright.agents.threads import awaited

        cancel, loop = its_own(cancel), get_running_loop()
        return await awaited(
            lambda: self._run(cancel, listen, loop).go(prompt, history), cancel
        )

    def stream(
        self,
        prompt: str,
        *,
        history: Sequence[Message] = (),
        cancel: Cancel | None = None,
    ) -> Iterator[AgentEvent]:
        """Give what happens while it does, and the `Result` last.

        Closing the iterator cancels the run.
        """
        from plugwright.agents.threads import streamed

        cancel = its_own(cancel)
        return streamed(
            lambda listen: self._run(cancel, listen).go(prompt, history), cancel
        )

    def astream(
        self,
        prompt: str,
        *,
        history: Sequence[Message] = (),
        cancel: Cancel | None = None,
    ) -> AsyncIterator[AgentEvent]:
        """Like `stream`, for `async for`."""
        from asyncio import get_running_loop

        from plugwright.agents.threads import astreamed

        cancel, loop = its_own(cancel), get_running_loop()
        return astreamed(
            lambda listen: self._run(cancel, listen, loop).go(prompt, history),
            cancel,
        )

    # Going on, and doing it again.

    def resume(
        self,
        run: str | Sequence[Message] | RunStopped,
        *,
        cancel: Cancel | None = None,
        listen: Listen | None = None,
        again: bool = False,
    ) -> Result[T]:
        """Go on with a run where it ended: by its id, its messages, or its error.

        What was answered is not asked again. Limits hold for the whole of the run.
        Raises `PerhapsPaid` where the process died while a model was asked that may
        cost something; with `again`, it is asked again.
        """
        if isinstance(run, str):
            records = self._resumed(run)
        elif isinstance(run, RunStopped) and run.run:
            records = self._resumed(run.run)
            # What could not be written down then, as the disk was full, is known here.
            records.add(run.messages[len(records.messages) :])
        else:
            messages = run.messages if isinstance(run, RunStopped) else run
            records = self._begun(messages)
        run_on = Run[T](self.plan, records, cancel=cancel, listen=listen, again=again)
        return run_on.go()

    def replay(self, run: str, *, tools: bool = False) -> Replay[T]:
        """Do a run again with the recorded answers; no model is asked.

        Tools give what they gave; with `tools`, those that are repeatable are called.
        """
        from plugwright.agents.replaying import Replay, Replayed, opening

        row = self.book.row(run)
        entries = self.book.entries(row.id)
        said = opening(entries)
        if not said:
            raise UsageError(
                f"the run `{run}` has nothing to replay", remedy="choose another"
            )
        history = [each for each in said[:-1] if each.role != "system"]
        again = {n for n, tool in self.plan.tools.items() if tool.repeatable and tools}
        records = Replayed(entries, frozenset(again))
        result, stopped = None, ""
        try:
            result = Run[T](self.plan, records).go(said[-1].content, history)
        except RunStopped as error:
            stopped = error.message
        if row.state == "done":
            records.over(stopped)
        return Replay(
            result=result, stopped=stopped, differences=tuple(records.differences)
        )

    # The book.

    @property
    def book(self) -> RunBook:
        """Where its runs are recorded."""
        with self._making:
            if self._book is None:
                if self.plan.records is None:
                    raise UsageError(
                        f"the agent `{self.name}` keeps no records",
                        remedy="build it without `.records(None)`",
                    )
                from plugwright.agents.runbook import RunBook

                self._book = RunBook(self.plan.records)
                # Few close what looks like a value, and files want to be closed.
                finalize(self, self._book.close)
            return self._book

    def close(self) -> None:
        """Let go of the book, and of a host that was opened for this agent."""
        if self._book is not None:
            self._book.close()
        if self._host is not None:
            self._host.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *why: object) -> None:
        self.close()

    def _run(
        self,
        cancel: Cancel | None,
        listen: Listen | None,
        loop: AbstractEventLoop | None = None,
    ) -> Run[T]:
        return Run(self.plan, self._begun(), cancel=cancel, listen=listen, loop=loop)

    def _begun(self, messages: Sequence[Message] = ()) -> Records:
        if self.plan.records is None:
            return Records(messages)
        id = f"{time.time_ns() // 1_000_000:x}-{os.urandom(3).hex()}"
        self.book.begin(id, self.name, self.plan.provider.name, self.plan.made_by)
        records = self._pen(id)
        records.add(messages)
        return records

    def _resumed(self, run: str) -> Records:
        row: Row = self.book.row(run)
        if row.agent != self.name:
            raise UsageError(
                f"the run `{row.id}` is one of `{row.agent}`, not of `{self.name}`",
                remedy="resume it with the agent that began it",
            )
        self.book.claim(row.id)
        records = self._pen(row.id)
        records.take(self.book.entries(row.id), row.spent)
        if not records.messages:
            records.ended("stopped", "nothing was said", row.spent)
            raise UsageError(
                f"the run `{row.id}` ended before anything was said",
                remedy="begin a new one",
            )
        return records

    def _pen(self, id: str) -> Recorded:
        from plugwright.agents.recording import Recorded

        return Recorded(self.book, id, self.name, is_direct=self._is_direct)
