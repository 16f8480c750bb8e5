"""Which log the headings of a row speak of: every known heading counts by how surely it stands for a field."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from auditor.reading.headings import Strength, Vocabulary, knowing

_ENOUGH = 3.0  # so much is needed to know a log by its headings
_ENOUGH_WITH_TITLE = 2.0  # where a title names the log besides
_LEAD = 0.25  # the next best log must lie behind by more than rounding
_TITLE, _NEAR, _WEAK, _IGNORED = 1.5, 0.75, 0.25, 0.1
_ROW = 0.05  # what every row further down costs: headings stand on top
_SENTENCE = 25  # characters; a row with such a cell is more likely a record


@dataclass(frozen=True)
class Score:
    """How much a row speaks for one log: `sure` by words that decide, `total` with general words and the title."""

    words: Vocabulary
    sure: float
    total: float
    needed: float
    known: int  # headings that the log takes or ignores on purpose

    @property
    def is_enough(self) -> bool:
        """General words never decide alone."""
        return self.sure >= self.needed


def score(keys: Sequence[str], words: Vocabulary, titled: Collection[str] = ()) -> Score:
    """Score folded headings for one log; `titled` are the names of logs that a title names."""
    best: dict[str, Strength] = {}
    taken = ignored = 0
    for key in dict.fromkeys(keys):
        offer = words.offers(key)
        if offer:
            taken += 1
            strength, field = offer[0]
            best[field] = min(strength, best.get(field, strength))
        elif key and words.ignores(key):
            ignored += 1
    weak = sum(strength is Strength.WEAK for strength in best.values())
    near = sum(strength is Strength.NEAR for strength in best.values())
    sure = len(best) - weak - near + _NEAR * near
    is_titled = words.log.name in titled
    total = sure + _WEAK * weak + _IGNORED * ignored + (_TITLE if is_titled else 0.0)
    return Score(words, sure, total, _ENOUGH_WITH_TITLE if is_titled else _ENOUGH, taken + ignored)


def by_headings(keys: Sequence[str], logs: Sequence[Vocabulary], titled: Collection[str] = ()) -> list[Vocabulary]:
    """The one log that the headings speak of; none where too little does, or where two logs are as likely.

    Two are as likely also where the log that takes the most headings is a stranger to some that another one knows: a
    register of complaints has much in common with messages from citizens, and its own 举报内容 and 来访事由 besides.
    """
    ranked = sorted((score(keys, words, titled) for words in logs), key=lambda each: -each.total)
    if not ranked or not ranked[0].is_enough:
        return []
    if len(ranked) > 1 and ranked[1].total > ranked[0].total - _LEAD:
        return []
    best = ranked[0]
    if any(other.sure and other.known > best.known for other in ranked[1:] if best.words.log.name not in titled):
        return []
    return [best.words]


def likely_logs(keys: Sequence[str], logs: Sequence[Vocabulary], titled: Collection[str] = ()) -> list[Vocabulary]:
    """The logs that the headings resemble, the most likely first; one general word is no resemblance."""
    scores = [score(keys, words, titled) for words in logs]
    alike = [each for each in scores if each.sure or each.words.hits(keys) > 1]
    return [each.words for each in sorted(alike, key=lambda each: -each.total)]


def row_worth(at: int, texts: Sequence[str], keys: Sequence[str], logs: Sequence[Vocabulary]) -> float:
    """How much row `at` looks like the headings of one of the logs."""
    alone = len(logs) == 1
    worth = max((_worth_for(keys, words, alone) for words in (logs if alone else knowing(keys, logs))), default=0.0)
    if any(len(text) > _SENTENCE for text in texts):
        worth /= 2
    return worth - _ROW * at


def _worth_for(keys: Sequence[str], words: Vocabulary, alone: bool) -> float:
    """General words count where it is known which log is read."""
    found = score(keys, words)
    return found.total if alone else found.sure
