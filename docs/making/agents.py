"""The reference of agents, from their code: builder, limits, abilities, pains."""

from __future__ import annotations

import inspect
import json
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from plugwright.agents import Ability, Agent, Builder, Limits, Tool
from plugwright.agents.limits import Spent
from plugwright.agents.pain import _ENDS_A_RUN, help_for
from plugwright.agents.pains import Pain
from plugwright.agents.tools import Approval
from plugwright.providers import Capabilities, Sampling
from plugwright_agents.optional.config import Configured
from plugwright_agents.optional.discovery import Discovers
from plugwright_agents.optional.guardrails import Guardrails
from plugwright_agents.optional.limits import Limiting
from plugwright_agents.optional.memory import Remembers

_PAINS: Mapping[str, str] = {
    Pain.RETRY: "a question was asked again, after a wait",
    Pain.FALLBACK: "another model was asked than the first one",
    Pain.TRUNCATION: "an answer ended because there were no more tokens for it",
    Pain.REPAIR: "an answer did not fit its type, and was sent back",
    Pain.GUARDRAIL: "an ability sent an answer back, or stopped it",
    Pain.MISFIT: "an answer did not fit to the end",
    Pain.LIMIT: "a limit did its work",
    Pain.CANCELLED: "somebody did not want the answer any more",
    Pain.RATE_LIMIT: "a provider was asked too often, to the end",
    Pain.CONTEXT: "a question did not fit",
    Pain.OUTAGE: "a provider could not be reached",
    Pain.MALFORMED: "a provider answered something else than was agreed",
    Pain.KEY: "a key is missing or wrong",
    Pain.DECLINED: "a provider would not answer",
    Pain.SETTING: "something cannot be as asked: a model that there is not",
    Pain.BROKEN: "a part of the agent raised what it should not",
    Pain.TOOL_TIMEOUT: "a tool took too long",
    Pain.TOOL_ERROR: "a tool raised",
    Pain.TOOL_CUT: "a tool said too much, and was cut",
    Pain.TOOL_UNFIT: "the model gave arguments that do not fit",
    Pain.TOOL_UNKNOWN: "the model wanted a tool that there is not",
    Pain.TOOL_LOST: "nobody knows whether a tool did its work: the process died",
    Pain.REFUSED: "nobody allowed a tool, or a plugin was denied something",
    Pain.WORKAROUND: "a person had to go round something, and wrote down the minutes",
    Pain.WISH: "a person wrote it down",
}
"""What each kind is. A kind without words fails the build."""


def builder() -> str:
    """Write every step of the builder."""
    return _table("step", _methods(Builder, first="model"))


def running() -> str:
    """Write every way to run an agent."""
    names = ("run", "arun", "stream", "astream", "resume", "replay")
    return _table("method", [getattr(Agent, name) for name in names])


def methods_of_an_ability() -> str:
    """Write what an ability may override."""
    return _table("method", _methods(Ability, first="settings"))


def limits() -> str:
    """Write every limit."""
    said = {
        "requests": "questions to the model; holds unasked, because a model that never"
        " comes to an end does",
        "tokens_in": "tokens of all questions, counted before each is sent",
        "tokens_out": "tokens of all answers; the next one is asked for shorter",
        "seconds": "by the clock; ends an answer under way, where the provider can be"
        " ended",
        "tool_calls": "calls of tools",
        "money": "what tokens cost, in whatever the price function counts; it needs"
        " one: `.price(…)`, or the ability `limits`, which brings a dated table",
    }
    rows = "\n".join(
        f"| `{each.name}` | {said[each.name]} | {_default(each.default)} |"
        for each in fields(Limits)
    )
    assert {*said} <= {each.name for each in fields(Spent)}
    return (
        f"| limit | what it counts | if it is not said |\n| --- | --- | --- |\n{rows}"
    )


def tools() -> str:
    """Write what is known of a tool beside its function."""
    said = {
        "approval": "`always`, `ask` a person before each call, or `never`",
        "seconds": "how long one call may take; `None`: something else sees to that",
        "most": "characters of an answer; what is more is cut, and the model is told",
        "repeatable": "whether it may be called again when nobody knows whether it was"
        " called, and by `plugwright runs replay --tools`",
    }
    rows = "\n".join(
        f"| `{each.name}` | {said[each.name]} | {_default(each.default)} |"
        for each in fields(Tool)
        if each.name in said
    )
    assert [*Approval] == ["always", "ask", "never"]
    return (
        f"| `tool(…)` | what it says | if it is not said |\n| --- | --- | --- |\n{rows}"
    )


def sampling() -> str:
    """Write every choice of sampling."""
    said = {
        "temperature": "0 is the likeliest word each time",
        "seed": "same seed and question, same answer, where the provider can",
        "max_tokens": "how long one answer may be",
        "stop": "texts that end the answer, and are not in it",
    }
    rows = "\n".join(
        f"| `{each.name}` | {said[each.name]} | `{each.default!r}` |"
        for each in fields(Sampling)
    )
    return f"| `Sampling(…)` | | if it is not said |\n| --- | --- | --- |\n{rows}"


def capabilities() -> str:
    """Write what a provider can say of itself."""
    said = {
        "streams": "gives its answer while it finds it: it has `stream`",
        "tools": "can want tools called",
        "schema": "follows `Request.schema`; it is more than a wish",
        "grammar": "keeps to `Request.grammar`; else it refuses one",
        "counts": "its `count` is exact, and answers say their tokens and seconds",
        "context": "tokens of question and answer together; 0 where nobody knows",
        "embeds": "turns texts into vectors: it has `embed`",
        "may_cost": "an answer may cost money, and the same question as much again",
    }
    rows = "\n".join(f"| `{e.name}` | {said[e.name]} |" for e in fields(Capabilities))
    return f"| `Capabilities(…)` | what it promises |\n| --- | --- |\n{rows}"


def pains() -> str:
    """Write every kind of pain, and what would help."""
    rows = "\n".join(
        f"| {kind} | {_PAINS[kind]}{_ending(kind)} | {_help(kind)} |" for kind in Pain
    )
    return f"| pain | what happened | would help |\n| --- | --- | --- |\n{rows}"


ABILITIES: Mapping[str, type[Ability]] = {
    "memory": Remembers,
    "discovery": Discovers,
    "config": Configured,
    "limits": Limiting,
    "guardrails": Guardrails,
}


def abilities() -> str:
    """Write the options of every ability that comes with the agents."""
    return "\n\n".join(_options(name, each) for name, each in ABILITIES.items())


def _options(name: str, ability: type[Ability]) -> str:
    parameters = [
        each
        for each in inspect.signature(ability.__init__).parameters.values()
        if each.name not in ("self", "host")
    ]
    shown = ", ".join(_argument(each) for each in parameters)
    code = _wrapped(f'.use("{name}"' + (f", {shown}" if shown else "") + ")")
    about = _doc(ability.__init__).partition("\n\n")[2]
    parts = [f"### `{name}` {{ #ability-{name} }}", _doc(ability), code, about]
    return "\n\n".join(filter(None, parts))


def _methods(owner: type[Any], first: str) -> list[Callable[..., Any]]:
    found = {
        name: each
        for name, each in vars(owner).items()
        if inspect.isfunction(each) and not name.startswith("_")
    }
    names = [*found]
    return [found[name] for name in names[names.index(first) :]]


def _table(what: str, methods: list[Callable[..., Any]]) -> str:
    rows = "\n".join(
        f"| `{_called(e)}` | {' '.join(_doc(e).split())} |" for e in methods
    )
    return f"| {what} | what it does |\n| --- | --- |\n{rows}"


def _called(function: Callable[..., Any]) -> str:
    taken = [
        each
        for each in inspect.signature(function).parameters.values()
        if each.name != "self"
    ]
    return f"{function.__name__}({', '.join(_with_stars(taken))})"


def _with_stars(taken: list[inspect.Parameter]) -> Iterator[str]:
    is_by_name = False
    for each in taken:
        if each.kind is each.KEYWORD_ONLY and not is_by_name:
            is_by_name = True
            if not any(other.kind is each.VAR_POSITIONAL for other in taken):
                yield "*"
        is_by_name = is_by_name or each.kind is each.VAR_POSITIONAL
        yield _argument(each)


def _argument(parameter: inspect.Parameter) -> str:
    stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}
    text = stars.get(parameter.kind, "") + parameter.name
    if parameter.default is not parameter.empty:
        value = parameter.default
        text += f"={json.dumps(value) if isinstance(value, str) else repr(value)}"
    return text


def _wrapped(code: str) -> str:
    lines = textwrap.wrap(code, 84, subsequent_indent="    ", break_long_words=False)
    return "```python\n" + "\n".join(lines) + "\n```"


def _doc(thing: object) -> str:
    return inspect.getdoc(thing) or ""


def _default(value: object) -> str:
    return "no limit" if value is None else f"`{value}`"


def _ending(kind: Pain) -> str:
    return "; it ends the run" if kind in _ENDS_A_RUN else ""


def _help(kind: str) -> str:
    plugin, how = help_for(kind)
    return f"`{plugin}` {how}" if plugin else how


MADE: Mapping[str, Callable[[], str]] = {
    "builder": builder,
    "running agents": running,
    "methods of abilities": methods_of_an_ability,
    "limits of runs": limits,
    "tool": tools,
    "sampling": sampling,
    "capabilities": capabilities,
    "pains": pains,
    "abilities of agents": abilities,
}
