"""The sixteen request rules R01 to R16 for engines that take one fact at a time.

Rule engines count no working days, so the facts come with their due days worked out, and with the day of the
audit in the place of what was not done: a limit is missed where one number exceeds another. That, and reading,
is left out of what an engine is timed by. An engine tells breaches only, not the other four verdicts.

Numbers are days since 1970; "" is blank, "?" a cell that could not be read.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

Fact = Mapping[str, str | int]
NEVER = 10**6  # a due day where nothing is due


@dataclass(frozen=True)
class Field:
    """The value of another field of the same fact."""

    name: str


Test = tuple[str, str, str | int | Field]  # field, "=" or ">", value
Breach = tuple[Test, ...]  # all tests hold


def _late(act: str, *when: Test) -> list[Breach]:
    return [(*when, (act, ">", Field(f"{act}_due")))]


def _answered(outcomes: Sequence[str], *tests: Test) -> list[Breach]:
    return [(("answered", "=", 1), ("outcome", "=", outcome), *tests) for outcome in outcomes]


# When a rule is broken: where any of its breaches holds.
BREACHES: Mapping[str, list[Breach]] = {
    "R01": _late("registered"),
    "R02": _late("transferred"),
    "R03": _late("signed"),
    "R04": _late("section"),
    "R05": _late("told", ("corrected", "=", 1)),
    "R06": _late("completed", ("corrected", "=", 1)),
    "R07": _late("replied", ("corrected", "=", 0), ("extended", "=", 0)),
    "R08": [((("personally", "=", 0)), ("replied", ">", Field("replied_latest")))],
    "R09": _late("extension_told", ("extended", "=", 1)),
    "R10": _answered(["不予公开"], ("reply_reason", "=", "")),
    "R11": _answered(["予以公开", "部分公开"], ("delivery", "=", "")),
    "R12": _answered(["信息不存在"], ("search_record", "=", "")),
    "R13": _answered(["已主动公开"], ("pointer", "=", "")),
    "R14": _answered(["不予公开", "部分公开", "信息不存在"], ("remedy_notice", "=", "否")),
    "R15": [(("received", "=", 1), (name, "=", "")) for name in ("applicant", "contact", "description")],
    "R16": [(("granted", "=", 1), ("extension_days", ">", 20))],
}
# act: the day that starts its clock, the day of the act, the limit (None: 30 calendar days)
LIMITS: Mapping[str, tuple[str, str, int | None]] = {
    "registered": ("received_on", "registered_on", 1),
    "transferred": ("received_on", "transferred_on", 3),
    "signed": ("transferred_on", "section_received_on", 3),
    "section": ("section_received_on", "section_replied_on", 10),
    "told": ("received_on", "correction_notified_on", 7),
    "completed": ("correction_notified_on", "correction_received_on", None),
    "replied": ("received_on", "replied_on", 20),
    "extension_told": ("received_on", "extension_notified_on", 20),
}
TEXTS = "outcome reply_reason delivery search_record pointer applicant contact description"
CLAUSES = [(rule, breach) for rule, breaches in BREACHES.items() for breach in breaches]


def prepare(folder: Path, out: Path, count: int) -> int:
    """Facts from the first records of the requests in `folder`, one a line; returns how many."""
    import polars as pl

    from peers.polars_checks import Clock, known_days, readable
    from peers.tables import DAYS, IN_FORCE, about, number

    now, first = number(date.fromisoformat(about(folder)["as_of"])), number(IN_FORCE)
    clock = Clock(pl.read_parquet(folder / "days.parquet"), date.fromisoformat(about(folder)["as_of"]))
    frame = pl.read_parquet(folder / "requests.parquet").head(count)
    frame = known_days(frame, DAYS["requests"].split(), date.fromisoformat(about(folder)["as_of"]))
    columns: dict[str, pl.Expr] = {}

    def due(start: str, limit: int | None) -> pl.Expr:
        day = pl.col(start) + 30 if limit is None else clock.after(pl.col(start), limit)
        return pl.when(pl.col(f"{start}:raw") >= first).then(day).fill_null(NEVER)

    for act, (start, done, limit) in LIMITS.items():
        nothing = pl.when(readable(done)).then(now).otherwise(0)
        columns[act] = pl.coalesce(pl.col(done), nothing)
        columns[f"{act}_due"] = due(start, limit)
    columns["replied_latest"] = due("received_on", 40)
    columns["corrected"] = pl.col("correction_notified_on").is_not_null()
    columns["extended"] = pl.col("extension_approved_on").is_not_null()
    columns["personally"] = (pl.col("channel") == "当面").fill_null(False)
    events = {"answered": "replied_on", "received": "received_on", "granted": "extension_approved_on"}
    columns |= {name: (pl.col(day) >= first).fill_null(False) for name, day in events.items()}
    columns["extension_days"] = pl.col("extension_days").fill_null(0)
    for name in TEXTS.split():
        columns[name] = pl.col(name).fill_null(pl.when(readable(name)).then(pl.lit("")).otherwise(pl.lit("?")))
    columns["remedy_notice"] = (
        pl.when(pl.col("remedy_notice")).then(pl.lit("是")).when(~pl.col("remedy_notice")).then(pl.lit("否"))
    ).fill_null("?")
    numbers = pl.int_range(pl.len()).alias("number")
    facts = frame.select(numbers, *(each.alias(name) for name, each in columns.items()))
    facts.with_columns(pl.col(pl.Boolean).cast(pl.Int32)).write_ndjson(out)
    return facts.height


def facts_in(path: Path) -> list[Fact]:
    """The facts of a file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def timed(path: Path, out: Path, judge: Callable[[list[Fact]], Iterator[tuple[str, int]]]) -> None:
    """Hand the facts to an engine that is ready, write what it found; prints the seconds of the judging as JSON."""
    facts = facts_in(path)
    started = time.perf_counter()
    found = set(judge(facts))
    seconds = time.perf_counter() - started
    out.write_text(json.dumps(sorted(found)), encoding="utf-8")
    print(json.dumps({"evaluate": seconds, "facts": len(facts)}))
