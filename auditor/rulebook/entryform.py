"""The workbook in which returned forms are typed in: its sheets and columns, for who writes it and who reads it.

Its headings are none that a log knows, so that a workbook half typed in is never taken for the log.
"""

from auditor.rulebook.schemes import CONTENTS

FIRST, SECOND = "录入一", "录入二"
NUMBER, RETURNED, GROUP, UNIT, OPINION = "票子号码", "收回", "身份栏", "科室栏", "意见栏"
ANSWER_COLUMNS = tuple(f"题{number}" for number in range(1, len(CONTENTS) + 1))
COLUMNS = (NUMBER, RETURNED, GROUP, UNIT, *ANSWER_COLUMNS, OPINION)
FIELDS = ("form_no", "returned", "group", "unit", *CONTENTS, "opinion")
HEADING_ROW = 3  # as a person counts
YES, NO = "是", "否"


def form_number(year: int, number: int) -> str:
    """The number printed on a form."""
    return f"{numbers_of(year)}{number:04}"


def numbers_of(year: int) -> str:
    """How the number of every form of the year begins."""
    return f"PY-{year}-"
