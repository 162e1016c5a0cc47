"""A folder where questions are laid down and answers picked up.

Each request becomes `0001-implementer.prompt.md`; whoever watches the folder, a person
or a program, writes `0001-implementer.answer.md`. The folder is the whole state: the
first line of a prompt says which call it is, so after a crash the same call finds its
prompt, and its answer, again.

An answer is complete when it is not blank and either looks the same at two looks, 0.2
seconds apart, or was last changed more than ten seconds ago. Who writes slowly writes
under another name and renames.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from threading import Lock

from plugwright.errors import UsageError
from plugwright.providers import Completion, Provider, Request
from plugwright_cassette.files import write_whole
from plugwright_cassette.key import Call, Calls
from plugwright_cassette.prompt import prompt_lines

LOOK_SECONDS = 0.2
OLD_SECONDS = 10.0


class Folder:
    """Somebody who answers in files."""

    def __init__(self, path: Path) -> None:
        self.name = f"hand:{path}"
        self._path = path
        self._calls = Calls()
        self._lock = Lock()
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"`{path}` cannot be a folder for prompts: {error.strerror}",
                remedy="name a folder that you may write, as `hand:FOLDER`",
            ) from error

    def complete(self, request: Request) -> Completion:
        """Lay down the prompt, unless it lies there, and wait for its answer."""
        with self._calls.numbered(request) as call:
            with self._lock:
                prompt = self._find(call) or self._ask(request, call)
            return Completion(text=_wait(_answer_to(prompt)))

    def skip(self, request: Request) -> None:
        """Count a call that was answered elsewhere."""
        self._calls.take(request)

    def _find(self, call: Call) -> Path | None:
        prompts = sorted(self._path.glob("*.prompt.md"))
        return next((p for p in prompts if _first_line(p) == _header(call)), None)

    def _ask(self, request: Request, call: Call) -> Path:
        role = re.sub(r"[^\w-]+", "-", request.role)[:40]
        prompt = self._path / f"{self._next_number():04}-{role}.prompt.md"
        lines = [
            _header(call),
            f"Write the answer, and nothing else, to `{_answer_to(prompt).name}` in",
            "this folder. A program should write it under another name and rename it.",
            "",
            *prompt_lines(request),
            "",
        ]
        write_whole(prompt, "\n".join(lines))
        return prompt

    def _next_number(self) -> int:
        # Answers count too: one whose prompt is gone must not answer another question.
        names = [path.name for path in self._path.glob("*-*.md")]
        numbers = [re.match(r"\d+", name) for name in names]
        return max((int(number[0]) for number in numbers if number), default=0) + 1


def open_folder(folder: str) -> Provider:
    """Open what `hand:FOLDER` names."""
    return Folder(Path(folder).expanduser())


def _header(call: Call) -> str:
    return f"<!-- plugwright-hand/1 key={call.key} n={call.n} -->"


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.readline().rstrip("\n")


def _answer_to(prompt: Path) -> Path:
    return prompt.with_name(prompt.name.replace(".prompt.md", ".answer.md"))


def _wait(answer: Path) -> str:
    if not answer.exists():
        print(f"waiting for `{answer}`", file=sys.stderr)
    before = None
    while True:
        look = _look(answer)
        if look and (look == before or time.time() - look[0] / 1e9 > OLD_SECONDS):
            text = _read(answer)
            if text.strip():
                return text
        before = look
        time.sleep(LOOK_SECONDS)


def _look(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _read(answer: Path) -> str:
    try:
        return answer.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""  # taken away between two looks: wait on
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"the answer `{answer}` cannot be read: {error}",
            remedy="save it as a UTF-8 text file and start again",
        ) from error
