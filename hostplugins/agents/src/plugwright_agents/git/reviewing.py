"""What a reviewer says about a difference, and whether it can be meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, Field

from plugwright_agents.git.differences import lines_in
from plugwright_agents.shaping import Modelled

RANKS = ("note", "warning", "error")


class Remark(BaseModel):
    """Something that a reviewer says."""

    file: str
    line: int | None = Field(None, description="in the new file")
    severity: Literal["note", "warning", "error"]
    what: str
    instead: str = Field("", description="what to write instead")

    @property
    def rank(self) -> int:
        """How bad it is."""
        return RANKS.index(self.severity)

    @property
    def sentence(self) -> str:
        """It on one line, as compilers write theirs."""
        line = f":{self.line}" if self.line else ""
        instead = f" Instead: {self.instead}" if self.instead else ""
        said = " ".join(f"{self.what}{instead}".split())
        return f"{self.file}{line}: {self.severity}: {said}"


class Review(BaseModel):
    """All that a reviewer says."""

    remarks: list[Remark]


class Reviewed(Modelled[Review]):
    """The shape of a review, which has nothing to prove."""

    kind = "review"

    def __init__(self) -> None:
        super().__init__(Review)

    unproven = Modelled.read


def meant(review: Review, difference: str) -> Iterator[Remark]:
    """Give the remarks on files that changed; a line that nobody was shown is not."""
    shown = lines_in(difference)
    for remark in review.remarks:
        file = remark.file.removeprefix("./")
        if file not in shown:
            continue
        is_shown = any(remark.line in lines for lines in shown[file] if remark.line)
        yield remark.model_copy(
            update={"file": file, "line": remark.line if is_shown else None}
        )
