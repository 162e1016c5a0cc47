"""The cassette keeps what every plugin with providers promises."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

import plugwright_cassette
from plugwright.hooks import hookimpl
from plugwright.host import Host
from plugwright.providers import (
    Completion,
    Finish,
    Provider,
    ProviderOffer,
    Request,
    ToolCall,
)
from plugwright_cassette.recorder import Recorder
from plugwright_cassette.scripted import Scripted
from plugwright_cassette.student import Student
from plugwright_cassette.terminal import Terminal
from plugwright_sdk.kit.contracts import ProviderContract
from plugwright_sdk.kit.doubles import EchoProvider


class Echo:
    """Somebody whose answers can be recorded."""

    @hookimpl
    def providers(self) -> list[ProviderOffer]:
        return [ProviderOffer(scheme="echo", summary="says it", open=EchoProvider)]


class RecordedBefore:
    """Replays every question, after it was recorded once."""

    def __init__(self, host: Host, file: Path) -> None:
        self.name = f"replay:{file}"
        self._host = host
        self._file = file

    def complete(self, request: Request) -> Completion:
        self._host.provider(f"record:{self._file}=echo:a").complete(request)
        return self._host.provider(self.name).complete(request)


class Stands(ProviderContract):
    """Stands in for a model, and takes any grammar."""

    @pytest.fixture
    def stands_in(self) -> bool:
        return True


class TestRecord(Stands):
    @pytest.fixture
    def plugin(self) -> object:
        return plugwright_cassette

    @pytest.fixture
    def provider(self, host: Host, tmp_path: Path) -> Provider:
        host.manager.register(Echo(), "echo")
        return host.provider(f"record:{tmp_path / 'said.json'}=echo:a")


class Offered:
    """Offers one provider, made when it is opened."""

    def __init__(self, make) -> None:
        self._make = make

    @hookimpl
    def providers(self) -> list[ProviderOffer]:
        make = self._make
        return [ProviderOffer(scheme="it", summary="it", open=lambda _: make())]


def _calls_the_first_tool(request: Request) -> Completion:
    if not request.tools or request.messages[-1].role == "tool":
        return Completion(text="a half")
    arguments = {"a": 2, "b": 3}
    call = ToolCall(id="c1", name=request.tools[0].name, arguments=arguments)
    return Completion(text="a half", calls=(call,), finish=Finish.TOOLS)


class TestScripted(Stands):
    @pytest.fixture
    def plugin(self) -> object:
        return Offered(lambda: Scripted(_calls_the_first_tool))


class TestStudent(Stands):
    """A student that errs in half of all answers is a provider all the same."""

    @pytest.fixture
    def plugin(self) -> object:
        teacher = Scripted(_calls_the_first_tool)
        return Offered(lambda: Student(teacher, {"*": 0.5}, seed=7))


class TestByHand(ProviderContract):
    @pytest.fixture
    def plugin(self) -> object:
        screen = Console(file=io.StringIO())
        typed = "a half\n.\n" * 2
        return Offered(lambda: Terminal(io.StringIO(typed), screen))


class Person(threading.Thread):
    """Somebody who answers what is laid down in a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._is_over = threading.Event()
        self.start()

    def leave(self) -> None:
        self._is_over.set()
        self.join()

    def run(self) -> None:
        while not self._is_over.wait(0.005):
            for prompt in self._folder.glob("*.prompt.md"):
                name = prompt.name.replace(".prompt.", ".answer.")
                if not (answer := prompt.with_name(name)).exists():
                    part = prompt.with_name(f"{name}.part")
                    part.write_text("a half")
                    os.utime(part, (0, 0))  # long ago: it is complete
                    part.replace(answer)


class TestByHandInFiles(ProviderContract):
    @pytest.fixture
    def plugin(self) -> object:
        return plugwright_cassette

    @pytest.fixture
    def provider(self, host: Host, tmp_path: Path, monkeypatch) -> Iterator[Provider]:
        monkeypatch.setattr("plugwright_cassette.folder.LOOK_SECONDS", 0.01)
        person = Person(tmp_path)
        yield host.provider(f"hand:{tmp_path}")
        person.leave()


class TestRecordWithTools(TestScripted):
    @pytest.fixture
    def provider(self, host: Host, tmp_path: Path) -> Provider:
        return Recorder(host.provider("it:a"), tmp_path / "said.json")


class TestReplay(ProviderContract):
    @pytest.fixture
    def plugin(self) -> object:
        return plugwright_cassette

    @pytest.fixture
    def provider(self, host: Host, tmp_path: Path) -> Provider:
        host.manager.register(Echo(), "echo")
        return RecordedBefore(host, tmp_path / "said.json")


del Stands  # it is no contract by itself
