"""How sure it is that a column is what it was taken for: by its heading, and by what its values look like."""

from auditor.reading.headings import Fit, Strength
from auditor.reading.shapes import is_telling
from auditor.rulebook.logs import LogField
from auditor.tables import Confidence


def confidence(strength: Strength, fit: Fit, field: LogField) -> tuple[Confidence, str]:
    """The confidence in a column, and why it is not full ("" where it is).

    Values can lower it, and raise it by one where few other fields look like this one; they never decide alone.
    """
    if strength is Strength.MAPPED:
        return Confidence.HIGH, ""
    telling = fit is Fit.SPEAKS_FOR and is_telling(field)
    if strength is Strength.WEAK:
        reason = "表头太笼统或意思不完全相同"
        return (Confidence.MIDDLE, f"{reason}，但内容相符") if telling else (Confidence.LOW, reason)
    if fit is Fit.SPEAKS_AGAINST:
        return Confidence.LOW, f"内容大多不像“{field.zh}”，请检查列是否错位"
    if fit is Fit.IN_PART:
        return Confidence.MIDDLE, f"内容有一部分不像“{field.zh}”"
    if strength is Strength.NEAR:
        return (Confidence.HIGH, "") if telling else (Confidence.MIDDLE, "表头写法与已知的相近")
    return Confidence.HIGH, ""
