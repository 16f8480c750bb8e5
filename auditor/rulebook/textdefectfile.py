"""`text_defects.yaml`: what a reader found wrong with the printed text."""

from enum import StrEnum

from auditor.rulebook.strict import Strict


class DefectKind(StrEnum):
    """What is wrong with a passage of a regulation."""

    LOOSER = "looser"
    REFUSAL = "refusal_without_basis"
    CONFLICT = "conflict"
    REPEALED = "repealed"
    SUPERSEDED = "superseded"
    COMPETENCE = "beyond_competence"
    IMPOSSIBLE = "impossible"
    NUMBERING = "numbering"
    RANGE = "range_without_choice"
    GAP = "gap"
    CITATION = "citation"
    EFFECT = "effective_date"
    SLIP = "typing_slip"

    @property
    def zh(self) -> str:
        """As the office says it."""
        return _KIND_ZH[self]


_KIND_ZH = {
    DefectKind.LOOSER: "宽于上位规定",
    DefectKind.REFUSAL: "拒绝公开缺少上位依据",
    DefectKind.CONFLICT: "与上位规定抵触",
    DefectKind.REPEALED: "沿用已取消的规定",
    DefectKind.SUPERSEDED: "沿用旧规定",
    DefectKind.COMPETENCE: "超出权限",
    DefectKind.IMPOSSIBLE: "无法执行",
    DefectKind.NUMBERING: "编号",
    DefectKind.RANGE: "几种期限未说明选用",
    DefectKind.GAP: "缺漏",
    DefectKind.CITATION: "引用",
    DefectKind.EFFECT: "施行日期",
    DefectKind.SLIP: "文字",
}


class DefectEntry(Strict):
    """One defect as recorded; `regulation` is the regulation's code."""

    regulation: str
    clause: str
    kind: DefectKind
    defect: str
    rules: tuple[str, ...] = ()
    ambiguity: str = ""


class DefectFile(Strict):
    """All of them."""

    defects: tuple[DefectEntry, ...]
