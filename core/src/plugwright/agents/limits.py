"""What one run may use up, and what it has used up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Self, TypeAlias
from weakref import ref

from plugwright.agents.stops import LimitReached, RunCancelled, RunStopped
from plugwright.errors import UsageError, in_one_line
from plugwright.providers import Cancel

if TYPE_CHECKING:
    from threading import Timer

    from plugwright.providers import Completion, Provider, Request

Price: TypeAlias = Callable[[str, int, int, int], float]
"""What a call costs: takes the model, the tokens in, how many of those were cached,
and the tokens out. More tokens must not cost less."""

FEWEST_TOKENS = 16
"""An answer that may be no longer than this is not worth its question."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one run may use up; None is as much as it wants.

    Everything is looked at before a call. So `tokens_in` counts a question before it is
    sent, `tokens_out` and `money` shorten the answer that is asked for, and `seconds`
    ends an answer under way, where the provider can be ended.
    """

    requests: int | None = 50
    """The one limit that holds unasked: a model that never comes to an end does."""
    tokens_in: int | None = None
    tokens_out: int | None = None
    seconds: float | None = None
    tool_calls: int | None = None
    money: float | None = None
    """In whatever the price function counts; it needs one."""

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            limit = getattr(self, name)
            if limit is not None and not (
                isinstance(limit, int | float) and limit >= 0
            ):
                raise UsageError(
                    f"the limit `{name}` cannot be {limit!r:.80}",
                    remedy="give it a number that is not negative, or None",
                )


@dataclass(slots=True)
class Spent:
    """What a run has used up."""

    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    tool_calls: int = 0
    seconds: float = 0.0
    money: float = 0.0


class Meter:
    """Counts what a run uses up, and says no before it is too much."""

    def __init__(
        self, limits: Limits, price: Price | None, spent: Spent | None = None
    ) -> None:
        self.spent = spent or Spent()
        self._limits = limits
        self._price = price
        self._began = monotonic() - self.spent.seconds

    def allow_call(self) -> None:
        """Raise `LimitReached` before a tool is called once too often."""
        self._check("tool_calls", self.spent.tool_calls, self._limits.tool_calls)
        self._check("seconds", self.elapsed(), self._limits.seconds)
        self.spent.tool_calls += 1

    def allow(self, provider: Provider, request: Request) -> Request:
        """Give the request as it may be sent, or raise `LimitReached`."""
        limits, spent = self._limits, self.spent
        self._check("requests", spent.requests, limits.requests)
        self._check("seconds", self.elapsed(), limits.seconds)
        most = request.sampling.max_tokens
        if limits.tokens_out is not None:
            self._check("tokens_out", spent.tokens_out, limits.tokens_out)
            most = min(most, limits.tokens_out - spent.tokens_out)
        if limits.tokens_in is not None or limits.money is not None:
            most = self._affordable(provider, request, most)
        if most == request.sampling.max_tokens:
            return request
        return replace(request, sampling=replace(request.sampling, max_tokens=most))

    def count(self, completion: Completion) -> None:
        """Add what an answer used up."""
        spent = self.spent
        spent.requests += 1
        spent.tokens_in += completion.tokens_in
        spent.tokens_out += completion.tokens_out
        spent.tokens_cached += completion.tokens_cached
        self.elapsed()

    def charge(self, provider: Provider, completion: Completion) -> float:
        """Add what an answer costs. UsageError where the price cannot be had."""
        cost = self._cost(
            completion.model or provider.name,
            completion.tokens_in,
            completion.tokens_cached,
            completion.tokens_out,
        )
        self.spent.money += cost
        return cost

    def elapsed(self) -> float:
        """Seconds that the run takes already, earlier parts of it included."""
        self.spent.seconds = monotonic() - self._began
        return self.spent.seconds

    def left(self) -> float | None:
        """Seconds that the run may still take."""
        if self._limits.seconds is None:
            return None
        return max(0.0, self._limits.seconds - self.elapsed())

    def _affordable(self, provider: Provider, request: Request, most: int) -> int:
        """How long the answer may be, so that even the longest is within the limits."""
        from plugwright.providers import counted

        limits, spent = self._limits, self.spent
        asked = counted(provider, request)
        if limits.tokens_in is not None and spent.tokens_in + asked > limits.tokens_in:
            raise LimitReached(
                "tokens_in",
                f"the next question takes some {asked:,} tokens, and"
                f" {max(0, limits.tokens_in - spent.tokens_in):,} of"
                f" {limits.tokens_in:,} are left",
            )
        if limits.money is None or self._price is None:
            return most
        left = limits.money - spent.money
        fits, too_long = 0, most + 1
        while too_long - fits > 1:
            middle = (fits + too_long) // 2
            if self._cost(provider.name, asked, 0, middle) <= left:
                fits = middle
            else:
                too_long = middle
        if fits < min(most, FEWEST_TOKENS):
            raise LimitReached(
                "money",
                f"{spent.money:.4g} of {limits.money:.4g} are spent, and the next"
                f" question with a short answer may cost"
                f" {self._cost(provider.name, asked, 0, min(most, FEWEST_TOKENS)):.4g}",
            )
        return fits

    def _cost(self, model: str, asked: int, cached: int, answered: int) -> float:
        if self._price is None:
            return 0.0
        try:
            return float(self._price(model, asked, cached, answered))
        except Exception as error:
            # Broad on purpose: the function is whoever's who built the agent.
            raise UsageError(
                f"nobody knows what `{model}` costs: {in_one_line(error)}",
                remedy="have the price function of `.price(…)` know it",
            ) from error

    def _check(self, name: str, used: float, limit: float | None) -> None:
        if limit is not None and used >= limit:
            raise LimitReached(name, f"{used:,.6g} of {limit:,.6g} are used up")


class Deadline:
    """When a run has to end: its time is over, or somebody wishes it."""

    def __init__(self, meter: Meter, seconds: float | None, wished: Cancel | None):
        self.cancel = its_own(wished)
        """Wished in both cases."""
        self._meter = meter
        self._seconds = seconds
        self._is_over = False
        self._timer: Timer | None = None

    def check(self) -> None:
        """Raise `LimitReached` or `RunCancelled` where it has to end."""
        if self.cancel.is_wished:
            raise self.reason

    @property
    def reason(self) -> RunStopped:
        """Why it has to end."""
        if self._is_over:
            return LimitReached("seconds", f"{self._seconds:g} are over")
        return RunCancelled()

    def __enter__(self) -> Self:
        left = self._meter.left()
        if left is not None:
            from threading import Timer

            self._timer = Timer(left, self._end)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(self, *why: object) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _end(self) -> None:
        self._is_over = True
        self.cancel.wish()


def its_own(wished: Cancel | None) -> Cancel:
    """Give a wish of its own to a run, that is made when the given one is."""
    own = Cancel()
    if wished is not None:
        # Weakly, as one wish may be about thousands of runs, and outlive them all.
        waiting = ref(own)

        def wish() -> None:
            if (cancel := waiting()) is not None:
                cancel.wish()

        wished.then(wish)
    return own
