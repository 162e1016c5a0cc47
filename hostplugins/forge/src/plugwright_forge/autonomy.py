"""What the forge asks before it does it: one table, for each level of autonomy."""

from __future__ import annotations

from enum import StrEnum

from plugwright_forge.answers import Level


class Autonomy(StrEnum):
    """How much the forge decides without asking."""

    GUIDED = "guided"
    SEMI = "semi-autonomous"
    FULL = "fully-autonomous"


class Ask(StrEnum):
    """What a person may be asked."""

    ESSENTIAL = "essential questions"
    IMPORTANT = "important questions"
    NICE_TO_HAVE = "questions that are nice to have answered"
    CARD = "an example card: is this right?"
    SPECIFICATION = "the specification, to read, change and approve"
    STUCK = "one question when the work turns in circles"
    APPROVAL = "whether the plugin may run"


_NOBODY: frozenset[Autonomy] = frozenset()
_ASKED: dict[Ask, frozenset[Autonomy]] = {
    Ask.ESSENTIAL: frozenset({Autonomy.GUIDED, Autonomy.SEMI}),
    Ask.IMPORTANT: frozenset({Autonomy.GUIDED, Autonomy.SEMI}),
    Ask.NICE_TO_HAVE: frozenset({Autonomy.GUIDED}),
    Ask.CARD: frozenset({Autonomy.GUIDED, Autonomy.SEMI}),
    Ask.SPECIFICATION: frozenset({Autonomy.GUIDED}),
    Ask.STUCK: frozenset({Autonomy.GUIDED, Autonomy.SEMI}),
    # Nothing runs that no person approved, however much the forge may decide.
    Ask.APPROVAL: frozenset(Autonomy),
}
_OF_LEVEL = {
    Level.ESSENTIAL: Ask.ESSENTIAL,
    Level.IMPORTANT: Ask.IMPORTANT,
    Level.NICE: Ask.NICE_TO_HAVE,
}


def is_asked(autonomy: Autonomy, about: Ask | Level) -> bool:
    """Tell whether a person is asked, or the forge decides and says so."""
    ask = _OF_LEVEL[about] if isinstance(about, Level) else about
    return autonomy in _ASKED.get(ask, _NOBODY)


def in_words() -> str:
    """Write the table as Markdown, as the documentation has it."""
    head = " | ".join(f"`{level}`" for level in Autonomy)
    rows = [f"| a person is asked | {head} |", "| --- |" + " --- |" * len(Autonomy)]
    for ask in Ask:
        cells = ["yes" if is_asked(level, ask) else "no" for level in Autonomy]
        rows.append(f"| {ask} | {' | '.join(cells)} |")
    return "\n".join(rows)
