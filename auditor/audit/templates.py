"""Templates of all logs, their example taken from the sample logs of the invented bureau."""

from collections import defaultdict
from pathlib import Path

import polars as pl

from auditor.audit.folders import written_whole
from auditor.reading import read_logs
from auditor.reporting.templates import Template, Value, write_template
from auditor.rulebook.book import Rulebook
from auditor.rulebook.inuse import in_use
from auditor.rulebook.references import fields_read
from auditor.shipped import shipped
from auditor.tables import LogTable

_MUCH = 0.75  # of what is filled in where most is


def write_templates(book: Rulebook, folder: Path) -> list[str]:
    """Write one template a log into `folder`; returns the names of the files.

    Raises `UsageError` where one of them is there already; then none is written.
    """
    templates = templates_of(book)
    with written_whole(folder, may_hold_others=True) as work:
        for template in templates:
            write_template(template, work / template.file_name)
    return [template.file_name for template in templates]


def templates_of(book: Rulebook) -> list[Template]:
    """What the template of each log says."""
    sample = read_logs([shipped("fixtures") / "sample"], book.logs).tables
    rules: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for rule in (in_use(rule, book.values) for rule in book.rules):
        if rule.not_auditable is None:
            for log, names in fields_read([rule]).items():
                for name in names:
                    rules[log, name].append(rule.id)
    return [
        Template(
            log,
            {field: rules[name, field] for field in log.fields if (name, field) in rules},
            _fullest(sample[name]) if name in sample else {},
            _first_values(sample[name]) if name in sample else {},
            frozenset(book.logs.common_fields),
        )
        for name, log in book.logs.logs.items()
    ]


def _fields(table: LogTable) -> list[str]:
    return [name for name in table.frame.columns if not name.startswith("_")]


def _fullest(table: LogTable) -> dict[str, Value]:
    """The first of the records in which much is filled in: an example whose values go together."""
    names = _fields(table)
    filled = table.frame.select(pl.sum_horizontal(pl.col(name).is_not_null() for name in names)).to_series()
    much = [at for at, number in enumerate(filled) if number >= max(filled) * _MUCH]
    record = table.frame.select(names).row(much[0], named=True)
    return {name: value for name, value in record.items() if value is not None}


def _first_values(table: LogTable) -> dict[str, Value]:
    """For each field the first value that is recorded."""
    found = {name: table.frame[name].drop_nulls() for name in _fields(table)}
    return {name: values.to_list()[0] for name, values in found.items() if len(values)}
