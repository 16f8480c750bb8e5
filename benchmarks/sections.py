"""What is measured: the whole audit, the floor below it, the forty checks, the rule engines, many bureaus."""

import importlib.util
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from measuring import AS_OF, Command, Run, auditor, measure, peak, script, seconds, take_turns, warm
from stages import STAGES

# By hand, and what has to be installed for it.
WAYS = {
    "rule language": ("rule_language", ""),
    "Polars": ("polars_checks", ""),
    "DuckDB": ("duckdb_checks", "duckdb"),
    "pandas": ("pandas_checks", "pyarrow"),
}
ENGINES = {
    "durable-rules": ("durable_facts", "durable"),
    "CLIPS (clipspy)": ("clips_facts", "clips"),
    "zen-engine": ("zen_facts", "zen"),
    "json-rules-engine (node)": ("json_rules_facts", ""),
}
REQUEST_RULES = ",".join(f"R{number:02}" for number in range(1, 17))
FLOOR = (
    "The floor is Polars reading nothing but the columns that some rule looks at, every cell as text, start-up"
    " included: no audit can go below it."
)
LARGE = 10_000_000  # rows from which an audit lists only what needs attention


@dataclass(frozen=True)
class Compared:
    """A time of the program beside that of somebody else for the same work; `aim` is the ratio wanted, 0 for none."""

    what: str
    ours: float
    peer: str
    theirs: float
    aim: float = 0


@dataclass
class Section:
    """A part of the page: words and tables in Markdown, comparisons, and bars for the chart (label, value)."""

    title: str
    lines: list[str] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    chart: str = ""
    bars: list[tuple[str, float]] = field(default_factory=list)
    logarithmic: bool = False

    def table(self, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Add a table; all columns but the first are numbers."""
        self.lines += ["", f"| {' | '.join(head)} |", "|---" + "|---:" * (len(head) - 1) + "|"]
        self.lines += [f"| {' | '.join(map(str, row))} |" for row in rows] + [""]


@dataclass(frozen=True)
class Plan:
    """What was asked for, and a folder to work in."""

    folder: Path
    sizes: Sequence[int]
    repeat: int
    facts: int
    records: int
    checks_up_to: int
    bureaus: int
    bureau_rows: int

    def logs(self, rows: int, form: str = "csv", only: str = "") -> Path:
        """The logs of one bureau, generated where they are not there yet."""
        folder = self.folder / f"logs-{rows}-{form}{only}"
        if not folder.exists():
            words = ["--parquet"] if form == "parquet" else []
            words += ["--only", only] if only else []
            measure(script("generate.py", folder, "--rows", str(rows), *words))
        return folder

    def tables(self, rows: int, only: str = "") -> tuple[Path, Run]:
        """The logs read into tables, and the run that read them: it tells the rows of each log."""
        folder = self.folder / f"tables-{rows}{only}"
        run = measure(script("peers/prepare.py", self.logs(rows, only=only), folder, AS_OF))
        return folder, run

    def out(self) -> Path:
        """Where an audit writes: not there any more."""
        self.forget(self.folder / "out")
        return self.folder / "out"

    def forget(self, folder: Path) -> None:
        """Give back the disk that a finished part took."""
        shutil.rmtree(folder, ignore_errors=True)


def number(value: float) -> str:
    """A number of seconds or of anything else, as exact as it deserves."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def audit(plan: Plan) -> Section:
    """The whole audit, the same by stage, and the floor below it, taking turns."""
    section = Section("The whole audit", chart="Whole audit without documents, CSV, seconds")
    rows, stages = [], []
    for size in plan.sizes:
        forms = {form: plan.logs(size, form) for form in ("csv", "parquet")}
        megabytes = {form: number(warm(logs)) for form, logs in forms.items()}
        floors = _floors(plan, forms)
        runs: dict[str, list[Run]] = {form: [] for form in (*forms, *floors, "stages")}
        for _ in range(plan.repeat):
            for form, logs in forms.items():
                runs[form].append(_audit(plan, logs, size))
            for name, command in floors.items():
                runs[name].append(measure(command))
            runs["stages"].append(measure(script("stages.py", forms["csv"], plan.out(), "--as-of", AS_OF)))
        found = runs["stages"][0].said
        for form in forms:
            ratio = seconds(runs[form]) / seconds(runs[f"{form} floor"])
            told = [f"{found[name]:,}" for name in ("obligations", "findings")]
            rows.append([f"{size:,}", form, megabytes[form], *_figures(runs[form]), f"{ratio:.1f}", *told])
        stages.append([f"{found['rows']:,}", *(number(seconds(runs["stages"], name)) for name in STAGES)])
        section.bars.append((f"{size:,} rows", seconds(runs["csv"])))
        plan.forget(forms["parquet"])
    section.lines.append(
        "`auditor audit --no-documents` over the logs of one bureau with the whole rulebook, start-up included"
        f" (from {LARGE:,} rows with `--notable-only`). A Parquet file holds the same cells as text."
        f" {FLOOR}"
    )
    head = ["rows", "files", "MB", "median s", "slowest s", "peak MB", "against the floor", "obligations", "findings"]
    section.table(head, rows)
    section.lines.append("The same audit of the CSV files by stage, in one process, medians in seconds:")
    section.table(["rows read", *STAGES], stages)
    return section


def _audit(plan: Plan, logs: Path, size: int) -> Run:
    """One audit without documents."""
    words = ["audit", logs, "--as-of", AS_OF, "--out", plan.out(), "--no-documents"]
    words += ["--notable-only"] if size >= LARGE else []
    return measure(auditor(*words), plan.folder, expected=(0, 1))


def commands(plan: Plan) -> Section:
    """Smaller commands, and the audit with its documents, at the smallest size."""
    section = Section("Commands, and the audit with its documents")
    size = min(plan.sizes)
    logs = plan.logs(size)
    audited = ["audit", logs, "--as-of", AS_OF, "--out", "out"]
    asked = {
        "auditor --help": ["--help"],
        "auditor deadline 2020-09-22 20wd": ["deadline", "2020-09-22", "20wd"],
        "auditor check": ["check", logs],
        "auditor audit --no-documents": [*audited, "--no-documents"],
        "auditor audit": audited,
    }
    found: dict[str, list[Run]] = {name: [] for name in asked}
    for _ in range(plan.repeat):
        for name, words in asked.items():
            plan.out()
            found[name].append(measure(auditor(*words), plan.folder, expected=(0, 1)))
    section.lines.append(f"Whole commands at {size:,} rows of CSV, taking turns:")
    rows = [[f"`{name}`", *_figures(runs)] for name, runs in found.items()]
    section.table(["command", "median s", "slowest s", "peak MB"], rows)
    return section


def _figures(runs: Sequence[Run]) -> list[str]:
    return [number(seconds(runs)), number(max(run.seconds for run in runs)), f"{peak(runs):,.0f}"]


def floor(plan: Plan) -> Section:
    """The floor alone."""
    section = Section("The floor")
    rows = []
    for size in plan.sizes:
        floors = _floors(plan, {form: plan.logs(size, form) for form in ("csv", "parquet")})
        warm(plan.folder)
        runs = take_turns(floors, plan.repeat)
        rows += [[f"{size:,}", name.removesuffix(" floor"), *_figures(own)] for name, own in runs.items()]
    section.lines.append(FLOOR)
    section.table(["rows", "files", "median s", "slowest s", "peak MB"], rows)
    return section


def _floors(plan: Plan, forms: Mapping[str, Path]) -> dict[str, Command]:
    """Reading the needed columns of the logs in each form."""
    needed = plan.folder / "needed.json"
    if not needed.exists():
        measure(script("peers/prepare.py", needed))
    return {f"{form} floor": script("floor.py", logs, needed) for form, logs in forms.items()}


def checks(plan: Plan) -> Section:
    """The forty checks in the rule language and by hand."""
    section = Section("Forty checks, in the rule language and by hand")
    ways = {name: module for name, (module, needed) in WAYS.items() if _installed(needed)}
    missing = [name for name in WAYS if name not in ways]
    rows, compared, reading = [], {}, []
    for size in [size for size in plan.sizes if size <= plan.checks_up_to]:
        tables, read = plan.tables(size)
        warm(tables)
        outs = {name: plan.folder / f"{module}.parquet" for name, module in ways.items()}
        commands = {name: script("peers/one.py", module, tables, outs[name]) for name, module in ways.items()}
        runs = take_turns(commands, plan.repeat)
        same = measure(script("peers/compare.py", *outs.values())).said
        least = seconds(runs["Polars"], "evaluate")
        for name, own in runs.items():
            parts = [number(seconds(own, part)) for part in ("evaluate", "load", "write")]
            ratio = f"{seconds(own, 'evaluate') / least:.2f}"
            rows.append([f"{size:,}", name, *parts, ratio, *_figures(own)[::2]])
            if name != "rule language":
                ours = seconds(runs["rule language"], "evaluate")
                aim = 1.3 if name == "Polars" else 0
                what = f"forty checks over {size:,} rows, evaluation"
                compared[size, name] = Compared(what, ours, name, seconds(own, "evaluate"), aim)
        whole = [read.seconds + seconds(runs[name]) for name in ("rule language", "Polars")]
        reading.append(
            f"- {size:,} rows: {same['verdicts']:,} verdicts of {same['rules']} checks, {same.get('breached', 0):,}"
            f" breached, {same.get('unverifiable', 0):,} unverifiable; the same from every way. Reading the CSV into"
            f" tables took {number(read.seconds)} s; with it the rule language takes {whole[0] / whole[1]:.2f} times"
            f" hand-written Polars."
        )
        section.bars = [(name, seconds(own, "evaluate")) for name, own in runs.items()]
        section.chart = f"Forty checks over {size:,} rows: evaluation, seconds"
        plan.forget(tables)
    section.compared = list(compared.values())
    section.lines.append(
        "`benchmarks/checks/` holds forty checks in the rule language: deadlines with exceptions, a clock that moves,"
        " required fields, order, an interval, joins, repeats, personal data. `benchmarks/peers/` holds the same by"
        " hand. Each way starts from the same tables, read once by the program's own reading, and writes the same rows:"
        " rule, record, unit, row, status (unverifiable ones too), start, due day, day done, days late. They are held"
        " against each other row by row, and the command ends with the differences if there are any. The rule language"
        " tells more beside, which nobody else was asked for: severity, the fields that were missing, a remark, what"
        " is provisional. Its detector of personal data knows more kinds than the patterns by hand, and it loads the"
        " whole rulebook beside the tables."
    )
    head = ["rows", "way", "evaluate s", "load s", "write s", "evaluate, against Polars", "whole process s", "peak MB"]
    section.table(head, rows)
    section.lines += reading
    section.lines += [f"- {name}: skipped, {WAYS[name][1]} is not installed." for name in missing]
    return section


def _installed(module: str) -> bool:
    return not module or importlib.util.find_spec(module) is not None


def engines(plan: Plan) -> Section:
    """Sixteen request rules by engines that take one fact at a time, and over columns."""
    section = Section("Sixteen request rules, one fact at a time and over columns", logarithmic=True)
    section.chart = "Sixteen request rules: requests a second"
    there, missing = _engines()
    few, _ = plan.tables(plan.facts, "applications")
    facts = plan.folder / "facts.jsonl"
    count = measure(script("peers/prepare.py", few, facts, str(plan.facts))).said["facts"]
    outs = {name: plan.folder / f"{module}.json" for name, module in there.items()}
    commands = {name: script("peers/one.py", module, facts, outs[name]) for name, module in there.items()}
    verdicts = plan.folder / "sixteen.parquet"
    columns = script("peers/one.py", "rule_language", few, verdicts, REQUEST_RULES)
    runs = take_turns({"columns": columns, **commands}, plan.repeat)
    same = measure(script("peers/compare.py", "--breaches", few, str(count), verdicts, *outs.values())).said
    judged = {f"columns, {count:,} requests": (count, runs.pop("columns"))}
    if plan.records > plan.facts:
        many, read = plan.tables(plan.records, "applications")
        all_columns = script("peers/one.py", "rule_language", many, plan.folder / "many.parquet", REQUEST_RULES)
        large = take_turns({"columns": all_columns}, plan.repeat)["columns"]
        judged = {f"columns, {read.said['requests']:,} requests": (read.said["requests"], large), **judged}
    judged |= {name: (count, own) for name, own in runs.items()}
    speed = {name: each / seconds(own, "evaluate") for name, (each, own) in judged.items()}
    fastest = next(iter(speed.values()))
    rows = [
        [name, f"{rate:,.0f}", f"{fastest / rate:,.1f}", f"{peak(judged[name][1]):,.0f}"]
        for name, rate in speed.items()
    ]
    section.bars = list(speed.items())
    section.lines.append(
        "R01 to R16 of the same checks look at one record and no other. Rule engines count no working days, so their"
        " facts come with the due days worked out, which is not in their time, nor is the start or the reading; they"
        f" tell breaches only. All found the same {same['breaches']:,} breaches in {count:,} requests. The columns are"
        " the program's own evaluation with everything that it tells, working days included; it begins with a fixed"
        " cost and gains with the number of records."
    )
    section.table(["way", "requests a second", "times slower than the columns at their best", "peak MB"], rows)
    section.lines += [f"- {name}: skipped, {why}." for name, why in missing.items()]
    what = f"sixteen request rules, a request ({next(iter(speed))})"
    section.compared = [Compared(what, 1 / fastest, name, 1 / speed[name], 0.01) for name in there]
    return section


def _engines() -> tuple[dict[str, str], dict[str, str]]:
    """Engines that are installed, and why the others are not asked."""
    sys.path.insert(0, str(Path(__file__).parent))
    from peers.json_rules_facts import is_there

    there, missing = {}, {}
    for name, (module, needed) in ENGINES.items():
        if not _installed(needed):
            missing[name] = f"the module {needed} is not installed (`pip install -e '.[engines]'`)"
        elif not needed and not is_there():
            missing[name] = "node or its package json-rules-engine is not installed (`npm install json-rules-engine`)"
        else:
            there[name] = module
    return there, missing


def bureaus(plan: Plan) -> Section:
    """Many bureaus in one process and in workers."""
    section = Section("Many bureaus")
    words = ["--bureaus", str(plan.bureaus), "--rows", str(plan.bureau_rows), "--repeat", str(plan.repeat)]
    said = measure(script("bureaus.py", *words)).said
    section.lines.append(
        f"`auditor audit-all --no-documents` over {plan.bureaus} bureaus of {plan.bureau_rows:,} rows; all runs wrote"
        f" the same {said['files']:,} files to the byte. The overhead is processor time of all processes together."
    )
    rows = [
        [way, number(each["wall"]), number(each["processor"]), f"{each['processor'] / said['first']:.2f}"]
        for way, each in said["ways"].items()
    ]
    section.table(["way", "median s", "processor s", "processor, against one process"], rows)
    return section


SECTIONS = {
    "audit": audit,
    "commands": commands,
    "floor": floor,
    "checks": checks,
    "engines": engines,
    "bureaus": bureaus,
}
