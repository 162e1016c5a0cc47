"""An outside for tests and for the judge: small, real, in memory, and nobody else's."""

from __future__ import annotations

import base64
from collections import defaultdict

from plugwright.amounts import size_in_words
from plugwright.capabilities.arguments import Arguments, read
from plugwright.capabilities.models import tokens_in
from plugwright.capabilities.outside import Answer, Ask, Entry, Outside, Spoken
from plugwright.errors import Refused
from plugwright.sandboxes import JSON, Service


class ScriptedWeb:
    """Answers what a test said it should, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], Answer] = {}
        """By method and address, the query included."""
        self.asked: list[Ask] = []

    def send(self, ask: Ask, seconds: float) -> Answer:
        """Give the answer that there is."""
        self.asked.append(ask)
        answer = self.answers.get((ask.method, str(ask.url)))
        if answer is None:
            raise Refused(f"no test said what {ask.method} {ask.url} answers")
        return answer


class MemoryDisk:
    """Folders that are only names in a dict."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        """By their whole path, as in `~/lessons/week.txt`."""

    def start(self, folder: str) -> None:
        """Remember nothing: no folder here can change places."""

    def read(self, folder: str, parts: tuple[str, ...], most: int) -> bytes | None:
        """Give a file's content; None where there is no file."""
        content = self.files.get("/".join((folder, *parts)))
        if content is not None and len(content) > most:
            raise Refused(f"the file has more than {size_in_words(most)}")
        return content

    def write(self, folder: str, parts: tuple[str, ...], content: bytes) -> None:
        """Make or replace a file."""
        self.files["/".join((folder, *parts))] = content

    def list(self, folder: str, parts: tuple[str, ...], most: int) -> list[Entry]:
        """List files and folders by name."""
        if parts and not self.exists(folder, parts):
            raise Refused("there is no such folder")
        start = "/".join((folder, *parts, ""))
        found: dict[str, Entry] = {}
        for path, content in self.files.items():
            if path.startswith(start):
                name, _, below = path.removeprefix(start).partition("/")
                size = 0 if below else len(content)
                found[name] = Entry(name=name, is_folder=bool(below), size=size)
        if len(found) > most:
            raise Refused(f"the folder has more than {most} files")
        return [found[name] for name in sorted(found)]

    def exists(self, folder: str, parts: tuple[str, ...]) -> bool:
        """Tell whether there is such a file or folder."""
        path = "/".join((folder, *parts))
        return any(each == path or each.startswith(f"{path}/") for each in self.files)


class ScriptedModels:
    """Says what a test told it to say, one after the other, the last for ever."""

    def __init__(self) -> None:
        self.lines: defaultdict[str, list[str]] = defaultdict(list)
        """By role."""
        self.prompts: list[tuple[str, str]] = []

    def ask(self, role: str, prompt: str, max_tokens: int) -> Spoken:
        """Say the next line."""
        self.prompts.append((role, prompt))
        lines = self.lines[role]
        if not lines:
            raise Refused(f"no test said what a model in the role `{role}` answers")
        text = lines.pop(0) if len(lines) > 1 else lines[0]
        return Spoken(text=text, tokens=tokens_in(prompt) + tokens_in(text))


class Stage:
    """The whole outside of one plugin under test, and what its tests may do there."""

    def __init__(self) -> None:
        self.web = ScriptedWeb()
        self.disk = MemoryDisk()
        self.models = ScriptedModels()
        self.outside = Outside(web=self.web, disk=self.disk, models=self.models)

    def services(self) -> dict[str, Service]:
        """What tests ask: to say what is answered, and to see what was asked."""
        return {
            "plugin.answer": self._answer,
            "plugin.requests": lambda _: [_told(ask) for ask in self.web.asked],
            "plugin.say": self._say,
            "plugin.prompts": lambda _: [
                {"role": role, "prompt": prompt} for role, prompt in self.models.prompts
            ],
        }

    def _answer(self, arguments: dict[str, JSON]) -> JSON:
        told = read(_Told, arguments)
        self.web.answers[told.method, told.url] = Answer(
            status=told.status,
            headers=tuple(told.headers.items()),
            body=base64.b64decode(told.body),
        )
        return None

    def _say(self, arguments: dict[str, JSON]) -> JSON:
        line = read(_Line, arguments)
        self.models.lines[line.role].append(line.text)
        return None


class _Told(Arguments):
    method: str
    url: str
    status: int
    headers: dict[str, str]
    body: str


class _Line(Arguments):
    role: str
    text: str


def _told(ask: Ask) -> JSON:
    return {
        "method": ask.method,
        "url": str(ask.url),
        "headers": dict(ask.headers),
        "body": ask.body.decode() if ask.method not in ("GET", "HEAD") else None,
    }
