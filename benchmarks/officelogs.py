"""What an invented bureau enters into its logs: one function a family of logs that name each other.

Each gives a block of rows of every log of its family: field → column, days still as days.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl
from draw import Days, Draw

Columns = dict[str, pl.Series | Days]
UNITS = ["公共服务科", "产业发展科", "市场管理科", "文物科", "资源开发科", "政策法规科", "局办公室"]
SUBJECTS = [
    *("乡村旅游民宿扶持", "公共文化场馆延时开放", "文物保护单位修缮", "旅行社设立许可", "娱乐场所检查"),
    *("非遗传承人补助", "全民阅读活动", "景区安全隐患排查", "导游资格考试", "文化下乡演出"),
]
KINDS = ["办法", "通知", "公告", "实施方案", "工作总结", "采购结果", "处罚决定"]
COMPLAINTS = [
    *("景区讲解收费不明", "民宿退订不退款", "图书馆周末不开门", "网吧噪声扰民", "导游证年审怎么办", "古树无人管护"),
    *("旅行社拖欠团费", "文化广场照明损坏"),
]
# Hardly any: a telephone, an e-mail address, a resident number with a valid check digit, all invented.
PERSONAL = {"": 9960, "联系电话13800001234。": 20, "电子邮箱wang@example.com。": 15, "身份证11010519491231002X。": 5}


def disclosure(draw: Draw, first: int) -> Mapping[str, Columns]:
    """What was published, held back or delayed, and the review of nearly every item, mostly finished before it."""
    formed = draw.days()
    published = draw.after(formed, (0, 7), 40)
    numbers = draw.numbered("XX-", np.arange(first, first + draw.rows))
    publications: Columns = {
        "publication_id": numbers,
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
        "changed_on": (changed := draw.only(0.05, draw.after(published, (5, 60), 200))),
        "updated_on": draw.after(changed, (0, 8), 30),
        "secrecy": draw.one_of({"无": 97, "秘密": 2, "未定": 1}),
        "third_party": draw.one_of({"无": 96, "商业秘密": 2, "个人隐私": 2}),
        "holder_answer": draw.one_of({"": 96, "同意": 2, "不同意": 1, "未答复": 1}),
        "security_risk": draw.yes(0.005),
        "summary": draw.texts(SUBJECTS, ["要点"]),
        "text": draw.texts(["现将"], SUBJECTS, ["有关情况公布如下，请有关单位和个人遵照执行。"], PERSONAL),
        "catalogued_on": draw.after(published, (0, 5), 30),
        "archived_on": draw.after(published, (30, 300), 400),
        "document_id": draw.one_of({"": 80, **{f"上级来文{number}号": 1 for number in range(1, 21)}}),
    }
    signed = draw.before(published, (0, 3), 9)
    submitted = draw.before(signed, (0, 2), 5)
    checked = {"是": 99, "否": 1}
    reviews: Columns = {
        "review_id": draw.numbered("SH-", np.arange(first, first + draw.rows)),
        "publication_id": numbers,
        "submitted_on": submitted,
        "section_head": draw.names(),
        "section_head_on": submitted,
        "leader": draw.one_of({"分管领导": 9, "": 1}),
        "leader_on": signed,
        "director": draw.one_of({"": 8, "局长": 2}),
        "director_on": draw.only(0.2, draw.after(signed, (0, 2), 9)),
        "secrecy_reviewer": draw.names(),
        "secrecy_on": draw.after(submitted, (0, 2), 9),
        "scope_checked": draw.one_of(checked),
        "form_checked": draw.one_of(checked),
        "accuracy_checked": draw.one_of(checked),
        "timeliness_checked": draw.one_of(checked),
        "conclusion": draw.one_of({"同意公开": 970, "退回修改": 10, "不予公开": 5, "部分公开": 15}),
    }
    return {"publications": publications, "reviews": _some(reviews, draw.chance(0.98))}


def applications(draw: Draw, first: int) -> Mapping[str, Columns]:
    """Applications with corrections, extensions and refusals, and the letters to third parties and other agencies."""
    received = draw.days()
    replied = draw.after(received, (8, 26), 75)
    extended = draw.only(0.10, draw.after(received, (18, 28), 35))
    numbers = draw.numbered("SQ-", np.arange(first, first + draw.rows))
    requests: Columns = {
        "request_id": numbers,
        "applicant": draw.names(),
        "applicant_kind": draw.one_of({"自然人": 85, "商业企业": 12, "其他": 3}),
        "contact": draw.numbered("1390000", draw.below(10_000), 4),
        "channel": draw.one_of({"互联网": 60, "信函": 25, "当面": 10, "电子邮件": 5}),
        "description": draw.texts(["申请公开"], SUBJECTS, KINDS, PERSONAL),
        "arrived_on": received,
        "received_on": received,
        "registered_on": draw.after(received, (0, 1), 6),
        "unit": draw.one_of(UNITS),
        "transferred_on": draw.after(received, (0, 3), 14),
        "section_received_on": draw.after(received, (1, 4), 16),
        "section_replied_on": draw.after(received, (3, 13), 40),
        "correction_notified_on": (corrected := draw.only(0.08, draw.after(received, (2, 7), 15))),
        "correction_received_on": draw.after(corrected, (3, 20), 60),
        "extension_approved_by": _where(~np.isnat(extended), "分管领导"),
        "extension_approved_on": extended,
        "extension_notified_on": draw.after(extended, (0, 2), 12),
        "extension_days": _where(~np.isnat(extended), draw.one_of({"5": 1, "10": 1, "20": 2, "25": 1})),
        "outcome": draw.one_of(
            {"予以公开": 50, "部分公开": 12, "不予公开": 12, "信息不存在": 14, "已主动公开": 8, "": 4}
        ),
        "reply_reason": draw.one_of({"": 2, "属于内部事务信息": 38, "经检索未找到": 60}),
        "refusal_ground": draw.one_of({"": 90, "内部事务": 6, "过程性信息": 3, "其他": 1}),
        "pointer": draw.one_of({"": 2, "局门户网站政府信息公开专栏": 98}),
        "search_record": draw.one_of({"": 5, "检索档案系统、文书系统，未见": 95}),
        "replied_on": replied,
        "delivery": draw.one_of({"电子邮件": 5, "邮政寄送": 4, "当面": 1}),
        "remedy_notice": draw.yes(0.8),
    }
    sent = draw.after(received, (2, 12), 30)
    consultations: Columns = {
        "consultation_id": draw.numbered("ZQ-", np.arange(first, first + draw.rows)),
        "request_id": numbers,
        "kind": draw.one_of({"第三方": 6, "其他机关": 3, "上级部门": 1}),
        "written": draw.yes(0.85),
        "sent_on": sent,
        "answered_on": draw.after(sent, (3, 15), 40, done=0.85),
        "objection": draw.yes(0.3),
    }
    return {"requests": requests, "consultations": _some(consultations, draw.chance(0.2))}


def messages(draw: Draw, first: int) -> Mapping[str, Columns]:
    """Letters to the site, messages of citizens and orders of the hotline, with the time of day."""
    received = draw.days()
    kinds = draw.one_of({"政策咨询": 40, "投诉": 30, "求助": 18, "需调查处理": 8, "重难件": 3, "检举控告": 1})
    quick, usual, slow = (draw.after(received, span, 45) for span in ((0, 3), (1, 7), (2, 13)))
    replied = np.select([kinds == "政策咨询", kinds.is_in(["投诉", "求助"])], [quick, usual], slow)
    ready = "，请尽快处理。", "，已经反映多次，至今没有答复，望核实。"
    columns: Columns = {
        "message_id": draw.numbered("LY-", np.arange(first, first + draw.rows)),
        "source": draw.one_of({"网站信箱": 2, "网民留言": 3, "12345热线": 5}),
        "kind": kinds,
        "subject": draw.one_of(COMPLAINTS),
        "content": draw.texts(["您好，"], COMPLAINTS, ready, PERSONAL),
        "author": draw.names(),
        "author_phone": draw.numbered("1380000", draw.below(10_000), 4),
        "received_on": draw.clock(received),
        "assigned_on": draw.after(received, (0, 1), 5),
        "unit": draw.one_of(UNITS),
        "investigated_on": np.fmin(draw.after(received, (0, 2), 9), replied),
        "replied_on": draw.clock(replied),
        "reply": draw.texts(["已转", "经核实，"], COMPLAINTS, ["，现答复如下。"], PERSONAL),
        "outcome": draw.one_of({"已解决": 60, "解释说明": 30, "办理中": 6, "纳入规划": 3, "": 1}),
        "confidential": draw.yes(0.03),
        "made_public": draw.yes(0.5),
    }
    return {"messages": columns}


def papers(draw: Draw, first: int) -> Mapping[str, Columns]:
    """Documents with the attribute of openness that they were given at the source, and what explains some of them."""
    drafted = draw.days()
    signed = draw.after(drafted, (2, 12), 40)
    issued = draw.after(signed, (0, 2), 9)
    published = draw.only(0.7, draw.after(issued, (0, 0), 30))
    numbers = draw.numbered("GW-", np.arange(first, first + draw.rows))
    attribute = draw.one_of({"主动公开": 70, "依申请公开": 15, "不予公开": 14, "": 1})
    documents: Columns = {
        "document_id": numbers,
        "document_no": draw.numbered("甲文旅发〔2025〕", np.arange(first, first + draw.rows), 1) + "号",
        "kind": draw.one_of({"通知": 50, "意见": 12, "函": 20, "批复": 8, "公告": 10}),
        "title": draw.texts(["关于印发"], SUBJECTS, KINDS, ["的通知"]),
        "unit": draw.one_of(UNITS),
        "normative": draw.yes(0.06),
        "drafted_on": drafted,
        "attribute_proposed": attribute,
        "attribute_proposed_on": draw.after(drafted, (0, 1), 9),
        "attribute_reviewed_by": draw.one_of({"局办公室": 97, "": 3}),
        "attribute_reviewed_on": draw.before(signed, (0, 2), 6),
        "attribute": attribute,
        "attribute_reason": draw.one_of({"": 8, "属于内部事务信息": 92}),
        "signed_by": draw.one_of({"局长": 3, "分管领导": 7}),
        "signed_on": signed,
        "issued_on": issued,
        "published_on": published,
        "channels": draw.one_of({"局门户网站": 9, "微信公众号": 1}),
    }
    planned = draw.before(signed, (1, 9), 20)
    interpretations: Columns = {
        "interpretation_id": draw.numbered("JD-", np.arange(first, first + draw.rows)),
        "document_id": numbers,
        "unit": draw.one_of(UNITS),
        "plan_created_on": planned,
        "plan_approved_by": draw.one_of({"分管领导": 95, "": 5}),
        "plan_approved_on": draw.after(planned, (0, 2), 8),
        "document_published_on": published,
        "material_submitted_on": draw.before(published, (0, 2), 6),
        "material_published_on": draw.after(published, (0, 2), 12),
        "forms": draw.one_of({"文字解读": 5, "图片解读、文字解读": 4, "": 1}),
        "channels": draw.one_of({"局门户网站": 9, "微信公众号": 1}),
    }
    return {"documents": documents, "interpretations": _some(interpretations, draw.chance(0.2))}


def concerns(draw: Draw, first: int) -> Mapping[str, Columns]:
    """What was said of the bureau in public, and how it answered, by the hour."""
    detected = draw.days()
    columns: Columns = {
        "concern_id": draw.numbered("YQ-", np.arange(first, first + draw.rows)),
        "title": draw.one_of(COMPLAINTS),
        "level": draw.one_of({"一般": 80, "较大": 15, "重大": 4, "特别重大": 1}),
        "emergency": draw.yes(0.03),
        "detected_at": draw.clock(detected, (7, 12)),
        "assessed_at": draw.clock(draw.after(detected, (0, 0), 3), (10, 15)),
        "response_needed": draw.yes(0.6),
        "reported_up_at": draw.clock(draw.after(detected, (0, 0), 3), (12, 18)),
        "approved_at": draw.clock(draw.after(detected, (0, 1), 4), (14, 20)),
        "responsible_unit": draw.one_of(UNITS),
        "responded_at": draw.clock(draw.after(detected, (0, 2), 12), (15, 21)),
        "reviewed_by": draw.one_of({"分管领导": 9, "": 1}),
    }
    return {"concerns": columns}


def _where(rows: np.ndarray, value: str | pl.Series) -> pl.Series:
    values = pl.lit(value) if isinstance(value, str) else value
    return pl.select(pl.when(pl.Series(rows)).then(values).otherwise(pl.lit(""))).to_series()


def _some(columns: Columns, rows: np.ndarray) -> Columns:
    """Only these rows of every column."""
    return {
        name: column.filter(rows) if isinstance(column, pl.Series) else column[rows] for name, column in columns.items()
    }
