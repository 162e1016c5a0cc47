"""Killed after an answer on the page, the forge still has the answer."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest
from support import REQUEST, ByHand

pytest.importorskip("uvicorn", reason="pip install 'plugwright-forge[web]'")


class Page:
    """A forge with a page, in a process of its own."""

    def __init__(
        self, folder: Path, environment: dict[str, str], *arguments: str
    ) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "plugwright", "forge", "--web", *arguments],
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if "http://" in line:
                break
        at = urlsplit(said.split()[-1])
        self.netloc = at.netloc
        reply, _ = self.ask("GET", at.path)
        self.room = reply.headers["Location"]
        self.cookie = reply.headers["Set-Cookie"].partition(";")[0]

    def ask(
        self, method: str, path: str, body: str | None = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, str]:
        with closing(http.client.HTTPConnection(self.netloc, timeout=300)) as line:
            line.request(method, path, body, headers)
            reply = line.getresponse()
            return reply, reply.read().decode()

    def told(self) -> Iterator[dict[str, object]]:
        with closing(http.client.HTTPConnection(self.netloc, timeout=300)) as line:
            line.request("GET", f"{self.room}events", headers={"Cookie": self.cookie})
            for each in line.getresponse():
                if each.startswith(b"data: "):
                    yield json.loads(each.removeprefix(b"data: "))

    def until(self, kind: str) -> dict[str, object]:
        with closing(self.told()) as told:
            return next(each for each in told if each["kind"] == kind)

    def answer(self, text: str) -> None:
        ask = self.until("ask")
        headers = {
            "Cookie": self.cookie,
            "Origin": f"http://{self.netloc}",
            "Content-Type": "application/json",
        }
        body = json.dumps({"id": ask["id"], "choice": "text", "text": text})
        reply, said = self.ask("POST", f"{self.room}answer", body, **headers)
        assert reply.status == 200, said

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def by_hand(tmp_path: Path) -> Iterator[Path]:
    """A folder in which the recorded answers are given by hand."""
    folder, over = tmp_path / "hand", Event()
    folder.mkdir()
    hand = ByHand(folder)

    def work() -> None:
        while not over.wait(0.05):
            hand.look()

    worker = Thread(target=work)
    worker.start()
    yield folder
    over.set()
    worker.join()


def test_what_was_acknowledged_survives_the_kill_of_the_server(
    by_hand: Path, home: Path, environment: dict[str, str]
) -> None:
    first = Page(by_hand, environment, REQUEST, "--model", f"hand:{by_hand}")
    first.answer("Alice and Bob, ten and eight")
    first.kill()

    second = Page(by_hand, environment, "--resume")
    kept = second.until("kept")
    asked = second.until("ask")
    second.kill()

    assert kept["key"] == "interview/1"
    assert asked["number"] == 2
    (log,) = home.glob("forge/*/events.jsonl")
    assert log.read_text("utf-8").count("Alice and Bob, ten and eight") == 1
