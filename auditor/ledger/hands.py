"""Whose hands a finding has been through: whoever put something right does not check it (四眼原则)."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from auditor.ledger.chain import STATE
from auditor.ledger.schema import history
from auditor.rulebook.rectification import Step

_BETWEEN = re.compile(r"[、,，;；/\s]+")
_RECTIFIED = ("measures", "rectified_on", "person")
_BATCH = 500


def folded(name: str) -> str:
    """A name as compared: full width, capitals and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


@dataclass
class Hands:
    """Of one finding: who brought it into which state, who put it right, the last day of a step."""

    into: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    rectified: set[str] = field(default_factory=set)
    last_on: str = ""

    def bar(self, step: Step, who: str) -> str | None:
        """Why this person may not take the step; None where nothing stands in the way."""
        moved = {name for state in step.not_by for name in self.into.get(state, ())}
        if folded(who) in moved:
            return f"“{who}”办过这个问题的“{'、'.join(step.not_by)}”，须由另一人办理（四眼原则）"
        if step.rectified_by_others and folded(who) in self.rectified:
            return f"“{who}”参与了整改，须由另一人复核（四眼原则）"
        return None

    def note(self, cell: str, who: str, value: str) -> None:
        """Somebody wrote something down: about what was done, or whose work it was."""
        if cell in _RECTIFIED:
            self.rectified.add(folded(who))
        if cell == "person":
            self.rectified |= {folded(name) for name in (*_BETWEEN.split(value), value) if name}


def hands_of(connection: Connection, ids: Iterable[str]) -> Mapping[str, Hands]:
    """The hands of each finding, from its whole history."""
    wanted = list(ids)
    found: dict[str, Hands] = {name: Hands() for name in wanted}
    for at in range(0, len(wanted), _BATCH):
        some = history.c.finding.in_(wanted[at : at + _BATCH])
        for row in connection.execute(select(history).where(some)):
            hands = found[row.finding]
            if row.field == STATE:
                hands.into[row.after].add(folded(row.who))
                hands.last_on = max(hands.last_on, row.on)
            else:
                hands.note(row.field, row.who, row.after)
    return found
