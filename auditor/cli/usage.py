"""Usage errors in Chinese."""

import re

import click


def in_chinese(error: click.UsageError) -> str:
    """The message of a usage error, with how to get help."""
    match error:
        case click.NoSuchOption():
            text = f"没有“{error.option_name}”这个选项"
            if error.possibilities:
                text += f"，是否想写 {'、'.join(sorted(error.possibilities))}？"
        case click.MissingParameter():
            text = f"缺少必需的参数 {_name(error.param)}"
        case click.BadOptionUsage():
            text = f"选项 {error.option_name} 后缺少值，或用法不对"
        case click.BadParameter() if isinstance(getattr(error.param, "type", None), click.Choice):
            options = "、".join(map(str, error.param.type.choices))  # type: ignore[union-attr]
            text = f"参数 {error.param.opts[0] if error.param else ''} 只能取：{options}"
        case click.BadParameter():
            text = f"参数 {error.param.opts[0] if error.param else ''} 的值不对：{error.message}"
        case click.exceptions.NoArgsIsHelpError():
            return error.format_message()
        case _:
            extra = re.match(r"Got unexpected extra arguments? \((.*)\)", error.message)
            text = f"多余的参数：{extra[1]}" if extra else error.message
    path = error.ctx.command_path if error.ctx else "auditor"
    return f"错误：{text}\n用 {path} --help 查看用法。"


def _name(param: click.Parameter | None) -> str:
    """A parameter as the user writes it."""
    if isinstance(param, click.Option):
        return param.opts[0]
    return param.human_readable_name if param else ""
