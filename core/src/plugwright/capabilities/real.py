"""The real outside, for a plugin that runs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from plugwright.capabilities.disk import LocalDisk
from plugwright.capabilities.internet import Internet
from plugwright.capabilities.outside import Models, Outside
from plugwright.quotas import Quota


def real(quota: Quota, models: Models | None, keep_out: Iterable[Path]) -> Outside:
    """Give one plugin the internet, this computer's folders, and the models there are.

    In `keep_out` is what belongs to Plugwright, which no plugin reads or writes.
    """
    return Outside(
        web=Internet(),
        disk=LocalDisk(keep_out),
        models=models,
        seconds=min(Outside.seconds, quota.seconds),
    )
