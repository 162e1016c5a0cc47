"""`plugwright agent hello`: ask something, the shortest agent there is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from plugwright.agents import Agent, AgentEvent
from plugwright.errors import UsageError
from plugwright.providers import Finish, Piece, Sampling
from plugwright.sources import plain
from plugwright.waiting import waiting
from plugwright_agents.asking import fenced, tell, tell_spent
from plugwright_agents.choosing import (
    AsSet,
    hosted,
    limited,
    longest,
    model_name,
    model_options,
)
from plugwright_agents.estimates import Estimate
from plugwright_agents.made import reference
from plugwright_agents.outputs import opened

if TYPE_CHECKING:
    from plugwright.host import Host

INSTRUCTIONS = "Answer shortly and to the point. Say so where you are not sure."
MOST = 1 << 20
"""Bytes that are taken from a pipe."""
CODE = '''\
"""The agent of `plugwright agent hello`, to begin one of your own with."""

import sys

from plugwright import Agent

agent = (
    Agent.builder("hello")
    .model({model!r})
    .instructions({instructions!r})
    .build()
)
with agent:
    print(agent.run(" ".join(sys.argv[1:]) or "Introduce yourself.").text)
'''


def agent(host: Host, model: str, money: float | None = None) -> Agent[str]:
    """Make the agent."""
    return (
        Agent.builder("hello", host=host)
        .model(model)
        .instructions(INSTRUCTIONS)
        .sampling(Sampling(max_tokens=_longest(host)))
        .use(AsSet(host))
        .use("limits", **limited(money))
        .made_by(reference("hello", model=model, money=money))
        .build()
    )


@click.command()
@click.argument("words", nargs=-1)
@model_options
@click.option("--code", is_flag=True, help="Write the Python program that does this.")
def hello(
    words: tuple[str, ...], model: str, money: float | None, dry_run: bool, code: bool
) -> None:
    """Ask a model something; what comes through a pipe is what it is about.

    \b
      plugwright agent hello "What is a half?"
      cat notes.txt | plugwright agent hello "What is still to do?"
      plugwright agent hello --code > agent.py

    Exit codes: 0 is an answer, 1 is none, 2 is that something has to be typed or
    configured first.
    """
    with hosted() as host:
        name = model_name(host, model, "hello")  # before anybody waits for a pipe
        if code:
            click.echo(CODE.format(model=name, instructions=INSTRUCTIONS), nl=False)
            return
        prompt = _prompt(" ".join(words), _piped())
        if dry_run:
            most = _longest(host)
            size = len(INSTRUCTIONS) + len(prompt.encode(errors="replace"))
            Estimate.of(host, name, questions=1, size=size, answer=most).tell()
            click.echo(plain(prompt))
            return
        with agent(host, name, money) as asked:
            _answer(asked, prompt)


def _answer(asked: Agent[str], prompt: str) -> None:
    """Have it answered on the screen, while it is."""
    last = "\n"
    unwritten: OSError | None = None

    def show(event: AgentEvent) -> None:
        nonlocal last, unwritten
        heard()
        if not isinstance(event, Piece) or not event.text or unwritten:
            return
        try:
            to.write(plain(event.text))
            to.flush()
        except BrokenPipeError:
            raise  # whoever read has enough, so nothing more is to be bought
        except OSError as error:
            unwritten = error  # what is paid for comes to its end, and on record
        last = event.text[-1]

    with opened(None) as to, waiting(asked.plan.provider.name) as heard:
        try:
            result = asked.run(prompt, listen=show)
        finally:
            if last != "\n":  # an error begins on a line of its own
                to.write("\n")
        if unwritten:
            raise unwritten
    tell_spent(result.spent)
    if result.finish is Finish.LENGTH:
        tell("the answer is cut off: it was as long as it may be")
    if not result.text.strip():
        tell("the model answered nothing")
        click.get_current_context().exit(1)


def _longest(host: Host) -> int:
    return longest(host, "hello", Sampling().max_tokens)


def _piped() -> str:
    if sys.stdin is None or sys.stdin.isatty():
        return ""
    raw = sys.stdin.buffer.read(MOST + 1)
    if len(raw) > MOST:
        raise UsageError(
            "what comes through the pipe is too long",
            remedy="`plugwright agent files` works through many and long files",
        )
    if b"\0" in raw:
        raise UsageError(
            "what comes through the pipe is no text", remedy="pipe a text into it"
        )
    return raw.decode("utf-8", "replace")


def _prompt(question: str, material: str) -> str:
    if not question and not material.strip():
        return "Introduce yourself in two sentences, and say what you can do."
    if not material.strip():
        return question
    question = question or "What is this?"
    return f"{question}\n\n{fenced('material', material)}"
