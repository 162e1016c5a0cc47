"""Values in a terminal: what `shown` makes of them, as tables and lists."""

from __future__ import annotations

from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

INDENT = (0, 0, 0, 2)


def drawn(value: Any) -> RenderableType:
    """Draw a text, or one of the small trees."""
    match value:
        case {"fields": fields}:
            table = Table.grid(padding=(0, 2, 0, 0))
            for name, each in fields:
                table.add_row(Text(name, style="dim"), drawn(each))
            return table
        case {"head": head, "rows": rows}:
            table = Table(*(Column(Text(name)) for name in head), box=SIMPLE_HEAD)
            for row in rows:
                table.add_row(*map(drawn, row))
            return table
        case {"items": items}:
            return Group(*(Padding(drawn(each), INDENT) for each in items))
    return Text(str(value))
