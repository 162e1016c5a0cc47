"""One question, as it comes through a pipe, and its answer for the next program."""

from __future__ import annotations

import json
import sys

import click

from plugwright.agents import AgentEvent, RunStopped
from plugwright.errors import PlugwrightError, UsageError
from plugwright.lines import say
from plugwright.sources import plain
from plugwright_models.conversation import Conversation
from plugwright_models.screen import Screen

LONGEST = 16 << 20
"""Bytes of a question; no model reads so much."""


def answer(conversation: Conversation, *, as_json: bool) -> None:
    """Answer what standard input says."""
    question = _question()
    screen = Screen()
    try:
        with screen.waiting(conversation.plan.provider.name):
            result = conversation.ask(question, _nothing if as_json else screen.show)
    except RunStopped as stopped:
        if stopped.messages and stopped.messages[-1].role != "user":
            raise  # with how it goes on: what was answered so far is not paid twice
        raise reason(stopped) from None
    finally:
        screen.end_line()
    if as_json:
        row = {
            "model": conversation.plan.provider.name,
            "text": result.text,
            "finish": result.finish,
            "tokens_in": result.spent.tokens_in,
            "tokens_out": result.spent.tokens_out,
            "seconds": result.spent.seconds,
            "run": result.run,
        }
        click.echo(plain(json.dumps(row, ensure_ascii=False)))


def reason(stopped: RunStopped) -> PlugwrightError:
    """Give why a run stopped, without how it is resumed: asking again does the same."""
    if isinstance(stopped.cause, PlugwrightError):
        return stopped.cause
    stopped.remedy = stopped.remedy.partition("`plugwright runs resume")[0]
    stopped.remedy = stopped.remedy.rstrip("; ")
    return stopped


def _question() -> str:
    if sys.stdin.isatty():
        say("Type the question; Ctrl-D in a line of its own ends it.", err=True)
    content = sys.stdin.buffer.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise UsageError(
            f"the question is longer than {LONGEST >> 20} MB", remedy="pipe less in"
        )
    if b"\0" in content:  # it would be paid for, and answered with nonsense
        raise UsageError(
            "what comes through the pipe is no text", remedy="pipe a text into it"
        )
    if not (question := content.decode(errors="replace").strip()):
        raise UsageError("there is no question", remedy="pipe one in, or type one")
    return question


def _nothing(event: AgentEvent) -> None:
    """Show nothing: the answer is written as a whole."""
