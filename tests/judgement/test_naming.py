"""Names of records and units: personal numbers are masked, office numbers of as many digits are not."""

from datetime import date

import polars as pl
import pytest

from auditor.judgement.naming import Naming, naming_of
from auditor.tables import RECORD, LogTable

AS_OF = date(2025, 12, 31)
RESIDENT, MOBILE = "11010519491231002X", "13912345678"


def naming(*records: str, units: tuple[str, ...] = (), internal: bool = False) -> Naming:
    """What is shown of the records of one log."""
    table = LogTable("requests", pl.DataFrame({RECORD: records}, schema={RECORD: pl.String}), ())
    return naming_of({"requests": table}, units, AS_OF, internal=internal)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (RESIDENT, "110****02X"),
        (f"{RESIDENT}#cdf48dd7", "110****02X#cdf48dd7"),
        (MOBILE, "139****678"),
        ("+86 139-1234-5678", "+86****678"),
        (f"欧阳震华{MOBILE}", "欧**139****678"),
        (f"{MOBILE}欧阳震华", "139****678欧**"),
        (f"联系电话{MOBILE}", "联系电话139****678"),
        (f"市场科{MOBILE}", "市场科139****678"),
        ("１３９１２３４５６７８", "１３９****６７８"),
    ],
)
def test_a_personal_number_in_the_key_or_the_unit_is_masked(name: str, shown: str) -> None:
    assert naming("SQ-1", name).text(name) == shown
    assert naming("SQ-1", units=("市场科", name)).text(name) == shown


@pytest.mark.parametrize(
    "name",
    [
        "202503030000123",  # a day and a number counted through
        "520500202503030012",
        "520500202503030039",  # of the form of a resident number, its last digit right by chance
        "990105194912310021",  # no province
        "110105194912310021",  # a wrong check digit
        "11010518491231002X",  # nobody is so old
        "REQ-13912345678",
        "SQ13912345678",
        "139123456789",
        "2025-13912345678",
        "毕文广旅申〔2025〕13912345678号",
        "依申请15202500123号",
        "12912345678",  # no such number is given out
        "市场科",
    ],
)
def test_an_office_number_stays_what_it_is(name: str) -> None:
    assert not naming("SQ-1", name, units=(name,))


def test_the_resident_number_whose_day_is_this_years_would_be_one_but_for_its_age() -> None:
    """The other side of the case above: the same form, with a day on which somebody may have been born."""
    assert naming("520500198503030013").text("520500198503030013") == "520****013"


def test_numbers_that_an_office_counts_through_are_no_telephones() -> None:
    assert not naming(*(f"15202500{number:03}" for number in range(1, 6)))
    assert not naming(*(f"依申请15202500{number:03}#cdf48dd7" for number in range(1, 6)))
    some = naming("13912345678", "13912345679", "13812345678", "13700005678")
    assert some.text("13912345678和13912345679") == "139****678和139****679"  # two may be chance


def test_names_that_would_be_alike_keep_apart() -> None:
    three = naming("13912345678", "13900005678", "139****678")
    shown = [three.text(name) for name in ("13900005678", "13912345678", "139****678")]
    assert shown == ["139****678（2）", "139****678（3）", "139****678"]


def test_in_a_text_only_the_whole_name_is_replaced() -> None:
    one = naming(MOBILE, f"欧阳震华{MOBILE}", f"SQ-1，{RESIDENT}，{MOBILE}")
    assert one.text(f"申请{MOBILE}未答复；{MOBILE}0；A{MOBILE}") == f"申请139****678未答复；{MOBILE}0；A{MOBILE}"
    assert one.text(f"（欧阳震华{MOBILE}）") == "（欧**139****678）"
    assert one.text(f"SQ-1，{RESIDENT}，{MOBILE}/2025") == "SQ-1，110****02X，139****678/2025"
    assert one.text("SQ-1，其他") == "SQ-1，其他"


def test_inside_the_office_names_are_shown() -> None:
    inside = naming(RESIDENT, MOBILE, units=(MOBILE,), internal=True)
    assert not inside and inside.text(MOBILE) == MOBILE


def test_columns_keep_their_types_and_their_other_values() -> None:
    columns = {"record": ["SQ-1", f"{RESIDENT}#cdf48dd7", None], "unit": ["市场科", MOBILE, MOBILE]}
    table = pl.DataFrame(columns, schema={"record": pl.String, "unit": pl.Categorical()})
    shown = naming(f"{RESIDENT}#cdf48dd7", units=(MOBILE,)).obligations(table)
    assert shown.schema == table.schema
    assert shown["record"].to_list() == ["SQ-1", "110****02X#cdf48dd7", None]
    assert shown["unit"].to_list() == ["市场科", "139****678", "139****678"]
    assert naming("SQ-1").obligations(table) is table
