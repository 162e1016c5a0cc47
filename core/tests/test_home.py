"""One folder, one host, and nothing half-written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from plugwright.errors import HostError, UsageError
from plugwright.home import Home, write_atomically

HOLDER = """
import sys, time
from pathlib import Path
from plugwright.home import Home

with Home(Path(sys.argv[1])).lock():
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def hold(home: Home) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home.folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def end(holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.communicate()


def test_the_folder_is_where_the_user_says(monkeypatch, tmp_path):
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(tmp_path))
    assert Home.of_user() == Home(tmp_path)


def test_without_a_word_from_the_user_the_system_chooses_the_folder(monkeypatch):
    monkeypatch.setenv("PLUGWRIGHT_HOME", "")
    assert Home.of_user().folder == platformdirs.user_data_path(
        "plugwright", appauthor=False
    )


def test_everything_lies_inside_the_folder_and_nothing_is_made_by_asking(home):
    places = [home.database, home.bundles, home.forge]
    assert {place.parent for place in places} == {home.folder}
    assert not home.folder.exists()


def test_only_the_user_may_look_inside(home):
    home.make()
    assert home.folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.name != "posix", reason="the modes of Unix")
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_a_folder_that_others_can_write_to_is_refused_until_it_is_closed(home, mode):
    home.folder.mkdir()
    home.folder.chmod(mode)
    with pytest.raises(UsageError, match="other users can write to") as told:
        home.lock().__enter__()
    assert f"chmod 700 '{home.folder}'" in told.value.remedy

    home.folder.chmod(0o700)
    with home.lock():
        pass


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="the users of Unix")
def test_a_folder_of_another_user_is_refused(home, monkeypatch):
    home.make()
    monkeypatch.setattr(os, "geteuid", lambda: home.folder.stat().st_uid + 1)
    with pytest.raises(UsageError, match="belongs to another user"), home.lock():
        pass


def test_where_there_are_no_modes_none_are_asked_for(home, monkeypatch):
    home.folder.mkdir()
    home.folder.chmod(0o777)
    monkeypatch.setattr("plugwright.home.HAS_MODES", False)
    with home.lock():
        pass


def test_a_second_host_is_told_who_holds_the_folder(home):
    holder = hold(home)
    try:
        with pytest.raises(UsageError) as told, home.lock():
            pass
    finally:
        end(holder)
    assert told.value.message == (
        f"another Plugwright (process {holder.pid}) is using `{home.folder}`"
    )
    assert told.value.remedy == (
        "wait until it ends, stop it, or set PLUGWRIGHT_HOME to another folder"
    )


def test_a_killed_host_holds_nothing(home):
    end(hold(home))
    with home.lock():
        assert (home.folder / "lock.pid").read_text() == str(os.getpid())
    assert not (home.folder / "lock.pid").exists()


def test_one_process_cannot_take_the_folder_twice(home):
    told = pytest.raises(UsageError, match="another Plugwright")
    with home.lock(), told, home.lock():
        pass
    with home.lock():
        pass


def test_a_holder_that_did_not_say_who_it_is_is_still_another(home):
    with home.lock():
        (home.folder / "lock.pid").write_text("")
        with pytest.raises(UsageError, match=r"^another Plugwright is using"):
            home.lock().__enter__()


def test_an_error_inside_the_lock_lets_go_of_it(home):
    with pytest.raises(ZeroDivisionError), home.lock():
        _ = 1 / 0
    with home.lock():
        pass


def test_a_lock_that_cannot_be_opened_is_the_hosts_trouble(home):
    home.make()
    (home.folder / "lock.db").mkdir()
    with (
        pytest.raises(HostError, match=r"cannot use `.*lock\.db`: Is a dir"),
        home.lock(),
    ):
        pass


def test_a_file_is_replaced_as_a_whole(tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes(b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_replacement_leaves_the_old_and_nothing_beside_it(tmp_path):
    path = tmp_path / "taken"
    path.mkdir()
    with pytest.raises(HostError, match="taken"):
        write_atomically(path, b"new")
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(HostError, match="No such file"):
        write_atomically(tmp_path / "gone" / "file", b"")


def test_a_home_that_is_a_file_is_refused_before_anything_is_looked_for(
    tmp_path, monkeypatch
):
    file = tmp_path / "file"
    file.write_text("mine")
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(file))

    with pytest.raises(UsageError, match="is no folder"):
        Home.of_user()
