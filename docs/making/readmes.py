"""Pictures, and sections of the READMEs, which stand there for readers of the code."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

_COMMENT = re.compile(r"^<!-- .* -->\n", re.MULTILINE)


def section(path: str, title: str) -> str:
    """Give what stands under a heading, without the heading itself."""
    text = (ROOT / path).read_text("utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    return _COMMENT.sub("", sections[title])


def picture(name: str) -> str:
    """Give a drawing, to stand in the page itself: so it has the page's colours."""
    return (ROOT / "docs" / "pictures" / f"{name}.svg").read_text("utf-8")


SANDBOX = (
    "What is contained",
    "What is not contained",
    "The walls",
    "Quotas",
    "What a guest can import",
)
SDK = (
    "Commands: JSON in, JSON out",
    "What a plugin may ask for",
    "Testing",
)

MADE = {
    **{
        f"sandbox: {title}": partial(section, "sandbox/README.md", title)
        for title in SANDBOX
    },
    **{f"picture: {name}": partial(picture, name) for name in ("life", "walls")},
    **{f"sdk: {title}": partial(section, "sdk/README.md", title) for title in SDK},
}
