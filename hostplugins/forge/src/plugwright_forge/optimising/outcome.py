"""What became of the optimiser's work: every rewrite, and why it was kept or not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Try:
    """One rewrite, and what became of it."""

    name: str
    """The rule's, or `model`."""
    said: str
    where: str
    """`plan_week, line 12`, in the version that it was made for."""
    kept: bool
    why: str
    ratio: float = 1.0
    """Fuel after to fuel before, on large inputs; 1 where it was not measured."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it."""

    code: str
    """The version that was kept: the first one, if nothing was better."""
    tries: tuple[Try, ...]
    before: int = 0
    after: int = 0
    """Fuel of the large inputs."""
    inputs: int = 0
    """Calls on which every kept version gave the same as the first one."""
    profile: str = ""
    """Of the first version: its source with percents."""
    stopped: str = ""
    """Why it ended early, if it did."""
    reason: str = ""
    """Why it was begun at all: what was slow."""
    refused: str = ""
    """Why what was kept does not go on after all, if it does not."""

    @property
    def ratio(self) -> float:
        """After to before; 1 is no gain."""
        return self.after / self.before if self.before else 1.0

    @property
    def changed(self) -> bool:
        """Whether a rewrite was kept."""
        return any(each.kept for each in self.tries) and not self.refused

    def in_words(self) -> str:
        """Say it for people."""
        head, *ends = self.summary
        lines = [
            f"- {'kept' if each.kept else 'left'}: {each.said} ({each.where}): "
            f"{each.why}"
            for each in self.tries
        ]
        return "\n".join([head, *lines, *ends])

    @property
    def summary(self) -> tuple[str, ...]:
        """Say it without the rewrites one by one."""
        if not self.tries and not self.stopped:
            return ("Nothing was found that could be faster.",)
        head, ends = "No rewrite was better.", []
        if any(each.kept for each in self.tries):
            head = (
                f"{self.before:,} → {self.after:,} fuel on large inputs, a ratio of "
                f"{self.ratio:.2f}; the same answers to {self.inputs:,} calls."
            )
        if self.refused:
            ends.append(f"The version before goes on: {self.refused}.")
        if self.stopped:
            ends.append(f"It ended early: {self.stopped}.")
        return head, *ends
