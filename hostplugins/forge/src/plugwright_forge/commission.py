"""One commission: from what a person asked for to what the person decided."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from plugwright.errors import PlugwrightError
from plugwright.lives import State
from plugwright_forge.assembly import assemble, next_version, propose
from plugwright_forge.budget import OutOfBudget
from plugwright_forge.delivering.stages import looked_at, looking
from plugwright_forge.design import NotPossible
from plugwright_forge.forge import Forge
from plugwright_forge.gate import withheld
from plugwright_forge.host import Host
from plugwright_forge.interview import Person
from plugwright_forge.models import origin_of
from plugwright_forge.product import Failure, Product
from plugwright_forge.session import Session
from plugwright_forge.steering import InCircles
from plugwright_forge.team import Unusable
from plugwright_forge.watching import Watcher

Decide = Callable[[str], bool]
"""Shows the bundle with this id to a person and asks; approval activates it."""


class NotGoodEnough(PlugwrightError):
    """The gate stayed shut."""

    def __init__(self, failure: Failure, session: Session) -> None:
        super().__init__(
            "no plugin was good enough to be proposed: " + "; ".join(failure.missing),
            remedy=f"the best candidate and its report are in `{session.folder}`; "
            "say more in the request, or choose another model with `--model`",
        )


class Display(Watcher, AbstractContextManager["Display"], Protocol):
    """A watcher with a screen, which it lets go of at the end."""

    def paused(self) -> AbstractContextManager[None]:
        """Let somebody else have the screen for a while."""


@dataclass(frozen=True)
class Delivery:
    """What came of it."""

    plugin: str
    bundle: str
    approved: bool
    wheel: Path
    """For pip, to install it elsewhere; that runs none of its code."""


def carry_out(
    host: Host, session: Session, *, person: Person, display: Display, decide: Decide
) -> Delivery:
    """Forge, propose and let the person decide."""
    # Built before the display begins, for building it has a display of its own.
    host.sandbox()
    with display:
        forge = Forge(
            session,
            provider=host.provider(session.options.model),
            others=tuple(map(host.provider, session.options.others)),
            judge=host.judge(),
            describe=host.describe,
            person=person,
            watcher=display,
            look=looking(host),
        )
        product = _product(host, forge, session)
    return _decided(host, session, forge, product, decide)


def _product(host: Host, forge: Forge, session: Session) -> Product:
    try:
        product = forge.run()
        if isinstance(product, Product):
            product = _looked_at(host, forge, session, product)
    except (NotPossible, Unusable, OutOfBudget, InCircles):
        # The answers are in the log, so going on would only fail again.
        session.end("failed")
        raise
    if isinstance(product, Failure):
        session.end("failed")
        raise NotGoodEnough(product, session)
    return product


def _looked_at(
    host: Host, forge: Forge, session: Session, product: Product
) -> Product | Failure:
    """Let the stages of quality look; an error of theirs shuts the gate."""
    quality = looked_at(host, session, product)
    if quality and (missing := withheld(quality)):
        return forge.refuse(Failure(product.attempt, missing, quality))
    return replace(product, quality=quality)


def _decided(
    host: Host, session: Session, forge: Forge, product: Product, decide: Decide
) -> Delivery:
    name = product.attempt.specification.name
    # A step, because a resumed session must not count its own bundle.
    version = session.step("version", lambda: next_version(host.lives, name))
    origin = origin_of(session.options.model)
    bundle = assemble(product, session, origin, str(version))
    forge.deliver(product, bundle.files)
    id = propose(host.lives, bundle, product.report)
    wheel = bundle.wheel(Path(session.options.out or session.folder / "dist"))
    approved = _decision(host, id, decide)
    session.end(host.lives.life(id).state.value)
    return Delivery(bundle.manifest.name, id, approved, wheel)


def _decision(host: Host, id: str, decide: Decide) -> bool:
    # A crash may have come after the decision and before the end of the session.
    state = host.lives.life(id).state
    if state is State.PROPOSED:
        return decide(id)
    if state is State.APPROVED:
        host.lives.activate(id)
        return True
    return state is State.ACTIVE
