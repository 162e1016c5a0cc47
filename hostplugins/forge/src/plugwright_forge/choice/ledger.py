"""The trust ledger: every test, where it comes from, what is known, what it may do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from plugwright_forge.choice.behaviours import Behaviour, behaviours, shares
from plugwright_forge.choice.matrix import Matrix
from plugwright_forge.choice.trust import (
    RANKS,
    REJECTS,
    SURE,
    Evidence,
    Kind,
    Source,
    Worth,
    odds,
    probability,
)

IMPLEMENTATIONS = 4
"""So many different programs that fail a test put it on trial."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One test."""

    id: str
    source: Source
    author: str = ""
    """The role that wrote it."""
    requirement: str = ""
    evidence: tuple[Evidence, ...] = ()

    def learnt(self, *evidence: Evidence, instead: Kind | None = None) -> Entry:
        """Add what was found out, also `instead` of what is known of another kind.

        Only a person's answers count each time.
        """
        old = {instead, *(one.kind for one in evidence)}.difference(_EACH_TIME)
        known = (one for one in self.evidence if one.kind not in old)
        return replace(self, evidence=(*known, *evidence))

    def judged(self, *, upheld: bool, detail: str = "") -> Entry:
        """End its trial."""
        kind = Kind.UPHELD if upheld else Kind.DISMISSED
        ended = self.without(*_TRIED, Kind.ACCUSED)
        return ended.learnt(Evidence(kind=kind, detail=detail))

    def without(self, *kinds: Kind) -> Entry:
        """Forget what was found out of these kinds."""
        known = tuple(one for one in self.evidence if one.kind not in kinds)
        if len(known) == len(self.evidence):
            return self
        return replace(self, evidence=known)


@dataclass(frozen=True)
class Ledger:
    """All tests. It is never changed: each addition gives a new one."""

    entries: tuple[Entry, ...] = ()
    worth: Worth = field(default_factory=Worth)

    def __post_init__(self) -> None:
        if len({entry.id for entry in self.entries}) < len(self.entries):
            raise ValueError("a test is there twice")

    def __getitem__(self, test: str) -> Entry:
        return self._by_id[test]

    def __contains__(self, test: str) -> bool:
        return test in self._by_id

    def add(self, *entries: Entry) -> Ledger:
        """Add tests."""
        return replace(self, entries=(*self.entries, *entries))

    def learn(self, test: str, *evidence: Evidence) -> Ledger:
        """Add what became known about a test; to know it twice changes nothing.

        Only a person's answers count each time they are given.
        """
        return self._with(self[test].learnt(*evidence))

    def judge(self, test: str, *, upheld: bool, detail: str = "") -> Ledger:
        """End the trial of a test."""
        return self._with(self[test].judged(upheld=upheld, detail=detail))

    def after(self, matrix: Matrix) -> Ledger:
        """Read out of a matrix which behaviours pass what, and who is to be tried."""
        seen = shares(matrix)
        accused = self.accused(matrix)

        def read(entry: Entry) -> Entry:
            if entry.id not in seen:
                return entry
            found = []
            share = seen[entry.id]
            if entry.source not in SURE:
                said = f"{share.part:.0%} of {share.behaviours} behaviours"
                found.append(Evidence(kind=Kind.AGREEMENT, detail=said, share=share))
            if entry.id in accused:
                found.append(Evidence(kind=Kind.ACCUSED, detail=accused[entry.id]))
            return entry.learnt(*found, instead=Kind.ACCUSED)

        return replace(self, entries=tuple(map(read, self.entries)))

    def accused(self, matrix: Matrix) -> Mapping[str, str]:
        """Give the tests that several behaviours fail and none passes, with the reason.

        Who was tried once is not tried again.
        """
        different = behaviours(matrix)
        found: dict[str, str] = {}
        for test in matrix.tests:
            if test not in self or self[test].source is Source.FACT:
                continue
            if any(e.kind in _TRIED for e in self[test].evidence):
                continue
            failing = [b for b in different if test in matrix.failed(b.name)]
            if len(failing) >= IMPLEMENTATIONS and not _passing(different, test):
                found[test] = (
                    f"{len(failing)} different behaviours fail it, none passes"
                )
        return found

    def trust(self, test: str) -> float:
        """Say how probably a test is right."""
        return self._trust[test]

    def beside_answers(self, test: str) -> float:
        """Say the same without what a person said, which counts by itself."""
        entry = self[test].without(*_EACH_TIME)
        return self.trust(test) if entry is self[test] else self._worth(entry)

    def rejecting(self, tests: Iterable[str]) -> tuple[str, ...]:
        """Give those of the tests that may reject a candidate."""
        return tuple(test for test in tests if self.trust(test) >= REJECTS)

    def ranking(self, tests: Iterable[str]) -> tuple[str, ...]:
        """Give those of the tests that may at least tell who is better."""
        return tuple(test for test in tests if self.trust(test) >= RANKS)

    def questions(self) -> tuple[str, ...]:
        """Give the tests that are too doubtful for either: ask about them."""
        return tuple(e.id for e in self.entries if self.trust(e.id) < RANKS)

    def explain(self, test: str) -> str:
        """Say in words why a test is trusted as much as it is."""
        entry = self[test]
        steps = self._steps(entry)
        by = f", by {entry.author}" if entry.author else ""
        about = f" for {entry.requirement}" if entry.requirement else ""
        lines = [f"{test}{about}: {steps[-1][1]:.2f}, {_may(steps[-1][1])}."]
        lines.append(f"  {entry.source}{by}: {steps[0][1]:.2f}")
        lines += [f"  {words}: {trust:.2f}" for words, trust in steps[1:]]
        return "\n".join(lines)

    @cached_property
    def _by_id(self) -> dict[str, Entry]:
        return {entry.id: entry for entry in self.entries}

    @cached_property
    def _trust(self) -> dict[str, float]:
        return {entry.id: self._worth(entry) for entry in self.entries}

    def _worth(self, entry: Entry) -> float:
        """Give where `_steps` ends, without a word."""
        now, most = odds(self.worth.starts[entry.source]), 1.0
        for evidence in entry.evidence:
            bound = self.worth.bounds.get(evidence.kind)
            if bound is None:
                now += self.worth.step(evidence)
            else:
                most = min(most, bound)
        return min(probability(now), most)

    def _steps(self, entry: Entry) -> list[tuple[str, float]]:
        now = odds(self.worth.starts[entry.source])
        steps = [(str(entry.source), probability(now))]
        flaws = [e for e in entry.evidence if e.kind in self.worth.bounds]
        for evidence in entry.evidence:
            if evidence not in flaws:
                now += self.worth.step(evidence)
                steps.append((_words(evidence), probability(now)))
        for flaw in flaws:
            bound = self.worth.bounds[flaw.kind]
            if steps[-1][1] > bound:
                steps.append((f"{_words(flaw)}, so at most", bound))
            else:
                steps.append((_words(flaw), steps[-1][1]))
        return steps

    def _with(self, changed: Entry) -> Ledger:
        entries = tuple(changed if e.id == changed.id else e for e in self.entries)
        return replace(self, entries=entries)


_EACH_TIME = (Kind.CONFIRMED, Kind.DENIED)
_TRIED = (Kind.UPHELD, Kind.DISMISSED)


def _passing(different: Iterable[Behaviour], test: str) -> bool:
    return any(test in behaviour.passed for behaviour in different)


def _words(evidence: Evidence) -> str:
    detail = f" ({evidence.detail})" if evidence.detail else ""
    return f"{evidence.kind}{detail}"


def _may(trust: float) -> str:
    if trust >= REJECTS:
        return "may reject a candidate"
    return "may rank candidates" if trust >= RANKS else "is a question to the person"
