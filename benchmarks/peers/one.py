"""One way of checking in a process of its own; what it took stands on its last line as JSON.

python benchmarks/peers/one.py polars_checks TABLES OUT.parquet     # or rule_language TABLES OUT.parquet R01,R02
python benchmarks/peers/one.py clips_facts FACTS.jsonl OUT.json
"""

import importlib
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))


def main() -> None:
    """Import, load, evaluate, write; the seconds of each."""
    way, source, out, *more = sys.argv[1:]
    marks = [time.perf_counter()]
    module = importlib.import_module(f"peers.{way}")
    if hasattr(module, "run"):
        module.run(Path(source), Path(out))
        return
    marks.append(time.perf_counter())
    loaded = module.load(Path(source), *more)
    marks.append(time.perf_counter())
    verdicts = module.evaluate(loaded)
    marks.append(time.perf_counter())
    module.write(verdicts, Path(out))
    marks.append(time.perf_counter())
    names = ("import", "load", "evaluate", "write")
    print(json.dumps({name: end - start for name, start, end in zip(names, marks, marks[1:], strict=False)}))


if __name__ == "__main__":
    main()
