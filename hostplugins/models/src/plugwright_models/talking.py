"""A talk at the terminal: a line in, an answer out, until somebody ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugwright.agents import RunStopped
from plugwright.errors import PlugwrightError, TooLong
from plugwright.lines import say
from plugwright.sources import plain
from plugwright_models.answering import reason
from plugwright_models.conversation import Conversation
from plugwright_models.history import History
from plugwright_models.interrupts import Interrupts
from plugwright_models.keyboard import Keyboard
from plugwright_models.screen import Screen
from plugwright_models.slash import COMMANDS, Talk, obey

if TYPE_CHECKING:
    from plugwright.host import Host
    from plugwright_models.partners import Partners

HISTORY = "chat.history"
"""The name of the file of all that was typed, in the home."""


def talk(
    host: Host, conversation: Conversation, partners: Partners, interrupts: Interrupts
) -> None:
    """Talk until `/quit` or Ctrl-D.

    Ctrl-C ends an answer, or empties the line; pressed once more, it ends the talk.
    """
    screen = Screen()
    history = History(host.home.folder / HISTORY)
    keyboard = Keyboard(history, [f"/{name}" for name in COMMANDS])

    def again() -> None:
        with screen.waiting(conversation.plan.provider.name):
            conversation.retry(screen.show)

    def use_model(name: str) -> None:
        provider = partners.model(name)
        conversation.change(provider=provider, named=partners.resolved(name))

    going = Talk(host=host, conversation=conversation, use_model=use_model, again=again)
    name = plain(conversation.plan.provider.name)
    say(f"Talking to `{name}`. `/help` shows what can be typed; Ctrl-D ends.")
    is_interrupted = False
    while not going.is_over:
        interrupts.back()
        try:
            line = keyboard.line()
            is_interrupted = False
            _do(going, line.strip(), screen)
        except EOFError:
            print()
            return
        except KeyboardInterrupt:
            screen.interrupted()
            if is_interrupted:
                raise
            say("(Ctrl-C once more, or Ctrl-D, ends the chat.)", err=True)
            is_interrupted = True
        except PlugwrightError as error:
            screen.end_line()
            _say(error)


def _do(going: Talk, line: str, screen: Screen) -> None:
    if not line:
        return
    try:
        if line.startswith("/") and not line.startswith("//"):
            obey(going, line)
        else:
            question = line[1:] if line.startswith("//") else line
            with screen.waiting(going.conversation.plan.provider.name):
                going.conversation.ask(question, screen.show)
    except RunStopped as stopped:
        # The talk has kept what was said, and goes on by the next question.
        raise reason(stopped) from None
    screen.end_line()


def _say(error: PlugwrightError) -> None:
    say(plain(error.message), err=True)
    remedy = error.remedy
    if isinstance(error, TooLong):
        remedy += "; `/undo` takes the last question back, `/clear` all of the talk"
    if remedy:
        say(plain(f"what to do: {remedy}"), first="  ", rest="    ", err=True)
