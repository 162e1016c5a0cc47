"""The bundle: what was made, packed so that a person can decide about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from packaging.version import Version

from plugwright.bundles import Bundle
from plugwright.judging import Report
from plugwright.lives import Lives, State
from plugwright_forge.fitting import manifest
from plugwright_forge.product import Product
from plugwright_forge.session import Session
from plugwright_forge.settling import FILE
from plugwright_forge.specification.document import dumps

FIRST_VERSION = "0.1.0"
_UNJUDGED = (State.FORGED, State.UNPACKED)


def next_version(lives: Lives, name: str) -> str:
    """Give the version after those that this home knows of a plugin."""
    known = [Version(life.version) for life in lives.list() if life.plugin == name]
    newest = max(known, default=None)
    return f"{newest.major}.{newest.minor + 1}.0" if newest else FIRST_VERSION


def assemble(
    product: Product, session: Session, origin: str = "", version: str = FIRST_VERSION
) -> Bundle:
    """Pack the plugin with its manifest, its tests, its README and what it is to be."""
    attempt = product.attempt
    about = manifest(
        attempt.specification,
        product.description,
        product.permissions,
        _provenance(product, session, origin),
    )
    return Bundle(
        {
            "plugin.toml": replace(about, version=version).dumps().encode(),
            "plugin.py": attempt.best.code.encode(),
            "tests/test_plugin.py": product.acceptance.source.encode(),
            "README.md": product.readme.encode(),
            # What it was made from: to be customised, and improved later.
            FILE: dumps(attempt.specification).encode(),
        }
    )


def propose(lives: Lives, bundle: Bundle, report: Report) -> str:
    """Take it through its life up to the person's decision; gives its id.

    A crash may have come between any two of these, so each is done only where the
    bundle still is.
    """
    id = lives.forged(bundle)
    if lives.life(id).state in _UNJUDGED:
        lives.judged(id, report)
    if lives.life(id).state is State.JUDGED:
        lives.propose(id)
    return id


def _provenance(product: Product, session: Session, origin: str) -> Mapping[str, str]:
    options = session.options
    facts = {
        "request": options.request,
        "session": session.name,
        "model": options.model,
        "iterations": str(product.attempt.iterations),
        "unsure": "\n".join(product.unsure),
        "recording": origin,
        "improves": options.base.bundle if options.base else "",
    }
    return {name: text for name, text in facts.items() if text}
