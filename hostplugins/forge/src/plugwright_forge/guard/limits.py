"""How often is too often. There is no number that means «always allow»."""

from __future__ import annotations

from dataclasses import dataclass, fields

from plugwright_forge.guard.alarms import Rung

MOST = 20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """When a repetition is a loop, and what may be tried against it."""

    repeated_error: int = 3
    """Times the same error, while nothing got better."""
    same_in_a_row: int = 2
    """Times the same artefact in a row."""
    same_in_all: int = 3
    """Times the same artefact at all, in one lineage."""
    no_progress: int = 3
    """Rounds in which nothing got better."""
    longest_period: int = 4
    """Steps after which an oscillation may be back where it was."""
    implementations: int = 4
    """Different programs that fail one test, one after another."""
    format_failure: int = 3
    """Unusable answers of one role in a row."""
    chants: int = 6
    """Times that an answer says the same in a row."""
    alarms: int = 12
    """The last of so many alarms is the end, whatever the signals were."""
    rungs: tuple[Rung, ...] = tuple(Rung)
    """What can be tried here: nobody is asked where nobody is. The end is not optional.
    """

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            least = 1 if field.name == "alarms" else 2
            if isinstance(value, int) and not least <= value <= MOST:
                raise ValueError(
                    f"`{field.name}` has to be between {least} and {MOST}, not {value}"
                )
        if Rung.ABORT not in self.rungs:
            raise ValueError("`rungs` needs `Rung.ABORT`: every ladder ends")
