"""The checks of ../checks written by hand in SQL for DuckDB."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from peers.tables import CHECK_SIGNS, CHECK_WEIGHTS, DAYS, EMAIL, IN_FORCE, MOBILE, RESIDENT_ALONE, UNITS, about, number

# Days are numbers since 1970; the calendar stands in two lists, both counted from 1.
MACROS = f"""
    CREATE MACRO workdays(day) AS getvariable('passed')[day - getvariable('first') + 1];
    CREATE MACRO workday(place) AS getvariable('working')[place];
    CREATE MACRO after(day, count) AS
        CASE WHEN count > 0 THEN workday(workdays(day) + count) WHEN count <= 0 THEN day END;
    CREATE MACRO number_of(day) AS date_diff('day', DATE '1970-01-01', day::DATE)::INTEGER;
    CREATE MACRO month_after(day) AS
        workday(workdays(number_of(DATE '1970-01-01' + day + INTERVAL 1 MONTH) - 1) + 1);
    CREATE MACRO unread(fields, name) AS coalesce(list_contains(fields, name), false);
    CREATE MACRO check_sign(number) AS substr('{CHECK_SIGNS}', 1 + list_sum(list_transform(
        {list(CHECK_WEIGHTS)}, lambda weight, place: weight * substr(number, place, 1)::INTEGER))::INTEGER % 11, 1);
    CREATE MACRO right_number(number) AS check_sign(number) = upper(substr(number, 18, 1));
    CREATE MACRO reveals(text) AS
        regexp_matches(text, '{MOBILE}') OR regexp_matches(text, '{EMAIL}')
        OR (regexp_matches(text, '{RESIDENT_ALONE}')
            AND CASE WHEN regexp_matches(text, '{RESIDENT_ALONE}')
                THEN right_number(regexp_extract(text, '{RESIDENT_ALONE}', 1)) ELSE false END);
"""

# Links between logs, worked out once. Where a row of the other log lacks its link, it could be anybody's.
LINKS = """
    CREATE TEMP TABLE again_requests AS SELECT a._row, bool_or(b.request_id <> a.request_id) AS some,
        bool_or((b.request_id <> a.request_id) IS NULL) AS maybe
        FROM requests a JOIN requests b USING (applicant, description) GROUP BY a._row;
    CREATE TEMP TABLE asked AS SELECT a._row, bool_or(b.received_on <= a.sent_on) AS some,
        bool_or((b.received_on <= a.sent_on) IS NULL) AS maybe
        FROM consultations a JOIN requests b USING (request_id) GROUP BY a._row;
    CREATE TEMP TABLE reviewed AS SELECT a._row, bool_or(b.conclusion IN ('同意公开', '部分公开')) AS some,
        bool_or(b.conclusion IS NULL) AS maybe
        FROM publications a JOIN reviews b USING (publication_id) GROUP BY a._row;
    CREATE TEMP TABLE again_publications AS SELECT a._row, bool_or(b.publication_id <> a.publication_id) AS some,
        bool_or((b.publication_id <> a.publication_id) IS NULL) AS maybe
        FROM publications a JOIN publications b
        ON a.title = b.title AND a.own_unit = b.own_unit AND a.formed_on_raw = b.formed_on_raw GROUP BY a._row;
    CREATE TEMP TABLE approved AS SELECT publication_id, max(leader_on) AS approved_on FROM reviews
        WHERE conclusion = '同意公开' AND publication_id IS NOT NULL GROUP BY publication_id;
"""
# name of the answer: log, its table, keys, whether a row without its link could be the one
ANSWERS = {
    "again_requests": ("requests", "applicant description", "applicant IS NULL OR description IS NULL", "requests"),
    "asked": ("consultations", "request_id", "request_id IS NULL", "requests"),
    "reviewed": (
        "publications",
        "publication_id",
        "publication_id IS NULL AND (conclusion IS NULL OR conclusion IN ('同意公开', '部分公开'))",
        "reviews",
    ),
    "again_publications": (
        "publications",
        "title own_unit formed_on_raw",
        "title IS NULL OR own_unit IS NULL OR formed_on_raw IS NULL",
        "publications",
    ),
}
Loaded = tuple[duckdb.DuckDBPyConnection, dict[str, Any]]


def load(folder: Path) -> Loaded:
    """The tables with days as numbers: as recorded (`_raw`), and without those that have not come yet."""
    noted = about(folder)
    base = duckdb.connect()
    base.execute(MACROS)
    now = f"(DATE '{noted['as_of']}' - DATE '1970-01-01')"
    for log, names in DAYS.items():
        days = ", ".join(f"number_of({name}) AS {name}_raw" for name in names.split())
        known = ", ".join(f"CASE WHEN {name}_raw <= {now} THEN {name}_raw END AS {name}" for name in names.split())
        unit = ", unit AS own_unit" if log not in UNITS else ""
        base.execute(
            f"CREATE TEMP TABLE read_{log} AS SELECT * EXCLUDE ({names.replace(' ', ', ')}), {days}{unit}"
            f" FROM read_parquet('{folder}/{log}.parquet')"
        )
        base.execute(f"CREATE TEMP VIEW {log} AS SELECT *, {known} FROM read_{log}")
    passed = [each for (each,) in base.execute(f"SELECT passed FROM '{folder}/days.parquet' ORDER BY day").fetchall()]
    (first,) = base.execute(f"SELECT min(day) FROM '{folder}/days.parquet'").fetchone() or (0,)
    working = [first + at for at in range(len(passed)) if passed[at] > (passed[at - 1] if at else 0)]
    for name, value in (("passed", passed), ("working", working)):
        base.execute(f"SET VARIABLE {name} = {value}::INTEGER[]")
    base.execute(f"SET VARIABLE first = {first}")
    return base, noted


def evaluate(loaded: Loaded) -> duckdb.DuckDBPyConnection:
    """One row a verdict, in the table `verdicts`."""
    base, noted = loaded
    base.execute(LINKS)
    for log in DAYS:
        _ready(base, log, noted["office"])
    now = number(date.fromisoformat(noted["as_of"]))
    checks = [*requests(now), *consultations(now), *publications(now), *reviews(now), *messages(now)]
    base.execute("CREATE TEMP TABLE verdicts AS " + " UNION ALL ".join(checks))
    return base


def _ready(base: duckdb.DuckDBPyConnection, log: str, office: str) -> None:
    """The log with the unit that answers and the answers of other logs."""
    columns, joins = ["log.*"], []
    if log in UNITS:
        other, key = UNITS[log]
        joins.append(f"LEFT JOIN (SELECT {key}, min(unit) AS unit FROM {other} GROUP BY {key}) AS linked USING ({key})")
        columns.append(f"coalesce(linked.unit, '{office}') AS unit_of")
    else:
        columns.append(f"coalesce(log.unit, '{office}') AS unit_of")
    for answer, (whose, keys, loose, other) in ANSWERS.items():
        if whose != log:
            continue
        (could_be,) = base.execute(f"SELECT count(*) > 0 FROM {other} WHERE {loose}").fetchone() or (False,)
        absent = "NULL" if could_be else "false"
        keyed = " AND ".join(f"log.{key} IS NOT NULL" for key in keys.split())
        joins.append(f"LEFT JOIN {answer} ON {answer}._row = log._row")
        columns.append(
            f"CASE WHEN NOT ({keyed}) THEN NULL WHEN {answer}.some THEN true WHEN {answer}.maybe THEN NULL"
            f" ELSE {absent} END AS {answer}"
        )
    if log == "publications":
        joins.append("LEFT JOIN approved ON approved.publication_id = log.publication_id")
        columns += ["approved.approved_on", "approved.approved_on AS approved_on_raw"]
    base.execute(f"CREATE TEMP TABLE ready_{log} AS SELECT {', '.join(columns)} FROM {log} AS log {' '.join(joins)}")


def _rows(log: str, rule: str, applies: str, status: str, start: str, due: str, done: str, late: str) -> str:
    return f"""
        SELECT '{rule}' AS rule, _record AS record, unit_of AS unit, _row AS row,
            CASE WHEN applies IS NULL THEN 'unverifiable' ELSE status END AS status,
            DATE '1970-01-01' + ({start})::INTEGER AS start_on, DATE '1970-01-01' + ({due})::INTEGER AS due_on,
            DATE '1970-01-01' + ({done})::INTEGER AS done_on,
            CASE WHEN applies IS NOT NULL THEN ({late})::INTEGER END AS late
        FROM (SELECT *, {applies} AS applies, {status} AS status FROM {log})
        WHERE applies IS NULL OR applies"""


def deadline(
    now: int,
    log: str,
    rule: str,
    start: str,
    act: str,
    due: str,
    *,
    when: str = "true",
    satisfied: str = "false",
    excused: str = "false",
    working: bool = True,
) -> str:
    """An act within a limit of an event."""
    status = f"""CASE WHEN {satisfied} THEN 'met'
        WHEN {start} IS NULL OR {act} < {start} THEN 'unverifiable'
        WHEN {act} <= due THEN 'met'
        WHEN {act} IS NULL AND unread(_unread, '{act}') THEN 'unverifiable'
        WHEN {act} IS NULL AND {now} <= due THEN 'pending'
        ELSE 'breached' END"""
    log = f"(SELECT *, {due} AS due FROM ready_{log})"
    return _judged(now, log, rule, start, act, when, status, excused, working)


def _judged(
    now: int, log: str, rule: str, start: str, act: str, when: str, status: str, excused: str, working: bool
) -> str:
    applies = f"""coalesce({start}_raw <= {now}, true) AND coalesce({start}_raw >= {number(IN_FORCE)}, true)
        AND ({when})"""
    done = f"coalesce({act}, {now})"
    days = f"greatest(workdays({done}) - workdays(due), 1)" if working else f"{done} - due"
    late = f"CASE WHEN plain = 'breached' AND {done} > due THEN {days} END"
    log = f"(SELECT *, {status} AS plain FROM {log})"
    final = f"CASE WHEN plain = 'breached' AND ({excused}) THEN 'excused' ELSE plain END"
    return _rows(log, rule, applies, final, start, "due", act, late)


def event(
    now: int,
    log: str,
    rule: str,
    trigger: str,
    holds: str = "",
    *,
    when: str = "true",
    status: str = "",
    start: str = "",
    done: str = "NULL",
) -> str:
    """What must hold once something has happened."""
    applies = f"""(CASE WHEN {trigger}_raw IS NULL AND NOT unread(_unread, '{trigger}') THEN false
        ELSE {trigger}_raw <= {now} END) AND {trigger}_raw >= {number(IN_FORCE)} AND ({when})"""
    status = status or f"CASE WHEN {holds} THEN 'met' WHEN NOT ({holds}) THEN 'breached' ELSE 'unverifiable' END"
    return _rows(f"ready_{log}", rule, applies, status, start or f"{trigger}_raw", "NULL", done, "NULL")


def recorded(*names: str) -> str:
    """Whether all of it is written, unknown where it could not be read."""
    return " AND ".join(f"(CASE WHEN NOT unread(_unread, '{name}') THEN {name} IS NOT NULL END)" for name in names)


def steps(now: int, log: str, rule: str, trigger: str, names: list[str]) -> str:
    """Steps in sequence, each recorded."""
    skipped = [f"({name} IS NULL AND NOT unread(_unread, '{name}'))" for name in names]
    turned = [f"coalesce({later} < {name}, false)" for at, later in enumerate(names) for name in names[:at]]
    unread = " OR ".join(f"unread(_unread, '{name}')" for name in names)
    status = f"""CASE WHEN {" OR ".join([*skipped, *turned])} THEN 'breached'
        WHEN {unread} THEN 'unverifiable' ELSE 'met' END"""
    return event(now, log, rule, trigger, status=status, done=names[-1])


def requests(now: int) -> list[str]:
    """R01 to R20."""
    corrected, extended = "correction_notified_on IS NOT NULL", "extension_approved_on IS NOT NULL"

    def by(rule: str, start: str, act: str, days: int, **more: Any) -> str:
        return deadline(now, "requests", rule, start, act, f"after({start}, {days})", **more)

    def must(rule: str, holds: str, when: str = "true", trigger: str = "replied_on") -> str:
        return event(now, "requests", rule, trigger, holds, when=when)

    in_order = ["received_on", "transferred_on", "section_replied_on", "replied_on"]
    return [
        by("R01", "received_on", "registered_on", 1),
        by("R02", "received_on", "transferred_on", 3),
        by("R03", "transferred_on", "section_received_on", 3),
        by("R04", "section_received_on", "section_replied_on", 10),
        by("R05", "received_on", "correction_notified_on", 7, when=corrected),
        deadline(
            now,
            "requests",
            "R06",
            "correction_notified_on",
            "correction_received_on",
            "correction_notified_on + 30",
            when=corrected,
            working=False,
        ),
        by("R07", "received_on", "replied_on", 20, when=f"NOT ({extended}) AND NOT ({corrected})"),
        by("R08", "received_on", "replied_on", 40, excused="channel = '当面'"),
        by("R09", "received_on", "extension_notified_on", 20, when=extended),
        must("R10", recorded("reply_reason"), "outcome = '不予公开'"),
        must("R11", recorded("delivery"), "outcome IN ('予以公开', '部分公开')"),
        must("R12", recorded("search_record"), "outcome = '信息不存在'"),
        must("R13", recorded("pointer"), "outcome = '已主动公开'"),
        must("R14", "remedy_notice", "outcome IN ('不予公开', '部分公开', '信息不存在')"),
        must("R15", recorded("applicant", "contact", "description"), trigger="received_on"),
        must("R16", "extension_days <= 20", trigger="extension_approved_on"),
        moved_clock(now),
        must("R18", "NOT again_requests", trigger="received_on"),
        must("R19", "NOT reveals(description)", trigger="received_on"),
        steps(now, "requests", "R20", "replied_on", in_order),
    ]


def moved_clock(now: int) -> str:
    """R17: a correction starts the clock anew, an extension lengthens it."""
    clocked = """(
        SELECT *, CASE WHEN counts THEN longest ELSE original END AS due,
            (waiting AND unread(_unread, 'correction_received_on'))
            OR (came AND unread(_unread, 'correction_notified_on'))
            OR ((extension_approved_on IS NOT NULL OR extension_notified_on IS NOT NULL OR extension_days IS NOT NULL)
                AND NOT counts
                AND (approved_ok OR unread(_unread, 'extension_approved_on'))
                AND (notified_ok OR unread(_unread, 'extension_notified_on'))
                AND (unread(_unread, 'extension_approved_on') OR unread(_unread, 'extension_notified_on'))
                AND coalesce(coalesce(replied_on, {now}) <= longest, false)) AS unsure
        FROM (
            SELECT *, after(original, least(greatest(coalesce(extension_days, 20), 0), 20)::INTEGER) AS longest,
                coalesce(extension_approved_on <= original, false) AS approved_ok,
                coalesce(extension_notified_on <= original, false) AS notified_ok,
                approved_ok AND notified_ok AS counts
            FROM (
                SELECT *, after(CASE WHEN came AND in_time AND NOT unread(_unread, 'correction_notified_on')
                    THEN correction_received_on ELSE received_on END, 20) AS original
                FROM (
                    SELECT *,
                        correction_notified_on IS NULL OR correction_notified_on <= after(received_on, 20) AS in_time,
                        correction_received_on IS NOT NULL AND correction_received_on >= received_on AS came,
                        correction_notified_on IS NOT NULL AND in_time AND correction_received_on IS NULL AS waiting
                    FROM ready_requests))))""".replace("{now}", str(now))
    status = f"""CASE WHEN received_on IS NULL OR replied_on < received_on THEN 'unverifiable'
        WHEN waiting AND NOT unread(_unread, 'correction_received_on') AND replied_on IS NOT NULL THEN 'met'
        WHEN waiting AND NOT unread(_unread, 'correction_received_on') AND NOT unread(_unread, 'replied_on')
            THEN 'pending'
        WHEN due IS NULL THEN 'unverifiable'
        WHEN replied_on <= due THEN 'met'
        WHEN replied_on IS NULL AND unread(_unread, 'replied_on') THEN 'unverifiable'
        WHEN replied_on IS NULL AND {now} <= due THEN 'pending'
        WHEN unsure THEN 'unverifiable'
        ELSE 'breached' END"""
    return _judged(now, clocked, "R17", "received_on", "replied_on", "true", status, "false", True)


def consultations(now: int) -> list[str]:
    """R21 to R23."""
    return [
        deadline(now, "consultations", "R21", "sent_on", "answered_on", "after(sent_on, 15)"),
        event(now, "consultations", "R22", "sent_on", "written"),
        event(now, "consultations", "R23", "sent_on", "asked"),
    ]


def publications(now: int) -> list[str]:
    """P01 to P11."""
    open_item = "attribute = '主动公开'"

    def by(rule: str, start: str, act: str, due: str, **more: Any) -> str:
        return deadline(now, "publications", rule, start, act, due, **more)

    def must(rule: str, holds: str, when: str = "true") -> str:
        return event(now, "publications", rule, "published_on", holds, when=when)

    return [
        by(
            "P01",
            "formed_on",
            "published_on",
            "after(formed_on, 20)",
            when=open_item,
            satisfied="delay_reason IS NOT NULL AND delay_approved_by IS NOT NULL",
            excused="secrecy IN ('秘密', '未定')",
        ),
        by("P02", "formed_on", "published_on", "formed_on + 7", when=f"{open_item} AND important", working=False),
        by(
            "P03",
            "published_on",
            "catalogued_on",
            "after(published_on, 5)",
            when=f"({open_item}) OR vital_interest",
        ),
        by(
            "P04",
            "changed_on",
            "updated_on",
            "month_after(changed_on)",
            when="changed_on IS NOT NULL",
            working=False,
        ),
        must("P05", recorded("summary", "categories")),
        must("P06", "list_contains(channels, '局门户网站')", open_item),
        must("P07", "reviewed"),
        by("P08", "approved_on", "published_on", "approved_on + 10", working=False),
        must("P09", "NOT again_publications"),
        must("P10", "NOT reveals(text)"),
        must("P11", "secrecy NOT IN ('秘密', '未定')", "attribute IN ('主动公开', '依申请公开')"),
    ]


def reviews(now: int) -> list[str]:
    """P12 to P14."""
    apart = """CASE WHEN leader_on IS NULL THEN 'unverifiable'
        WHEN submitted_on IS NULL AND NOT unread(_unread, 'submitted_on') THEN 'breached'
        WHEN leader_on >= after(submitted_on, 1) THEN 'met'
        WHEN unread(_unread, 'submitted_on') OR after(submitted_on, 1) IS NULL THEN 'unverifiable'
        ELSE 'breached' END"""
    begun = "coalesce(submitted_on, leader_on_raw)"
    looked_at = "scope_checked AND form_checked AND accuracy_checked AND timeliness_checked"
    return [
        steps(now, "reviews", "P12", "leader_on", ["submitted_on", "section_head_on", "leader_on"]),
        event(now, "reviews", "P13", "leader_on", status=apart, start=begun, done="leader_on"),
        event(now, "reviews", "P14", "leader_on", looked_at, when="conclusion = '同意公开'"),
    ]


def messages(now: int) -> list[str]:
    """P15 to P17."""
    return [
        deadline(now, "messages", "P15", "received_on", "assigned_on", "after(received_on, 1)"),
        deadline(
            now,
            "messages",
            "P16",
            "received_on",
            "replied_on",
            "after(received_on, 5)",
            when="kind IN ('政策咨询', '投诉', '求助')",
        ),
        event(now, "messages", "P17", "replied_on", "NOT reveals(reply)", when="made_public AND NOT confidential"),
    ]


def write(base: duckdb.DuckDBPyConnection, path: Path) -> None:
    """The verdicts as Parquet."""
    base.execute(f"COPY verdicts TO '{path}' (FORMAT parquet)")
