"""Identity of findings: the same fact has the same id in every audit, whatever the order or the file names."""

import hashlib
from collections.abc import Sequence

from auditor.domain.finding import Finding


def finding_id(*parts: str) -> str:
    """Sixteen hexadecimal digits made of what identifies a finding."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def pattern_id(judgement: str, rule: str, unit: str, period: str) -> str:
    """The id of a finding that a judgement makes of several breaches of one unit."""
    return finding_id(judgement, rule, unit, period)


def whom(records: Sequence[str]) -> str:
    """What stands in the id of a pattern for a unit that nobody may learn: its name could be found out by trying."""
    return "、".join(records)


def is_pattern(finding: Finding, period: str) -> bool:
    """Whether the finding says what others mean together: what it says is counted with them already (AMB-56)."""
    units = (finding.unit, whom(finding.records))
    ids = {pattern_id(name, finding.rule, unit, period) for name in finding.judgements for unit in units}
    return finding.id in ids
