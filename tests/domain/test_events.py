"""What a device sends besides counts is read without trusting any of it (M8, M15)."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.events import (
    BIN_KINDS,
    LINE_KINDS,
    Happening,
    read_batch,
    read_event,
    with_defaults,
)


def skip(**values):
    return read_event({"uuid": "v", "kind": "skip", "line_id": 5, **values})


def refusal(**values):
    event = skip(**values)
    assert event.status == "refused"
    return event.code, event.params


# === EVENTS === #


def test_an_event_has_what_was_sent_and_nothing_else():
    sent = {
        "uuid": "v",
        "kind": "bin_claim",
        "line_id": 5,
        "location_id": 8,
        "device": "Scanner",
        "at": "2026-01-31 14:05:00",
        "sent_at": "2026-01-31 14:06:00",
    }
    times = {
        "at": datetime(2026, 1, 31, 14, 5),
        "sent_at": datetime(2026, 1, 31, 14, 6),
    }
    read = {**sent, **times, "status": "", "code": "", "params": None}
    assert vars(read_event({**sent, "other": "x"})) == read


def test_a_new_event_is_of_nothing_by_nobody():
    missing = dict.fromkeys(("uuid", "kind", "status", "code"), "")
    empty = dict.fromkeys(
        ("line_id", "location_id", "device", "at", "sent_at", "params")
    )
    assert vars(Happening()) == {**missing, **empty}


@pytest.mark.parametrize("kind", ["skip", "unskip"])
def test_events_of_lines_name_a_line(kind):
    assert (skip(kind=kind).status, skip(kind=kind).kind) == ("", kind)
    assert refusal(kind=kind, line_id=None) == ("unknown_line", {"value": ""})
    without_line = refusal(kind=kind, line_id=None, location_id=8)
    assert without_line == ("unknown_line", {"value": ""})


@pytest.mark.parametrize("kind", ["bin_claim", "bin_release", "bin_finished"])
def test_events_of_bins_name_a_location(kind):
    event = read_event({"uuid": "v", "kind": kind, "location_id": 8})
    assert (event.status, event.location_id) == ("", 8)
    assert refusal(kind=kind) == ("unknown_location", {"value": ""})


def test_there_are_no_other_kinds_of_events():
    assert refusal(kind="dance") == ("unknown_kind", {"value": "dance"})
    assert refusal(kind="x" * 50) == ("unknown_kind", {"value": "x" * 40})
    assert refusal(kind=None) == ("unknown_kind", {"value": ""})
    assert refusal(kind=5) == ("unknown_kind", {"value": "5"})


@pytest.mark.parametrize("uuid", [None, "", " "])
def test_an_event_without_a_uuid_is_refused(uuid):
    assert refusal(uuid=uuid) == ("no_uuid", {})


@pytest.mark.parametrize("raw", [None, 5, "skip", [], [("uuid", "v")]])
def test_what_is_no_object_is_refused(raw):
    event = read_event(raw)
    assert (event.status, event.code, event.params) == ("refused", "bad_event", {})


def test_a_refused_event_keeps_the_uuid_by_which_its_sender_knows_it():
    assert skip(kind="dance").uuid == "v"
    assert skip(uuid="u" * 70).uuid == "u" * 64
    assert skip(uuid=5).uuid == ""


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("uuid", 5, "not_a_text"),
        ("device", 5, "not_a_text"),
        ("at", "soon", "not_a_time"),
        ("sent_at", "soon", "not_a_time"),
        ("line_id", "5", "not_an_id"),
        ("location_id", 0, "not_an_id"),
    ],
)
def test_each_field_is_checked_and_named_in_the_refusal(name, value, code):
    found, params = refusal(**{name: value})
    assert (found, params["field"]) == (code, name)


@given(st.dictionaries(st.text(max_size=9), st.text() | st.integers() | st.none()))
def test_whatever_is_sent_is_read_or_refused_with_a_reason(raw):
    for kind in (*LINE_KINDS, *BIN_KINDS, None):
        event = read_event({"kind": kind, **raw})
        assert (event.status, bool(event.code)) in (("", False), ("refused", True))


# === BATCHES === #


def test_a_batch_has_entries_and_events():
    batch = {"entries": [1, 2], "events": [3]}
    assert read_batch(batch) == ("", [1, 2], [3])
    assert read_batch({}) == ("", [], [])
    assert read_batch({"entries": None, "events": False}) == ("", [], [])


@pytest.mark.parametrize(
    "raw", [None, [], "all", {"entries": "all"}, {"entries": [1], "events": {"a": 1}}]
)
def test_a_batch_of_another_shape_is_refused_as_a_whole(raw):
    assert read_batch(raw) == ("bad_batch", [], [])


@pytest.mark.parametrize("name", ["entries", "events"])
def test_a_batch_has_a_limit(name):
    assert read_batch({name: [1] * 1000})[0] == ""
    assert read_batch({name: [1] * 1001}) == ("too_many", [], [])


def test_entries_have_the_clock_and_name_of_the_device_that_sent_them():
    batch = {"sent_at": "2026-01-31", "device": "Scanner", "token": "secret"}
    shared = {"sent_at": "2026-01-31", "device": "Scanner"}
    assert with_defaults({"uuid": "e"}, batch) == {"uuid": "e", **shared}


def test_what_an_entry_says_itself_goes_before_the_batch():
    batch = {"device": "Scanner"}
    assert with_defaults({"device": "Phone"}, batch) == {"device": "Phone"}
    assert with_defaults({"device": None}, batch) == {"device": "Scanner"}
    assert with_defaults({"qty": None}, {}) == {}


def test_a_batch_without_clock_and_name_gives_none():
    assert with_defaults({"uuid": "e"}, {"device": "", "sent_at": None}) == {
        "uuid": "e"
    }


def test_what_is_no_entry_stays_what_it_is():
    assert with_defaults("all", {"device": "Scanner"}) == "all"
