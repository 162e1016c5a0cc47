"""What every check is given, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from plugwright.errors import PlugwrightError
from plugwright.host import Host
from plugwright.judging import Report
from plugwright_sdk.kit.declaring import Declared, Hosting, declare
from plugwright_sdk.kit.processes import never
from plugwright_sdk.kit.projects import Project


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """One thing that should not be published like this."""

    what: str
    where: str = ""
    remedy: str = ""
    is_note: bool = False
    """Whether it is only worth knowing."""


@dataclass(kw_only=True)
class Bench:
    """One plugin, and what was learned of it on the way."""

    project: Project
    hosting: Hosting
    say: Callable[[str], None] = field(default=lambda _: None)
    """Told what is done now, while it takes long."""

    is_stale: Callable[[], bool] = never
    """Tells that nobody waits any more for what is found."""

    report: Report | None = None
    """What the judge found, once it has judged."""
    wheel: tuple[str, bytes] | None = None
    """The wheel that was looked at, by its name, if nothing is wrong with it."""

    @property
    def declared(self) -> Declared:
        """The manifest beside the code. Raises what keeps it from being looked at."""
        if isinstance(self._declared, PlugwrightError):
            raise self._declared
        return self._declared

    @cached_property
    def _declared(self) -> Declared | PlugwrightError:
        # What went wrong is kept, too: looking again would take as long.
        self.say("looking at the code")
        try:
            return declare(self.project, self.hosting, self.is_stale)
        except PlugwrightError as error:
            return error

    @property
    def host(self) -> Host:
        """A host with the sandbox and its judge."""
        return self.hosting()


Check = Callable[[Bench], list[Trouble]]
