"""Where pulled files are: the cache that all programs share that use the hub.

models--OWNER--REPO/blobs/ETAG                  the content
                    snapshots/COMMIT/FILE       a link to it
                    refs/main                   which commit is the newest
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from plugwright.errors import UsageError

_WORD = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?"
_NAME = re.compile(rf"(?P<repo>{_WORD}/{_WORD})(?::(?P<file>[^:]+))?")


@dataclass(frozen=True, kw_only=True)
class Pulled:
    """One file in the cache."""

    repo: str
    file: str
    path: Path

    @property
    def name(self) -> str:
        """As `plugwright chat` takes it."""
        return f"hf:{self.repo}:{self.file}"


def parsed(argument: str) -> tuple[str, str]:
    """Take apart what stands after `hf:`; the file may be left out."""
    found = _NAME.fullmatch(argument)
    file = found["file"] or "" if found else ""
    is_inside = file == "" or all(
        part not in ("", ".", "..") for part in file.split("/")
    )
    if not found or not is_inside or not argument.isprintable() or "\\" in file:
        raise UsageError(
            f"`hf:{argument:.120}` names no file",
            remedy="write it as `hf:OWNER/REPO:FILE`",
        )
    return found["repo"], file


def cache() -> Path:
    """Give the folder of the cache, as every program finds it."""
    if chosen := os.environ.get("HF_HUB_CACHE"):
        return Path(chosen).expanduser()
    home = os.environ.get("HF_HOME")
    if not home:
        caches = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        home = os.path.join(caches, "huggingface")
    return Path(home).expanduser() / "hub"


def folder_of(repo: str) -> Path:
    """Give the folder of all that was pulled of a repository."""
    return cache() / f"models--{repo.replace('/', '--')}"


def files() -> Iterator[Pulled]:
    """Find all GGUF files, each of the newest commit that has it."""
    for folder in sorted(cache().glob("models--*")):
        repo = folder.name.removeprefix("models--").replace("--", "/")
        seen = set[str]()
        for snapshot in _snapshots(folder):
            for path in sorted(snapshot.rglob("*.gguf")):
                file = path.relative_to(snapshot).as_posix()
                if file not in seen and path.is_file():
                    seen.add(file)
                    yield Pulled(repo=repo, file=file, path=path)


def path_of(argument: str) -> Path:
    """Find a pulled file; UsageError says how to pull it."""
    repo, file = parsed(argument)
    for snapshot in _snapshots(folder_of(repo)):
        if file and (path := snapshot / file).is_file():
            return path
    here = [each.file for each in files() if each.repo == repo]
    if not file and len(here) == 1:
        return path_of(f"{repo}:{here[0]}")
    if here:
        known = ", ".join(f"`hf:{repo}:{each}`" for each in here)
        what = f"`{file:.200}` of `{repo}` was not pulled" if file else "which file?"
        raise UsageError(what, remedy=f"there is {known}")
    raise UsageError(
        f"`hf:{argument:.120}` is not on this machine",
        remedy=f"`plugwright models pull hf:{argument:.120}` gets it",
    )


def name_of_file(argument: str) -> str:
    """Give the name under which a pulled file is opened; options may follow a `?`."""
    name, mark, options = argument.partition("?")
    return f"gguf:{path_of(name)}{mark}{options}"


def _snapshots(folder: Path) -> list[Path]:
    """Give the commits that are here: the one that `main` names first, then newest."""
    try:
        newest = (folder / "refs" / "main").read_text("ascii").strip()
    except (OSError, ValueError):
        newest = ""
    found = [each for each in folder.glob("snapshots/*") if each.is_dir()]
    return sorted(
        found,
        key=lambda each: (each.name == newest, each.stat().st_mtime),
        reverse=True,
    )
