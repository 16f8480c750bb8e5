"""Headings that say the same in other words: hints left out, and words for one thing made one word.

Only what cannot change the meaning is taken away. A word that plans, limits or speaks of somebody else (应, 拟, 法定,
第三方) always stays, so that `应答复日期` never becomes `答复日期`.
"""

import re
from collections.abc import Collection
from functools import lru_cache

_LONGEST = 30  # characters; what is longer is a sentence
_MARKS = re.compile(r"^(?:\d{1,2}[.、]|[一二三四五六七八九十]{1,2}、|[*★※])+|[*★※:。]+$|_")
_HINT = re.compile(
    r"[(\[【](?:必填|选填|可多选|单选|多选|下拉\w*|全称|简称|公章|盖章|签字|签名|年月日|年[-./]月[-./]日|是[/、或]否"
    r"|(?:如|例|填|格式|请)[^()\[\]【】]*|元|天|个|件|份|条|人|次|个?工作日"
    r"|[^()\[\]【】]*[/、,;|][^()\[\]【】]*)[)\]】]"
)
_OTHER_NAME = re.compile(r"(?<!日期)(?<!时间)\((?:单位|部门|处室|文号|编号|姓名|名称|姓名或名称|标题)\)$")
_ADDED = re.compile(r"^(?:实际|正式|书面|本局|我局)(?=..)")
_TAILS = tuple(  # each with the characters on which it can end: most headings end on another
    (frozenset(each.rstrip(")")[-1] for each in words.split("|")), re.compile(f"(?<=.)(?:{words})$"), word)
    for words, word in (
        ("签字|签名|签批|签章", ""),
        ("日期及时间|时间日期|日期时间|年月日|时间", "日期"),
        ("单位|部门|处室|机构|股室", "科室"),
        ("编码|号码|序列号|流水号|序号|代码|(?<!编)号", "编号"),
        ("(?<=人)(?:姓名|名称|员)", ""),
        ("者", "人"),
        ("理由|缘由|事由", "原因"),
        ("途径", "渠道"),
        ("形式|方法", "方式"),
        ("类型|分类|种类|性质", "类别"),
        ("联系电话|手机号码|手机号|手机|电话号码", "电话"),
        ("标题|题目|题名|主题", "名称"),
        ("正文|详情|描述|详细内容", "内容"),
        ("截止日期|截止时间|时限", "期限"),
        ("条数|件数|总数|数量", "数"),
        ("结论意见", "结论"),
    )
)


@lru_cache(maxsize=16_384)
def alike(heading: str) -> str:
    """The form in which folded headings that say the same are equal."""
    bare = _bare(heading).replace("之", "")
    for ends, tail, word in _TAILS:
        if bare[-1:] in ends:
            bare = tail.sub(word, bare)
    return bare


@lru_cache(maxsize=16_384)
def _bare(heading: str) -> str:
    return _OTHER_NAME.sub("", _HINT.sub("", _MARKS.sub("", heading))).replace("的", "")


def readings(heading: str, subjects: tuple[str, ...]) -> Collection[str]:
    """The forms under which a folded heading may be known, the nearest first.

    `subjects` are words for what the log is about, which may stand before any of its headings (`公文` 密级).
    """
    starts = _starts(heading)
    if not any(start.startswith(subjects) for start in starts):
        return _forms(starts)  # the same for most logs, and most texts are asked of every log
    about = (start.removeprefix(each) for start in starts for each in subjects if start.startswith(each))
    return _forms((*starts, *about))


@lru_cache(maxsize=16_384)
def _starts(heading: str) -> tuple[str, ...]:
    """A heading bare, and without a word that adds nothing; none of what is too long to be one."""
    if len(heading) > _LONGEST:
        return ()
    bare = _bare(heading)
    return tuple(dict.fromkeys((bare, _ADDED.sub("", bare))))


@lru_cache(maxsize=16_384)
def _forms(starts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([alike(start) for start in starts if len(start) >= 2]))


def halves(heading: str) -> tuple[str, str] | None:
    """A heading that gives two names (`申请人姓名/单位名称`), in its halves."""
    if "/" not in heading:
        return None
    first, slash, second = heading.partition("/")
    return (first, second) if slash and len(first) >= 2 and len(second) >= 2 and "/" not in second else None
