"""Commands whose help is Chinese throughout."""

from gettext import gettext
from typing import Any

import click


class ChineseCommand(click.Command):
    """A command that words its usage line, its options and its help option in Chinese."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = self.collect_usage_pieces(ctx)
        shown = ["[选项]" if piece == gettext("[OPTIONS]") else piece for piece in pieces]
        formatter.write_usage(ctx.command_path, " ".join(shown), prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
        found = [record for each in options if (record := each.get_help_record(ctx)) is not None]
        records = [(names, about.replace("[required]", "（必填）")) for names, about in found]
        with formatter.section("选项"):
            formatter.write_dl(records)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示本帮助。"
        return option


class ChineseGroup(ChineseCommand, click.Group):
    """A group of such commands."""

    command_class = ChineseCommand

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "[选项] 命令 [参数]...", prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            ctx.fail(f"没有“{args[0]}”这个命令。可用：{'、'.join(self.list_commands(ctx))}")

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        named = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("命令"):
            formatter.write_dl([(name, each.get_short_help_str(60)) for name, each in named if each is not None])


ChineseGroup.group_class = ChineseGroup
