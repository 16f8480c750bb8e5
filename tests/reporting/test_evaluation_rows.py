"""Rows of the report on the evaluation."""

from auditor.domain.appraisal import ProcedureLine
from auditor.reporting.evaluation_rows import procedure_row


def test_the_procedure_is_told_without_names_of_settings() -> None:
    says = (
        "“反馈日期”逾期5日。采用的口径：一个月怎样算——1 month，遇休息日顺延（设置项 clock.month）。多人负责。",
        "“公示日期”没有登记。采用的口径：几天——30 days（设置项 eva.days）。本级配置标准，非制度明文。",
    )
    told = procedure_row(
        ProcedureLine(
            "EVA-7-1",
            "第七条",
            "一个月内提出措施",
            dict.fromkeys(("met", "breached", "pending", "excused", "unverifiable", "manual"), 1),
            says,
        )
    )[-1]
    assert told == "“反馈日期”逾期5日。多人负责。\n“公示日期”没有登记。该期限为本级配置标准，非制度明文。"
