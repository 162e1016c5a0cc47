"""What a type checker knows of every question; it is checked, and never run.

A line that is wrong on purpose says which mistake it is: were it not seen any more, the
comment itself would be the mistake.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_type

import click

from plugwright.agents import AbilityOffer
from plugwright.commands import Command, Tool
from plugwright.host import Host
from plugwright.judging import Judge
from plugwright.memory import MemoryOffer
from plugwright.providers import ProviderOffer
from plugwright.sandboxes import GuestPackage, SandboxOffer
from plugwright.scheduling import SchedulerOffer
from plugwright.validation import Finding, Subject


def offers(host: Host) -> None:
    hooks = host.hooks
    assert_type(hooks.providers(host=host), list[ProviderOffer])
    assert_type(hooks.memories(host=host), list[MemoryOffer])
    assert_type(hooks.schedulers(host=host), list[SchedulerOffer])
    assert_type(hooks.commands(host), list[Command])
    assert_type(hooks.tools(host=host), list[Tool])
    assert_type(hooks.abilities(host=host), list[AbilityOffer])
    assert_type(hooks.subcommands(), list[click.Command])
    assert_type(hooks.sandboxes(host=host), list[SandboxOffer])
    assert_type(hooks.guest_packages(), list[GuestPackage])
    assert_type(hooks.judges(host=host), list[Judge])
    assert_type(hooks.tools.by_plugin(host=host), Sequence[tuple[str, Tool]])
    hooks.configured(settings=None)
    hooks.started(host=host)
    hooks.stopping(host=host)


async def awaited(host: Host, subject: Subject) -> None:
    hooks = host.hooks
    assert_type(await hooks.validate(subject=subject), list[Finding])
    assert_type(hooks.validate.wait(subject=subject), list[Finding])
    assert_type(
        await hooks.validate.by_plugin(subject=subject), Sequence[tuple[str, Finding]]
    )
    await hooks.heard(name="noon", data={"bells": 12})
    assert_type(hooks.heard.unheard(name="noon", data=None), list[str])


async def mistakes(host: Host, subject: Subject) -> None:
    hooks = host.hooks
    hooks.provider(host=host)  # type: ignore[attr-defined]
    hooks.providers()  # type: ignore[call-arg]
    hooks.providers(hots=host)  # type: ignore[call-arg]
    hooks.providers(host="mine")  # type: ignore[arg-type]
    hooks.heard(name=5, data={})  # type: ignore[arg-type, unused-coroutine]
    hooks.validate(subject=subject)  # type: ignore[unused-coroutine]
    await hooks.providers(host=host)  # type: ignore[misc]
