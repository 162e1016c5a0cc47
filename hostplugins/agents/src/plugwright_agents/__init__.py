"""Abilities that agents opt into, and agents for files, git and documentation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from plugwright.hooks import hookimpl

if TYPE_CHECKING:
    import click

    from plugwright.agents import Ability, AbilityOffer
    from plugwright.host import Host


@hookimpl
def abilities() -> list[AbilityOffer]:
    """Offer five abilities; the module of each loads when somebody uses it."""
    from plugwright.agents import AbilityOffer

    def memory(host: Host, **options: Any) -> Ability:
        from plugwright_agents.optional.memory import Remembers

        return Remembers(host, **options)

    def discovery(**options: Any) -> Ability:
        from plugwright_agents.optional.discovery import Discovers

        return Discovers(**options)

    def config(host: Host, **options: Any) -> Ability:
        from plugwright_agents.optional.config import Configured

        return Configured(host, **options)

    def limits(host: Host, **options: Any) -> Ability:
        from plugwright_agents.optional.limits import Limiting

        return Limiting(host=host, **options)

    def guardrails(host: Host, **options: Any) -> Ability:
        from plugwright_agents.optional.guardrails import Guardrails

        return Guardrails(host=host, **options)

    return [
        AbilityOffer(
            name="memory",
            summary="recalls facts and past runs, and keeps new ones",
            open=memory,
        ),
        AbilityOffer(
            name="discovery",
            summary="finds and reads files within granted folders",
            open=discovery,
        ),
        AbilityOffer(
            name="config",
            summary="takes what differs from agent to agent from config.toml",
            open=config,
        ),
        AbilityOffer(
            name="limits",
            summary="limits for runs and for all of them, prices, rates, retries",
            open=limits,
        ),
        AbilityOffer(
            name="guardrails",
            summary="looks at what goes to the model, and at what comes back",
            open=guardrails,
        ),
    ]


@hookimpl
def subcommands() -> Iterable[click.Command]:
    """Add `plugwright agent`."""
    from plugwright_agents.cli import agent

    return [agent]
