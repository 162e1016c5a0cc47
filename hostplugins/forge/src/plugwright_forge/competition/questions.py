"""What a contest asks the person, and what it asks reviewers and for more tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from plugwright_forge.acceptance import requirement_of, write_more
from plugwright_forge.autonomy import Ask, is_asked
from plugwright_forge.board import Ruling, Told
from plugwright_forge.choice import Card, select
from plugwright_forge.choice.splitting import FEWEST_CARDS, MOST_CARDS
from plugwright_forge.competition.knowledge import Knowledge
from plugwright_forge.competition.reviewing import reviewer
from plugwright_forge.competition.testers import rule
from plugwright_forge.example_cards import (
    ask_about,
    ask_again,
    ask_card,
    can_be_asked,
    hold_cards,
    is_readable,
)
from plugwright_forge.interview import Person
from plugwright_forge.matrix import Trial
from plugwright_forge.probing import Probe
from plugwright_forge.session import Session
from plugwright_forge.team import Team
from plugwright_forge.watching import Watcher

MORE_TESTS = 2
"""How often more tests are added."""


def accusing(known: Knowledge, best: Trial) -> Probe | None:
    """Give the story of a trusted test that the best one fails, if it is to be asked.

    It is where it differs from those who pass; if nobody does, the only one.
    """
    for test in sorted(known.matrix.rejecting - known.matrix.trusted(best)):
        told = _stories(known, [p for p in known.probes if test in p.tests])
        matrix = known.board.matrix
        passing = [p for p in matrix.programs if test in matrix.passed(p)]
        for probe in told:
            others = [known.gives(known.trial(p), probe.id) for p in passing]
            mine = known.gives(best, probe.id)
            if mine not in others and (others or len(told) == 1):
                return probe
    return None


def showing(known: Knowledge, best: Trial) -> Probe | None:
    """Give a story of a requirement that nothing shows yet: one that it may fail."""
    failed = known.board.matrix.failed(known.name(best))
    for requirement in sorted(known.unshown(best)):
        told = _stories(
            known,
            [
                probe
                for probe in known.probes
                if {requirement_of(test) for test in probe.tests} == {requirement}
            ],
        )
        accusing = [probe for probe in told if failed & {*probe.tests}]
        if told:
            return (accusing or told)[-1]
    return None


def _stories(known: Knowledge, told: Sequence[Probe]) -> list[Probe]:
    """Give what can be asked; nothing where something of it was asked already.

    What a person wrote can be, where a test that is trusted speaks against it.
    """
    if any(probe.id in known.asked for probe in told):
        return []
    return [probe for probe in told if is_readable(probe)]


class Questions:
    """Asks one more thing, or says that it has none to ask."""

    def __init__(
        self,
        session: Session,
        team: Team,
        watcher: Watcher,
        person: Person,
        known: Knowledge,
    ) -> None:
        self._session = session
        self._team = team
        self._watcher = watcher
        self._person = person
        self._known = known
        self._more = 0
        self._again: set[str] = set()

    def show_accuser(self, best: Trial) -> bool:
        """Ask about an input of a trusted test that the best one fails.

        However sure we are otherwise: the answer decides between test and program.
        """
        known, before = self._known, len(self._known.told)
        if not self._show(accusing, best):
            return False
        for told in known.told[before:]:
            if told.wanted and known.gives(best, told.probe) == told.output:
                self._dismiss(told.probe, best)
        return True

    def _dismiss(self, probe: str, best: Trial) -> None:
        """Dismiss the tests that refuse what is right, and look at nothing else."""
        known = self._known
        stories = Counter(test for each in known.probes for test in each.tests)
        told = next(each for each in known.probes if each.id == probe)
        failed = known.board.matrix.failed(known.name(best))
        alone = [t for t in told.tests if stories[t] == 1 and t in failed]
        why = "the person says that what it refuses is right"
        ruling = Ruling(upheld=False, why=why)
        rulings, number = dict.fromkeys(alone, ruling), f"card-{len(known.asked)}"
        rule(self._session, self._watcher, known, rulings, number)

    def show_requirement(self, best: Trial) -> bool:
        """Ask about a requirement that no tester could show to be met."""
        return self._show(showing, best)

    def _show(
        self, story: Callable[[Knowledge, Trial], Probe | None], best: Trial
    ) -> bool:
        if len(self._known.asked) >= MOST_CARDS:
            return False
        probe = story(self._known, best)
        return probe is not None and self._ask_about(probe)

    def show_card(self, best: Trial) -> bool:
        """Ask a person about the input that splits the candidates best."""
        known = self._known
        before = len(known.asked)
        if before >= MOST_CARDS:
            return False
        told = hold_cards(
            self._session,
            self._person,
            known.probes,
            known.with_answers,
            most=before + 1,
            asked=known.asked,
        )
        if told:
            known.told += told
            known.changed()
        return len(known.asked) > before

    def ask_twice(self, best: Trial) -> bool:
        """Ask about one more input, where the best is sure by a single answer.

        People err; whether they did shows at another input, or if they are asked again.
        """
        known = self._known
        for told in [each for each in known.told if each.probe not in self._again]:
            other = known.decided_by(told)
            if not other:
                continue
            self._again.add(told.probe)
            splits = [
                probe
                for probe in known.probes
                if probe.id not in known.asked
                and can_be_asked(probe, known.board)
                and known.gives(best, probe.id)
                != known.gives(known.trial(other), probe.id)
            ]
            if splits and len(known.asked) < MOST_CARDS:
                return self._ask_about(splits[0])
            if self._is_withdrawn(told):
                return True
        return False

    def show_mistake(self, best: Trial) -> bool:
        """Ask about what small mistakes would change, where no test notices enough.

        Only where nothing else is missing, and answers can settle it.
        """
        known, options = self._known, self._session.options
        if len(known.lacking(best)) != 1:
            return False
        if not is_asked(options.autonomy, Ask.CARD):
            return False
        unnoticed = known.unnoticed(best)
        if unnoticed is None:
            return False
        left = MOST_CARDS - len(known.asked)
        card = unnoticed.card(known.asked, known.told, left, options.threshold)
        if card is not None:
            self._ask(card, unnoticed.probes[card.probe])
        return known.notice(best, unnoticed) or card is not None

    def ask_for_tests(self, best: Trial) -> bool:
        """Have everybody judged by more tests, where these notice too little."""
        known = self._known
        if self._more >= MORE_TESTS or not known.wants_tests(best):
            return False
        self._more += 1
        self._watcher.note("more tests are needed")
        source = write_more(
            self._team,
            self._session.options.asked,
            known.specification,
            known.suite.acceptance,
            self._more,
        )
        if source is not None:
            known.add_tests(source)
        return True

    def show_misreading(self, best: Trial) -> bool:
        """Ask where a small mistake would show, if a person saw less than is due.

        Only what is about to be proposed: programs agree, and may all be wrong.
        """
        known = self._known
        if len(known.asked) >= FEWEST_CARDS or known.lacking(best):
            return False
        if not is_asked(self._session.options.autonomy, Ask.CARD):
            return False
        mistakes = known.mistakes(best)
        card = mistakes.telling(known.asked) if mistakes else None
        if mistakes is None or card is None:
            return False
        self._ask(card, mistakes.probes[card.probe])
        return True

    def ask_again(self, best: Trial) -> bool:
        """Ask whether an answer was meant that all else speaks against."""

        def is_against(told: Told) -> bool:
            gives = self._known.gives(best, told.probe)
            return gives is not None and (gives == told.output) is not told.wanted

        return self._reconsider(is_against)

    def ask_at_last(self, best: Trial) -> bool:
        """Ask whether an answer was meant without which another would win.

        Only where nothing else helps: most answers are right, and decide something.
        """
        return self._reconsider(self._known.hangs_on)

    def _reconsider(self, is_doubtful: Callable[[Told], bool]) -> bool:
        for told in self._known.told:
            if told.probe in self._again or not is_doubtful(told):
                continue
            self._again.add(told.probe)
            if self._is_withdrawn(told):
                return True
        return False

    def _is_withdrawn(self, told: Told) -> bool:
        known = self._known
        number = known.asked.index(told.probe) + 1
        probe = next(p for p in known.probes if p.id == told.probe)
        if ask_again(self._session, self._person, number, told, probe):
            return False
        self._watcher.note("an answer was withdrawn")
        known.told.remove(told)
        known.changed()
        return True

    def review(self, best: Trial) -> bool:
        """Have a model compare what programs do that are equal in all else."""
        known, before = self._known, len(self._known.opinions)
        ask = reviewer(
            self._session,
            self._team,
            known.specification,
            known.probes,
            known.opinions,
        )
        select(known.board.matrix, known.board.ledger, ask)
        if len(known.opinions) == before:
            return False
        known.changed()
        return True

    def _ask(self, card: Card, probe: Probe) -> None:
        known = self._known
        if probe not in known.probes:
            known.try_with(f"mistake-{len(known.asked)}", [probe])
        known.told += ask_card(self._session, self._person, known.asked, card, probe)
        known.changed()

    def _ask_about(self, probe: Probe) -> bool:
        known = self._known
        known.told += ask_about(
            self._session, self._person, known.board, known.asked, probe
        )
        known.changed()
        return True
