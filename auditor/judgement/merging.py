"""Breaches that are one finding, and which of them leads it."""

from collections import defaultdict


class Groups:
    """Breaches by position, joined pair by pair; in each pair one leads the other."""

    def __init__(self, count: int = 0) -> None:
        self._parent = list(range(count))
        self._led: set[int] = set()

    def join(self, lead: int, other: int) -> None:
        """Make one finding of two breaches and all that are joined with them."""
        if lead == other:
            return
        self._led.add(other)
        first, second = self._root(lead), self._root(other)
        if first != second:
            self._parent[max(first, second)] = min(first, second)

    def all(self) -> list[tuple[int, ...]]:
        """The members of every group, those that nothing leads first; groups in the order of their first members."""
        members = defaultdict(list)
        for at in range(len(self._parent)):
            members[self._root(at)].append(at)
        return [tuple(sorted(each, key=lambda at: (at in self._led, at))) for each in members.values()]

    def of(self, at: int) -> int:
        """What identifies the group of a breach, until further breaches are joined."""
        return self._root(at)

    def _root(self, at: int) -> int:
        while self._parent[at] != at:
            self._parent[at] = self._parent[self._parent[at]]
            at = self._parent[at]
        return at
