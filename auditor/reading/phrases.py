"""Phrases that stand around the records of a hand-made sheet: totals, notes, sign-offs, section titles."""

import re

SUBJECTS = (
    "填表|填报|制表|审核|复核|核对|校对|编制|统计|经办|审批|审签|批准|报送|上报|登记|负责|分管|主管|"
    "分管领导|主管领导|主要领导|单位负责|科室负责|部门负责|联系|导出|打印|更新|数据"
)
_COLON = r"(?:名称)?(?:\s*[(（][^)）]{0,12}[)）])?\s*[:：]"
_SIGNED = rf"^(?:{SUBJECTS})(?:人|人员|者|日期|时间|单位|科室|部门|机关|领导|电话|来源)(?:签字|签名|盖章)?{_COLON}"
_LABEL = (
    rf"^(?:制表|填表|填报|审核|复核|校对|编制|统计|审批|分管领导|主管领导|主要领导|"
    rf"单位|科室|部门|日期|时间|电话|签字|签名|盖章){_COLON}"
)
_NOTE = (
    r"^[(（【\[]?\s*(?:注|备注|附注|附|说明|注意|注意事项|(?:填表|填报|填写|编制)说明)\s*"
    r"(?:[0-9一二三四五六七八九十]{0,2}\s*[:：]|[0-9]{1,2}\s*[.、．])"
)
_END = r"^[-—－\s(（]*(?:以下空白|以下无正文|此页无正文|完)[-—－\s)）]*$"
_TOTAL = (
    r"^(?:本?[页月季年周日]|[上下]半年|全年|第?[0-9一二三四]+季度|[0-9]{1,2}月份?)?\s*"
    r"(?:合\s*计|小\s*计|总\s*计|共\s*计|累\s*计)(?:数|量)?\s*(?:[(（][^)）]{0,8}[)）])?\s*[:：]?"
    r"\s*[0-9,，.]*\s*[件个条份次人项元页宗天日]{0,2}$"
    r"|^[总合]?共\s*[0-9,，.]+\s*[件个条份次人项元页宗天日]{1,2}$"
)
_SECTION = (
    r"^(?:[(（]?[一二三四五六七八九十]{1,3}[)）、．.]\s*\S.*"
    r"|(?:[0-9]{4}\s*年)?\s*(?:第?[一二三四1-4]季度|[0-9一二三四五六七八九十]{1,3}月份?|[上下]半年))$"
)
_NUMBERED = r"^\s*[(（]?[0-9]{1,2}[)）]?\s*[.、．)）]\s*\S"

SIGNED = re.compile(_SIGNED)  # 填表人：…, 制表日期：…, 填报单位：…
LABEL = re.compile(f"{_SIGNED}|{_LABEL}")
NOTE = re.compile(f"{_NOTE}|{_END}")
TOTAL = re.compile(_TOTAL)
SECTION = re.compile(_SECTION)
NUMBERED = re.compile(_NUMBERED)  # the further points of a note
AMOUNT = re.compile(r"^[0-9,，.]+\s*%?\s*[件个条份次人项元页宗天日]{0,2}$")
MARKED = "|".join((_SIGNED, _LABEL, _NOTE, _END, _TOTAL, _SECTION))  # for a first look over a whole column
