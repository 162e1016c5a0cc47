"""The question who changed something and why, and how its answer is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from plugwright_agents.git.answering import Question
from plugwright_agents.git.citing import Account, Citations, Claim, Proven
from plugwright_agents.git.differences import begun
from plugwright_agents.git.facts import Facts
from plugwright_agents.git.repository import Commit, Repository


def question(
    repository: Repository, target: str, facts: Facts | None, citations: Citations
) -> Question:
    """Put the facts before the model, or let it look for them itself."""
    if facts is None:
        recent = "\n".join(each.line for each in repository.commits(count=20))
        prompt = f"{target}\n\nFind it out with the tools, and prove each claim."
        material, looks = f"The newest commits:\n{recent}", repository
    else:
        prompt = (
            f"Say who made {facts.about} what it is, when, and why, as far as the"
            " commits say so. Each claim names the ids of the commits that show it."
        )
        material, looks = "\n".join((*facts.notes, facts.text)), None
    return Question(
        prompt=prompt,
        material=material,
        shape=proven(citations),
        fit=begun,
        looks=looks,
    )


def proven(citations: Citations) -> Proven:
    """Give the shape of its answer."""
    return Proven(Account, lambda account: _proofs(account.claims), citations)


def _proofs(claims: Iterable[Claim]) -> list[tuple[str, Sequence[str]]]:
    return [(claim.says, claim.commits) for claim in claims]


def page(account: Account, citations: Citations) -> str:
    """Write an answer for people: each claim with its proof, and the commits below."""
    lines, cited = [], dict[str, Commit]()
    for claim in account.claims:
        found = [(id, citations.commit(id)) for id in claim.commits]
        cited |= {commit.id: commit for _, commit in found if commit}
        ids = [commit.short if commit else f"no commit: {id}" for id, commit in found]
        proof = ", ".join(dict.fromkeys(ids)) or "not proven"
        lines.append(f"{citations.marked(claim.says)} ({proof})")
    if account.unknown:
        lines.append(f"Not known: {citations.marked(account.unknown)}")
    if not lines:
        lines.append("The history does not tell.")
    newest = sorted(cited.values(), key=lambda each: each.date, reverse=True)
    return "\n".join((*lines, *([""] if newest else []), *(c.line for c in newest)))


def as_table(account: Account, citations: Citations) -> dict[str, Any]:
    """Write an answer for programs."""

    def claim(each: Claim) -> dict[str, Any]:
        found = [citations.commit(id) for id in each.commits]
        is_proven = bool(found) and all(found)
        ids = [commit.id for commit in found if commit]
        is_proven = is_proven and not citations.unknown(each.says)
        return {"says": each.says, "commits": ids, "is_proven": is_proven}

    return {"claims": [*map(claim, account.claims)], "unknown": account.unknown}
