"""The decision at the page: all that the terminal shows, and the same record of it."""

from __future__ import annotations

from collections.abc import Iterable

from plugwright.approving import decide as decide_at_terminal
from plugwright.differences import diff
from plugwright.host import Host
from plugwright.proposals import Proposal, in_words
from plugwright.sandboxes import JSON
from plugwright_forge.customising import specification_of
from plugwright_forge.delivering.reporting import FILE as REPORT
from plugwright_forge.improving import differences
from plugwright_forge.session import Session
from plugwright_forge.specification.document import loads
from plugwright_forge.web.desk import Desk

PERSON = "a person at the page"
"""Who decided, in the ledger: whoever has the address, which only the terminal says."""


def decide(host: Host, desk: Desk, session: Session, bundle: str, *, yes: bool) -> bool:
    """Show a proposed bundle, ask, record the answer and let it run if it is yes."""
    if yes:
        return decide_at_terminal(host, bundle, yes=True)
    life = host.lives.life(bundle)
    host.lives.check_decidable(life)
    desk.feed.tell("working", role="proposal", on="")
    proposal = Proposal.of(host, life)
    refusal = proposal.refusal()
    choices = ("reject",) if refusal else ("approve", "reject")
    tell_report(desk, session)
    host.lives.propose(bundle)
    said = desk.ask("decision", choices, refusal=refusal, **_facts(session, proposal))
    if said.choice == "approve":
        host.lives.approve(bundle, by=PERSON)
        host.lives.activate(bundle)
    else:
        host.lives.refuse(bundle, by=PERSON)
    desk.keep()
    return said.choice == "approve"


def tell_report(desk: Desk, session: Session) -> None:
    """Hand over the test report, if there is one yet, for it outlives the page."""
    path = session.folder / REPORT
    if path.exists():
        desk.feed.tell("report", path=str(path), html=path.read_text("utf-8"))


def _facts(session: Session, proposal: Proposal) -> dict[str, JSON]:
    manifest = proposal.bundle.manifest
    sections: dict[str, Iterable[JSON]] = {
        "What the change does to the specification": _changes(session, proposal),
        "Approved before, which holds no longer": filter(None, [proposal.void]),
        "Commands": proposal.commands(),
        "What it is allowed to do": proposal.permissions() or ["nothing but compute"],
        "A weaker wall": proposal.walls(),
        "Each call may use": in_words(manifest.quota),
        "Tests": proposal.tests(),
        "Seen by looking at it": proposal.looks(),
        "Unsure": proposal.unsure() or ["nothing was noted"],
    }
    return {
        "name": manifest.name,
        "version": manifest.version,
        "summary": manifest.summary,
        "bundle": proposal.bundle.id[:16],
        "news": _news(proposal),
        "sections": [
            {"title": title, "lines": lines}
            for title, each in sections.items()
            if (lines := [*each])
        ],
        "difference": _difference(proposal),
        "code": [
            {"name": name, "text": text}
            for name, text in proposal.bundle.sources.items()
        ],
    }


def _changes(session: Session, proposal: Proposal) -> Iterable[str]:
    base = session.options.base
    if base is None:
        return []
    made = specification_of(proposal.bundle)
    return [*differences(loads(base.specification), made)] or ["nothing"]


def _news(proposal: Proposal) -> JSON:
    if proposal.before is None:
        return None
    parts: list[JSON] = [
        {"title": what, "lines": [*lines]} for what, lines in proposal.news().items()
    ]
    return {"title": proposal.title_of_news, "parts": parts}


def _difference(proposal: Proposal) -> JSON:
    if proposal.old is None:
        return []
    changed = diff(proposal.old, proposal.bundle)
    return [{"name": path, "text": text} for path, text in changed]
