"""`plugwright validate`: whether what a person or an author wrote can be used."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from plugwright.admission import Admission, Keeping
from plugwright.bundles import Bundle
from plugwright.cli.rows import Rows
from plugwright.discovery import discover
from plugwright.errors import Rejected, UsageError
from plugwright.expectations import API
from plugwright.home import Home
from plugwright.hostmanifest import HostManifest
from plugwright.lines import say
from plugwright.machine import cache_folder
from plugwright.permissions import nearest
from plugwright.roles import CONFIG, Names, names_in, split
from plugwright.sources import plain
from plugwright.stages import HostPlugin, Stage

TABLES = ("agents", "aliases", "plugins", "roles")
"""What config.toml may have."""


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
def validate(folder: Path | None) -> None:
    """Say whether the plugin in FOLDER keeps the rules; nothing of it is run.

    Without FOLDER: whether config.toml and blocklist.json fit the plugins that are
    installed, and whether each role and alias names a model of one of them; exit code 1
    if not. What a plugin's tests say, `plugwright check` asks.
    """
    if folder is not None:
        say(_about(folder))
        return
    rows = Rows()
    mistakes = _mistakes(Home.of_user().folder)
    for problem, remedy in mistakes:
        rows.say(problem)
        rows.below(f"what to do: {remedy}")
    if not mistakes:
        rows.say("config.toml and blocklist.json have no mistakes.")
    rows.write()
    if mistakes:
        raise click.exceptions.Exit(1)


def _about(folder: Path) -> str:
    """Read a plugin of either kind; raises what is wrong with it."""
    inside = [folder / "plugin.toml", *sorted(folder.glob("src/*/plugin.toml"))]
    manifest = next((path for path in inside if path.is_file()), None)
    if manifest is None:
        raise UsageError(
            f"`{folder}` has no plugin.toml",
            remedy="name the folder of a plugin; `plugwright new NAME` makes one",
        )
    # What has a plugin.py beside it is a bundle; `kind` is a host plugin's.
    if (manifest.parent / "plugin.py").is_file():
        bundle = Bundle.read(manifest.parent)
        return f"`{bundle.manifest.name}` keeps the rules of a sandboxed plugin."
    found = HostManifest.read(manifest)
    if not found.fits:
        what = f"it is for hosts with api {found.api}, but this one has {API}"
        raise Rejected("api", manifest.name, 0, what, remedy="correct `plugin.api`")
    return f"`{found.name}` has a plugin.toml that can be used."


def _is_by_config(row: HostPlugin) -> bool:
    # Before is what its author wrote; rows of config.toml alone have no distribution.
    return row.reached in (Stage.COMPATIBLE, Stage.ALLOWED) or not row.distribution


def _mistakes(home: Path) -> list[tuple[str, str]]:
    """Say what is wrong; what became of the plugins in the past is not asked."""
    admission = Admission(home, {}, Keeping())
    if admission.trouble is not None:
        found = [(admission.trouble.message, admission.trouble.remedy)]
    else:
        found = [
            (f"`{row.name}`: {row.problem}", row.remedy)
            for row in admission.rows(discover(cache_folder())).values()
            if row.stage is Stage.FAILED and _is_by_config(row)
        ]
        found += [(each.message, each.remedy) for each in _about_names(home)]
        found += _unknown_tables(home / CONFIG)
    rest = "correct it; until then it blocks nobody"
    return found + [(mistake, rest) for mistake in admission.mistakes]


def _unknown_tables(path: Path) -> list[tuple[str, str]]:
    """Say which tables of the file nobody reads; a slip would go unnoticed."""
    if not path.exists():
        return []
    import tomllib  # most people have no such file

    return [
        (f"`{path}`: nothing reads `{plain(name):.80}`", nearest(name, TABLES))
        for name in tomllib.loads(path.read_text("utf-8"))
        if name not in TABLES
    ]


def _about_names(home: Path) -> list[UsageError]:
    """Say which roles and aliases stand for nothing that is here."""
    try:
        names = names_in(home / CONFIG)
    except UsageError as error:
        return [error]
    if not (names.roles or names.aliases):
        return []  # so that no plugin is imported for most people
    from plugwright.agents.references import may_be_agent  # takes long to import

    schemes = _schemes()
    found: dict[str, UsageError] = {}  # what two names lead to is told once
    # A role is played by what its alias means, which may have the role's own name.
    for name in (*names.roles.values(), *names.aliases):
        try:
            resolved = Names(aliases=names.aliases).resolved(name)
        except UsageError as error:
            found[error.message] = error
            continue
        is_model = not schemes or split(resolved)[0] in schemes
        if not is_model and not may_be_agent(resolved):
            unknown = names.unknown(resolved, schemes)
            found[unknown.message] = unknown
    return [*found.values()]


def _schemes() -> set[str]:
    from plugwright.host import Host

    with closing(Host.discover()) as host:
        return {offer.scheme for offer in host.hooks.providers(host=host)}
