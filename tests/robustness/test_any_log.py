"""Whatever stands in the logs, the audit ends, every row is accounted for, and nothing is blamed on nobody."""

import csv
import random
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from auditor.audit.outputs import write_outputs
from auditor.audit.trip import Audited, audit_logs
from auditor.receipt import NOTICES, OUTPUTS
from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.settings import Setting
from tests.robustness.conftest import odd, office, plain


def some_value(setting: Setting, chance: random.Random) -> Any:
    """Any option of a setting; for a limit or a day, one that may be asked for."""
    if setting.options:
        return chance.choice(list(setting.options))
    if setting.type == "limit":
        return chance.choice(["same day", "1 working day", "30 days", "1 month", "48 hours"])
    return date(2010, 1, 1) if setting.type == "date" else setting.default


def adds_up(audited: Audited) -> None:
    """The counts agree with the rows, and the ids tell the findings apart."""
    summary, obligations = audited.audit.summary, audited.obligations
    for log, counts in summary["logs"].items():
        assert counts["read"] == counts["accepted"] + counts["rejected"], log
        assert counts["accepted"] == audited.logs.tables[log].frame.height, log
    rejected = sum(counts["rejected"] for counts in summary["logs"].values())
    assert rejected == sum(reject.column == "" for reject in audited.logs.rejects)
    statuses = {rule: sum(counts.values()) for rule, counts in summary["rules"].items() if counts}
    assert statuses == Counter(obligations["rule"].to_list())
    for column in ("rule", "log", "record", "unit", "status", "severity", "missing", "detail"):
        assert obligations[column].null_count() == 0, column
    assert (obligations["late"].drop_nulls() > 0).all()
    assert max(Counter(each.id for each in audited.audit.findings).values(), default=1) == 1
    assert not [caution for caution in audited.audit.cautions if "不一致" in caution]


@pytest.mark.parametrize("seed", range(3))
def test_logs_of_any_content_are_audited_to_the_end_and_add_up(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    own = tmp_path / "设置.yaml"
    shipped = load_rulebook().settings.items()
    chosen = {key: some_value(setting, chance) for key, setting in shipped if chance.random() < 0.4}
    own.write_text(yaml.safe_dump(chosen, allow_unicode=True), encoding="utf-8")
    book = load_rulebook((), own)
    as_of = date(chance.randrange(2019, 2032), chance.randrange(1, 13), chance.randrange(1, 29))
    audited = audit_logs([office(tmp_path / "台账", book, seed, chance.choice([1, 5]), odd)], book, as_of)
    assert not audited.logs.unreadable
    adds_up(audited)
    write_outputs(audited, tmp_path / "结果", ["audit"])
    assert {path.name for path in (tmp_path / "结果").iterdir()} - {NOTICES} == {*OUTPUTS, "receipt.json"}


@pytest.mark.parametrize("rows", [[], [["/"], ["　", "—"]]])
@pytest.mark.parametrize("as_of", [date(2019, 6, 1), date(2031, 3, 3)])
def test_a_log_without_records_breaks_no_rule(
    rows: list[list[str]], as_of: date, book: Rulebook, tmp_path: Path
) -> None:
    for log in book.logs.logs.values():
        with (tmp_path / f"{log.zh}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([[field.zh for field in log.fields.values()], *rows])
    audited = audit_logs([tmp_path], book, as_of)
    assert set(audited.logs.tables) == set(book.logs.logs)
    assert sum(counts["accepted"] for counts in audited.audit.summary["logs"].values()) == 0
    assert "breached" not in audited.obligations["status"].to_list()
    adds_up(audited)


def test_five_hundred_columns_and_a_cell_of_ten_thousand_lines_are_read(book: Rulebook, tmp_path: Path) -> None:
    headings = ["信息编号", "信息名称", "责任科室", "公开日期", *(f"列{n}" for n in range(500))]
    with (tmp_path / "信息发布台账.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headings, ["1", "甲\n" * 10_000, "人事科", "2025-01-02", *"x" * 500]])
    audited = audit_logs([tmp_path], book, date(2025, 12, 31))
    assert audited.audit.summary["logs"]["publications"] == {"read": 1, "accepted": 1, "rejected": 0}
    write_outputs(audited, tmp_path / "结果", ["audit"])


def test_parquet_columns_of_other_types_than_text_are_read_as_a_person_would_type_them(
    book: Rulebook, tmp_path: Path
) -> None:
    frame = pl.DataFrame({"信息编号": [1, 2]}).with_columns(
        pl.Series("信息名称", ["甲", "乙"], dtype=pl.Categorical),
        pl.Series("公开日期", [date(2025, 1, 2), date(9999, 12, 31)]),
        pl.Series("录入时间", [date(2025, 1, 2)] * 2).cast(pl.Datetime("ns", "UTC")),
        pl.Series("公开渠道", [["网站", "报刊"], None]),
        pl.Series("公开内容", [{"a": 1}, None]),
        pl.Series("责任科室", [None, None]),
        pl.Series("网址", [1.5, float("nan")]).cast(pl.Decimal(20, 2), strict=False),
    )
    frame.write_parquet(tmp_path / "信息发布台账.parquet")
    audited = audit_logs([tmp_path], book, date(2025, 12, 31))
    rows = audited.logs.tables["publications"].frame.to_dicts()
    assert [(row["publication_id"], row["published_on"]) for row in rows] == [("1", date(2025, 1, 2)), ("2", None)]
    assert rows[0]["channels"] == ["网站", "报刊"] and str(rows[0]["entered_at"]) == "2025-01-02 08:00:00"
    adds_up(audited)


def test_the_order_of_rows_changes_no_finding(book: Rulebook, tmp_path: Path) -> None:
    found = []
    for name in ("甲", "乙"):
        folder = office(tmp_path / name, book, 11, 3, plain, "csv")
        if name == "乙":
            for path in folder.iterdir():
                shuffle(path)
        audited = audit_logs([folder], book, date(2025, 12, 31))
        found.append([(each.id, each.status, each.records) for each in audited.audit.findings])
    assert found[0] == found[1]


def shuffle(path: Path) -> None:
    """The records of a text table in another order."""
    encodings = ("utf-16",) if path.read_bytes()[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8", "gb18030")
    for encoding in encodings:
        try:
            first, *rest = path.read_text(encoding).splitlines(keepends=True)
        except UnicodeDecodeError:
            continue
        random.Random(3).shuffle(rest)
        path.write_text("".join([first, *rest]), encoding)
        return


def test_the_same_logs_read_twice_give_the_same_bytes(book: Rulebook, tmp_path: Path) -> None:
    folder = office(tmp_path / "台账", book, 5, 2, odd)
    for name in ("甲", "乙"):
        write_outputs(audit_logs([folder], book, date(2025, 12, 31)), tmp_path / name, ["audit"])
    letters = [f"{NOTICES}/{path.name}" for path in (tmp_path / "甲" / NOTICES).iterdir()]
    assert letters
    for name in (*OUTPUTS, *letters, "receipt.json"):
        assert (tmp_path / "甲" / name).read_bytes() == (tmp_path / "乙" / name).read_bytes(), name
