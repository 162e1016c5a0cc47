"""Wherever the disk gets full, it is told in one sentence."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress

import pytest
from doubles import make_bundle, write_bundle


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder],
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


def fill(disk, free):
    """Leave so many bytes."""
    with open(disk / "filler", "ab", buffering=0) as filler:
        with suppress(OSError):
            while filler.write(bytes(4096)):
                pass
        filler.truncate(max(0, filler.tell() - free))


def test_wherever_the_disk_gets_full_it_is_told_in_one_sentence(
    plugwright, small_disk, tmp_path, monkeypatch
):
    home = small_disk / "home"
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(home))
    folder = write_bundle(tmp_path / "doubler", make_bundle())
    failures = []
    for pages in range(200):
        fill(small_disk, 4096 * pages)
        code, _, err = plugwright("add", folder, "--yes")
        if code == 0:
            break
        failures.append(err.removeprefix("building the guest\n").splitlines())
        assert code == 1
        assert not [*home.glob("bundles/.*")]
        assert plugwright("ledger", "verify")[0] in (0, 1)
        shutil.rmtree(home)

    assert len(failures) > 5
    for sentence, remedy in failures:
        assert sentence.startswith("plugwright: cannot use `")
        assert sentence.endswith(("the disk is full", "the disk failed"))
        assert "free some space" in remedy or "how full it is" in remedy
    assert plugwright("run", "doubler", "double", "--input", "-")[0] == 2
