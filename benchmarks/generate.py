"""Logs of invented bureaus in any size: the same seed gives the same files.

    python benchmarks/generate.py DIR --rows 10000 --seed 1
    python benchmarks/generate.py DIR --rows 10000000 --parquet      # the same cells, as Parquet
    python benchmarks/generate.py DIR --rows 10000 --bureaus 20      # a folder for each
    python benchmarks/generate.py DIR --rows 10000 --faults 0.06     # ten times as much goes wrong

A record is drawn as an office makes it that mostly keeps its rules: what is important is signed by the director, a
delay is recorded and approved, a refusal carries its ground, a reply keeps the limit of its kind. `--faults` is the
chance that a step goes wrong: late, not done, left out, entered wrongly. With the default about two records in a
hundred break some rule, with ten times that about a fifth; with 0 nearly none. What rules read is entered, so that
about one obligation in a hundred is unverifiable. Days crowd where limits hurt (before the spring festival, before the
national holidays, at the end of the year), and what is late is mostly just late. Bureaus differ in how they write a day
and how much goes wrong (half, once or twice the dial).

Besides, and whatever the dial says, about one cell in three hundred is dirty, so that it cannot be read or is written
otherwise, and one row in five hundred is there twice. Rows are drawn and written in blocks, so that memory does not
grow with them.
"""

import argparse
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import officelogs
import polars as pl
from draw import Draw, Office

from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.logs import FieldType, LogCatalogue, LogDefinition

BLOCK = 100_000
# Of all rows, so many are records that a family begins with; the logs that follow from them add the rest.
Family = Callable[[Draw, int], Mapping[str, officelogs.Columns]]
FAMILIES: Mapping[Family, float] = {
    officelogs.disclosure: 0.255,
    officelogs.applications: 0.125,
    officelogs.messages: 0.265,
    officelogs.papers: 0.05,
    officelogs.concerns: 0.015,
}
FAULTS = 0.006  # of all steps; with it about two records in a hundred break some rule
SLACK = 1.0, 0.5, 2.0  # times the dial, from bureau to bureau
FORMS = ("%Y/%m/%d", "%Y-%m-%d", "%Y年%-m月%-d日")
# Nobody can read these: a word for nothing (无, /) would be an entry left out, which is a fault and no dirt.
DIRTY_DATES = ["2025-13-02", "近日", "2024年2月30日", "#VALUE!", "详见附件", "25.3.5"]
DIRTY_OPTIONS = ["其它", "待确认", "见备注"]
DIRTY_TEXTS = ["#REF!", "#N/A", "#NAME?"]


def generate(
    folder: Path, rows: int, seed: int = 1, *, faults: float = FAULTS, parquet: bool = False, only: str = ""
) -> dict[str, int]:
    """Write the logs of one bureau below `folder` with Chinese headings; returns the rows of each.

    All logs together have about `rows` rows; `only` names one family (e.g. `applications`) that has them all.
    A step goes wrong with the chance `faults`, half or double that in some bureaus. With `parquet` the same cells,
    texts all of them, stand in Parquet files instead.
    """
    book = load_rulebook(shipped_cases=False)
    catalogue = book.logs
    office = Office(book.calendar, FORMS[seed % len(FORMS)], faults * SLACK[seed // len(FORMS) % len(SLACK)])
    folder.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    for family, share in FAMILIES.items():
        if only and family.__name__ != only:
            continue
        for log, frame in _blocks(family, round(rows * (1 if only else share)) or 1, seed, office, catalogue):
            first = log not in counts
            with (folder / f"{catalogue.logs[log].zh}.csv").open("wb" if first else "ab") as file:
                frame.write_csv(file, include_bom=first, include_header=first)
            counts[log] = counts.get(log, 0) + frame.height
    for log in counts if parquet else ():
        path = folder / f"{catalogue.logs[log].zh}.csv"
        pl.scan_csv(path, infer_schema=False).sink_parquet(path.with_suffix(".parquet"))
        path.unlink()
    return counts


def _blocks(
    family: Family, rows: int, seed: int, office: Office, catalogue: LogCatalogue
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Block after block of every log of a family, each drawn from a seed of its own."""
    name = zlib.crc32(family.__name__.encode())
    for block, start in enumerate(range(0, rows, BLOCK)):
        draw = Draw((seed, name, block), min(BLOCK, rows - start), office)
        for log, columns in family(draw, start + 1).items():
            definition = catalogue.logs[log]
            frame = pl.DataFrame({each: _text(draw, column) for each, column in columns.items()})
            dirty = _dirtied(frame, definition, draw.rng).with_columns(pl.all().replace("", None))
            yield log, dirty.rename({each: definition.fields[each].zh for each in columns})


def _text(draw: Draw, column: pl.Series | np.ndarray) -> pl.Series:
    return column if isinstance(column, pl.Series) else draw.written(column)


def _dirtied(frame: pl.DataFrame, definition: LogDefinition, rng: np.random.Generator) -> pl.DataFrame:
    """Some cells written otherwise or wrongly, some rows twice in the place of others."""
    rows = frame.height
    spoiled = [
        _spoiled(column, definition.fields[column.name].type, rng.integers(0, rows, rows // 300), rng)
        for column in frame
    ]
    dirty = pl.DataFrame(spoiled)
    repeated = rng.integers(0, rows, rows // 500)
    return pl.concat([dirty.head(rows - len(repeated)), dirty[repeated]]) if len(repeated) else dirty


def _spoiled(column: pl.Series, kind: FieldType, places: np.ndarray, rng: np.random.Generator) -> pl.Series:
    """The column with these cells changed as hands change them."""
    if kind is FieldType.FLAG or not len(places):
        return column
    places = np.unique(places)
    cells = column.gather(places).fill_null("")
    if kind in (FieldType.DATE, FieldType.TIME):
        wrong, otherwise = DIRTY_DATES, cells.str.replace_all("-", "/")
    else:
        wrong, otherwise = DIRTY_OPTIONS if kind is FieldType.ONE_OF else DIRTY_TEXTS, " " + cells
    picked = pl.Series(wrong).gather(rng.integers(0, len(wrong), len(places)))
    is_wrong = pl.Series(rng.random(len(places)) < (1 if kind is FieldType.ONE_OF else 0.75))
    return column.scatter(places, pl.select(pl.when(is_wrong).then(picked).otherwise(otherwise)).to_series())


def main() -> None:
    """Write logs from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=10_000, help="rows over all logs of a bureau together, about")
    parser.add_argument("--seed", type=int, default=1, help="of the first bureau; each further one has the next")
    parser.add_argument("--bureaus", type=int, default=0, help="so many folders with a bureau in each")
    parser.add_argument("--faults", type=float, default=FAULTS, help="chance that a step of the office goes wrong")
    parser.add_argument("--parquet", action="store_true", help="write Parquet in place of CSV")
    parser.add_argument("--only", default="", choices=[family.__name__ for family in FAMILIES], help="one family")
    asked = parser.parse_args()
    for number in range(asked.bureaus or 1):
        folder = asked.folder / f"bureau-{number:03}" if asked.bureaus else asked.folder
        counts = generate(
            folder, asked.rows, asked.seed + number, faults=asked.faults, parquet=asked.parquet, only=asked.only
        )
        print(json.dumps(counts), flush=True)


if __name__ == "__main__":
    main()
