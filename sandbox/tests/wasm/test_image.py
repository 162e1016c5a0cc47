"""The image is code: only what was written here is loaded, and it is written whole."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from plugwright.errors import HostError
from plugwright.sandboxes import Guest, GuestPackage
from plugwright_sandbox.wasm.engine import WasmSandbox
from plugwright_sandbox.wasm.image import Image
from plugwright_sandbox.wasm.locking import locked

posix = pytest.mark.skipif(os.name != "posix", reason="about modes and signals")


class Building(Exception):
    """A build has begun, which is all that the test wanted to know."""


def begins(what: str, part: float) -> None:
    raise Building


@pytest.fixture
def package(tmp_path: Path) -> GuestPackage:
    folder = tmp_path / "greeting"
    folder.mkdir()
    (folder / "__init__.py").write_text("def greet(name): return 'hi ' + name\n")
    return GuestPackage(name="greeting", paths=(folder,), modules=("greeting",))


@pytest.fixture
def copied(sandbox: WasmSandbox, tmp_path: Path) -> Image:
    """A real, whole image in a cache of its own."""
    cache = tmp_path / "cache"
    cache.mkdir(mode=0o700)
    image = Image(cache, sandbox._image._packages)
    shutil.copy(sandbox._image.path, image.path)
    shutil.copy(sandbox._image._record, image._record)
    return image


def test_an_image_that_is_there_is_not_built_again(copied: Image) -> None:
    assert copied.is_built()
    copied.build(begins)


@pytest.mark.parametrize("where", ["start", "middle", "end"])
def test_one_changed_byte_and_it_is_built_again(where: str, copied: Image) -> None:
    size = copied.path.stat().st_size
    place = {"start": 0, "middle": size // 2, "end": size - 1}[where]
    with copied.path.open("r+b") as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ 1]))

    assert not copied.is_built()
    with pytest.raises(Building):
        copied.build(begins)


@pytest.mark.parametrize(
    "record", ["", "{", "[]", "null", "5", "{}", '{"sha256": null}', '{"sha256": "0"}']
)
def test_a_record_that_says_something_else_is_no_record(
    record: str, copied: Image
) -> None:
    copied._record.write_text(record)

    assert not copied.is_built()
    with pytest.raises(Building):
        copied.build(begins)


def test_an_image_without_its_record_and_a_record_without_its_image_are_nothing(
    copied: Image,
) -> None:
    copied._record.rename(copied._record.with_suffix(".away"))
    assert not copied.is_built()
    copied._record.with_suffix(".away").rename(copied._record)
    assert copied.is_built()

    copied.path.unlink()

    assert not copied.is_built()


@posix
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702, 0o1777])
def test_a_folder_that_others_can_write_to_is_refused_with_the_remedy(
    mode: int, copied: Image
) -> None:
    copied.path.parent.chmod(mode)

    with pytest.raises(HostError) as refusal:
        copied.build(begins)

    assert "can be written by others" in refusal.value.message
    assert refusal.value.remedy == f"run: chmod 700 {copied.path.parent}"


@posix
@pytest.mark.parametrize("mode", [0o700, 0o750, 0o755])
def test_a_folder_that_others_can_only_read_is_good(mode: int, copied: Image) -> None:
    copied.path.parent.chmod(mode)

    assert copied.is_built()


def test_a_cache_that_cannot_be_made_is_one_sentence(
    tmp_path: Path, package: GuestPackage
) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(HostError) as trouble:
        Image(tmp_path / "file" / "cache", [package]).build(begins)

    assert "could not be written" in trouble.value.message
    assert "\n" not in str(trouble.value)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's /sys")
def test_a_cache_where_nobody_may_write_is_told_with_what_moves_it(
    monkeypatch: pytest.MonkeyPatch, package: GuestPackage
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/sys")

    with pytest.raises(HostError) as trouble:
        Image(Path("/sys/plugwright"), [package]).build(begins)

    assert trouble.value.message.startswith("cannot use `/sys/plugwright`: ")
    assert "XDG_CACHE_HOME" in str(trouble.value.remedy)


FULL = """
import resource, sys
from pathlib import Path
from plugwright.errors import HostError
from plugwright_sandbox.wasm.image import Image

resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))  # as if the disk were full
try:
    Image(Path(sys.argv[1]), []).build(lambda what, part: None)
except HostError as error:
    print(error)
"""


@posix
def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    cache = tmp_path / "cache"

    done = subprocess.run(
        [sys.executable, "-c", FULL, str(cache)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    assert f"could not be written to `{cache}`: " in done.stdout
    assert done.stdout.count("File too large") == 1
    assert "free some disk space" in done.stdout
    assert [path.name for path in cache.iterdir()] == ["build.lock"]


def test_a_package_that_cannot_be_imported_is_named(
    tmp_path: Path, package: GuestPackage
) -> None:
    (package.paths[0] / "__init__.py").write_text("import socket_of_nobody\n")

    with pytest.raises(HostError, match="socket_of_nobody"):
        Image(tmp_path / "cache", [package]).build(lambda what, part: None)

    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["build.lock"]


# The key.


def test_the_key_changes_when_a_package_does(
    tmp_path: Path, package: GuestPackage
) -> None:
    def key(*packages: GuestPackage) -> str:
        return Image(tmp_path, packages).key

    first = key(package)
    other = replace(package, name="other")
    assert key(package) == first
    assert key(package, other) == key(other, package)
    assert len({first, key(), key(other), key(package, other)}) == 4
    assert key(replace(package, modules=("greeting", "greeting.more"))) != first
    assert key(replace(package, warm_up="greeting:greet")) != first

    (package.paths[0] / "__init__.py").write_text("def greet(name): return name\n")
    changed = key(package)
    (package.paths[0] / "more.py").write_text("")

    assert len({first, changed, key(package)}) == 3


def test_what_stays_on_the_hosts_side_is_no_part_of_the_image(
    tmp_path: Path, package: GuestPackage
) -> None:
    package = replace(package, without=("kit", "hosting.py"))
    before = Image(tmp_path, [package]).key
    (package.paths[0] / "hosting.py").write_text("import plugwright\n")
    (package.paths[0] / "kit").mkdir()
    (package.paths[0] / "kit" / "new.py").write_text("import plugwright\n")

    assert Image(tmp_path, [package]).key == before
    assert Image(tmp_path, [replace(package, without=())]).key != before


# Two at once.


def test_who_comes_second_waits_and_takes_what_the_first_has_built(
    sandbox: WasmSandbox, copied: Image, tmp_path: Path
) -> None:
    cache = tmp_path / "shared"
    cache.mkdir(mode=0o700)
    (cache / "build-first").mkdir()
    image = Image(cache, sandbox._image._packages)
    told = []
    with ExitStack() as first:
        first.enter_context(locked(cache / "build.lock", pytest.fail))

        def the_first_ends(what: str, part: float) -> None:
            told.append(what)
            assert (cache / "build-first").exists()
            copied.path.rename(image.path)
            copied._record.rename(image._record)
            first.close()

        image.build(the_first_ends)

    assert told == ["building the sandbox: waiting for another build"]
    assert image.is_built()


def test_a_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(Building), locked(tmp_path / "lock", pytest.fail):
        raise Building

    with locked(tmp_path / "lock", pytest.fail):
        pass


# Really built.

BUILD = """
import sys
from pathlib import Path
from plugwright_sandbox.wasm.image import Image

Image(Path(sys.argv[1]), []).build(lambda what, part: None)
"""


@posix
def test_a_build_that_is_killed_leaves_nothing_that_would_be_used(
    tmp_path: Path,
) -> None:
    cache = tmp_path / "cache"
    builder = subprocess.Popen(
        [sys.executable, "-c", BUILD, str(cache)], start_new_session=True
    )
    while builder.poll() is None and not list(cache.glob("build-*/app")):
        time.sleep(0.02)
    time.sleep(0.5)

    os.killpg(builder.pid, signal.SIGKILL)
    builder.wait()

    assert not Image(cache, []).is_built()
    assert not list(cache.glob("guest-*"))
    assert list(cache.glob("build-*"))
    with pytest.raises(Building):
        Image(cache, []).build(begins)
    assert not list(cache.glob("build-*"))


def test_an_image_is_built_checked_and_used(
    tmp_path: Path, package: GuestPackage
) -> None:
    """The whole way, once: about 15 seconds."""
    cache, told = tmp_path / "cache", []
    source = "import greeting\ndef dispatch(o, a): return greeting.greet(str(a))"
    sandbox = WasmSandbox(cache, [package])
    sandbox.prepare(lambda what, part: told.append((what, part)))
    try:
        session = sandbox.open(
            Guest(
                name="g",
                files={"g.py": source},
                dispatcher="g:dispatch",
                packages=("greeting",),
            )
        )
        without = sandbox.open(
            Guest(name="g", files={"g.py": source}, dispatcher="g:dispatch")
        )

        assert session.call("x", "you").value == "hi you"
        assert without.loaded.failure is not None
        assert without.loaded.failure.type == "ModuleNotFoundError"
    finally:
        sandbox.close()
    image = sandbox._image
    assert image.is_built()
    assert {path.name for path in cache.iterdir()} == {
        image.path.name,
        image._record.name,
        "build.lock",
    }
    assert json.loads(image._record.read_text())["size"] == image.path.stat().st_size
    parts = [part for _, part in told]
    assert parts == sorted(parts)
    assert parts[-1] == 1.0
