"""What the machine refuses is one sentence, the same one everywhere."""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
from pathlib import Path

import platformdirs
import pytest

from plugwright.errors import HostError
from plugwright.machine import (
    cache_folder,
    cannot_use,
    database_trouble,
    home_folder,
    naming,
)


@pytest.mark.parametrize("system", ["linux", "darwin"])
@pytest.mark.parametrize("chosen", [None, "/somewhere/else", "/with/slash/"])
@pytest.mark.parametrize("person", ["/people/ada", "/people/ada/", None])
@pytest.mark.parametrize("android", [None, "/data"])
def test_the_folders_of_a_user_are_those_of_every_program(
    monkeypatch, system, chosen, person, android
):
    changed = {
        "PLUGWRIGHT_HOME": None,
        "XDG_CACHE_HOME": chosen,
        "XDG_DATA_HOME": chosen,
        "HOME": person,
        "ANDROID_DATA": android,
    }
    for name, value in changed.items():
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", system)
    assert cache_folder() == platformdirs.user_cache_path("plugwright", appauthor=False)
    assert home_folder() == platformdirs.user_data_path("plugwright", appauthor=False)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "the disk is read-only"),
        (errno.EACCES, "this user may not do that there"),
        (errno.EIO, "the disk failed"),
        (errno.ENAMETOOLONG, "File name too long"),
    ],
)
def test_what_the_machine_refuses_is_one_sentence_with_the_path(code, words):
    with pytest.raises(HostError) as told, naming(Path("some/where")):
        raise OSError(code, os.strerror(code))
    assert told.value.message == f"cannot use `some/where`: {words}"
    assert told.value.remedy
    assert "set " not in told.value.remedy  # no variable moves this one


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a full disk")
def test_a_real_full_disk_is_named():
    with pytest.raises(HostError, match="the disk is full"), naming(Path("/dev/full")):
        Path("/dev/full").write_text("x")


FULL = OSError(errno.ENOSPC, "No space left on device")


def test_the_remedy_names_the_variable_that_moves_that_very_folder(home):
    kept = cannot_use(home.database, FULL)
    cached = cannot_use(cache_folder() / "image", FULL)
    assert kept.remedy == "free some space, or set PLUGWRIGHT_HOME to another folder"
    assert cached.remedy == "free some space, or set XDG_CACHE_HOME to another folder"


def test_where_no_variable_moves_the_cache_none_is_named(home, monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    assert cannot_use(cache_folder(), FULL).remedy == "free some space"


def refusal(path, number):
    error = sqlite3.OperationalError("what SQLite says")
    error.sqlite_errorcode = number
    return database_trouble(path, error)


def test_sqlite_is_understood_in_the_same_words(home):
    home.make()
    path = home.database
    moved = ", or set PLUGWRIGHT_HOME to another folder"
    assert str(refusal(path, sqlite3.SQLITE_FULL)) == str(cannot_use(path, FULL))
    failed = refusal(path, sqlite3.SQLITE_IOERR)
    assert failed.message == f"cannot use `{path}`: the disk failed"
    assert failed.remedy == "check the disk and how full it is" + moved
    assert refusal(path, sqlite3.SQLITE_INTERNAL).message.endswith("what SQLite says")


def test_why_a_database_cannot_be_written_is_found_out_where_sqlite_does_not_say(home):
    home.make()
    home.database.mkdir()
    assert refusal(home.database, sqlite3.SQLITE_CANTOPEN).message == (
        f"cannot use `{home.database}`: Is a directory"
    )
    other = home.folder / "other.db"
    assert refusal(other, sqlite3.SQLITE_READONLY).message == (
        f"cannot use `{other}`: this user may not do that there"
    )
