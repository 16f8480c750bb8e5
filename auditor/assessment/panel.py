"""The representatives' scores (代表评议): mean and spread by content; outliers are shown and stay counted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from auditor.domain.appraisal import Outlier, Panel, PanelContent, SetAside
from auditor.rulebook.schemes import CONTENTS, Scheme
from auditor.tables import RECORD, ROW, SOURCE, Logs, LogTable

if TYPE_CHECKING:
    import pandas as pd

LOG = "panel_scores"
_TEXTS = ("representative", "group", "unit", "content", "comment")
_HIGHEST = 100


@dataclass(frozen=True)
class Scores:
    """The scores of a year that count, and those set aside."""

    table: "pd.DataFrame"
    set_aside: tuple[SetAside, ...]


def scores_of(logs: Logs, year: int) -> Scores:
    """The scores of `year`: one without content or points, beyond 100, given twice, or undated is set aside.

    Undated scores are set aside where others have a year; where none has, all are of the year asked for.
    """
    import pandas as pd

    table = logs.tables.get(LOG)
    if table is None:
        return Scores(pd.DataFrame({name: [] for name in (*_TEXTS, "score", "_row")}), ())
    scores = _as_pandas(table)
    is_dated = scores["year"].notna()
    scores = scores[(scores["year"] == year).fillna(True).astype(bool)]
    why = pd.Series([""] * len(scores), index=scores.index, dtype="object")
    why[scores["score"].isna()] = "没有得分（缺席，或者分数读不出）"
    why[scores["content"].isna()] = "没有写明是哪一项内容的得分"
    if is_dated.any():
        why[scores["year"].isna()] = "没有写明评议年度"
    given = scores[(why == "") & scores["representative"].notna()]
    twice = given[given.duplicated(["representative", "unit", "content"], keep=False)].index
    why[(why == "") & (scores["score"] > _HIGHEST).fillna(False).astype(bool)] = "得分超过100分"
    why[(why == "") & scores.index.isin(twice)] = "同名的代表对同一科室的同一项内容打了两个分，无法判断以哪一个为准"
    aside = tuple(
        SetAside(record, table.sources[source].file, table.sources[source].sheet, row, "不计", reason)
        for record, source, row, reason in zip(scores["_record"], scores["_source"], scores["_row"], why, strict=True)
        if reason
    )
    return Scores(scores[why == ""], aside)


def _as_pandas(table: LogTable) -> "pd.DataFrame":
    import pandas as pd

    frame = table.frame
    blank = [None] * frame.height
    columns: dict[str, object] = {
        name: pd.array(frame[name].to_list() if name in frame.columns else blank, dtype="object") for name in _TEXTS
    }
    for name in ("year", "score"):
        columns[name] = pd.array(frame[name].to_list() if name in frame.columns else blank, dtype="Int64")
    columns |= {"_record": frame[RECORD].to_list(), "_source": frame[SOURCE].to_list(), "_row": frame[ROW].to_list()}
    return pd.DataFrame(columns)


def count_panel(scores: Scores, scheme: Scheme) -> Panel:
    """The panel by content; `groups` says how many of the representatives that are named are of each kind."""
    table = scores.table
    kinds: dict[str, dict[str, None]] = {}
    for name, kind in table.loc[table["representative"].notna(), ["representative", "group"]].itertuples(index=False):
        kinds.setdefault(name, {}).update({kind: None} if isinstance(kind, str) else {})
    groups = Counter("／".join(sorted(own)) or "（未填写）" for own in kinds.values())
    contents = tuple(_content(key, table[table["content"] == key], scheme) for key in CONTENTS)
    return Panel(len(kinds), dict(sorted(groups.items())), contents, scores.set_aside)


def _content(key: str, scores: "pd.DataFrame", scheme: Scheme) -> PanelContent:
    points = scores["score"].astype("int64")
    zh = scheme.contents[key].zh
    if points.empty:
        return PanelContent(key, zh, 0, None)
    first, median, third = (float(points.quantile(share)) for share in (0.25, 0.5, 0.75))
    reach = scheme.precautions.outlier_fence * (third - first)
    far = scores[(points < first - reach) | (points > third + reach)]
    return PanelContent(
        key,
        zh,
        len(points),
        mean_of(points),
        float(points.std()) if len(points) > 1 else None,
        int(points.min()),
        first,
        median,
        third,
        int(points.max()),
        tuple(_outliers(far)),
        int(scores["representative"].isna().sum()),
    )


def mean_of(points: Iterable[int]) -> Fraction | None:
    """The exact mean; None of nothing."""
    numbers = [int(each) for each in points]
    return Fraction(sum(numbers), len(numbers)) if numbers else None


def _outliers(scores: "pd.DataFrame") -> Iterable[Outlier]:
    for row in scores.sort_values(["score", "_row"]).to_dict("records"):
        names = [row[name] if isinstance(row[name], str) else "" for name in ("representative", "group", "unit")]
        yield Outlier(names[0], names[1], names[2], int(row["score"]))
