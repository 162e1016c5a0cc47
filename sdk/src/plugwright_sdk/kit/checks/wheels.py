"""What the wheel of a plugin holds, and that installing it runs none of its code."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from configparser import ConfigParser
from configparser import Error as BadEntries
from pathlib import Path
from zipfile import ZipFile

from plugwright.bundles import Bundle
from plugwright.errors import PlugwrightError, in_one_line
from plugwright_sdk.kit.checks.bench import Bench, Trouble
from plugwright_sdk.kit.checks.imports import check_imports
from plugwright_sdk.kit.checks.installing import check_installed
from plugwright_sdk.kit.checks.running import Runs
from plugwright_sdk.kit.projects import Project


class NotBuilt(Exception):
    """There is no wheel, and why."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.trouble = Trouble(what=what, where="pyproject.toml", remedy=remedy)


def check_wheel(bench: Bench) -> list[Trouble]:
    """Build it, look into it, install it into a clean environment, and list it."""
    with tempfile.TemporaryDirectory() as folder:
        bench.say("building the wheel")
        runs = Runs(bench.project.folder, Path(folder) / "watching")
        try:
            wheel = built(bench.project, Path(folder), runs.environment)
        except NotBuilt as error:
            return [error.trouble]
        except PlugwrightError as error:
            return [Trouble(what=error.message, remedy=error.remedy)]
        found = [_ran(path) for path in runs.seen()]
        if bench.project.kind == "host":
            package = bench.project.package.name
            found += [*look_into(wheel, bench), *check_imports(wheel, package)]
        if any(not trouble.is_note for trouble in found):
            return found  # what does that is not installed here
        bench.say("installing the wheel into a clean environment")
        found += check_installed(bench.project, wheel, Path(folder))
        if all(trouble.is_note for trouble in found):
            bench.wheel = wheel.name, wheel.read_bytes()
        return found


def _ran(path: str) -> Trouble:
    return Trouble(
        what=f"building it runs `{path}`, also where it is installed from source",
        where="pyproject.toml",
        remedy="build it by what the build backend can do by itself",
    )


def built(project: Project, folder: Path, watching: Mapping[str, str]) -> Path:
    """Build a wheel, with more in the environment. Raises NotBuilt."""
    if project.kind == "sandboxed":
        return Bundle.read(project.folder).wheel(folder)
    if (project.folder / "setup.py").exists():
        raise NotBuilt(
            "there is a setup.py, which runs on the machine of whoever installs it",
            "move what it says to pyproject.toml, and delete it",
        )
    try:
        from build import BuildBackendException, BuildException, ProjectBuilder
        from pyproject_hooks import quiet_subprocess_runner
    except ImportError as error:
        raise NotBuilt(
            f"nothing here builds wheels: `{error.name}` is not installed",
            "pip install 'plugwright-sdk[author]'",
        ) from error
    try:

        def runner(
            cmd: Sequence[str],
            cwd: str | None = None,
            extra_environ: Mapping[str, str] | None = None,
        ) -> None:
            more = {**(extra_environ or {}), **watching}
            quiet_subprocess_runner(cmd, cwd, more)

        builder = ProjectBuilder(project.folder, runner=runner)
        # Built with what is installed: a fresh environment would need the network.
        missing = {chain[-1] for chain in builder.check_dependencies("wheel")}
        if missing:
            names = " ".join(f"'{name}'" for name in sorted(missing))
            raise NotBuilt("what builds it is not installed", f"pip install {names}")
        return Path(builder.build("wheel", folder))
    except (BuildException, BuildBackendException) as error:
        raise NotBuilt(
            f"the wheel cannot be built: {_said(error)}",
            "run `python -m build --wheel` and read what it says",
        ) from error


def _said(error: Exception) -> str:
    """Repeat the last line of what builds wheels; it knows better what is wrong."""
    output = getattr(getattr(error, "exception", None), "output", None)
    if isinstance(output, bytes):
        lines = output.decode("utf-8", "replace").strip().splitlines()
        if lines:
            return lines[-1][:300]
    return in_one_line(error)


def look_into(wheel: Path, bench: Bench) -> list[Trouble]:
    """Find what has no place in the wheel of a plugin, and what is missing."""
    package = bench.project.package.name
    with ZipFile(wheel) as archive:
        names = archive.namelist()
        entries = "".join(
            archive.read(name).decode("utf-8", "replace")
            for name in names
            if name.endswith(".dist-info/entry_points.txt")
        )
    found = [*_other_entries(entries)]
    if f"{package}/plugin.toml" not in names:
        found.append(
            Trouble(
                what="plugin.toml is not in the wheel",
                where="pyproject.toml",
                remedy=f"let the wheel have every file of `{package}`",
            )
        )
    if not wheel.name.endswith("-none-any.whl"):
        found.append(
            Trouble(
                what=f"`{wheel.name}` is for one kind of machine; others build it"
                " from source, which runs its build",
                where="pyproject.toml",
                remedy="publish a wheel for each kind of machine",
                is_note=True,
            )
        )
    return [*found, *(trouble for name in names for trouble in _odd(name, package))]


def _other_entries(text: str) -> Iterator[Trouble]:
    """Note where else it plugs in: those who do so have a reason, and should know."""
    parser = ConfigParser(delimiters=("=",), interpolation=None)
    try:
        parser.read_string(text)
    except BadEntries:  # then it is not found where it is installed, which is told
        return
    for group in parser.sections():
        if group == "plugwright":
            continue
        names = ", ".join(f"`{name}`" for name in parser[group])
        what = (
            f"it also adds the commands {names}"
            if group.endswith("_scripts")
            else f"it is also imported by whatever reads the entry points `{group}`"
        )
        yield Trouble(what=what, where="pyproject.toml", is_note=True)


def _odd(name: str, package: str) -> list[Trouble]:
    top, _, rest = name.partition("/")
    if top == package or top.endswith(".dist-info"):
        return []
    if name.endswith(".pth"):
        what = "it is run, or read, at every start of Python"
    elif top.endswith(".data") and rest.startswith("scripts/"):
        what = "it is put among the commands of whoever installs it"
    elif top.endswith(".data"):
        what = "it is put outside of the package"
    else:
        what = f"it is installed beside `{package}`, where others may have the same"
    return [
        Trouble(
            what=f"the wheel holds `{name}`: {what}",
            where="pyproject.toml",
            remedy=f"leave it out: only `{package}` belongs in there",
        )
    ]
