"""`plugwright runs`: what agents did, going on with it, and doing it again."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from plugwright.agents.agent import Agent
from plugwright.agents.approving import AtTerminal
from plugwright.agents.builder import RUNS
from plugwright.agents.references import agent_at
from plugwright.agents.results import AgentEvent, Called, Calling
from plugwright.agents.runbook import Entry, Row, RunBook, opened
from plugwright.amounts import number_of, seconds_in_words
from plugwright.cli.unrun import no_run_of
from plugwright.errors import BrokeContract, UsageError
from plugwright.home import Home
from plugwright.lines import say
from plugwright.providers import Piece
from plugwright.sources import plain

_BELOW = "    "
_NAMES = {
    "answer": "assistant",
    "again": "user, who wants it again",
    "used": "assistant, as an ability changed it",
    "partial": "assistant, broken off",
}


@click.group(invoke_without_command=True)
@click.option("--limit", default=20, show_default=True, help="How many to show.")
@click.option("--agent", default="", help="Only the runs of this agent.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_context
def runs(context: click.Context, limit: int, agent: str, as_json: bool) -> None:
    """List what agents did, the newest first."""
    if context.invoked_subcommand is not None:
        return
    with _book() as book:
        rows = book.rows(limit, agent)
        nobody = "" if rows or as_json else no_run_of(agent, book)
    if nobody:
        say(plain(nobody))
    for row in rows:
        if as_json:
            click.echo(plain(json.dumps(_table(row), ensure_ascii=False)))
        else:
            _show_row(row)


@runs.command()
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def show(run: str, as_json: bool) -> None:
    """Show all of a RUN: its id, the first letters of it, or `last`."""
    with _book() as book:
        row = book.row(run)
        entries, pains = book.entries(row.id), book.pains(row.id)
    if as_json:
        for entry in entries:
            click.echo(plain(json.dumps(asdict(entry), ensure_ascii=False)))
        return
    _show_row(row)
    if row.made_by:
        say(plain(f"made by {row.made_by}"), first=_BELOW, rest=_BELOW)
    answer = None
    for entry in entries:
        if entry.kind == "answer":
            answer = (entry.text, _calls(entry))
        # An ability that looked on changed nothing.
        if entry.kind != "used" or answer != (entry.text, _calls(entry)):
            _show_entry(entry)
    for _, _, _, kind, what, *_ in pains:
        say(plain(f"it hurt: {kind}: {what}"), rest=_BELOW)


@runs.command()
@click.argument("run")
@click.option("--agent", "reference", metavar="MODULE:NAME", help="Who goes on.")
@click.option("--again", is_flag=True, help="Ask what may have been paid for already.")
def resume(run: str, reference: str | None, again: bool) -> None:
    """Go on with a RUN where it ended; what was answered is not paid for again."""
    with _agent(run, reference) as (agent, row):
        said: list[str] = []

        def tell(event: AgentEvent) -> None:
            if isinstance(event, Piece):
                said.append(event.text)
            _tell(event)

        result = agent.resume(row.id, listen=tell, again=again)
    # An answer that was paid for before is not said again; pieces have no last line.
    is_said = "".join(said).endswith(result.text)
    click.echo("" if is_said and result.text else plain(result.text))


@runs.command()
@click.argument("run")
@click.option("--agent", "reference", metavar="MODULE:NAME", help="Who does it again.")
@click.option("--tools", is_flag=True, help="Call the tools that may be repeated.")
def replay(run: str, reference: str | None, tools: bool) -> None:
    """Do a RUN again with its recorded answers, and say what is different now.

    No model is asked. Ends with an error if anything differs.
    """
    with _agent(run, reference) as (agent, row):
        done = agent.replay(row.id, tools=tools)
    if done.result is not None:
        click.echo(plain(done.result.text))
    else:
        say(plain(f"it ended without an answer: {done.stopped}"), err=True)
    if done.differences:
        raise BrokeContract(
            row.agent,
            f"{_differing(len(done.differences))} from the record:\n  "
            + "\n  ".join(plain(each) for each in done.differences),
            remedy="the agent, or what it is about, was changed since; a new run has"
            " a new record",
        )
    say("nothing differs from the record", err=True)


@contextmanager
def _book() -> Iterator[RunBook]:
    home = Home.of_user()
    home.check_own()
    with opened(home.folder / RUNS) as book:
        yield book


@contextmanager
def _agent(run: str, reference: str | None) -> Iterator[tuple[Agent[Any], Row]]:
    from contextlib import ExitStack

    from plugwright.cli.progress import progress_bar
    from plugwright.host import Host

    with _book() as book:
        row = book.row(run)
    reference = reference or row.made_by
    if not reference:
        raise UsageError(
            f"the run `{row.id}` does not say how `{row.agent}` is made",
            remedy="say it: `--agent MODULE:NAME`",
        )
    with ExitStack() as held:

        def host() -> Host:
            found = held.enter_context(Host.discover())
            found.require()
            found.progress = held.enter_context(progress_bar())
            return found

        agent = held.enter_context(agent_at(reference, host, AtTerminal()))
        yield agent, row


def _differing(count: int) -> str:
    return f"{number_of('thing', count)} {'differs' if count == 1 else 'differ'}"


def _tell(event: AgentEvent) -> None:
    match event:
        case Piece(text):
            sys.stdout.write(plain(text))
            sys.stdout.flush()
        case Calling(call):
            say(plain(f"calling {call.name}"), err=True)
        case Called(call, text) if text.startswith("error: "):
            say(plain(f"{call.name}: {text:.300}"), err=True)


def _table(row: Row) -> dict[str, Any]:
    return {**asdict(row), "state": row.state_in_words}


def _show_row(row: Row) -> None:
    began = datetime.fromtimestamp(row.began).strftime("%Y-%m-%d %H:%M:%S")
    say(plain(f"{row.id}  {began}  {row.agent}  {row.state_in_words}"), rest=_BELOW)
    spent = row.spent
    tokens = f"{number_of('token', spent.tokens_in)} in, {spent.tokens_out:,} out"
    parts = [
        row.model,
        number_of("request", spent.requests),
        tokens if spent.tokens_in or spent.tokens_out else "",
        number_of("tool call", spent.tool_calls) if spent.tool_calls else "",
        seconds_in_words(spent.seconds),
        f"cost {spent.money:.4g}" if spent.money else "",
        row.why,
    ]
    say(plain("; ".join(filter(None, parts))), first=_BELOW, rest=_BELOW)


def _show_entry(entry: Entry) -> None:
    is_silent = entry.kind == "partial" and not entry.text
    if entry.kind in ("frame", "began", "asked") or is_silent:
        return
    click.echo()
    say(f"{_NAMES.get(entry.kind, entry.role)}:")
    for line in entry.text.splitlines():
        say(plain(line), first="  ", rest="  ")
    for call in _calls(entry):
        given = json.dumps(call["arguments"], ensure_ascii=False)
        say(plain(f"calls {call['name']} {given}"), first="  ", rest=_BELOW)


def _calls(entry: Entry) -> list[dict[str, Any]]:
    return list(entry.facts.get("completion", entry.facts).get("calls", ()))
