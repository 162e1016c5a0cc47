"""What the attack table says: a row for each attack, read and checked once.

The words for how an attack ends:

    allowed   it may, and it is harmless
    reject    refused before anything ran, with file and line
    load      its module raised while it was loaded
    raised    an exception that the plugin may catch
    input     its arguments were no arguments
    denied    the host refused what nobody granted, and has it on record
    quota:X   the quota X did its work; the plugin could not catch it
    broken    a trap or a kill; the instance or the worker is replaced
    failed    the judge did not accept it
    n/a: why  the engine has nothing there to attack

Several with `|` between them where Python itself may choose.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

ENGINES = ("wasm", "restricted")
WORDS = frozenset(
    ("allowed", "reject", "load", "raised", "input", "denied", "broken", "failed")
)
LETTERS = {
    "A": "attributes",
    "B": "format strings",
    "C": "frames and exceptions",
    "D": "imports",
    "E": "code and objects",
    "F": "processor time",
    "G": "memory and recursion",
    "H": "output and values",
    "I": "the host's services",
    "J": "the system",
    "K": "side channels",
    "L": "tests",
    "M": "syntax",
    "N": "names",
    "O": "callbacks",
    "P": "the compiler",
    "Q": "the console",
    "R": "the guest library",
    "S": "published escapes",
}
"""What the letter of an id stands for: A to L from the catalogue, M to S our own."""

Line = Annotated[str, StringConstraints(min_length=1, pattern=r"^[^\n]+$")]


class Attack(BaseModel):
    """One row."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    id: Annotated[str, StringConstraints(pattern=r"^[A-S]\d+[a-z]?$")]
    family: Annotated[Line, Field(alias="class")]
    title: Line
    source: Line
    """Where it comes from: `attacks.md 17`, an advisory, an issue, or `own`."""
    kind: Literal["guest", "plugin", "source", "judge", "frame", "native", "host"] = (
        "guest"
    )
    """Who plays it, see `players.py`."""
    code: str = ""
    """The attack; `plugin.py` of a guest, a plugin or a source."""
    make: str = ""
    """A Python expression for what is too long or too strange to be written down."""
    scenario: str = ""
    """For the kind `host`: the one of `scenarios.py` that plays it."""
    reach: bool = False
    """Give it `host.py`, the way past the guest's shim."""
    grants: tuple[str, ...] = ()
    """Permissions that somebody approved; a guest has services of these names."""
    names: dict[Line, tuple[Line, ...]] = Field(default_factory=dict)
    """For a plugin that asks the web: the addresses of each name, an item for each time
    that somebody looks it up; and `PORT` stands for that of the server, see
    `abroad.py`."""
    quota: dict[str, int | float] = Field(default_factory=dict)
    wasm: Line
    restricted: Line
    invariant: tuple[str, ...] = ()
    """What has to hold beside what always has to, see `invariants.py`; with an engine
    in parentheses for that one alone."""
    known_gap: dict[Literal["wasm", "restricted"], Line] = Field(default_factory=dict)
    """Why an engine does not meet this row yet."""

    @model_validator(mode="after")
    def _is_playable(self) -> Attack:
        if bool(self.code) + bool(self.make) + bool(self.scenario) != 1:
            raise ValueError(f"{self.id}: one of `code`, `make` and `scenario`")
        if (self.kind == "host") != bool(self.scenario):
            raise ValueError(f"{self.id}: `scenario` belongs to the kind `host`")
        if self.names and self.kind != "plugin":
            raise ValueError(f"{self.id}: `names` belongs to the kind `plugin`")
        if self.family != LETTERS[self.id[0]]:
            raise ValueError(f"{self.id}: its class is `{LETTERS[self.id[0]]}`")
        for engine in ENGINES:
            if not self.is_applicable(engine):
                continue
            for word in self.endings(engine):
                if word not in WORDS and not re.fullmatch(r"quota:[a-z_]+", word):
                    raise ValueError(f"{self.id}: there is no ending `{word}`")
        return self

    def says(self, engine: str) -> str:
        """Give the column of an engine as it is written."""
        return {"wasm": self.wasm, "restricted": self.restricted}[engine]

    def is_applicable(self, engine: str) -> bool:
        """Whether the engine has anything there to attack."""
        return not self.says(engine).startswith("n/a: ")

    def endings(self, engine: str) -> tuple[str, ...]:
        """The ways in which it may end."""
        return tuple(self.says(engine).split("|"))

    def invariants(self, engine: str) -> list[str]:
        """What an engine has to keep to in this row."""
        found = [name.removesuffix(f" ({engine})") for name in self.invariant]
        return [name for name in found if not name.endswith(")")]


class Table(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    quota: dict[str, dict[str, int | float]]
    """What an attack may use unless its row says otherwise, by engine."""
    attack: tuple[Attack, ...]


@cache
def table() -> Table:
    """Read the file."""
    path = Path(__file__).with_name("attacks.toml")
    return Table.model_validate(tomllib.loads(path.read_text("utf-8")))


def known_gaps() -> str:
    """Write the README's list of what is not met."""
    lines = [
        f"- `{attack.id}` ({engine}): {attack.title}. {why}"
        for attack in table().attack
        for engine, why in sorted(attack.known_gap.items())
    ]
    return "\n".join(lines or ["None."])
