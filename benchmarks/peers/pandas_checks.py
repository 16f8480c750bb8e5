"""The checks of ../checks written by hand in pandas and numpy.

Days are arrays of float, not recorded is NaN: what is compared with it does not hold. Where "unknown" matters,
an array holds 0 for no, 1 for unknown and 2 for yes: `and` is the lesser, `or` the greater of two.
"""

from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

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
)

NO, UNKNOWN, YES = np.int8(0), np.int8(1), np.int8(2)
Days = np.ndarray
Truth = np.ndarray
Loaded = tuple[dict[str, pd.DataFrame], pd.DataFrame, dict[str, Any]]


def load(folder: Path) -> Loaded:
    """The columns that the checks need."""
    tables = {log: pd.read_parquet(folder / f"{log}.parquet", columns=columns(log)) for log in DAYS}
    return tables, pd.read_parquet(folder / "days.parquet"), about(folder)


class Clock:
    """The calendar as arrays to look up in."""

    def __init__(self, days: pd.DataFrame, as_of: str) -> None:
        self.first, self.passed = int(days["day"].iloc[0]), days["passed"].to_numpy()
        self.working = days["day"].to_numpy()[np.diff(self.passed, prepend=0) > 0]
        self.now = float(np.datetime64(as_of, "D").astype(int))

    def workdays(self, day: Days) -> Days:
        """Working days from the beginning of the calendar up to the day."""
        return _known(day, lambda known: self.passed[known - self.first])

    def after(self, day: Days, count: int | np.ndarray) -> Days:
        """The working day so many working days after the day."""
        if isinstance(count, int):
            return _known(day, lambda known: self.working[self.passed[known - self.first] + count - 1])
        counted = _known(self.workdays(day) + count, lambda place: self.working[place - 1])
        return np.where(count > 0, counted, day)

    def month_after(self, day: Days) -> Days:
        """The same day of the next month, or the working day that follows it."""

        def same(known: np.ndarray) -> np.ndarray:
            dates = pd.DatetimeIndex(known.astype("datetime64[D]")) + pd.DateOffset(months=1)
            before = dates.to_numpy().astype("datetime64[D]").astype(int) - 1
            return self.working[self.passed[before - self.first]]

        return _known(day, same)


def _known(day: Days, answer: Callable[[np.ndarray], np.ndarray]) -> Days:
    """The answer for the days that are recorded."""
    found = np.full(len(day), np.nan)
    recorded = ~np.isnan(day)
    found[recorded] = answer(day[recorded].astype(np.int64))
    return found


class Log:
    """One log as arrays: days as recorded (`raw`), those that have come (`day`), and cells that could not be read."""

    def __init__(self, frame: pd.DataFrame, days: str, clock: Clock, units: pd.Series, office: str) -> None:
        self.frame, self.clock, self.size = frame, clock, len(frame)
        self.raw = {name: _numbers(frame[name]) for name in days.split()}
        self.day = {name: np.where(raw <= clock.now, raw, np.nan) for name, raw in self.raw.items()}
        self.units = units.fillna(office).to_numpy(dtype=object)
        self.records, self.rows = frame["_record"].to_numpy(dtype=object), frame["_row"].to_numpy()
        cells = frame["_unread"].reset_index(drop=True).explode().dropna()
        self._unread = {name: part.index.to_numpy() for name, part in cells.groupby(cells)}

    def unread(self, name: str) -> np.ndarray:
        """Rows whose cell of a field could not be read."""
        flags = np.zeros(self.size, dtype=bool)
        flags[self._unread.get(name, [])] = True
        return flags

    def known(self, name: str) -> np.ndarray:
        """Rows of which a field is recorded."""
        return self.frame[name].notna().to_numpy()

    def recorded(self, name: str) -> Truth:
        """Whether something is written, unknown where it could not be read."""
        return truth(self.known(name), ~self.unread(name))

    def flag(self, name: str) -> Truth:
        """A flag, unknown where it is not recorded."""
        column = self.frame[name]
        return truth(column.fillna(False).to_numpy(dtype=bool), column.notna().to_numpy())

    def is_in(self, name: str, *values: str) -> Truth:
        """Whether a text is one of these."""
        return truth(self.frame[name].isin(values).to_numpy(), self.known(name))

    def reveals(self, name: str) -> Truth:
        """Whether a text holds a mobile number, an e-mail address or a resident number with its check digit."""
        texts = self.frame[name]
        hits = texts.str.contains(MOBILE, na=False) | texts.str.contains(EMAIL, na=False)
        numbers = texts[texts.str.contains(RESIDENT, na=False)].str.extract(RESIDENT_ALONE)[0].dropna()
        hits = hits.to_numpy(dtype=bool, copy=True)
        hits[[place for place, number in numbers.items() if _is_right(number.upper())]] = True
        return truth(hits, self.known(name))


def _is_right(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, CHECK_WEIGHTS, strict=False))
    return CHECK_SIGNS[total % 11] == number[17]


def _numbers(column: pd.Series) -> Days:
    days = pd.to_datetime(column).to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(days), np.nan, days.astype(np.int64))


def truth(holds: np.ndarray, known: np.ndarray) -> Truth:
    """0 no, 1 unknown, 2 yes."""
    return np.where(known, np.where(holds, YES, NO), UNKNOWN)


def both(*parts: Truth) -> Truth:
    """All of it."""
    return reduce(np.minimum, parts)


def evaluate(loaded: Loaded) -> pd.DataFrame:
    """One row a verdict."""
    tables, days, noted = loaded
    clock = Clock(days, noted["as_of"])
    logs = {}
    for log, frame in tables.items():
        units = frame["unit"] if "unit" in frame else _linked_units(log, tables)
        logs[log] = Log(frame, DAYS[log], clock, units, noted["office"])
    checks = [
        *requests(logs["requests"]),
        *consultations(logs["consultations"], logs["requests"]),
        *publications(logs["publications"], logs["reviews"]),
        *reviews(logs["reviews"]),
        *messages(logs["messages"]),
    ]
    return pd.concat(checks, ignore_index=True)


def _linked_units(log: str, tables: dict[str, pd.DataFrame]) -> pd.Series:
    other, key = UNITS[log]
    units = tables[other].dropna(subset=[key, "unit"]).groupby(key)["unit"].min()
    return tables[log][key].map(units)


def linked(
    log: Log, keys: dict[str, np.ndarray], other: dict[str, np.ndarray], where: Callable[[pd.DataFrame], Truth],
    mine: dict[str, np.ndarray], theirs: dict[str, np.ndarray],
) -> Truth:  # fmt: skip
    """Whether a linked row holds: unknown where a row without its link could be the one."""
    left = pd.DataFrame({"at": np.arange(log.size), **keys, **{f"own_{name}": each for name, each in mine.items()}})
    right = pd.DataFrame({**other, **{f"its_{name}": each for name, each in theirs.items()}})
    names = list(keys)
    pairs = left.dropna(subset=names).merge(right.dropna(subset=names), on=names)
    answer = np.full(log.size, NO)
    if len(pairs):
        best = pd.Series(where(pairs)).groupby(pairs["at"].to_numpy()).max()
        answer[best.index.to_numpy()] = best.to_numpy()
    loose = right[right[names].isna().any(axis=1)]
    nobody = {f"own_{name}": np.full(len(loose), np.nan) for name in mine}
    if len(loose) and (where(loose.assign(**nobody)) != NO).any():
        answer[answer == NO] = UNKNOWN
    answer[left[names].isna().any(axis=1).to_numpy()] = UNKNOWN
    return answer


def _different(key: str) -> Callable[[pd.DataFrame], Truth]:
    def where(pairs: pd.DataFrame) -> Truth:
        own, its = pairs[f"own_{key}"], pairs[f"its_{key}"]
        known = (own.notna() & its.notna()).to_numpy()
        return truth(known & (own.to_numpy(dtype=object) != its.to_numpy(dtype=object)), known)

    return where


def _rows(log: Log, rule: str, applies: Truth, status: np.ndarray, **days: Days) -> pd.DataFrame:
    here = applies != NO
    settled = (applies == YES)[here]
    none = np.full(log.size, np.nan)
    columns: dict[str, Any] = {
        "rule": rule,
        "record": log.records[here],
        "unit": log.units[here],
        "row": log.rows[here],
        "status": np.where(settled, status[here], "unverifiable"),
    }
    for name in VERDICT[5:8]:
        day = days.get(name, none)[here]
        missing = np.isnan(day)
        numbers = np.where(missing, 0, day).astype("datetime64[D]")
        columns[name] = np.where(missing, np.datetime64("NaT"), numbers).astype("datetime64[s]")
    columns["late"] = np.where(settled, days.get("late", none)[here], np.nan)
    return pd.DataFrame(columns)


def deadline(
    log: Log,
    rule: str,
    start: str,
    act: str,
    due: Days,
    *,
    when: Truth | None = None,
    satisfied: np.ndarray | None = None,
    excused: np.ndarray | None = None,
    working: bool = True,
) -> pd.DataFrame:
    """An act within a limit of an event."""
    begins, done, now = log.day[start], log.day[act], log.clock.now
    not_done = np.isnan(done)
    status = np.select(
        [
            np.zeros(log.size, dtype=bool) if satisfied is None else satisfied,
            np.isnan(begins) | (done < begins),
            done <= due,
            not_done & log.unread(act),
            not_done & (now <= due),
        ],
        ["met", "unverifiable", "met", "unverifiable", "pending"],
        "breached",
    )
    return _judged(log, rule, start, act, due, status, when, excused, working)


def _judged(
    log: Log,
    rule: str,
    start: str,
    act: str,
    due: Days,
    status: np.ndarray,
    when: Truth | None,
    excused: np.ndarray | None,
    working: bool,
) -> pd.DataFrame:
    raw = log.raw[start]
    applies = np.where((raw > log.clock.now) | (raw < _IN_FORCE), NO, YES)
    applies = applies if when is None else both(applies, when)
    breached = status == "breached"
    ended = np.where(np.isnan(log.day[act]), log.clock.now, log.day[act])
    clock = log.clock
    beyond = np.fmax(clock.workdays(ended) - clock.workdays(due), 1) if working else ended - due
    late = np.where(breached & (ended > due), beyond, np.nan)
    if excused is not None:
        status = np.where(breached & excused, "excused", status)
    return _rows(log, rule, applies, status, start_on=log.day[start], due_on=due, done_on=log.day[act], late=late)


_IN_FORCE = float(np.datetime64(IN_FORCE, "D").astype(int))


def event(
    log: Log,
    rule: str,
    trigger: str,
    holds: Truth | None = None,
    *,
    when: Truth | None = None,
    status: np.ndarray | None = None,
    **days: Days,
) -> pd.DataFrame:
    """What must hold once something has happened."""
    raw = log.raw[trigger]
    applies = np.where((raw <= log.clock.now) & (raw >= _IN_FORCE), YES, NO)
    applies = np.where(np.isnan(raw) & log.unread(trigger), UNKNOWN, applies)
    applies = applies if when is None else both(applies, when)
    if status is None:
        assert holds is not None
        status = np.array(["breached", "unverifiable", "met"])[holds]
    return _rows(log, rule, applies, status, **{"start_on": raw, **days})


def steps(log: Log, rule: str, trigger: str, names: list[str]) -> pd.DataFrame:
    """Steps in sequence, each recorded."""
    days = [log.day[name] for name in names]
    unread = [log.unread(name) for name in names]
    wrong = [np.isnan(day) & ~lost for day, lost in zip(days, unread, strict=True)]
    wrong += [later < earlier for at, later in enumerate(days) for earlier in days[:at]]
    status = np.select([np.any(wrong, axis=0), np.any(unread, axis=0)], ["breached", "unverifiable"], "met")
    return event(log, rule, trigger, status=status, done_on=days[-1])


def requests(log: Log) -> list[pd.DataFrame]:
    """R01 to R20."""
    clock, day = log.clock, log.day
    corrected = ~np.isnan(day["correction_notified_on"])
    extended = ~np.isnan(day["extension_approved_on"])
    always = np.ones(log.size, dtype=bool)

    def by(rule: str, start: str, act: str, count: int, **more: Any) -> pd.DataFrame:
        return deadline(log, rule, start, act, clock.after(day[start], count), **more)

    def must(rule: str, holds: Truth, when: Truth | None = None, trigger: str = "replied_on") -> pd.DataFrame:
        return event(log, rule, trigger, holds, when=when)

    def answered(*kinds: str) -> Truth:
        return log.is_in("outcome", *kinds)

    given = log.frame["extension_days"].to_numpy(dtype=float, na_value=np.nan)
    texts = {name: log.frame[name].to_numpy(dtype=object) for name in ("applicant", "description", "request_id")}
    keys, number = {name: texts[name] for name in ("applicant", "description")}, {"request_id": texts["request_id"]}
    again = linked(log, keys, keys, _different("request_id"), number, number)
    return [
        by("R01", "received_on", "registered_on", 1),
        by("R02", "received_on", "transferred_on", 3),
        by("R03", "transferred_on", "section_received_on", 3),
        by("R04", "section_received_on", "section_replied_on", 10),
        by("R05", "received_on", "correction_notified_on", 7, when=truth(corrected, always)),
        deadline(
            log,
            "R06",
            "correction_notified_on",
            "correction_received_on",
            day["correction_notified_on"] + 30,
            when=truth(corrected, always),
            working=False,
        ),
        by("R07", "received_on", "replied_on", 20, when=truth(~extended & ~corrected, always)),
        by("R08", "received_on", "replied_on", 40, excused=log.is_in("channel", "当面") == YES),
        by("R09", "received_on", "extension_notified_on", 20, when=truth(extended, always)),
        must("R10", log.recorded("reply_reason"), answered("不予公开")),
        must("R11", log.recorded("delivery"), answered("予以公开", "部分公开")),
        must("R12", log.recorded("search_record"), answered("信息不存在")),
        must("R13", log.recorded("pointer"), answered("已主动公开")),
        must("R14", log.flag("remedy_notice"), answered("不予公开", "部分公开", "信息不存在")),
        must(
            "R15",
            both(*(log.recorded(name) for name in ("applicant", "contact", "description"))),
            trigger="received_on",
        ),
        must("R16", truth(given <= 20, ~np.isnan(given)), trigger="extension_approved_on"),
        moved_clock(log, given),
        must("R18", YES - again, trigger="received_on"),
        must("R19", YES - log.reveals("description"), trigger="received_on"),
        steps(log, "R20", "replied_on", ["received_on", "transferred_on", "section_replied_on", "replied_on"]),
    ]


def moved_clock(log: Log, given: np.ndarray) -> pd.DataFrame:
    """R17: a correction starts the clock anew, an extension lengthens it."""
    clock, day, now = log.clock, log.day, log.clock.now
    received, done = day["received_on"], day["replied_on"]
    notice, correction = day["correction_notified_on"], day["correction_received_on"]
    approved, notified = day["extension_approved_on"], day["extension_notified_on"]
    unread = {name: log.unread(name) for name in log.day}
    in_time = np.isnan(notice) | (notice <= clock.after(received, 20))
    came = correction >= received
    waiting = ~np.isnan(notice) & in_time & np.isnan(correction)
    anew = came & in_time & ~unread["correction_notified_on"]
    original = clock.after(np.where(anew, correction, received), 20)
    longest = clock.after(original, np.clip(np.where(np.isnan(given), 20, given), 0, 20))
    counts = (approved <= original) & (notified <= original)
    asked = ~(np.isnan(approved) & np.isnan(notified) & np.isnan(given))
    no_approval, no_notice = unread["extension_approved_on"], unread["extension_notified_on"]
    open_extension = (
        asked
        & ~counts
        & ((approved <= original) | no_approval)
        & ((notified <= original) | no_notice)
        & (no_approval | no_notice)
        & (np.where(np.isnan(done), now, done) <= longest)
    )
    no_correction = unread["correction_received_on"]
    unsure = (waiting & no_correction) | (came & unread["correction_notified_on"]) | open_extension
    stands = waiting & ~no_correction
    due, not_done = np.where(counts, longest, original), np.isnan(done)
    status = np.select(
        [
            np.isnan(received) | (done < received),
            stands & ~not_done,
            stands & ~unread["replied_on"],
            np.isnan(due),
            done <= due,
            not_done & unread["replied_on"],
            not_done & (now <= due),
            unsure,
        ],
        ["unverifiable", "met", "pending", "unverifiable", "met", "unverifiable", "pending", "unverifiable"],
        "breached",
    )
    return _judged(log, "R17", "received_on", "replied_on", due, status, None, None, True)


def consultations(log: Log, asked: Log) -> list[pd.DataFrame]:
    """R21 to R23."""
    key, other = (each.frame["request_id"].to_numpy(dtype=object) for each in (log, asked))

    def before(pairs: pd.DataFrame) -> Truth:
        known = (pairs["its_received"].notna() & pairs["own_sent"].notna()).to_numpy()
        return truth((pairs["its_received"] <= pairs["own_sent"]).to_numpy(), known)

    received, sent = {"received": asked.day["received_on"]}, {"sent": log.day["sent_on"]}
    found = linked(log, {"request_id": key}, {"request_id": other}, before, sent, received)
    return [
        deadline(log, "R21", "sent_on", "answered_on", log.clock.after(log.day["sent_on"], 15)),
        event(log, "R22", "sent_on", log.flag("written")),
        event(log, "R23", "sent_on", found),
    ]


def publications(log: Log, reviewed: Log) -> list[pd.DataFrame]:
    """P01 to P11."""
    clock, day = log.clock, log.day
    open_item = log.is_in("attribute", "主动公开")
    delayed = log.known("delay_reason") & log.known("delay_approved_by")
    secret = log.is_in("secrecy", "秘密", "未定")
    changed = truth(~np.isnan(day["changed_on"]), np.ones(log.size, dtype=bool))
    channels = log.frame["channels"]
    on_portal = truth(
        np.array([cell is not None and "局门户网站" in cell for cell in channels], dtype=bool), log.known("channels")
    )
    columns = {name: log.frame[name].to_numpy(dtype=object) for name in ("title", "unit", "publication_id")}
    same = {"title": columns["title"], "unit": columns["unit"], "formed_on": log.raw["formed_on"]}
    number = {"publication_id": columns["publication_id"]}
    again = linked(log, same, same, _different("publication_id"), number, number)
    link = {"publication_id": reviewed.frame["publication_id"].to_numpy(dtype=object)}
    agreed = {"agreed": reviewed.is_in("conclusion", "同意公开", "部分公开")}
    found = linked(log, number, link, lambda pairs: pairs["its_agreed"].to_numpy(), {}, agreed)
    signed = pd.Series(reviewed.day["leader_on"], index=link["publication_id"])
    signed = signed[(reviewed.is_in("conclusion", "同意公开") == YES) & signed.index.notna()].dropna()
    latest = signed.groupby(level=0).max()
    log.day["approved_on"] = log.frame["publication_id"].map(latest).to_numpy(dtype=float, na_value=np.nan)
    log.raw["approved_on"] = log.day["approved_on"]

    def by(rule: str, start: str, act: str, due: Days, **more: Any) -> pd.DataFrame:
        return deadline(log, rule, start, act, due, **more)

    def must(rule: str, holds: Truth, when: Truth | None = None) -> pd.DataFrame:
        return event(log, rule, "published_on", holds, when=when)

    formed, published = day["formed_on"], day["published_on"]
    return [
        by(
            "P01",
            "formed_on",
            "published_on",
            clock.after(formed, 20),
            when=open_item,
            satisfied=delayed,
            excused=secret == YES,
        ),
        by("P02", "formed_on", "published_on", formed + 7, when=both(open_item, log.flag("important")), working=False),
        by(
            "P03",
            "published_on",
            "catalogued_on",
            clock.after(published, 5),
            when=np.maximum(open_item, log.flag("vital_interest")),
        ),
        by("P04", "changed_on", "updated_on", clock.month_after(day["changed_on"]), when=changed, working=False),
        must("P05", both(log.recorded("summary"), log.recorded("categories"))),
        must("P06", on_portal, open_item),
        must("P07", found),
        by("P08", "approved_on", "published_on", day["approved_on"] + 10, working=False),
        must("P09", YES - again),
        must("P10", YES - log.reveals("text")),
        must("P11", YES - secret, log.is_in("attribute", "主动公开", "依申请公开")),
    ]


def reviews(log: Log) -> list[pd.DataFrame]:
    """P12 to P14."""
    first, second = log.day["submitted_on"], log.day["leader_on"]
    untold, full = log.unread("submitted_on"), log.clock.after(first, 1)
    apart = np.select(
        [np.isnan(second), np.isnan(first) & ~untold, second >= full, untold | np.isnan(full)],
        ["unverifiable", "breached", "met", "unverifiable"],
        "breached",
    )
    begun = np.where(np.isnan(first), log.raw["leader_on"], first)
    looked_at = [log.flag(name) for name in ("scope_checked", "form_checked", "accuracy_checked", "timeliness_checked")]
    return [
        steps(log, "P12", "leader_on", ["submitted_on", "section_head_on", "leader_on"]),
        event(log, "P13", "leader_on", status=apart, start_on=begun, done_on=second),
        event(log, "P14", "leader_on", both(*looked_at), when=log.is_in("conclusion", "同意公开")),
    ]


def messages(log: Log) -> list[pd.DataFrame]:
    """P15 to P17."""
    asks = log.is_in("kind", "政策咨询", "投诉", "求助")
    public = both(log.flag("made_public"), YES - log.flag("confidential"))
    due = {count: log.clock.after(log.day["received_on"], count) for count in (1, 5)}
    return [
        deadline(log, "P15", "received_on", "assigned_on", due[1]),
        deadline(log, "P16", "received_on", "replied_on", due[5], when=asks),
        event(log, "P17", "replied_on", YES - log.reveals("reply"), when=public),
    ]


def write(verdicts: pd.DataFrame, path: Path) -> None:
    """The verdicts as Parquet."""
    verdicts.to_parquet(path, index=False)
