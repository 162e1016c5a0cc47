"""Answers that have to prove what they say with commits, and whether those exist.

A model makes up ids as easily as words. So each claim of an answer names its commits,
and git is asked for each of them. The model may mend an answer once; what is still not
proven then is marked for the reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pydantic import BaseModel, Field

from plugwright.agents import Unreadable
from plugwright_agents.git.repository import Commit, Repository
from plugwright_agents.shaping import Modelled

_ID = re.compile(
    r"(?<![\w-])(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}(?![\w-])"
)
"""What reads as an id in a text: with a letter and a digit, as nearly all have."""
_WHOLE = re.compile(r"[0-9a-f]{7,64}")


class Claim(BaseModel):
    """Something that an answer says, and what proves it."""

    says: str = Field(description="one or two sentences, without ids")
    commits: list[str] = Field(description="the ids of the commits that show it")


class Account(BaseModel):
    """An answer, claim by claim."""

    claims: list[Claim]
    unknown: str = Field("", description="what was asked and the history does not tell")


class Citations:
    """Tells which ids are commits: those that were shown, or all that git knows."""

    def __init__(
        self,
        commits: Iterable[Commit] = (),
        look_up: Callable[[str], Commit | None] | None = None,
        shown: str = "",
    ) -> None:
        """Take the commits that were shown, or who knows all, and what else was shown.

        What stands in a difference may read like an id, and be quoted.
        """
        self._known = {commit.id: commit for commit in commits}
        self._look_up = look_up
        self.shown = shown

    @classmethod
    def of(
        cls,
        repository: Repository,
        shown: str = "",
        may_be: Callable[[str], bool] = bool,
    ) -> Citations:
        """Take every commit of a repository, or those of which somebody says so."""

        def look_up(id: str) -> Commit | None:
            whole = repository.commit_id(id) if repository.has_commits else ""
            if not may_be(whole):
                return None
            return repository.commits(until=whole, count=1)[0]

        return cls(look_up=look_up, shown=shown)

    def commit(self, id: str) -> Commit | None:
        """Give the one commit that an id means; None if there is none."""
        id = id.strip().strip("`").lower()
        if not _WHOLE.fullmatch(id):
            return None
        found = [each for whole, each in self._known.items() if whole.startswith(id)]
        if len(found) == 1:
            return found[0]
        if found or self._look_up is None:
            return None
        looked = self._look_up(id)
        if looked is not None:
            self._known[looked.id] = looked
        return looked

    def problem(self, claims: Sequence[tuple[str, Sequence[str]]]) -> str:
        """Say what is wrong with the proofs of claims; empty if nothing is."""
        for says, commits in claims:
            if not commits:
                return f"no commit is named for `{says:.80}`"
            if unknown := self.unknown(says, commits):
                return (
                    f"there is no commit `{unknown[0]:.64}` among those you were shown;"
                    " name only those, and leave out what they do not show"
                )
        return ""

    def unknown(self, says: str, commits: Sequence[str] = ()) -> list[str]:
        """Give what is named as a commit and is none."""
        made_up = [id for id in commits if self.commit(id) is None]
        return [*made_up, *(id for id in _ID.findall(says) if not self._is_known(id))]

    def marked(self, text: str) -> str:
        """Write behind every id that is no commit that it is none."""
        return _ID.sub(
            lambda found: (
                found[0] if self._is_known(found[0]) else f"{found[0]} [no such commit]"
            ),
            text,
        )

    def _is_known(self, id: str) -> bool:
        return id in self.shown or self.commit(id) is not None


class Proven:
    """An object whose claims have to name commits that exist."""

    def __init__(
        self,
        type: type[BaseModel],
        claims: Callable[[Any], Sequence[tuple[str, Sequence[str]]]],
        citations: Citations,
    ) -> None:
        self.kind = type.__name__.lower()
        self._modelled = Modelled(type)
        self._claims = claims
        self._citations = citations
        self.schema = self._modelled.schema

    def read(self, text: str) -> Any:
        """Make the object, and ask for each commit. Raises `Unreadable`."""
        value = self.unproven(text)
        if problem := self._citations.problem(self._claims(value)):
            raise Unreadable(problem)
        return value

    def unproven(self, text: str) -> Any:
        """Make the object, whatever its claims name. Raises `Unreadable`."""
        return self._modelled.read(text)


class Said:
    """A text in which what reads as the id of a commit has to be one."""

    kind = "text"
    schema = None

    def __init__(self, citations: Citations) -> None:
        self._citations = citations

    def read(self, text: str) -> str:
        """Take it. Raises `Unreadable` where there is nothing, or a made-up id."""
        said = self.unproven(text)
        if unknown := self._citations.unknown(said):
            raise Unreadable(f"there is no commit `{unknown[0]:.64}`; leave it out")
        return said

    def unproven(self, text: str) -> str:
        """Take it, whatever it names. Raises `Unreadable` where there is nothing."""
        if not text.strip():
            raise Unreadable("there is no text in it")
        return text.strip()
