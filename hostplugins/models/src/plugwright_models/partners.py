"""Whom one talks to: a model by its name, or an agent by `MODULE:NAME`."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import replace

import plugwright_models
from plugwright.agents import Plan
from plugwright.agents.approving import AtTerminal
from plugwright.agents.references import agent_at
from plugwright.errors import UsageError
from plugwright.host import Host
from plugwright.providers import Closes, Provider
from plugwright.roles import CONFIG, Names, names_in, split
from plugwright_models.made import plan_of
from plugwright_models.meant import opened

_AGENT = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
ROLE = "chat"
"""Who is talked to where nobody is named."""


class Partners:
    """Opens whoever is talked to, and lets go of them at the end."""

    def __init__(self, host: Host, held: ExitStack) -> None:
        self._host = host
        self._held = held
        self._open: Provider | None = None
        held.callback(self._close)

    def model(self, name: str) -> Provider:
        """Open another one; if that cannot be, the one that was stays."""
        found = opened(self._host, name, plugwright_models.settings())
        self._close()
        self._open = found
        return found

    def resolved(self, name: str) -> str:
        """Say what a name means today; an alias may mean another one tomorrow."""
        return names_in(self._host.home.folder / CONFIG).resolved(name)

    def plan(self, name: str) -> Plan:
        """Have a model or an agent to talk to."""
        names = names_in(self._host.home.folder / CONFIG)
        name = name or _unnamed(names)
        resolved = names.resolved(name)
        schemes = {
            offer.scheme for offer in self._host.hooks.providers(host=self._host)
        }
        if split(resolved)[0] not in schemes and _AGENT.fullmatch(resolved):
            return self._agent(resolved, names.unknown(resolved, schemes))
        return plan_of(self._host, self.model(name), resolved)

    def _agent(self, reference: str, unknown: UsageError) -> Plan:
        """Import an agent; if there is no such module, it may be a mistyped model."""
        try:
            agent = agent_at(reference, lambda: self._host, AtTerminal())
        except UsageError as error:
            missing = error.__cause__
            if (
                isinstance(missing, ModuleNotFoundError)
                and missing.name == reference.partition(":")[0]
            ):
                remedy = f"{unknown.remedy}; an agent is named as `MODULE:NAME`"
                raise UsageError(unknown.message, remedy=remedy) from error
            raise
        plan = self._held.enter_context(agent).plan
        return replace(plan, made_by=plan.made_by or reference)

    def _close(self) -> None:
        before, self._open = self._open, None
        if isinstance(before, Closes):
            before.close()


def _unnamed(names: Names) -> str:
    if ROLE in names.roles or ROLE in names.aliases:
        return ROLE
    raise UsageError(
        "nobody was named to talk to",
        remedy="`plugwright chat NAME`, with a name of `plugwright models`; or set"
        ' `chat = "NAME"` under [roles] in config.toml',
    )
