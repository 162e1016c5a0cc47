"""Small mistakes that no test notices: which example, if it is approved, does?

A mistake that changes what the plugin gives for an approved example is noticed: the
example is among the tests that travel with the plugin.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from plugwright.judging import Mutants
from plugwright_forge.board import Told
from plugwright_forge.choice import Card, Option
from plugwright_forge.example_cards import is_askable, is_readable
from plugwright_forge.probing import Probe


@dataclass(frozen=True, kw_only=True)
class Unnoticed:
    """What a version gives for each probe, and what its surviving mutants give."""

    mutants: Mutants
    probes: Mapping[str, Probe]
    gives: Mapping[str, str | None]
    others: Sequence[Mapping[str, str | None]]
    """One for each survivor."""

    def noticed(self, told: Sequence[Told]) -> frozenset[int]:
        """Name the survivors that examples tell from the plugin."""
        right = [t.probe for t in told if t.wanted and self.gives[t.probe] == t.output]
        return frozenset(n for probe in right for n in self._telling(probe))

    def after(self, told: Sequence[Told]) -> Mutants:
        """Count those, too."""
        noticed, found = self.noticed(told), self.mutants
        left = [n for n in range(len(found.survivors)) if n not in noticed]
        return replace(
            found,
            killed=found.killed + len(noticed),
            alive=tuple(found.alive[n] for n in left),
            survivors=tuple(found.survivors[n] for n in left),
        )

    def card(
        self, asked: Collection[str], told: Sequence[Told], most: int, needed: float
    ) -> Card | None:
        """Give the first of the cards with which the tests notice enough, if any do."""
        noticed: set[int] = {*self.noticed(told)}
        probes = [
            id
            for id, probe in self.probes.items()
            if is_askable(probe) and id not in asked
        ]
        chosen: list[str] = []
        for _ in range(most):
            if self._score(len(noticed)) >= needed:
                break
            best = max(
                probes, key=lambda p: len(self._telling(p) - noticed), default=""
            )
            if not best or self._telling(best) <= noticed:
                break
            noticed |= self._telling(best)
            chosen.append(best)
        if not chosen or self._score(len(noticed)) < needed:
            return None
        return self._card(chosen[0])

    def telling(self, asked: Collection[str]) -> Card | None:
        """Give the card of the input at which most mistakes show that few others show.

        What everything changes is seen at any input; what is easily misread, at one.
        What shows at inputs that were `asked` about, or written down, is settled.
        """
        shows = {
            id: self._telling(id)
            for id, probe in self.probes.items()
            if is_readable(probe)
        }
        seen = Counter(mistake for each in shows.values() for mistake in each)
        settled = {*asked, *(id for id, each in self.probes.items() if each.written)}
        for id in settled & {*shows}:
            for mistake in shows.pop(id):
                seen[mistake] = 0

        def worth(probe: str) -> float:
            return sum(1 / seen[each] for each in shows[probe] if seen[each])

        best = max(shows, key=worth, default="")
        return self._card(best) if best and worth(best) else None

    def _score(self, more: int) -> float:
        return round(100 * (self.mutants.killed + more) / self.mutants.counted)

    def _telling(self, probe: str) -> frozenset[int]:
        return frozenset(
            n
            for n, other in enumerate(self.others)
            if None not in (self.gives[probe], other[probe])
            and other[probe] != self.gives[probe]
        )

    def _card(self, probe: str) -> Card:
        outputs = [self.gives[probe], *(other[probe] for other in self.others)]
        options = tuple(
            Option(output, 0.0, ()) for output in dict.fromkeys(outputs) if output
        )
        return Card(probe, options, 0.0)
