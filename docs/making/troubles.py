"""What goes wrong between an agent and a model, provoked with real ones.

The services that refuse are on this machine: each answers once, with what a service of
that kind says. The models of the runs answer what they are told to.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from plugwright.agents import Agent, Builder
from plugwright.home import Home
from plugwright.host import Host
from plugwright.providers import (
    Cancel,
    Capabilities,
    Completion,
    Finish,
    Message,
    Request,
    ToolCall,
)
from plugwright_cassette.scripted import Scripted
from plugwright_openai.opening import open_openai
from plugwright_openai.settings import Endpoint, Settings

QUESTION = Request(
    role="tutor", template="docs/1", messages=(Message("user", "What is a half?"),)
)
MODELS = ("qwen2.5:7b", "qwen2.5-coder:7b", "llama3.2:3b")
"""What the services have."""


class _Service(BaseHTTPRequestHandler):
    """Says one thing to every question, and names its models."""

    status: int
    body: bytes
    also: Mapping[str, str]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self._say(self.status, self.body)

    def do_GET(self) -> None:
        known = {"data": [{"id": model} for model in MODELS]}
        self._say(200, json.dumps(known).encode())

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        for name, text in self.also.items():
            self.send_header(name, text)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *what: Any) -> None:
        """Say nothing; the pages are made in somebody's terminal."""


@contextmanager
def _service(status: int, said: Any, **also: str) -> Iterator[str]:
    body = said if isinstance(said, bytes) else json.dumps({"error": said}).encode()
    headers = {name.replace("_", "-"): text for name, text in also.items()}
    kind = type("_One", (_Service,), {"status": status, "body": body, "also": headers})
    server = HTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _asked(status: int, said: Any, model: str = "qwen2.5:7b", **also: str) -> None:
    with _service(status, said, **also) as url:
        _ask(f"{model}@work", _at(url))


def _at(url: str) -> Settings:
    return Settings(endpoints={"work": Endpoint(url=url, retries=0)})


def _ask(argument: str, settings: Settings) -> None:
    open_openai(argument, settings).complete(QUESTION)


def no_key(home: Path) -> None:
    """Nobody put a key into the environment."""
    kept = os.environ.pop("OPENAI_API_KEY", None)
    try:
        _ask("gpt-5-mini", Settings())
    finally:
        if kept is not None:
            os.environ["OPENAI_API_KEY"] = kept


def wrong_key(home: Path) -> None:
    """The service does not know the key."""
    _asked(401, {"message": "Incorrect API key provided.", "code": "invalid_api_key"})


def too_often(home: Path) -> None:
    """The service was asked too often."""
    said = {"message": "Rate limit reached for requests", "code": "rate_limit_exceeded"}
    _asked(429, said, retry_after="20")


def no_credit(home: Path) -> None:
    """Nobody paid for more."""
    said = {
        "message": "You exceeded your current quota.",
        "code": "insufficient_quota",
    }
    _asked(429, said)


def too_long(home: Path) -> None:
    """The question is longer than the model can hold."""
    said = (
        "This model's maximum context length is 8192 tokens. However, your messages"
        " resulted in 9120 tokens."
    )
    _asked(400, {"message": said, "code": "context_length_exceeded"})


def declined(home: Path) -> None:
    """The service will not answer that."""
    said = "The prompt was flagged by the content management policy."
    _asked(400, {"message": said, "code": "content_filter"})


def out_of_order(home: Path) -> None:
    """The service is there, and cannot."""
    _asked(503, {"message": "the model is being loaded"})


def nobody_there(home: Path) -> None:
    """Nobody listens at that address."""
    server = HTTPServer(("127.0.0.1", 0), _Service)
    server.server_close()  # a port that somebody had, and nobody has
    _ask("qwen2.5:7b@work", _at(f"http://127.0.0.1:{server.server_port}/v1"))


def no_api(home: Path) -> None:
    """Something else than an API answers."""
    _asked(200, b"<html>Sign in to this network</html>")


def unknown_model(home: Path) -> None:
    """The service does not have this model."""
    said = "model 'qwen2.5-codr:7b' not found, try pulling it first"
    _asked(404, {"message": said}, model="qwen2.5-codr:7b")


def unknown_provider(home: Path) -> None:
    """Nobody offers this kind of provider."""
    with Host.discover(Home(home)) as host:
        host.provider("olama/qwen2.5:7b")


# Runs that end without an answer.


class Week(BaseModel):
    """What the model is asked for, and does not give."""

    lessons: list[str]


def look_up(word: str) -> str:
    """Look up a word."""
    return f"{word} is in no dictionary"


def _agent(home: Path, *answers: str | Completion) -> Builder[str]:
    return (
        Agent.builder("tutor")
        .model(Scripted(answers))
        .tools(look_up)
        .records(home / "runs.db")
    )


def _wants() -> Completion:
    call = ToolCall(id="1", name="look_up", arguments={"word": "lowth"})
    return Completion(text="", calls=(call,), finish=Finish.TOOLS)


def limit(home: Path) -> None:
    """A run wants to ask once too often."""
    _agent(home, *[_wants()] * 3).limits(requests=3).build().run("What is a lowth?")


def misfit(home: Path) -> None:
    """The model does not give what was asked for, twice."""
    answers = ("Monday, I guess.", '{"lessons": "piano"}')
    _agent(home, *answers).answers(Week).build().run("Plan my week.")


class _Paid:
    """A service that is asked while this process dies."""

    name = "openai:gpt-5-mini"
    capabilities = Capabilities(may_cost=True)

    def complete(self, request: Request) -> Completion:
        os._exit(0)


def perhaps_paid(home: Path) -> None:
    """The process dies while the model is asked; another one goes on."""
    agent = _agent(home).model(_Paid()).build()
    if (child := os.fork()) == 0:
        agent.run("What is a half?")
    os.waitpid(child, 0)
    agent.resume("last")


def cancelled(home: Path) -> None:
    """Whoever waits does not want the answer any more."""
    cancel = Cancel()
    cancel.wish()
    _agent(home, "A half is one of two.").build().run("What is a half?", cancel=cancel)


def out_of_answers(home: Path) -> None:
    """The provider failed in the middle of a run."""
    with _service(503, {"message": "the model is being loaded"}) as url:
        model = open_openai("qwen2.5:7b@work", _at(url))
        _agent(home).model(model).build().run("What is a half?")


def no_model(home: Path) -> None:
    """Nobody said who answers."""
    Agent.builder("tutor").records(None).build()


PROVOKED: Mapping[str, Callable[[Path], object]] = {
    "no key": no_key,
    "wrong key": wrong_key,
    "too often": too_often,
    "no credit": no_credit,
    "too long": too_long,
    "declined": declined,
    "out of order": out_of_order,
    "nobody there": nobody_there,
    "no api": no_api,
    "unknown model": unknown_model,
    "unknown provider": unknown_provider,
    "limit": limit,
    "misfit": misfit,
    "perhaps paid": perhaps_paid,
    "cancelled": cancelled,
    "out of answers": out_of_answers,
    "no model": no_model,
}
