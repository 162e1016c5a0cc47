"""A bundle is its content: checked, named by it, and packed without running it."""

from __future__ import annotations

import base64
import csv
import hashlib
import importlib
import importlib.util
import os
import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from plugwright import bundles
from plugwright.bundles import Bundle, content_id, installed_bundles
from plugwright.errors import HostError, NotLoaded, UsageError

MANIFEST = b"""
[plugin]
name = "week-planner"
version = "0.1.0"
api = ">=0.1,<0.2"
summary = "Plans the week"
"""
# Whoever runs this plugin leaves a trace.
PLUGIN = b"""
import os, pathlib
pathlib.Path(os.environ["TRACE"]).write_text("ran")
"""
PLANNER = {
    "plugin.toml": MANIFEST,
    "plugin.py": PLUGIN,
    "helpers.py": "DAY = 'día'\r\n\n".encode(),
    "tests/test_plan.py": b"def test_plan(): ...\n",
    "tests/data.json": b"{}",
    "README.md": "# Für die Woche\n".encode(),
}


@pytest.fixture
def planner() -> Bundle:
    return Bundle(PLANNER)


def put(folder: Path, files: dict[str, bytes]) -> Path:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def test_a_folder_is_read_without_what_tools_leave_in_it(tmp_path, planner):
    put(tmp_path, PLANNER)
    put(tmp_path, {".git/config": b"", "__pycache__/plugin.pyc": b"", ".hidden": b""})
    assert Bundle.read(tmp_path) == planner


def test_the_parts_of_a_bundle_have_names(planner):
    assert planner.manifest.name == "week-planner"
    assert set(planner.sources) == {"plugin.py", "helpers.py"}
    assert planner.tests == {"test_plan.py": "def test_plan(): ...\n"}
    assert planner.readme == "# Für die Woche\n"
    assert Bundle({"plugin.toml": MANIFEST, "plugin.py": b""}).readme == ""


def test_the_id_is_the_content_and_not_its_order(planner):
    backwards = dict(reversed(PLANNER.items()))
    assert Bundle(backwards).id == planner.id
    assert Bundle({**PLANNER, "helpers.py": b""}).id != planner.id


def test_no_content_can_pose_as_a_path():
    assert content_id({"a": b"b", "c": b""}) != content_id({"a": b"", "bc": b""})
    assert content_id({"ab": b""}) != content_id({"a": b"b"})


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        ("/etc/passwd", b"", "is not a name that every system can have"),
        ("../outside", b"", "is not a name"),
        ("a/../b", b"", "is not a name"),
        ("a//b", b"", "is not a name"),
        ("./a", b"", "is not a name"),
        ("a\\b", b"", "is not a name"),
        ("c:a", b"", "is not a name"),
        ("a\x00", b"", "is not a name"),
        ("a\n", b"", "is not a name"),
        ("größe", b"", "is not a name"),
        ("docs/CON.txt", b"", "is not a name"),
        ("end.", b"", "is not a name"),
        (".hidden", b"", "is not a name"),
        ("d/" * 100 + "f", b"", "is not a name"),
        ("big.txt", b"x" * ((256 << 10) + 1), "`big.txt`: rule `file-size`: is larger"),
        ("bidi.py", "# \u202e".encode(), "`bidi.py:1`: rule `bidi-control`"),
        ("Helpers.py", b"", "`helpers.py` and `Helpers.py` are one name on some"),
        ("Tests/x", b"", "`tests/` and `Tests/` are one name"),
        ("helpers.py/x", b"", "`helpers.py` and `helpers.py/` are one name"),
    ],
)
def test_what_could_mislead_is_refused(path, content, words):
    with pytest.raises(UsageError) as told:
        Bundle({**PLANNER, path: content})
    assert words in told.value.message
    assert told.value.remedy


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("full.txt", b"x" * (256 << 10)),
        ("tests/json.py", b""),
        ("picture.png", b"\x00\xff"),
        ("json.txt", b""),
        ("a/b/c/d-e_f.0", b""),
    ],
)
def test_what_is_beside_the_refused_is_allowed(path, content):
    assert Bundle({**PLANNER, path: content}).files[path] == content


@pytest.mark.parametrize("required", ["plugin.py", "plugin.toml"])
def test_what_every_plugin_has_is_missed(required):
    files = {path: content for path, content in PLANNER.items() if path != required}
    with pytest.raises(UsageError, match=f"`{required}` is missing"):
        Bundle(files)


def test_too_many_files_are_refused_before_they_are_read(tmp_path):
    many = {f"f{number}": b"" for number in range(200)}
    with pytest.raises(UsageError, match="more than 200 files"):
        Bundle({**PLANNER, **many})
    with pytest.raises(UsageError, match="more than 200 files"):
        Bundle.read(put(tmp_path, {**PLANNER, **many}))


def test_links_and_devices_are_refused(tmp_path):
    put(tmp_path, PLANNER)
    (tmp_path / "link.txt").symlink_to("/etc/passwd")
    with pytest.raises(UsageError, match=r"`link.txt` is a link or a device"):
        Bundle.read(tmp_path)
    (tmp_path / "link.txt").unlink()
    (tmp_path / "docs").symlink_to("/etc", target_is_directory=True)
    with pytest.raises(UsageError, match="`docs` is a link or a device"):
        Bundle.read(tmp_path)
    (tmp_path / "docs").unlink()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="`pipe` is a link or a device"):
        Bundle.read(tmp_path)


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UsageError, match="there is no folder"):
        Bundle.read(tmp_path / "none")


def test_a_written_bundle_is_loaded_by_its_id(tmp_path, planner):
    root = tmp_path / "bundles"
    folder = planner.write(root)
    assert folder == root / planner.id
    assert Bundle.load(root, planner.id) == planner
    assert planner.write(root) == folder
    assert list(root.iterdir()) == [folder]


@pytest.mark.parametrize(
    "change",
    [
        {"plugin.py": b"changed"},
        {"plugin.toml": b"not toml"},
        {"more.py": b""},
        {"helpers.py": b"x" * ((256 << 10) + 1)},
    ],
)
def test_a_bundle_that_was_changed_afterwards_is_not_loaded(tmp_path, planner, change):
    put(planner.write(tmp_path), change)
    with pytest.raises(NotLoaded, match="was changed after it was written") as told:
        Bundle.load(tmp_path, planner.id, "week-planner")
    [path] = change
    where = f"`{tmp_path / planner.id}`: `{path}` was changed"
    assert told.value.message.startswith(f"`week-planner`: {where}")
    assert "`plugwright add`" in told.value.remedy
    assert "`plugwright rollback week-planner`" in told.value.remedy


def test_a_changed_bundle_is_written_anew_and_the_change_is_kept_aside(
    tmp_path, planner
):
    folder = planner.write(tmp_path)
    (folder / "plugin.py").write_text("mine")
    (folder / "tests").rename(folder / "more")

    assert planner.write(tmp_path) == folder
    assert Bundle.load(tmp_path, planner.id) == planner
    [aside] = tmp_path.glob(".changed-*")
    assert (aside / "plugin.py").read_text() == "mine"


def test_of_many_changes_one_is_named(tmp_path, planner):
    put(planner.write(tmp_path), {"helpers.py": b"", "plugin.py": b"", "a.py": b""})
    with pytest.raises(NotLoaded, match=r"`a.py` \(and 2 more\) was changed after"):
        Bundle.load(tmp_path, planner.id)


def test_a_bundle_that_is_gone_or_holds_links_now_is_not_loaded(tmp_path, planner):
    folder = planner.write(tmp_path)
    (folder / "link.py").symlink_to("plugin.py")
    with pytest.raises(NotLoaded, match=r"`link\.py` is a link"):
        Bundle.load(tmp_path, planner.id)
    planner.write(tmp_path)
    assert Bundle.load(tmp_path, planner.id) == planner
    folder.rename(tmp_path / "elsewhere")
    with pytest.raises(NotLoaded, match="there is no folder"):
        Bundle.load(tmp_path, planner.id)


@pytest.mark.parametrize("lost", [None, b""])
def test_without_the_list_of_its_files_a_change_is_told_without_a_name(
    tmp_path, planner, lost
):
    folder = planner.write(tmp_path)
    (folder / "plugin.py").write_text("changed")
    if lost is None:
        (folder / ".sha256sums").unlink()
    else:
        (folder / ".sha256sums").write_bytes(lost)
    with pytest.raises(NotLoaded, match="`: a file was changed after it was written"):
        Bundle.load(tmp_path, planner.id)


@pytest.mark.parametrize("id", ["..", "", "A" * 64, "a" * 63 + "\n"])
def test_an_id_leads_nowhere_else(tmp_path, id):
    with pytest.raises(UsageError, match="is not the id of a bundle"):
        Bundle.load(tmp_path, id)


def test_two_processes_may_write_one_bundle_at_once(tmp_path, planner):
    folder = planner.write(tmp_path)
    planner._write_new(folder)
    assert Bundle.load(tmp_path, planner.id) == planner
    assert list(tmp_path.iterdir()) == [folder]


def test_a_bundle_that_cannot_be_written_leaves_nothing(tmp_path, planner):
    (tmp_path / planner.id).symlink_to("nowhere")  # exists for rename, not for us
    with pytest.raises(HostError, match="cannot use"):
        planner.write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [planner.id]


def test_a_wheel_is_the_same_every_time(tmp_path, planner):
    backwards = Bundle(dict(reversed(PLANNER.items())))
    one, other = planner.wheel(tmp_path / "one"), backwards.wheel(tmp_path / "other")
    assert one.name == "week_planner-0.1.0-py3-none-any.whl"
    assert one.read_bytes() == other.read_bytes()


def test_a_wheel_says_what_it_is_and_records_every_file(tmp_path, planner):
    info = "week_planner-0.1.0.dist-info"
    with zipfile.ZipFile(planner.wheel(tmp_path)) as archive:
        assert archive.testzip() is None
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert all(name.startswith(f"{info}/") for name in contents)
    assert list(contents)[-1] == f"{info}/RECORD"
    about = message_from_bytes(contents[f"{info}/METADATA"])
    assert about["Name"] == "week-planner"
    assert about["Summary"] == "Plans the week"
    assert about["Requires-Dist"] == "plugwright-core"
    for name, seal, size in csv.reader(
        contents.pop(f"{info}/RECORD").decode().splitlines()
    ):
        if name == f"{info}/RECORD":
            continue
        content = contents.pop(name)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
        assert seal == "sha256=" + digest.decode().rstrip("=")
        assert int(size) == len(content)
    assert contents == {}


def write_or_remove(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)


@pytest.mark.skipif(not importlib.util.find_spec("pip"), reason="needs pip")
def test_pip_installs_it_finding_it_runs_nothing_and_changes_are_told(
    tmp_path, planner, monkeypatch
):
    monkeypatch.setenv("TRACE", str(tmp_path / "trace"))
    site = tmp_path / "site"
    bundled = site / "week_planner-0.1.0.dist-info" / "bundle"
    pip = [sys.executable, "-m", "pip", "--isolated", "install", "--quiet"]
    options = ["--no-deps", "--no-index", "--no-cache-dir", "--compile"]
    subprocess.run(
        [*pip, *options, "--target", site, planner.wheel(tmp_path)], check=True
    )
    monkeypatch.syspath_prepend(site)
    assert dict(installed_bundles())["week-planner"] == planner
    assert not (tmp_path / "trace").exists()
    changes = {"helpers.py": b"evil", "more.py": b"", "tests/test_plan.py": None}
    for path, content in changes.items():
        before = PLANNER.get(path)
        write_or_remove(bundled / path, content)
        told = dict(installed_bundles())["week-planner"]
        assert isinstance(told, NotLoaded)
        word = {None: "removed", b"": "added"}.get(content, "changed")
        assert told.message == (
            f"`week-planner`: `{path}` was {word} after it was installed"
        )
        write_or_remove(bundled / path, before)
    # Nothing of it can be imported, by whatever name.
    assert [path.name for path in site.iterdir()] == ["week_planner-0.1.0.dist-info"]
    for name in ("helpers", "week_planner"):
        assert importlib.util.find_spec(name) is None


def install(site: Path, name: str, files: dict[str, bytes], record: bool = True):
    """Put a distribution where an installer would."""
    info = f"{name.replace('-', '_')}-1.dist-info"
    entry = f"[plugwright]\n{name} = plugwright.bundles:installed\n"
    every = {
        f"{info}/METADATA": f"Name: {name}\nVersion: 1\n".encode(),
        f"{info}/entry_points.txt": entry.encode(),
        **{f"{info}/bundle/{path}": content for path, content in files.items()},
    }
    put(site, every)
    if record:
        (site / info / "RECORD").write_text("".join(f"{path},,\n" for path in every))


def test_a_broken_one_is_told_and_stops_nobody(tmp_path, monkeypatch, planner):
    install(tmp_path, "good", PLANNER)
    install(tmp_path, "no-manifest", {"plugin.py": b""})
    install(tmp_path, "no-record", PLANNER, record=False)
    install(tmp_path, "bad-manifest", {**PLANNER, "plugin.toml": b"[plugin]"})
    install(tmp_path, "bad-record", PLANNER)
    (tmp_path / "bad_record-1.dist-info" / "RECORD").write_bytes(b"\xff")
    stranger = tmp_path / "stranger-1.dist-info"
    put(stranger, {"METADATA": b"Name: stranger\n", "entry_points.txt": b"\xff"})
    monkeypatch.syspath_prepend(tmp_path)
    found = dict(installed_bundles())
    assert found.pop("good") == planner
    assert {name: str(error) for name, error in found.items()} == {
        "no-manifest": "`no-manifest`: its distribution holds no bundle (install it"
        " again)",
        "no-record": "`no-record`: its distribution holds no bundle (install it again)",
        "bad-manifest": "`bad-manifest`: `plugin.toml:1`: rule `missing-key`:"
        " `plugin.name` is missing (add it)",
        "bad-record": "`bad-record`: cannot be read: 'utf-8' codec can't decode byte"
        " 0xff in position 0: invalid start byte (install it again)",
    }


def test_the_first_of_two_with_one_name_counts(tmp_path, monkeypatch, planner):
    install(tmp_path / "later", "twice", {})
    install(tmp_path / "first", "twice", PLANNER)
    monkeypatch.syspath_prepend(tmp_path / "later")
    monkeypatch.syspath_prepend(tmp_path / "first")
    assert dict(installed_bundles()) == {"twice": planner}


def test_the_entry_point_can_be_loaded_and_is_only_a_mark():
    module, _, name = bundles.MARKER.partition(":")
    assert getattr(importlib.import_module(module), name) is bundles.installed
