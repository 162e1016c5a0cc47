"""The tables of `plugin.toml`: what may stand where, and what to say if it does not."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    ValidationError,
)

from plugwright.errors import Rejected
from plugwright.expectations import API as API
from plugwright.expectations import (
    all_different,
    crossable,
    expected,
    for_this_host,
    free_name,
    like,
    one_line,
    pep440,
    readable,
)
from plugwright.permissions import nearest
from plugwright.places import Place, line_of
from plugwright.quotas import LARGEST, SMALLEST, Quota
from plugwright.sources import plain
from plugwright.targets import EVENT

_Name = Annotated[
    str,
    like(
        "(?=..)[a-z0-9]+(-[a-z0-9]+)*",
        64,
        "two or more small letters or digits, with single `-` between them",
    ),
    AfterValidator(free_name),
]
_SMALL = "small letters, digits, `-` or `_`, a letter first"
_CommandName = Annotated[str, like("[a-z][a-z0-9_-]*", 64, _SMALL)]
_Parameter = Annotated[
    str, like("[A-Za-z_][A-Za-z0-9_]*", 64, "a name as Python has them, in ASCII")
]
_Event = Annotated[
    str, like(EVENT.pattern, 64, "small letters, digits, `-` or `.`, a letter first")
]
_Origin = Annotated[str, like("[a-z][a-z0-9_-]*", 64, _SMALL)]
_Line = Annotated[
    str, StringConstraints(min_length=1, max_length=300), AfterValidator(one_line)
]
_Text = Annotated[str, AfterValidator(readable)]
_Schema = Annotated[dict[str, JsonValue], AfterValidator(crossable)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class QuotaTable(_Table):
    """`[plugin.quota]`."""

    fuel: int = Field(default=Quota.fuel, ge=SMALLEST.fuel, le=LARGEST.fuel)
    cpu_seconds: float = Field(
        default=Quota.cpu_seconds, ge=SMALLEST.cpu_seconds, le=LARGEST.cpu_seconds
    )
    seconds: float = Field(
        default=Quota.seconds, ge=SMALLEST.seconds, le=LARGEST.seconds
    )
    memory: int = Field(default=Quota.memory, ge=SMALLEST.memory, le=LARGEST.memory)
    output: int = Field(default=Quota.output, ge=SMALLEST.output, le=LARGEST.output)
    writes: int = Field(default=Quota.writes, ge=SMALLEST.writes, le=LARGEST.writes)
    host_calls: int = Field(
        default=Quota.host_calls, ge=SMALLEST.host_calls, le=LARGEST.host_calls
    )
    payload: int = Field(default=Quota.payload, ge=SMALLEST.payload, le=LARGEST.payload)
    sent: int = Field(default=Quota.sent, ge=SMALLEST.sent, le=LARGEST.sent)
    received: int = Field(
        default=Quota.received, ge=SMALLEST.received, le=LARGEST.received
    )
    storage: int = Field(default=Quota.storage, ge=SMALLEST.storage, le=LARGEST.storage)
    keys: int = Field(default=Quota.keys, ge=SMALLEST.keys, le=LARGEST.keys)
    load_fuel: int = Field(
        default=Quota.load_fuel, ge=SMALLEST.load_fuel, le=LARGEST.load_fuel
    )
    load_seconds: float = Field(
        default=Quota.load_seconds, ge=SMALLEST.load_seconds, le=LARGEST.load_seconds
    )
    hourly_fuel: int = Field(
        default=Quota.hourly_fuel, ge=SMALLEST.hourly_fuel, le=LARGEST.hourly_fuel
    )
    hourly_seconds: float = Field(
        default=Quota.hourly_seconds,
        ge=SMALLEST.hourly_seconds,
        le=LARGEST.hourly_seconds,
    )


class _Plugin(_Table):
    name: _Name
    version: Annotated[_Line, AfterValidator(pep440)]
    api: Annotated[_Line, AfterValidator(for_this_host)]
    summary: _Line
    engine: Literal["wasm", "restricted"] = "wasm"
    quota: QuotaTable = QuotaTable()


class _Permission(_Table):
    permission: _Line
    reason: _Line


class _Command(_Table):
    summary: _Line
    parameters: Annotated[list[_Parameter], AfterValidator(all_different)] = []
    input: _Schema = {}
    output: _Schema = {}


class _Tool(_Command):
    needs_approval: bool = True


class _Offers(_Table):
    validates: Annotated[list[_CommandName], AfterValidator(all_different)] = []
    memory: bool = False


class _Events(_Table):
    handles: Annotated[list[_Event], AfterValidator(all_different)] = []


class File(_Table):
    """The whole file."""

    plugin: _Plugin
    permissions: list[_Permission] = []
    commands: dict[_CommandName, _Command] = {}
    tools: dict[_CommandName, _Tool] = {}
    offers: _Offers = _Offers()
    events: _Events = _Events()
    provenance: dict[_Origin, _Text] = Field(default={})


class Mistake(Exception):
    """One thing that is wrong, before it is known on which line it is."""

    def __init__(self, rule: str, place: Place, what: str, *, remedy: str) -> None:
        super().__init__(what)
        self.rule, self.place, self.what, self.remedy = rule, place, what, remedy

    def at(self, text: str, where: str) -> Rejected:
        """Give the error that names the line."""
        key = "".join(
            f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.place
        ).removeprefix(".")
        try:
            line = line_of(text, self.place)
        except RecursionError:  # read before, but from less deep in the stack
            line = 0
        what = f"`{plain(key):.200}`{self.what}"
        return Rejected(self.rule, where, line, what, remedy=self.remedy)


def mistake_in(error: ValidationError) -> Mistake:
    """Give the one mistake that is told first."""
    # A misspelt key is also a missing key; the spelling is the better news.
    found = sorted(error.errors(), key=lambda e: e["type"] != "extra_forbidden")[0]
    # pydantic marks with `[key]` that the key itself is wrong.
    place = tuple(part for part in found["loc"] if part != "[key]")
    if found["type"] == "extra_forbidden":
        key = str(place[-1])
        remedy = _ELSEWHERE.get(key) or nearest(key, _keys_beside(place))
        return Mistake("unknown-key", place, " is not a known key", remedy=remedy)
    if found["type"] == "missing":
        return Mistake("missing-key", place, " is missing", remedy="add it")
    return Mistake(
        _RULES.get(place[:2], "value"),
        place,
        f" {expected(found)}",
        remedy=f"it is {_shown(found['input'])}; correct it",
    )


def _shown(value: object) -> str:
    try:
        return f"{value!r:.100}"
    except (RecursionError, ValueError):  # ValueError: a number of very many digits
        return "too large to show"


_RULES: dict[Place, str] = {
    ("plugin", "quota"): "quota",
    ("plugin", "engine"): "engine",
}
"""The rule that a value breaks, where it is not just any value."""


_ELSEWHERE = {
    "permissions": "each is a table of its own, `[[permissions]]`",
    "commands": "each is a table of its own, `[commands.NAME]`",
    "tools": "each is a table of its own, `[tools.NAME]`",
    "quota": "it is a table of its own, `[plugin.quota]`",
}
"""What to do about a key that stands where it is not known, but is elsewhere."""


def _keys_beside(place: tuple[int | str, ...]) -> list[str]:
    tables: dict[tuple[int | str, ...], type[_Table]] = {
        (): File,
        ("plugin",): _Plugin,
        ("plugin", "quota"): QuotaTable,
        ("events",): _Events,
        ("commands",): _Command,
        ("tools",): _Tool,
        ("offers",): _Offers,
        ("permissions",): _Permission,
    }
    around = place[:-1]
    table = tables[around] if around in tables else tables[around[:1]]
    return list(table.model_fields)
