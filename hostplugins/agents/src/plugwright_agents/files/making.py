"""Makes the agent that answers about one file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from plugwright.agents import Ability, Agent, Ask, LimitReached, Run
from plugwright.providers import Completion, Request, Sampling
from plugwright_agents.choosing import AsSet
from plugwright_agents.files.tasks import Task
from plugwright_agents.made import reference
from plugwright_agents.questions import Noting
from plugwright_agents.shaping import Shaped

if TYPE_CHECKING:
    from plugwright.host import Host


class AsLong(Ability):
    """Allows an answer as long as the file demands, and no longer."""

    name = "length"

    def __init__(self, task: Task) -> None:
        self._task = task

    def around(self, run: Run[Any], request: Request, ask: Ask) -> Completion:
        """Set how long it may be."""
        longest = self._task.longest(_prompt(request))
        sampling = replace(request.sampling, max_tokens=longest)
        return ask(replace(request, sampling=sampling))


class Whole(Ability):
    """Asks for a whole answer or for none: half a one is paid for, and no use."""

    name = "whole"

    def __init__(self, task: Task) -> None:
        self._task = task

    def around(self, run: Run[Any], request: Request, ask: Ask) -> Completion:
        """Refuse what the limits allow only a part of."""
        if request.sampling.max_tokens < self._task.longest(_prompt(request)):
            raise LimitReached("total money", "the next answer could be more than that")
        return ask(request)


def agent(
    host: Host,
    model: str,
    task: Task | None = None,
    noting: Noting | None = None,
    **limits: Any,
) -> Agent[Any]:
    """Make the agent; without a task it can only go on with what it was told."""
    builder = Agent.builder("files", host=host).model(model)
    builder.made_by(reference("files", model)).use(AsSet(host))
    if task is None or noting is None:
        return builder.use("limits", **limits).build()
    builder.instructions(task.instructions)
    builder.sampling(Sampling(temperature=0.0, max_tokens=task.max_tokens))
    builder.use(Shaped(task.shape)).use(noting)
    # Around the limits, so that they hold for what is really asked, and within them.
    return builder.use(AsLong(task)).use("limits", **limits).use(Whole(task)).build()


def _prompt(request: Request) -> str:
    return next(each.content for each in request.messages if each.role == "user")
