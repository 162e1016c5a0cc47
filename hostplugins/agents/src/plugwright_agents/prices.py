"""What models cost, from a dated table."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from plugwright.errors import UsageError
from plugwright.machine import naming

MILLION = 1_000_000
OWN = "prices.toml"
"""The name of a person's own table, in the home."""
FREE = {"gguf", "ollama", "hand", "replay", "scripted"}
"""Schemes whose models run on this machine, or are none."""
_LOOPBACK = re.compile(r"@https?://(127(\.\d+){3}|localhost|\[::1\])([:/]|$)")


class Cost(BaseModel):
    """Dollars for a million tokens."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False
    )

    asked: float = Field(alias="in", ge=0)
    cached: float | None = Field(default=None, ge=0)
    answered: float = Field(alias="out", ge=0)

    def of(self, asked: int, cached: int, answered: int) -> float:
        """Say what so many tokens cost."""
        read = self.asked if self.cached is None else self.cached
        paid = max(0, asked - cached) * self.asked + cached * read
        return (paid + answered * self.answered) / MILLION


_FREE_OF_CHARGE = Cost(**{"in": 0.0, "out": 0.0})


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    as_of: date
    models: dict[str, Cost]


@dataclass(frozen=True, kw_only=True)
class Prices:
    """Prices of models, as they were on a day."""

    as_of: date
    costs: Mapping[str, Cost]

    def price(self, provider: str) -> Pricing | None:
        """Give the price function for who is behind a provider's name.

        None is that nobody knows. Whoever runs on this machine costs nothing.
        """
        cost = self._cost(provider)
        if cost is None:
            return None
        return Pricing(prices=self, provider=provider, cost=cost)

    def _cost(self, name: str) -> Cost | None:
        if name in self.costs:
            return self.costs[name]
        scheme, _, model = name.partition(":")
        if scheme == "record":  # `record:FILE=MODEL` asks that model
            return self._cost(model.rpartition("=")[2])
        if scheme in FREE or _LOOPBACK.search(model):
            return _FREE_OF_CHARGE
        # The day of a version does not change its price: `gpt-5-mini-2025-08-07`.
        return self.costs.get(re.sub(r"-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$", "", name))


@dataclass(frozen=True, kw_only=True)
class Pricing:
    """What the models of one provider cost: a price function of `plugwright.agents`."""

    prices: Prices
    provider: str
    cost: Cost

    def __call__(self, model: str, asked: int, cached: int, answered: int) -> float:
        """Say what a call costs; a provider may say more exactly which model it was."""
        scheme = self.provider.partition(":")[0]
        cost = self.prices._cost(f"{scheme}:{model}") or self.cost
        return cost.of(asked, cached, answered)

    def of(self, provider: str) -> Pricing | None:
        """Give that of another provider, from the same table."""
        return self.prices.price(provider)


def prices_in(path: Path | None = None) -> Prices:
    """Read a table, or the one that comes with this plugin."""
    if path is None:
        text = files("plugwright_agents").joinpath("prices.toml").read_text("utf-8")
    else:
        with naming(path):
            text = path.read_text("utf-8-sig", "replace")
    try:
        found = _File.model_validate(tomllib.loads(text))
    except (ValueError, RecursionError) as error:
        what = str(error)
        if isinstance(error, ValidationError):
            first = error.errors(include_input=False)[0]
            what = f"`{'.'.join(map(str, first['loc'])):.80}`: {first['msg']}"
        raise UsageError(
            f"`{path}` is no table of prices: {what}",
            remedy="write `as_of = 2025-10-01` and `[models]` with lines like"
            ' `"openai:x" = { in = 1.0, out = 2.0 }`, per million tokens',
        ) from error
    return Prices(as_of=found.as_of, costs=found.models)


def prices_of(home: Path) -> Prices:
    """Read the table that comes along, and a person's own, which goes over it."""
    known = prices_in()
    if not (home / OWN).exists():
        return known
    own = prices_in(home / OWN)
    as_of = min(known.as_of, own.as_of)  # nobody is told that it is newer than it is
    return Prices(as_of=as_of, costs={**known.costs, **own.costs})
