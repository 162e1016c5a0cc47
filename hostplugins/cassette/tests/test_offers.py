"""What the plugin offers, and how little it costs until it is used."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import plugwright_cassette
from plugwright.errors import UsageError
from plugwright_cassette.scripted import Scripted


class OneProviderHost:
    """A host that knows a single model, `echo`."""

    def provider(self, name):
        assert name == "echo:a=b"
        return Scripted(lambda request: request.messages[-1].content)


@pytest.fixture
def open_model():
    offers = plugwright_cassette.providers(OneProviderHost())
    by_scheme = {offer.scheme: offer.open for offer in offers}
    return lambda name: by_scheme[name.partition(":")[0]](name.partition(":")[2])


def test_three_schemes_are_offered_each_with_a_summary():
    offers = plugwright_cassette.providers(OneProviderHost())

    assert [offer.scheme for offer in offers] == ["hand", "replay", "record"]
    assert all(offer.summary for offer in offers)


def test_what_is_recorded_can_be_replayed(open_model, tmp_path, ask):
    path = tmp_path / "demo.json"
    recorded = open_model(f"record:{path}=echo:a=b").complete(ask("hello"))

    assert recorded.text == "hello"
    assert open_model(f"replay:{path}").complete(ask("hello")) == recorded


def test_every_provider_is_named_as_it_is_opened(open_model, tmp_path):
    path = tmp_path / "demo.json"

    assert open_model(f"record:{path}=echo:a=b").name == f"record:{path}=scripted"
    assert open_model(f"replay:{path}").name == f"replay:{path}"
    assert open_model(f"hand:{tmp_path}").name == f"hand:{tmp_path}"


@pytest.mark.parametrize("name", ["record:", "record:demo.json", "record:=x", "record"])
def test_a_record_without_both_parts_says_what_to_write(open_model, name):
    with pytest.raises(UsageError, match="`record:FILE=MODEL`"):
        open_model(name)


def test_a_replay_without_a_file_says_what_to_write(open_model):
    with pytest.raises(UsageError, match="`replay:FILE`"):
        open_model("replay:")


def test_hand_without_a_terminal_names_the_folder_form(open_model, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)

    with pytest.raises(UsageError, match="`hand:FOLDER`"):
        open_model("hand")


LOADED = """
import sys
import plugwright.hooks, plugwright.providers
before = set(sys.modules)
import plugwright_cassette
plugwright_cassette.providers(None)
print(*set(sys.modules) - before)
"""


def test_loading_the_plugin_loads_nothing_else():
    printed = subprocess.run(
        [sys.executable, "-c", LOADED],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ).stdout

    assert printed.split() == ["plugwright_cassette"]  # no pydantic, no rich
