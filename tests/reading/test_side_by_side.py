"""Files read side by side come in their order, and stop where one of them fails."""

from collections.abc import Callable
from threading import Event

import polars as pl
import pytest

from auditor.listening import unheard
from auditor.reading.sidebyside import side_by_side

Heard = Callable[[int], None]


def test_what_was_read_comes_in_the_order_of_the_files_and_all_bytes_are_told() -> None:
    told: list[tuple[int, int]] = []
    begun: list[str] = []

    def read(name: str, heard: Heard) -> str:
        begun.append(name)
        heard(1)
        return name.upper()

    found = list(side_by_side(read, ["small", "large", "middle"], [1, 30, 20], lambda *each: told.append(each)))
    assert found == ["SMALL", "LARGE", "MIDDLE"]
    assert begun[0] == "large" and sorted(begun) == ["large", "middle", "small"]
    done = [each for each, _ in told]
    assert done == sorted(done) and told[-1] == (51, 51)


@pytest.mark.skipif(pl.thread_pool_size() == 1, reason="on one processor one file is read at a time")
def test_an_error_ends_it_and_a_file_that_is_being_read_is_left_off_at_its_next_block() -> None:
    is_reading, has_failed = Event(), Event()
    blocks: list[int] = []

    def read(name: str, heard: Heard) -> str:
        if name == "bad":
            assert is_reading.wait(10)
            has_failed.set()
            raise ValueError(name)
        if name == "long":
            for block in range(1_000_000):
                heard(block)
                blocks.append(block)
                is_reading.set()
        return name

    with pytest.raises(ValueError, match="bad"):
        list(side_by_side(read, ["bad", "long", "never"], [2, 3, 1], unheard))
    assert has_failed.is_set() and len(blocks) < 1_000_000


def test_no_file_is_nothing() -> None:
    assert list(side_by_side(lambda name, heard: name, [], [], unheard)) == []
