"""What guests hold for judging: pytest, hypothesis, and who runs and notes things."""

from __future__ import annotations

import importlib.util
import pkgutil
from pathlib import Path

from plugwright.sandboxes import GuestPackage

GUEST = Path(__file__).parent / "guest"
HYPOTHESIS = ("hypothesis", "sortedcontainers", "_hypothesis_globals")
_STRANGE = (
    *("extra/", "entry_points", "strategies/_internal/attrs", "utils/terminal"),
    "internal/conjecture/provider_conformance",
)
"""Parts of hypothesis that want a file, a terminal or another library."""
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
            paths=(
                GUEST / "plugwright_qa_runner.py",
                GUEST / "plugwright_qa_warming.py",
            ),
            modules=("plugwright_qa_runner",),
            warm_up="plugwright_qa_warming:warm_up",
        ),
        GuestPackage(
            name="plugwright_qa_coverage",
            paths=(GUEST / "plugwright_qa_coverage.py",),
            modules=("plugwright_qa_coverage",),
        ),
        GuestPackage(
            name="plugwright_qa_profile",
            paths=(GUEST / "plugwright_qa_profile.py",),
            modules=("plugwright_qa_profile",),
        ),
        *_hypothesis(),
    ]


def _hypothesis() -> list[GuestPackage]:
    """Describe hypothesis, if what is installed is Python alone."""
    if importlib.util.find_spec("hypothesis") is None:
        return []
    found = [_location(name) for name in HYPOTHESIS]
    if any(found[0].glob("*.so")) or any(found[0].glob("*.pyd")):
        return []  # a part of it is compiled for this machine, and the guest is another
    parts = sorted(
        file.relative_to(found[0]).with_suffix("").as_posix()
        for file in found[0].rglob("*.py")
        if file.name != "__init__.py"
    )
    inside = [each for each in parts if not each.startswith(_STRANGE)]
    return [
        GuestPackage(
            name="hypothesis",
            paths=(*found, GUEST / "plugwright_qa_properties.py"),
            modules=(
                *HYPOTHESIS,
                *(f"hypothesis.{each.replace('/', '.')}" for each in inside),
                "plugwright_qa_properties",
            ),
            without=("extra",),
            warm_up="plugwright_qa_properties:warm_up",
        )
    ]


def _location(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin)
    return path.parent if path.name == "__init__.py" else path


def _ignore(name: str) -> None:
    """A part that cannot be looked into is left out."""
