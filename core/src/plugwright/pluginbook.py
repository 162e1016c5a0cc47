"""Remembers what became of host plugins, from one process to the next."""

from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from plugwright.database import Database
from plugwright.errors import PlugwrightError
from plugwright.stages import HostPlugin, Stage


class Past(NamedTuple):
    """What is remembered of one host plugin."""

    name: str
    distribution: str = ""
    version: str = ""
    """What the rest is about; of another version nothing of it holds."""
    disabled: bool = False
    """By a person. This holds for every version."""
    quarantined: bool = False
    problem: str = ""
    remedy: str = ""
    hooks: str = ""
    import_ms: float = 0.0
    calls: int = 0
    failures: int = 0

    def of(self, distribution: str, version: str) -> "Past":
        """Give what of it holds for a version."""
        if (self.distribution, self.version) == (distribution, version):
            return self
        return Past(self.name, distribution, version, self.disabled)

    def after(self, row: HostPlugin, calls: int, failures: int) -> "Past":
        """Give what is to be remembered after a process in which this became of it."""
        past = self.of(row.distribution, row.version)
        return past._replace(
            quarantined=row.stage is Stage.QUARANTINED,
            problem=row.problem,
            remedy=row.remedy,
            hooks=" ".join(row.hooks),
            import_ms=row.import_ms,
            calls=past.calls + calls,
            failures=past.failures + failures,
        )


class PluginBook:
    """The memory of all host plugins, in the host's database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.trouble: PlugwrightError | None = None
        """Why nothing could be read, if that is so."""

    def all(self) -> dict[str, Past]:
        """Give what is remembered, by name; nothing where the file cannot be read."""
        try:
            rows = self._database.read(f"SELECT {_FIELDS} FROM host_plugins")
        except PlugwrightError as error:
            self.trouble = error
            return {}  # listing and repairing have to work without it
        return {
            name: Past(name, distribution, version, bool(off), bool(out), *rest)
            for name, distribution, version, off, out, *rest in rows
        }

    def write(self, past: Past) -> None:
        """Remember; once this returns, it survives a crash."""
        with self._database.transaction() as connection:
            connection.execute(_WRITE, past)

    def note(self, pasts: Iterable[Past]) -> None:
        """Remember if possible; what a disk does not take is only statistics.

        No home is made for them.
        """
        if not self._database.path.parent.is_dir():
            return
        with suppress(PlugwrightError), self._database.transaction() as connection:
            connection.executemany(_WRITE, pasts)


_FIELDS = ", ".join(Past._fields)
_WRITE = (
    f"INSERT OR REPLACE INTO host_plugins ({_FIELDS})"
    f" VALUES ({', '.join('?' * len(Past._fields))})"
)
