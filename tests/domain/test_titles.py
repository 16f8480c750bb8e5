"""Title marks: one pair around the whole name, single ones within."""

import pytest

from auditor.domain.titles import book_title


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("政务公开工作制度", "《政务公开工作制度》"),
        ("《政务公开工作制度》", "《政务公开工作制度》"),
        ("《甲的意见》实施细则", "《〈甲的意见〉实施细则》"),
        ("《〈甲的意见〉实施细则》", "《〈甲的意见〉实施细则》"),
        ("关于印发《甲办法》", "《关于印发〈甲办法〉》"),
        ("《甲》和《乙》", "《〈甲〉和〈乙〉》"),
        (" 《》 ", ""),
        ("", ""),
    ],
)
def test_a_name_stands_in_one_pair_of_marks(name: str, shown: str) -> None:
    assert book_title(name) == shown
    assert book_title(shown) == shown
