"""A model in a process of its own: if it crashes, that is an error and no more."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from plugwright.errors import Unavailable
from plugwright.providers import (
    Cancel,
    Capabilities,
    Completion,
    Done,
    Event,
    Piece,
    Request,
    collected,
)
from plugwright_llamacpp.engine import Footprint
from plugwright_llamacpp.forecast import Forecast
from plugwright_llamacpp.header import Header
from plugwright_llamacpp.kept import Keeper, Kept, closed
from plugwright_llamacpp.memory import Memory, memory_of
from plugwright_llamacpp.models import Lease
from plugwright_llamacpp.options import Options
from plugwright_llamacpp.states import Saved
from plugwright_llamacpp.wire import completion_in, error_in, request_out
from plugwright_llamacpp.wishes import until_wished

Said = dict[str, Any]


class Process(Kept):
    """One model in a process of its own. Comes back after a crash."""

    def __init__(
        self, header: Header, options: Options, plan: Forecast, keeper: Keeper
    ) -> None:
        super().__init__(header, options, plan, keeper)
        # What was planned here is what is done there.
        settled = replace(
            options,
            context=plan.context,
            repack="on" if plan.repacked else "off",
            process=False,
        )
        self._opening = {
            "path": str(header.path),
            "options": asdict(settled),
            "budget": plan.total,
        }
        self._lock = threading.Lock()
        self._line: Line | None = None
        self._is_closed = False
        self._footprint: Footprint | None = None
        self._roles: dict[str, int] = {}

    @property
    def is_loaded(self) -> bool:
        line = self._line
        return line is not None and not line.is_broken

    @property
    def is_busy(self) -> bool:
        line = self._line
        return line is not None and line.is_busy

    @property
    def footprint(self) -> Footprint | None:
        return self._footprint if self.is_loaded else None

    @property
    def roles(self) -> Mapping[str, int]:
        return {**self._roles} if self.is_loaded else {}

    @property
    def memory(self) -> Memory | None:
        """What its process holds now, by the system's account."""
        line = self._line
        return memory_of(line.process) if line is not None else None

    def start(self) -> None:
        with self._lock:
            self._line = self._opened()

    def line(self) -> Line:
        """Give the way to its process, which is started if there is none."""
        with self._lock:
            if self._is_closed:
                raise closed(self.name)
            if self._line is not None and not self._line.is_broken:
                return self._line
        # Not within our lock: who makes room may want to unload us just now.
        self._keeper.make_room(self)
        try:
            with self._lock:
                if self._is_closed:
                    raise closed(self.name)
                if self._line is None or self._line.is_broken:
                    self._drop()
                    self._line = self._opened()
                return self._line
        finally:
            self._keeper.has_come(self)

    def heard(self, role: str, answer: Completion) -> None:
        """Remember who has read how much there."""
        self._roles[role] = answer.tokens_in + answer.tokens_out

    @contextmanager
    def at_work(self) -> Iterator[int]:
        """Count as one that computes; gives how many threads it may have."""
        self._keeper.begin()
        try:
            yield self.threads()
        finally:
            self._keeper.end()

    def unload(self) -> None:
        with self._lock:
            self._drop()

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            self._drop()

    def _opened(self) -> Line:
        line = Line(self.name)
        try:
            line.result("open", **self._opening)
            found = line.result("footprint")
        except BaseException:
            line.close()
            raise
        self._footprint = Footprint(**found) if found else None
        return line

    def _drop(self) -> None:
        line, self._line = self._line, None
        self._roles.clear()
        if line is not None:
            line.close()


class DistantModel:
    """The same as `LocalModel`, somewhere else."""

    def __init__(self, lease: Lease[Process]) -> None:
        self.name = lease.name
        self._lease = lease

    @property
    def capabilities(self) -> Capabilities:
        """What it can, and how much it holds."""
        return self._lease.model.capabilities

    @property
    def footprint(self) -> Footprint | None:
        """What it took; nothing while it is unloaded."""
        return self._lease.model.footprint

    @property
    def model(self) -> Process:
        """What it shares with others who opened it in the same way."""
        return self._lease.model

    @property
    def process(self) -> int:
        """The number of its process."""
        return self._lease.model.line().process

    def complete(self, request: Request) -> Completion:
        """Answer one request."""
        return collected(self.stream(request, Cancel()))

    def stream(self, request: Request, cancel: Cancel) -> Iterator[Event]:
        """Give pieces as they are found, then one `Done`."""
        return until_wished(self._events(request, cancel), cancel)

    def _events(self, request: Request, cancel: Cancel) -> Generator[Event, None, None]:
        model = self._lease.model
        line = model.line()
        with model.at_work() as threads:
            asked = request_out(request)
            number, heard = line.ask("stream", request=asked, threads=threads)
            cancel.then(lambda: line.cancel(number))
            try:
                while "piece" in (said := heard.get()):
                    yield Piece(said["piece"])
            finally:
                line.cancel(number)
                line.forget(number)
        if "error" in said:
            raise error_in(said["error"])
        answer = completion_in(said["done"])
        model.heard(request.role, answer)
        yield Done(answer)

    def count(self, request: Request) -> int:
        """Count the tokens of a question, with the template's own."""
        return int(self._asked("count", request=request_out(request)))

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Give a vector of length one for each text."""
        vectors: list[list[float]] = self._asked("embed", texts=[*texts])
        return vectors

    def save_state(self, role: str, path: Path) -> Saved:
        """Keep what a role has read in a file, and whose it is in `FILE.json`."""
        return Saved(**self._asked("save", role=role, path=str(path.absolute())))

    def restore_state(self, role: str, path: Path) -> Saved:
        """Take up what a role had read; raises `UsageError` on any difference."""
        return Saved(**self._asked("restore", role=role, path=str(path.absolute())))

    def close(self) -> None:
        """Give the model back; a second time does nothing."""
        self._lease.close()

    def _asked(self, what: str, **how: Any) -> Any:
        return self._lease.model.line().result(what, **how)


class Line:
    """A process with a model, and who waits for its answers."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._numbers = count(1)
        self._waiting: dict[int, SimpleQueue[Said]] = {}
        self._lock = threading.Lock()
        self._complaints: deque[str] = deque(maxlen=20)
        self._has_ended = False
        # -P: what lies in the folder where somebody works is not imported.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "plugwright_llamacpp.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._readers = [
            threading.Thread(target=work, daemon=True)
            for work in (self._hear, self._hear_complaints)
        ]
        for each in self._readers:
            each.start()

    @property
    def process(self) -> int:
        return self._process.pid

    @property
    def is_busy(self) -> bool:
        return bool(self._waiting)

    @property
    def is_broken(self) -> bool:
        return self._has_ended or self._process.poll() is not None

    def ask(self, what: str, **how: Any) -> tuple[int, SimpleQueue[Said]]:
        """Ask for something; gives where the answer will be."""
        number, heard = next(self._numbers), SimpleQueue[Said]()
        with self._lock:
            if not self._has_ended:
                self._waiting[number] = heard
                self._write({"id": number, "do": what, **how})
                return number, heard
        raise self._gone()

    def result(self, what: str, **how: Any) -> Any:
        """Ask for something, and wait for it."""
        number, heard = self.ask(what, **how)
        try:
            said = heard.get()
        finally:
            self.forget(number)
        if "error" in said:
            raise error_in(said["error"])
        return said["result"]

    def cancel(self, number: int) -> None:
        """Wish that something be no longer done."""
        with self._lock:
            if number in self._waiting and not self._has_ended:
                self._write({"id": number, "do": "cancel"})

    def forget(self, number: int) -> None:
        """Wait for something no longer."""
        with self._lock:
            self._waiting.pop(number, None)

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for each in self._readers:
            each.join()
        for pipe in (
            self._process.stdin,
            self._process.stdout,
            self._process.stderr,
        ):
            assert pipe is not None
            with suppress(OSError):  # what was not written yet is for nobody
                pipe.close()

    def _write(self, said: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):  # whoever listens will say to all that it is gone
            self._process.stdin.write(json.dumps(said).encode() + b"\n")
            self._process.stdin.flush()

    def _hear(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            with self._lock:
                heard = self._waiting.get(said["id"])
            if heard is not None:
                heard.put(said)
        self._process.wait()
        self._readers[1].join()
        with self._lock:
            self._has_ended = True
            waiting = [*self._waiting.values()]
        error = self._gone()
        for heard in waiting:
            fields = {**vars(error)}
            heard.put({"error": {"kind": "Unavailable", "fields": fields}})

    def _hear_complaints(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._complaints.append(line.decode("utf-8", "replace").strip())

    def _gone(self) -> Unavailable:
        code = self._process.poll()
        how = f"with the code {code}"
        if code is not None and code < 0:
            how = f"by {signal.Signals(-code).name}"
        last = next((each for each in reversed(self._complaints) if each), "")
        said = f"; it said: {last[:200]}" if last else ""
        return Unavailable(
            self._name,
            f"the process of the model ended {how}{said}",
            remedy="ask again: it is started anew",
        )
