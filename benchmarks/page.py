"""The page that the measurements become: Markdown with what is slower first, and a chart as SVG."""

import math
import os
import platform
from collections.abc import Mapping, Sequence
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sections import Compared, Section, number

CHART = "performance.svg"
LIBRARIES = (
    *("polars", "pandas", "numpy", "pyarrow", "duckdb", "pydantic", "phonenumbers"),
    *("durable-rules", "clipspy", "zen-engine", "distributed"),
)
WIDTH, BAR, GAP, LABEL, VALUE = 760, 20, 8, 250, 110


def page(sections: Sequence[Section], about: Mapping[str, str], skipped: Sequence[str]) -> str:
    """The whole page."""
    lines = [
        "# Performance",
        "",
        f"Written by `{about['command']}` on {about['date']}; not to be edited by hand."
        " What the sections measure, and how to repeat them: [benchmarks](../benchmarks/README.md).",
        "",
        "## What is slower than a peer",
        "",
        *_slower(sections),
        "",
        "## Machine",
        "",
        *(f"- {name}: {value}" for name, value in machine().items()),
        *(f"- {name}: {about[name]}" for name in ("runs", "load before and after") if name in about),
        "",
    ]
    if any(section.bars for section in sections):
        lines += [f"![Bars of the tables below]({CHART})", ""]
    for section in sections:
        lines += [f"## {section.title}", "", *section.lines, ""]
    if skipped:
        lines += ["## Not measured in this run", "", *(f"- {title}" for title in skipped), ""]
    return "\n".join(_single_blanks(lines))


def _single_blanks(lines: Sequence[str]) -> list[str]:
    return [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]


def _slower(sections: Sequence[Section]) -> list[str]:
    """Comparisons, the worst first; what is faster comes after."""
    compared = [each for section in sections for each in section.compared]
    if not compared:
        return ["Nothing was held against a peer in this run."]
    worst = sorted(compared, key=lambda each: each.theirs / each.ours)
    slower = [_told(each) for each in worst if each.ours > each.theirs]
    faster = [_told(each) for each in worst if each.ours <= each.theirs]
    return [*(slower or ["Nothing in this run."]), *(["", "Not slower:", "", *faster] if faster else [])]


def _told(each: Compared) -> str:
    ratio = each.ours / each.theirs
    reached = "reached" if ratio <= each.aim else "missed"
    aim = f" (aim: at most {each.aim}, {reached})" if each.aim else ""
    return f"- {each.what}: {ratio:.{2 if ratio >= 0.1 else 4}f} times the time of {each.peer}{aim}."


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "") if platform.system() == "Linux" else ""
    return {
        "processors": f"{len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()}"
        f" ({_of('/proc/cpuinfo', 'model name') or platform.machine()})",
        "memory": _memory(),
        "system": system or f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "libraries": ", ".join(f"{name} {found}" for name in LIBRARIES if (found := _version(name))),
    }


def _memory() -> str:
    kilobytes = _of("/proc/meminfo", "MemTotal").split(" ")[0]
    return f"{int(kilobytes) / 1024**2:.0f} GiB" if kilobytes else "unknown"


def _of(file: str, key: str) -> str:
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def chart(sections: Sequence[Section]) -> str:
    """One group of bars for each section that has any; longer is slower, or on a logarithmic scale faster."""
    parts, top = [], 10
    for section in sections:
        if not section.bars:
            continue
        scale = " (logarithmic)" if section.logarithmic else ""
        parts.append(f'<text x="10" y="{top + 16}" class="title">{escape(section.chart + scale)}</text>')
        top += 28
        for place, (label, value) in enumerate(section.bars):
            middle = top + BAR - 5
            width = _length(value, [each for _, each in section.bars], section.logarithmic)
            shade = "own" if label.startswith(("rule language", "columns")) or "rows" in label else "peer"
            parts += [
                f'<text x="{LABEL - 8}" y="{middle}" class="label">{escape(label)}</text>',
                f'<rect x="{LABEL}" y="{top}" width="{width:.1f}" height="{BAR}" class="{shade}"/>',
                f'<text x="{LABEL + width + 6:.1f}" y="{middle}">{number(value)}</text>',
            ]
            top += BAR + (GAP if place < len(section.bars) - 1 else 3 * GAP)
    style = (
        "text{font:13px sans-serif;fill:#222}.title{font-weight:bold}.label{text-anchor:end}"
        ".own{fill:#b0413e}.peer{fill:#6b7f99}"
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" width="{WIDTH}" height="{top}">'
    ground = f'<rect width="{WIDTH}" height="{top}" fill="#fff"/>'
    return "\n".join([head, f"<style>{style}</style>", ground, *parts, "</svg>", ""])


def _length(value: float, values: Sequence[float], logarithmic: bool) -> float:
    room = WIDTH - LABEL - VALUE
    if not logarithmic:
        return max(1.0, room * value / max(values))
    low, high = math.log10(min(values)) - 0.5, math.log10(max(values))
    return max(1.0, room * (math.log10(value) - low) / (high - low))
