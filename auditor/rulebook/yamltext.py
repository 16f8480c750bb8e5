"""YAML text as content and lines, from the parser's events: no tree of nodes is built in between."""

from collections.abc import Callable
from functools import lru_cache
from sys import intern
from typing import Any

import yaml

from auditor.errors import Fault, RulebookError
from auditor.rulebook.located import Lines

_DEEPEST = 40  # levels; no rule comes near
_MOST_PARTS = 1_000_000  # counting a part as often as it is referred to; a whole rulebook has a ninth of that
_SYNTAX = "YAML 语法错误："
_BOOLEANS = {"true": True, "false": False}


class _Loader(yaml.CSafeLoader):
    """YAML 1.2 booleans only: `on`, `off`, `yes`, `no` and `是` stay words."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
# What a word that is more than text (a number, a day, nothing) begins with; most words need not be looked at further.
_TELLING = frozenset(first for first, resolvers in _Loader.yaml_implicit_resolvers.items() if resolvers)


def parsed(text: str, file: str) -> tuple[Any, Lines]:
    """The content of YAML text and its lines. Raises `RulebookError`, naming `file`."""
    try:
        loader = _Loader(text)
        composer = _Composer(loader.get_event, file)
        found = composer.document()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = f"{_SYNTAX}{error.problem}"
        raise RulebookError([Fault(file, line, problem, "检查缩进、冒号后的空格和引号")]) from None
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        raise RulebookError([Fault(file, line, "有不能显示的控制字符", "删去该字符")]) from None
    except yaml.YAMLError as error:
        raise RulebookError([Fault(file, 1, f"{_SYNTAX}{error}", "检查文件内容")]) from None
    if composer.faults:
        raise RulebookError(composer.faults)
    return found


class _Composer:
    """Puts the events of one document together. What is referred to by `*` is held once, however often it stands."""

    def __init__(self, event: Callable[[], Any], file: str) -> None:
        self.event = event
        self.file = file
        self.faults: list[Fault] = []
        self.parts = 0
        self.anchored: dict[str, tuple[Any, Lines, int] | None] = {}  # with the number of parts; None while unfinished

    def document(self) -> tuple[Any, Lines]:
        """Content and lines of the one document; None where there is none. Raises `RulebookError`, `YAMLError`."""
        self.event()  # the stream begins
        if isinstance(self.event(), yaml.StreamEndEvent):
            return None, 1
        found = self._part(self.event(), 0)
        self.event()  # the document ends
        after = self.event()
        if not isinstance(after, yaml.StreamEndEvent):
            raise yaml.composer.ComposerError(None, None, "but found another document", after.start_mark)
        return found

    def _part(self, event: Any, depth: int) -> tuple[Any, Lines]:
        kind = type(event)
        if kind is yaml.AliasEvent:
            return self._referred(event)
        if depth > _DEEPEST:
            raise self._endless(event)
        anchor = event.anchor
        if anchor is not None:
            if anchor in self.anchored:
                raise yaml.composer.ComposerError(None, None, "second occurrence", event.start_mark)
            self.anchored[anchor] = None
        before = self.parts
        self.parts += 1
        found: tuple[Any, Lines]
        if kind is yaml.ScalarEvent:
            found = self._scalar(event), event.start_mark.line + 1
        elif kind is yaml.MappingStartEvent:
            found = self._mapping(event, depth)
        else:
            found = self._sequence(event, depth)
        if anchor is not None:
            self.anchored[anchor] = (*found, self.parts - before)
        return found

    def _sequence(self, event: Any, depth: int) -> tuple[Any, Lines]:
        content, lines = [], []
        next_event = self.event
        while type(item := next_event()) is not yaml.SequenceEndEvent:
            value, line = self._part(item, depth + 1)
            content.append(value)
            lines.append(line)
        return content, (event.start_mark.line + 1, lines)

    def _mapping(self, event: Any, depth: int) -> tuple[Any, Lines]:
        content: dict[Any, Any] = {}
        lines: dict[Any, Lines] = {}
        next_event = self.event
        while type(item := next_event()) is not yaml.MappingEndEvent:
            line = item.start_mark.line + 1
            key = self._key(item, depth)
            if key in content:
                self.faults.append(Fault(self.file, line, f"键“{key}”在同一处写了两次", "删去其中一个"))
            content[key], inside = self._part(next_event(), depth + 1)
            # A part of a mapping begins on the line of its key.
            lines[key] = line if isinstance(inside, int) else (line, inside[1])
        return content, (event.start_mark.line + 1, lines)

    def _key(self, event: Any, depth: int) -> Any:
        plain = type(event) is yaml.ScalarEvent and event.anchor is None  # as all but the strangest keys are
        key = self._scalar(event) if plain else self._part(event, depth + 1)[0]
        if isinstance(key, list | dict):
            line = event.start_mark.line + 1
            self.faults.append(Fault(self.file, line, "键必须是一个词", "改用普通的键名"))
            return f"?{line}"
        return intern(key) if type(key) is str else key  # the same few keys stand in every rule

    def _scalar(self, event: Any) -> Any:
        text = event.value
        if event.tag is None:
            if event.style:
                return text
            if text in _BOOLEANS:
                return _BOOLEANS[text]
            if text[:1] not in _TELLING:
                return text
        try:
            return _value(text, event.tag, event.implicit)
        except (yaml.YAMLError, ValueError) as error:
            mend = "日期写成 2020-12-02，文字加引号"
            self.faults.append(Fault(self.file, event.start_mark.line + 1, f"值“{text}”读不出：{error}", mend))
            return None

    def _referred(self, event: Any) -> tuple[Any, Lines]:
        if event.anchor not in self.anchored:
            raise yaml.composer.ComposerError(None, None, "found undefined alias", event.start_mark)
        found = self.anchored[event.anchor]
        if found is None:
            raise self._endless(event)
        content, lines, parts = found
        self.parts += parts
        if self.parts > _MOST_PARTS:
            problem = "引用展开后内容过多"
            raise RulebookError([Fault(self.file, event.start_mark.line + 1, problem, "不要用 & 和 * 引用")])
        return content, lines

    def _endless(self, event: Any) -> RulebookError:
        problem = "层次太深，或者内容引用了自身"
        return RulebookError([Fault(self.file, event.start_mark.line + 1, problem, "不要用 & 和 * 引用")])


@lru_cache(maxsize=4096)  # days and numbers repeat; every value is immutable
def _value(text: str, tag: str | None, implicit: tuple[bool, bool]) -> Any:
    """The value of a scalar with a tag of its own, or by how it looks."""
    loader = _Loader("")
    if tag is None or tag == "!":
        tag = loader.resolve(yaml.ScalarNode, text, implicit)  # type: ignore[no-untyped-call]
    return loader.construct_object(yaml.ScalarNode(tag, text), deep=True)
