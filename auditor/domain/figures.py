"""Figures (统计): how obligations lie over units and regulations, over their limits, and over the months."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Share(StrEnum):
    """How much of a limit in working days had passed when the act was done (用时占期限的比例)."""

    QUARTER = "quarter"
    HALF = "half"
    THREE_QUARTERS = "three_quarters"
    WHOLE = "whole"
    HALF_OVER = "half_over"
    DOUBLE = "double"
    BEYOND = "beyond"
    UNDONE = "undone"

    @property
    def late(self) -> bool:
        """Whether the act came after its due day, or not at all."""
        return self in (Share.HALF_OVER, Share.DOUBLE, Share.BEYOND, Share.UNDONE)


@dataclass(frozen=True)
class Month:
    """Matters whose reply fell due in one month (YYYY-MM), and how many of the replies came late or not at all."""

    month: str
    due: int
    late: int


@dataclass(frozen=True)
class Figures:
    """`crossed` counts obligations by unit, regulation and status; `used` acts by the share of their limit."""

    crossed: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    used: Mapping[Share, int] = field(default_factory=dict)
    replies: Sequence[Month] = ()
