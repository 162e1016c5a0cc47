"""A guest has no files, and knows the world's time zones all the same."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from plugwright_sandbox.wasm import zones
from plugwright_sandbox.wasm.image import Image

OFFSET = """
from datetime import datetime
from zoneinfo import ZoneInfo

def main(asked):
    zone, moment = asked
    return str(datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)))
"""


@pytest.mark.parametrize(
    ("zone", "moment", "told"),
    [
        ("Europe/Berlin", "2026-07-01 12:00", "2026-07-01 12:00:00+02:00"),
        ("Europe/Berlin", "2026-12-01 12:00", "2026-12-01 12:00:00+01:00"),
        ("America/Indiana/Knox", "2026-01-01 12:00", "2026-01-01 12:00:00-06:00"),
        ("Asia/Kolkata", "2026-01-01 12:00", "2026-01-01 12:00:00+05:30"),
        ("UTC", "2026-01-01 12:00", "2026-01-01 12:00:00+00:00"),
        # After the last entry of the table, where the rule at its end goes on.
        ("Europe/Berlin", "2126-07-01 12:00", "2126-07-01 12:00:00+02:00"),
    ],
)
def test_a_zone_tells_the_time_there(
    zone: str, moment: str, told: str, run: Any
) -> None:
    outcome = run(OFFSET, [zone, moment])

    assert outcome.failure is None
    assert outcome.value == told


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Atlantis",
        "Europe",
        "Atlantis/Berlin",
        "europe/berlin",
        "Europe/Berlin 0",
        "Europe/Berlin\nUTC",
        "Europe/B\u00e9rlin",
        "Europe/Berl?n",
        "zones",
    ],
)
def test_a_zone_that_is_not_there_is_not_found(zone: str, run: Any) -> None:
    outcome = run(OFFSET, [zone, "2026-07-01"])

    assert outcome.failure is not None
    assert outcome.failure.type == "ZoneInfoNotFoundError"
    assert outcome.denied == ()


@pytest.mark.parametrize("zone", ["", "/etc/passwd", "../zones", "Europe/../UTC"])
def test_a_path_is_no_zone(zone: str, run: Any) -> None:
    outcome = run(OFFSET, [zone, "2026-07-01"])

    assert outcome.failure is not None
    assert outcome.failure.type == "ValueError"


def test_every_zone_of_the_package_can_be_loaded(run: Any) -> None:
    outcome = run(
        """
        import zoneinfo

        def main(_):
            names = sorted(zoneinfo.available_timezones())
            assert all(zoneinfo.ZoneInfo(name).key == name for name in names)
            return names
        """
    )

    there = resources.files("tzdata").joinpath("zones").read_text("utf-8").split()
    assert outcome.failure is None
    assert outcome.value == sorted(there)


def test_a_guest_can_read_the_data_as_resources(run: Any) -> None:
    """Libraries beside `zoneinfo` ask the package in the same way."""
    outcome = run(
        """
        from importlib import resources

        def main(_):
            folder = resources.files("tzdata.zoneinfo.America")
            berlin = resources.files("tzdata") / "zoneinfo" / "Europe" / "Berlin"
            return [
                folder.joinpath("Indiana").is_dir(),
                folder.joinpath("Lima").is_file(),
                [place.name for place in folder.joinpath("Indiana").iterdir()][:2],
                berlin.read_bytes()[:4].decode(),
                (resources.files("tzdata") / "zones").read_text()[:14],
            ]
        """
    )

    assert outcome.failure is None
    assert outcome.value == [
        *(True, True, ["Indianapolis", "Knox"], "TZif", "Africa/Abidjan")
    ]


def test_equal_zones_are_packed_once() -> None:
    index, data = zones.packed().split(b"\n\n", 1)
    lines = dict(line.split(b" ", 1) for line in index.splitlines())

    assert lines[b"zoneinfo/US/Pacific"] == lines[b"zoneinfo/America/Los_Angeles"]
    assert len(data) < sum(int(line.split()[1]) for line in lines.values())


def test_newer_zones_make_another_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Image(tmp_path, []).key
    monkeypatch.setattr(zones, "version", lambda: "1970.1")

    assert Image(tmp_path, []).key != key
