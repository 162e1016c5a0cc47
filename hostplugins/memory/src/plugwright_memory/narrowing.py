"""What of an owner's facts is searched: all, or those of a subject or a kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from plugwright_memory.reading import Read
from plugwright_memory.words import OF_RUN, filed

Kind: TypeAlias = Literal["", "fact", "run"]
"""Everything, what was remembered as a fact, or what past runs were about."""
MOST_OF_A_SUBJECT = 20_000
"""How many facts of a subject are searched by their vectors, the newest."""


@dataclass(frozen=True)
class Narrowing:
    """The same limits, in each of the languages that they are needed in."""

    about: str = ""
    kind: Kind = ""

    def words(self, match: str) -> str:
        """Limit what a table of words is asked for."""
        if self.about:
            match = f"filed : {filed(self.about)} AND {match}"
        if self.kind == "run":
            match = f"filed : {OF_RUN} AND {match}"
        if self.kind == "fact":
            match = f"({match}) NOT filed : {OF_RUN}"
        return match

    def rows(self, owner: int) -> tuple[str, tuple[object, ...]]:
        """Give more conditions on rows of facts, and the values in them."""
        conditions = ""
        values: list[object] = []
        if self.about:
            conditions += " AND about = ?"
            values.append(self.about)
        if self.kind:
            which = "IN" if self.kind == "run" else "NOT IN"
            conditions += f" AND number {which} (SELECT fact FROM runs WHERE owner = ?)"
            values.append(owner)
        return conditions, tuple(values)

    def fits(self, read: Read, owner: int) -> Callable[[int], bool]:
        """Give what tells whether a fact is one of these, by its number."""
        if not self.about and not self.kind:
            return lambda _: True
        if self.kind == "fact" and not self.about:
            runs = {
                n for (n,) in read("SELECT fact FROM runs WHERE owner = ?", [owner])
            }
            return lambda number: number not in runs
        conditions, values = self.rows(owner)
        found = read(
            f"SELECT number FROM facts WHERE owner = ?{conditions}"
            f" ORDER BY number DESC LIMIT {MOST_OF_A_SUBJECT}",
            (owner, *values),
        )
        return {number for (number,) in found}.__contains__
