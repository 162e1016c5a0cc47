"""Asks one agent many questions at a time: none twice, and none where it is no use.

Before the model is asked, the journal has which run does. So of a process that died,
the next one takes the answer from the record of that run, or goes on with it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from threading import Condition
from typing import Any, TypeVar

from plugwright.agents import (
    Ability,
    Agent,
    Ask,
    LimitReached,
    Misfit,
    PerhapsPaid,
    Plan,
    Result,
    Run,
    RunCancelled,
    RunStopped,
    Spent,
    Unreadable,
)
from plugwright.errors import (
    Declined,
    HostError,
    NotAuthenticated,
    PlugwrightError,
    TooLong,
    UsageError,
)
from plugwright.providers import Cancel, Completion, Finish, Request
from plugwright_agents.journal import Answer, Journal, Known, key_of
from plugwright_agents.pool import in_order

T = TypeVar("T")
R = TypeVar("R")

SAME = 5
"""How often in a row the same may go wrong before nothing more is asked."""
GRACE = 1.0
"""Seconds that what is under way has to come to its end when all is stopped."""


class Left(PlugwrightError):
    """Nobody was asked: it would have been no use, or another process is at it."""


class Missed(PlugwrightError):
    """There is no answer as asked; says why."""


class Noting(Ability):
    """Notes which run asks, before it does."""

    name = "journal"

    def __init__(self, journal: Journal, task: str) -> None:
        self.before: dict[str, str] = {}
        """The run that asked the same before, by the key of the question."""
        self._journal = journal
        self._task = task

    def key(self, plan: Plan, *asked: str) -> str:
        """Give the key in the journal of what is asked."""
        return key_of(self._task, plan.provider.name, plan.instructions, *asked)

    def around(self, run: Run[Any], request: Request, ask: Ask) -> Completion:
        """Note the run when it asks first; more is asked only to mend an answer."""
        [prompt, *more] = [m.content for m in request.messages if m.role == "user"]
        if not more and not run.spent.requests:
            key = self.key(run.plan, prompt)
            if not self._journal.begin(key, run.id, self.before.get(key, "")):
                raise Left("another process is at it")
        return ask(request)


@dataclass
class Questions:
    """The questions to one agent; safe to share between threads."""

    agent: Agent[Any]
    noting: Noting
    journal: Journal
    spent: Spent = field(default_factory=Spent)
    trouble: PlugwrightError | None = None
    """Why nothing more is asked."""
    unkept: int = 0
    """Answers that were given, and could not be written down anywhere."""

    def __post_init__(self) -> None:
        self._changes = Condition()
        self._under_way: set[Cancel] = set()
        self._is_over = False
        self._same = ("", 0)

    def key(self, *asked: str) -> str:
        """Give the key in the journal of what is asked."""
        return self.noting.key(self.agent.plan, *asked)

    def known(self, prompt: str) -> Answer | None:
        """Say how far a question came before."""
        return self.journal.find(self.key(prompt))

    def each(
        self,
        work: Callable[[T], R],
        things: Iterable[T],
        workers: int,
        tick: Callable[[], object] = bool,
    ) -> Generator[R, None, None]:
        """Give what `work` makes of each thing, in order. Closing it stops all."""
        try:
            yield from in_order(work, things, workers, tick)
        finally:
            self.stop()

    def stop(self) -> None:
        """Ask no more, and end what is under way where that can be done."""
        with self._changes:
            self._is_over = True
            under_way = [*self._under_way]
        for cancel in under_way:
            cancel.wish()
        with self._changes:
            # An answer that came just now is to be kept.
            self._changes.wait_for(lambda: not self._under_way, GRACE)

    def ask(self, prompt: str, *, is_afresh: bool = False) -> Any:
        """Give an answer, which is kept. Raises `Left` or `Missed`."""
        key = self.key(prompt)
        with self._begun() as cancel:
            known = self.journal.find(key)
            if known is not None and known.state is Known.DONE and not is_afresh:
                return known.value  # from another process, just now
            run, spent = self._before(None if is_afresh else known)
            try:
                self.noting.before[key] = "" if known is None else known.run
                result = self._result(prompt, run, cancel)
            except RunStopped as error:
                self._add(error.spent or Spent(), spent)
                return self._after(error, key)
            except PlugwrightError as error:  # it could not even begin
                self._end(error)
                raise Missed(error.message, remedy=error.remedy) from error
            finally:
                self.noting.before.pop(key, None)
            self._add(result.spent, spent)
            self._same = ("", 0)
            if self._is_cut(result, spent):
                told = f"{result.spent.tokens_out:,} tokens"
                why = f"the answer was cut off after {told}"
                raise self._unfit(key, why, result.run)
            self._keep(lambda: self.journal.keep(key, result.value, result.run))
            return result.value

    @contextmanager
    def _begun(self) -> Iterator[Cancel]:
        cancel = Cancel()
        with self._changes:
            if self._is_over:
                raise Left("" if self.trouble is None else self.trouble.message)
            self._under_way.add(cancel)
        try:
            yield cancel
        finally:
            with self._changes:
                self._under_way.discard(cancel)
                self._changes.notify_all()

    def _before(self, known: Answer | None) -> tuple[str, Spent]:
        """Find the run that asked this, and was ended before its answer was kept."""
        if known is None or known.state is not Known.BEGUN:
            return "", Spent()
        try:
            row = self.agent.book.row(known.run)
        except UsageError:
            return "", Spent()  # somebody deleted it
        if row.is_going_on:
            raise Left("another process is at it")
        return row.id, row.spent

    def _result(self, prompt: str, run: str, cancel: Cancel) -> Result[Any]:
        if run:
            try:
                return self.agent.resume(run, cancel=cancel)
            except UsageError:
                pass  # it ended before the model was asked
        return self.agent.run(prompt, cancel=cancel)

    def _is_cut(self, result: Result[Any], before: Spent) -> bool:
        if self.agent.plan.shape.schema is not None:
            return False  # it follows the schema, so it is whole
        finish: str = result.finish
        if result.spent.requests == before.requests:  # nobody was asked this time
            for entry in self.agent.book.entries(result.run):
                if entry.kind == "answer":
                    finish = entry.facts["completion"]["finish"]
        return finish == Finish.LENGTH

    # Where there is no answer, or none that can be kept.

    def _after(self, error: RunStopped, key: str) -> Any:
        """Give an answer that came, but could not be recorded. Else raises."""
        why, cause = error.message, error.cause
        if isinstance(error, RunCancelled) or isinstance(cause, Left):
            raise Left(self._why_left(why)) from error
        if isinstance(error, LimitReached) and error.limit.startswith("total "):
            self._end(UsageError(why, remedy="allow more, and begin it again"))
            raise Left(self._why_left(why)) from error
        if isinstance(error, Misfit):
            self._same = ("", 0)
            raise self._unfit(key, why, error.run) from error
        if isinstance(cause, HostError):
            self._end(cause)
            for value in self._said(error):
                with self._changes:
                    self.unkept += 1
                return value
        told = error if isinstance(error, PerhapsPaid) else cause
        remedy = told.remedy if isinstance(told, PlugwrightError) else ""
        if not isinstance(cause, TooLong | Declined) and self._is_no_use(why, cause):
            self._end(UsageError(why, remedy=remedy))
        raise Missed(why, remedy=remedy) from error

    def _said(self, error: RunStopped) -> Iterator[Any]:
        if error.messages and error.messages[-1].role == "assistant":
            try:
                yield self.agent.plan.shape.read(error.messages[-1].content)
            except Unreadable:
                return

    def _is_no_use(self, why: str, cause: BaseException | None) -> bool:
        """Tell whether the next question would come to the same end."""
        with self._changes:
            before, times = self._same
            self._same = (why, times + 1 if why == before else 1)
            return self._same[1] >= SAME or isinstance(cause, NotAuthenticated)

    def _unfit(self, key: str, why: str, run: str) -> Missed:
        why = f"{why}; `plugwright runs show {run}` has what it said"
        self._keep(lambda: self.journal.unfit(key, why, run))
        return Missed(why)

    def _keep(self, keep: Callable[[], None]) -> None:
        try:
            keep()
        except PlugwrightError as error:
            self._end(error)  # it is paid for, and so given all the same

    def _why_left(self, why: str) -> str:
        return why if self.trouble is None else self.trouble.message

    def _end(self, trouble: PlugwrightError) -> None:
        """Begin nothing more; what is under way is paid for, and comes to its end."""
        with self._changes:
            self._is_over = True
            self.trouble = self.trouble or trouble

    def _add(self, spent: Spent, before: Spent) -> None:
        with self._changes:
            for each in fields(Spent):
                now = getattr(spent, each.name) - getattr(before, each.name)
                setattr(self.spent, each.name, getattr(self.spent, each.name) + now)
