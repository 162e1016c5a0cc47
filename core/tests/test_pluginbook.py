"""What became of host plugins is remembered from one process to the next."""

from __future__ import annotations

import pytest

from plugwright.database import Database
from plugwright.errors import HostError
from plugwright.pluginbook import Past, PluginBook
from plugwright.stages import HostPlugin, Stage

PAST = Past("tutor", "tutor-plugin", "1.0", problem="torn", calls=3, failures=1)


@pytest.fixture
def book(tmp_path):
    database = Database(tmp_path / "plugwright.db")
    yield PluginBook(database)
    database.close()


def test_what_is_written_is_read(book):
    assert book.all() == {}
    other = Past("other", "other", "2", True, True, "x", "y", "a b", 1.5, 1, 2)
    book.write(PAST)
    book.note([other])
    assert book.all() == {"tutor": PAST, "other": other}
    book.write(PAST._replace(problem=""))
    assert book.all()["tutor"].problem == ""


def test_of_another_version_nothing_holds_but_what_a_person_said():
    disabled = PAST._replace(disabled=True)
    assert disabled.of("tutor-plugin", "1.0") == disabled
    assert disabled.of("tutor-plugin", "2.0") == Past(
        "tutor", "tutor-plugin", "2.0", disabled=True
    )
    assert PAST.of("other", "1.0").calls == 0


def test_what_became_of_it_is_added_to_what_was():
    row = HostPlugin("tutor", "tutor-plugin", "1.0", hooks=["a", "b"], import_ms=7.0)
    assert PAST.after(row.at(Stage.ACTIVE), 4, 1) == PAST._replace(
        problem="", hooks="a b", import_ms=7.0, calls=7, failures=2
    )
    newer = row._replace(version="2.0").blamed("hung", "wait", Stage.QUARANTINED)
    assert PAST.after(newer, 1, 0) == Past(
        "tutor", "tutor-plugin", "2.0", False, True, "hung", "wait", "a b", 7.0, 1, 0
    )


def test_a_damaged_file_is_like_none_for_reading_and_noting_and_told_for_writing(
    tmp_path,
):
    file = tmp_path / "plugwright.db"
    file.write_bytes(b"garbage " * 1000)
    book = PluginBook(Database(file))
    assert book.all() == {}
    book.note([PAST])
    with pytest.raises(HostError, match="damaged"):
        book.write(PAST)
    assert file.read_bytes() == b"garbage " * 1000


def test_for_statistics_no_home_is_made(tmp_path):
    book = PluginBook(Database(tmp_path / "home" / "plugwright.db"))
    book.note([PAST])
    assert not (tmp_path / "home").exists()
