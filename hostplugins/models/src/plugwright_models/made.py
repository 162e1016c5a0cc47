"""Makes whoever was talked to again, for `plugwright runs resume` and `replay`.

A record says `plugwright_models.made:chat {"model": "ollama:qwen2.5:7b"}`, and with it
what was changed in the talk: `system` is what it was told first, `tools` names all that
it had. Instead of a model, or beside one, stands an `agent`, as in `MODULE:NAME`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from weakref import finalize

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

import plugwright_models
from plugwright.agents import Agent, Plan
from plugwright.agents.approving import AtTerminal
from plugwright.agents.builder import RUNS
from plugwright.agents.hosted import tools_of
from plugwright.agents.references import agent_at, written
from plugwright.errors import UsageError
from plugwright.host import Host
from plugwright.providers import Provider
from plugwright_models.meant import opened

CHAT = f"{__name__}:chat"


class Given(BaseModel):
    """What a chat is made of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = ""
    agent: str = ""
    system: str | None = None
    tools: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _has_somebody(self) -> Given:
        if not (self.model or self.agent):
            raise ValueError("it names no `model` and no `agent`")
        return self


def changed(made_by: str, **given: Any) -> str:
    """Write down that somebody is talked to with something changed."""
    reference, _, data = made_by.partition(" ")
    before = json.loads(data) if reference == CHAT else {"agent": made_by}
    return written(CHAT, {**before, **given})


def plan_of(host: Host, provider: Provider, model: str) -> Plan:
    """Make a plan of a model alone."""
    return Plan(
        name="chat",
        provider=provider,
        approver=AtTerminal(),
        records=host.home.folder / RUNS,
        made_by=written(CHAT, {"model": model}),
    )


def chat(host: Host, given: Mapping[str, Any]) -> Agent[Any]:
    """Make it as a record says."""
    read = _read(given)
    provider = None
    if read.model:
        provider = opened(host, read.model, plugwright_models.settings())
    if not read.agent:
        assert provider is not None
        plan = plan_of(host, provider, read.model)
        return Agent(_changed(host, plan, read))
    other = agent_at(read.agent, lambda: host)
    plan = other.plan if provider is None else replace(other.plan, provider=provider)
    made: Agent[Any] = Agent(_changed(host, plan, read))
    finalize(made, other.close)  # of whose plan it lives
    return made


def _changed(host: Host, plan: Plan, given: Given) -> Plan:
    if given.system is not None:
        plan = replace(plan, instructions=given.system)
    if given.tools is not None:
        own = plan.tools
        found = [
            tool
            for name in given.tools
            for tool in ([own[name]] if name in own else tools_of(host, name))
        ]
        plan = replace(plan, tools={tool.name: tool for tool in found})
    return plan


def _read(given: Mapping[str, Any]) -> Given:
    try:
        return Given.model_validate(dict(given))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = "".join(f"`{each}`: " for each in first["loc"][:1])
        raise UsageError(
            f"the record does not say how a chat is made again: {place}{first['msg']}",
            remedy="begin a new one: `plugwright chat NAME`; or name an agent:"
            " `--agent MODULE:NAME`",
        ) from None
