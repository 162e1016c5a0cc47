"""What guests hold for judging: pytest, hypothesis, and who runs and notes things."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from plugwright.sandboxes import GuestPackage

GUEST = Path(__file__).parent / "guest"
HYPOTHESIS = ("hypothesis", "sortedcontainers", "_hypothesis_globals")
_STRANGE = (
    *("extra.", "entry_points", "strategies._internal.attrs", "utils.terminal"),
    "internal.conjecture.provider_conformance",
)
"""Parts of hypothesis that want a file, a terminal or another library."""
PYTEST = ("pytest", "_pytest", "iniconfig", "packaging", "pluggy", "py", "pygments")


def packages() -> list[GuestPackage]:
    """Describe them; nothing of pytest is imported here."""
    found = {name: _location(name) for name in PYTEST}
    return [
        GuestPackage(
            name="pytest",
            paths=tuple(found.values()),
            modules=("pytest", *_modules(found["_pytest"])),
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
    return [
        GuestPackage(
            name="hypothesis",
            paths=(*found, GUEST / "plugwright_qa_properties.py"),
            modules=(
                *HYPOTHESIS,
                *_modules(found[0], without=_STRANGE),
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


def _modules(package: Path, without: tuple[str, ...] = ()) -> list[str]:
    """Name what is in a package, by its files: `pkgutil` would import some of it."""
    files = (file for file in package.rglob("*.py") if file.name != "__init__.py")
    inside = (file.relative_to(package).with_suffix("").parts for file in files)
    names = sorted(map(".".join, inside))
    return [f"{package.name}.{name}" for name in names if not name.startswith(without)]
