"""Files below one folder: no name, no link and no swap leads out of it."""

from __future__ import annotations

import base64
import os
import stat

import pytest

from plugwright.capabilities import Outside, services
from plugwright.capabilities.disk import LocalDisk
from plugwright.capabilities.doubles import MemoryDisk
from plugwright.capabilities.files import (
    BLOCK,
    LARGEST_FILE,
    MOST_ENTRIES,
    WRITTEN,
)
from plugwright.errors import Denied
from plugwright.permissions import Permission
from plugwright.storage import MemoryStorage, Refused


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder `~/lessons`, with a secret beside it."""
    home = tmp_path / "person"
    (home / "lessons").mkdir(parents=True)
    (home / "secret.txt").write_text("secret")
    monkeypatch.setenv("HOME", str(home))
    return home / "lessons"


GRANTS = ("files.read:~/lessons", "files.write:~/lessons")


class Files:
    """A plugin's services, spoken to in text."""

    def __init__(self, *permissions, disk=None):
        granted = [Permission.parse(text) for text in permissions or GRANTS]
        outside = Outside(disk=disk or LocalDisk())
        self.ask = services(
            "p", granted, MemoryStorage(1), print, print, lambda: 0.0, outside
        )

    def read(self, name, **more):
        found = self.ask["files.read"]({"name": name, **more})
        return base64.b64decode(found["body"]).decode() if found["found"] else None

    def write(self, name, text, **more):
        body = base64.b64encode(text.encode()).decode()
        self.ask["files.write"]({"name": name, "body": body, **more})

    def list(self, name="", **more):
        found = self.ask["files.list"]({"name": name, **more})
        return [(each["name"], each["is_folder"], each["bytes"]) for each in found]

    def exists(self, name, **more):
        return self.ask["files.exists"]({"name": name, **more})


@pytest.fixture(params=["disk", "memory"])
def files(request, folder):
    return Files(disk=LocalDisk() if request.param == "disk" else MemoryDisk())


def test_what_was_written_is_read_listed_and_found(files):
    assert files.read("week.txt") is None
    assert not files.exists("week.txt")
    files.write("week.txt", "mon")
    files.write("week.txt", "mön")
    files.write("old/er/week.txt", "")
    assert files.read("week.txt") == "mön"
    assert files.read("old/er/week.txt") == ""
    assert files.list() == [("old", True, 0), ("week.txt", False, 4)]
    assert files.list("old/er") == [("week.txt", False, 0)]
    assert files.exists("old/er")
    assert files.exists("week.txt")
    assert not files.exists("old/week.txt")
    assert files.read("new/week.txt") is None
    with pytest.raises(Refused, match="no such folder"):
        files.list("new")


def test_a_file_that_is_too_large_is_refused_both_ways(files, folder):
    files.write("most.txt", "x" * LARGEST_FILE)
    assert len(files.read("most.txt")) == LARGEST_FILE
    with pytest.raises(Refused, match="at most 512 KB"):
        files.write("more.txt", "x" * (LARGEST_FILE + 1))


def test_a_large_file_that_a_person_put_there_is_refused(folder):
    (folder / "large.txt").write_bytes(b"x" * (LARGEST_FILE + 1))
    disk = MemoryDisk()
    disk.files["~/lessons/large.txt"] = b"x" * (LARGEST_FILE + 1)
    for each in (LocalDisk(), disk):
        with pytest.raises(Refused, match="more than 512 KB"):
            Files(disk=each).read("large.txt")


def test_a_folder_with_too_much_in_it_is_not_listed(folder):
    disk = MemoryDisk()
    for number in range(MOST_ENTRIES + 1):
        (folder / str(number)).touch()
        disk.files[f"~/lessons/{number}"] = b""
    for each in (LocalDisk(), disk):
        with pytest.raises(Refused, match="more than 1000 files"):
            Files(disk=each).list()


BAD_NAMES = [
    "",
    ".",
    "..",
    "../secret.txt",
    "a/../../secret.txt",
    "a/./b",
    "a//b",
    "/etc/passwd",
    "~/secret.txt/",
    "week.txt/",
    "..\\secret.txt",
    "C:\\secret.txt",
    "C:secret.txt",
    "week.txt:stream",
    "a\x00b",
    "a\nb",
    "a\x7fb",
    "a\u202etxt.exe",
    "a\u200bb",
    "\ud800",
    "x" * 5000,
    "x" * 201,
    "é" * 101,
    "/".join("x" * 17),
    ".ssh",
    ".plugwright-0",
    "a/.git/config",
    "CON",
    "nul.txt",
    "a/COM1",
    "lpt9.log",
    "a.",
    "a ",
    " a",
    "a*",
    "a?",
    "<a>",
    "a|b",
    'a"b',
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_may_mean_more_is_refused(files, folder, name):
    for use in (
        files.read,
        files.exists,
        lambda name: files.write(name, "x"),
        lambda name: files.list(name or "."),
    ):
        with pytest.raises(Refused):
            use(name)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["%2e%2e%2fsecret.txt", "..%2f", "$HOME", "-rf", "a;b"]
)
def test_a_name_that_only_looks_odd_is_a_name(files, folder, name):
    files.write("x/" + name.replace("..", "_"), "x")
    assert [each for each, _, _ in files.list("x")] == [name.replace("..", "_")]


# Links, devices and swaps.


def test_no_link_is_followed(folder):
    outside = folder.parent / "outside"
    outside.mkdir()
    (folder / "secret.txt").symlink_to(folder.parent / "secret.txt")
    (folder / "out").symlink_to(outside)
    (folder / "real").mkdir()
    (folder / "real" / "out").symlink_to(outside)
    files = Files()
    for use in (files.read, lambda name: files.write(name, "x")):
        with pytest.raises(Refused, match="a folder, a link or a device"):
            use("secret.txt")
        for name in ("out/a.txt", "real/out/a.txt"):
            with pytest.raises(Refused, match="no folder"):
                use(name)
    with pytest.raises(Refused, match="no folder"):
        files.list("out")
    assert not files.exists("secret.txt")
    assert files.list() == [("real", True, 0)]
    assert files.list("real") == []
    assert list(outside.iterdir()) == []
    assert (folder.parent / "secret.txt").read_text() == "secret"


def test_a_file_with_a_second_name_is_neither_read_nor_written(folder):
    os.link(folder.parent / "secret.txt", folder / "hard.txt")
    files = Files()
    for use in (files.read, lambda name: files.write(name, "x")):
        with pytest.raises(Refused, match="hard link"):
            use("hard.txt")
    assert not files.exists("hard.txt")
    assert files.list() == []
    assert (folder.parent / "secret.txt").read_text() == "secret"


def test_what_is_no_file_is_not_opened(folder):
    os.mkfifo(folder / "pipe")
    (folder / "folder").mkdir()
    files = Files()
    for name in ("pipe", "folder"):
        for use in (files.read, lambda name: files.write(name, "x")):
            with pytest.raises(Refused, match="a folder, a link or a device"):
                use(name)
    assert not files.exists("pipe")
    assert files.list() == [("folder", True, 0)]


def test_a_name_that_becomes_a_link_between_two_looks_is_not_followed(
    folder, monkeypatch
):
    (folder / "week.txt").write_text("mon")
    look = os.stat

    def look_and_swap(name, **more):
        found = look(name, **more)
        if name == "week.txt":
            (folder / "week.txt").unlink()
            (folder / "week.txt").symlink_to(folder.parent / "secret.txt")
        return found

    files = Files()
    monkeypatch.setattr(os, "stat", look_and_swap)
    with pytest.raises(Refused, match="cannot be opened"):
        files.read("week.txt")


def test_a_folder_that_becomes_a_link_between_two_looks_is_not_followed(
    folder, monkeypatch
):
    (folder / "old").mkdir()
    look = os.stat

    def look_and_swap(name, **more):
        found = look(name, **more)
        if name == "old":
            (folder / "old").rmdir()
            (folder / "old").symlink_to(folder.parent)
        return found

    files = Files()
    monkeypatch.setattr(os, "stat", look_and_swap)
    with pytest.raises(Refused, match="cannot be opened"):
        files.read("old/secret.txt")


def test_a_folder_that_was_replaced_since_the_start_is_refused(folder):
    files = Files()
    folder.rename(folder.parent / "moved")
    with pytest.raises(Refused, match="cannot be opened: no such file"):
        files.read("week.txt")
    folder.symlink_to(folder.parent)
    with pytest.raises(Refused, match="not the one that it was"):
        files.read("secret.txt")
    folder.unlink()
    folder.mkdir()
    with pytest.raises(Refused, match="not the one that it was"):
        files.write("week.txt", "x")
    assert Files().read("week.txt") is None


def test_a_folder_that_comes_later_is_taken_as_it_comes(folder):
    folder.rmdir()
    files = Files()
    with pytest.raises(Refused) as told:
        files.read("week.txt")
    assert "`~/lessons` cannot be opened" in told.value.message
    assert str(folder.parent) not in str(told.value)
    folder.mkdir()
    assert files.read("week.txt") is None


def test_a_link_that_a_person_made_of_the_folder_itself_is_theirs(folder):
    folder.rename(folder.parent / "elsewhere")
    folder.symlink_to(folder.parent / "elsewhere")
    files = Files()
    files.write("week.txt", "mon")
    assert files.read("week.txt") == "mon"
    assert (folder.parent / "elsewhere" / "week.txt").read_text() == "mon"


@pytest.mark.parametrize("kept", ["person", "person/lessons", "person/lessons/own"])
def test_what_is_plugwrights_own_is_in_no_folder(folder, tmp_path, kept):
    (tmp_path / kept).mkdir(exist_ok=True)
    files = Files(disk=LocalDisk([tmp_path / kept]))
    with pytest.raises(Refused, match="Plugwright's own"):
        files.read("week.txt")
    assert Files(disk=LocalDisk([tmp_path / "other"])).read("week.txt") is None


def test_a_system_that_could_be_led_out_has_no_files(folder, monkeypatch):
    monkeypatch.setattr(os, "supports_dir_fd", set())
    with pytest.raises(Refused, match="without the risk of leaving its folder"):
        Files().read("week.txt")


# Writing.


def test_a_file_is_private_never_executable_and_keeps_who_may_read_it(folder):
    files = Files()
    files.write("new.txt", "x")
    (folder / "old.txt").touch()
    (folder / "old.txt").chmod(0o755)
    files.write("old.txt", "x")
    modes = [stat.S_IMODE((folder / n).stat().st_mode) for n in ("new.txt", "old.txt")]
    assert modes == [0o600, 0o644]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(folder, monkeypatch):
    files = Files()
    files.write("week.txt", "old")

    def full(file, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(Refused, match="cannot be used: no space left on device"):
        files.write("week.txt", "new")
    assert files.read("week.txt") == "old"
    assert len(list(folder.iterdir())) == 1


def test_a_folder_that_cannot_be_made_is_a_sentence(folder, monkeypatch):
    def forbidden(name, mode, dir_fd):
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(os, "mkdir", forbidden)
    with pytest.raises(Refused) as told:
        Files().write("new/week.txt", "x")
    assert told.value.message == "the folder cannot be made: permission denied"


def test_a_file_that_grows_while_it_is_read_is_refused(folder, monkeypatch):
    (folder / "week.txt").touch()
    files = Files()
    monkeypatch.setattr(os, "read", lambda file, count: b"x" * count)
    with pytest.raises(Refused, match="more than 512 KB"):
        files.read("week.txt")


def test_a_plugin_cannot_fill_the_disk(folder):
    files = Files(disk=MemoryDisk())
    for number in range(WRITTEN // BLOCK):
        files.write(f"{number}", "")
    with pytest.raises(Refused, match="at most 64 MB until it is started again"):
        files.write("more", "")


def test_what_is_no_base64_is_refused(files):
    for body in ("a", "a b=", "é", "\ud800"):
        with pytest.raises(Refused, match="not base64"):
            files.ask["files.write"]({"name": "a", "body": body})


# Grants.


def test_to_write_is_not_to_read_nor_the_other_way():
    assert set(Files("files.write:~/a").ask) == {"files.write"}
    reading = {"files.read", "files.list", "files.exists"}
    assert set(Files("files.read:~/a").ask) == reading


def test_of_several_folders_one_has_to_be_named(folder):
    (folder / "maths").mkdir()
    (folder.parent / "music").mkdir()
    files = Files(
        "files.read:~/lessons", "files.read:~/music", "files.write:~/lessons/maths"
    )
    with pytest.raises(Refused, match="say which `folder`: `~/lessons`, `~/music`"):
        files.read("week.txt")
    files.write("week.txt", "sums")
    assert files.read("week.txt", folder="~/lessons/maths") == "sums"
    assert files.read("maths/week.txt", folder="~/lessons/") == "sums"
    assert files.read("week.txt", folder="~/music") is None
    assert files.list("", folder="~/lessons/maths") == [("week.txt", False, 4)]


@pytest.mark.parametrize(
    ("folder_asked", "lacking"),
    [
        ("~/music", "files.read:~/music"),
        ("/etc", "files.read:/etc"),
        ("~/lessonsandmore", "files.read:~/lessonsandmore"),
    ],
)
def test_another_folder_is_denied(folder, folder_asked, lacking):
    with pytest.raises(Denied) as told:
        Files().read("passwd", folder=folder_asked)
    assert told.value.permission == lacking


@pytest.mark.parametrize("asked", ["~/lessons/../x", "/", "lessons", "~/.ssh", "\x1b"])
def test_a_folder_that_cannot_be_granted_is_refused(folder, asked):
    with pytest.raises(Refused, match="write it as it was granted"):
        Files().read("week.txt", folder=asked)


def test_without_a_disk_there_is_a_sentence():
    granted = [Permission.parse(text) for text in GRANTS]
    made = services("p", granted, MemoryStorage(1), print, print, lambda: 0.0)
    with pytest.raises(Refused, match="there are no files here"):
        made["files.read"]({"name": "a"})


def test_no_descriptor_is_left_open(folder):
    files = Files()
    files.write("a/b/c.txt", "x")
    before = len(os.listdir("/dev/fd"))
    for _ in range(20):
        files.read("a/b/c.txt")
        files.write("a/b/c.txt", "y")
        files.list("a/b")
        files.exists("a/b/c.txt")
        with pytest.raises(Refused):
            files.read("a/b/c.txt/d.txt")
        with pytest.raises(Refused):
            files.list("a/x")
    assert len(os.listdir("/dev/fd")) == before
