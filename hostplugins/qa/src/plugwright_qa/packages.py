"""What the tests' sandbox holds beside the standard library: pytest and its runner."""

from __future__ import annotations

import importlib.util
import pkgutil
from pathlib import Path

from plugwright.sandboxes import GuestPackage

PYTEST = ("pytest", "_pytest", "iniconfig", "packaging", "pluggy", "py", "pygments")


def packages() -> list[GuestPackage]:
    """Describe them; nothing of pytest is imported here."""
    found = {name: _location(name) for name in PYTEST}
    parts = pkgutil.walk_packages([str(found["_pytest"])], "_pytest.", _ignore)
    return [
        GuestPackage(
            name="pytest",
            paths=tuple(found.values()),
            modules=("pytest", *sorted(part.name for part in parts)),
        ),
        GuestPackage(
            name="plugwright_qa_runner",
            paths=(Path(__file__).parent / "guest" / "plugwright_qa_runner.py",),
            modules=("plugwright_qa_runner",),
            warm_up="plugwright_qa_runner:warm_up",
        ),
    ]


def _location(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin)
    return path.parent if path.name == "__init__.py" else path


def _ignore(name: str) -> None:
    """A part that cannot be looked into is left out."""
