"""Bundles of one small plugin, and the way of each to where a test needs it."""

from __future__ import annotations

from plugwright.bundles import Bundle
from plugwright.database import Database
from plugwright.judging import Report, TestResult, Verdict
from plugwright.ledger import Ledger
from plugwright.lives import Lives
from plugwright.manifest import Manifest
from plugwright.permissions import Permission
from plugwright.quotas import Quota

PASSED = Report(results=(TestResult(test="test_plan", verdict=Verdict.AC),))
FAILED = Report(results=(TestResult(test="test_plan", verdict=Verdict.WA),))


def make(version: str = "1", name: str = "planner") -> Bundle:
    about = Manifest(
        name=name,
        version=version,
        api=">=0.1,<0.2",
        summary="Plans",
        permissions=(Permission("storage"),),
        reasons={Permission("storage"): "keeps the plan"},
        quota=Quota(fuel=1000),
    )
    return Bundle({"plugin.toml": about.dumps().encode(), "plugin.py": b""})


def proposed(lives: Lives, version: str = "1") -> str:
    bundle = lives.forged(make(version))
    lives.judged(bundle, PASSED)
    lives.propose(bundle)
    return bundle


def activated(lives: Lives, version: str = "1") -> str:
    bundle = proposed(lives, version)
    lives.approve(bundle, by="person at terminal")
    lives.activate(bundle)
    return bundle


def told(database: Database) -> list[str]:
    return [row.kind for row in reversed(Ledger(database).rows())]
