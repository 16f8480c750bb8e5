"""An audit of long logs: read in blocks, met obligations counted instead of held, and nothing found otherwise."""

from dataclasses import fields
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from auditor.audit.counted import Keeper
from auditor.audit.figures import reply_rules
from auditor.audit.trip import Audited, audit_logs
from auditor.domain.obligation import Status
from auditor.domain.period import Period, parse_period
from auditor.evaluation.evaluate import evaluate
from auditor.judgement.routing import accusations_in
from auditor.listening import Listener, unheard
from auditor.reading import limits, read_logs
from auditor.reading.inputs import find_inputs
from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook
from auditor.shipped import shipped

AS_OF = date(2025, 12, 31)
MET = Status.MET.value


@pytest.fixture(scope="module")
def book() -> Rulebook:
    """The rulebook as shipped."""
    return load_rulebook(shipped_cases=False)


@pytest.fixture(scope="module")
def sample() -> Path:
    """The sample logs: every log, breaches of many kinds, an accusation."""
    return shipped("fixtures") / "sample"


def assert_same(one: Audited, other: Audited, *, but: tuple[str, ...] = ()) -> None:
    """The same audit in every field."""
    for each in fields(one.audit):
        if each.name not in but:
            assert getattr(one.audit, each.name) == getattr(other.audit, each.name), each.name


@pytest.mark.parametrize(("period", "internal"), [(None, True), (parse_period("2025"), False)])
def test_met_obligations_that_are_only_counted_count_the_same(
    book: Rulebook, sample: Path, period: Period | None, internal: bool
) -> None:
    whole = audit_logs([sample], book, AS_OF, period, internal=internal, processes=0)
    counted = audit_logs([sample], book, AS_OF, period, internal=internal, processes=0, notable_only=True)
    assert_same(whole, counted)
    others = pl.col("status") != MET
    assert counted.obligations.filter(others).equals(whole.obligations.filter(others))
    assert counted.obligations.height < whole.obligations.height


def test_what_is_told_together_is_kept_together(book: Rulebook, sample: Path) -> None:
    logs = read_logs([sample], book.logs, AS_OF)
    accusations = accusations_in(book.logs, logs.tables)
    every = evaluate(book, logs.tables, AS_OF).obligations
    kept = evaluate(book, logs.tables, AS_OF, keep=Keeper(book, AS_OF, None, accusations, internal=False)).obligations
    broken = every.filter(pl.col("status") == Status.BREACHED.value).select("log", "record").unique()
    broken = broken.filter(~pl.col("record").str.starts_with(book.office))  # of the whole office, and of several logs
    expected = every.join(broken, on=["log", "record"], how="semi")
    told = {*reply_rules(book), *(rule.superior for rule in book.rules if rule.superior)}
    expected = expected.filter((pl.col("status") != MET) | pl.col("rule").is_in(sorted(told)))
    assert expected.filter(pl.col("status") == MET).height
    assert expected.join(kept, on=["rule", "record", "row"], how="anti").height == 0


def test_logs_in_blocks_are_audited_alike(book: Rulebook, sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = audit_logs([sample], book, AS_OF, processes=0)
    for name in ("LONG", "BLOCK"):
        monkeypatch.setattr(limits, name, 4_000)
    said: list[str] = []

    def stages(stage: str, unit: str) -> Listener:
        said.append(stage)
        return unheard

    blocks = audit_logs([sample], book, AS_OF, processes=0, notable_only=True, stages=stages)
    assert sum(not table.is_held for table in blocks.logs.tables.values()) > 3
    assert_same(whole, blocks, but=("remarks",))  # how sure a column is, the first block tells
    assert blocks.obligations.filter(pl.col("status") != MET).equals(whole.obligations.filter(pl.col("status") != MET))
    assert any(f"得出{whole.obligations.height}项义务" in each for each in said)


def test_whoever_listens_hears_how_far_a_long_audit_has_come(
    book: Rulebook, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Block by block, up to all bytes of the files and all rows of the logs."""
    for name in ("LONG", "BLOCK"):
        monkeypatch.setattr(limits, name, 4_000)
    monkeypatch.setattr("auditor.audit.trip.MEGABYTE", 1)
    heard: dict[str, list[tuple[int, int]]] = {}

    def stages(stage: str, unit: str) -> Listener:
        return lambda done, whole: heard.setdefault(unit, []).append((done, whole))

    audited = audit_logs([sample], book, AS_OF, processes=0, notable_only=True, stages=stages)

    for told in heard.values():
        assert told == sorted(told)
        assert len({whole for _, whole in told}) == 1
    size = sum(file.size for file in find_inputs([sample]))
    rows = sum(table.height for table in audited.logs.tables.values())
    assert heard["MB"][-1] == (size, size)
    assert heard["行"][-1] == (rows, rows)
    assert len(heard["MB"]) > len(audited.logs.inputs) + 10 and len(heard["行"]) > len(audited.logs.tables)
    assert heard["个"][0][0] == 0 < heard["个"][0][1] <= len(audited.audit.findings)


def test_however_many_obligations_are_counted_at_a_time(
    book: Rulebook, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = audit_logs([sample], book, AS_OF, processes=0)
    monkeypatch.setattr("auditor.audit.counted._AT_ONCE", 1)
    assert_same(whole, audit_logs([sample], book, AS_OF, processes=0, notable_only=True))


def test_all_obligations_of_a_log_in_blocks_are_in_order(
    book: Rulebook, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listed() -> pl.DataFrame:
        return evaluate(book, read_logs([sample], book.logs, AS_OF).tables, AS_OF).obligations

    whole = listed()
    for name in ("LONG", "BLOCK"):
        monkeypatch.setattr(limits, name, 3_000)
    assert listed().equals(whole)
