"""The content of a YAML file with its lines, so that every fault can be shown where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from auditor.errors import Fault, RulebookError, because

Place = tuple[str | int, ...]
# The line of a word; of anything with parts the line on which it begins, and the same of its parts by key or number.
Lines = int | tuple[int, "dict[Any, Lines] | list[Lines]"]
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Located:
    """The content of one YAML file and the line on which every part of it begins."""

    file: str
    content: Any
    lines: Lines = field(repr=False)

    def line(self, place: Place) -> int:
        """The line of `place`, or of the nearest enclosing part that has one."""
        return line_in(self.lines, place)


def lines_of(lines: Lines, place: Place) -> Lines:
    """The lines of the part at `place`, or of the nearest part that encloses it."""
    for step in place:
        if isinstance(lines, int):
            break
        try:
            lines = lines[1][step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            break
    return lines


def line_in(lines: Lines, place: Place) -> int:
    """The line of `place`, or of the nearest enclosing part that has one."""
    found = lines_of(lines, place)
    return found if isinstance(found, int) else found[0]


def read_located(path: Path, shown_as: str | None = None, *, cases: bool = True) -> Located:
    """Read one YAML file. Raises `RulebookError` for broken syntax, repeated keys or a wrong encoding.

    Without `cases` the cases of a rule file are passed over, and every line keeps its number: an audit
    has no use for them, and they are most of the text.
    """
    file = shown_as or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise RulebookError([Fault(file, 1, "文件不是 UTF-8 编码", "用 UTF-8 编码另存")]) from None
    except OSError as error:
        raise RulebookError([Fault(file, 1, f"文件读不出：{because(error)}", "检查路径和权限")]) from None
    return parse_located(text if cases else _without_cases(text), file)


def _without_cases(text: str) -> str:
    """The text with the lines below each rule's `cases:` left empty."""
    kept, inside = [], False
    for line in text.split("\n"):
        inside = (inside and (not line or line.startswith(("  - ", "  #", "   ")))) or line == "  cases:"
        kept.append("" if inside else line)
    return "\n".join(kept)


def parse_located(text: str, file: str) -> Located:
    """Parse YAML text; see `read_located`."""
    from auditor.rulebook.yamltext import parsed  # an audit that finds its rulebook compiled parses next to nothing

    content, lines = parsed(text, file)
    return Located(file, content, lines)


def build(model: type[M], located: Located, place: Place = (), content: Any = None) -> M:
    """Turn a part of a file into `model`; every fault is raised together, with line and suggestion."""
    if content is None:
        content = located.content
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise RulebookError(list(_faults(error, located, place, content, model))) from None


def _faults(
    error: ValidationError, located: Located, place: Place, content: Any, model: type[BaseModel]
) -> Iterator[Fault]:
    for problem in error.errors():
        inside = _standing(content, problem["loc"])
        further = tuple(problem.get("ctx", {}).get("place", ()))
        line = located.line((*place, *inside, *further))
        yield Fault(located.file, line, *_in_chinese(problem, model))


def _standing(content: Any, loc: tuple[str | int, ...]) -> Place:
    """The steps of a pydantic place that stand in the file: names of union branches do not."""
    standing: list[str | int] = []
    for step in loc:
        try:
            content = content[step]
        except (TypeError, KeyError, IndexError):
            continue
        standing.append(step)
    return tuple(standing)


def nearest(word: str, known: Iterator[str] | list[str] | set[str] | dict[str, Any]) -> str:
    """A suggestion for a misspelt word, or ""."""
    from difflib import get_close_matches

    others = [text for each in known if (text := str(each)) != str(word)]
    found = get_close_matches(str(word), others, n=1, cutoff=0.6)
    return f"是否想写“{found[0]}”？" if found else ""


def _in_chinese(problem: Any, model: type[BaseModel]) -> tuple[str, str]:
    kind, value = problem["type"], problem.get("input")
    name = str(problem["loc"][-1]) if problem["loc"] else ""
    if kind == "extra_forbidden":
        return f"不认识的键“{name}”", nearest(name, _field_names(model)) or "删去，或查 docs/rule-language.md"
    if kind == "missing":
        return f"缺少必需的键“{name}”", "补上"
    if kind == "condition":
        return problem["ctx"]["problem"], problem["ctx"]["suggestion"]
    if kind == "value_error":
        problem_text, _, mend = str(problem["ctx"]["error"]).partition("|")
        return problem_text, mend
    if kind in ("enum", "literal_error"):
        expected = str(problem["ctx"]["expected"]).replace("'", "").replace(" or ", "、").replace(", ", "、")
        return f"“{name}”的值“{value}”不在可选范围", nearest(str(value), expected.split("、")) or f"可选：{expected}"
    if kind.startswith(("int", "float", "decimal")):
        return f"“{name}”应为数字，现为“{value}”", "写成数字，如 5"
    if kind in ("greater_than_equal", "less_than_equal"):
        bounds = problem["ctx"]
        bound = f"不少于{bounds['ge']}" if "ge" in bounds else f"不多于{bounds['le']}"
        return f"“{name}”的值“{value}”超出范围", f"应{bound}"
    if kind == "too_short":
        return f"“{name}”不能为空", "至少写一项"
    if kind.startswith("date"):
        return f"“{name}”应为日期，现为“{value}”", "写成 2020-12-02"
    if kind.startswith(("string", "bool", "list", "dict", "tuple", "model")):
        return f"“{name}”的值“{value}”类型不对", "对照 docs/rule-language.md 中的例子"
    return f"“{name}”有误：{problem['msg']}", "对照 docs/rule-language.md"


def _field_names(model: type[BaseModel]) -> set[str]:
    """The field names of a model and of every model inside it."""
    names: set[str] = set()
    waiting: list[Any] = [model]
    seen: set[Any] = set()
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        if isinstance(current, type) and issubclass(current, BaseModel):
            for field_name, info in current.model_fields.items():
                names.add(info.alias or field_name)
                waiting.append(info.annotation)
        else:
            waiting.extend(getattr(current, "__args__", ()))
    return names
