"""Whose hands a finding has been through: whoever put something right does not check it (四眼原则)."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from auditor.ledger.chain import STATE
from auditor.ledger.schema import history
from auditor.rulebook.rectification import Step

_TITLE = re.compile(r"[(\[〔【《<][^)\]〕】》>]*[)\]〕】》>]?")
_BETWEEN = re.compile(r"[、,;:/|&+。\n]+|以及")
_AND = re.compile("[和与及]")  # characters of names, too: 李和平
_AND_OTHERS = re.compile(r"等(?:[\d一二三四五六七八九十两]*人)?$")
_RECTIFIED = ("measures", "rectified_on", "person")
_SHORTEST = 2  # characters of a name
_BATCH = 500


def folded(name: str) -> str:
    """A text as compared: full width, capitals and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def names_in(text: str) -> set[str]:
    """The persons whom a text may name, as compared: 张三、李四（科长）和王 五 are three; also the text as a whole.

    Titles are left out where they stand in brackets. What may be part of a name (a blank, 和, 与, 及) parts two
    names only where at least two characters stand on either side of it.
    """
    plain = _TITLE.sub(" ", unicodedata.normalize("NFKC", text))
    parts = [part for piece in _BETWEEN.split(plain) for part in (piece, *_spaced(piece))]
    names = [_AND_OTHERS.sub("", folded(part)) for part in parts]
    return {folded(text), *names, *(one for name in names for one in _joined(name))} - {""}


def _spaced(piece: str) -> list[str]:
    """Names with blanks between them: not 王 五, a blank in the middle, and not Li Ming."""
    parts = piece.split()
    return parts if not piece.isascii() and all(len(part) >= _SHORTEST for part in parts) else []


def _joined(name: str) -> Iterator[str]:
    """Names with 和, 与 or 及 between them."""
    start = 0
    for each in _AND.finditer(name):
        if each.start() - start >= _SHORTEST and len(name) - each.end() >= _SHORTEST:
            yield name[start : each.start()]
            start = each.end()
    yield name[start:]


@dataclass
class Hands:
    """Of one finding: who brought it into which state, who put it right, the last day of a step."""

    into: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    rectified: set[str] = field(default_factory=set)
    last_on: str = ""

    def bar(self, step: Step, who: str) -> str | None:
        """Why this person may not take the step; None where nothing stands in the way."""
        moved = {name for state in step.not_by for name in self.into.get(state, ())}
        names = names_in(who)
        if names & moved:
            return f"“{who}”办过这个问题的“{'、'.join(step.not_by)}”，须由另一人办理（四眼原则）"
        if step.rectified_by_others and names & self.rectified:
            return f"“{who}”参与了整改，须由另一人复核（四眼原则）"
        return None

    def note(self, cell: str, who: str, value: str) -> None:
        """Somebody wrote something down: about what was done, or whose work it was."""
        if cell in _RECTIFIED:
            self.rectified |= names_in(who)
        if cell == "person":
            self.rectified |= names_in(value)


def hands_of(connection: Connection, ids: Iterable[str]) -> Mapping[str, Hands]:
    """The hands of each finding, from its whole history."""
    wanted = list(ids)
    found: dict[str, Hands] = {name: Hands() for name in wanted}
    for at in range(0, len(wanted), _BATCH):
        some = history.c.finding.in_(wanted[at : at + _BATCH])
        for row in connection.execute(select(history).where(some)):
            hands = found[row.finding]
            if row.field == STATE:
                hands.into[row.after] |= names_in(row.who)
                hands.last_on = max(hands.last_on, row.on)
            else:
                hands.note(row.field, row.who, row.after)
    return found
