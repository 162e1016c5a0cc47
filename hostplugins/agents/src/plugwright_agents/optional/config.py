"""The ability to be configured: what differs from agent to agent, in one place.

    [agents.tutor]
    model = "ollama:qwen2.5:7b"
    instructions = "The children are nine years old."
    temperature = 0.0
    limits = { requests = 10 }

    [agents.tutor.profiles.careful]
    model = "anthropic:claude-sonnet-4-5"

in config.toml of the home, or in another file. A profile goes over what stands above
it, and both over what the code says; abilities that are used later go over it all.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    ValidationError,
)

from plugwright.agents import Ability, Limits
from plugwright.errors import UsageError
from plugwright.host import Host
from plugwright.machine import naming
from plugwright.permissions import nearest
from plugwright_agents.optional.options import checked
from plugwright_agents.prices import Pricing

if TYPE_CHECKING:
    from plugwright.agents import Plan


class Table(BaseModel):
    """What can be said of an agent, or of one of its profiles."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    model: str | None = None
    instructions: str | None = None
    temperature: float | None = Field(default=None, ge=0)
    seed: int | None = None
    max_tokens: int | None = Field(default=None, ge=1)
    repairs: int | None = Field(default=None, ge=0)
    limits: dict[str, StrictInt | StrictFloat] = {}


class AgentTable(Table):
    """What is said of an agent."""

    profiles: dict[str, Table] = {}


class Configured(Ability):
    """Takes model, instructions, sampling and limits from a file."""

    name = "config"

    @checked
    def __init__(
        self, host: Host, *, file: str | Path | None = None, profile: str = ""
    ) -> None:
        """Read nothing yet; `file` is config.toml of the home if it is not said."""
        self._host = host
        self._file = Path(file) if file else host.home.folder / "config.toml"
        self._is_named = file is not None
        self._profile = profile

    def settings(self, plan: Plan) -> Plan:
        """Change what the file says. UsageError names the file and the place."""
        found = self.table(plan.name)
        tables: list[Table] = [found]
        if self._profile:
            if self._profile not in found.profiles:
                place = f"agents.{plan.name}.profiles"
                remedy = f"write `[{place}.{self._profile:.80}]`"
                if found.profiles:
                    remedy = nearest(self._profile, found.profiles)
                raise self._wrong(place, f"has no `{self._profile:.80}`", remedy)
            tables.append(found.profiles[self._profile])
        for table in tables:
            plan = self._changed(plan, table)
        models = [table.model for table in tables if table.model is not None]
        return self.with_model(plan, models[-1]) if models else plan

    def with_model(self, plan: Plan, model: str) -> Plan:
        """Have this model answer."""
        plan = replace(plan, provider=self._host.provider(model))
        if isinstance(plan.price, Pricing):  # that was for the other model
            plan = replace(plan, price=plan.price.of(plan.provider.name))
        return plan

    def _changed(self, plan: Plan, table: Table) -> Plan:
        if table.instructions is not None:
            told = filter(None, (plan.instructions, table.instructions))
            plan = replace(plan, instructions="\n\n".join(told))
        sampling = {
            name: value
            for name in ("temperature", "seed", "max_tokens")
            if (value := getattr(table, name)) is not None
        }
        plan = replace(plan, sampling=replace(plan.sampling, **sampling))
        if table.repairs is not None:
            plan = replace(plan, repairs=table.repairs)
        return replace(plan, limits=self._limits(plan, table))

    def _limits(self, plan: Plan, table: Table) -> Limits:
        for name in table.limits:
            if name not in Limits.__dataclass_fields__:
                raise self._wrong(
                    f"agents.{plan.name}.limits",
                    f"has no limit `{name:.80}`",
                    nearest(name, Limits.__dataclass_fields__),
                )
        return replace(plan.limits, **table.limits)  # type: ignore[arg-type]

    def table(self, name: str) -> AgentTable:
        """Read what the file says of an agent, its profiles apart."""
        with naming(self._file):
            if not self._is_named and not self._file.exists():
                return AgentTable()
            text = self._file.read_text("utf-8-sig", "replace")
        try:
            agents = tomllib.loads(text).get("agents", {})
            table = agents.get(name, {}) if isinstance(agents, dict) else agents
            return AgentTable.model_validate(table)
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            place = ".".join(map(str, ("agents", name, *first["loc"])))
            known = [*AgentTable.model_fields]
            is_unknown = first["type"] == "extra_forbidden"
            remedy = nearest(str(first["loc"][-1]), known) if is_unknown else ""
            raise self._wrong(place, first["msg"], remedy) from error
        except (ValueError, RecursionError) as error:
            raise UsageError(
                f"`{self._file}` is not TOML: {error}", remedy="correct that place"
            ) from error

    def _wrong(self, place: str, what: str, remedy: str = "") -> UsageError:
        return UsageError(
            f"`{self._file}`: `{place:.200}` {what}",
            remedy=remedy or "correct that place",
        )
