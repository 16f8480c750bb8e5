"""The year that a heading or a title names for dates that are written without one."""

import re

_NAMED = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)(年?)")


def year_in(words: str) -> int | None:
    """The one year that a heading (2020年收到日期) or title (2020年度登记表) names; None for none or several.

    A number counts only with 年 behind it; a second year of any kind (2020-2021年) leaves it open.
    """
    found = _NAMED.findall(words)
    years = {int(year) for year, _ in found}
    return years.pop() if len(years) == 1 and any(mark for _, mark in found) else None


def without_year(heading: str) -> str:
    """A heading without the year before it: 2020年收到日期 is 收到日期."""
    return re.sub(r"^(?:19|20)\d\d年度?(?=.)", "", heading)
