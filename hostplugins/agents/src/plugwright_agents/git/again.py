"""Makes the agent again that answered about a repository."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plugwright.agents import Ability, Agent, Ask, Run
from plugwright.providers import Completion, Request
from plugwright_agents.choosing import limited
from plugwright_agents.git import making
from plugwright_agents.git.accounts import proven
from plugwright_agents.git.changelogs import Changes, claims
from plugwright_agents.git.citing import Citations, Proven, Said
from plugwright_agents.git.repository import Repository
from plugwright_agents.git.reviewing import Reviewed
from plugwright_agents.made import reference

if TYPE_CHECKING:
    from plugwright.host import Host
    from plugwright_agents.git.answering import Provable
    from plugwright_agents.made import GivenRepository

_ID = re.compile(r"\b[0-9a-f]{7,64}\b")


class Shown(Ability):
    """Knows which commits the model was shown: those that its question names.

    Before it is asked anything, that is not known, and any commit is taken.
    """

    name = "shown"

    def __init__(self) -> None:
        self.text = ""
        self._ids: tuple[str, ...] = ()
        self.citations: Citations | None = None
        """Of a text: what is quoted from what was shown is no made-up id."""

    def around(self, run: Run[Any], request: Request, ask: Ask) -> Completion:
        """Look at what it was shown."""
        if not self.text:
            said = (each.content for each in request.messages if each.role == "user")
            self.text = next(said, "")
            self._ids = tuple(dict.fromkeys(_ID.findall(self.text)))
            if self.citations is not None:
                self.citations.shown = self.text
        return ask(request)

    def has(self, id: str) -> bool:
        """Tell whether a commit is among them."""
        return bool(id) and (not self.text or id.startswith(self._ids))


def agent(host: Host, given: GivenRepository) -> Agent[Any]:
    """Make it as a record says."""
    shown = Shown()
    # A review proves nothing, so it needs no repository.
    is_looking = given.looks or given.answers != "review"
    repository = Repository(Path(given.folder)) if is_looking else None
    return making.agent(
        host,
        given.model,
        made_by=reference("git", **given.model_dump()),
        shape=_shape(given, repository, shown),
        repository=repository if given.looks else None,
        answer=given.tokens,
        beside=[shown],
        **limited(given.money),
    )


def _shape(
    given: GivenRepository, repository: Repository | None, shown: Shown
) -> Provable:
    if repository is None:
        return Reviewed()
    if given.answers == "text":
        shown.citations = Citations.of(repository)
        return Said(shown.citations)
    if given.looks:
        return proven(Citations.of(repository))
    citations = Citations.of(repository, may_be=shown.has)
    if given.answers == "account":
        return proven(citations)
    return Proven(Changes, claims, citations)
