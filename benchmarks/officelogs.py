"""What an invented bureau enters into its logs: one function a family of logs that name each other.

Each gives a block of rows of every log of its family: field → column, days still as days. A record is drawn in the
order in which an office makes it, each step from the ones before it; what goes wrong is left to `Draw.fails`, behind
`within` (done late or not at all), `kept` (left out or entered wrongly) and some decisions here.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl
from draw import LAST, Days, Draw, either, known, only

Columns = dict[str, pl.Series | Days]
UNITS = ["公共服务科", "产业发展科", "市场管理科", "文物科", "资源开发科", "政策法规科", "局办公室"]
SUBJECTS = [
    *("乡村旅游民宿扶持", "公共文化场馆延时开放", "文物保护单位修缮", "旅行社设立许可", "娱乐场所检查"),
    *("非遗传承人补助", "全民阅读活动", "景区安全隐患排查", "导游资格考试", "文化下乡演出"),
]
KINDS = ["办法", "通知", "公告", "实施方案", "工作总结", "采购结果", "处罚决定"]
# What is published, and the category it stands under; all that has to be open stands among them.
CATEGORIES = {
    **{"办法": "规范性文件", "通知": "政策文件", "发展规划": "发展规划", "工作总结": "年度工作总结"},
    **{"统计公报": "统计信息", "预算": "预决算", "采购结果": "政府采购", "许可结果": "行政许可"},
    **{"处罚决定": "行政处罚", "收费标准": "行政收费", "办事指南": "办事指南", "招聘公告": "公开招聘"},
    **{"进展情况": "民生实事", "重点工作": "重点工作", "项目公示": "重大项目", "捐助款物使用": "社会捐助款物"},
    **{"财务收支情况": "财务收支", "走访情况": "联系群众", "招商公告": "招商引资", "考核结果": "绩效考核"},
}
PUBLISHED = {kind: 4 if kind == "财务收支情况" else 1 for kind in CATEGORIES}  # accounts are due every quarter
MODES = {"及时公开": 50, "随时公开": 20, "定期公开": 20, "长期公开": 10}
COMPLAINTS = [
    *("景区讲解收费不明", "民宿退订不退款", "图书馆周末不开门", "网吧噪声扰民", "导游证年审怎么办", "古树无人管护"),
    *("旅行社拖欠团费", "文化广场照明损坏"),
]
# All invented; the resident number has a valid check digit.
PERSONAL = {"联系电话13800001234。": 4, "电子邮箱wang@example.com。": 3, "身份证11010519491231002X。": 1}
SELF_TOLD = {"": 1990, **PERSONAL}  # what citizens write of themselves is no fault of the office
STREETS = ["城东街道", "城西街道", "河口镇", "平山镇", "青石乡"]
DOORS = [f"{number}号" for number in range(1, 200)]
ACCUSED = ["某旅行社", "某网吧", "某娱乐场所"]
DECIDED = "是否公开、公开范围、公开方式、是否保密"
SITE = {"局门户网站": 6, "局门户网站、政务公开栏": 3, "局门户网站、微信公众号": 1}
ELSEWHERE = ["微信公众号"]
CHECKED, UNCHECKED = "是", ["否", ""]
TICKS = [
    *("scope_checked", "form_checked", "time_limit_checked", "procedure_checked"),
    *("accuracy_checked", "authority_checked", "completeness_checked", "timeliness_checked"),
]
# What is closed is looked at anew every year; the last time was after this day.
YEAR_AGO = np.datetime64(LAST) - 364
# Working days for the reply to a message of each kind; an accusation has no limit of its own.
REPLY_WITHIN = {"政策咨询": 3, "投诉": 7, "求助": 7, "需调查处理": 10, "重难件": 25, "检举控告": 15}


def disclosure(draw: Draw, first: int) -> Mapping[str, Columns]:
    """What was published, held back or delayed, and the review that every item passes on its way out."""
    subject, formed, kind = draw.one_of(SUBJECTS), draw.days(), draw.one_of(PUBLISHED)
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
    channels = draw.where(known(published), draw.kept(SITE, ELSEWHERE))
    on_site = channels.str.starts_with("局门户网站").fill_null(False).to_numpy()
    in_force = draw.chance(0.9)
    undecided, secret = (secrecy == "未定").to_numpy(), (secrecy == "秘密").to_numpy()
    held = only(undecided, draw.within(formed, 1))
    notified = only(concerned, draw.within(published, 0))
    catalogued = draw.within(published, 5)
    numbers = draw.numbered("XX-", np.arange(first, first + draw.rows))
    publications: Columns = {
        "publication_id": numbers,
        "index_no": draw.kept(draw.numbered("BJ", np.arange(first, first + draw.rows))),
        "title": draw.texts(["关于"], subject, ["的"], kind),
        "unit": draw.one_of(UNITS),
        "categories": draw.kept(kind.replace_strict(CATEGORIES)),
        "attribute": draw.kept(_attribute(closed, opened)),
        "scope": draw.where(opened, ["对外公开"]),
        "mode": draw.one_of(MODES),
        "important": draw.flag(important),
        "vital_interest": draw.flag(opened & draw.chance(0.22)),
        "public_participation": draw.flag(opened & draw.chance(0.1)),
        "shows_organisation": draw.flag(opened & draw.chance(0.05)),
        "formed_on": formed,
        "published_on": published,
        "withdrawn_on": only(~in_force | draw.seldom_fails(), draw.later(published, (300, 900))),
        "in_force": either(in_force, "是", "否"),
        "channels": channels,
        "url": draw.where(on_site, draw.numbered("www.example.gov.cn/", np.arange(first, first + draw.rows))),
        "delay_reason": draw.where(delayed, draw.kept({"需征求意见": 3, "技术原因": 2})),
        "delay_recorded_on": only(delayed, draw.within(formed, 5)),
        "delay_approved_by": draw.where(delayed, draw.kept("分管领导")),
        "changed_on": changed,
        "updated_on": draw.within(changed, 10),
        "secrecy": secrecy,
        "secrecy_determined_by": draw.where(secret, draw.kept(draw.names())),
        "secrecy_period": draw.where(secret, draw.kept({"10年": 3, "5年": 1})),
        "held_from": held,
        "secrecy_referred_on": draw.within(held, 3),
        "third_party": third_party,
        "holder_answer": answer,
        "consent_on": only((answer == "同意").to_numpy(), secrecy_on),
        "holder_notified_on": notified,
        "holder_notice_reason": draw.where(known(notified), draw.kept("公开要点及理由")),
        "security_risk": draw.flag(risky),
        "leak_incident": draw.flag(known(published) & draw.seldom_fails()),
        "closed_reviewed_on": only(closed & (formed < YEAR_AGO), draw.within(np.full(draw.rows, YEAR_AGO), 220, 20)),
        "summary": draw.texts(subject, ["要点"]),
        "text": draw.texts(
            ["现将"], subject, ["有关情况公布如下，请有关单位和个人遵照执行。"], draw.kept("", PERSONAL)
        ),
        "query_route": draw.where(known(catalogued), draw.kept("局门户网站公开目录")),
        "catalogued_on": catalogued,
        "catalogue_updated_on": draw.within(changed, 10),
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
        **draw.ticked(TICKS, CHECKED, UNCHECKED),
        "conclusion": either(opened, draw.kept({"同意公开": 98, "部分公开": 2}, ["退回修改"]), "不予公开"),
    }
    return {"publications": publications, "reviews": _some(reviews, ~draw.fails())}


def applications(draw: Draw, first: int) -> Mapping[str, Columns]:
    """Applications with corrections, extensions and refusals, and the letters to third parties and other agencies.

    What is not clear is corrected first, and the limits begin again with the correction; without one nothing follows.
    """
    received = draw.days()
    channel = draw.one_of({"互联网": 60, "信函": 25, "当面": 10, "电子邮件": 5})
    on_spot = (channel == "当面").to_numpy() & draw.chance(0.1)
    unclear = ~on_spot & draw.chance(0.08)
    corrected = only(unclear, draw.within(received, 7, 1))
    clear = only(~unclear | draw.chance(0.9), np.where(unclear, draw.later(corrected, (3, 25)), received))
    transferred = only(~on_spot, draw.within(clear, 3))
    taken = draw.within(transferred, 1)
    advised = draw.within(taken, 10, 1)
    extended = ~on_spot & draw.chance(0.1)
    approved = only(extended, draw.within(clear, 19, 14))
    told = draw.within(approved, 1)
    days = draw.where(extended, draw.kept({"5": 1, "10": 1, "20": 2}, ["25", ""]))
    limit = 20 + days.replace_strict({"5": 5, "10": 10, "20": 20}, default=0).to_numpy()
    least = np.where(extended, 20, 4)
    replied = np.fmax(draw.within(clear, np.where(on_spot, 0, limit), np.where(on_spot, 0, least)), advised)
    answered = known(replied)
    turned_away = answered & draw.seldom_fails()
    outcome = draw.where(
        answered,
        draw.kept({"予以公开": 52, "部分公开": 12, "不予公开": 12, "信息不存在": 15, "已主动公开": 9}),
    )
    outcome = either(turned_away, "其他处理", outcome)
    given = outcome.is_in(["予以公开", "部分公开"]).to_numpy()
    pointed = (outcome == "已主动公开").to_numpy()
    reviewed_anew = only(given & ~draw.fails(), np.fmin(advised, replied))
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
        "channel": channel,
        "description": draw.texts(["申请公开"], SUBJECTS, KINDS, SELF_TOLD),
        "arrived_on": received,
        "received_on": received,
        "registered_on": draw.within(received, 1),
        "rejected_for": draw.where(turned_away, ["渠道不符"]),
        "on_spot_possible": either(on_spot, "是", "否"),
        "purpose_asked": draw.flag(draw.seldom_fails()),
        "excessive": draw.flag(draw.chance(0.003)),
        "unit": draw.one_of(UNITS),
        "transferred_on": transferred,
        "section_received_on": taken,
        "section_replied_on": advised,
        "correction_notified_on": corrected,
        "correction_count": draw.where(known(corrected), draw.kept("1", ["2"])),
        "correction_written": draw.where(known(corrected), draw.kept(CHECKED, UNCHECKED)),
        "correction_received_on": only(unclear, clear),
        "extension_approved_by": draw.where(known(approved), draw.kept("分管领导")),
        "extension_approved_on": approved,
        "extension_notified_on": told,
        "extension_days": days,
        "extension_reason": draw.where(extended, draw.kept({"需征求意见": 3, "检索量大": 2})),
        "extension_next_step": draw.where(extended, draw.kept("延期届满前答复")),
        "applicant_contacted_on": only(extended & ~draw.fails(), approved),
        "outcome": either(given_up, "补正后视为放弃", outcome),
        "reply_reason": draw.where(refused | absent, draw.kept(either(absent, "经检索未找到", "属于" + grounds))),
        "reply_document": draw.where(answered, draw.kept(draw.numbered("答复书", np.arange(first, first + draw.rows)))),
        "reply_basis": draw.where(refused | absent, draw.kept(either(absent, "条例第三十六条", "条例第十六条"))),
        "refusal_ground": draw.where(refused, grounds),
        "pointer": draw.where(pointed, draw.kept("局门户网站政府信息公开专栏")),
        "pointer_checked": draw.where(pointed, draw.kept(CHECKED, UNCHECKED)),
        "content_supplied": draw.where(given, draw.kept(CHECKED, UNCHECKED)),
        "secrecy_rereviewed_on": reviewed_anew,
        "attribute_rereviewed_on": reviewed_anew,
        "search_record": draw.where(absent, draw.kept("检索档案系统、文书系统，未见")),
        "replied_on": replied,
        "delivery": draw.where(answered, {"电子邮件": 5, "邮政寄送": 4, "当面": 1}),
        "remedy_notice": draw.where(answered, draw.kept(CHECKED, UNCHECKED)),
        "fee_paid_on": only(draw.chance(0), received),  # nobody is charged
        "archived_on": draw.within(replied, 250, 20),
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
    investigated = only(answered & ~draw.fails(), np.fmin(draw.within(received, 2), replied))
    outcome = either(answered, draw.kept({"已解决": 64, "解释说明": 33, "纳入规划": 3}), "办理中")
    accusing = (kinds == "检举控告").to_numpy()
    ready = "，请尽快处理。", "，已经反映多次，至今没有答复，望核实。"
    columns: Columns = {
        "message_id": draw.numbered("LY-", np.arange(first, first + draw.rows)),
        "source": draw.one_of({"网站信箱": 2, "网民留言": 3, "12345热线": 5}),
        "kind": kinds,
        "subject": subject,
        "content": draw.texts(["您好，"], subject, ready, SELF_TOLD),
        "author": draw.names(),
        "author_phone": draw.numbered("1380000", draw.below(10_000), 4),
        "author_address": draw.texts(STREETS, DOORS),
        "received_on": draw.clock(received),
        "assigned_on": draw.within(received, 1),
        "unit": draw.one_of(UNITS),
        "accused": draw.where(accusing, ACCUSED),
        "forwarded_to": draw.where(accusing, draw.kept("市场管理科", ACCUSED)),
        "investigated_on": investigated,
        "reported_on": only(known(investigated), np.fmin(draw.within(investigated, 2), replied)),
        "replied_on": draw.clock(replied),
        "reply": draw.where(
            answered, draw.texts(["已转", "经核实，"], subject, ["，现答复如下。"], draw.kept("", PERSONAL))
        ),
        "outcome": outcome,
        "plan_reference": draw.where((outcome == "纳入规划").to_numpy(), draw.kept("年度重点项目清单")),
        "confidential": draw.flag(confidential),
        "made_public": draw.flag(shown),
        "public_text": draw.where(shown, draw.texts(["关于"], subject, ["的答复"])),
        "leader_note_exposed": draw.flag(draw.seldom_fails()),
        "leak_incident": draw.flag(draw.seldom_fails()),
    }
    return {"messages": columns}


def papers(draw: Draw, first: int) -> Mapping[str, Columns]:
    """Documents with the attribute of openness that they were given at the source, and what explains some of them."""
    drafted, unit = draw.days(), draw.one_of(UNITS)
    prereviewed = draw.within(drafted, 1)
    proposed = draw.within(prereviewed, 1)
    reviewed = draw.within(proposed, 4)
    signed = draw.within(reviewed, 6)
    issued = draw.within(signed, 2)
    opened = draw.chance(0.7)
    closed = ~opened & draw.chance(0.5)
    published = only(opened, draw.within(issued, 0))
    normative, important = opened & draw.chance(0.08), opened & draw.chance(0.15)
    secret = closed & draw.chance(0.05)
    numbers = draw.numbered("GW-", np.arange(first, first + draw.rows))
    attribute = draw.kept(_attribute(closed, opened))
    documents: Columns = {
        "document_id": numbers,
        "document_no": draw.numbered("甲文旅发〔2025〕", np.arange(first, first + draw.rows), 1) + "号",
        "kind": draw.one_of({"通知": 50, "意见": 12, "函": 20, "批复": 8, "公告": 10}),
        "title": draw.texts(["关于印发"], SUBJECTS, KINDS, ["的通知"]),
        "unit": unit,
        "vital_interest": draw.flag(opened & draw.chance(0.22)),
        "public_participation": draw.flag(opened & draw.chance(0.2)),
        "shows_organisation": draw.flag(opened & draw.chance(0.1)),
        "closed_list_item": draw.where(closed, draw.kept({"内部管理": 3, "人事管理": 1})),
        "normative": draw.flag(normative),
        "important_policy": either(important, "是", "否"),
        "drafted_on": drafted,
        "secrecy_prereviewed_on": only(~draw.fails(), prereviewed),
        "attribute_proposed": attribute,
        "attribute_proposed_on": proposed,
        "attribute_marked": draw.kept(_attribute(closed, opened)),
        "attribute_reviewed_by": draw.kept("局办公室"),
        "attribute_reviewed_on": reviewed,
        "attribute": attribute,
        "attribute_reason": draw.where(~opened, draw.kept("属于内部事务信息")),
        "decisions_recorded": draw.kept(either(secret, f"{DECIDED}、密级、期限", DECIDED)),
        "decisions_approved_on": only(~draw.fails(), signed),
        "secrecy": either(secret, "秘密", "无"),
        "signed_by": draw.where(known(signed), {"局长": 3, "分管领导": 7}),
        "signed_on": signed,
        "issued_on": issued,
        "published_on": published,
        "channels": draw.where(known(published), draw.kept(SITE, ELSEWHERE)),
        "provided_by": draw.kept(unit, UNITS),
    }
    planned = draw.within(proposed, 0)
    submitted = draw.within(np.fmax(reviewed, planned), 1)
    handed_in, municipal = draw.within(issued, 0), draw.chance(0.05)
    material = draw.within(published, 3)
    interpretations: Columns = {
        "interpretation_id": draw.numbered("JD-", np.arange(first, first + draw.rows)),
        "document_id": numbers,
        "unit": draw.kept(unit, UNITS),
        "drafter_unit": unit,
        "plan_created_on": draw.within(proposed, 0),
        "plan_outline": draw.kept("背景、目的、主要内容"),
        "plan_form": draw.kept({"文字": 5, "图片、文字": 4}),
        "plan_route": draw.kept("局门户网站"),
        "plan_time": draw.kept("公开后3日内"),
        "plan_approved_by": draw.kept("分管领导"),
        "plan_approved_on": planned,
        "submitted_on": submitted,
        "plan_attached": draw.kept(CHECKED, UNCHECKED),
        "leader_signed_on": draw.within(submitted, 4),
        "municipal": draw.flag(municipal),
        "municipal_with_plan": draw.where(municipal, draw.kept(CHECKED, UNCHECKED)),
        "document_published_on": published,
        "material_submitted_on": handed_in,
        "policy_section_reviewed_on": draw.within(handed_in, 0),
        "material_published_on": material,
        "elsewhere_published_on": only(draw.chance(0.3), draw.later(material, (0, 5))),
        "forms": draw.kept({"文字解读": 5, "图片解读、文字解读": 4}),
        "channels": draw.kept(SITE, ELSEWHERE),
    }
    return {"documents": documents, "interpretations": _some(interpretations, (normative | important) & ~draw.fails())}


def concerns(draw: Draw, first: int) -> Mapping[str, Columns]:
    """What was said of the bureau in public, and how it answered, by the hour."""
    detected = draw.days()
    needed, unit = draw.chance(0.6), draw.one_of(UNITS)
    approved = draw.within(detected, 0)
    accepted = only(needed, draw.within(detected, 0))
    assigned = draw.within(accepted, 1)
    responded = only(needed, draw.within(draw.later(detected, (0, 1)), 0))
    columns: Columns = {
        "concern_id": draw.numbered("YQ-", np.arange(first, first + draw.rows)),
        "title": draw.one_of(COMPLAINTS),
        "level": draw.one_of({"一般": 80, "较大": 15, "重大": 4, "特别重大": 1}),
        "emergency": draw.flag(draw.chance(0.03)),
        "detected_at": draw.clock(detected, (7, 10)),
        "assessed_at": draw.clock(draw.within(detected, 0), (10, 11)),
        "response_needed": draw.flag(needed),
        "reported_up_at": draw.clock(draw.within(detected, 0), (14, 16)),
        "proposal_at": draw.clock(draw.within(detected, 0), (11, 12)),
        "approved_at": draw.clock(approved, (12, 14)),
        "handled_at": draw.clock(draw.within(approved, 0), (14, 16)),
        "accepted_on": accepted,
        "assigned_on": assigned,
        "feedback_on": draw.within(assigned, 7),
        "responsible_unit": unit,
        "response_unit": draw.where(known(responded), draw.kept(unit, UNITS)),
        "responded_at": draw.clock(responded, (16, 21)),
        "editor": draw.kept(draw.names()),
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
