"""The manifest is there, and says what the code says."""

from __future__ import annotations

from plugwright_sdk.kit.checks.bench import Bench, Trouble


def check_manifest(bench: Bench) -> list[Trouble]:
    """Name each place where they do not agree."""
    declared = bench.declared
    where = bench.project.shown(bench.project.manifest)
    return [
        Trouble(what=each, where=where, remedy="plugwright manifest")
        for each in declared.differences
    ]
