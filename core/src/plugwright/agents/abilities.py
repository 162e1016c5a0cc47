"""Abilities: what an agent can do more, each opted into with `.use()`.

An ability is one unit of instructions, tools, settings and looks at what goes to and
comes from the model. It overrides what it needs of `Ability`; what it does not override
costs nothing. Plugins offer theirs through the hook `abilities`:

    class Careful(Ability):
        name = "careful"

        def instructions(self, run):
            return "Say so where you are not sure."

    @hookimpl
    def abilities():
        return [AbilityOffer(name="careful", summary="says its doubts", open=Careful)]

`Agent.builder("tutor", host=host).use("careful")` then has it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from plugwright.agents.stops import Again
from plugwright.errors import BrokeContract, PlugwrightError, in_one_line

if TYPE_CHECKING:
    from plugwright.agents.plans import Plan
    from plugwright.agents.run import Run
    from plugwright.agents.tools import Function, Tool
    from plugwright.providers import Completion, Request, ToolCall

Ask: TypeAlias = "Callable[[Request], Completion]"
"""Asks the model, and writes down its answer before anybody gets it."""
Do: TypeAlias = "Callable[[ToolCall], str]"
"""Calls a tool, with approval and limits, and gives what the model will be told."""


class Ability:
    """What an agent can do more. One object serves all runs of its agent."""

    # A base class and no Protocol: each ability overrides two of these seven.

    name = ""
    """What it is called in records; the class's name if it says nothing."""

    def settings(self, plan: Plan) -> Plan:
        """Change what the agent is built of: limits, sampling, prices, the model."""
        return plan

    def tools(self) -> Iterable[Function | Tool]:
        """Give tools to the agent."""
        return ()

    def instructions(self, run: Run[Any]) -> str:
        """Say something to the model when a run begins."""
        return ""

    def around(self, run: Run[Any], request: Request, ask: Ask) -> Completion:
        """Be around each question to the model: `return ask(request)`, or otherwise.

        It may change the request, ask again after an error, or not ask at all. What
        `ask` gave is paid for and recorded. Count what it costs with `run.count`.
        """
        return ask(request)

    def after(self, run: Run[Any], completion: Completion) -> Completion:
        """Look at each answer before it is used.

        Raise `Again` to have the model answer anew, or an error to end the run.
        """
        return completion

    def calling(self, run: Run[Any], call: ToolCall, do: Do) -> str:
        """Be around each call of a tool: `return do(call)`, or what to say instead."""
        return do(call)

    def ended(self, run: Run[Any], answer: str | None) -> None:
        """Be told that a run ended; None is: without an answer."""


@dataclass(frozen=True, kw_only=True)
class AbilityOffer:
    """A kind of ability that a plugin brings."""

    name: str
    """What `.use()` takes."""
    summary: str
    open: Callable[..., Ability]
    """Takes the options of `.use()`. One that has a `host` argument gets the host."""
    unasked: bool = False
    """Whether each agent that is built on the host has it, as the last one around the
    model. For what only looks on, and where a person's settings say so."""


def called(ability: Ability) -> str:
    """Name an ability."""
    return ability.name or type(ability).__name__


def overriding(abilities: Collection[Ability], method: str) -> tuple[Any, ...]:
    """Give this method of each ability that has one of its own."""
    if not abilities:
        return ()
    own = getattr(Ability, method)
    return tuple(
        getattr(each, method)
        for each in abilities
        if getattr(type(each), method) is not own
    )


def owned(method: Callable[..., Any], run: Run[Any], *what: Any) -> Any:
    """Call an ability; what it raises by mistake has its name."""
    try:
        return method(run, *what)
    except (PlugwrightError, Again):
        raise
    except Exception as error:
        # Broad on purpose: an ability is a stranger's code.
        name = called(method.__self__)  # type: ignore[attr-defined]
        raise BrokeContract(
            name, in_one_line(error), remedy="leave it out, or mend it"
        ) from error


def wrapped(
    around: Callable[..., Any], run: Run[Any], inner: Callable[[Any], Any]
) -> Callable[[Any], Any]:
    """Put an ability around what is done."""
    return lambda what: owned(around, run, what, inner)
