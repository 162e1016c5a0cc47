"""`plugwright inspect`: what a plugin is and may do, and what its approval rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from plugwright.bundles import Bundle
from plugwright.cli import pass_host_beside
from plugwright.cli.naming import full_name, meant, moment
from plugwright.cli.rows import Rows
from plugwright.errors import PlugwrightError
from plugwright.evidence import Evidence
from plugwright.host import Host
from plugwright.judging import Report
from plugwright.proposals import Proposal, in_words
from plugwright.stages import HostPlugin
from plugwright.states import Approval, Life, State


@click.command()
@click.argument("name")
@click.option("--code", is_flag=True, help="Show the files of a sandboxed plugin, too.")
@pass_host_beside
def inspect(host: Host, name: str, code: bool) -> None:
    """Show what NAME is, may do and was approved for. Nothing of it runs.

    NAME@ID is one bundle of it; else it is the one that runs, or changed last.
    """
    found = [row for row in host.plugins if row.name == name]
    rows = Rows()
    for row in found:
        _show_host_plugin(rows, row)
    if not found or host.lives.knows(name):
        known = meant(host, name)
        running = [life for life in known if life.state is State.ACTIVE]
        _show_bundle(rows, host, (running or known)[0], code=code)
    rows.write()


def _show_host_plugin(rows: Rows, row: HostPlugin) -> None:
    rows.say(
        f"`{row.name}` {row.version}, a host plugin of `{row.distribution}`: it runs"
        " inside Plugwright, trusted like any dependency"
    )
    rows.below(row.summary)
    rows.below(f"it answers {', '.join(row.hooks)}" if row.hooks else "")
    rows.below(row.manifest and f"its manifest is `{row.manifest}`")
    rows.below(f"how it is, stage by stage: `plugwright why {row.name}`")


def _show_bundle(rows: Rows, host: Host, life: Life, *, code: bool) -> None:
    rows.say(f"`{full_name(life)}`, a sandboxed plugin, version {life.version}")
    rows.below(f"it is {life.state} since {moment(life.since)}", life.why)
    rows.below(host.lives.origin(life))
    try:
        bundle = host.lives.bundle(life)
    except PlugwrightError as error:
        rows.below(error.message)
        rows.below(f"what to do: {error.remedy}")
        return
    for title, lines in _about(host, life, bundle):
        rows.say(title)
        for line in lines:
            rows.below(line)
    for path, source in (bundle.sources | bundle.tests).items() if code else ():
        rows.say(f"--- {path}")
        for line in source.splitlines():
            rows.say(line, first="  ", rest="  ")


def _about(
    host: Host, life: Life, bundle: Bundle
) -> Iterator[tuple[str, Sequence[str]]]:
    about = bundle.manifest
    before = host.lives.predecessor(life)
    unread = Report(results=())
    proposal = Proposal(bundle=bundle, report=unread)
    yield "What it says of itself", [about.summary]
    yield "Commands", proposal.commands() or ["none"]
    yield (
        "What it asks to be allowed to do",
        proposal.permissions() or ["nothing but compute"],
    )
    yield "Each call may use", in_words(about.quota)
    if walls := proposal.walls():
        yield "A weaker wall", walls
    if origin := [f"{what}: {text}" for what, text in about.provenance.items()]:
        yield "What its makers wrote down", origin
    yield "Approval", [*_approval(host, life, host.lives.approval(life.bundle))]
    if before:
        try:
            old = host.lives.bundle(before)
        except PlugwrightError:
            old = None
        other = Proposal(bundle=bundle, report=unread, before=before, old=old)
        lines = [f"{what}: {line}" for what, ls in other.news().items() for line in ls]
        yield other.title_of_news, lines


def _approval(host: Host, life: Life, approval: Approval | None) -> Iterator[str]:
    if approval is None:
        yield f"nobody has approved it; `plugwright approve {full_name(life)}`"
        return
    yield f"given on {moment(approval.at)} by {approval.by}"
    yield f"signed with the key {approval.key[:16]}"
    if obstacle := host.lives.obstacle(life):
        yield f"it does not hold: {obstacle.message}"
        yield f"what to do: {obstacle.remedy}"
        return
    rests = Evidence.parse(approval.evidence)
    yield "it holds: all that it rests on is as it was"
    for what, seal in (
        ("bundle", rests.bundle),
        ("manifest", rests.manifest),
        ("report of its tests", rests.report),
        ("in place of bundle", rests.parent),
    ):
        if seal:
            yield f"{what} {seal[:16]}"
    yield f"this Plugwright's promise to plugins: api {rests.api}"
