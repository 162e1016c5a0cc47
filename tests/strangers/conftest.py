"""One clean environment, into which strangers come one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest
from strangers.desk import Desk
from strangers.wheels import PARTS, Environment, build, packages_in

from plugwright.bundles import Bundle

DISTRIBUTIONS = Path(__file__).parent / "distributions"

# They have tests of their own, for the sandbox.
collect_ignore = ["distributions"]


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give everybody's wheel, by the name of their folder."""
    folder = tmp_path_factory.mktemp("shelf")
    trees = sorted(path.parent for path in DISTRIBUTIONS.glob("*/pyproject.toml"))
    build(trees, folder)
    wheels = {path.name.partition("-")[0]: path for path in folder.glob("*.whl")}
    shelf = {tree.name: wheels[tree.name.replace("-", "_")] for tree in trees}
    for manifest in DISTRIBUTIONS.rglob("plugin.py"):
        tree = manifest.parent
        # Plugwright itself packs bundles; they have no other build backend.
        shelf[str(tree.relative_to(DISTRIBUTIONS))] = Bundle.read(tree).wheel(folder)
    return shelf


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the wheels of this workspace."""
    folder = tmp_path_factory.mktemp("parts")
    build(PARTS, folder)
    return folder


@pytest.fixture(scope="session")
def clean(
    parts: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Environment]:
    """Give an environment with Plugwright, from wheels."""
    environment = Environment(tmp_path_factory.mktemp("clean") / "venv")
    environment.install_with_requirements(parts)
    yield environment
    # The list of plugins that Plugwright keeps beside is of no use to anybody else.
    cache = platformdirs.user_cache_path("plugwright", appauthor=False)
    for kept in cache.glob("plugins-*.json"):
        if str(environment.folder) in kept.read_text("utf-8"):
            kept.unlink()


@pytest.fixture
def desk(
    clean: Environment, shelf: dict[str, Path], parts: Path, tmp_path: Path
) -> Iterator[Desk]:
    packages = {name for wheel in parts.glob("*.whl") for name in packages_in(wheel)}
    desk = Desk(clean, shelf, tmp_path, packages - {"plugwright"})
    yield desk
    desk.clear()


@pytest.fixture
def bundles() -> Path:
    """Give the folder with the source trees of bundles."""
    return DISTRIBUTIONS
