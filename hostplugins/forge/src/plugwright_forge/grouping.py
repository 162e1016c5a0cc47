"""A command that takes a request, and has commands of its own beside it."""

from __future__ import annotations

from typing import Any

import click


class Requests(click.Group):
    """`forge "REQUEST" --model hand` and `forge matrix` are both what they say."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.allow_interspersed_args, self.allow_extra_args = True, False
        self.no_args_is_help = False

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Let a command of its own speak for itself; all else is a request."""
        own = self.commands.get(args[0]) if args else None
        if own is None:
            return super().make_context(info_name, args, parent, **extra)
        return own.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read it as a command without others, which it is here."""
        return click.Command.parse_args(self, ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Carry out what was meant."""
        if ctx.command is self:
            return click.Command.invoke(self, ctx)
        return ctx.command.invoke(ctx)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Leave the request out of the names of the commands beside it."""
        return super().get_params(ctx) if ctx.command is self else []

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Leave the commands to the list below."""
        return click.Command.collect_usage_pieces(self, ctx)
