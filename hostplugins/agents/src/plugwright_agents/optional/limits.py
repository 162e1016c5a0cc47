"""The ability to keep within limits: of a run, of all runs together, and of a rate.

What one run may use up, the core counts. Here is what goes beyond one run: totals over
all runs of an agent, also where they go on at the same time, a rate that is kept by
waiting, a wait and another try where a service says that it was asked too often, and
prices from a dated table.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from plugwright.agents import Ability, Ask, Limits, Pain
from plugwright.errors import RateLimited, UsageError
from plugwright.host import Host
from plugwright.permissions import nearest
from plugwright.providers import Completion, Request, counted
from plugwright_agents.optional.options import checked
from plugwright_agents.optional.pacing import Pace, sleep
from plugwright_agents.optional.totals import Amounts, Purse
from plugwright_agents.prices import prices_in, prices_of

if TYPE_CHECKING:
    from plugwright.agents import Plan, Run

FIRST_WAIT = 1.0
"""Seconds, where a service does not say how long to wait; the next one is double."""

_Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_OWN = (
    *("total", "per_minute", "tokens_per_minute", "retries", "patience"),
    *("prices", *Limits.__dataclass_fields__),
)


class Limiting(Ability):
    """Says no before it is too much, and waits where waiting helps."""

    name = "limits"

    @checked
    def __init__(
        self,
        /,
        *,
        host: Host | None = None,
        total: Mapping[Literal["requests", "tokens", "money"], _Amount] | None = None,
        per_minute: Annotated[int, Field(ge=1)] | None = None,
        tokens_per_minute: Annotated[int, Field(ge=1)] | None = None,
        retries: Annotated[int, Field(ge=0)] = 3,
        patience: _Amount = 60.0,
        prices: str | Path | None = None,
        **each_run: Any,
    ) -> None:
        """Take limits.

        `total` has `requests`, `tokens` and `money` of all runs together. `retries` is
        how often one question is asked again after “too often”, and `patience` the
        longest single wait. `prices` is a table to take instead of the one that comes
        along, over which the home's own `prices.toml` goes. What else there is, is for
        each run, as in `.limits()`.
        """
        self._each_run = _limits(each_run)
        if prices is not None:
            self._prices = prices_in(Path(prices))
        else:
            self._prices = prices_in() if host is None else prices_of(host.home.folder)
        self._needs_money = "money" in (total or {})
        self._purse = Purse(
            {str(name): each for name, each in (total or {}).items()},
            note=f" (prices of {self.as_of})",
        )
        self._pace = Pace(per_minute, tokens_per_minute)
        self._retries = retries
        self._patience = patience

    @property
    def used(self) -> dict[str, float]:
        """What all runs used up together, what is held for open questions included."""
        return self._purse.used

    @property
    def as_of(self) -> date:
        """The day of the prices; of two tables, the older one's."""
        return self._prices.as_of

    def settings(self, plan: Plan) -> Plan:
        """Set the limits of each run, and the prices where nobody else did."""
        plan = replace(plan, limits=replace(plan.limits, **self._each_run))
        if plan.price is None:
            plan = replace(plan, price=self._prices.price(plan.provider.name))
        self._refuse_unknown(plan)
        return plan

    def around(self, run: Run[Any], request: Request, ask: Ask) -> Completion:
        """Ask within the totals and the rate, and again where it was too often."""
        if run.is_replay:
            return ask(request)
        plan, most = run.plan, request.sampling.max_tokens
        self._refuse_unknown(plan)  # somebody may have changed the model since
        asked = counted(plan.provider, request)

        def need(answer: int) -> Amounts:
            cost = _cost(plan, asked, answer)
            return {"requests": 1.0, "tokens": float(asked + answer), "money": cost}

        fits, held = self._purse.hold(need, most, run.cancel)
        before = _spent(run)
        completion: Completion | None = None
        try:
            if fits != most:
                sampling = replace(request.sampling, max_tokens=fits)
                request = replace(request, sampling=sampling)
            completion = self._asked(run, request, asked, ask)
            return completion
        finally:
            # What an interrupted answer took counts as well, and one from the record,
            # which was paid for long ago, does not: so the run says what it was.
            spent = {name: each - before[name] for name, each in _spent(run).items()}
            self._purse.settle(held, _guessed(plan, spent, asked, completion))

    def _asked(
        self, run: Run[Any], request: Request, tokens: int, ask: Ask
    ) -> Completion:
        turn = 0
        while True:
            self._pace.wait(tokens, run.cancel, _kept(run))
            try:
                return ask(request)
            except RateLimited as error:
                seconds = _pause(error, turn)
                # Where the run would be over before its turn comes, nobody waits.
                is_in_time = seconds <= min(self._patience, _left(run))
                if turn == self._retries or not is_in_time:
                    raise
                run.count(Pain.RETRY, error.message, seconds=seconds)
                sleep(seconds, run.cancel)
                turn += 1

    def _refuse_unknown(self, plan: Plan) -> None:
        needs = self._needs_money or plan.limits.money is not None
        if needs and plan.price is None:
            raise UsageError(
                f"nobody knows what `{plan.provider.name}` costs, so its money cannot"
                " be limited",
                remedy="name it in prices.toml of the home, as in"
                f' `"{plan.provider.name}" = {{ in = 1.0, out = 2.0 }}` under [models]',
            )


def _limits(given: Mapping[str, Any]) -> dict[str, Any]:
    for name in given:
        if name not in Limits.__dataclass_fields__:
            raise UsageError(
                f"the ability `limits` has no option `{name:.80}`",
                remedy=nearest(name, _OWN),
            )
    try:
        limits = TypeAdapter(Limits).validate_python(given)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise UsageError(
            f"the option `{first['loc'][0]}` of the ability `limits` will not do:"
            f" {first['msg']}",
            remedy="correct it",
        ) from None
    return {name: getattr(limits, name) for name in given}


def _spent(run: Run[Any]) -> Amounts:
    spent = run.spent
    return {
        "requests": float(spent.requests),
        "tokens_in": float(spent.tokens_in),
        "tokens_out": float(spent.tokens_out),
        "money": spent.money,
    }


def _left(run: Run[Any]) -> float:
    seconds = run.plan.limits.seconds
    return inf if seconds is None else seconds - run.spent.seconds


def _guessed(
    plan: Plan, spent: Amounts, asked: int, completion: Completion | None
) -> Amounts:
    """Give what was spent, guessed where a provider does not count."""
    took, gave, money = spent["tokens_in"], spent["tokens_out"], spent["money"]
    if spent["requests"] and not took and not gave:
        took = float(asked)
        gave = len(completion.text.encode()) // 3 if completion else 0.0
        money = _cost(plan, int(took), int(gave))
    return {"requests": spent["requests"], "tokens": took + gave, "money": money}


def _cost(plan: Plan, asked: int, answered: int) -> float:
    if plan.price is None:
        return 0.0
    return plan.price(plan.provider.name, asked, 0, answered)


def _kept(run: Run[Any]) -> Callable[[float], None]:
    return lambda seconds: run.count(
        "rate kept", "waited for its turn", seconds=seconds
    )


def _pause(error: RateLimited, turn: int) -> float:
    if error.retry_after is not None:
        # Never earlier than it said, and not all at once.
        return error.retry_after + random.random() * min(1.0, error.retry_after)
    return float(FIRST_WAIT * 2**turn * (1 + random.random()))
