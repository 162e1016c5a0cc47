"""A recorded call is done again by the real engine: same output, same fuel."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from plugwright.cli.door import run
from plugwright.errors import BrokeContract
from plugwright.home import Home
from plugwright.host import Host

PLUGIN = """
import datetime
import random
import uuid

from plugwright_sdk import clock, command, emit, log, storage

@command
def deal(names: list[str], rounds: int) -> dict[str, object]:
    rolled = {name: [random.random() for _ in range(rounds)] for name in names}
    storage.set("games", {"zeta": 1, "alpha": storage.get("games", {})})
    log.info("dealt", names=names)
    emit("dealt", {"z": 1, "a": 2})
    print("at", clock.now(), datetime.datetime.now())
    left_to_chance = [random.Random().random(), str(uuid.uuid4()), list(set(names))]
    random.seed()
    log.info("chance", drawn=random.random())
    hashes = sorted({hash(name) % 97 for name in names})
    return {"rolled": rolled, "set": hashes, "chance": left_to_chance}
"""
MANIFEST = """
[plugin]
name = "dealer"
version = "1"
api = ">=0.1,<0.2"
summary = "Deals."
{engine}
[commands.deal]
summary = "Deal."
parameters = ["names", "rounds"]
"""
PERMISSIONS = ("storage", "log", "clock", "events.emit:dealt")
TEST = """
from plugin import deal

def test_it_deals():
    assert deal(["ada"], 1)["rolled"]
"""


@pytest.fixture(params=["wasm", "restricted"])
def dealer(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A home in which the plugin is active, and a file with its input."""
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(tmp_path / "home"))
    folder = tmp_path / "dealer"
    (folder / "tests").mkdir(parents=True)
    engine = f'engine = "{request.param}"'
    wanted = "".join(
        f'[[permissions]]\npermission = "{name}"\nreason = "plays"\n'
        for name in PERMISSIONS
    )
    (folder / "plugin.toml").write_text(MANIFEST.format(engine=engine) + wanted)
    source = PLUGIN
    if request.param == "restricted":
        # This engine has the clock behind the guest API only.
        source = source.replace("clock.now(), datetime.datetime.now()", "'noon'")
    (folder / "plugin.py").write_text(source)
    (folder / "tests" / "test_dealer.py").write_text(TEST)
    assert run(["add", str(folder), "--yes"]) == 0
    given = tmp_path / "given.json"
    given.write_text('{"rounds": 3, "names": ["zoe", "ada"]}')
    return given


def test_a_recorded_call_is_done_again_exactly(
    dealer: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    tape, call = str(tmp_path / "tape.json"), ("run", "dealer", "deal", "--input")
    assert run([*call, str(dealer)]) == 0  # another state before
    assert run([*call, str(dealer), "--record", tape]) == 0
    assert run([*call, str(dealer)]) == 0  # and after
    for _ in range(2):
        assert run(["replay", tape]) == 0, capfd.readouterr().err
    assert "The same: `dealer`, 2 steps" in capfd.readouterr().out


def test_a_record_names_what_it_ran_on_and_counts_fuel_where_there_is_any(
    dealer: Path,
) -> None:
    with Host.discover(Home.of_user()) as host:
        with host.recording("dealer") as tape:
            host.run("dealer", "deal", json.loads(dealer.read_text()))
        engine = host.lives.active("dealer").bundle.manifest.engine
        assert tape.runtime == host.sandbox(engine).runtime
        fuel = [int(str(step.said["fuel"])) for step in tape.steps]
        assert all(fuel) if engine == "wasm" else not any(fuel)


def test_on_another_runtime_the_difference_is_not_called_tampering(
    dealer: Path,
) -> None:
    with Host.discover(Home.of_user()) as host:
        with host.recording("dealer") as tape:
            host.run("dealer", "deal", json.loads(dealer.read_text()))
        tape.runtime = "wasm of last year"
        tape.steps[1].said["output"] = "at another time"  # type: ignore[index]
        with pytest.raises(BrokeContract) as told:
            host.replay(host.signed(tape), "tape")
        assert "it was `wasm of last year`" in told.value.remedy
