"""What a person chose for one session; its first event, so that resuming needs none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from plugwright.errors import UsageError
from plugwright.manifest import MISLEADING
from plugwright.permissions import Permission
from plugwright.sandboxes import JSON
from plugwright_forge.autonomy import Autonomy
from plugwright_forge.budget import Budget
from plugwright_forge.specification import Base
from plugwright_forge.testing.strategies import Strategy

LONGEST_REQUEST = 4000
MOST_CANDIDATES = 40


@dataclass(frozen=True, kw_only=True)
class Options:
    """One request and how it is to be carried out."""

    request: str
    model: str
    """A provider's name, `scheme:argument`."""
    others: tuple[str, ...] = ()
    """More models, the strongest last: candidates come from all of them in turn."""
    autonomy: Autonomy = Autonomy.GUIDED
    testing: Strategy = Strategy.BASIC
    """How thoroughly the tests are written."""
    iterations: Annotated[int, Field(ge=0, le=2)] = 2
    """Repair rounds. More do not pay: nearly all of the gain is in the first two."""
    threshold: Annotated[int, Field(ge=0, le=100)] = 85
    """Percent of the requirements that a trusted test must show to be met."""
    candidates: Annotated[int, Field(ge=1, le=MOST_CANDIDATES)] = 5
    """Programmers at most; those after the first three only if they can change who
    wins."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """Answers given beforehand, by question or by number."""
    allow: tuple[str, ...] = ()
    """Permissions that it may wish for beyond the usual ones."""
    budget: Budget = field(default_factory=Budget)
    """What all of it together may use up."""
    out: str = ""
    """A folder for the wheel; empty for the session's own."""
    base: Base | None = None
    """The plugin that is to be changed; None for a new one."""

    @property
    def asked(self) -> str:
        """The request as those read it who do not see what is to be changed."""
        return self.base.request(self.request) if self.base else self.request

    @property
    def allowed(self) -> tuple[Permission, ...]:
        """Permissions that it may wish for beyond the usual ones, as they compare."""
        return tuple(map(Permission.parse, self.allow))

    @classmethod
    def parse(cls, value: JSON, where: str) -> Options:
        """Read them back from the log of a session."""
        try:
            return TypeAdapter(cls).validate_python(value)
        except ValidationError as error:
            found = error.errors()[0]
            place = ".".join(map(str, found["loc"]))
            raise UsageError(
                f"`{where}`: `{place}`: {found['msg']}",
                remedy='start the request again: `plugwright forge "REQUEST"`',
            ) from error

    def dump(self) -> JSON:
        """Write them for the log of a session."""
        return asdict(self)


def clean_request(text: str) -> str:
    """Give back a request that can be shown and kept, or say why it is none."""
    request = text.strip()
    if not request:
        raise UsageError(
            "the request is empty",
            remedy='say what the plugin should do: `plugwright forge "REQUEST"`',
        )
    if len(request) > LONGEST_REQUEST:
        raise UsageError(
            f"the request has more than {LONGEST_REQUEST} characters",
            remedy="say the most important part; the interview asks for the rest",
        )
    if MISLEADING.search(request):
        raise UsageError(
            "the request has characters that a screen does not show as they are",
            remedy="type it as plain text",
        )
    return request
