"""Makes the agents again, for `plugwright runs resume` and `plugwright runs replay`.

A record says `plugwright_agents.made:hello {"model": "ollama:qwen2.5:7b"}`: which agent
it is, and all that a person chose when it was made. So a run goes on with the one that
began it. What is not said there, such as config.toml, holds as it is now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from plugwright.agents import Agent
from plugwright.errors import UsageError

if TYPE_CHECKING:
    from plugwright.host import Host

G = TypeVar("G")

_Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Given(BaseModel):
    """What every agent is made of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = Field(min_length=1)
    money: _Amount | None = None
    """Dollars that all of it may cost."""


class GivenRepository(Given):
    """What the agent for repositories is made of."""

    answers: Literal["text", "review", "changes", "account"]
    """The shape of its answers."""
    folder: str
    tokens: int = Field(ge=1)
    """Of an answer at most."""
    looks: bool = False
    """Whether the model may look into the history."""


class _GivenFiles(Given):
    folder: str

    def options(self) -> dict[str, Any]:
        """Give what the task is made of."""
        return self.model_dump(exclude={*_GivenFiles.model_fields, "task"})


class Summarise(_GivenFiles):
    """To summarise files."""

    task: Literal["summarise"]
    words: int = Field(ge=1)
    about: str = ""


class Classify(_GivenFiles):
    """To put files under labels."""

    task: Literal["classify"]
    labels: list[str]
    about: str = ""


class Extract(_GivenFiles):
    """To take data from files; the schema itself, as its file may change."""

    task: Literal["extract"]
    schema_: dict[str, Any] = Field(alias="schema")
    about: str = ""

    def options(self) -> dict[str, Any]:
        """Give what the task is made of."""
        return {"schema": self.schema_, "about": self.about}


class Rewrite(_GivenFiles):
    """To write files anew."""

    task: Literal["rewrite"]
    how: str


GivenFiles = Annotated[
    Summarise | Classify | Extract | Rewrite, Field(discriminator="task")
]


def reference(kind: str, **given: Any) -> str:
    """Write down which agent it is, and what it is made of; what is empty is left."""
    said = {
        name: each
        for name, each in given.items()
        # One by one: no dollars at all are an amount, and equal to False.
        if each is not None and each is not False and each != ""
    }
    return f"{__name__}:{kind} {json.dumps(said, ensure_ascii=False)}"


def hello(host: Host, given: Mapping[str, Any]) -> Agent[str]:
    """Make the agent of `plugwright agent hello`."""
    from plugwright_agents.hello import agent

    read = _read("hello", Given, given)
    return agent(host, read.model, read.money)


def docs(host: Host, given: Mapping[str, Any]) -> Agent[str]:
    """Make the agent of `plugwright agent docs`."""
    from plugwright_agents.docs.writing import agent

    read = _read("docs", Given, given)
    return agent(host, read.model, money=read.money)


def files(host: Host, given: Mapping[str, Any]) -> Agent[Any]:
    """Make an agent of `plugwright agent files`."""
    from plugwright_agents.files.again import agent

    return agent(host, _read("files", GivenFiles, given))


def git(host: Host, given: Mapping[str, Any]) -> Agent[Any]:
    """Make an agent of `plugwright agent git`."""
    from plugwright_agents.git.again import agent

    return agent(host, _read("git", GivenRepository, given))


def _read(kind: str, type: Any, given: Mapping[str, Any]) -> Any:
    try:
        return TypeAdapter(type).validate_python(dict(given))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "task"
        raise UsageError(
            f"the record does not say how the agent `{kind}` is made again:"
            f" `{place:.80}`: {first['msg']:.200}",
            remedy="type the command itself again; or name an agent of your own:"
            " `--agent MODULE:NAME`",
        ) from None
