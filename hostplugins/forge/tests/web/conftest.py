"""A page that is served for real, with a scripted team, and windows that look at it."""

from __future__ import annotations

import http.client
import json
import shutil
from contextlib import closing, suppress
from dataclasses import dataclass
from queue import Queue
from threading import Thread
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from plugwright.judging import Observed, Report, TestResult, Verdict
from plugwright_forge.autonomy import Autonomy
from plugwright_forge.options import Options
from plugwright_forge.session import Session

pytest.importorskip("uvicorn", reason="pip install 'plugwright-forge[web]'")

from plugwright_forge.web.serving import serve

MATHS, ART = {"subject": "maths", "minutes": 30}, {"subject": "art", "minutes": 45}
EXAMPLE = {
    "command": "longest-lesson",
    "arguments": {"lessons": [MATHS, ART]},
    "gives": ART,
}
LONG = 30
"""Seconds after which a test that waits is one that failed."""


class Nobody:
    """A hook that no plugin answers."""

    def wait(self, **asked):
        return []

    async def by_plugin(self, **asked):
        return []


class House:
    """A host with one model, a judge that reads marks, and real lives."""

    def __init__(self, world, lives):
        self.lives, self._world = lives, world
        self.hooks = SimpleNamespace(validate=Nobody())
        self.home = SimpleNamespace(forge=world.root)

    def provider(self, name):
        return self._world.script.provider

    def judge(self):
        return self._world.judge

    def sandbox(self):
        return None

    def describe(self, name, files):
        return self._world.describe(name, files)

    def examine(self, bundle):
        found = TestResult(test="test_plugin.py::test_r1", verdict=Verdict.AC)
        report = Report(results=(found,))
        self.lives.judged(bundle.id, report)
        return report


@dataclass
class Served:
    """One session before its page."""

    world: object
    lives: object

    def start(self):
        options = Options(
            request="Find lessons!", model="scripted", **self.world.options
        )
        self.session = Session.begin(self.world.root, options)
        addresses, self.outcome = Queue(), Queue()

        def work():
            try:
                outcome = serve(
                    House(self.world, self.lives),
                    self.session,
                    announce=addresses.put,
                )
            except BaseException as error:
                outcome = error
            self.outcome.put(outcome)
            addresses.put("")

        self.thread = Thread(target=work, daemon=True)
        self.thread.start()
        self.address = addresses.get(timeout=LONG)
        return self

    def leave(self):
        """Stop what still waits for somebody."""
        if self.thread.is_alive():
            with suppress(OSError):  # it may end by itself in this moment
                window = self.window()
                window.post("steer", {"wish": "stop"})
                window.until("state", state="stopped")
                window.post("steer", {"wish": "close"})
        self.thread.join(LONG)
        assert not self.thread.is_alive()

    def window(self):
        """Open one more window."""
        return Window(self.address)

    def end(self):
        """Give the delivery, or the error that it ended with."""
        return self.outcome.get(timeout=LONG)


class Window:
    """What a browser does, by hand."""

    def __init__(self, address):
        self.at = urlsplit(address)
        reply = self.ask("GET", self.at.path)
        self.room = reply.headers["Location"]
        self.cookie = reply.headers["Set-Cookie"].partition(";")[0]

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection(self.at.netloc, timeout=LONG)
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        connection.request(
            method, path, body, {k: v for k, v in sent.items() if v is not None}
        )
        reply = connection.getresponse()
        if "event-stream" in reply.headers.get("Content-Type", ""):
            reply.connection = connection
        else:
            reply.text = reply.read().decode()
            connection.close()
        return reply

    def get(self, name="", **headers):
        return self.ask("GET", self.room + name, **{"Cookie": self.cookie, **headers})

    def post(self, name, what, **headers):
        usual = {
            "Cookie": self.cookie,
            "Origin": f"http://{self.at.netloc}",
            "Content_Type": "application/json",
        }
        body = what if isinstance(what, str | bytes) else json.dumps(what)
        return self.ask("POST", self.room + name, body, **{**usual, **headers})

    def follow(self, **headers):
        """Give messages with their numbers, as they come."""
        stream, number = self.get("events", **headers), ""
        with closing(stream), closing(stream.connection):
            for line in stream:
                field, _, text = line.decode().strip().partition(": ")
                if field == "id":
                    number = text
                if field == "data":
                    yield number, json.loads(text)

    def until(self, kind, **facts):
        """Read from the beginning up to a message; gives it."""
        with closing(self.follow()) as told:
            for _, message in told:
                if message["kind"] == kind and facts.items() <= message.items():
                    return message
                assert not message.get("why"), message["why"]
        raise AssertionError(f"never told: {kind} {facts}, but {message}")

    def answer(self, about, choice, text=""):
        ask = self.until("ask", about=about)
        return self.post("answer", {"id": ask["id"], "choice": choice, "text": text})


@pytest.fixture
def serving(world, lives):
    """Serve the page of a session; guided, unless a test says otherwise."""

    begun = []

    def make(*, autonomy=Autonomy.GUIDED, **changes):
        here = world(options={"autonomy": autonomy}, **changes)
        here.judge.observe = lambda case, stories: [
            (_does(case.files["plugin.py"], call.arguments.get("lessons")),)
            for (call,) in stories
        ]
        begun.append(Served(here, lives).start())
        return begun[-1]

    yield make
    for each in begun:
        each.leave()


@pytest.fixture
def differing(story):
    """Lines of a team whose candidates differ, so that an example card is asked."""
    codes = [story.code, story.code.replace("max(", "min("), story.code]
    return {
        "architect": story.specified(examples=[EXAMPLE]),
        "implementer": [story.fenced(code) for code in codes],
    }


def _does(code, lessons):
    if not lessons:
        return Observed(refused=True)
    choose = min if "min(" in code else max
    return Observed(value=choose(lessons, key=lambda lesson: lesson["minutes"]))


@pytest.fixture(scope="module")
def chromium():
    """A real browser, or an honest word that there is none."""
    reason = "needs Playwright for Python and Debian's chromium"
    playwright = pytest.importorskip("playwright.sync_api", reason=reason)
    path = shutil.which("chromium")
    if path is None:
        pytest.skip(reason)
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium):
    """Open a served session in a browser that fails on anything it complains about."""
    contexts, troubles = [], []

    def make(served, width=1280, height=900, **choices):
        size = {"width": width, "height": height}
        context = chromium.new_context(viewport=size, **choices)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda said: (
                said.type == "error"
                and "409" not in said.text
                and "ERR_" not in said.text
                and troubles.append(said.text)
            ),
        )
        page.goto(served.address)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not troubles
