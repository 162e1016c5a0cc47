"""From what a person typed to the change that is meant."""

from __future__ import annotations

from collections.abc import Sequence

from plugwright.errors import UsageError
from plugwright_agents.git.repository import Change, Repository


def change_of(
    repository: Repository, what: Sequence[str], *, is_staged: bool
) -> Change:
    """Find the difference that is meant: of a revision, a range, or of the files."""
    first, paths = what[0] if what else "", what[1:]
    old, dots, new = first.partition("...") if "..." in first else first.partition("..")
    is_path = (
        bool(first)
        and not repository.commit_id(first)
        and ((repository.folder / first).exists())
    )
    if not first or is_path:
        paths = what
        found = (repository.staged if is_staged else repository.changed)(paths)
        if found.text.strip():
            return found
        repository.demand_commits()
        raise UsageError(
            "there is nothing that is not committed",
            remedy="name a revision or a range: `HEAD`, `main..HEAD`; a new file is"
            " seen after `git add`",
        )
    if is_staged:
        raise UsageError("a revision is not staged", remedy="leave one of both out")
    repository.demand_commits()
    if not dots:
        return repository.shown(first, paths)
    old, new = old or "HEAD", new or "HEAD"
    if dots == "...":
        old = repository.base(old, new)
    change = repository.difference(old, new, paths)
    if not change.text.strip():
        raise UsageError(f"`{first:.100}` changes nothing", remedy="name another range")
    reasons = repository.commits(since=old, until=new, count=50)
    said = "".join(f"{commit.line}\n" for commit in reasons)
    return Change(f"{said}\n{change.text}", change.is_cut)
