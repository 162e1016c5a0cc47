"""Works through files: reads each, asks about it, and says what became of it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from plugwright.providers import BYTES_PER_TOKEN
from plugwright_agents.files.tasks import Task
from plugwright_agents.journal import Answer, Known
from plugwright_agents.questions import Left, Missed, Questions
from plugwright_agents.reading import MOST, Skip, Text, read_text


class State(StrEnum):
    """What became of a file."""

    DONE = "done"
    KNOWN = "known"
    """It was answered before."""
    SKIPPED = "skipped"
    FAILED = "failed"
    LEFT = "left"
    """Nobody was asked, as it would have been no use."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one file."""

    path: Path
    state: State
    value: Any = None
    """None, too, of a file that is already as it was to become."""
    why: str = ""
    remedy: str = ""
    """What a person can do about it, where that is known."""
    read: Text | None = None
    """The file as the model saw it."""
    was_asked: bool = False


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a model is asked about one file."""

    path: Path
    read: Text
    prompt: str
    known: Answer | None
    """How far it came before."""


@dataclass
class Work:
    """One task with many files."""

    task: Task
    questions: Questions
    most: int = MOST
    is_afresh: bool = False
    """Whether answers from before are not taken."""
    is_retry: bool = False
    """Whether those that were not as asked are not taken."""

    def look(self, path: Path) -> Question | Outcome:
        """Say what is to be asked about a file, or what became of it already."""
        try:
            read = self._read(path)
        except Skip as skip:
            return Outcome(path=path, state=State.SKIPPED, why=str(skip))
        if self._is_made(path, read):
            return Outcome(path=path, state=State.KNOWN, read=read)
        prompt = self.task.prompt(str(path), read.text)
        known = self.questions.known(prompt)
        if known is not None and not self.is_afresh:
            if known.state is Known.DONE:
                value = known.value
                return Outcome(path=path, state=State.KNOWN, value=value, read=read)
            if known.state is Known.UNFIT and not self.is_retry:
                why = f"{known.value}; `--retry` asks again"
                return Outcome(path=path, state=State.FAILED, why=why)
        return Question(path=path, read=read, prompt=prompt, known=known)

    def go(
        self, paths: Sequence[Path], workers: int, tick: Callable[[], object] = bool
    ) -> Generator[Outcome, None, None]:
        """Give what became of each file, in order."""
        return self.questions.each(self._one, paths, workers, tick)

    def make(self, path: Path, content: bytes) -> None:
        """Note what a file will be, so that it is not written anew once more."""
        self.questions.journal.make(self._made(path, sha256(content).hexdigest()))

    def _one(self, path: Path) -> Outcome:
        found = self.look(path)
        if isinstance(found, Outcome):
            return found
        try:
            value = self.questions.ask(found.prompt, is_afresh=self.is_afresh)
        except Left as left:
            return Outcome(path=path, state=State.LEFT, why=left.message)
        except Missed as missed:
            return Outcome(
                path=path,
                state=State.FAILED,
                why=missed.message,
                remedy=missed.remedy,
                was_asked=True,
            )
        return Outcome(
            path=path, state=State.DONE, value=value, read=found.read, was_asked=True
        )

    def _read(self, path: Path) -> Text:
        read = read_text(path, self.most)
        if not read.text.strip():
            raise Skip("it is empty")
        if self.task.is_rewriting:
            tokens = len(read.raw) // BYTES_PER_TOKEN
            if tokens > self.task.max_tokens:
                raise Skip(
                    f"it is too long to be written anew: some {tokens:,} tokens, of"
                    f" {self.task.max_tokens:,} that are asked for at most"
                )
        return read

    def _is_made(self, path: Path, read: Text) -> bool:
        if not self.task.is_rewriting or self.is_afresh:
            return False
        return self.questions.journal.is_made(self._made(path, read.digest))

    def _made(self, path: Path, digest: str) -> str:
        return self.questions.key(str(path), digest)
