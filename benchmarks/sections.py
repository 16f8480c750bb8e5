"""What is measured: the whole audit, the floor below it, the forty checks, the rule engines, many bureaus."""

import importlib.util
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from pathlib import Path

from measuring import AS_OF, Command, Refused, Run, auditor, measure, peak, script, seconds, take_turns, warm
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
OURS, BY_HAND = "columns", "Polars by hand"
COLUMNS = {OURS: "rule_language", BY_HAND: "polars_requests"}  # what judges all requests at once
REQUEST_RULES = ",".join(f"R{number:02}" for number in range(1, 17))
FLOOR = (
    "The floor is Polars reading nothing but the columns that some rule looks at, every cell as text, start-up"
    " included: no audit can go below it."
)
LARGE = 10_000_000  # rows from which an audit is measured with `--notable-only` alone
BOTH_FROM = 1_000_000  # rows from which it is measured with it too, so that sizes are compared like with like
COUNTED = ", met only counted"  # what `--notable-only` does, behind the rows
OFTEN = 1_000_000  # rows up to which everything runs `repeat` times
FAULTY = 0.06  # ten times the default of generate.py: about a fifth of the records break some rule
FAULTY_UP_TO = 100_000  # rows at which it is measured what findings cost
OVERHEAD = 1.1  # what worker processes may take of processor time, against one process
FORMS = ("csv", "parquet")
FIGURES = ("median s", "slowest s", "peak MB")
BREACHED = {"breached": "findings of breaches / rows", "records": "records in breach / rows"}


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
    repeat_large: int
    facts: int
    records: int
    checks_up_to: int
    bureaus: int
    bureau_rows: int
    bureau_repeat: int

    def runs(self, rows: int) -> int:
        """How often a candidate runs over so many rows."""
        return self.repeat if rows <= OFTEN else self.repeat_large

    def logs(self, rows: int, form: str = "csv", only: str = "", faults: float | None = None) -> Path:
        """The logs of one bureau, generated where they are not there yet; `faults` is not that of an ordinary one."""
        folder = self.folder / f"logs-{rows}-{form}{only}-{faults}"
        if not folder.exists():
            words = ["--parquet"] if form == "parquet" else []
            words += ["--only", only] if only else []
            words += ["--faults", str(faults)] if faults is not None else []
            measure(script("generate.py", folder, "--rows", str(rows), *words))
        return folder

    def tables(self, rows: int, only: str = "") -> tuple[Path, Run]:
        """Logs with many faults read into tables, and the run that read them: it tells the rows of each log."""
        folder = self.folder / f"tables-{rows}{only}"
        run = measure(script("peers/prepare.py", self.logs(rows, only=only, faults=FAULTY), folder, AS_OF))
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


@dataclass(frozen=True)
class Audited:
    """The audits of one size: the runs by form of the files, of the floors and of the stages; MB of the files.

    `notable`: met obligations are only counted (`--notable-only`).
    """

    size: int
    megabytes: Mapping[str, str]
    runs: Mapping[str, Sequence[Run]]
    notable: bool = False

    @property
    def way(self) -> str:
        """How it was audited, behind the rows; nothing where that is the ordinary way."""
        return COUNTED if self.notable else ""

    @property
    def found(self) -> Mapping[str, int]:
        """Rows read, obligations, findings, those that are breaches and the records they name: the same every time."""
        return self.runs["stages"][0].said

    @property
    def times(self) -> str:
        """How often each way ran."""
        return str(len(self.runs["csv"]))

    def of_rows(self, name: str) -> str:
        """A number of what was found, against the rows read."""
        count, rows = self.found[name], self.found["rows"]
        return f"{count:,} / {rows:,} ({count / rows:.1%})"

    def stages(self) -> list[str]:
        """The median of each stage."""
        return [number(seconds(self.runs["stages"], name)) for name in STAGES]


def audit(plan: Plan) -> Section:
    """The whole audit, its growth, the same by stage, the floor below it, and what findings cost."""
    section = Section("The whole audit", chart="Whole audit without documents, CSV, seconds")
    measured, refused = [], []
    for size in sorted(plan.sizes):
        ways = [False] * (size < LARGE) + [True] * (size >= BOTH_FROM)
        for notable in ways:
            try:
                measured.append(_audited(plan, size, notable))
            except Refused as why:
                refused.append(f"- {size:,} rows{COUNTED if notable else ''}: not measured: {why}.")
        plan.forget(plan.logs(size, "parquet"))
    section.lines.append(
        "`auditor audit --no-documents` over the logs of one bureau with the whole rulebook, start-up included"
        f" (from {BOTH_FROM:,} rows with `--notable-only` as well, from {LARGE:,} with it alone: what is met is then"
        " counted and not listed). A Parquet file holds the same cells as text."
        f" {FLOOR} A record may be in breach of several rules, and some findings say what breaches mean together."
    )
    rows = []
    for each in measured:
        for form in FORMS:
            ratio = seconds(each.runs[form]) / seconds(each.runs[f"{form} floor"])
            told = [f"{each.found['obligations']:,}", f"{each.found['findings']:,}", *map(each.of_rows, BREACHED)]
            figures = [*_figures(each.runs[form]), f"{ratio:.1f}"]
            rows.append([f"{each.size:,}{each.way}", form, each.times, each.megabytes[form], *figures, *told])
    head = ["rows", "files", "runs", "MB", *FIGURES, "against the floor", "obligations", "findings"]
    section.table([*head, *BREACHED.values()], rows)
    section.lines += refused
    _tell_growth(section, measured)
    section.lines.append("The same audit of the CSV files by stage, in one process, medians in seconds:")
    rows = [[f"{each.found['rows']:,}{each.way}", each.times, *each.stages()] for each in measured]
    section.table(["rows read", "runs", *STAGES], rows)
    section.bars = [(f"{each.size:,} rows{each.way}", seconds(each.runs["csv"])) for each in measured]
    _tell_faulty(section, plan, measured)
    values = [value for _, value in section.bars]
    section.logarithmic = bool(values) and max(values) > 50 * min(values)
    return section


def _audited(plan: Plan, size: int, notable: bool) -> Audited:
    """Audit the logs of one size in every form, by stage, and read the floor, taking turns."""
    logs = {form: plan.logs(size, form) for form in FORMS}
    megabytes = {form: number(warm(folder)) for form, folder in logs.items()}
    floors = _floors(plan, logs)
    only = ["--notable-only"] if notable else []
    runs: dict[str, list[Run]] = {name: [] for name in (*FORMS, *floors, "stages")}
    for _ in range(plan.runs(size)):
        for form, folder in logs.items():
            words = ["audit", folder, "--as-of", AS_OF, "--out", plan.out(), "--no-documents", *only]
            runs[form].append(measure(auditor(*words), plan.folder, expected=(0, 1)))
        for name, command in floors.items():
            runs[name].append(measure(command))
        runs["stages"].append(measure(script("stages.py", logs["csv"], plan.out(), "--as-of", AS_OF, *only)))
    return Audited(size, megabytes, runs, notable)


def _tell_growth(section: Section, measured: Sequence[Audited]) -> None:
    """Each size against the next smaller one that was audited the same way."""
    rows = []
    alike = [[each for each in measured if each.notable is way] for way in (False, True)]
    for smaller, larger in chain(*map(pairwise, alike)):
        ratio = larger.found["rows"] / smaller.found["rows"]
        grown = [figure(larger.runs["csv"]) / figure(smaller.runs["csv"]) for figure in (seconds, peak)]
        times = [part for each in grown for part in (f"{each:.2f}", f"{each / ratio:.2f}")]
        rows.append([f"{larger.size:,} against {smaller.size:,}{larger.way}", f"{ratio:.2f}", *times])
    if rows:
        section.lines.append(
            "Growth of the audit of the CSV files from one size to the next: how many times the rows, the median time"
            " and the peak memory, and the latter two divided by the former. Above 1 it grows faster than the rows."
            " Only audits that list the same are held against each other."
            " Start-up and the rulebook cost the same at any size, which keeps the first steps below 1."
        )
        section.table(["rows", "rows, times", "time, times", "time / rows", "peak, times", "peak / rows"], rows)


def _tell_faulty(section: Section, plan: Plan, measured: Sequence[Audited]) -> None:
    """The largest size that is not too large once more with many more faults, beside the ordinary one."""
    sizes = [each for each in measured if each.size <= FAULTY_UP_TO]
    if not sizes:
        section.lines.append(f"- What findings cost: not measured: no size up to {FAULTY_UP_TO:,} rows was asked for.")
        return
    size = sizes[-1].size
    logs = {"ordinary": plan.logs(size), "ten times the faults": plan.logs(size, faults=FAULTY)}
    asked: dict[str, Command] = {}
    for name, folder in logs.items():
        warm(folder)
        asked[name] = auditor("audit", folder, "--as-of", AS_OF, "--out", plan.folder / name, "--no-documents")
        asked[f"{name}, stages"] = script("stages.py", folder, plan.folder / f"{name}, stages", "--as-of", AS_OF)
    runs = take_turns(asked, plan.runs(size), plan.folder, expected=(0, 1))
    offices = {name: Audited(size, {}, {"csv": runs[name], "stages": runs[f"{name}, stages"]}) for name in logs}
    section.lines.append(
        f"What findings cost: {size:,} rows of CSV from an ordinary office, in which about two records in a"
        " hundred break some rule, and from one in which ten times as much goes wrong:"
    )
    rows = [
        [name, each.times, *_figures(each.runs["csv"]), *each.stages()[-3:], *map(each.of_rows, BREACHED)]
        for name, each in offices.items()
    ]
    section.table(["office", "runs", *FIGURES, *STAGES[-3:], *BREACHED.values()], rows)
    name, faulty = offices.popitem()
    section.bars.append((f"{size:,} rows, {name}", seconds(faulty.runs["csv"])))


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
    section.table(["command", *FIGURES], rows)
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
        runs = take_turns(floors, plan.runs(size))
        rows += [[f"{size:,}", name.removesuffix(" floor"), len(own), *_figures(own)] for name, own in runs.items()]
    section.lines.append(FLOOR)
    section.table(["rows", "files", "runs", *FIGURES], rows)
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
        try:
            tables, read = plan.tables(size)
        except Refused as why:
            reading.append(f"- {size:,} rows: not measured: {why}.")
            continue
        warm(tables)
        outs = {name: plan.folder / f"{module}.parquet" for name, module in ways.items()}
        commands = {name: script("peers/one.py", module, tables, outs[name]) for name, module in ways.items()}
        runs = take_turns(commands, plan.runs(size))
        same = measure(script("peers/compare.py", *outs.values())).said
        least = seconds(runs["Polars"], "evaluate")
        for name, own in runs.items():
            parts = [number(seconds(own, part)) for part in ("evaluate", "load", "write")]
            ratio = f"{seconds(own, 'evaluate') / least:.2f}"
            rows.append([f"{size:,}", name, len(own), *parts, ratio, *_figures(own)[::2]])
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
        " whole rulebook beside the tables. The logs are those of an office in which ten times as much goes wrong as"
        " in an ordinary one, so that there are breaches of every kind to agree upon."
    )
    parts = ["evaluate s", "load s", "write s", "evaluate, against Polars", "whole process s", "peak MB"]
    section.table(["rows", "way", "runs", *parts], rows)
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
    verdicts = {way: plan.folder / f"{module}.parquet" for way, module in COLUMNS.items()}
    runs = take_turns({**_columns(few, verdicts), **commands}, plan.repeat)
    measure(script("peers/compare.py", *verdicts.values()))
    same = measure(script("peers/compare.py", "--breaches", few, str(count), verdicts[OURS], *outs.values())).said
    judged = {f"{way}, {count:,} requests": (count, runs.pop(way)) for way in COLUMNS}
    try:
        larger = plan.tables(plan.records, "applications") if plan.records > plan.facts else None
    except Refused as why:
        missing[f"{OURS}, {plan.records:,} requests"], larger = f"not measured: {why}", None
    if larger:
        many, read = larger
        large = take_turns(_columns(many, verdicts), plan.runs(plan.records))
        measure(script("peers/compare.py", *verdicts.values()))
        number_read = read.said["requests"]
        judged = {**{f"{way}, {number_read:,} requests": (number_read, large[way]) for way in COLUMNS}, **judged}
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
        " cost and gains with the number of records. Polars by hand tells what the forty checks ask for, of these"
        " sixteen rules alone: about as fast as columns can be here. The office is the one of the forty checks."
    )
    section.table(["way", "requests a second", "times slower than the columns at their best", "peak MB"], rows)
    section.lines += [f"- {name}: {why}." for name, why in missing.items()]
    what = f"sixteen request rules, a request ({next(iter(speed))})"
    section.compared = [Compared(what, 1 / fastest, name, 1 / speed[name], 0.01) for name in there]
    hand = next(name for name in speed if name.startswith(BY_HAND))
    section.compared.append(Compared(what, 1 / fastest, BY_HAND, 1 / speed[hand]))
    return section


def _columns(tables: Path, verdicts: Mapping[str, Path]) -> dict[str, Command]:
    """The sixteen rules over columns, in the rule language and by hand."""
    more = {OURS: [REQUEST_RULES], BY_HAND: []}
    return {way: script("peers/one.py", module, tables, verdicts[way], *more[way]) for way, module in COLUMNS.items()}


def _engines() -> tuple[dict[str, str], dict[str, str]]:
    """Engines that are installed, and why the others are not asked."""
    sys.path.insert(0, str(Path(__file__).parent))
    from peers.json_rules_facts import is_there

    there, missing = {}, {}
    for name, (module, needed) in ENGINES.items():
        if not _installed(needed):
            missing[name] = f"skipped, the module {needed} is not installed (`pip install -e '.[engines]'`)"
        elif not needed and not is_there():
            missing[name] = (
                "skipped, node or its package json-rules-engine is not installed (`npm install json-rules-engine`)"
            )
        else:
            there[name] = module
    return there, missing


def bureaus(plan: Plan) -> Section:
    """Many bureaus in one process and in workers."""
    section = Section("Many bureaus")
    words = ["--bureaus", str(plan.bureaus), "--rows", str(plan.bureau_rows), "--repeat", str(plan.bureau_repeat)]
    said = measure(script("bureaus.py", *words)).said
    section.lines.append(
        f"`auditor audit-all --no-documents` over {plan.bureaus} bureaus of {plan.bureau_rows:,} rows; all runs"
        f" ({plan.bureau_repeat} each way, medians) wrote the same {said['files']:,} files to the byte. The overhead is"
        " processor time of all processes together."
    )
    against = {way: each["processor"] / said["first"] for way, each in said["ways"].items()}
    rows = [
        [way, plan.bureau_repeat, number(each["wall"]), number(each["processor"]), f"{against[way]:.2f}"]
        for way, each in said["ways"].items()
    ]
    section.table(["way", "runs", "median s", "processor s", "processor, against one process"], rows)
    section.lines += [
        f"- {way}: {ratio:.2f} times the processor time of one process (aim: at most {OVERHEAD},"
        f" {'reached' if ratio <= OVERHEAD else 'missed'})."
        for way, ratio in list(against.items())[1:]
    ]
    return section


SECTIONS = {
    "audit": audit,
    "commands": commands,
    "floor": floor,
    "checks": checks,
    "engines": engines,
    "bureaus": bureaus,
}
