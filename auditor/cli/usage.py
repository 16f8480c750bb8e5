"""Usage errors in Chinese."""

import click


def in_chinese(error: click.UsageError) -> str:
    """The message of a usage error, with how to get help."""
    match error:
        case click.NoSuchOption():
            text = f"没有“{error.option_name}”这个选项"
            if error.possibilities:
                text += f"，是否想写 {'、'.join(sorted(error.possibilities))}？"
        case click.MissingParameter():
            name = error.param.human_readable_name if error.param else ""
            text = f"缺少必需的参数 {name}"
        case click.BadOptionUsage():
            text = f"选项 {error.option_name} 后缺少值，或用法不对"
        case click.BadParameter():
            text = f"参数 {error.param.opts[0] if error.param else ''} 的值不对：{error.message}"
        case _:
            text = error.message
    path = error.ctx.command_path if error.ctx else "auditor"
    return f"错误：{text}\n用 {path} --help 查看用法。"
