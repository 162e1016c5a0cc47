"""The demo's own part: the family in, a table and two files out."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from plugwright.errors import BrokeContract, HostError, UsageError
from plugwright_forge import demo

LESSON = {
    "child": "Ada [bold]",
    "subject": "maths\x1b[2J",
    "day": "Monday",
    "date": "2026-01-05",
    "start": "09:00",
    "end": "09:30",
    "reason": "behind",
}
WEEK = {
    "week_of": "2026-01-05",
    "lessons": [
        {**LESSON, "day": "Tuesday", "subject": "art"},
        LESSON,
        {**LESSON, "start": "08:00", "end": "08:45", "subject": "reading"},
        {**LESSON, "child": "Bo"},
    ],
    "unplaced": [
        {"child": "Bo", "subject": "music", "minutes": 30, "reason": "no slot"}
    ],
}


class Scheduler:
    """A host whose only plugin answers from a table."""

    def __init__(self, **answers):
        self.calls = []
        self._answers = {
            "plan-week": WEEK,
            "analyse-progress": [{"child": "Ada", "behind": ["maths"]}],
            "find-conflicts": [],
            "export-ics": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
            **{name.replace("_", "-"): value for name, value in answers.items()},
        }

    def run(self, name, command, arguments):
        self.calls.append((command, arguments))
        answer = self._answers[command]
        if isinstance(answer, Exception):
            raise answer
        return answer


FAMILY = {"children": [{"name": "Ada"}], "calendar": [{"title": "swimming"}]}


def put_to_work(host, folder):
    screen = StringIO()
    console = Console(file=screen, width=60)
    demo.put_to_work(host, "scheduler", FAMILY, Path("family.json"), folder, console)
    return screen.getvalue()


def test_the_week_is_shown_and_written(tmp_path):
    host = Scheduler()

    shown = put_to_work(host, tmp_path / "new" / "folder")

    assert host.calls == [
        ("plan-week", {"family": FAMILY}),
        ("analyse-progress", {"children": FAMILY["children"]}),
        ("find-conflicts", {"week": WEEK, "calendar": FAMILY["calendar"]}),
        ("export-ics", {"week": WEEK}),
    ]
    assert "Ada [bold], week of 2026-01-05" in shown
    assert shown.index("reading") < shown.index("maths") < shown.index("art")
    assert "Not placed: Bo, music, 30 min: no slot" in shown
    assert "Conflicts with the family calendar: none" in shown
    assert "\x1b" not in shown
    folder = tmp_path / "new" / "folder"
    assert json.loads((folder / "week.json").read_text()) == WEEK
    assert (folder / "week.ics").read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    tables = shown.partition("wrote")[0]
    assert max(map(len, tables.split("\n"))) <= 60


def test_where_it_writes_is_said_before_and_after(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert f"\n{tmp_path / 'here'} (`--output" in demo.introduction(Path("here"))

    shown = put_to_work(Scheduler(), Path("here"))
    assert f"wrote {tmp_path / 'here' / 'week.json'}\n" in shown
    assert f"wrote {tmp_path / 'here' / 'week.ics'}\n" in shown


def test_somebodys_own_file_is_not_overwritten(tmp_path):
    (tmp_path / "week.json").write_text("mine")

    put_to_work(Scheduler(), tmp_path)
    put_to_work(Scheduler(), tmp_path)

    assert (tmp_path / "week.json").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.glob("*.json")) == [
        "week-2.json",
        "week.json",
    ]


def test_what_is_only_extra_may_fail(tmp_path):
    error = BrokeContract("scheduler", "ZeroDivisionError")

    shown = put_to_work(
        Scheduler(analyse_progress=error, find_conflicts=error, export_ics=None),
        tmp_path,
    )

    assert "Progress could not be analysed" in shown
    assert "Conflicts could not be looked for" in shown
    assert not (tmp_path / "week.ics").exists()


@pytest.mark.parametrize("week", [None, [], {"lessons": [{"child": 7}]}])
def test_a_week_that_cannot_be_shown_is_the_plugins_fault(tmp_path, week):
    with pytest.raises(BrokeContract, match="gave a week that cannot be shown"):
        put_to_work(Scheduler(plan_week=week), tmp_path)


@pytest.mark.parametrize(
    ("content", "problem"),
    [("{", "is not JSON"), ("[]", "is not a family"), (None, "cannot be read")],
)
def test_a_bad_family_is_named(tmp_path, content, problem):
    path = tmp_path / "family.json"
    if content is not None:
        path.write_text(content)

    with pytest.raises(UsageError, match=problem):
        demo.read_family(path)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A demo of its own, whatever is installed."""
    (tmp_path / "request.txt").write_text("Plan!\n")
    (tmp_path / "answers.json").write_text('{"answers": {"1": "three"}}')
    (tmp_path / "recording.json").write_text('{"origin": "a person", "note": ""}')
    monkeypatch.setattr(demo, "FOLDER", tmp_path)
    return tmp_path


def test_the_demo_is_the_recorded_request_with_its_answers(folder):
    options = demo.options()

    assert options.request == "Plan!"
    assert options.model == f"replay:{folder / 'recording.json'}"
    assert options.answers == {"1": "three"}
    assert "a recording (a person)" in demo.introduction(Path())
    assert demo.is_request(" Plan!\n")
    assert not demo.is_request("Plan")


def test_an_installation_without_the_recording_says_so(folder):
    (folder / "recording.json").unlink()

    assert not demo.is_request("Plan!")
    with pytest.raises(HostError, match="so there is no demo"):
        demo.options()


def test_the_request_is_sarahs_own_sentence():
    text = (demo.FOLDER / "request.txt").read_text()

    assert text == (
        "I need a plugin that can automatically generate weekly learning schedules "
        "based on my children's current progress, available time slots, and "
        "educational goals.\n"
    )
