"""Dates in Chinese numerals (二〇二〇年十二月三日) written with digits."""

import re

_ZEROS = "〇零○◯Oo"
_DIGITS = {numeral: value for value, numeral in enumerate("一二三四五六七八九", 1)} | dict.fromkeys(_ZEROS, 0)
_TENS = {"十": 10, "廿": 20, "卅": 30}
_YEAR = re.compile(f"([{_ZEROS}一二三四五六七八九]{{4}})(?=\\s*年)")
_NUMBER = re.compile(r"[一二三四五六七八九十廿卅]{1,3}(?=\s*[月日号时点分秒])")
ANY = "[〇○◯零一二三四五六七八九十廿卅]"


def with_digits(text: str) -> str:
    """The text with its year, month, day and clock in digits; what is no such number stays as it is."""
    if not re.search(ANY, text):
        return text
    return _NUMBER.sub(_number, _YEAR.sub(_year, text))


def _year(found: re.Match[str]) -> str:
    return "".join(str(_DIGITS[numeral]) for numeral in found[1])


def _number(found: re.Match[str]) -> str:
    """三 is 3, 十二 is 12, 二十 is 20, 三十一 and 卅一 are 31; nothing else is a number here."""
    word = found[0]
    tens = next((at for at, numeral in enumerate(word) if numeral in _TENS), None)
    if tens is None:
        return str(_DIGITS[word]) if len(word) == 1 else word
    before, after = word[:tens], word[tens + 1 :]
    if len(before) > 1 or len(after) > 1 or after in _TENS or (before and word[tens] != "十"):
        return word
    return str(_TENS[word[tens]] * (_DIGITS[before] if before else 1) + (_DIGITS[after] if after else 0))
