"""Identity of findings: the same fact has the same id in every audit, whatever the order or the file names."""

import hashlib

from auditor.domain.finding import Finding


def finding_id(*parts: str) -> str:
    """Sixteen hexadecimal digits made of what identifies a finding."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def pattern_id(judgement: str, rule: str, unit: str, period: str) -> str:
    """The id of a finding that a judgement makes of several breaches of one unit."""
    return finding_id(judgement, rule, unit, period)


def is_pattern(finding: Finding, period: str) -> bool:
    """Whether the finding says what others mean together: what it says is counted with them already (AMB-56)."""
    return any(finding.id == pattern_id(name, finding.rule, finding.unit, period) for name in finding.judgements)
