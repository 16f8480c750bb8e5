"""Personal data in published text: found where it is, not where a number only looks alike."""

import random

import polars as pl
import pytest
from stdnum import luhn
from stdnum.cn import ric

from auditor.personaldata import HINT, NAME, PersonalKind, may_be_name, personal_data


def kinds(text: str) -> list[tuple[str, str]]:
    """The kind and the words of every passage."""
    return [(passage.kind.value, text[passage.start : passage.end]) for passage in personal_data(text)]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("申请人身份证号520102199003071236，请核", "resident number", "520102199003071236"),
        ("身份证５２０１０２１９９００３０７１２３６", "resident number", "５２０１０２１９９００３０７１２３６"),
        ("520102 19900307 1236", "resident number", "520102 19900307 1236"),
        ("身份证编号：520102199003071236", "resident number", "520102199003071236"),
        ("证件号520102199003071236", "resident number", "520102199003071236"),
        ("联系人张三，电话13812345678。", "mobile", "13812345678"),
        ("手机：+86 138-1234-5678", "mobile", "+86 138-1234-5678"),
        ("来电0857-8222293", "landline", "0857-8222293"),
        ("来电（0857）8222293", "landline", "（0857）8222293"),
        ("退款至卡号6222 0212 3456 7890 128", "bank card", "6222 0212 3456 7890 128"),
        ("6222021234567890128", "bank card", "6222021234567890128"),
        ("开户行某某银行，账号4111111111111111", "bank card", "4111111111111111"),
        ("回复请发zhang.san@163.com", "e-mail", "zhang.san@163.com"),
        ("张三，家住七星关区碧阳街道某某路12号", "home address", "家住七星关区碧阳街道某某路12号"),
        ("李某，家住建设路12号", "home address", "家住建设路12号"),
        ("某公司职工，家庭住址：某县金南路9号", "home address", "家庭住址：某县金南路9号"),
        ("家庭地址：某县金南路9号", "home address", "家庭地址：某县金南路9号"),
        ("由某公司承办。张三，住址：某县小坝村三组12号", "home address", "住址：某县小坝村三组12号"),
        ("户籍地址：某市某区某某路1号", "home address", "户籍地址：某市某区某某路1号"),
        ("某某小区3栋2单元501室漏水", "dwelling", "某某小区3栋2单元501室"),
        ("某某故居，地址：某县羊场镇小坝村三组12号", "dwelling", "某县羊场镇小坝村三组12号"),
        ("经营场所：阳光小区6栋2单元1楼", "dwelling", "阳光小区6栋2单元1"),
        ("企业名称：某某酒店；住址：某县金南路9号3楼", "dwelling", "住址：某县金南路9号3楼"),
        ("某某公司法定代表人，住址：某县金南路9号", "dwelling", "住址：某县金南路9号"),
        ("户籍所在地为毕节市的考生", "dwelling", "户籍所在地为毕节市的考生"),
        ("持住址证明到市政务大厅1号窗口", "dwelling", "住址证明到市政务大厅1号窗口"),
        ("现住址七星关区某某路12号", "dwelling", "现住址七星关区某某路12号"),
        ("手机　１３８　１２３４　５６７８", "mobile", "１３８　１２３４　５６７８"),
    ],
)
def test_personal_data_is_found(text: str, kind: str, words: str) -> None:
    """With its kind, exactly the words that are it, and a column of texts is searched for it as well."""
    assert kinds(text) == [(kind, words)]
    assert pl.Series([text]).str.contains(HINT).all()


@pytest.mark.parametrize(
    "text",
    [
        "毕文广旅通〔2020〕90号",
        "根据国办函〔2020〕109号和国务院令第711号",
        "订单号13812345678已受理",
        "工单编号：13912345678",
        "索引号：000014349/2020-13812345678",
        "受理号20250310123456789",
        "投入资金13812345678元",
        "合计1,381,234.56元",
        "共服务13812345678.5人次",
        "520102199003071234",
        "520102199013071236",
        "6222021234567890123",
        "项目编号6222021234567890128",
        "统一社会信用代码11522400MB1234567X",
        "ISBN9787508647357",
        "营业性演出许可证522401000012345678",
        "营业性演出许可证520102199003071236",
        "订单号：520102199003071236",
        "http://www.bijie.gov.cn/bm/13812345678.html",
        "2025-03-10至2025-04-10",
        "咨询热线12345",
        "毕节市行政中心C栋东区八楼",
        "会议在3号楼二楼会议室召开",
        "第三组12号展位",
        "新增5家住宿企业，位于七星关区天河路3号",
        "国家住房政策要求各市县落实",
        "现住建部门要求各县区报送",
        "",
    ],
)
def test_what_only_looks_alike_is_left_alone(text: str) -> None:
    """Document numbers, orders, amounts, wrong check digits, the office's own address."""
    assert kinds(text) == []


def test_several_passages_in_the_order_of_the_text() -> None:
    """None overlaps another."""
    text = "张三13812345678，520102199003071236，邮箱a@b.cn"

    assert [kind for kind, _ in kinds(text)] == ["mobile", "resident number", "e-mail"]


def test_a_wrong_check_digit_is_never_a_resident_number_nor_a_card() -> None:
    """Every other last digit, over random numbers."""
    source = random.Random(7)
    for _ in range(100):
        day = f"19{source.randrange(50, 99):02}{source.randrange(1, 13):02}{source.randrange(1, 29):02}"
        start = f"520102{day}{source.randrange(1000):03}"
        found = [
            digit
            for digit in "0123456789X"
            if kinds(f"号码{start}{digit}")[:1] == [("resident number", f"{start}{digit}")]
        ]
        assert found == [ric.calc_check_digit(start + "0")]
        card = f"62{source.randrange(10**16):016}"
        right = luhn.calc_check_digit(card)
        assert [digit for digit in "0123456789" if any(kind == "bank card" for kind, _ in kinds(f"{card}{digit}"))] == [
            right
        ]


def test_every_kind_has_a_chinese_name() -> None:
    """For findings."""
    assert all(kind.zh for kind in PersonalKind)


@pytest.mark.parametrize(
    "text",
    [
        "王五",
        "欧阳震华",
        "上官婉儿",
        "尉迟恭",
        "鲜于通",
        "阿娜尔",
        "待确认",
        "见备注",
        "经研究",
        "上传",
        "王",
        "王五六七八",
        "王5",
        "张三、李四",
    ],
)
def test_a_name_begins_with_a_surname_and_has_two_to_four_characters(text: str) -> None:
    assert may_be_name(text) == (text in {"王五", "欧阳震华", "上官婉儿", "尉迟恭", "鲜于通"})
    assert pl.Series([text]).str.contains(NAME).to_list() == [may_be_name(text)]
