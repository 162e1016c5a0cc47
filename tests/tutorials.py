"""Does what a tutorial says: writes its files, types its commands, reads the answers.

A page is read from top to bottom. A block with a title is a file, a `shell` block is
typed, and a `text` block after it is what the screen has to show. A comment before a
block may say how the command ends (`<!-- exits with: 1 -->`) and what is typed when it
asks (`<!-- types: yes -->`).
"""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sysconfig
import threading
import venv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_BLOCK = re.compile(
    r"""^(?P<notes>(?:<!--[^\n]*-->\n+)*)"""
    r"""^```(?P<language>\w+)(?:[ ]title="(?P<title>[^"]+)")?\n(?P<text>.*?)^```$""",
    re.DOTALL | re.MULTILINE,
)
_NOTE = re.compile(r"<!-- (exits with|types): (.+?) -->")
_AT_THE_END = "at the end of "
_SECONDS = 300.0


@dataclass(frozen=True, kw_only=True)
class Block:
    """One block of a page."""

    language: str
    title: str
    text: str
    code: int = 0
    typed: str = ""


@dataclass
class Reader:
    """Somebody who does what a page says, in a folder."""

    folder: Path
    environment: dict[str, str]
    said: str = ""
    """What the last command wrote."""
    done: list[str] = field(default_factory=list)

    def follow(self, page: str) -> None:
        """Do everything, from top to bottom."""
        for block in blocks(page):
            if block.title:
                self._write(block)
            elif block.language == "shell":
                self.said = self._type(block)
                self.done.append(block.text)
            elif block.language == "text":
                missing = unseen(block.text, self.said)
                assert not missing, f"not shown: {missing}\nbut:\n{self.said}"
            else:
                raise AssertionError(f"a block that nobody runs: {block.text}")

    def _write(self, block: Block) -> None:
        adds = block.title.startswith(_AT_THE_END)
        path = self.folder / block.title.removeprefix(_AT_THE_END)
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text("utf-8") if adds else ""
        path.write_text(before + block.text, "utf-8")

    def _type(self, block: Block) -> str:
        """Run a block in a shell; it goes on in the folder that it ends in."""
        script = f"set -e\n{block.text}\npwd > {self.environment['WHERE']}\n"
        code, said = in_terminal(
            ["bash", "-c", script], self.folder, self.environment, block.typed
        )
        assert code == block.code, f"{block.text}ended with {code}:\n{said}"
        if code == 0:
            where = Path(self.environment["WHERE"])
            self.folder = Path(where.read_text().strip())
        return said


def blocks(page: str) -> Iterator[Block]:
    """Give every block of a page, in order."""
    for found in _BLOCK.finditer(page):
        notes = dict(_NOTE.findall(found["notes"]))
        yield Block(
            language=found["language"],
            title=found["title"] or "",
            text=found["text"],
            code=int(notes.get("exits with", 0)),
            typed=notes.get("types", ""),
        )


def unseen(shown: str, said: str) -> list[str]:
    """Give the lines of a page that a screen did not show, in that order.

    Numbers may be others, `…` may be anything, and lines may hold more than the page
    shows.
    """
    missing, place = [], 0
    squeezed = " ".join(said.split())
    for line in filter(None, map(str.strip, shown.splitlines())):
        pattern = re.escape(" ".join(line.split())).replace("…", ".*?")
        pattern = re.sub(r"\d(?:[\d,]|\\\.)*", r"[\\d.,]+", pattern)
        found = re.compile(pattern).search(squeezed, place)
        if found is None:
            missing.append(line)
        else:
            place = found.end()
    return missing


def in_terminal(
    command: list[str], folder: Path, environment: dict[str, str], typed: str
) -> tuple[int, str]:
    """Run something as in a terminal if something is typed there; else with pipes."""
    if not typed:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        return done.returncode, done.stdout
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    end = threading.Timer(_SECONDS, process.kill)
    end.start()
    try:
        os.write(ours, f"{typed}\n".encode())
        said = b"".join(_read(ours))
        return process.wait(), _plain(said.decode("utf-8", "replace"))
    finally:
        end.cancel()
        os.close(ours)


def _read(descriptor: int) -> Iterator[bytes]:
    while True:
        try:
            found = os.read(descriptor, 1 << 16)
        except OSError:  # how Linux says that nobody holds the other end any more
            return
        if not found:
            return
        yield found


def _plain(text: str) -> str:
    """Leave out colours, and the borders of a panel."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|[│╭╮╰╯─]", "", text)


def environment_for(folder: Path, environment: dict[str, str]) -> dict[str, str]:
    """Give a reader a Python of their own, which also has what this one has.

    What a tutorial installs changes nothing of the environment that the test runs in.
    """
    place = folder / "python"
    venv.create(place, symlinks=True)
    (site,) = place.glob("lib/python*/site-packages")
    here = sysconfig.get_path("purelib")
    # Not a plain line: what is installed for editing stands in `.pth` files over there.
    (site / "here.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    script = place / "bin" / "plugwright"
    script.write_text(f'#!/bin/sh\nexec "{place}/bin/python" -m plugwright "$@"\n')
    script.chmod(0o755)
    return {
        **environment,
        "PATH": f"{place / 'bin'}:{os.environ['PATH']}",
        "PIP_NO_INDEX": "1",  # all that it needs is here
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "WHERE": str(folder / "where"),
        "COLUMNS": "100",
        "TERM": "dumb",
    }
