"""`plugwright chat`: one question from a pipe, or a talk at the terminal."""

from __future__ import annotations

import sys
from contextlib import ExitStack

import click

from plugwright_models.hosting import opened_host


@click.command()
@click.argument("name", default="")
@click.option("--system", default="", metavar="TEXT", help="What it is told first.")
@click.option("--tool", "tools", multiple=True, metavar="PLUGIN.NAME", help="Or .*")
@click.option("--load", default="", metavar="FILE", help="Go on with this talk.")
@click.option("--json", "as_json", is_flag=True, help="Answer one question as JSON.")
def chat(
    name: str, system: str, tools: tuple[str, ...], load: str, as_json: bool
) -> None:
    """Talk to NAME: a model, an alias, a role, or an agent as MODULE:NAME.

    Without a name, to whoever plays the role `chat`. What comes through a pipe is one
    question, and its answer is all that is written. FILE was written by `/save`; `last`
    is the talk before this one.
    """
    # Imported here: the door makes every command, and runs one.
    from plugwright.agents.hosted import tools_of
    from plugwright_models.answering import answer
    from plugwright_models.conversation import Conversation
    from plugwright_models.interrupts import Interrupts
    from plugwright_models.partners import Partners
    from plugwright_models.saving import load_into

    with opened_host() as host, Interrupts() as interrupts, ExitStack() as held:
        partners = Partners(host, held)
        plan = partners.plan(name)
        found = {tool.name: tool for each in tools for tool in tools_of(host, each)}
        conversation = Conversation(plan)
        if system:
            conversation.change(instructions=system)
        if found:
            conversation.change(tools={**plan.tools, **found})
        if load:
            load_into(conversation, host.home, load)
        if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
            answer(conversation, as_json=as_json)
            return
        from plugwright_models.talking import talk

        talk(host, conversation, partners, interrupts)
