"""`plugwright pain`: write down a wish, and see where it hurts most."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from plugwright.agents.builder import RUNS
from plugwright.agents.pain import Field, Hurt, design, hurts
from plugwright.agents.pains import Pain
from plugwright.agents.runbook import opened
from plugwright.amounts import count_in_words, number_of, seconds_in_words
from plugwright.cli.unrun import no_run_of
from plugwright.errors import UsageError
from plugwright.home import Home
from plugwright.lines import say
from plugwright.sources import plain

_MEANS = {
    Field.FIRST: "often and severe",
    Field.NICE: "often, not severe",
    Field.EDGE: "severe, not often: defer",
    Field.IGNORE: "neither",
}


MOST_MINUTES = 100_000
"""More than two months of nothing else."""


@click.command()
@click.argument("what")
@click.option("--agent", default="", help="The agent that it is about.")
@click.option("--minutes", type=float, help="What a way around it cost you.")
@click.option("--json", "as_json", is_flag=True, help="The report for programs.")
@click.option("--design", "as_page", is_flag=True, help="A design page for the worst.")
def pain(
    what: str, agent: str, minutes: float | None, as_json: bool, as_page: bool
) -> None:
    """Write down a wish (`plugwright pain "I wish …"`), or `report` where it hurts.

    With `--minutes` it is a way around something that you had to go. Runs of agents
    count by themselves: retries, truncated answers, repairs, refused permissions, tools
    that failed.
    """
    what = what.strip()
    home = Home.of_user()
    home.check_own()
    if what != "report":
        _check_wish(what, minutes, as_json or as_page)
        with opened(home.folder / RUNS) as book:
            kind = Pain.WORKAROUND if minutes else Pain.WISH
            book.hurt("", agent, kind, what, (minutes or 0.0) * 60, 0)
        say("Written down. `plugwright pain report` shows where it hurts most.")
        return
    if minutes is not None:
        raise UsageError(
            "a report takes no `--minutes`",
            remedy='they belong to what hurt: `plugwright pain "I had to …" --minutes'
            f" {minutes:g}`",
        )
    with opened(home.folder / RUNS) as book:
        pains = [each for each in book.pains() if agent in ("", each[2])]
        runs = book.count(agent)
        nobody = no_run_of(agent, book) if agent and not runs and not pains else ""
    _report(hurts(pains, runs), runs, nobody, as_json=as_json, as_page=as_page)


def _check_wish(what: str, minutes: float | None, is_report: bool) -> None:
    if not what:
        raise UsageError("the wish is empty", remedy='type it: "I wish …"')
    if what.isidentifier() and what.isascii():
        raise UsageError(
            f"`{what:.40}` alone says nothing to who will build it",
            remedy='type a sentence: "I wish …"; or see where it hurts:'
            " `plugwright pain report`",
        )
    if is_report:
        raise UsageError(
            "`--json` and `--design` are for the report",
            remedy="`plugwright pain report --json`, or leave them out",
        )
    if minutes is not None and not 0 <= minutes <= MOST_MINUTES:
        raise UsageError(
            f"`--minutes` cannot be {minutes:.10g}: it is from 0 to {MOST_MINUTES:,}",
            remedy="say what it cost you",
        )


def _report(
    found: list[Hurt], runs: int, nobody: str, *, as_json: bool, as_page: bool
) -> None:
    if as_json:
        for each in found:
            facts = {**asdict(each), "field": each.field, "plugin": each.plugin}
            click.echo(plain(json.dumps(facts, ensure_ascii=False)))
    elif as_page:
        if not found:
            raise UsageError(
                "nothing hurt yet", remedy=nobody or "use some agents first"
            )
        click.echo(plain(design(found[0], runs)), nl=False)
    elif nobody:
        say(plain(nobody))
    else:
        _show(found, runs)


def _show(found: list[Hurt], runs: int) -> None:
    if not found:
        say(f"Nothing hurt in {number_of('run', runs)}.")
        return
    say(number_of("run", runs))
    for field in Field:
        here = [each for each in found if each.field is field]
        if here:
            click.echo()
            say(f"{field} ({_MEANS[field]})")
        for each in here:
            times = "once" if each.times == 1 else f"{each.times:,} times"
            where = f" in {number_of('run', each.runs)}" if each.runs else ""
            costs = [
                seconds_in_words(each.seconds) if each.seconds else "",
                _tokens(each.tokens) if each.tokens else "",
            ]
            cost = ", ".join(filter(None, costs))
            say(
                plain(f"{each.kind}: {times}{where}{cost and f'; cost {cost}'}"),
                first="  ",
                rest="    ",
            )
            for example in each.examples:
                say(plain(f"“{example:.200}”"), first="    ", rest="    ")
            helps = f"`{each.plugin}` {each.how}" if each.plugin else each.how
            say(f"would help: {helps}", first="    ", rest="    ")


def _tokens(count: int) -> str:
    return "1 token" if count == 1 else f"{count_in_words(count)} tokens"
