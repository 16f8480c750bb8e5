"""Tables read in blocks: the same rows, rejects and remarks as when they are read at once, wherever a block ends."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from auditor.reading import limits, read_logs
from auditor.rulebook.logs import LogCatalogue
from auditor.tables import ROW, UNREAD, Logs

AS_OF = date(2025, 12, 31)
HEAD = "申请编号,申请人,收到申请日期,承办单位,申请内容,答复日期,备注二\n"


def rows(count: int) -> Iterator[str]:
    """Lines of a table in which anything may stand at the end of a block."""
    odd = {
        3: 'A3,"李,四",2020-12-05,市场科,"第一行\n第二行",2020-12-20,\n',
        7: "A7,王五,2020-13-01,,关于“A3”,,\n",
        11: "A5,赵五,2020-12-05,办公室,内容5,2020年12月18日,\n",  # the key of another row
        12: "A4,赵四,2020-12-04,办公室,内容4,2020年12月17日,\n",  # a row once more
        14: ",孙六,2020-12-05,办公室,没有编号,,\n",
        17: "\n",
        19: "合计,19,,,,,\n",
        23: "A23,钱,2030-05-01,办公室,,,\n",
        29: "A29,周,2005-01-03,办公室,内容,当场答复,多\n",
        31: "A31,吴,2020-12-07,办公室,内容,2020-12-21,,多出的一格,又一格\n",
    }
    for number in range(count):
        day = f"2020-12-{number % 27 + 1:02}"
        plain = f"A{number},赵{number},{day},办公室,内容{number},{day},\n"
        yield odd.get(number, plain)
    yield "制表人：某某,,,,,,\n"


def text(count: int = 60) -> str:
    """The whole table, two rows of it the same."""
    lines = list(rows(count))
    lines[12] = lines[4]
    return HEAD + "".join(lines)


def in_blocks(monkeypatch: pytest.MonkeyPatch, folder: Path, catalogue: LogCatalogue, size: int) -> Logs:
    """What is read where every table longer than `size` bytes is read in blocks of as many."""
    with monkeypatch.context() as small:
        small.setattr(limits, "LONG", size)
        small.setattr(limits, "BLOCK", size)
        small.setattr(limits, "LONG_ROWS", size // 50)
        small.setattr(limits, "BLOCK_ROWS", size // 50)
        logs = read_logs([folder], catalogue, AS_OF)
        for table in logs.tables.values():  # the frames are read from files while these are there
            assert table.is_held or table.frame.height == table.height
        return logs


def assert_same(whole: Logs, blocks: Logs) -> None:
    """The same rows in the same order, and the same to say of them."""
    assert blocks.counts == whole.counts
    assert blocks.rejects == whole.rejects
    assert blocks.remarks == whole.remarks
    assert blocks.inputs == whole.inputs
    for name, table in whole.tables.items():
        marks = [pl.col(f"^{UNREAD}.*$").fill_null(False)]
        assert blocks.tables[name].sources == table.sources
        expected = table.frame.with_columns(marks)
        assert blocks.tables[name].frame.with_columns(marks).select(expected.columns).equals(expected)


@pytest.mark.parametrize("size", [90, 200, 333, 512, 1000, 2500])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_in_blocks_is_the_table(
    tmp_path: Path, catalogue: LogCatalogue, monkeypatch: pytest.MonkeyPatch, size: int, encoding: str
) -> None:
    (tmp_path / "依申请公开台账.csv").write_bytes(text().encode(encoding))
    whole = read_logs([tmp_path], catalogue, AS_OF)
    assert len(whole.rejects) > 5 and whole.counts["requests"].accepted > 50
    blocks = in_blocks(monkeypatch, tmp_path, catalogue, size)
    assert len(blocks.tables["requests"].parts) > 1
    assert_same(whole, blocks)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "sep=;\n" + text.replace(",", ";"),
        lambda text: text.replace(",", "，"),
        lambda text: "\n\n依申请公开登记表（2020年）\n" + text.replace("2020-12-09", "12月9日"),
        lambda text: text.replace("备注二", ""),
        lambda text: text[:-1],
    ],
    ids=["line ends", "announced", "full width", "title", "no heading", "no last line end"],
)
def test_however_it_is_written(
    tmp_path: Path, catalogue: LogCatalogue, monkeypatch: pytest.MonkeyPatch, change: object
) -> None:
    assert callable(change)
    (tmp_path / "依申请公开台账.csv").write_bytes(change(text()).encode())
    whole = read_logs([tmp_path], catalogue, AS_OF)
    assert_same(whole, in_blocks(monkeypatch, tmp_path, catalogue, 700))


def test_long_and_short_tables_of_one_log_are_one_log(
    tmp_path: Path, catalogue: LogCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "1 依申请公开台账.csv").write_text(text(), "utf-8")
    short = HEAD.replace("申请内容,", "") + "A9,赵,2021-01-04,,,\nA9,赵,2021-01-05,,,\n"
    (tmp_path / "2 依申请公开台账.csv").write_text(short, "utf-8")
    (tmp_path / "3 依申请公开台账.csv").write_text(text(40), "utf-8")
    whole = read_logs([tmp_path], catalogue, AS_OF)
    blocks = in_blocks(monkeypatch, tmp_path, catalogue, 800)
    assert_same(whole, blocks)
    assert len({reject.reason for reject in blocks.rejects if reject.reason.startswith("重复")}) > 20


def test_a_parquet_file_in_blocks(tmp_path: Path, catalogue: LogCatalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plain.csv").write_text(text(), "utf-8")
    names = HEAD.strip().split(",")
    lines = [line.rstrip("\n").split(",") for line in rows(60) if line.count(",") == 6 and '"' not in line]
    frame = pl.DataFrame(lines, schema=dict.fromkeys(names, pl.String), orient="row")
    frame.with_columns(pl.all().replace("", None)).write_parquet(tmp_path / "依申请公开台账.parquet")
    (tmp_path / "plain.csv").unlink()
    whole = read_logs([tmp_path], catalogue, AS_OF)
    blocks = in_blocks(monkeypatch, tmp_path, catalogue, 500)
    assert len(blocks.tables["requests"].parts) > 3
    assert_same(whole, blocks)


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda data: data[:2000] + b'\nA99,"' + data[2000:], "的引号没有配对"),
        (lambda data: data + b"A99,\xff\xfe,2020\n", f"第{len(text().encode()) + 5}字节"),
        (lambda data: data + b"A99,\x00\n", "CSV UTF-8"),
        (
            lambda data: data + "\n留言编号,留言时间,留言内容,承办单位,答复时间\nL1,2020-12-01,x,y,\n".encode(),
            "不止一张表",
        ),
    ],
    ids=["quote", "byte", "zero", "another table"],
)
def test_what_cannot_be_read_is_named_and_nothing_of_it_used(
    tmp_path: Path, catalogue: LogCatalogue, monkeypatch: pytest.MonkeyPatch, spoil: object, expected: str
) -> None:
    assert callable(spoil)
    (tmp_path / "依申请公开台账.csv").write_bytes(spoil(text().encode()))
    (tmp_path / "2 依申请公开台账.csv").write_text("申请编号,收到申请日期\nB1,2020-12-02\n", "utf-8")
    logs = in_blocks(monkeypatch, tmp_path, catalogue, 600)
    assert logs.counts["requests"].read == 1
    assert [expected in each for each in logs.unreadable] == [True]


def test_an_open_quote_is_named_by_its_line(
    tmp_path: Path, catalogue: LogCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = text().split("\n")
    lines[44] = 'A44,"' + lines[44]
    (tmp_path / "依申请公开台账.csv").write_text("\n".join(lines), "utf-8")
    (tmp_path / "2 依申请公开台账.csv").write_text("申请编号,收到申请日期\nB1,2020-12-02\n", "utf-8")
    whole = read_logs([tmp_path], catalogue, AS_OF)
    assert "第45行的引号" in whole.unreadable[0]
    assert in_blocks(monkeypatch, tmp_path, catalogue, 700).unreadable == whole.unreadable


def test_rows_are_counted_on(tmp_path: Path, catalogue: LogCatalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"A{number},2020-12-02\n" for number in range(500)]
    (tmp_path / "依申请公开台账.csv").write_text("申请编号,收到申请日期\n" + "".join(lines), "utf-8")
    table = in_blocks(monkeypatch, tmp_path, catalogue, 300).tables["requests"]
    assert table.frame[ROW].to_list() == list(range(2, 502))


def test_the_files_laid_aside_go_with_the_log(
    tmp_path: Path, catalogue: LogCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(aside))
    logs_folder = tmp_path / "logs"
    logs_folder.mkdir()
    (logs_folder / "依申请公开台账.csv").write_text(text(), "utf-8")
    logs = in_blocks(monkeypatch, logs_folder, catalogue, 500)
    assert len(list(aside.rglob("*.parquet"))) == len(logs.tables["requests"].parts)
    del logs
    assert not list(aside.iterdir())
