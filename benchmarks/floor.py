"""The least that any audit must do: read the columns that rules look at, and nothing else.

python benchmarks/floor.py LOGS NEEDED.json

NEEDED.json holds file → headings, written by `peers/prepare.py`. Every cell stays text.
"""

import json
import sys
from pathlib import Path

import polars as pl


def main() -> None:
    """Read, and tell the rows."""
    folder, needed = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    rows = 0
    for path in sorted(folder.iterdir()):
        table = pl.scan_parquet(path) if path.suffix == ".parquet" else pl.scan_csv(path, infer_schema=False)
        rows += table.select(needed[path.stem]).collect().height
    print(json.dumps({"rows": rows}))


if __name__ == "__main__":
    main()
