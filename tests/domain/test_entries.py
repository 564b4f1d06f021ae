"""What a client sends as an entry is read without trusting any of it (I9, Z2)."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.entries import (
    IDS,
    MAX_PARTS,
    MAX_QUANTITY,
    TEXT_LIMITS,
    TIMES,
    Draft,
    Refused,
    has_unprintable,
    is_finer_than,
    read_entry,
    read_id,
    read_text,
    read_time,
    serial_refusal,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)
FIELDS = (*IDS, *TEXT_LIMITS, *TIMES, "operation", "qty", "parts")


def entry(**values):
    return read_entry({"uuid": "e", "qty": 1, **values})


def refusal(**values):
    draft = entry(**values)
    assert draft.status == "refused"
    return draft.code, draft.params


def refused(reader, value, name="field"):
    with pytest.raises(Refused) as caught:
        reader({name: value}, name)
    return caught.value.code, caught.value.params


# === ENTRIES === #


def test_an_entry_has_what_was_sent_and_nothing_else():
    draft = entry(qty=3, operation="set", line_id=7, note="Torn", other="x")
    sent = {"uuid": "e", "operation": "set", "qty": 3.0, "line_id": 7, "note": "Torn"}
    assert vars(draft) == {**vars(Draft()), **sent}


def test_a_new_draft_is_an_add_of_nothing_by_nobody():
    assert vars(Draft()) == {
        **dict.fromkeys((*IDS, *TEXT_LIMITS, *TIMES, "parts", "params", "twin")),
        **dict.fromkeys(("uuid", "tracking", "tag", "status", "code"), ""),
        "operation": "add",
        "qty": 0.0,
        "product_qty": 0.0,
        "earlier": False,
    }


def test_every_field_of_an_entry_is_read():
    values = {
        **{name: f"{name}!" for name in TEXT_LIMITS},
        **{name: number for number, name in enumerate(IDS, 1)},
        **{name: f"2026-01-31 14:0{n}:00" for n, name in enumerate(TIMES)},
    }
    draft = entry(**values)
    for name in (*TEXT_LIMITS, *IDS):
        assert getattr(draft, name) == values[name]
    assert draft.counted_at == datetime(2026, 1, 31, 14, 0)
    assert draft.sent_at == datetime(2026, 1, 31, 14, 1)


def test_an_entry_without_operation_adds():
    assert [entry(operation=missing).operation for missing in (None, "")] == ["add"] * 2
    assert read_entry({"uuid": "e", "qty": 2}).operation == "add"


def test_a_withdrawal_names_an_entry_and_needs_no_quantity():
    draft = read_entry({"uuid": "e", "operation": "withdraw", "withdraws": "d"})
    assert (draft.status, draft.withdraws, draft.qty) == ("", "d", 0.0)
    assert refusal(operation="withdraw") == ("names_no_entry", {})


def test_a_withdrawals_quantity_and_parts_are_not_even_read():
    draft = entry(operation="withdraw", withdraws="d", qty="x", parts="x")
    assert (draft.status, draft.qty, draft.parts) == ("", 0.0, None)


def test_an_operation_that_does_not_exist_is_refused_by_its_name():
    assert refusal(operation="x" * 50) == ("unknown_operation", {"value": "x" * 40})
    assert refusal(operation=["add"]) == ("unknown_operation", {"value": "['add']"})


@pytest.mark.parametrize("uuid", [None, "", " ", False])
def test_an_entry_without_a_uuid_is_refused(uuid):
    assert refusal(uuid=uuid) == ("no_uuid", {})
    assert read_entry({"qty": 1}).code == "no_uuid"


@pytest.mark.parametrize("raw", [None, 5, "entry", [], [("uuid", "e")]])
def test_what_is_no_object_is_refused(raw):
    draft = read_entry(raw)
    assert (draft.status, draft.code, draft.params) == ("refused", "not_an_object", {})


def test_a_refused_entry_keeps_the_uuid_by_which_its_sender_knows_it():
    assert entry(uuid="e", qty="many").uuid == "e"
    assert entry(uuid="u" * 70).uuid == "u" * 64
    assert entry(uuid=5).uuid == ""


def test_a_refused_entry_has_no_half_read_fields():
    draft = entry(line_id=7, qty="many")
    assert (draft.line_id, draft.qty) == (None, 0.0)


def test_things_are_the_same_where_their_key_is():
    draft = entry(product_id=1, location_id=2, lot_id=3, package_id=4, owner_id=5)
    assert draft.key == (1, 2, 3, "", 4, 5)
    assert entry(lot_name="L").key == (0, 0, 0, "L", 0, 0)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON) | JSON)
def test_whatever_is_sent_is_read_or_refused_with_a_reason(raw):
    draft = read_entry(raw)
    assert (draft.status, bool(draft.code)) in (("", False), ("refused", True))
    assert 0 <= draft.qty <= MAX_QUANTITY


# === QUANTITIES === #


@pytest.mark.parametrize("qty", [0, 1, 1.5, MAX_QUANTITY])
def test_a_quantity_from_none_to_the_largest_is_read(qty):
    draft = entry(qty=qty)
    assert (draft.status, draft.qty, type(draft.qty)) == ("", qty, float)


@pytest.mark.parametrize("qty", ["5", None, True, [1], {"qty": 1}])
def test_what_is_no_number_is_refused_as_it_was_written(qty):
    assert refusal(qty=qty) == ("not_a_number", {"value": str(qty)})


def test_an_endless_text_is_cut_off_in_its_refusal():
    assert refusal(qty="x" * 50) == ("not_a_number", {"value": "x" * 40})


@pytest.mark.parametrize("qty", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_are_not_finite_are_refused(qty):
    assert refusal(qty=qty) == ("not_a_number", {"value": str(qty)})


def test_a_negative_quantity_is_refused_as_it_was_written():
    assert refusal(qty=-0.5) == ("negative", {"value": -0.5})
    assert refusal(qty=-(10**400)) == ("negative", {"value": -MAX_QUANTITY})


@pytest.mark.parametrize("qty", [MAX_QUANTITY + 1, 1e300, 10**400])
def test_a_quantity_above_the_largest_is_refused(qty):
    assert refusal(qty=qty) == ("too_large", {"limit": 1_000_000_000})


# === PARTS === #


def test_parts_are_quantities_each_in_its_unit():
    """D14, Option 174."""
    parts = [{"qty": 2, "uom_id": 7}, {"qty": 3}]
    draft = read_entry({"uuid": "e", "parts": parts})
    assert (draft.status, draft.parts, draft.qty) == ("", [(2.0, 7), (3.0, None)], 0.0)


def test_an_entry_without_parts_has_a_quantity():
    draft = entry(qty=4, parts=[])
    assert (draft.parts, draft.qty) == (None, 4.0)


def test_as_many_parts_as_allowed_are_read_and_one_more_is_not():
    assert len(entry(parts=[{"qty": 1}] * MAX_PARTS).parts) == MAX_PARTS
    assert refusal(parts=[{"qty": 1}] * 101) == ("bad_parts", {"limit": 100})


@pytest.mark.parametrize("parts", ["2+3", {"qty": 2}, [2, 3], [{"qty": 2}, None]])
def test_parts_of_another_shape_are_refused(parts):
    assert refusal(parts=parts) == ("bad_parts", {"limit": 100})


def test_each_part_is_checked_like_a_quantity_and_a_unit():
    assert refusal(parts=[{"qty": 2}, {"qty": -1}])[0] == "negative"
    assert refusal(parts=[{"qty": 2, "uom_id": 0}]) == (
        "not_an_id",
        {"field": "uom_id"},
    )
    assert refusal(parts=[{"uom_id": 7}])[0] == "not_a_number"


# === TEXTS === #


@pytest.mark.parametrize("missing", [None, False, "", "  "])
def test_an_empty_text_is_none(missing):
    assert read_text({"note": missing}, "note") is None
    assert read_text({}, "note") is None


def test_spaces_around_a_text_are_left_out():
    assert read_text({"note": " Torn box "}, "note") == "Torn box"


@pytest.mark.parametrize("value", [5, True, 0, ["x"], {}])
def test_what_is_no_text_is_refused(value):
    assert refused(read_text, value, "note") == ("not_a_text", {"field": "note"})


CODES = dict.fromkeys(("barcode", "location_barcode"), 2400)
LIMITS = {**dict.fromkeys(TEXT_LIMITS, 128), "uuid": 64, "withdraws": 64, "note": 1000}
LIMITS |= CODES


@pytest.mark.parametrize(("name", "limit"), LIMITS.items())
def test_a_text_may_be_as_long_as_its_limit_and_no_longer(name, limit):
    assert read_text({name: "x" * limit}, name) == "x" * limit
    too_long = ("too_long", {"field": name, "limit": limit})
    assert refused(read_text, "x" * (limit + 1), name) == too_long


def test_a_refusal_says_its_code():
    with pytest.raises(Refused, match=r"^not_an_id$"):
        read_id({"line_id": 0}, "line_id")


@pytest.mark.parametrize("char", ["\0", "\n", "\t", "\x1f", "\ud800", "\udfff"])
def test_a_name_with_a_character_that_cannot_be_printed_is_refused(char):
    code, params = refused(read_text, f"a{char}b", "lot_name")
    assert (code, params) == ("control_characters", {"field": "lot_name"})


def test_a_note_may_have_line_breaks_and_tabs_only():
    assert read_text({"note": "a\n\tb"}, "note") == "a\n\tb"
    assert refused(read_text, "a\rb", "note")[0] == "control_characters"
    assert refused(read_text, "a\nb", "device")[0] == "control_characters"


@pytest.mark.parametrize("char", [" ", "ä", "\u00a0", "\u2028", "\ud7ff", "\ue000"])
def test_other_characters_are_texts(char):
    """Also those that Python calls unprintable, such as a space that does not break."""
    assert not has_unprintable(f"A {char}b")


# === IDS === #


@pytest.mark.parametrize("missing", [None, False])
def test_an_id_may_be_missing(missing):
    assert read_id({"line_id": missing}, "line_id") is None
    assert read_id({}, "line_id") is None


@pytest.mark.parametrize("value", [1, 2, 2**31 - 1])
def test_an_id_is_what_a_database_gives(value):
    assert read_id({"line_id": value}, "line_id") == value


@pytest.mark.parametrize("value", [0, -1, 2**31, True, "7", 7.0, [7]])
def test_what_no_database_gives_is_no_id(value):
    assert refused(read_id, value, "line_id") == ("not_an_id", {"field": "line_id"})


# === TIMES === #


@pytest.mark.parametrize("missing", [None, "", 0, False])
def test_a_time_may_be_missing(missing):
    assert read_time({"sent_at": missing}, "sent_at") is None
    assert read_time({}, "sent_at") is None


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-31 14:05:00",
        "2026-01-31T14:05:00Z",
        "2026-01-31T16:05:00+02:00",
        datetime(2026, 1, 31, 14, 5),
        datetime(2026, 1, 31, 14, 5, tzinfo=UTC),
        datetime(2026, 1, 31, 9, 5, tzinfo=timezone(timedelta(hours=-5))),
    ],
)
def test_a_time_is_in_utc_whatever_its_zone(value):
    assert read_time({"sent_at": value}, "sent_at") == datetime(2026, 1, 31, 14, 5)


@pytest.mark.parametrize("year", [1970, 2099])
def test_a_clock_may_be_very_wrong(year):
    assert read_time({"at": f"{year}-06-01"}, "at") == datetime(year, 6, 1)


@pytest.mark.parametrize(
    "value",
    [
        "soon",
        5,
        ["2026-01-31"],
        "1969-12-31 23:59:59",
        "2100-01-01 00:00:00",
        "0001-01-01 00:00:00+14:00",
    ],
)
def test_what_no_clock_shows_is_refused_as_it_was_written(value):
    refusal = ("not_a_time", {"field": "at", "value": str(value)})
    assert refused(read_time, value, "at") == refusal


def test_an_endless_time_is_cut_off_in_its_refusal():
    assert refused(read_time, "x" * 50, "at")[1]["value"] == "x" * 40


# === RULES === #


@pytest.mark.parametrize(
    ("total", "code"),
    [(0.0, None), (1.0, None), (2.0, "serial_quantity"), (0.5, "serial_quantity")],
)
def test_a_serial_number_is_there_once_or_not(total, code):
    """D13."""
    assert serial_refusal(total) == code


@pytest.mark.parametrize(
    ("quantity", "digits", "finer"),
    [
        (1.25, 2, False),
        (1.255, 2, True),
        (0.1 + 0.2, 1, False),
        (1.5, 0, True),
        (1e8 + 0.25, 2, False),
        (1e8 + 0.001, 2, True),
        (1.25 + 5e-9, 2, True),
    ],
)
def test_a_quantity_has_no_more_decimals_than_its_unit(quantity, digits, finer):
    assert is_finer_than(quantity, digits) is finer


def test_a_code_keeps_its_separators_and_loses_what_scanners_add():
    assert read_text({"barcode": "\x02]C110A\x1d21B\r\n"}, "barcode") == "]C110A\x1d21B"
    assert refused(read_text, "10A\x1d21B", "lot_name")[0] == "control_characters"


def test_a_quantity_may_be_left_out_where_a_code_may_say_it():
    assert read_entry({"uuid": "e", "barcode": "01"}).qty is None
    assert read_entry({"uuid": "e", "product_id": 1}).code == "not_a_number"
