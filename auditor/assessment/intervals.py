"""How sure a rate is: Wilson's interval for one, Newcombe's for the difference of two. Standard library only."""

from fractions import Fraction
from math import sqrt
from statistics import NormalDist

from auditor.domain.appraisal import Change


def wilson(hits: int, n: int, confidence: float) -> tuple[float, float]:
    """Wilson's score interval of a share of `hits` in `n`, which is never empty and never leaves 0 to 1."""
    z = _z(confidence)
    share = hits / n
    spread = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / spread
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / spread
    return (0.0 if hits == 0 else centre - half), (1.0 if hits == n else centre + half)


def change(hits: int, n: int, last_hits: int, last_n: int, confidence: float) -> Change:
    """This year's share against last year's: the two Wilson intervals joined (Newcombe's hybrid score)."""
    share, last = hits / n, last_hits / last_n
    low, high = wilson(hits, n, confidence)
    last_low, last_high = wilson(last_hits, last_n, confidence)
    down = sqrt((share - low) ** 2 + (last_high - last) ** 2)
    up = sqrt((high - share) ** 2 + (last - last_low) ** 2)
    difference = share - last
    return Change(Fraction(last_hits, last_n), last_n, difference, difference - down, difference + up)


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)
