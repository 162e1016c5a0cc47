"""One session: a folder that remembers every step, so that none is done twice.

The forge runs from the top each time. A step that is in the log gives back what it gave
then; the first that is not is where the work goes on. For that, everything between two
steps has to follow from the steps before it: no clock, no chance, no disk.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from itertools import count
from pathlib import Path

from plugwright.errors import UsageError
from plugwright.home import naming
from plugwright.sandboxes import JSON
from plugwright_forge.events import Event, EventLog
from plugwright_forge.options import Options

Clock = Callable[[], float]

_LOG = "events.jsonl"
_BEGIN, _END = "options", "end"


class Session:
    """The steps of one request, done and to do."""

    def __init__(self, folder: Path, now: Clock = time.time) -> None:
        self.folder = folder
        self._now = now
        self._log = EventLog(folder / _LOG)
        self._done = {event.key: event for event in self._log.events}
        # The first event is not asked for again, so the moment starts with it.
        self.moment = next((event.at for event in self._log.events), 0)
        """When the last step that was asked for happened."""
        self.took = 0.0
        """How many seconds the last step that was asked for worked."""
        self.worked = 0.0
        """How many the forge was at work until that step was done."""
        self._waited = 0.0
        self._since: float | None = None

    @classmethod
    def begin(cls, root: Path, options: Options, now: Clock = time.time) -> Session:
        """Start a session in a new folder."""
        moment = datetime.fromtimestamp(int(now()), UTC)
        stem = f"{moment:%Y%m%d-%H%M%S}-{_slug(options.request)}"
        names = (stem if n == 1 else f"{stem}-{n}" for n in count(1))
        folder = next(root / name for name in names if not (root / name).exists())
        with naming(folder):
            folder.mkdir(mode=0o700, parents=True)
        session = cls(folder, now)
        session.step(_BEGIN, options.dump)
        return session

    @classmethod
    def find(cls, root: Path, name: str = "", now: Clock = time.time) -> Session:
        """Open a session by name, or the newest that is not finished."""
        if name:
            return cls._named(root, name, now)
        with naming(root):
            folders = sorted(root.iterdir(), reverse=True) if root.exists() else []
        for folder in folders:
            if (folder / _LOG).exists():
                session = cls(folder, now)
                if session.has(_BEGIN) and not session.has(_END):
                    return session
        raise UsageError(
            f"there is no unfinished session in `{root}`",
            remedy='start one: `plugwright forge "REQUEST"`',
        )

    @classmethod
    def _named(cls, root: Path, name: str, now: Clock) -> Session:
        folder = root / name
        if folder.parent != root or not (folder / _LOG).exists():
            raise UsageError(
                f"there is no session `{name:.80}` in `{root}`",
                remedy="use the name of a folder there, or `--resume` alone",
            )
        session = cls(folder, now)
        if not session.has(_BEGIN):
            raise UsageError(
                f"the session `{name:.80}` ended before it began",
                remedy='start again: `plugwright forge "REQUEST"`',
            )
        return session

    @property
    def name(self) -> str:
        """What `--resume` calls it."""
        return self.folder.name

    @cached_property
    def options(self) -> Options:
        """What the person chose."""
        return Options.parse(self._done[_BEGIN].value, str(self.folder / _LOG))

    def has(self, key: str) -> bool:
        """Tell whether a step is done."""
        return key in self._done

    def given(self, prefix: str) -> dict[str, JSON]:
        """Give what the steps gave whose key begins so, in their order."""
        return {
            key: event.value
            for key, event in self._done.items()
            if key.startswith(prefix)
        }

    def step(self, key: str, compute: Callable[[], JSON]) -> JSON:
        """Give what the step gave when it was first done, or do it now."""
        if self._since is None:
            # From here on it works; before, it may have lain there for days.
            self._since = self._clock()
        if key not in self._done:
            start = self._clock()
            value = compute()
            took = round(max(self._clock() - start, 0.0), 3)
            worked = self._at_work(self._since)
            event = Event(key, int(self._now()), value, took, worked)
            self._done[key] = self._log.append(event)
        event = self._done[key]
        self.moment, self.took, self.worked = event.at, event.seconds, event.worked
        return event.value

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Let a person think: however long that takes, it is no work of the forge."""
        start = self._now()
        try:
            yield
        finally:
            self._waited += max(self._now() - start, 0.0)

    def _clock(self) -> float:
        return self._now() - self._waited

    def _at_work(self, since: float) -> float:
        before = self._log.events[-1].worked if self._log.events else 0.0
        self._since = self._clock()
        return round(before + max(self._since - since, 0.0), 3)

    def end(self, outcome: str) -> None:
        """Say how it ended; it is not resumed any more."""
        self.step(_END, lambda: outcome)


def _slug(request: str) -> str:
    words = re.findall(r"[a-z0-9]+", request.lower())
    return "-".join(words)[:40].strip("-") or "request"
