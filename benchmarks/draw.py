"""Random columns of a log."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

FIRST, LAST = date(2021, 1, 4), date(2025, 12, 31)
EDGES = [
    date(year, month, day)
    for year in range(FIRST.year, LAST.year + 1)
    for month, day in ((1, 22), (1, 24), (2, 1), (4, 30), (9, 26), (9, 30), (12, 10), (12, 30), (12, 31))
]
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文斌晓燕"
Column = Sequence[object]


class Draw:
    """Random columns of one length."""

    def __init__(self, rng: random.Random, rows: int) -> None:
        self.rng, self.rows = rng, rows

    def one_of(self, weights: Mapping[str, float] | Sequence[str]) -> list[str]:
        """A value for each row; "" is a blank cell."""
        if isinstance(weights, Mapping):
            return self.rng.choices(list(weights), list(weights.values()), k=self.rows)
        return self.rng.choices(weights, k=self.rows)

    def yes(self, share: float) -> list[str]:
        """A flag that holds for so many rows."""
        return self.one_of({"是": share, "否": 0.9 - share, "": 0.1})

    def days(self) -> list[date]:
        """Days over five years, one in six on an edge of the calendar."""
        plain = self.rng.choices(range((LAST - FIRST).days + 1), k=self.rows)
        edges = self.rng.choices(EDGES, k=self.rows)
        on_edge = self.rng.choices([True, False], [1, 5], k=self.rows)
        return [edge if on else FIRST + timedelta(day) for day, edge, on in zip(plain, edges, on_edge, strict=True)]

    def after(
        self, days: Sequence[date | None], usual: tuple[int, int], late: int, done: float = 0.99
    ) -> list[date | None]:
        """Days later: mostly within the usual, some just about the limit, some late, some never."""
        low, high = usual
        ranges = [(low, high), (high - 1, high + 2), (high + 1, late), (0, 0)]
        chosen = self.rng.choices(
            [*ranges, None], [0.91 * done, 0.04 * done, 0.03 * done, 0.02 * done, 1 - done], k=self.rows
        )
        return [
            day + timedelta(self.rng.randint(*span)) if day and span else None
            for day, span in zip(days, chosen, strict=True)
        ]

    def before(self, days: Sequence[date | None], usual: tuple[int, int], far: int) -> list[date | None]:
        """Days earlier: mostly within the usual, some long before, some a little after."""
        spans = self.rng.choices([usual, (usual[1], far), (-3, 0)], [0.93, 0.05, 0.02], k=self.rows)
        return [day and day - timedelta(self.rng.randint(*span)) for day, span in zip(days, spans, strict=True)]

    def only(self, share: float, column: Column) -> list[object]:
        """The column for so many rows, blank for the others."""
        return [value if self.rng.random() < share else None for value in column]

    def clock(self, days: Sequence[date | None]) -> list[datetime | None]:
        """The days with an hour of the office's day."""
        return [day and datetime.combine(day, time(self.rng.randint(7, 20), self.rng.randint(0, 59))) for day in days]

    def names(self) -> list[str]:
        """Invented people."""
        pairs = zip(self.one_of(SURNAMES), self.one_of(GIVEN), self.one_of(["", *GIVEN]), strict=True)
        return ["".join(parts) for parts in pairs]

    def texts(self, *parts: Sequence[str]) -> list[str]:
        """Sentences of one part from each list."""
        return ["".join(each) for each in zip(*(self.one_of(part) for part in parts), strict=True)]
