"""Which column of a table means what, by the words over it (I1)."""

import pytest

from domain.spreadsheet.book import Row, Unreadable
from domain.spreadsheet.columns import (
    FIELDS,
    HEAD_ROWS,
    REQUIRED,
    find_header,
    heading_names,
    match,
)
from domain.spreadsheet.headings import SYNONYMS

HEADING = ["Warehouse", "Item", "Units"]


def header(*rows, own=None):
    """The heading that is found in rows that begin with the first of a sheet."""
    numbered = [Row(number, values) for number, values in enumerate(rows, 1)]
    return find_header(iter(numbered), own)


# === MEANINGS === #


TEMPLATE = {
    "Count Session": "session",
    "Count Round": "round",
    "Warehouse": "warehouse",
    "Location": "location",
    "Item ID": "item",
    "Serial": "serial",
    "Lot": "lot",
    "Serial2": "serial2",
    "Package": "package",
    "Owner": "owner",
    "Units": "units",
    "UoM": "uom",
    "Counted At": "counted_at",
    "Counted By": "counted_by",
    "Note": "note",
    "Unit Cost": "cost",
}


def test_every_field_is_known_by_the_heading_of_its_template():
    """I3: the first of a field's words is its heading."""
    assert [SYNONYMS[name].split("|")[0] for name in FIELDS] == list(TEMPLATE)
    assert match(list(TEMPLATE)) == list(TEMPLATE.values()) == list(FIELDS)


def test_a_warehouse_an_item_and_a_quantity_are_required():
    """I2."""
    assert REQUIRED == ("warehouse", "item", "units")


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_is_known_by_each_of_its_words(name):
    # A lot is the lot where serials have a column of their own.
    beside = ["Serial Number"] if name == "lot" else []
    for word in SYNONYMS[name].split("|"):
        if match([word]) == ["units"] != [name]:
            # What may be the count is not taken for its name.
            continue
        assert match([*beside, word])[-1] == name, word


def test_each_language_has_its_words():
    known = {
        "Zählliste": "session",
        "Entrepôt": "warehouse",
        "Lagerplatz": "location",
        "Artículo": "item",
        "Chargennummer": "serial",
        "Zweite Seriennummer": "serial2",
        "Packstück": "package",
        "Eigenaar": "owner",
        "Cantidad contada": "units",
        "Unità di misura": "uom",
        "Zähldatum": "counted_at",
        "Observações": "note",
        "Prix de revient": "cost",
    }
    assert match(list(known)) == list(known.values())


def test_marks_case_and_accents_make_no_difference():
    assert match(["WAREHOUSE *", "item-no.", "reference"]) == [
        "warehouse",
        "item",
        None,
    ]
    assert match(["  units:  "]) == ["units"]


def test_small_mistakes_are_understood_and_large_ones_are_not():
    assert match(["Warehose", "Locaton", "Quantty"]) == [
        "warehouse",
        "location",
        "units",
    ]
    assert match(["Wares", "Lotion", "Quark"]) == [None] * 3


def test_in_short_words_a_mistake_would_be_another_word():
    """Unit is a unit of measure, Units are a quantity, and Sit is no site."""
    assert match(["Unit", "Units"]) == ["uom", "units"]
    assert match(["Sit", "Bim"]) == [None] * 2


def test_from_five_letters_on_a_mistake_is_understood():
    assert match(["Seral"]) == ["serial"]
    assert match(["Unts"]) == [None]


def test_a_heading_may_be_like_a_word_of_five_letters_and_of_no_fewer():
    assert match(["Unitss"]) == ["units"]
    assert match(["Sites"]) == [None]


def test_words_of_very_different_length_are_not_alike():
    """However like they are: three letters may be missing, and four may not."""
    assert match(["Zweite Seriennum"]) == ["serial2"]
    assert match(["Zweite Seriennu"]) == [None]


def test_each_field_is_meant_by_one_column_only():
    """I1: which of two, the user is asked."""
    assert match(["Quantity", "Qty", "Item"]) == [None, None, "item"]


def test_of_two_words_for_a_field_the_one_that_is_listed_first_wins():
    assert match(["Stock", "Counted"]) == [None, "units"]
    assert match(["Counted", "Stock"]) == ["units", None]


def test_of_two_equal_headings_none_is_chosen():
    """I1: the user is asked."""
    assert match(["Item", "Item"]) == [None, None]


def test_a_known_word_wins_over_one_that_is_like_it():
    assert match(["Locaton", "Bin"])[1] == "location"
    assert match(["Locaton", "Local"]) == [None, "location"]


def test_the_likest_word_wins_among_those_that_are_like():
    assert match(["Locatn", "Locaton"]) == [None, "location"]


def test_a_column_means_one_field_only():
    assert match(["Serial2", "Serial"]) == ["serial2", "serial"]


@pytest.mark.parametrize(
    "name", ["", "Status", "Problem", "Suggestion", "Colour", "***"]
)
def test_other_headings_mean_nothing(name):
    assert match([name, "Item"]) == [None, "item"]


@pytest.mark.parametrize("name", ["Status", "Problem", "Suggestion"])
def test_the_columns_of_our_own_files_mean_nothing_even_where_a_word_is_the_same(name):
    assert match([name], {"note": [name]}) == [None]


def test_translations_of_a_field_are_known_as_well():
    own = {"item": ["Tuote"], "units": ["Määrä"]}
    assert match(["Tuote", "Määrä", "Item"], own) == [None, "units", "item"]
    assert match(["Tuote", "Määrä"], own) == ["item", "units"]
    assert match(["Esine"]) == [None]


# === WHERE THE TABLE BEGINS === #


def test_the_heading_is_the_row_of_headings():
    assert header(HEADING, ["WH", "SCR", 5]) == (1, HEADING)
    assert header(["Count of May"], [], HEADING, ["WH", "SCR", 5]) == (3, HEADING)


def test_the_marks_of_required_columns_are_no_part_of_headings():
    assert heading_names([" Item ID * ", None, "*Units*", 5]) == [
        "Item ID",
        "",
        "Units",
        "5",
    ]
    assert header(["Item *", "Units *"]).names == ["Item", "Units"]
    assert heading_names(["X-Ray"]) == ["X-Ray"]


def test_one_heading_of_an_item_is_a_list_and_any_other_is_no_table():
    """I11: a list of scans has one column."""
    assert header(["Item"], ["SCR"]).number == 1
    assert header(["Colour"], ["red"]) == (0, [])
    assert header() == (0, [])


def test_two_headings_are_a_table():
    assert header(["Item", "Units"]).number == 1


def test_a_row_with_a_number_or_a_date_is_no_heading():
    for value in (5, 1.5, "1,5", "1 000", True):
        assert header(["Item", "Units", value]) == (0, [])
    assert header(["Item", None, "Units"]).number == 1
    assert header(["Item", "Units", "2nd Serial"]).number == 1


def test_the_row_with_the_most_headings_is_the_heading():
    rows = (["Warehouse", "Location"], ["Warehouse", "Location", "Item", "Units"])
    assert header(*rows).number == 2
    apart = (rows[1], ["WH", "A", "SCR", 5], rows[0])
    assert header(*apart).number == 1


def test_of_two_rows_with_as_many_headings_the_first_is_the_heading():
    rows = (["Warehouse", "Units"], ["WH", 5], ["Location", "Unit"])
    assert header(*rows).number == 1


def test_two_headings_below_each_other_are_refused_with_both_rows():
    for rows in ((HEADING, ["Item", "Qty"]), (["Item", "Qty"], HEADING)):
        with pytest.raises(Unreadable) as caught:
            header(["Count"], *rows)
        params = {"first": 2, "second": 3}
        assert (caught.value.code, caught.value.params) == ("two_headers", params)


def test_of_more_headings_below_each_other_the_first_two_are_named():
    with pytest.raises(Unreadable) as caught:
        header(HEADING, ["Item", "Qty"], ["Count"], ["Artikel", "Menge"])
    assert caught.value.params == {"first": 1, "second": 2}


def test_a_row_that_says_what_headings_say_is_none_without_an_item():
    assert header(HEADING, ["Stock", "Depot", "Units"]).number == 1
    assert header(HEADING, ["Item", "SCR", "Torn"]).number == 1


def test_a_heading_stands_in_one_of_the_first_rows():
    title = ["Count"]
    assert header(*[title] * (HEAD_ROWS - 1), HEADING).number == 25
    assert header(*[title] * 25, HEADING) == (0, [])


def test_rows_behind_the_first_ones_are_not_even_read():
    rows = iter([Row(number, ["SCR"]) for number in range(1, 100)])
    find_header(rows)
    assert next(rows).number <= HEAD_ROWS + 1


def test_translated_headings_are_headings():
    own = {"item": ["Tuote"], "units": ["Määrä"]}
    assert header(["Tuote", "Määrä"], own=own).number == 1
    assert header(["Esine", "Luku"]).number == 0


def test_headings_are_recognised_only_as_they_are_written():
    """A row of the table may be like a heading."""
    assert header(["Itemm", "Unitss"]) == (0, [])
