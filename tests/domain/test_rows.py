"""What a row of an imported table says, and what is wrong with it (I2, I4)."""

from dataclasses import asdict
from datetime import datetime

import pytest

from domain.spreadsheet.book import NO_VALUE, CellError, Row
from domain.spreadsheet.rows import (
    CODES,
    Found,
    Problem,
    Reading,
    read_row,
    spell_rows,
)

NAMES = (*CODES, "units", "cost", "counted_at", "note")


def read(row=2, *, decimal=".", order="dmy", **cells):
    """Read a row that has only these cells, besides the required ones."""
    cells = {"warehouse": "WH", "item": "SCR", "units": 5, **cells}
    columns = {name: column for column, name in enumerate(cells)}
    reading = Reading(columns, decimal, order)
    return read_row(Row(row, list(cells.values())), reading)


def problems(**cells):
    return [(problem.field, problem.code) for problem in read(**cells).problems]


def test_a_row_is_read_by_what_its_columns_mean():
    codes = {name: f"{name}!" for name in CODES}
    found = read(
        7, **codes, units="46", cost="2", counted_at="31.01.2026 14:05", note=" Torn "
    )
    assert found == Found(
        7,
        **codes,
        units=46.0,
        cost=2.0,
        counted_at=datetime(2026, 1, 31, 14, 5),
        note="Torn",
    )


def test_a_row_without_anything_is_of_nothing():
    texts = dict.fromkeys((*CODES, "note"), "")
    ids = ("warehouse", "location", "product", "package", "owner", "uom")
    numbers = {f"{name}_id": 0 for name in ids}
    nothing = {"units": 0.0, "cost": None, "counted_at": None, "is_empty": False}
    others = {"row": 3, "target": -1, "entry": {}, "problems": []}
    others |= {"counter_id": 0, "grouped": "", "marks": (), "round": 0, "texts": ()}
    assert asdict(Found(3)) == {**texts, **numbers, **nothing, **others}


def test_codes_keep_the_zeros_and_lose_the_spaces_around_them():
    assert read(item=" 0042 ").item == "0042"
    assert read(serial=12.0).serial == "12"


def test_the_decimals_of_quantities_and_costs_are_those_of_the_file():
    found = read(units="1.234", cost="2.345", decimal=",")
    assert (found.units, found.cost) == (1234.0, 2345.0)
    found = read(units="1.234", cost="2.345", decimal=".")
    assert (found.units, found.cost) == (1.234, 2.345)


def test_days_and_months_stand_in_the_order_of_the_file():
    assert read(counted_at="03/04/2026").counted_at == datetime(2026, 4, 3)
    time = read(counted_at="03/04/2026", order="mdy").counted_at
    assert time == datetime(2026, 3, 4)


def test_without_being_told_a_file_has_points_and_days_first():
    reading = Reading({"units": 0, "counted_at": 1})
    found = read_row(Row(2, ["1.234", "03/04/2026"]), reading)
    assert (found.units, found.counted_at) == (1.234, datetime(2026, 4, 3))


def test_a_row_without_a_quantity_is_not_counted_which_is_not_zero():
    assert read(units=None).is_empty
    assert read(units=" ").is_empty
    found = read(units=0)
    assert (found.units, found.is_empty, found.problems) == (0.0, False, [])


def test_the_cells_after_a_missing_quantity_are_read():
    assert read(units=None, note="Torn").note == "Torn"


@pytest.mark.parametrize("missing", [None, "", " ", "\u00a0"])
def test_a_row_without_a_cost_or_a_time_is_counted_all_the_same(missing):
    found = read(cost=missing, counted_at=missing)
    assert (found.units, found.is_empty, found.problems) == (5.0, False, [])
    assert (found.cost, found.counted_at) == (None, None)


def test_a_cost_of_zero_is_a_cost():
    assert read(cost=0).cost == 0.0


def test_a_row_that_ends_early_has_empty_cells():
    reading = Reading({"warehouse": 0, "item": 1, "units": 2, "note": 3})
    found = read_row(Row(2, ["WH", "SCR"]), reading)
    assert (found.is_empty, found.note, found.problems) == (True, "", [])


@pytest.mark.parametrize("name", ["warehouse", "item"])
@pytest.mark.parametrize("missing", [None, "", " "])
def test_a_row_names_a_warehouse_and_an_item(name, missing):
    [problem] = read(9, **{name: missing}).problems
    assert problem == Problem(9, name, "", "empty", {}, "error")


def test_a_warehouse_that_cannot_be_read_is_told_once():
    [problem] = read(warehouse=True).problems
    assert (problem.field, problem.code, problem.value) == (
        "warehouse",
        "truth",
        "TRUE",
    )


def test_all_problems_of_a_row_are_told():
    found = problems(item=None, units="many", cost="-1", counted_at="soon")
    assert sorted(found) == [
        ("cost", "negative"),
        ("counted_at", "not_a_date"),
        ("item", "empty"),
        ("units", "not_a_quantity"),
    ]


def test_a_problem_says_row_column_and_value():
    [problem] = read(9, units="many").problems
    params = {"value": "many"}
    assert problem == Problem(9, "units", "many", "not_a_quantity", params, "error")


def test_a_problem_shows_the_cell_where_its_words_do_not():
    [problem] = read(item="a\0b").problems
    assert (problem.code, problem.value) == ("unprintable", "a\0b")


def test_an_endless_cell_is_cut_off_in_its_problem():
    [problem] = read(item="x" * 90 + "\0").problems
    assert problem.value == "x" * 80
    [problem] = read(item=CellError("x" * 90)).problems
    assert problem.value == "x" * 80


def test_a_formula_without_a_value_is_shown_by_its_sign():
    [problem] = read(item=NO_VALUE).problems
    assert (problem.code, problem.value) == ("no_formula_value", "=")


def test_a_formula_error_is_a_problem_of_its_cell_but_never_a_note():
    assert problems(serial=CellError("#N/A")) == [("serial", "cell_error")]
    assert read(note=CellError("#N/A")).note == ""


def test_a_row_is_bad_by_its_errors_and_not_by_its_warnings():
    found = read()
    found.doubt("item", "archived", "warning")
    assert not found.is_bad
    found.doubt("item", "unknown", suggestion="SCREW")
    assert found.is_bad
    assert [problem.kind for problem in found.problems] == ["warning", "error"]
    assert found.problems[1].params == {"suggestion": "SCREW"}


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("item", "SCR", "SCR"),
        ("item", "x" * 90, "x" * 80),
        ("units", 1234.5, "1234.5"),
        ("units", 5.0, "5"),
        ("cost", None, ""),
        ("unheard_of", None, ""),
    ],
)
def test_a_doubt_shows_what_was_read(name, value, shown):
    found = Found(4)
    if name != "unheard_of":
        setattr(found, name, value)
    found.doubt(name, "doubtful")
    assert found.problems == [Problem(4, name, shown, "doubtful", {}, "error")]


def test_rows_share_no_lists():
    one, two = Found(1), Found(2)
    one.doubt("item", "empty")
    one.entry["qty"] = 5
    assert (two.problems, two.entry) == ([], {})


def test_rows_in_a_line_are_a_range_and_others_stand_for_themselves():
    assert spell_rows([3, 4, 5, 9, 10, 12]) == "3–5, 9–10, 12"


def test_a_location_that_only_a_row_above_names_is_asked_about():
    row = Row(2, ["WH", "SCR", 5], ("empty_location",))
    reading = Reading({"warehouse": 0, "item": 1, "units": 2}, ".", "dmy")
    [problem] = read_row(row, reading).problems
    assert (problem.field, problem.code) == ("location", "empty_location")
