"""Reads logs once, by the program's own reading, into the tables that every way of checking starts from.

python benchmarks/peers/prepare.py LOGS TABLES AS_OF         # what peers/tables.py describes
python benchmarks/peers/prepare.py TABLES FACTS.jsonl 10000  # facts for the rule engines, from the requests
python benchmarks/peers/prepare.py NEEDED.json               # the headings of the fields that rules read, by log
"""

import json
import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))


def tables(logs: Path, folder: Path, as_of: date) -> dict[str, int]:
    """Read the logs below `logs` and keep them in `folder`; returns the rows of each.

    Raises `DataError` where a file could not be read: what is compared would be a part of the logs.
    """
    import polars as pl

    from auditor.errors import DataError
    from auditor.reading import read_logs
    from auditor.rulebook.loading import load_rulebook
    from auditor.tables import UNREAD
    from peers.tables import number

    book = load_rulebook(shipped_cases=False)
    read = read_logs([logs], book.logs, as_of)
    if read.unreadable:
        raise DataError("\n".join(read.unreadable))
    folder.mkdir(parents=True, exist_ok=True)
    noted = {}
    for name, table in read.tables.items():
        (source,) = table.sources
        frame = table.frame
        named = [pl.when(f"{UNREAD}{field}").then(pl.lit(field)) for field in sorted(table.unread)]
        listed = pl.concat_list(named).list.drop_nulls() if named else pl.lit([], dtype=pl.List(pl.String))
        frame = frame.with_columns(listed.alias("_unread"))
        frame.write_parquet(folder / f"{name}.parquet", compression="lz4")
        noted[name] = {"file": source.file, "sheet": source.sheet, "fields": sorted(source.columns)}
    calendar = book.calendar
    first = number(calendar.first)
    days = pl.DataFrame({"day": range(first, first + len(calendar.passed)), "passed": calendar.passed})
    days.cast(pl.Int32).write_parquet(folder / "days.parquet")
    about = {"as_of": as_of.isoformat(), "office": book.office, "logs": noted}
    (folder / "about.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
    return {name: table.frame.height for name, table in read.tables.items()}


def needed(out: Path) -> dict[str, int]:
    """Write which headings of each log of the generator rules read, by the name of its file."""
    from draw import Draw, Office
    from generate import FAMILIES

    from auditor.rulebook.loading import load_rulebook
    from auditor.rulebook.references import fields_read

    book = load_rulebook(shipped_cases=False)
    read = fields_read(book.rules)
    draw = Draw((1,), 1, Office(book.calendar))
    generated = {log: columns for family in FAMILIES for log, columns in family(draw, 1).items()}
    headings = {
        book.logs.logs[log].zh: [
            book.logs.logs[log].fields[name].zh
            for name in columns
            if name in read[log] or name == book.logs.logs[log].key
        ]
        for log, columns in generated.items()
    }
    out.write_text(json.dumps(headings, ensure_ascii=False), encoding="utf-8")
    return {"logs": len(headings)}


def main() -> None:
    """Do one of the three, by the number of words."""
    words = sys.argv[1:]
    if len(words) == 1:
        done = needed(Path(words[0]))
    elif words[2].isdigit():
        from peers.request_facts import prepare

        done = {"facts": prepare(Path(words[0]), Path(words[1]), int(words[2]))}
    else:
        from auditor.errors import DataError

        try:
            done = tables(Path(words[0]), Path(words[1]), date.fromisoformat(words[2]))
        except DataError as error:
            print(error, file=sys.stderr)
            raise SystemExit(error.exit_code) from None
    print(json.dumps(done))


if __name__ == "__main__":
    main()
