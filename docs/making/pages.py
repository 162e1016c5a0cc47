"""Puts the pages together."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from making import (
    agents,
    commandline,
    configuration,
    examples,
    hooks,
    manifests,
    readmes,
    states,
)

DOCS = Path(__file__).parent.parent
ROOT = DOCS.parent
PAGES = DOCS / "pages"

MADE: Mapping[str, Callable[[], str]] = {
    **agents.MADE,
    **commandline.MADE,
    **configuration.MADE,
    **examples.MADE,
    **hooks.MADE,
    **manifests.MADE,
    **readmes.MADE,
    **states.MADE,
}
"""What a page may ask for by name."""

_MARK = re.compile(r"^<!-- make: (.+) -->$", re.MULTILINE)
_OWN = ("mkdocs.yml",)


def asked_for(text: str) -> list[str]:
    """The names of what a page wants to be made."""
    return _MARK.findall(text)


def filled(text: str) -> str:
    """Replace every mark; KeyError names one that nobody makes."""
    return _MARK.sub(lambda found: MADE[found[1]]().strip("\n"), text)


def write(folder: Path) -> None:
    """Write the configuration and every page into a folder, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(PAGES, folder / "pages")
    for name in _OWN:
        shutil.copy(ROOT / name, folder / name)
    shutil.copy(DOCS / "decisions.md", folder / "pages" / "decisions.md")
    for page in (folder / "pages").rglob("*.md"):
        page.write_text(filled(page.read_text("utf-8")), "utf-8")
