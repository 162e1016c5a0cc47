"""Peer review: a model compares what two programs do, never how they are written."""

from __future__ import annotations

import json
from collections.abc import Sequence

from plugwright.providers import Sampling
from plugwright_forge.board import shown_key
from plugwright_forge.budget import OutOfBudget
from plugwright_forge.choice import Opinion, Reviewer, Shown
from plugwright_forge.competition.records import keep_opinion
from plugwright_forge.example_cards import story_in_words
from plugwright_forge.fences import Malformed, json_object
from plugwright_forge.probing import Probe
from plugwright_forge.session import Session
from plugwright_forge.specification import Specification
from plugwright_forge.team import Assignment, Reply, Team, Unusable
from plugwright_forge.wording import specification_in_words

_LONGEST = 400


def reviewer(
    session: Session,
    team: Team,
    specification: Specification,
    probes: Sequence[Probe],
    said: dict[str, Opinion],
) -> Reviewer:
    """Give somebody who is asked only inside a tie; opinions are kept as steps."""
    by_id = {probe.id: probe for probe in probes}

    def ask(shown: tuple[Shown, ...]) -> Opinion:
        key = shown_key(shown)
        if key not in said:
            said[key] = _asked(team, specification, by_id, shown, key)
            keep_opinion(session, key, said[key])
        return said[key]

    return ask


def _asked(
    team: Team,
    specification: Specification,
    probes: dict[str, Probe],
    shown: Sequence[Shown],
    key: str,
) -> Opinion:
    assignment = Assignment(
        role="requirements-analyst",
        card="reviewer",
        sections={
            "specification": specification_in_words(specification),
            "shown": "\n\n".join(_line(each, probes[each.probe]) for each in shown),
        },
        sampling=Sampling(temperature=0.0, max_tokens=512),
        about=key,
        attempts=1,
    )
    try:
        return team.ask(assignment, _read)
    except (Unusable, OutOfBudget):
        return Opinion.NONE


def _line(shown: Shown, probe: Probe) -> str:
    given = (
        story_in_words(probe)
        if probe.before
        else json.dumps({**probe.arguments}, ensure_ascii=False)[:_LONGEST]
    )
    return (
        f"`{probe.command}` with {given}\n"
        f"- first: {_seen(shown.first)}\n- second: {_seen(shown.second)}"
    )


def _seen(output: str) -> str:
    (seen,) = json.loads(output)
    if seen["refused"]:
        return "it refuses this input"
    if seen["failure"]:
        return "it fails"
    return json.dumps(seen["value"], ensure_ascii=False)[:_LONGEST]


def _read(reply: Reply) -> Opinion:
    better = json_object(reply.text).get("better")
    if better not in set(Opinion):
        raise Malformed("`better`: has to be first, second or none")
    return Opinion(str(better))
