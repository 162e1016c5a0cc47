"""What the hub says of a file, through its own library; its refusals in sentences."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NoReturn

from plugwright.errors import HostError, UsageError, in_one_line
from plugwright.permissions import nearest
from plugwright_models.files import part_names

SILENCE = 30.0
"""Seconds without a byte after which a connection is as good as cut."""


@dataclass(frozen=True, kw_only=True)
class Remote:
    """A file, as the hub has it."""

    repo: str
    file: str
    url: str
    headers: Mapping[str, str]
    commit: str
    etag: str
    """Names the content; for large files its SHA-256."""
    size: int
    session: Any
    """The library's own: it knows proxies, and gives keys to nobody else."""


def asking(repo: str, file: str, endpoint: str) -> Remote:
    """Ask for a file; raises what to do where there is none."""
    # Else it finds out which program runs this, with one more question, and tells that.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        from huggingface_hub import get_hf_file_metadata, hf_hub_url

        # Public, but not marked as exported, so a type checker has to be told less.
        utils: Any = import_module("huggingface_hub.utils")
    except ImportError as error:
        raise HostError(
            f"`huggingface_hub` cannot be imported: {in_one_line(error)}",
            remedy="pip install plugwright-models",
        ) from error
    where = _place(endpoint)
    url = hf_hub_url(repo, file, endpoint=where)
    try:
        found = get_hf_file_metadata(url, endpoint=where, timeout=SILENCE)
        commit, etag, size = found.commit_hash, found.etag, found.size
    except Exception as error:
        # Broad on purpose: which library carries the question is the hub's choice.
        _refused(error, repo, file, where)
    is_named = re.fullmatch(r"[0-9a-f]{6,64}", commit or "") and re.fullmatch(
        r"[A-Za-z0-9_-]{6,128}", etag or ""
    )
    if not is_named or not size:  # they become names of files here
        raise HostError(
            f"what answers for the hub says too little about `{file:.200}`",
            remedy="check `hub` under [plugins.models.settings], and HF_ENDPOINT",
        )
    return Remote(
        repo=repo,
        file=file,
        url=url,
        headers=utils.build_hf_headers(),
        commit=str(commit),
        etag=str(etag),
        size=size,
        session=utils.get_session(),
    )


def only_file(repo: str, endpoint: str) -> str:
    """Name the one GGUF file of a repository; raises which there are, if several."""
    where = _place(endpoint)
    names = _names(repo, where)
    first = {part_names(name)[0] for name in names}
    if len(first) != 1:
        raise _which(repo, "", names)
    return first.pop()


def failed(response: Any, remote: Remote) -> Exception:
    """Say of a refused download whether it is worth another try."""
    status = response.status_code
    if status in (408, 416, 429) or status >= 500:
        return ConnectionError(f"the hub says {status}")
    return HostError(
        f"the hub refuses `{remote.file}` with {status}",
        remedy="pull it again; if it refuses again, set HF_TOKEN to a key that may",
    )


def _place(endpoint: str) -> str | None:
    if endpoint and not re.match(r"https?://[^/]", endpoint):
        raise UsageError(
            f"`{endpoint:.80}` is no address of a hub",
            remedy="write it as https://HOST, after `--endpoint` or as `hub` under"
            " [plugins.models.settings]",
        )
    return endpoint.rstrip("/") or None


def _names(repo: str, endpoint: str | None) -> list[str]:
    """Name the GGUF files of a repository."""
    from huggingface_hub import HfApi

    try:
        found = HfApi(endpoint=endpoint).model_info(repo, timeout=SILENCE)
    except Exception as error:
        # Broad on purpose, as above.
        _refused(error, repo, "", endpoint)
    names = [each.rfilename for each in found.siblings or ()]
    models = sorted(each for each in names if each.lower().endswith(".gguf"))
    if not models:
        raise UsageError(
            f"`{repo}` has no GGUF file", remedy="look for one with GGUF in its name"
        )
    return models


def _which(repo: str, file: str, names: list[str]) -> UsageError:
    """Ask for a file that there is."""
    if file:
        return UsageError(
            f"`{repo}` has no file `{file:.200}`", remedy=nearest(file, names)
        )
    known = ", ".join(f"`hf:{repo}:{each}`" for each in names)
    return UsageError(f"which file of `{repo}`?", remedy=f"one of {known}")


def _refused(error: Exception, repo: str, file: str, endpoint: str | None) -> NoReturn:
    from huggingface_hub.errors import (
        EntryNotFoundError,
        GatedRepoError,
        HfHubHTTPError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
    )

    match error:
        case OfflineModeIsEnabled():
            raise UsageError(
                "the hub is switched off by HF_HUB_OFFLINE",
                remedy="unset it, and pull again",
            ) from error
        case GatedRepoError():
            raise UsageError(
                f"`{repo}` is only for whom its owner lets in",
                remedy="ask for access on its page, and set HF_TOKEN to your key",
            ) from error
        case RepositoryNotFoundError():
            raise UsageError(
                f"there is no repository `{repo}`, or it is private",
                remedy="check its name; for a private one set HF_TOKEN to your key",
            ) from error
        case EntryNotFoundError() if file:
            raise _which(repo, file, _names(repo, endpoint)) from error
        case HfHubHTTPError() if error.response.status_code in (401, 403):
            raise UsageError(
                f"the hub does not let you have `{repo}`",
                remedy="check its name; if it is private, or only for some, set"
                " HF_TOKEN to a key that may read it",
            ) from error
        case HfHubHTTPError():
            raise HostError(
                f"the hub answers {error.response.status_code} for `{repo}`",
                remedy="try again later",
            ) from error
    raise HostError(
        f"the hub cannot be reached: {in_one_line(error)}",
        remedy="check the network; `plugwright models` shows what is here already",
    ) from error
