"""What an invented bureau enters into its logs: one function a family of logs that name each other.

Each gives a block of rows of every log of its family: field → column, days still as days. A record is drawn in the
order in which an office makes it, each step from the ones before it; what goes wrong is left to `Draw.fails`, behind
`within` (done late or not at all), `kept` (left out or entered wrongly) and some decisions here.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl
from draw import Days, Draw, either, known, only

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
# All invented; the resident number has a valid check digit.
PERSONAL = {"联系电话13800001234。": 4, "电子邮箱wang@example.com。": 3, "身份证11010519491231002X。": 1}
SELF_TOLD = {"": 1990, **PERSONAL}  # what citizens write of themselves is no fault of the office
SITE = {"局门户网站": 6, "局门户网站、政务公开栏": 3, "局门户网站、微信公众号": 1}
ELSEWHERE = ["微信公众号"]
CHECKED, UNCHECKED = "是", ["否", ""]
# Working days for the reply to a message of each kind; an accusation has no limit of its own.
REPLY_WITHIN = {"政策咨询": 3, "投诉": 7, "求助": 7, "需调查处理": 10, "重难件": 25, "检举控告": 15}


def disclosure(draw: Draw, first: int) -> Mapping[str, Columns]:
    """What was published, held back or delayed, and the review that every item passes on its way out."""
    subject, formed = draw.one_of(SUBJECTS), draw.days()
    secrecy = draw.one_of({"无": 97, "秘密": 2, "未定": 1})
    third_party = draw.one_of({"无": 96, "商业秘密": 2, "个人隐私": 2})
    concerned = (third_party != "无").to_numpy()
    answer = draw.where(concerned, {"同意": 2, "不同意": 1, "未答复": 1})
    risky = draw.chance(0.005)
    closed = (secrecy != "无").to_numpy() | answer.is_in(["不同意", "未答复"]).to_numpy() | risky
    opened = ~closed & draw.chance(0.92)
    important, delayed = opened & draw.chance(0.16), opened & draw.chance(0.04)
    submitted = draw.within(formed, 1)
    secrecy_on = draw.within(submitted, 1)
    led = draw.within(secrecy_on, 1)
    directed = only(important & ~draw.fails(), draw.within(led, 1))
    finished = np.fmax(led, directed)
    out = np.fmax(draw.within(formed, np.where(delayed, 20, 5), np.where(delayed, 6, 0)), finished)
    published = only(opened | draw.fails(), out)
    changed = only(draw.chance(0.05), draw.later(published, (5, 260)))
    numbers = draw.numbered("XX-", np.arange(first, first + draw.rows))
    publications: Columns = {
        "publication_id": numbers,
        "title": draw.texts(["关于"], subject, ["的"], KINDS),
        "unit": draw.one_of(UNITS),
        "categories": draw.one_of({"GID4.2.1": 3, "ZWG4.4": 3, "GID4.2.1、ZWG4.9": 1, "": 1}),
        "attribute": draw.kept(_attribute(closed, opened)),
        "scope": draw.where(opened, ["对外公开"]),
        "important": draw.flag(important),
        "vital_interest": draw.flag(opened & draw.chance(0.22)),
        "formed_on": formed,
        "published_on": published,
        "in_force": draw.flag(draw.chance(0.9)),
        "channels": draw.where(known(published), draw.kept(SITE, ELSEWHERE)),
        "delay_reason": draw.where(delayed, draw.kept({"需征求意见": 3, "技术原因": 2})),
        "delay_recorded_on": only(delayed, draw.within(formed, 5)),
        "delay_approved_by": draw.where(delayed, draw.kept("分管领导")),
        "changed_on": changed,
        "updated_on": draw.within(changed, 10),
        "secrecy": secrecy,
        "third_party": third_party,
        "holder_answer": answer,
        "security_risk": draw.flag(risky),
        "summary": draw.texts(subject, ["要点"]),
        "text": draw.texts(
            ["现将"], subject, ["有关情况公布如下，请有关单位和个人遵照执行。"], draw.kept("", PERSONAL)
        ),
        "catalogued_on": draw.within(published, 5),
        "archived_on": draw.within(published, 250, 20),
        "document_id": draw.one_of({"": 80, **{f"上级来文{number}号": 1 for number in range(1, 21)}}),
    }
    reviews: Columns = {
        "review_id": draw.numbered("SH-", np.arange(first, first + draw.rows)),
        "publication_id": numbers,
        "submitted_on": submitted,
        "section_head": draw.names(),
        "section_head_on": submitted,
        "leader": draw.kept("分管领导"),
        "leader_on": led,
        "director": draw.where(known(directed), "局长"),
        "director_on": directed,
        "secrecy_reviewer": draw.names(),
        "secrecy_on": secrecy_on,
        "scope_checked": draw.kept(CHECKED, UNCHECKED),
        "form_checked": draw.kept(CHECKED, UNCHECKED),
        "accuracy_checked": draw.kept(CHECKED, UNCHECKED),
        "timeliness_checked": draw.kept(CHECKED, UNCHECKED),
        "conclusion": either(opened, draw.kept({"同意公开": 98, "部分公开": 2}, ["退回修改"]), "不予公开"),
    }
    return {"publications": publications, "reviews": _some(reviews, ~draw.fails())}


def applications(draw: Draw, first: int) -> Mapping[str, Columns]:
    """Applications with corrections, extensions and refusals, and the letters to third parties and other agencies.

    What is not clear is corrected first, and the limits begin again with the correction; without one nothing follows.
    """
    received = draw.days()
    unclear = draw.chance(0.08)
    corrected = only(unclear, draw.within(received, 7, 1))
    clear = only(~unclear | draw.chance(0.9), np.where(unclear, draw.later(corrected, (3, 25)), received))
    transferred = draw.within(clear, 3)
    taken = draw.within(transferred, 1)
    advised = draw.within(taken, 10, 1)
    extended = draw.chance(0.1)
    approved = only(extended, draw.within(clear, 19, 14))
    told = draw.within(approved, 1)
    days = draw.where(extended, draw.kept({"5": 1, "10": 1, "20": 2}, ["25", ""]))
    limit = 20 + days.replace_strict({"5": 5, "10": 10, "20": 20}, default=0).to_numpy()
    replied = np.fmax(draw.within(clear, limit, np.where(extended, 20, 4)), advised)
    answered = known(replied)
    outcome = draw.where(
        answered,
        draw.kept({"予以公开": 52, "部分公开": 12, "不予公开": 12, "信息不存在": 15, "已主动公开": 9}),
    )
    refused = outcome.is_in(["部分公开", "不予公开"]).to_numpy()
    absent = (outcome == "信息不存在").to_numpy()
    grounds = draw.kept({"内部事务": 6, "过程性信息": 3, "行政执法案卷": 1})
    given_up = ~known(clear) & ~known(replied)
    numbers = draw.numbered("SQ-", np.arange(first, first + draw.rows))
    requests: Columns = {
        "request_id": numbers,
        "applicant": draw.names(),
        "applicant_kind": draw.one_of({"自然人": 85, "商业企业": 12, "其他": 3}),
        "contact": draw.numbered("1390000", draw.below(10_000), 4),
        "channel": draw.one_of({"互联网": 60, "信函": 25, "当面": 10, "电子邮件": 5}),
        "description": draw.texts(["申请公开"], SUBJECTS, KINDS, SELF_TOLD),
        "arrived_on": received,
        "received_on": received,
        "registered_on": draw.within(received, 1),
        "unit": draw.one_of(UNITS),
        "transferred_on": transferred,
        "section_received_on": taken,
        "section_replied_on": advised,
        "correction_notified_on": corrected,
        "correction_received_on": only(unclear, clear),
        "extension_approved_by": draw.where(known(approved), draw.kept("分管领导")),
        "extension_approved_on": approved,
        "extension_notified_on": told,
        "extension_days": days,
        "outcome": either(given_up, "补正后视为放弃", outcome),
        "reply_reason": draw.where(refused | absent, draw.kept(either(absent, "经检索未找到", "属于" + grounds))),
        "refusal_ground": draw.where(refused, grounds),
        "pointer": draw.where((outcome == "已主动公开").to_numpy(), draw.kept("局门户网站政府信息公开专栏")),
        "search_record": draw.where(absent, draw.kept("检索档案系统、文书系统，未见")),
        "replied_on": replied,
        "delivery": draw.where(answered, {"电子邮件": 5, "邮政寄送": 4, "当面": 1}),
        "remedy_notice": draw.where(answered, draw.kept(CHECKED, UNCHECKED)),
    }
    sent = draw.within(taken, 3)
    consultations: Columns = {
        "consultation_id": draw.numbered("ZQ-", np.arange(first, first + draw.rows)),
        "request_id": numbers,
        "kind": draw.one_of({"第三方": 6, "其他机关": 3, "上级部门": 1}),
        "written": draw.kept(CHECKED, UNCHECKED),
        "sent_on": sent,
        "answered_on": draw.within(sent, 15, 2),
        "objection": draw.flag(refused),
    }
    return {"requests": requests, "consultations": _some(consultations, known(sent) & draw.chance(0.2))}


def messages(draw: Draw, first: int) -> Mapping[str, Columns]:
    """Letters to the site, messages of citizens and orders of the hotline, with the time of day."""
    subject, received = draw.one_of(COMPLAINTS), draw.days()
    kinds = draw.one_of({"政策咨询": 40, "投诉": 30, "求助": 18, "需调查处理": 8, "重难件": 3, "检举控告": 1})
    replied = draw.within(received, kinds.replace_strict(REPLY_WITHIN).to_numpy(), 1)
    answered = known(replied)
    confidential = draw.chance(0.03)
    shown = (answered & ~confidential & draw.chance(0.5)) | (confidential & draw.fails())
    ready = "，请尽快处理。", "，已经反映多次，至今没有答复，望核实。"
    columns: Columns = {
        "message_id": draw.numbered("LY-", np.arange(first, first + draw.rows)),
        "source": draw.one_of({"网站信箱": 2, "网民留言": 3, "12345热线": 5}),
        "kind": kinds,
        "subject": subject,
        "content": draw.texts(["您好，"], subject, ready, SELF_TOLD),
        "author": draw.names(),
        "author_phone": draw.numbered("1380000", draw.below(10_000), 4),
        "received_on": draw.clock(received),
        "assigned_on": draw.within(received, 1),
        "unit": draw.one_of(UNITS),
        "investigated_on": np.minimum(draw.within(received, 2), replied),
        "replied_on": draw.clock(replied),
        "reply": draw.where(
            answered, draw.texts(["已转", "经核实，"], subject, ["，现答复如下。"], draw.kept("", PERSONAL))
        ),
        "outcome": either(answered, draw.kept({"已解决": 64, "解释说明": 33, "纳入规划": 3}), "办理中"),
        "confidential": draw.flag(confidential),
        "made_public": draw.flag(shown),
    }
    return {"messages": columns}


def papers(draw: Draw, first: int) -> Mapping[str, Columns]:
    """Documents with the attribute of openness that they were given at the source, and what explains some of them."""
    drafted = draw.days()
    proposed = draw.within(drafted, 1)
    reviewed = draw.within(proposed, 4)
    signed = draw.within(reviewed, 6)
    issued = draw.within(signed, 2)
    opened = draw.chance(0.7)
    closed = ~opened & draw.chance(0.5)
    published = only(opened, draw.within(issued, 0))
    normative = opened & draw.chance(0.08)
    numbers = draw.numbered("GW-", np.arange(first, first + draw.rows))
    attribute = draw.kept(_attribute(closed, opened))
    documents: Columns = {
        "document_id": numbers,
        "document_no": draw.numbered("甲文旅发〔2025〕", np.arange(first, first + draw.rows), 1) + "号",
        "kind": draw.one_of({"通知": 50, "意见": 12, "函": 20, "批复": 8, "公告": 10}),
        "title": draw.texts(["关于印发"], SUBJECTS, KINDS, ["的通知"]),
        "unit": draw.one_of(UNITS),
        "normative": draw.flag(normative),
        "drafted_on": drafted,
        "attribute_proposed": attribute,
        "attribute_proposed_on": proposed,
        "attribute_reviewed_by": draw.kept("局办公室"),
        "attribute_reviewed_on": reviewed,
        "attribute": attribute,
        "attribute_reason": draw.where(~opened, draw.kept("属于内部事务信息")),
        "signed_by": draw.where(known(signed), {"局长": 3, "分管领导": 7}),
        "signed_on": signed,
        "issued_on": issued,
        "published_on": published,
        "channels": draw.where(known(published), draw.kept(SITE, ELSEWHERE)),
    }
    explained = normative | (opened & draw.chance(0.22))
    interpretations: Columns = {
        "interpretation_id": draw.numbered("JD-", np.arange(first, first + draw.rows)),
        "document_id": numbers,
        "unit": draw.one_of(UNITS),
        "plan_created_on": draw.within(proposed, 0),
        "plan_approved_by": draw.kept("分管领导"),
        "plan_approved_on": draw.within(signed, 0),
        "document_published_on": published,
        "material_submitted_on": draw.within(issued, 0),
        "material_published_on": draw.within(published, 3),
        "forms": draw.kept({"文字解读": 5, "图片解读、文字解读": 4}),
        "channels": draw.kept(SITE, ELSEWHERE),
    }
    return {"documents": documents, "interpretations": _some(interpretations, explained & ~draw.fails())}


def concerns(draw: Draw, first: int) -> Mapping[str, Columns]:
    """What was said of the bureau in public, and how it answered, by the hour."""
    detected = draw.days()
    needed = draw.chance(0.6)
    columns: Columns = {
        "concern_id": draw.numbered("YQ-", np.arange(first, first + draw.rows)),
        "title": draw.one_of(COMPLAINTS),
        "level": draw.one_of({"一般": 80, "较大": 15, "重大": 4, "特别重大": 1}),
        "emergency": draw.flag(draw.chance(0.03)),
        "detected_at": draw.clock(detected, (7, 10)),
        "assessed_at": draw.clock(draw.within(detected, 0), (10, 12)),
        "response_needed": draw.flag(needed),
        "reported_up_at": draw.clock(draw.within(detected, 0), (14, 16)),
        "approved_at": draw.clock(draw.within(detected, 0), (12, 14)),
        "responsible_unit": draw.one_of(UNITS),
        "responded_at": draw.clock(only(needed, draw.within(draw.later(detected, (0, 1)), 0)), (16, 21)),
        "reviewed_by": draw.kept("分管领导"),
    }
    return {"concerns": columns}


def _attribute(closed: np.ndarray, opened: np.ndarray) -> pl.Series:
    return either(closed, "不予公开", either(opened, "主动公开", "依申请公开"))


def _some(columns: Columns, rows: np.ndarray) -> Columns:
    """Only these rows of every column."""
    return {
        name: column.filter(rows) if isinstance(column, pl.Series) else column[rows] for name, column in columns.items()
    }
