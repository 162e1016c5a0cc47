"""What can go wrong, and whose fault it is.

PlugwrightError
├── HostError          ours: please report it
├── PluginError        theirs: names the plugin
│   ├── NotLoaded      it could not be read, imported or started
│   └── BrokeContract  it runs, but not as it promised
├── ProviderError      a model or its service: names the provider
│   ├── NotAuthenticated  it does not know the key
│   ├── RateLimited       it was asked too often
│   ├── TooLong           the question is longer than it can hold
│   ├── Declined          it will not answer this
│   ├── Unavailable       it cannot be reached, or is out of order
│   └── Malformed         its answer is not as agreed; the text is kept
├── UsageError         yours: says what to type or change instead
│   └── Rejected       a file breaks a rule: names the rule, the file and the line
├── Denied             nobody gave this permission
├── Refused            a guest asked for what it may do, but not like this
└── Stopped            nobody's: a quota did its work

Every error is one sentence that says what and where; `remedy` says what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from plugwright.redaction import redact

if TYPE_CHECKING:
    from plugwright.providers import Completion


class PlugwrightError(Exception):
    """The root of everything that Plugwright raises on purpose."""

    exit_code = 1

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} ({self.remedy})" if self.remedy else self.message


class HostError(PlugwrightError):
    """Plugwright itself, or the machine under it, failed."""


class UsageError(PlugwrightError):
    """The person asked for something that cannot be done as asked."""

    exit_code = 2


class Rejected(UsageError):
    """A file of a plugin breaks a rule, so nothing of the plugin is run."""

    def __init__(
        self, rule: str, file: str, line: int, what: str, *, remedy: str
    ) -> None:
        place = f"{file}:{line}" if line else file
        super().__init__(f"`{place}`: rule `{rule}`: {what}", remedy=remedy)
        self.rule = rule
        self.file = file
        self.line = line
        """Counted from one; 0 where the rule is about the whole file."""


class PluginError(PlugwrightError):
    """A plugin is at fault, and is named."""

    def __init__(self, plugin: str, message: str, *, remedy: str = "") -> None:
        super().__init__(f"`{plugin}`: {message}", remedy=remedy)
        self.plugin = plugin


class NotLoaded(PluginError):
    """A plugin could not be read, imported or started."""


class BrokeContract(PluginError):
    """A plugin runs, but not as it promised."""


class ProviderError(PlugwrightError):
    """A model, or the service it lives in, did not answer as it should."""

    is_worth_retrying = False
    """Whether the same question may be answered later."""

    def __init__(self, provider: str, message: str, *, remedy: str = "") -> None:
        super().__init__(f"`{provider}`: {message}", remedy=remedy)
        self.provider = provider


class NotAuthenticated(ProviderError):
    """A provider was given no key, or one that it does not accept."""


class RateLimited(ProviderError):
    """A provider was asked more than it allows."""

    is_worth_retrying = True

    def __init__(
        self,
        provider: str,
        message: str,
        *,
        retry_after: float | None = None,
        remedy: str = "wait, or ask less at once",
    ) -> None:
        super().__init__(provider, message, remedy=remedy)
        self.retry_after = retry_after
        """Seconds, if the provider said."""


class TooLong(ProviderError):
    """A question does not fit into a model's context."""

    def __init__(self, provider: str, *, tokens: int = 0, context: int = 0) -> None:
        size = f"{tokens} tokens" if tokens else "the question"
        holds = f"; its context holds {context}" if context else ""
        super().__init__(
            provider,
            f"{size} are too long{holds}" if tokens else f"{size} is too long{holds}",
            remedy="send less, ask for a shorter answer, or use a model with a longer"
            " context",
        )
        self.tokens = tokens
        self.context = context
        """Both zero where the provider does not say."""


class Declined(ProviderError):
    """A provider will not answer this question, whoever asks it how often."""


class Unavailable(ProviderError):
    """A provider cannot be reached, or failed in a way that may pass."""

    is_worth_retrying = True


class Malformed(ProviderError):
    """A provider answered something else than was agreed."""

    def __init__(
        self,
        provider: str,
        message: str,
        *,
        text: str = "",
        completion: Completion | None = None,
        remedy: str = "",
    ) -> None:
        super().__init__(provider, message, remedy=remedy)
        self.text = text if completion is None else completion.text
        """What it said, so that it is not lost."""
        self.completion = completion
        """All of the answer, where the model gave one that only does not fit its
        schema: it is paid for, and the model can be asked to mend it."""


class Denied(PlugwrightError):
    """Something asked for what no person granted."""

    def __init__(
        self,
        permission: str,
        *,
        remedy: str = "",
        asked: str = "",
        granted: Iterable[str] = (),
    ) -> None:
        what = f"`{asked or permission}` was not granted"
        if only := " and ".join(f"`{each}`" for each in granted):
            what += f", only {only}"
        super().__init__(what, remedy=remedy)
        self.permission = permission
        """Fit for the ledger; what was `asked`, word for word, may not be."""


class Refused(PlugwrightError):
    """A plugin asked for something it may do, but not like this."""


class Stopped(PlugwrightError):
    """A quota ended a call, or did not let it begin."""

    def __init__(self, quota: str, how: str, *, plugin: str) -> None:
        is_hourly = quota.startswith("hourly_")
        instead = "wait until then" if is_hourly else "give it less to do"
        super().__init__(
            f"`{plugin}` was stopped by its quota `{quota}`: {how}",
            remedy=f"{instead}, or raise `{quota}` under [plugin.quota] in its "
            "plugin.toml and approve it again",
        )
        self.quota = quota


def in_one_line(error: BaseException) -> str:
    """Repeat what an error says, with its type, however strange it is."""
    if isinstance(error, PlugwrightError):
        return redact(str(error))
    try:
        said = " ".join(redact(str(error)).split())  # before it is cut short
    except Exception:  # broad on purpose: its `__str__` is a stranger's code too
        said = "its text cannot be shown"
    return f"{type(error).__name__}: {said}"[:300].rstrip(": ")
