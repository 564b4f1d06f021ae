"""Codes, quantities and times as people and spreadsheets write them (I1, I2, I4)."""

from datetime import datetime, timedelta, timezone

import pytest

from domain.spreadsheet.book import NO_VALUE, CellError
from domain.spreadsheet.cells import (
    Doubtful,
    defuse,
    find_decimal,
    find_order,
    is_blank,
    plain,
    read_code,
    read_quantity,
    read_text,
    read_time,
)

AFTERNOON = datetime(2026, 1, 31, 14, 5)
DAY = datetime(2026, 1, 31)


def doubt(reader, value, *options):
    with pytest.raises(Doubtful) as caught:
        reader(value, *options)
    return caught.value.code, caught.value.params


def test_a_doubt_says_its_code():
    with pytest.raises(Doubtful, match=r"^no_quantity$"):
        read_quantity(None)


@pytest.mark.parametrize("value", [None, "", " ", "\t", "\u00a0"])
def test_a_cell_with_nothing_but_spaces_is_blank(value):
    assert is_blank(value)


@pytest.mark.parametrize("value", [0, False, "0", NO_VALUE, DAY])
def test_a_cell_with_anything_in_it_is_not_blank(value):
    assert not is_blank(value)


# === CODES === #


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("SCR-1", "SCR-1"),
        ("XL-X", "XL-X"),
        (" SCR 1 ", "SCR 1"),
        ("\ufeffSCR\u200b", "SCR"),
        ("\u00a0SCR\u00a0", "SCR"),
        ("00123", "00123"),
        (12, "12"),
        (12.0, "12"),
        (1.5, "1.5"),
        (0, "0"),
        (-5, "-5"),
        (4006381333931, "4006381333931"),
        (10**15 - 1, "999999999999999"),
        (None, ""),
        ("", ""),
    ],
)
def test_a_code_is_what_a_person_sees_in_the_cell(value, code):
    assert read_code(value) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('="00123"', "00123"),
        ('=" 00123 "', "00123"),
        ('=""', ""),
        ("'00123", "00123"),
        ("'9 volt", "9 volt"),
        ("'+49", "+49"),
        ("'-1", "-1"),
        ("'n'Djamena", "'n'Djamena"),
        ("'5", "5"),
        ("'X1", "X1"),
        ("'", "'"),
        ("5'", "5'"),
    ],
)
def test_what_keeps_a_code_from_being_spoiled_is_no_part_of_it(text, code):
    """Exports write ="00123", and people '00123."""
    assert read_code(text) == code


@pytest.mark.parametrize("text", ["'=SCR", "'@home"])
def test_a_formula_stays_one_behind_the_mark_of_a_text(text):
    assert doubt(read_code, text) == ("formula", {"value": text[1:]})


@pytest.mark.parametrize("text", ["4.00638E+12", "1E+5", "1,5e+10", "-4.0E+12"])
def test_a_number_that_a_spreadsheet_has_shortened_is_refused(text):
    """I4: its last digits are lost."""
    assert doubt(read_code, text) == ("scientific", {"value": text})


@pytest.mark.parametrize("text", ["1E5", "12E3", "1.5E10", "E+5", "SCR1E+5", "1E+5-A"])
def test_a_code_that_only_looks_shortened_is_one(text):
    assert read_code(text) == text


@pytest.mark.parametrize(
    ("number", "shown"),
    [(10**15, "1E+15"), (-1.5e15, "-1.5E+15"), (123456e11, "1.2346E+16")],
)
def test_a_number_of_more_digits_than_a_spreadsheet_keeps_is_refused(number, shown):
    assert doubt(read_code, number) == ("scientific", {"value": shown})


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_are_none_are_no_codes(number):
    assert doubt(read_code, number) == ("scientific", {"value": str(number)})


@pytest.mark.parametrize(
    ("value", "code", "params"),
    [
        (True, "truth", {"value": "TRUE"}),
        (False, "truth", {"value": "FALSE"}),
        (AFTERNOON, "date_for_code", {"value": "2026-01-31"}),
        ("a\0b", "unprintable", {}),
        ("a\nb", "unprintable", {}),
        (CellError("#N/A"), "cell_error", {"value": "#N/A"}),
        (NO_VALUE, "no_formula_value", {}),
    ],
)
def test_what_is_no_code_is_refused_with_the_reason(value, code, params):
    assert doubt(read_code, value) == (code, params)


@pytest.mark.parametrize(
    "text",
    [
        "=A1",
        "@SUM(A1)",
        "=cmd|'/c calc'!A1",
        "+A1(2)",
        "-cmd|x",
        "-A!1",
        '="a"b"',
        '=""A"',
        '="A""',
    ],
)
def test_a_formula_is_no_code(text):
    """I8: it may have been meant for somebody's spreadsheet."""
    assert doubt(read_code, text) == ("formula", {"value": text})


def test_an_endless_formula_is_cut_off_in_its_refusal():
    assert doubt(read_code, "=" + "A" * 50) == ("formula", {"value": "=" + "A" * 39})


@pytest.mark.parametrize(
    "text", ["+49 30 123", "-1", "- none -", "-X-", "a=b", "a|b(c)!"]
)
def test_signs_that_begin_no_formula_are_parts_of_codes(text):
    assert read_code(text) == text


# === NOTES === #


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" Torn ", "Torn"),
        (None, ""),
        (5.0, "5"),
        (5.5, "5.5"),
        (5, "5"),
        (True, "True"),
        (DAY, "2026-01-31 00:00:00"),
        (CellError("#N/A"), ""),
        (NO_VALUE, ""),
    ],
)
def test_a_note_may_be_any_cell(value, text):
    assert read_text(value) == text


# === QUANTITIES === #


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [
        ("7", 7, 7),
        ("0", 0, 0),
        ("+7", 7, 7),
        ("1.5", 1.5, 1.5),
        ("1,5", 1.5, 1.5),
        ("1.234", 1.234, 1234),
        ("1,234", 1234, 1.234),
        ("12.345", 12.345, 12345),
        ("123.456", 123.456, 123456),
        ("+1.234", 1.234, 1234),
        ("1234.567", 1234.567, 1234.567),
        ("0.125", 0.125, 0.125),
        ("0,125", 0.125, 0.125),
        ("1.2345", 1.2345, 1.2345),
        ("1,2345", 1.2345, 1.2345),
        ("1.234.567", 1234567, 1234567),
        ("1,234,567", 1234567, 1234567),
        ("1.234,5", 1234.5, 1234.5),
        ("1,234.5", 1234.5, 1234.5),
        ("1.234.567,89", 1234567.89, 1234567.89),
        ("1 234,5", 1234.5, 1234.5),
        ("1'234.5", 1234.5, 1234.5),
        ("1\u202f234\u00a0567", 1234567, 1234567),
        (".5", 0.5, 0.5),
        (",5", 0.5, 0.5),
        ("5.", 5, 5),
        ("5,", 5, 5),
        ("1E3", 1000, 1000),
        ("1,5E+2", 150, 150),
        ("'5", 5, 5),
        ('="5"', 5, 5),
    ],
)
def test_a_quantity_is_read_as_it_was_meant(text, point, comma):
    assert (read_quantity(text), read_quantity(text, ",")) == (point, comma)


@pytest.mark.parametrize("number", [0, 5, 5.0, 1.5, 1_000_000_000])
def test_a_number_is_a_quantity(number):
    read = read_quantity(number)
    assert (read, type(read)) == (number, float)


@pytest.mark.parametrize(
    "text",
    [
        "many",
        "1.23.4",
        "1.23.456",
        "12.34,567,8",
        "1234,567,8",
        "12.34.56",
        "1,23.4.5",
        "1,234.567.8",
        "1.234,567.8",
        "1.2,3.4",
        "X5",
        "1E5x",
    ],
)
@pytest.mark.parametrize("decimal", [".", ","])
def test_what_might_be_a_date_or_a_mistake_is_no_quantity(text, decimal):
    assert doubt(read_quantity, text, decimal) == ("not_a_quantity", {"value": text})


@pytest.mark.parametrize(("text", "unit"), [("5 pcs", "pcs"), ("5X", "X")])
@pytest.mark.parametrize("decimal", [".", ","])
def test_a_quantity_with_its_unit_says_so(text, unit, decimal):
    """I1: its remedy names both."""
    code, params = doubt(read_quantity, text, decimal)
    assert (code, params["value"], params["unit"]) == ("with_unit", text, unit)


def test_more_than_three_digits_before_a_group_are_a_mistake():
    assert doubt(read_quantity, "1234.567,5")[0] == "not_a_quantity"
    assert doubt(read_quantity, "+1234.567,5")[0] == "not_a_quantity"
    assert read_quantity("+123.456,5") == 123456.5


@pytest.mark.parametrize(
    ("value", "shown"),
    [(True, "TRUE"), (False, "FALSE"), (DAY, "2026-01-31 00:00:00")],
)
def test_truth_and_dates_are_no_quantities(value, shown):
    assert doubt(read_quantity, value) == ("not_a_quantity", {"value": shown})


@pytest.mark.parametrize("missing", [None, "", " "])
def test_a_cell_without_a_quantity_says_so(missing):
    assert doubt(read_quantity, missing) == ("no_quantity", {})


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (-0.5, "negative", "-0.5"),
        ("-5", "negative", "-5"),
        ("-1.234,5", "negative", "-1234.5"),
        (-1e300, "negative", "-1000000000"),
        (-123456789, "negative", "-123456789"),
        (float("nan"), "not_a_quantity", "nan"),
        (float("inf"), "not_a_quantity", "inf"),
    ],
)
def test_a_number_that_nobody_can_find_is_refused(value, code, shown):
    assert doubt(read_quantity, value) == (code, {"value": shown})


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1_000_000_001, "1000000001"),
        ("1E12", "1000000000000"),
        (123456789012345, "123456789012345"),
    ],
)
def test_a_quantity_above_the_largest_is_refused(value, shown):
    params = {"value": shown, "limit": 1_000_000_000}
    assert doubt(read_quantity, value) == ("large", params)


def test_a_number_too_large_to_be_one_is_refused():
    assert doubt(read_quantity, "1E999") == ("not_a_quantity", {"value": "inf"})


def test_an_endless_quantity_is_cut_off_in_its_refusal():
    cut = ("not_a_quantity", {"value": "x" * 40})
    assert doubt(read_quantity, "x" * 50) == cut
    cut = ("not_a_quantity", {"value": "1.1" * 13 + "1"})
    assert doubt(read_quantity, "1.1" * 20) == cut


def test_an_error_is_no_quantity():
    assert doubt(read_quantity, CellError("#N/A"))[0] == "cell_error"
    assert doubt(read_quantity, NO_VALUE)[0] == "no_formula_value"


# === POINT OR COMMA === #


@pytest.mark.parametrize(
    ("values", "mark"),
    [
        (["1,5"], ","),
        (["1.5"], "."),
        (["1,50", "2,25", "1.5"], ","),
        (["1.5", "2.5", "1,5"], "."),
        (["1.234,5"], ","),
        (["1,234.5"], "."),
        (["1.234.567,5"], ","),
        (["1 234,5"], ","),
        ([" 1,5 "], ","),
        ([",5"], ","),
        ([5, None, "1,5", "many", 1.5, 2.5], ","),
        ([".5"], "."),
        (["1,2345"], ","),
        (["1,234,5"], "."),
    ],
)
def test_the_decimal_mark_of_a_column_is_the_one_that_most_agree_on(values, mark):
    assert find_decimal(values) == mark
    if values != ["1,234,5"]:
        assert find_decimal(values, ",") == mark


@pytest.mark.parametrize(
    "values",
    [
        ["1,234"],
        ["1.234"],
        ["1.234.567"],
        ["7"],
        [],
        ["many, or few"],
        ["1,5 pcs"],
        ["1.5 pcs"],
        ["1,5", "1.5"],
    ],
)
def test_a_column_that_may_be_read_either_way_is_read_as_is_likely(values):
    assert (find_decimal(values, "."), find_decimal(values, ",")) == (".", ",")


def test_a_point_is_likely_where_nothing_else_is_said():
    assert find_decimal([]) == "."


# === DAY OR MONTH === #


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["13.04.2026"], "dmy"),
        (["04/13/2026"], "mdy"),
        (["03/04/2026", "04/13/2026"], "mdy"),
        (["03/04/2026", None, 5, "31/12/2026 14:05"], "dmy"),
        ([" 04/13/26"], "mdy"),
        (["13/04/2026", "04/13/2026"], "dmy"),
    ],
)
def test_a_day_after_the_twelfth_says_the_order(values, order):
    likely = "mdy" if order == "dmy" else "dmy"
    assert find_order(values, likely) == order


@pytest.mark.parametrize("values", [[], ["12/12/2026"], ["2026-04-13"], [DAY, "soon"]])
def test_dates_that_may_be_read_either_way_are_read_as_is_likely(values):
    assert (find_order(values), find_order(values, "mdy")) == ("dmy", "mdy")


# === TIMES === #


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31 14:05",
        "2026-01-31T14:05:00",
        "2026-1-31 14.05",
        "2026/01/31 14:05",
        "2026.01.31 14:05",
        "20260131 14:05",
        "31.01.2026 14:05",
        "31.1.26 14:05",
        "31-01-2026 14:05",
        "31/01/2026, 14:05 Uhr",
        "31/01/2026 14h05",
        "31/01/2026T14:05",
        "31/01/2026 14:05:00.25",
        "31/01/2026 2:05 pm",
        "31/01/2026 2:05 P.M.",
        "31 January 2026 14:05",
        "31st January, 2026 14:05",
        "31. Januar 2026 14:05",
        "31 de enero de 2026 14:05",
        "31 janv. 2026 14:05",
        "31-Jan-26 14:05",
        "January 31, 2026 14:05",
        "Jan 31st, 2026 14:05",
        "2026-Jan-31 14:05",
        "Saturday, 31 January 2026 14:05",
        "Sat., Jan 31, 2026 14:05",
        "'2026-01-31 14:05",
    ],
)
def test_a_time_is_read_however_people_write_it(text):
    assert read_time(text) == AFTERNOON


@pytest.mark.parametrize(
    ("clock", "hour", "minute", "second"),
    [
        ("14:05:09", 14, 5, 9),
        ("14:05.09", 14, 5, 9),
        ("9:05", 9, 5, 0),
        ("12 am", 0, 0, 0),
        ("12:30 am", 0, 30, 0),
        ("12 pm", 12, 0, 0),
        ("1 pm", 13, 0, 0),
        ("11:59 pm", 23, 59, 0),
        ("1 am", 1, 0, 0),
    ],
)
def test_a_clock_is_read_with_its_half_of_the_day(clock, hour, minute, second):
    time = read_time(f"31.01.2026 {clock}")
    assert time == DAY.replace(hour=hour, minute=minute, second=second)


def test_a_day_without_a_clock_begins_it():
    assert read_time("31.01.2026") == read_time("2026-01-31") == DAY
    assert read_time("31.01.2026,") == DAY


def test_a_day_and_its_month_stand_in_the_order_that_was_found():
    assert read_time("03/04/2026") == datetime(2026, 4, 3)
    assert read_time("03/04/2026", "mdy") == datetime(2026, 3, 4)
    assert read_time("3-4-26", "mdy") == datetime(2026, 3, 4)


def test_with_points_the_day_comes_first_everywhere():
    assert read_time("03.04.2026", "mdy") == datetime(2026, 4, 3)


def test_a_year_of_two_digits_is_of_this_century():
    assert read_time("31.01.99") == datetime(2099, 1, 31)
    assert read_time("31.01.1999") == datetime(1999, 1, 31)


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("Jan", 1),
        ("février", 2),
        ("März", 3),
        ("mrt", 3),
        ("abr", 4),
        ("mayo", 5),
        ("juin", 6),
        ("lug", 7),
        ("août", 8),
        ("Sept", 9),
        ("Okt", 10),
        ("noviembre", 11),
        ("Dez", 12),
        ("dicembre", 12),
    ],
)
def test_months_are_known_in_several_languages(name, month):
    assert read_time(f"5 {name} 2026") == datetime(2026, month, 5)


def test_a_time_may_name_its_zone():
    time = read_time("2026-01-31T14:05:00+02:00")
    assert time == AFTERNOON.replace(tzinfo=timezone(timedelta(hours=2)))
    assert time.utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize("missing", [None, "", " "])
def test_a_time_may_be_missing(missing):
    assert read_time(missing) is None


def test_a_date_is_a_time():
    assert read_time(AFTERNOON) == AFTERNOON


@pytest.mark.parametrize("year", [1970, 2099])
def test_a_clock_may_be_very_wrong(year):
    assert read_time(f"{year}-06-01") == datetime(year, 6, 1)


@pytest.mark.parametrize(
    "value",
    [
        "14",
        "14:05",
        "31.01.2026 14",
        "31.01.2026 25:00",
        "31.01.2026 14:05 or so",
        "31.01.2026 X 14:05",
        "32.01.2026",
        "31.13.2026",
        "31.01-2026",
        "31 Foo 2026",
        "31 January 20265",
        "Foo 31, 2026",
        "31 Jan",
        "1969-12-31",
        "2100-01-01",
        "31.01.999",
        "99999999999-01-01",
        46053,
        1.5,
        True,
        datetime(1899, 12, 30),
    ],
)
def test_what_is_no_time_is_refused_as_it_was_written(value):
    assert doubt(read_time, value) == ("not_a_date", {"value": str(value)})


def test_an_error_is_no_time():
    assert doubt(read_time, CellError("#N/A")) == ("not_a_date", {"value": "#N/A"})


def test_an_endless_time_is_cut_off_in_its_refusal():
    assert doubt(read_time, "x" * 50) == ("not_a_date", {"value": "x" * 40})


# === WORDS === #


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Menge (gezählt)", "mengegezahlt"),
        ("RÉFÉRENCE", "reference"),
        ("Straße", "strasse"),
        ("Item-No. 5", "itemno5"),
        ("N° de série", "ndeserie"),
        ("", ""),
    ],
)
def test_words_are_compared_without_accents_case_and_marks(text, word):
    assert plain(text) == word


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_begins_like_a_formula_is_made_a_text(start):
    """I8."""
    assert defuse(f"{start}cmd") == f"'{start}cmd"


@pytest.mark.parametrize("value", ["SCR", "a=b", "", -1, None, DAY])
def test_other_values_stay_what_they_are(value):
    assert defuse(value) is value
