"""The checks of ../checks written by hand in Polars."""

from collections.abc import Mapping
from datetime import date
from functools import reduce
from operator import and_, or_
from pathlib import Path

import polars as pl

from peers.tables import (
    CHECK_SIGNS,
    CHECK_WEIGHTS,
    DAYS,
    EMAIL,
    IN_FORCE,
    MOBILE,
    RESIDENT,
    RESIDENT_ALONE,
    UNITS,
    VERDICT,
    about,
    columns,
    number,
)

Tables = Mapping[str, pl.DataFrame]
MET, BREACHED, PENDING, EXCUSED, OPEN = (
    pl.lit(word) for word in ("met", "breached", "pending", "excused", "unverifiable")
)
in_force = pl.lit(number(IN_FORCE), dtype=pl.Int32)
col = pl.col


def load(folder: Path) -> tuple[Tables, pl.DataFrame, dict[str, object]]:
    """The columns that the checks need."""
    tables = {log: pl.read_parquet(folder / f"{log}.parquet", columns=columns(log)) for log in DAYS}
    return tables, pl.read_parquet(folder / "days.parquet"), about(folder)


class Clock:
    """The calendar as tables to look up in; days are numbers."""

    def __init__(self, days: pl.DataFrame, as_of: date) -> None:
        self.first, self.passed = days["day"][0], days["passed"]
        self.working = days.filter(col("passed") > col("passed").shift(1, fill_value=0))["day"]
        self.now = pl.lit(number(as_of), dtype=pl.Int32)

    def workdays(self, day: pl.Expr) -> pl.Expr:
        """Working days from the beginning of the calendar up to the day."""
        return pl.lit(self.passed).gather(day - self.first)

    def after(self, day: pl.Expr, count: int | pl.Expr) -> pl.Expr:
        """The working day so many working days after the day."""
        if isinstance(count, int):
            due = self.working.gather((self.passed + (count - 1)).clip(0, len(self.working) - 1))
            return pl.lit(due).gather(day - self.first)
        counted = pl.lit(self.working).gather(self.workdays(day) + count - 1)
        return pl.when(count > 0).then(counted).when(count <= 0).then(day)

    def month_after(self, day: pl.Expr) -> pl.Expr:
        """The same day of the next month, or the working day that follows it."""
        same = day.cast(pl.Date).dt.offset_by("1mo").cast(pl.Int32)
        return pl.lit(self.working).gather(self.workdays(same - 1))


def evaluate(loaded: tuple[Tables, pl.DataFrame, dict[str, object]]) -> pl.DataFrame:
    """One row a verdict."""
    tables, days, noted = loaded
    as_of = date.fromisoformat(str(noted["as_of"]))
    clock = Clock(days, as_of)
    base = {log: known_days(tables[log], DAYS[log].split(), as_of) for log in DAYS}
    for log, (whose, key) in UNITS.items():
        units = base[whose].group_by(key).agg(col("unit").min())
        base[log] = base[log].join(units, on=key, how="left", maintain_order="left")
    office = pl.lit(str(noted["office"]))
    base["requests"] = base["requests"].with_columns(
        _linked(base["requests"], base["requests"], ["applicant", "description"], _other("request_id")).alias("again")
    )
    base["consultations"] = base["consultations"].with_columns(
        _linked(
            base["consultations"], base["requests"], ["request_id"], col("received_on_right") <= col("sent_on")
        ).alias("asked")
    )
    agreed = col("conclusion").is_in(["同意公开", "部分公开"])
    same_text = _linked(
        base["publications"], base["publications"], ["title", "unit", "formed_on:raw"], _other("publication_id")
    )
    reviewed = _linked(base["publications"], base["reviews"], ["publication_id"], agreed)
    approved = base["reviews"].filter(conclusion="同意公开").group_by("publication_id").agg(col("leader_on").max())
    base["publications"] = (
        base["publications"]
        .with_columns(same_text.alias("again"), reviewed.alias("reviewed"))
        .join(approved.drop_nulls().rename({"leader_on": "approved_on"}), on="publication_id", how="left")
        .with_columns(col("approved_on").alias("approved_on:raw"))
    )
    base = {log: frame.with_columns(col("unit").fill_null(office)) for log, frame in base.items()}
    checks = [
        *requests(base["requests"].lazy(), clock),
        *consultations(base["consultations"].lazy(), clock),
        *publications(base["publications"].lazy(), clock),
        *reviews(base["reviews"].lazy(), clock),
        *messages(base["messages"].lazy(), clock),
    ]
    return pl.concat(pl.collect_all(checks))


def known_days(frame: pl.DataFrame, names: list[str], as_of: date) -> pl.DataFrame:
    """Days as numbers: as recorded (`:raw`), and without those that have not come yet."""
    raw = [col(name).cast(pl.Date).cast(pl.Int32).alias(f"{name}:raw") for name in names]
    known = [pl.when(col(f"{name}:raw") <= number(as_of)).then(col(f"{name}:raw")).alias(name) for name in names]
    return frame.with_columns(raw).with_columns(known)


def _other(key: str) -> pl.Expr:
    return col(f"{key}_right") != col(key)


def _linked(frame: pl.DataFrame, other: pl.DataFrame, by: list[str], where: pl.Expr) -> pl.Series:
    """For each row whether a linked row holds: unknown where a row without its link could be the one."""
    left, right = frame.with_row_index("at"), other
    read = list(dict.fromkeys(where.meta.root_names()))
    mine = [name for name in read if not name.endswith("_right") and name in left.columns and name not in by]
    theirs = [name.removesuffix("_right") for name in read if name.endswith("_right")]
    only = [name for name in read if name not in left.columns and not name.endswith("_right")]
    own = left.select("at", *by, *mine)
    others = right.select(*by, *only, *(col(name).alias(f"{name}_right") for name in theirs))
    pairs = own.join(others, on=by, how="inner").select("at", where.alias("holds"))
    found = pairs.group_by("at").agg(col("holds").any(ignore_nulls=False), pl.lit(True).alias("hit"))
    nobody = [pl.lit(None, dtype=left.schema[name]).alias(name) for name in mine]
    loose = others.filter(pl.any_horizontal(col(name).is_null() for name in by))
    loose = loose.with_columns(nobody) if not set(by) & set(read) else loose
    could_be = loose.height > 0 and bool(loose.select(where.fill_null(True).any()).item())
    absent = None if could_be else False
    keyed = pl.all_horizontal(col(name).is_not_null() for name in by)
    answer = (
        pl.when(~keyed)
        .then(None)
        .when(col("hit").is_null() | ~col("holds"))
        .then(pl.lit(absent, dtype=pl.Boolean))
        .otherwise(col("holds"))
    )
    return left.join(found, on="at", how="left", maintain_order="left").select(answer).to_series()


def readable(name: str) -> pl.Expr:
    return ~col("_unread").list.contains(name).fill_null(False)


def _rows(frame: pl.LazyFrame, rule: str, applies: pl.Expr, status: pl.Expr, **days: pl.Expr) -> pl.LazyFrame:
    none = pl.lit(None, dtype=pl.Int32)
    return (
        frame.with_columns(applies.alias("applies"))
        .filter(col("applies").fill_null(True))
        .select(
            pl.lit(rule).alias("rule"),
            col("_record").alias("record"),
            "unit",
            col("_row").alias("row"),
            pl.when(col("applies").is_null()).then(OPEN).otherwise(status).alias("status"),
            *(days.get(name, none).cast(pl.Int32).cast(pl.Date).alias(name) for name in VERDICT[5:8]),
            pl.when(col("applies").is_not_null()).then(days.get("late", none)).cast(pl.Int32).alias("late"),
        )
        .select(VERDICT)
    )


def deadline(
    frame: pl.LazyFrame,
    clock: Clock,
    rule: str,
    start: str,
    act: str,
    due: pl.Expr,
    *,
    when: pl.Expr | None = None,
    satisfied: pl.Expr | None = None,
    excused: pl.Expr | None = None,
    late_in: str = "working",
) -> pl.LazyFrame:
    """An act within a limit of an event."""
    frame = frame.with_columns(due.alias("due"))
    begins, done, due = col(start), col(act), col("due")
    raw = col(f"{start}:raw")
    applies = (raw <= clock.now).fill_null(True) & (raw >= in_force).fill_null(True)
    applies = applies if when is None else applies & when
    status = (
        pl.when(pl.lit(False) if satisfied is None else satisfied.fill_null(False))
        .then(MET)
        .when(begins.is_null() | (done < begins))
        .then(OPEN)
        .when(done <= due)
        .then(MET)
        .when(done.is_null() & ~readable(act))
        .then(OPEN)
        .when(done.is_null() & (clock.now <= due))
        .then(PENDING)
        .otherwise(BREACHED)
    )
    return _late(frame.with_columns(status.alias("status")), clock, rule, applies, start, act, excused, late_in)


def _late(
    frame: pl.LazyFrame,
    clock: Clock,
    rule: str,
    applies: pl.Expr,
    start: str,
    act: str,
    excused: pl.Expr | None,
    late_in: str,
) -> pl.LazyFrame:
    done, due, is_breached = pl.coalesce(col(act), clock.now), col("due"), col("status") == "breached"
    days = done - due
    if late_in == "working":
        days = pl.max_horizontal(clock.workdays(done) - clock.workdays(due), pl.lit(1, dtype=pl.Int32))
    status = col("status")
    if excused is not None:
        status = pl.when(is_breached & excused.fill_null(False)).then(EXCUSED).otherwise(status)
    late = pl.when(is_breached & (done > due)).then(days)
    return _rows(frame, rule, applies, status, start_on=col(start), due_on=due, done_on=col(act), late=late)


def event(
    frame: pl.LazyFrame,
    clock: Clock,
    rule: str,
    trigger: str,
    holds: pl.Expr | None = None,
    *,
    when: pl.Expr | None = None,
    status: pl.Expr | None = None,
    **days: pl.Expr,
) -> pl.LazyFrame:
    """What must hold once something has happened."""
    raw = col(f"{trigger}:raw")
    happened = pl.when(raw.is_null() & readable(trigger)).then(False).otherwise(raw <= clock.now)
    applies = happened & (raw >= in_force)
    applies = applies if when is None else applies & when
    if holds is not None:
        frame = frame.with_columns(holds.alias("holds"))
        status = pl.when(col("holds")).then(MET).when(~col("holds")).then(BREACHED).otherwise(OPEN)
    assert status is not None
    return _rows(frame, rule, applies, status, **{"start_on": raw, **days})


def recorded(name: str) -> pl.Expr:
    """Whether something is written, unknown where it could not be read."""
    return pl.when(readable(name)).then(col(name).is_not_null())


def steps(frame: pl.LazyFrame, clock: Clock, rule: str, trigger: str, names: list[str]) -> pl.LazyFrame:
    """Steps in sequence, each recorded."""
    skipped = [col(name).is_null() & readable(name) for name in names]
    turned = [(col(b) < col(a)).fill_null(False) for at, b in enumerate(names) for a in names[:at]]
    unread = reduce(or_, (~readable(name) for name in names))
    status = pl.when(reduce(or_, [*skipped, *turned])).then(BREACHED).when(unread).then(OPEN).otherwise(MET)
    return event(frame, clock, rule, trigger, status=status, done_on=col(names[-1]))


def reveals(name: str) -> pl.Expr:
    """Whether a text holds a mobile number, an e-mail address or a resident number with its check digit."""

    def search(texts: pl.Series) -> pl.Series:
        found = texts.str.contains(MOBILE) | texts.str.contains(EMAIL)
        maybe = pl.DataFrame({"text": texts}).with_row_index("at").filter(texts.str.contains(RESIDENT).fill_null(False))
        number = col("text").str.extract(RESIDENT_ALONE, 1).str.to_uppercase()
        total = reduce(
            lambda one, other: one + other,
            (number.str.slice(at, 1).cast(pl.Int32) * weight for at, weight in enumerate(CHECK_WEIGHTS)),
        )
        sign = pl.lit(pl.Series(list(CHECK_SIGNS))).gather(total % 11)
        right = maybe.filter(sign == number.str.slice(17, 1))["at"]
        return found.scatter(right, True) if len(right) else found

    return col(name).map_batches(search, return_dtype=pl.Boolean)


def requests(frame: pl.LazyFrame, clock: Clock) -> list[pl.LazyFrame]:
    """R01 to R20."""
    received, outcome = col("received_on"), col("outcome")
    corrected, extended = col("correction_notified_on").is_not_null(), col("extension_approved_on").is_not_null()

    def by(rule: str, start: str, act: str, days: int, **more: pl.Expr) -> pl.LazyFrame:
        return deadline(frame, clock, rule, start, act, clock.after(col(start), days), **more)

    def must(rule: str, holds: pl.Expr, when: pl.Expr | None = None, trigger: str = "replied_on") -> pl.LazyFrame:
        return event(frame, clock, rule, trigger, holds, when=when)

    applicant = recorded("applicant") & recorded("contact") & recorded("description")
    return [
        by("R01", "received_on", "registered_on", 1),
        by("R02", "received_on", "transferred_on", 3),
        by("R03", "transferred_on", "section_received_on", 3),
        by("R04", "section_received_on", "section_replied_on", 10),
        by("R05", "received_on", "correction_notified_on", 7, when=corrected),
        deadline(
            frame,
            clock,
            "R06",
            "correction_notified_on",
            "correction_received_on",
            col("correction_notified_on") + 30,
            when=corrected,
            late_in="calendar",
        ),
        by("R07", "received_on", "replied_on", 20, when=~extended & ~corrected),
        by("R08", "received_on", "replied_on", 40, excused=col("channel") == "当面"),
        by("R09", "received_on", "extension_notified_on", 20, when=extended),
        must("R10", recorded("reply_reason"), outcome == "不予公开"),
        must("R11", recorded("delivery"), outcome.is_in(["予以公开", "部分公开"])),
        must("R12", recorded("search_record"), outcome == "信息不存在"),
        must("R13", recorded("pointer"), outcome == "已主动公开"),
        must("R14", col("remedy_notice"), outcome.is_in(["不予公开", "部分公开", "信息不存在"])),
        must("R15", applicant, trigger="received_on"),
        must("R16", col("extension_days") <= 20, trigger="extension_approved_on"),
        moved_clock(frame, clock, received),
        must("R18", ~col("again"), trigger="received_on"),
        must("R19", ~reveals("description"), trigger="received_on"),
        steps(
            frame,
            clock,
            "R20",
            "replied_on",
            ["received_on", "transferred_on", "section_replied_on", "replied_on"],
        ),
    ]


def moved_clock(frame: pl.LazyFrame, clock: Clock, received: pl.Expr) -> pl.LazyFrame:
    """R17: a correction starts the clock anew, an extension lengthens it."""
    notice, corrected = col("correction_notified_on"), col("correction_received_on")
    approved, notified, given = col("extension_approved_on"), col("extension_notified_on"), col("extension_days")
    done = col("replied_on")
    in_time = notice.is_null() | (notice <= clock.after(received, 20))
    came = corrected.is_not_null() & (corrected >= received)
    waiting = notice.is_not_null() & in_time & corrected.is_null()
    anew = pl.when(came & in_time & readable("correction_notified_on")).then(corrected).otherwise(received)
    frame = frame.with_columns(clock.after(anew, 20).alias("original"), waiting.alias("waiting"), came.alias("came"))
    original = col("original")
    more = given.cast(pl.Int32).fill_null(20).clip(0, 20)
    ok = {
        name: (day <= original).fill_null(False)
        for name, day in (("extension_approved_on", approved), ("extension_notified_on", notified))
    }
    counts = reduce(and_, ok.values())
    asked = approved.is_not_null() | notified.is_not_null() | given.is_not_null()
    frame = frame.with_columns(clock.after(original, more).alias("longest"), counts.alias("counts"))
    open_extension = (asked & ~col("counts") & reduce(and_, (good | ~readable(name) for name, good in ok.items()))) & (
        pl.coalesce(done, clock.now) <= col("longest")
    ).fill_null(False)
    unread_extension = reduce(or_, (~readable(name) for name in ok))
    unsure = (
        (col("waiting") & ~readable("correction_received_on"))
        | (col("came") & ~readable("correction_notified_on"))
        | (open_extension & unread_extension)
    )
    stands = col("waiting") & readable("correction_received_on")
    frame = frame.with_columns(
        pl.when(col("counts")).then(col("longest")).otherwise(original).alias("due"),
        unsure.alias("unsure"),
        stands.alias("stands"),
    )
    due = col("due")
    status = (
        pl.when(received.is_null() | (done < received))
        .then(OPEN)
        .when(col("stands") & done.is_not_null())
        .then(MET)
        .when(col("stands") & readable("replied_on"))
        .then(PENDING)
        .when(due.is_null())
        .then(OPEN)
        .when(done <= due)
        .then(MET)
        .when(done.is_null() & ~readable("replied_on"))
        .then(OPEN)
        .when(done.is_null() & (clock.now <= due))
        .then(PENDING)
        .when(col("unsure"))
        .then(OPEN)
        .otherwise(BREACHED)
    )
    raw = col("received_on:raw")
    applies = (raw <= clock.now).fill_null(True) & (raw >= in_force).fill_null(True)
    frame = frame.with_columns(status.alias("status"))
    return _late(frame, clock, "R17", applies, "received_on", "replied_on", None, "working")


def consultations(frame: pl.LazyFrame, clock: Clock) -> list[pl.LazyFrame]:
    """R21 to R23."""
    return [
        deadline(frame, clock, "R21", "sent_on", "answered_on", clock.after(col("sent_on"), 15)),
        event(frame, clock, "R22", "sent_on", col("written")),
        event(frame, clock, "R23", "sent_on", col("asked")),
    ]


def publications(frame: pl.LazyFrame, clock: Clock) -> list[pl.LazyFrame]:
    """P01 to P11."""
    open_item = col("attribute") == "主动公开"
    formed, published, changed = col("formed_on"), col("published_on"), col("changed_on")
    delayed = col("delay_reason").is_not_null() & col("delay_approved_by").is_not_null()
    secret = col("secrecy").is_in(["秘密", "未定"])
    either = col("attribute").is_in(["主动公开", "依申请公开"])

    def by(rule: str, start: str, act: str, due: pl.Expr, late_in: str = "calendar", **more: pl.Expr) -> pl.LazyFrame:
        return deadline(frame, clock, rule, start, act, due, late_in=late_in, **more)

    def must(rule: str, holds: pl.Expr, when: pl.Expr | None = None) -> pl.LazyFrame:
        return event(frame, clock, rule, "published_on", holds, when=when)

    return [
        by("P01", "formed_on", "published_on", clock.after(formed, 20), "working", when=open_item, satisfied=delayed,
           excused=secret),
        by("P02", "formed_on", "published_on", formed + 7, when=open_item & col("important")),
        by("P03", "published_on", "catalogued_on", clock.after(published, 5), "working",
           when=open_item | col("vital_interest")),
        by("P04", "changed_on", "updated_on", clock.month_after(changed), when=changed.is_not_null()),
        must("P05", recorded("summary") & recorded("categories")),
        must("P06", col("channels").list.contains("局门户网站"), open_item),
        must("P07", col("reviewed")),
        by("P08", "approved_on", "published_on", col("approved_on") + 10),
        must("P09", ~col("again")),
        must("P10", ~reveals("text")),
        must("P11", ~secret, either),
    ]  # fmt: skip


def reviews(frame: pl.LazyFrame, clock: Clock) -> list[pl.LazyFrame]:
    """P12 to P14."""
    first, second = col("submitted_on"), col("leader_on")
    full, untold = clock.after(first, 1), ~readable("submitted_on")
    apart = (
        pl.when(second.is_null())
        .then(OPEN)
        .when(first.is_null() & ~untold)
        .then(BREACHED)
        .when(second >= full)
        .then(MET)
        .when(untold | full.is_null())
        .then(OPEN)
        .otherwise(BREACHED)
    )
    begun = pl.coalesce(first, col("leader_on:raw"))
    looked_at = [col(name) for name in ("scope_checked", "form_checked", "accuracy_checked", "timeliness_checked")]
    return [
        steps(frame, clock, "P12", "leader_on", ["submitted_on", "section_head_on", "leader_on"]),
        event(frame, clock, "P13", "leader_on", status=apart, start_on=begun, done_on=second),
        event(frame, clock, "P14", "leader_on", reduce(and_, looked_at), when=col("conclusion") == "同意公开"),
    ]


def messages(frame: pl.LazyFrame, clock: Clock) -> list[pl.LazyFrame]:
    """P15 to P17."""
    received = col("received_on")
    asks = col("kind").is_in(["政策咨询", "投诉", "求助"])
    public = col("made_public") & ~col("confidential")
    return [
        deadline(frame, clock, "P15", "received_on", "assigned_on", clock.after(received, 1)),
        deadline(frame, clock, "P16", "received_on", "replied_on", clock.after(received, 5), when=asks),
        event(frame, clock, "P17", "replied_on", ~reveals("reply"), when=public),
    ]


def write(verdicts: pl.DataFrame, path: Path) -> None:
    """The verdicts as Parquet."""
    verdicts.write_parquet(path)
