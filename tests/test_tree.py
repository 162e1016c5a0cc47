"""What has to be true of the whole tree."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib import metadata

from support import ROOT

HOST_PLUGINS = ("cassette", "forge", "memory", "qa", "scheduler")
PARTS = ("core", "sandbox", "sdk", *(f"hostplugins/{name}" for name in HOST_PLUGINS))


def project(folder: str) -> dict:
    return tomllib.loads((ROOT / folder / "pyproject.toml").read_text("utf-8"))[
        "project"
    ]


def tracked() -> list[str]:
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_every_part_has_one_version_a_licence_and_a_readme():
    versions = {project(folder)["version"] for folder in (".", *PARTS)}

    assert versions == {"0.1.0"}
    for folder in (".", *PARTS):
        assert (ROOT / folder / "LICENSE").read_text().startswith("MIT License")
        assert (ROOT / folder / "README.md").stat().st_size > 500
        assert project(folder)["license"] == "MIT"


def test_siblings_are_required_in_exactly_this_version():
    for folder in (".", *PARTS):
        for requirement in project(folder)["dependencies"]:
            if requirement.startswith("plugwright"):
                assert requirement.endswith("==0.1.0")


def test_first_party_plugins_enter_through_the_one_entry_point_group():
    found = {entry.name for entry in metadata.entry_points(group="plugwright")}

    assert found >= {*HOST_PLUGINS, "sandbox", "sdk"}


def test_no_file_names_a_package_index_or_a_path_of_somebodys_machine():
    # Put together here, so that this file does not name one itself.
    words = ("/simple" + "/", "python" + "hosted", "registry" + ".", "py" + "pi")
    index = re.compile(rf"https?:[^\s\"']*({'|'.join(map(re.escape, words))})")
    somebody = re.compile(r"(?<![\w/.])/(root|home/\w+|work|Users)/")
    for name in tracked():
        path = ROOT / name
        if path.suffix in {".py", ".toml", ".md", ".json", ".txt", ".ini", ".wat"}:
            text = path.read_text("utf-8")
            assert not index.search(text), name
            assert not somebody.search(text) or name.endswith("test_tree.py"), name


def test_no_lock_file_is_kept():
    assert not [name for name in tracked() if name.endswith(("uv.lock", "poetry.lock"))]
