"""The plugin during one test: fresh, with doubles, and watched for what decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from plugwright.capabilities import OnUse, services, was_denied
from plugwright.capabilities.doubles import Stage
from plugwright.judging import Case, Verdict
from plugwright.permissions import Permission
from plugwright.sandboxes import JSON, Failure, Guest, Kind, Outcome, Service, Session
from plugwright.storage import MemoryStorage, Refused

NOW = 1_767_600_000.0
"""The judge's clock stands still on Monday, 5 January 2026, 08:00 UTC."""
SEED = 0
STOPS = {
    "fuel": Verdict.TLE,
    "seconds": Verdict.TLE,
    "memory": Verdict.MLE,
    "output": Verdict.OLE,
    "payload": Verdict.OLE,
    "writes": Verdict.OLE,
    "sent": Verdict.OLE,
    "received": Verdict.OLE,
    "host_calls": Verdict.OLE,
    "cpu_seconds": Verdict.TLE,
    "load_fuel": Verdict.TLE,
    "load_seconds": Verdict.TLE,
}


@dataclass
class Subject:
    """The plugin during one test: fresh, with doubles for what it was granted."""

    storage: MemoryStorage
    stage: Stage = field(default_factory=Stage)
    session: Session = field(init=False)
    emitted: list[JSON] = field(default_factory=list)
    logged: list[JSON] = field(default_factory=list)
    clock: float = NOW
    fuel: int = 0
    doubles: dict[str, Service] = field(init=False)
    worst: tuple[Verdict, str] | None = None
    raised: set[str] = field(default_factory=set)
    denied: list[str] = field(default_factory=list)
    """Permissions that it reached for without a grant."""
    used: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, case: Case) -> Subject:
        """A plugin that is still to be opened."""
        return cls(MemoryStorage(case.quota.storage, case.quota.keys))

    def guest(self, case: Case, *, initialise: bool) -> Guest:
        """Describe it to a sandbox."""
        return Guest(
            name=case.name,
            files=case.files,
            dispatcher="plugwright_sdk.guest:dispatch",
            packages=("plugwright_sdk",),
            services=self.services(case.name, case.permissions),
            quota=case.quota,
            clock=NOW if "clock" in case.permissions else None,
            seed=SEED,
            arguments={"initialise": initialise},
        )

    def services(self, name: str, permissions: Iterable[str]) -> dict[str, Service]:
        """What these permissions give, on doubles that the tests can look into."""
        granted = [Permission.parse(text) for text in permissions]
        # What the tests may do there does not depend on what the plugin may.
        folders = {each.target for each in granted if each.name.startswith("files.")}
        every = [Permission("storage")]
        for folder in sorted(folders):
            every += Permission("files.read", folder), Permission("files.write", folder)
        self.doubles = self._services("tests", every)
        return self._services(name, granted, lambda used: self.used.add(str(used)))

    def double(self, service: str) -> Service:
        """What the tests do to a double."""
        if service not in self.doubles:
            raise Refused("this plugin may use no folder, so there is none")
        return self.doubles[service]

    def _services(
        self, name: str, permissions: list[Permission], on_use: OnUse | None = None
    ) -> dict[str, Service]:
        return services(
            name,
            permissions,
            self.storage,
            lambda plugin, event, data: self.emitted.append(
                {"name": event, "data": data}
            ),
            lambda plugin, level, message, fields: self.logged.append(
                {"level": level, "message": message, "fields": fields}
            ),
            lambda: self.clock,
            self.stage.outside,
            on_use,
        )

    def note(self, outcome: Outcome) -> Outcome:
        """Remember what a call used, and whatever decides the verdict by itself."""
        self.fuel += outcome.usage.fuel
        self.denied.extend(permission(service) for service in outcome.denied)
        if outcome.read_clock:
            self.used.add("clock")
        failure = outcome.failure
        if failure is not None and failure.kind is Kind.RAISED:
            self.raised.add(failure.type)
        verdict = _decisive(outcome)
        if verdict is not None and self.worst is None:
            self.worst = verdict
        return outcome


def _decisive(outcome: Outcome) -> tuple[Verdict, str] | None:
    failure = outcome.failure
    if outcome.denied:
        wanted = dict.fromkeys(permission(service) for service in outcome.denied)
        names = ", ".join(f"`{name}`" for name in wanted)
        return Verdict.SV, f"the plugin reached for {names}, which was not granted"
    if failure is None:
        return None
    if failure.kind is Kind.STOPPED:
        verdict = STOPS.get(failure.type, Verdict.RE)
        return verdict, f"stopped by the quota `{failure.type}`: {failure.message}"
    if failure.kind is Kind.LOAD:
        return Verdict.CE, said(failure)
    if failure.kind is Kind.BROKEN:
        verdict = Verdict.IE if failure.type == "worker" else Verdict.RE
        return verdict, f"the plugin's interpreter ended: {failure.message}"
    return None


def permission(service: str) -> str:
    """The permission behind a denied service; a refused import names itself."""
    return service if service.startswith("import:") else was_denied(service)


def said(failure: Failure) -> str:
    """A failure in a line."""
    where = f" ({failure.where})" if failure.where else ""
    return f"{failure.type}: {failure.message}{where}"
