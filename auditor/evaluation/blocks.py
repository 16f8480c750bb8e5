"""Some rows of a log under all its rules: the verdicts side by side, then as obligations one below the other."""

from itertools import accumulate

import polars as pl

from auditor.domain.obligation import Severity, Status
from auditor.evaluation.days import dates
from auditor.evaluation.obligations import SCHEMA
from auditor.evaluation.scope import Scope
from auditor.evaluation.verdicts import Verdict
from auditor.rulebook.rules import Rule
from auditor.tables import RECORD, ROW, SOURCE

Applied = tuple[pl.Expr, Verdict]  # whether a rule applies to a row, and its verdict there
_PARTS = ("applies", "status", "severity", "start", "due", "done", "late", "provisional", "detail")


def obligations_of(frame: pl.DataFrame, scope: Scope, rules: list[Rule], compiled: list[Applied]) -> list[pl.DataFrame]:
    """The obligations that each rule leaves in some rows of a log; the verdicts of all rules in one select."""
    columns = [
        expression.alias(f"{number}:{part}")
        for number, (applies, verdict) in enumerate(compiled)
        for part, expression in _named(applies, verdict)
    ]
    plan = frame.lazy()
    for layer in scope.bench.layers:
        plan = plan.with_columns(layer)
    wide = plan.with_columns(columns).collect(optimizations=pl.QueryOptFlags.none())  # what is common is kept already
    verdicts = [verdict for _, verdict in compiled]
    counts = [int(wide[f"{number}:applies"].sum()) for number in range(len(rules))]
    rows = _rows(wide, scope, rules, verdicts, counts)
    return [rows.slice(end - count, count) for end, count in zip(accumulate(counts), counts, strict=True)]


def _named(applies: pl.Expr, verdict: Verdict) -> list[tuple[str, pl.Expr]]:
    values = (
        applies,
        verdict.status,
        verdict.severity,
        dates(verdict.start),
        dates(verdict.due),
        dates(verdict.done),
        verdict.late,
        verdict.provisional,
        verdict.detail,
    )
    return list(zip(_PARTS, values, strict=True))


def _rows(
    wide: pl.DataFrame, scope: Scope, rules: list[Rule], verdicts: list[Verdict], counts: list[int]
) -> pl.DataFrame:
    """The wide table of verdicts as obligations, those of one rule below those of another."""
    masks = [wide[f"{number}:applies"] for number in range(len(rules))]
    cut = {name: pl.concat([wide[name].filter(mask) for mask in masks]) for name in (RECORD, SOURCE, ROW, "_unit")} | {
        part: pl.concat([wide[f"{number}:{part}"].filter(mask) for number, mask in enumerate(masks)])
        for part in _PARTS[1:]
    }
    whose = pl.Series(range(len(rules)), dtype=pl.UInt32).repeat_by(pl.Series(counts)).explode(empty_as_null=False)
    advised = (pl.col("status") == Status.MET.value) & pl.col("detail").is_not_null()
    sources = scope.table.sources
    return (
        pl.DataFrame({"_rule": whose, **cut})
        .select(
            _one_of([rule.id for rule in rules], pl.col("_rule")).alias("rule"),
            pl.lit(scope.table.log).alias("log"),
            pl.col(RECORD).alias("record"),
            pl.col("_unit").alias("unit"),
            "status",
            pl.when(advised).then(pl.lit(Severity.INFO.value)).otherwise("severity").alias("severity"),
            pl.col("start").alias("start_on"),
            pl.col("due").alias("due_on"),
            pl.col("done").alias("done_on"),
            "late",
            _one_of([verdict.day_type.value for verdict in verdicts], pl.col("_rule")).alias("day_type"),
            "provisional",
            _missing(wide, verdicts).alias("missing"),
            pl.coalesce("detail", pl.lit("")).alias("detail"),
            _one_of([source.file for source in sources], pl.col(SOURCE)).alias("file"),
            _one_of([source.sheet for source in sources], pl.col(SOURCE)).alias("sheet"),
            pl.col(ROW).alias("row"),
        )
        .cast(SCHEMA)
    )


def _one_of(texts: list[str], at: pl.Expr) -> pl.Expr:
    return pl.lit(pl.Series(texts, dtype=pl.Categorical())).gather(at)


def _missing(wide: pl.DataFrame, verdicts: list[Verdict]) -> pl.Expr:
    """The names of the fields that each obligation lacks: worked out for the few that are unverifiable only."""
    lists: dict[tuple[str, ...], int] = {(): 0}
    numbers = [pl.Series([0], dtype=pl.UInt32)]
    is_open = [
        pl.col(f"{number}:applies") & (pl.col(f"{number}:status") == Status.UNVERIFIABLE.value)
        for number in range(len(verdicts))
    ]
    some = wide.select(each.any().alias(str(number)) for number, each in enumerate(is_open)).row(0)
    asked = [number for number in range(len(verdicts)) if some[number]]
    found = pl.collect_all(_lacking(wide.lazy().filter(is_open[number]), verdicts[number]) for number in asked)
    for number, lacking in zip(asked, found, strict=True):
        masks = lacking["lacking"].unique().to_list()
        named = [tuple(name for at, name in enumerate(verdicts[number].missing) if mask >> at & 1) for mask in masks]
        places = [lists.setdefault(names, len(lists)) for names in named]
        numbers.append(lacking["lacking"].replace_strict(masks, places, return_dtype=pl.UInt32))
    unverifiable = pl.col("status") == Status.UNVERIFIABLE.value
    own = pl.lit(pl.concat(numbers)).gather(unverifiable.cast(pl.UInt32).cum_sum())
    texts = pl.Series([list(names) for names in lists], dtype=pl.List(pl.String))
    return pl.lit(texts).gather(pl.when(unverifiable).then(own).otherwise(0))


def _lacking(open_ones: pl.LazyFrame, verdict: Verdict) -> pl.LazyFrame:
    """Which fields each of a rule's unverifiable obligations lacks, a bit a field."""
    flags = enumerate(verdict.missing.values())
    bits = [pl.when(flag).then(pl.lit(1 << at)).otherwise(0) for at, flag in flags]
    return open_ones.select(pl.sum_horizontal([pl.lit(0, dtype=pl.Int64), *bits]).alias("lacking"))
