"""The reference of the hooks, from their specifications."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterator

from plugwright.contracts import Contract
from plugwright.hooks import Questions
from plugwright.standings import COOL_DOWN, PATIENCE


def questions() -> dict[str, Callable[..., object]]:
    """Every hook, in the order of the file."""
    return {
        name: getattr(Questions, name)
        for name, each in vars(Questions).items()
        if isinstance(each, staticmethod)
    }


def reference() -> str:
    """Write every hook: its signature, what holds, its contract and example."""
    return "\n\n".join(_hook(name, each) for name, each in questions().items())


def overview() -> str:
    """Write a table of all hooks."""
    rows = "\n".join(
        f"| [`{name}`](#{name}) | {_summary(each)} | {_in_short(each)} |"
        for name, each in questions().items()
    )
    head = "| hook | what it asks | time limit, and if one fails |"
    return f"{head}\n| --- | --- | --- |\n{rows}"


def breaker() -> str:
    """Say when a plugin is left out."""
    return (
        f"After {PATIENCE} failures in a row a plugin is left out of that hook for"
        f" {COOL_DOWN:g} seconds, then it gets one more try."
    )


def _hook(name: str, question: Callable[..., object]) -> str:
    contract = _contract(question)
    facts = [
        f"- Answered by {_kind(question)}, within {contract.seconds:g} seconds.",
        f"- If one plugin fails: {_failing(question)}.",
    ]
    if contract.shape:
        needed = ", ".join(f"`{each}`" for each in contract.shape)
        facts.append(f"- Each answer has: {needed}.")
    else:
        facts.append("- It is told, not asked: nothing is given back.")
    return "\n\n".join(
        [
            f"## `{name}` {{ #{name} }}",
            f"```python\n{_signature(name, question)}\n```",
            "\n".join(facts),
            *_prose(inspect.getdoc(question) or ""),
        ]
    )


def _signature(name: str, question: Callable[..., object]) -> str:
    word = "async def" if inspect.iscoroutinefunction(question) else "def"
    return f"{word} {name}{inspect.signature(question)}".replace("'", "")


def _summary(question: Callable[..., object]) -> str:
    return (inspect.getdoc(question) or "").partition("\n")[0]


def _kind(question: Callable[..., object]) -> str:
    if inspect.iscoroutinefunction(question):
        return "`def` or `async def`"
    return "`def`"


def _failing(question: Callable[..., object]) -> str:
    if _contract(question).closed:
        return "the question fails as a whole (*closed*)"
    return "the others answer (*open*)"


def _in_short(question: Callable[..., object]) -> str:
    contract = _contract(question)
    word = "**closed**" if contract.closed else "open"
    is_async = inspect.iscoroutinefunction(question)
    return f"{contract.seconds:g} s, {word}{', may be async' if is_async else ''}"


def _contract(question: Callable[..., object]) -> Contract:
    found: Contract = question.contract  # type: ignore[attr-defined]
    return found


def _prose(doc: str) -> Iterator[str]:
    """Give the paragraphs of a docstring; what begins as code becomes a block."""
    code: list[str] = []
    for paragraph in doc.split("\n\n"):
        plain = textwrap.dedent(paragraph)
        # Code of more than one paragraph goes on while it is indented.
        if plain.startswith("@hookimpl") or (code and paragraph.startswith("    ")):
            code.append(
                plain if not code else textwrap.indent(plain, _depth(paragraph))
            )
            continue
        if code:
            yield _block(code)
            code = []
        yield plain
    if code:
        yield _block(code)


def _depth(paragraph: str) -> str:
    """How deep a later paragraph of an example is, below the example's first line."""
    spaces = len(paragraph) - len(paragraph.lstrip())
    return " " * max(0, spaces - 4)


def _block(code: list[str]) -> str:
    return "```python\n" + "\n\n".join(code) + "\n```"


MADE = {
    "hooks": reference,
    "hooks overview": overview,
    "hooks breaker": breaker,
}
