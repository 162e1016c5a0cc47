"""The scheduler's commands, for agents, programs and other plugins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from plugwright.commands import Command
from plugwright.errors import UsageError
from plugwright.manifest import CommandSpec
from plugwright.sandboxes import JSON
from plugwright.scheduling import Job, JobStatus, Priority, Scheduler

PRIORITIES = {
    "real-time": Priority.REAL_TIME,
    "interactive": Priority.INTERACTIVE,
    "background": Priority.BACKGROUND,
}
"""How a person writes them."""


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class _Submit(_Arguments):
    plugin: str
    command: str
    arguments: dict[str, JsonValue] = {}
    priority: Literal["real-time", "interactive", "background"] = "interactive"
    at: float | None = None
    schedule: str = ""
    zone: str = ""
    event: str = ""
    deadline: float | None = None
    retries: int = 0
    key: str = ""
    told_as: str = ""


class _Nothing(_Arguments):
    pass


class _Id(_Arguments):
    id: str


def commands_of(scheduler: Callable[[], Scheduler]) -> list[Command]:
    """Give every command, for a scheduler that is opened when one is called."""

    def submit(asked: _Submit) -> JSON:
        given = {**dict(asked), "priority": PRIORITIES[asked.priority]}
        return scheduler().submit(Job(**given))

    def jobs(asked: _Nothing) -> JSON:
        return [as_json(status) for status in scheduler().jobs()]

    def cancel(asked: _Id) -> None:
        scheduler().cancel(asked.id)

    def pause(asked: _Id) -> None:
        scheduler().pause(asked.id)

    def resume(asked: _Id) -> None:
        scheduler().resume(asked.id)

    return [
        _command("submit", "Run a command later; gives the job's id.", _Submit, submit),
        _command("jobs", "List every job.", _Nothing, jobs),
        _command("cancel", "Let a job not begin, or stop it.", _Id, cancel),
        _command("pause", "Let a job not begin until it is resumed.", _Id, pause),
        _command("resume", "Let a paused job begin.", _Id, resume),
    ]


def as_json(status: JobStatus) -> dict[str, JSON]:
    """Write down where a job is."""
    job = status.job
    return {
        "id": status.id,
        "state": status.state.value,
        "plugin": job.plugin,
        "command": job.command,
        "arguments": job.arguments,
        "priority": word_for(job.priority),
        "at": job.at,
        "schedule": job.schedule,
        "zone": job.zone,
        "event": job.event,
        "deadline": job.deadline,
        "retries": job.retries,
        "key": job.key,
        "tries": status.tries,
        "due": status.due,
        "value": status.value,
        "why": status.why,
    }


def word_for(priority: Priority) -> str:
    """Write a priority as a person does."""
    return next(word for word, found in PRIORITIES.items() if found is priority)


def _command(
    name: str, summary: str, model: type[Any], call: Callable[[Any], JSON]
) -> Command:
    def checked(arguments: dict[str, JSON]) -> JSON:
        try:
            asked = model.model_validate(arguments)
        except ValidationError as error:
            found = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(map(str, found["loc"]))
            raise UsageError(
                f"`scheduler` cannot use this input: `{place}`: {found['msg']}",
                remedy="correct the input",
            ) from error
        return call(asked)

    spec = CommandSpec(
        summary=summary,
        parameters=tuple(model.model_fields),
        input=model.model_json_schema(),
    )
    return Command(name=name, spec=spec, call=checked)
