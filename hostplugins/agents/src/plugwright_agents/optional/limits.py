"""The ability to keep within limits: of a run, of all runs together, and of a rate.

What one run may use up, the core counts. Here is what goes beyond one run: totals over
all runs of an agent, also where they go on at the same time, a rate that is kept by
waiting, a wait and another try where a service says that it was asked too often,
another model where the first one cannot answer, and prices from a dated table.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from math import inf
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from plugwright.agents import Ability, Ask, Limits, Pain
from plugwright.errors import RateLimited, Unavailable, UsageError
from plugwright.host import Host
from plugwright.permissions import nearest
from plugwright.providers import Completion, Provider, Request, counted
from plugwright_agents.optional.options import checked
from plugwright_agents.optional.otherwise import Either, Prices, Turn, opened, turning
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
    *("otherwise", "prices", *Limits.__dataclass_fields__),
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
        otherwise: Any = None,
        prices: str | Path | None = None,
        **each_run: Any,
    ) -> None:
        """Take limits.

        `total` has `requests`, `tokens` and `money` of all runs together. `retries` is
        how often one question is asked again after “too often”, and `patience` the
        longest single wait. `otherwise` is a model, or the name of one, that answers
        where the first one is unavailable, or lets nobody ask for longer than that.
        `prices` is a table to take instead of the one that comes
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
        self._other = None if otherwise is None else opened(host, otherwise)

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
        if self._other is not None:
            plan = self._with_other(plan, self._other)
        elif plan.price is None:
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
        before, turn = _spent(run), Turn()
        completion: Completion | None = None
        try:
            if fits != most:
                sampling = replace(request.sampling, max_tokens=fits)
                request = replace(request, sampling=sampling)
            completion = self._asked(run, request, asked, ask, turn)
            return completion
        finally:
            # What an interrupted answer took counts as well, and one from the record,
            # which was paid for long ago, does not: so the run says what it was.
            spent = {name: each - before[name] for name, each in _spent(run).items()}
            with turning(turn):
                self._purse.settle(held, _guessed(plan, spent, asked, completion))

    def _asked(
        self, run: Run[Any], request: Request, tokens: int, ask: Ask, turn: Turn
    ) -> Completion:
        tries = 0
        while True:
            self._pace.wait(tokens, run.cancel, _kept(run))
            began = perf_counter()
            try:
                with turning(turn):
                    return ask(request)
            except (RateLimited, Unavailable) as error:
                seconds = _pause(error, tries)
                # Where the run would be over before its turn comes, nobody waits.
                if tries < self._retries and seconds <= min(self._patience, _left(run)):
                    waited = sleep(seconds, run.cancel)
                    run.count(Pain.RETRY, error.message, seconds=waited)
                    tries += 1
                    continue
                if self._other is None or not error.is_worth_retrying or turn.has_said:
                    raise
                self._count_other(run, turn, error, perf_counter() - began)
                turn.is_other = True
                with turning(turn):
                    return ask(request)

    def _with_other(self, plan: Plan, other: Provider) -> Plan:
        either, price = Either(plan.provider, other), plan.price
        first = price or self._prices.price(plan.provider.name)
        second = price or self._prices.price(other.name)
        self._refuse_unknown(replace(plan, price=first))
        self._refuse_unknown(replace(plan, provider=other, price=second))
        if first is None and second is None:
            return replace(plan, provider=either)
        # Without a limit for money, what nobody knows costs nothing.
        both = Prices(models=either, first=first or _free, other=second or _free)
        return replace(plan, provider=either, price=both)

    def _count_other(
        self,
        run: Run[Any],
        turn: Turn,
        error: RateLimited | Unavailable,
        seconds: float,
    ) -> None:
        assert self._other is not None
        if not turn.is_seen:
            raise UsageError(
                "another ability changed the model after `otherwise` was put beside it",
                remedy="use `limits` after it",
            ) from error
        said = f"`{self._other.name}` instead of `{run.plan.provider.name}`"
        run.count(Pain.FALLBACK, f"{said}: {error.message}", seconds=seconds)

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
        if plan.price is not None:
            money = plan.price(plan.provider.name, int(took), 0, int(gave))
    return {"requests": spent["requests"], "tokens": took + gave, "money": money}


def _cost(plan: Plan, asked: int, answered: int) -> float:
    """Say what a question costs at most."""
    if plan.price is None:
        return 0.0
    if isinstance(plan.price, Prices):
        return plan.price.most(asked, answered)
    return plan.price(plan.provider.name, asked, 0, answered)


def _kept(run: Run[Any]) -> Callable[[float], None]:
    return lambda seconds: run.count(
        "rate kept", "waited for its turn", seconds=seconds
    )


def _free(model: str, asked: int, cached: int, answered: int) -> float:
    return 0.0


def _pause(error: RateLimited | Unavailable, tries: int) -> float:
    """Say how long to wait before the same is asked again; for ever is: not at all."""
    if isinstance(error, Unavailable) or not error.is_worth_retrying:
        return inf
    if error.retry_after is not None:
        # Never earlier than it said, and not all at once.
        return error.retry_after + random.random() * min(1.0, error.retry_after)
    return float(FIRST_WAIT * 2**tries * (1 + random.random()))
