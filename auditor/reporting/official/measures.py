"""The measures of GB/T 9704-2012, in twips (twentieths of a point), the unit of Word.

Type of size 3 counts 15.75 points in the standard and 16 in Word; 28 characters fit a line only if each gives
up a quarter of a point. 22 lines fit a page at 28.95 points; at 29 there is room for 21.
"""

PAGE_WIDTH, PAGE_HEIGHT = 11906, 16838
TOP, RIGHT, BOTTOM, LEFT = 2098, 1474, 1984, 1588  # 37, 26, 35 and 28 mm
TEXT_WIDTH = PAGE_WIDTH - LEFT - RIGHT
LINE = 579
TIGHTER = -5  # taken from the width of every character
CHARACTER = 320 + TIGHTER


def millimetres(number: float) -> int:
    """Millimetres in twips."""
    return round(number * 1440 / 25.4)
