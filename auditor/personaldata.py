"""Personal data (个人信息) inside a text: resident numbers, telephone numbers, bank cards, e-mail, home addresses.

What only looks alike is not taken: a resident number or a bank card must have its check digit, a telephone
number must be one that is given out, and a number that is called otherwise (文号, 订单号, 金额) is what it is called.
An address is somebody's home only where the text calls it so; one of a dwelling may be a shop's or a monument's.
"""

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PersonalKind(StrEnum):
    """What kind of personal data a passage is."""

    RESIDENT_NUMBER = "resident number"
    BANK_CARD = "bank card"
    MOBILE = "mobile"
    LANDLINE = "landline"
    EMAIL = "e-mail"
    HOME_ADDRESS = "home address"
    DWELLING = "dwelling"  # an address like that of a home, which nothing calls one

    @property
    def zh(self) -> str:
        """As the office says it."""
        return _KIND_ZH[self]


_KIND_ZH = {
    PersonalKind.RESIDENT_NUMBER: "公民身份号码",
    PersonalKind.BANK_CARD: "银行卡号",
    PersonalKind.MOBILE: "手机号码",
    PersonalKind.LANDLINE: "固定电话",
    PersonalKind.EMAIL: "电子邮箱",
    PersonalKind.HOME_ADDRESS: "家庭住址",
    PersonalKind.DWELLING: "疑似住址",
}


@dataclass(frozen=True)
class Passage:
    """Where in a text personal data stands."""

    kind: PersonalKind
    start: int
    end: int


# Full-width digits, letters and signs are read as the plain ones; the length of the text stays the same.
_PLAIN = {ord(sign) + 0xFEE0: sign for sign in string.digits + string.ascii_letters + "()-+:@_./="} | {0x3000: " "}
_ALONE = r"(?<![0-9A-Za-z./=_\-〕\]])", r"(?![0-9A-Za-z]|[.,]\d|\s?(?:元|万元|亿元))"
_RESIDENT = re.compile(_ALONE[0] + r"\d{6}\s?(?:18|19|20)\d{6}\s?\d{3}[\dXx]" + _ALONE[1])
_CARD = re.compile(_ALONE[0] + r"(?:\d{4}[ -]){3,4}\d{1,4}" + _ALONE[1] + "|" + _ALONE[0] + r"\d{16,19}" + _ALONE[1])
_MOBILE = re.compile(_ALONE[0] + r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}" + _ALONE[1])
_LANDLINE = re.compile(_ALONE[0] + r"(?:\+86[- ]?|\()?0\d{2,3}\)?[- ]?\d{7,8}" + _ALONE[1])
_EMAIL = re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_CALLED_HOME = "家庭住址|家庭地址|现住址|住址|现居住地|居住地址|户籍地址|户籍所在地"
_LIVES_AT = "(?:家住|现住)(?!宿|房|院|址|建[局部厅委系领])"  # not 三家住宿企业, 国家住房, 现住建部门
_PLACE = r"[\u4e00-\u9fff0-9A-Za-z·-]*"
_ADDRESS = re.compile(
    rf"(?:{_CALLED_HOME}|{_LIVES_AT})[为是在:\s]{{0,3}}{_PLACE}[省市区县镇乡村路街巷寨组号]{_PLACE}"
    r"|[\u4e00-\u9fff]{2,12}\d{1,4}(?:栋|幢|号楼)[^，。；、\s]{0,6}?单元[^，。；、\s]{0,4}?\d{1,4}(?:室|号|户)?"
    r"|[\u4e00-\u9fff]{2,8}[村寨屯][\u4e00-\u9fff]{0,4}[\d一二三四五六七八九十]{1,3}组\s?\d{1,4}号"
)
# A home is one that can be found: not 户籍所在地为本市的考生, nor 持住址证明到一号窗口.
_HOME = re.compile(
    rf"(?:(?:{_CALLED_HOME})[为是在:\s]|{_LIVES_AT}){_PLACE}[市区县镇乡村路街巷寨道]{_PLACE}"
    r"[\d一二三四五六七八九十](?:号|组|栋|幢|单元|室)"
)
_OF_ANYBODY = "住址"  # a firm has one, too
_FIRM = re.compile(
    r"(?:企业|公司|单位|法人|法定代表人|机构|商户|经营|营业|旅行社|合作社|酒店|宾馆|民宿|网吧|商行|商店|门店)[^。！？!?\n]*$"
)
# What a long number may be called that is nobody's; 证号 and 编号 may be those of an identity card.
_PAPER = "单号|订单|工单|流水号|受理号|查询码|校验码|索引号|批号|发票|合同号|项目号|许可证|备案号"
_CALLED_A_PAPER = re.compile(rf"(?:{_PAPER})[^\d，。；,;]{{0,4}}$")
_CALLED_OTHERWISE = re.compile(
    rf"(?:{_PAPER}|编号|文号|字号|案号|证号|代码|编码|第|金额|合计|￥|¥)[^\d，。；,;]{{0,4}}$"
)
_CALLED_CARD = re.compile(r"(?:卡号|账号|帐号|账户|银行|开户|户名)[^\d，。；,;]{0,12}$")
_UNION_PAY = "62"
# Without any of these a text holds nothing personal; in a form that columns can be searched for as well.
HINT = r"\d{7}|\d{4}[ \-\u3000\uff0d]\d{3}|\d{3}[ \-\u3000\uff0d]\d{4}|[@\uff20]|住|户籍|家庭地址|单元|组\s?\d"
_HINT = re.compile(HINT)
# A sign that stands for what somebody left out: 张*明, 138****1234, 李某某, 138XXXX1234, 天河路×号. A lone X is one
# only beside a Chinese character, never the last of a resident number. Columns can be searched for it as well.
MASKED = (
    r"[*＊×○◯●某]|(?:^|[^A-Za-z])[XxＸｘ]{2,}(?:[^A-Za-z]|$)"
    r"|(?:^|[^0-9A-Za-z])[XxＸｘ][\u4e00-\u9fff]|[\u4e00-\u9fff][XxＸｘ](?:[^0-9A-Za-z]|$)"
)


# What names begin with. Rare surnames with which rather words begin, as 经 and 后, are left aside.
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌"
    "马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧肖尹姚"
    "邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱"
    "骆高夏蔡田樊胡凌霍虞万支柯管卢莫房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄"
    "曲家封芮储靳段富巫乌焦巴弓牧山谷车侯全班仰秋仲伊宫宁仇栾甘厉戎祖武符刘景詹束龙叶幸司韶黎薄印宿白怀蒲"
    "邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥苍双闻莘党翟谭贡劳姬申扶堵冉宰雍桑桂濮牛寿边扈燕冀郏浦尚农温别庄晏柴瞿"
    "阎慕连茹习宦艾鱼容向古易慎戈廖庾衡耿弘匡国文寇广禄阙东欧沃利蔚隆巩聂晁勾敖融冷辛阚那简饶曾沙鞠丰巢关"
    "蒯查荆红游竺权盖桓覃涂佟阳代付闫苟楚官邝粟敬原仝佘展伦苑宾仁"
)
_LONG_SURNAMES = "上官|令狐|淳于|呼延|端木|轩辕|长孙|鲜于|尉迟|皇甫|太史"
# Two to four characters, a surname first: a text that may be a name. Columns can be searched for it as well.
NAME = rf"^(?:[{_SURNAMES}][\u4e00-\u9fff]{{1,3}}|(?:{_LONG_SURNAMES})[\u4e00-\u9fff]{{1,2}})$"
_NAME = re.compile(NAME)


def may_be_name(text: str) -> bool:
    """Whether a text by itself may be the name of a person: two to four characters, a surname first."""
    return _NAME.fullmatch(text) is not None


def personal_data(text: str) -> list[Passage]:
    """Every passage of `text` that is personal data, in the order of the text; none overlaps another."""
    if not _HINT.search(text):
        return []
    plain = text.translate(_PLAIN)
    found: list[Passage] = []
    for passage in _candidates(plain):
        if all(passage.end <= other.start or other.end <= passage.start for other in found):
            found.append(passage)
    return sorted(found, key=lambda passage: passage.start)


def _candidates(text: str) -> Iterator[Passage]:
    """Passages of every kind, the more certain kinds first."""
    for kind, pattern, is_one in (
        (PersonalKind.RESIDENT_NUMBER, _RESIDENT, _is_resident_number),
        (PersonalKind.BANK_CARD, _CARD, _is_bank_card),
        (PersonalKind.MOBILE, _MOBILE, _is_telephone),
        (PersonalKind.LANDLINE, _LANDLINE, _is_telephone),
    ):
        for match in pattern.finditer(text):
            if is_one(match[0], text[: match.start()]):
                yield Passage(kind, match.start(), match.end())
    for match in _EMAIL.finditer(text):
        yield Passage(PersonalKind.EMAIL, match.start(), match.end())
    for match in _ADDRESS.finditer(text):
        home = _is_home(match[0], text[: match.start()])
        yield Passage(PersonalKind.HOME_ADDRESS if home else PersonalKind.DWELLING, match.start(), match.end())


def _is_home(address: str, before: str) -> bool:
    """Whether an address is somebody's home by the words of the text, and no firm's."""
    if not _HOME.match(address):
        return False
    return not (address.startswith(_OF_ANYBODY) and _FIRM.search(before))


def _is_resident_number(number: str, before: str) -> bool:
    """Check digit and birth date (GB 11643). The place is left aside: numbers outlive the districts that gave them out.

    What is called an order, a licence or the like is none, whatever its digits come to.
    The check digit weighs the digit at place i from the right by 2 to the i, modulo 11; X stands for 10.
    """
    if _CALLED_A_PAPER.search(before[-16:]):
        return False
    digits = "".join(number.split()).upper()
    try:
        date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    weighed = sum(int(digit) << (17 - at) for at, digit in enumerate(digits[:17]))
    return "0123456789X"[(1 - weighed) % 11] == digits[17]


def _is_bank_card(number: str, before: str) -> bool:
    """A card of the country's system, or a number that the text calls one; the Luhn digit must be right."""
    digits = re.sub(r"\D", "", number)
    if not 16 <= len(digits) <= 19 or not _is_luhn(digits):
        return False
    if _CALLED_CARD.search(before[-24:]):
        return True
    return digits.startswith(_UNION_PAY) and not _CALLED_OTHERWISE.search(before[-16:])


def _is_luhn(digits: str) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812): every second from the right counts double."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _is_telephone(number: str, before: str) -> bool:
    import phonenumbers

    if _CALLED_OTHERWISE.search(before[-16:]):
        return False
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(number, "CN")))
    except phonenumbers.NumberParseException:
        return False
