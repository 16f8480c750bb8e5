"""A small catalogue of logs, and a writer of sheets."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from auditor.rulebook.logs import LogCatalogue


@pytest.fixture
def catalogue() -> LogCatalogue:
    return LogCatalogue.model_validate(
        {
            "common_fields": {"note": {"zh": "备注", "type": "text"}},
            "logs": {
                "requests": {
                    "zh": "依申请公开台账",
                    "names": ["依申请公开"],
                    "key": "request_id",
                    "identity": ["received_on", "applicant"],
                    "ignored_headings": ["答复期限"],
                    "fields": {
                        "request_id": {"zh": "申请编号", "type": "text", "weak_aliases": ["编号"]},
                        "applicant": {"zh": "申请人", "type": "text", "aliases": ["申请人姓名"]},
                        "received_on": {"zh": "收到申请日期", "type": "date", "weak_aliases": ["受理日期"]},
                        "replied_on": {"zh": "答复日期", "type": "date", "aliases": ["答复时间"]},
                        "written": {"zh": "是否书面", "type": "flag"},
                        "separable": {"zh": "是否能够区分处理", "type": "flag", "blank": "unknown"},
                        "answer": {"zh": "权利人意见", "type": ["同意", "不同意", "未答复"]},
                        "secrecy": {"zh": "密级", "type": ["无", "秘密"], "blank": "无"},
                        "items": {"zh": "申请事项数", "type": "count"},
                        "fee": {"zh": "收费金额", "type": "money"},
                        "channels": {"zh": "公开渠道", "type": "list"},
                    },
                },
                "messages": {
                    "zh": "网民留言台账",
                    "names": ["网民留言"],
                    "key": "message_id",
                    "fields": {
                        "message_id": {"zh": "留言编号", "type": "text"},
                        "received_on": {"zh": "留言时间", "type": "time"},
                        "content": {"zh": "留言内容", "type": "text"},
                    },
                },
                "checklist": {
                    "zh": "人工核查表",
                    "key": "item",
                    "fields": {
                        "item": {"zh": "核查事项编号", "type": "text"},
                        "subject": {"zh": "核查对象", "type": "text"},
                        "period": {"zh": "适用期间", "type": "text"},
                        "answer": {"zh": "核查结果", "type": ["符合", "不符合"]},
                    },
                },
            },
        }
    )


@pytest.fixture
def write_sheets(tmp_path: Path) -> Callable[..., Path]:
    """Write an XLSX of the named sheets under a name of any ending."""

    def write(name: str, sheets: dict[str, Sequence[Sequence[object]]]) -> Path:
        path = tmp_path / name
        real = path.with_name("written.tmp.xlsx")
        book = xlsxwriter.Workbook(real, {"default_date_format": "yyyy-mm-dd"})
        for sheet, rows in sheets.items():
            page = book.add_worksheet(sheet)
            for at, row in enumerate(rows):
                page.write_row(at, 0, row)
        book.close()
        real.rename(path)
        return path

    return write
