"""The console script `auditor`: commands load only what they use, so that help answers at once."""

import atexit
import errno
import gc
import io
import sys
from importlib import import_module

import click

from auditor import __version__
from auditor.cli.chinese import ChineseGroup
from auditor.errors import AuditorError, UsageError

_COMMANDS = {
    "audit": ("auditor.cli.audit", "审计台账，写出全部结果（主要命令）"),
    "audit-all": ("auditor.cli.audit_all", "审计多个单位：每个子文件夹一个单位，写出各单位结果和总览"),
    "check": ("auditor.cli.check", "只读台账，看认出了什么、缺什么"),
    "init": ("auditor.cli.init", "写出空白台账模板"),
    "map": ("auditor.cli.map", "为表头不规范的文件保存列对照"),
    "rules": ("auditor.cli.rules", "规则库：列出、查看、检查、运行案例"),
    "deadline": ("auditor.cli.deadline", "计算期限，逐日说明"),
    "evaluate": ("auditor.cli.evaluate", "年度民主评议：统计、综合评定，写出评议报告"),
    "annual-report": ("auditor.cli.annual_report", "年度报告：由台账计算各张表，核对勾稽关系和已填的报告"),
    "due": ("auditor.cli.due", "即将到期的事项，按责任单位列出"),
    "ledger": ("auditor.cli.ledger", "问题库：收入审计结果，发出、收回整改台账，复核销号"),
    "compare": ("auditor.cli.compare", "对比两次审计"),
    "demo": ("auditor.cli.demo", "写出样例台账并审计"),
    "verify": ("auditor.cli.verify", "核对审计结果与回执、问题库的历史记录是否一致"),
}


class _Commands(ChineseGroup):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        module = import_module(_COMMANDS[name][0])
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令"):
            formatter.write_dl([(name, about) for name, (_, about) in _COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["--help", "-h"]})
@click.version_option(__version__, prog_name="auditor", message="%(prog)s %(version)s", help="显示版本。")
def cli() -> None:
    """政务公开制度执行情况审计：读台账，对照制度逐条核验，写出问题和依据。"""


def main() -> None:
    """Run the command line; every error that a person can mend ends with its message and exit code."""
    gc.set_threshold(100_000, 20, 20)  # an audit makes many small objects and hardly a cycle
    atexit.register(gc.freeze)  # nor is any looked for at the end: what was written has been closed by then
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console or a pipe in GBK has no sign for all that a cell may hold
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except AuditorError as error:
        click.echo(f"错误：{error}", err=True)
        sys.exit(error.exit_code)
    except click.UsageError as error:
        from auditor.cli.usage import in_chinese

        click.echo(in_chinese(error), err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中断，没有写出结果。", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except SystemExit:
        raise
    except BaseException as fault:  # a panic of a library is no Exception, and must not end like a verdict either
        if isinstance(fault, OSError) and fault.errno == errno.ENAMETOOLONG:
            click.echo(f"错误：路径太长：{str(fault.filename)[:80]}……。请换一个短的路径", err=True)
            sys.exit(UsageError.exit_code)
        import traceback

        traceback.print_exc()
        click.echo("程序出错，没有写出结果。请把以上内容连同命令交给维护人员。", err=True)
        sys.exit(70)
