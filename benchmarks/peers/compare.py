"""Whether ways of checking came to the same, verdict by verdict; the last line is JSON.

python benchmarks/peers/compare.py ONE.parquet OTHER.parquet …      # verdicts of the forty checks
python benchmarks/peers/compare.py --breaches TABLES COUNT ONE.parquet FOUND.json …   # of the request rules
"""

import json
import sys
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1]))
from peers.tables import VERDICT

KEY = ["rule", "row", "record"]
SHOWN = 5


def differences(one: pl.DataFrame, other: pl.DataFrame) -> list[str]:
    """Verdicts that only one has, or that differ in any column, a few of them in words."""
    both = one.join(other.cast(one.schema), on=KEY, how="full", suffix=":other", coalesce=True, nulls_equal=True)
    told = [name for name in VERDICT if name not in KEY]
    differs = pl.any_horizontal(~pl.col(name).eq_missing(pl.col(f"{name}:other")) for name in told)
    odd = both.filter(differs)
    shown = odd.sort(KEY).head(SHOWN).to_dicts()
    words = [", ".join(f"{name} {row[name]} / {row[f'{name}:other']}" for name in told) for row in shown]
    lines = [f"{row['rule']} {row['record']} row {row['row']}: {line}" for row, line in zip(shown, words, strict=True)]
    return [f"{odd.height} verdicts differ", *lines] if odd.height else []


def main() -> None:
    """Compare; ends with the differences where there are any."""
    if sys.argv[1] == "--breaches":
        found = _breaches(*sys.argv[2:])
    else:
        reference, *others = (pl.read_parquet(path) for path in sys.argv[1:])
        for path, other in zip(sys.argv[2:], others, strict=True):
            if told := differences(reference, other):
                raise SystemExit("\n".join([f"{path} against {sys.argv[1]}:", *told]))
        counts = dict(reference["status"].value_counts().sort("status").iter_rows())
        found = {"verdicts": reference.height, "rules": reference["rule"].n_unique(), **counts}
    print(json.dumps(found))


def _breaches(tables: str, count: str, verdicts: str, *engines: str) -> dict[str, int]:
    """Breaches among the first records, by the rule language and by each engine."""
    first = (
        pl.read_parquet(Path(tables) / "requests.parquet", columns=["_row"]).head(int(count)).with_row_index("number")
    )
    breached = pl.read_parquet(verdicts).filter(status="breached").join(first, left_on="row", right_on="_row")
    wanted = set(breached.select("rule", "number").iter_rows())
    for engine in engines:
        found = {(rule, number) for rule, number in json.loads(Path(engine).read_text(encoding="utf-8"))}
        if found != wanted:
            more, less = sorted(found - wanted)[:SHOWN], sorted(wanted - found)[:SHOWN]
            raise SystemExit(
                f"{engine}: {len(found)} breaches, not {len(wanted)}; only it {more}, only the rules {less}"
            )
    return {"breaches": len(wanted)}


if __name__ == "__main__":
    main()
