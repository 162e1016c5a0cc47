"""Everything that should hold before a plugin is published, check by check."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plugwright.errors import PlugwrightError, in_one_line
from plugwright_sdk.kit.checks.bench import Bench, Check, Trouble
from plugwright_sdk.kit.checks.documents import check_documents
from plugwright_sdk.kit.checks.manifest import check_manifest
from plugwright_sdk.kit.checks.tests import check_permissions, check_tests
from plugwright_sdk.kit.checks.validators import check_validators
from plugwright_sdk.kit.checks.wheels import check_wheel
from plugwright_sdk.kit.processes import Abandoned

QUICK: Sequence[tuple[str, Check]] = (
    ("plugin.toml says what the code says", check_manifest),
    ("the tests pass", check_tests),
    ("it asks for what it uses", check_permissions),
    ("what it offers is documented", check_documents),
)
"""What `plugwright dev` looks at, too."""

ALL: Sequence[tuple[str, Check]] = (
    *QUICK,
    ("validators find nothing", check_validators),
    ("the wheel installs, and runs nothing", check_wheel),
)

_SEEN_ABOVE = Trouble(what="this needs what is told above to be mended first")


@dataclass(frozen=True, kw_only=True)
class Checked:
    """How one check went."""

    name: str
    troubles: tuple[Trouble, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong; what is only worth knowing is not."""
        return all(trouble.is_note for trouble in self.troubles)


def checked(
    bench: Bench, checks: Sequence[tuple[str, Check]] = ALL
) -> Iterator[Checked]:
    """Do one check after the other, whatever came of those before."""
    told: set[Trouble] = set()
    # Nothing is said of a bundle's permissions that a host plugin has none of.
    for name, check in checks:
        if bench.project.kind == "host" and check in (
            check_permissions,
            check_validators,
        ):
            continue
        began = time.monotonic()
        try:
            troubles = check(bench)
        except Abandoned:
            raise
        except PlugwrightError as error:
            trouble = Trouble(what=error.message, remedy=error.remedy)
            troubles = [_SEEN_ABOVE if trouble in told else trouble]
            told.add(trouble)
        except Exception as error:
            # Broad on purpose: one check that breaks must not silence the others.
            troubles = [
                Trouble(
                    what=f"this check itself failed: {in_one_line(error)}",
                    remedy="please report it",
                )
            ]
        yield Checked(
            name=name, troubles=tuple(troubles), seconds=time.monotonic() - began
        )
