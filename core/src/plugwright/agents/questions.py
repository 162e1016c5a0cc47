"""Asks the model of a run, so that no answer is lost or paid for twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from plugwright.agents.pains import ASKING
from plugwright.agents.stops import PerhapsPaid
from plugwright.errors import BrokeContract, Malformed, PlugwrightError, in_one_line
from plugwright.providers import (
    Completion,
    Done,
    Finish,
    Piece,
    Request,
    Streams,
    able,
)

if TYPE_CHECKING:
    from plugwright.agents.limits import Deadline, Meter
    from plugwright.agents.plans import Plan
    from plugwright.agents.records import Records


class Questions:
    """What one run asks its model."""

    def __init__(
        self,
        plan: Plan,
        records: Records,
        meter: Meter,
        deadline: Deadline,
        tell: Callable[[Piece], None],
        *,
        again: bool,
    ) -> None:
        self.unkept: Completion | None = None
        """An answer that is paid for, but could not be written down."""
        self._provider = plan.provider
        self._records = records
        self._meter = meter
        self._deadline = deadline
        self._tell = tell
        self._again = again
        """Whether to ask what may have been paid for already."""
        # Not `isinstance`, which looks through the protocol anew for each run.
        streams = callable(getattr(plan.provider, "stream", None))
        self._streaming = cast(Streams, plan.provider) if streams else None

    def answer(self, request: Request) -> Completion:
        """Give an answer that is paid for and on the disk."""
        if (known := self._records.known(request)) is not None:
            return known
        self._deadline.check()
        completion = self._have(self._named(request))
        self._meter.count(completion)
        cost, trouble = 0.0, None
        try:
            cost = self._meter.charge(self._provider, completion)
        except PlugwrightError as error:
            trouble = error  # the answer is kept first
        if completion.finish is Finish.CANCELLED:
            self._records.broke_off(completion.text)
            raise self._deadline.reason
        self.unkept = completion
        self._records.answered(request, completion, cost, self._meter.spent)
        self.unkept = None
        if trouble is not None:
            raise trouble
        return completion

    def _named(self, request: Request) -> Request:
        """Give the request as it is sent; that it is, is on record then."""
        is_new = self._again or not self._records.is_in_doubt
        if not is_new and able(self._provider).may_cost:
            raise PerhapsPaid(self._records.id, self._provider.name)
        allowed = self._meter.allow(self._provider, request)
        name = self._records.asked(request)
        return replace(allowed, once=name) if name else allowed

    def _have(self, request: Request) -> Completion:
        said: list[str] = []
        asking = ASKING.set(self._records.hurt)
        try:
            if self._streaming is None:
                completion = self._provider.complete(request)
                if completion.text:
                    self._tell(Piece(completion.text))
                return completion
            for event in self._streaming.stream(request, self._deadline.cancel):
                if isinstance(event, Done):
                    return event.completion
                said.append(event.text)
                self._tell(event)
            raise BrokeContract(
                self._provider.name, "its answer ended without a `Done`"
            )
        except BaseException as error:
            if isinstance(error, Malformed) and error.completion is not None:
                return error.completion  # who reads it tells the model what is wrong
            # Whoever goes on from here was told: what follows is no double payment.
            self._records.broke_off("".join(said))
            if isinstance(error, PlugwrightError) or not isinstance(error, Exception):
                raise
            # Broad on purpose: a provider is a stranger's code.
            raise BrokeContract(self._provider.name, in_one_line(error)) from error
        finally:
            ASKING.reset(asking)
