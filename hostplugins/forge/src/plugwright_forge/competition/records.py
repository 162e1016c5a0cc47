"""What the contest keeps as steps, and the board written anew from them alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter

from plugwright.judging import Mutants, Report
from plugwright.sandboxes import JSON
from plugwright_forge.acceptance import Acceptance
from plugwright_forge.board import Board, Ruling, Told, Version, board
from plugwright_forge.choice import Evidence, Kind, Opinion, Source
from plugwright_forge.matrix import Trial
from plugwright_forge.probing import Probe
from plugwright_forge.session import Session

_TESTS, _PROBES, _ENTERED, _RULED = "the tests", "probes/", "entered/", "court/"
_HEARD, _INSTEAD, _WITHDRAWN = "opinion/", "instead/", "withdrawn/"
_NOTICED = "noticed/"
_REPORT = TypeAdapter(Report)
_MUTANTS = TypeAdapter(Mutants)
_OUTPUTS = TypeAdapter(tuple[str, ...])
_RULINGS = TypeAdapter(dict[str, Ruling])


@dataclass(frozen=True, kw_only=True)
class Suite:
    """The tests, with where each comes from."""

    acceptance: Acceptance
    sources: Mapping[str, Source] = field(default_factory=dict)
    """Of those that were not written blindly."""


def keep_suite(session: Session, suite: Suite, name: str = "") -> None:
    """Keep the tests, under another name where there are more than at first."""
    session.step(
        _TESTS + name,
        lambda: {
            "source": suite.acceptance.source,
            "functions": [*suite.acceptance.functions],
            "trusted": [*sorted(suite.acceptance.trusted)],
            "sources": {name: source.name for name, source in suite.sources.items()},
            "evidence": {
                name: [[each.kind.name, each.detail] for each in flaws]
                for name, flaws in suite.acceptance.evidence.items()
            },
        },
    )


def keep_probes(session: Session, name: str, probes: Sequence[Probe]) -> None:
    """Keep what every candidate is tried with."""
    session.step(_PROBES + name, lambda: [asdict(probe) for probe in probes])


def keep_entered(session: Session, trial: Trial, origin: str) -> None:
    """Keep that a version takes part; its report and its outputs are steps already."""
    session.step(
        f"{_ENTERED}{trial.candidate}/{trial.iteration}",
        lambda: {
            "code": trial.code,
            "problems": [*trial.problems],
            "origin": origin,
        },
    )


def known(session: Session) -> Board:
    """Write the board of a session from its log: no model is asked, nothing judged."""
    suite, name = _suite(session)
    probes, names = probes_in(session), session.given(_PROBES)
    rulings: dict[str, Ruling] = {}
    for value in session.given(_RULED).values():
        rulings |= _RULINGS.validate_python(value)
    opinions = {
        key.removeprefix(_HEARD): Opinion(str(value))
        for key, value in session.given(_HEARD).items()
    }
    return board(
        _versions(
            session, name, len(probes), [each.removeprefix(_PROBES) for each in names]
        ),
        probes,
        told_in(session.given("card/")),
        suite.acceptance if suite else None,
        sources=suite.sources if suite else {},
        rulings=rulings,
        opinions=opinions,
        instead=[key.removeprefix(_INSTEAD) for key in session.given(_INSTEAD)],
    )


def probes_in(session: Session) -> tuple[Probe, ...]:
    """Read what every candidate was tried with."""
    given: Mapping[str, Any] = session.given(_PROBES)
    return tuple(Probe(**one) for value in given.values() for one in value)


def told_in(cards: Mapping[str, JSON]) -> tuple[Told, ...]:
    """Read what a person said; what was said again counts instead."""
    said: dict[str, Told | None] = {}
    for key, value in cards.items():
        number = key.split("/")[1]
        if isinstance(value, dict):
            said[number] = TypeAdapter(Told).validate_python(value)
        elif key.endswith("/again") and value == "withdrawn":
            said[number] = None
    return tuple(each for each in said.values() if each)


def _suite(session: Session) -> tuple[Suite | None, str]:
    """Give the newest tests, and their name."""
    kept: Mapping[str, Any] = session.given(_TESTS)
    if not kept:
        return None, ""
    newest, value = [*kept.items()][-1]
    suite = Suite(
        acceptance=Acceptance(
            source=str(value["source"]),
            functions=tuple(map(str, value["functions"])),
            trusted=frozenset(map(str, value["trusted"])),
            evidence={
                test: tuple(Evidence(kind=Kind[k], detail=said) for k, said in flaws)
                for test, flaws in value.get("evidence", {}).items()
            },
        ),
        sources={name: Source[kind] for name, kind in value["sources"].items()},
    )
    return suite, newest.removeprefix(_TESTS)


def _versions(
    session: Session, suite: str, probes: int, names: Sequence[str]
) -> Iterator[Version]:
    entered: Mapping[str, Any] = session.given(_ENTERED)
    withdrawn = session.given(_WITHDRAWN)
    for key, value in entered.items():
        candidate, iteration = map(int, key.removeprefix(_ENTERED).split("/"))
        if f"{_WITHDRAWN}{candidate}.{iteration}" in withdrawn:
            continue
        step = f"{candidate}/{iteration}"
        outputs: list[str | None] = []
        for name in names:
            seen = session.given(f"observe/{name}/{step}").get(f"observe/{name}/{step}")
            outputs += _OUTPUTS.validate_python(seen) if seen else ()
        judged = session.given(f"judge/candidate-{step}")
        # It may have ended before everybody was judged by the newest tests.
        report = judged.get(
            f"judge/candidate-{step}{suite}", judged.get(f"judge/candidate-{step}")
        )
        noticed = session.given(f"mutants/{step}").get(f"mutants/{step}{suite}")
        trial = Trial(
            candidate=candidate,
            iteration=iteration,
            code=str(value["code"]),
            report=_REPORT.validate_python(report),
            problems=tuple(map(str, value["problems"])),
        )
        version = version_of(
            trial,
            outputs=tuple(outputs) if len(outputs) == probes else (None,) * probes,
            origin=str(value["origin"]),
            mutants=_MUTANTS.validate_python(noticed) if noticed else None,
        )
        more: Mapping[str, Any] = session.given(f"{_NOTICED}{step}{suite}/")
        for score in more.values():
            version = replace(version, mutation=score)
        yield version


def version_of(
    trial: Trial,
    *,
    outputs: tuple[str | None, ...],
    origin: str,
    mutants: Mutants | None,
) -> Version:
    """Put together what is known of one version."""
    return Version(
        candidate=trial.candidate,
        iteration=trial.iteration,
        code=trial.code,
        outputs=outputs,
        report=trial.report,
        problems=trial.problems,
        mutation=mutants.score if mutants else None,
        kills=frozenset(mutants.kills) if mutants else frozenset(),
        origin=origin,
    )


def keep_rulings(
    session: Session, number: int | str, rulings: Mapping[str, Ruling]
) -> None:
    """Keep what came of a trial of tests."""
    session.step(
        f"{_RULED}{number}", lambda: {t: asdict(each) for t, each in rulings.items()}
    )


def keep_instead(session: Session, old: str, new: str) -> None:
    """Keep that a better version speaks for another."""
    session.step(_INSTEAD + old, lambda: new)


def keep_withdrawn(session: Session, name: str, why: str) -> None:
    """Keep that a version does not take part after all."""
    session.step(_WITHDRAWN + name, lambda: why)


def keep_noticed(
    session: Session, trial: Trial, when: str, score: float | None
) -> None:
    """Keep how much is noticed of a version, by which tests and approved examples."""
    step = f"{trial.candidate}/{trial.iteration}"
    session.step(f"{_NOTICED}{step}{when}", lambda: score)


def keep_opinion(session: Session, shown: str, opinion: Opinion) -> None:
    """Keep what a reviewer said of a pair."""
    session.step(_HEARD + shown, lambda: opinion.value)
