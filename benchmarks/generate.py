"""Logs of an invented bureau in any size: the same seed gives the same files.

    python benchmarks/generate.py DIR --rows 10000 --seed 1

Dates crowd where limits hurt: before the spring festival, before the national holidays, at the end of
the year. About one cell in three hundred is dirty: dates written otherwise, no dates at all, values outside
the list, placeholders, repeated rows, missing numbers.
"""

import argparse
import random
from collections.abc import Mapping
from pathlib import Path

import polars as pl
from draw import Column, Draw

from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.logs import FieldType, LogCatalogue

SHARES = {"publications": 0.29, "reviews": 0.285, "requests": 0.13, "consultations": 0.03, "messages": 0.27}
UNITS = ["公共服务科", "产业发展科", "市场管理科", "文物科", "资源开发科", "政策法规科", "局办公室"]
SUBJECTS = [
    "乡村旅游民宿扶持",
    "公共文化场馆延时开放",
    "文物保护单位修缮",
    "旅行社设立许可",
    "娱乐场所检查",
    "非遗传承人补助",
]
KINDS = ["办法", "通知", "公告", "实施方案", "工作总结", "采购结果", "处罚决定"]
COMPLAINTS = [
    "景区讲解收费不明",
    "民宿退订不退款",
    "图书馆周末不开门",
    "网吧噪声扰民",
    "导游证年审怎么办",
    "古树无人管护",
]
DIRTY_DATES = ["2025-13-02", "待定", "2024年2月30日", "/", "详见附件", "25.3.5"]


def _ids(prefix: str, rows: int) -> list[str]:
    return [f"{prefix}-{number:07}" for number in range(1, rows + 1)]


def publications(draw: Draw) -> dict[str, Column]:
    """What was published, held back or delayed."""
    formed = draw.days()
    published = draw.after(formed, (0, 7), 40)
    return {
        "publication_id": _ids("XX", draw.rows),
        "title": draw.texts(["关于"], SUBJECTS, ["的"], KINDS),
        "unit": draw.one_of(UNITS),
        "categories": draw.one_of({"GID4.2.1": 3, "ZWG4.4": 3, "GID4.2.1、ZWG4.9": 1, "": 1}),
        "attribute": draw.one_of({"主动公开": 88, "依申请公开": 7, "不予公开": 4, "": 1}),
        "scope": draw.one_of({"对外公开": 9, "内部公开": 1}),
        "important": draw.yes(0.15),
        "vital_interest": draw.yes(0.2),
        "formed_on": formed,
        "published_on": published,
        "in_force": draw.yes(0.8),
        "channels": draw.one_of({"局门户网站": 6, "局门户网站、政务公开栏": 3, "微信公众号": 1}),
        "delay_reason": draw.one_of({"": 95, "需征求意见": 3, "技术原因": 2}),
        "delay_recorded_on": draw.only(0.04, draw.after(formed, (1, 6), 12)),
        "delay_approved_by": draw.one_of({"": 97, "分管领导": 3}),
        "changed_on": draw.only(0.05, draw.after(published, (5, 60), 200)),
        "updated_on": draw.only(0.04, draw.after(published, (8, 80), 220)),
        "secrecy": draw.one_of({"无": 97, "秘密": 2, "未定": 1}),
        "third_party": draw.one_of({"无": 96, "商业秘密": 2, "个人隐私": 2}),
        "holder_answer": draw.one_of({"": 96, "同意": 2, "不同意": 1, "未答复": 1}),
        "security_risk": draw.yes(0.005),
        "summary": draw.texts(SUBJECTS, ["要点"]),
        "catalogued_on": draw.after(published, (0, 5), 30),
        "archived_on": draw.after(published, (30, 300), 400),
        "document_id": draw.one_of({"": 80, **{f"GW-{number}": 1 for number in range(20)}}),
    }


def reviews(draw: Draw, published: Column) -> dict[str, Column]:
    """One review for nearly every publication, mostly finished before it."""
    numbers = sorted(draw.rng.sample(range(len(published)), draw.rows))
    days = [published[number] for number in numbers]
    signed = draw.before(days, (0, 3), 9)
    submitted = draw.before(signed, (0, 2), 5)
    return {
        "review_id": _ids("SH", draw.rows),
        "publication_id": [f"XX-{number + 1:07}" for number in numbers],
        "submitted_on": submitted,
        "section_head": draw.names(),
        "section_head_on": submitted,
        "leader": draw.one_of({"分管领导": 9, "": 1}),
        "leader_on": signed,
        "director": draw.one_of({"": 8, "局长": 2}),
        "director_on": draw.only(0.2, draw.after(signed, (0, 2), 9)),
        "secrecy_reviewer": draw.names(),
        "secrecy_on": draw.after(submitted, (0, 2), 9),
        **{
            name: draw.one_of({"是": 99, "否": 1})
            for name in ("scope_checked", "form_checked", "accuracy_checked", "timeliness_checked")
        },
        "conclusion": draw.one_of({"同意公开": 970, "退回修改": 10, "不予公开": 5, "部分公开": 15}),
    }


def requests(draw: Draw) -> dict[str, Column]:
    """Applications with corrections, extensions and refusals."""
    received = draw.days()
    corrected = draw.only(0.08, draw.after(received, (2, 7), 15))
    extended = draw.only(0.10, draw.after(received, (18, 28), 35))
    return {
        "request_id": _ids("SQ", draw.rows),
        "applicant": draw.names(),
        "applicant_kind": draw.one_of({"自然人": 85, "商业企业": 12, "其他": 3}),
        "contact": [f"1390000{number:04}" for number in draw.rng.choices(range(10_000), k=draw.rows)],
        "channel": draw.one_of({"互联网": 60, "信函": 25, "当面": 10, "电子邮件": 5}),
        "description": draw.texts(["申请公开"], SUBJECTS, KINDS),
        "arrived_on": received,
        "received_on": received,
        "registered_on": draw.after(received, (0, 1), 6),
        "unit": draw.one_of(UNITS),
        "transferred_on": draw.after(received, (0, 3), 14),
        "section_received_on": draw.after(received, (1, 4), 16),
        "section_replied_on": draw.after(received, (3, 13), 40),
        "correction_notified_on": corrected,
        "correction_received_on": draw.after(corrected, (3, 20), 60),
        "extension_approved_by": ["分管领导" if day else "" for day in extended],
        "extension_approved_on": extended,
        "extension_notified_on": draw.after(extended, (0, 2), 12),
        "extension_days": [draw.rng.choice((5, 10, 20, 20, 25)) if day else None for day in extended],
        "outcome": draw.one_of(
            {"予以公开": 50, "部分公开": 12, "不予公开": 12, "信息不存在": 14, "已主动公开": 8, "": 4}
        ),
        "reply_reason": draw.one_of({"": 2, "属于内部事务信息": 38, "经检索未找到": 60}),
        "pointer": draw.one_of({"": 2, "局门户网站政府信息公开专栏": 98}),
        "replied_on": draw.after(received, (8, 26), 75),
        "delivery": draw.one_of({"电子邮件": 5, "邮政寄送": 4, "当面": 1}),
        "remedy_notice": draw.yes(0.8),
    }


def consultations(draw: Draw, asked: int) -> dict[str, Column]:
    """Letters to third parties and other agencies."""
    sent = draw.days()
    numbers = draw.rng.choices(range(1, asked + 1), k=draw.rows)
    return {
        "consultation_id": _ids("ZQ", draw.rows),
        "request_id": [f"SQ-{number:07}" for number in numbers],
        "kind": draw.one_of({"第三方": 6, "其他机关": 3, "上级部门": 1}),
        "written": draw.yes(0.85),
        "sent_on": sent,
        "answered_on": draw.after(sent, (3, 15), 40, done=0.85),
        "objection": draw.yes(0.3),
    }


def messages(draw: Draw) -> dict[str, Column]:
    """Letters to the site, messages of citizens and orders of the hotline, with the time of day."""
    received = draw.days()
    kinds = draw.one_of({"政策咨询": 40, "投诉": 30, "求助": 18, "需调查处理": 8, "重难件": 3, "检举控告": 1})
    quick, usual, slow = (draw.after(received, span, 45) for span in ((0, 3), (1, 7), (2, 13)))
    by_kind = {"政策咨询": quick, "投诉": usual, "求助": usual}
    replied = [by_kind.get(kind, slow)[row] for row, kind in enumerate(kinds)]
    return {
        "message_id": _ids("LY", draw.rows),
        "source": draw.one_of({"网站信箱": 2, "网民留言": 3, "12345热线": 5}),
        "kind": kinds,
        "subject": draw.one_of(COMPLAINTS),
        "content": draw.texts(["您好，"], COMPLAINTS, ["，请尽快处理。", "，已经反映多次，至今没有答复，望核实。"]),
        "author": draw.names(),
        "author_phone": [f"1380000{number:04}" for number in draw.rng.choices(range(10_000), k=draw.rows)],
        "received_on": draw.clock(received),
        "assigned_on": draw.after(received, (0, 1), 5),
        "unit": draw.one_of(UNITS),
        "investigated_on": [day and min(day, answered or day) for day, answered in zip(received, replied, strict=True)],
        "replied_on": draw.clock(replied),
        "reply": draw.texts(["已转", "经核实，"], COMPLAINTS, ["，现答复如下。"]),
        "outcome": draw.one_of({"已解决": 60, "解释说明": 30, "办理中": 6, "纳入规划": 3, "": 1}),
        "confidential": draw.yes(0.03),
        "made_public": draw.yes(0.5),
    }


def generate(folder: Path, rows: int, seed: int = 1) -> dict[str, int]:
    """Write the logs below `folder` as CSV with Chinese headings; returns the rows of each."""
    catalogue = load_rulebook(shipped_cases=False).logs
    folder.mkdir(parents=True, exist_ok=True)
    counts = {log: max(1, round(rows * share)) for log, share in SHARES.items()}
    draws = {log: Draw(random.Random(f"{seed} {log}"), count) for log, count in counts.items()}
    published = publications(draws["publications"])
    tables = {
        "publications": published,
        "reviews": reviews(draws["reviews"], published["published_on"]),
        "requests": requests(draws["requests"]),
        "consultations": consultations(draws["consultations"], counts["requests"]),
        "messages": messages(draws["messages"]),
    }
    for log, columns in tables.items():
        frame = _dirtied(_as_text(columns), log, catalogue, draws[log].rng)
        definition = catalogue.logs[log]
        headings = {name: definition.fields[name].zh for name in frame.columns}
        frame.rename(headings).write_csv(folder / f"{definition.zh}.csv", include_bom=True)
    return counts


def _as_text(columns: Mapping[str, Column]) -> pl.DataFrame:
    frame = pl.DataFrame(columns, strict=False)
    times = pl.selectors.datetime()
    return frame.with_columns(times.dt.strftime("%Y-%m-%d %H:%M")).with_columns(pl.all().cast(pl.String))


def _dirtied(frame: pl.DataFrame, log: str, catalogue: LogCatalogue, rng: random.Random) -> pl.DataFrame:
    """Some cells written otherwise or wrongly, some rows twice."""
    definition, rows = catalogue.logs[log], frame.height
    changed = []
    for name in frame.columns:
        cells = frame[name].to_list()
        kind = definition.fields[name].type
        for row in rng.sample(range(rows), rows // 300):
            if kind in (FieldType.DATE, FieldType.TIME):
                cells[row] = rng.choice([*DIRTY_DATES, (cells[row] or "").replace("-", "/"), f" {cells[row] or ''} "])
            elif kind is FieldType.ONE_OF:
                cells[row] = rng.choice(["其它", "待确认", "—"])
            elif kind is not FieldType.FLAG:
                cells[row] = rng.choice(["", "无", "/", f" {cells[row] or ''}"])
        changed.append(pl.Series(name, cells, dtype=pl.String))
    dirty = pl.DataFrame(changed)
    repeated = rng.sample(range(rows), rows // 500)
    return pl.concat([dirty.head(rows - len(repeated)), dirty[repeated]]) if repeated else dirty


def main() -> None:
    """Write logs from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=10_000, help="rows over all logs together")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(generate(options.folder, options.rows, options.seed))


if __name__ == "__main__":
    main()
