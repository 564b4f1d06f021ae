"""Why a line may differ: each rule knows one story (P11)."""

import pytest

from domain.causes import (
    RULES,
    Case,
    Cause,
    Nearby,
    Pack,
    Transfer,
    counted_in_packs,
    probable_causes,
    serial_elsewhere,
)

SHORT = (7, 10, -3)
OUT = Transfer("OUT/1", -3)


def cause(*numbers, **facts):
    """The only cause of a case, None if there is none."""
    causes = probable_causes(Case(*numbers, **facts))
    assert len(causes) <= 1
    return causes[0] if causes else None


def test_a_line_that_matches_has_no_cause():
    assert cause(10, 10, 0, transfers=(OUT,), serial_place="Shelf") is None


def test_a_case_is_of_nothing_unless_it_says_so():
    assert Case(7, 10, -3) == (7, 10, -3, (), (), (), (), None)
    assert Transfer("OUT/1", -3) == ("OUT/1", -3, False, False)
    assert Nearby("Shelf", 3) == ("Shelf", 3, False)


def test_there_are_eight_stories():
    assert len(set(RULES)) == 8


# === TRANSFERS === #


def test_an_open_transfer_of_the_quantity_is_the_likeliest():
    facts = {"names": "OUT/1", "qty": 3}
    found = Cause("open_transfer", 0.95, facts, "open_transfer")
    assert cause(*SHORT, transfers=(OUT,)) == found


def test_a_transfer_that_is_done_is_less_likely():
    found = cause(*SHORT, transfers=(OUT._replace(done=True),))
    assert (found.code, found.score) == ("open_transfer", pytest.approx(0.85))


def test_several_transfers_are_less_likely_than_one():
    two = (Transfer("OUT/1", -1), Transfer("OUT/2", -2))
    found = cause(*SHORT, transfers=two)
    assert (found.score, found.facts) == (0.7, {"names": "OUT/1, OUT/2", "qty": 3})
    done = tuple(transfer._replace(done=True) for transfer in two)
    assert cause(*SHORT, transfers=done).score == pytest.approx(0.6)


def test_one_open_transfer_among_done_ones_is_open():
    two = (Transfer("OUT/1", -1, done=True), Transfer("OUT/2", -2))
    assert cause(*SHORT, transfers=two).score == 0.7


def test_a_transfer_of_several_lines_is_named_once():
    lines = (Transfer("OUT/1", -1), Transfer("OUT/1", -2))
    assert cause(*SHORT, transfers=lines).facts["names"] == "OUT/1"


@pytest.mark.parametrize("qty", [-3, 3])
def test_what_moved_after_the_count_may_have_moved_before(qty):
    found = cause(*SHORT, moved=(Transfer("OUT/9", 1), Transfer("OUT/1", qty)))
    facts = {"names": "OUT/1"}
    assert found == Cause("moved_after_count", 0.65, facts, "recount")


def test_of_two_that_moved_the_first_is_named():
    moved = (Transfer("OUT/1", -3), Transfer("OUT/2", 3))
    assert cause(*SHORT, moved=moved).facts == {"names": "OUT/1"}


def test_another_quantity_that_moved_is_no_cause():
    assert cause(*SHORT, moved=(Transfer("OUT/1", -2),)) is None


def test_what_moved_is_no_cause_beside_a_transfer():
    moved = (Transfer("OUT/2", -3, done=True),)
    assert cause(*SHORT, transfers=(OUT,), moved=moved).code == "open_transfer"


# === PLACES === #


def test_a_serial_that_is_booked_elsewhere_is_almost_sure():
    found = Cause("serial_elsewhere", 0.98, {"place": "Shelf"}, "check")
    assert cause(1, 0, 1, serial_place="Shelf") == found


@pytest.mark.parametrize("numbers", [(0, 1, -1), (0.5, 1, -0.5), (1, 1, 0)])
def test_a_serial_that_is_not_too_much_is_not_elsewhere(numbers):
    assert serial_elsewhere(Case(*numbers, serial_place="Shelf")) is None


def test_the_same_quantity_in_another_place_is_told_with_the_place():
    found = cause(*SHORT, nearby=(Nearby("Shelf 2", 3.0),))
    facts = {"place": "Shelf 2", "qty": 3}
    assert found == Cause("found_next_door", 0.8, facts, "propose_move")


def test_a_place_in_the_same_zone_is_likelier():
    far, near = Nearby("Shelf 9", 3.0), Nearby("Shelf 2", 3.0, same_zone=True)
    for places in ((far, near), (near, far)):
        found = cause(*SHORT, nearby=places)
        assert (found.score, found.facts["place"]) == (0.9, "Shelf 2")


@pytest.mark.parametrize("variance", [-3.0, 2.0, 4.0])
def test_another_quantity_in_another_place_is_no_cause(variance):
    assert cause(*SHORT, nearby=(Nearby("Shelf 2", variance),)) is None


# === PACKS === #


def test_packs_counted_as_units_are_recognised():
    facts = {"pack": "Box", "right": 60}
    found = Cause("packs_for_units", 0.85, facts, "recount")
    assert cause(5, 60, -55, packs=(Pack("Pallet", 50), Pack("Box", 12))) == found


def test_units_counted_as_packs_are_recognised():
    facts = {"pack": "Box", "right": 4}
    found = Cause("units_for_packs", 0.85, facts, "recount")
    assert cause(52, 4, 48, packs=(Pack("Box", 13),)) == found


@pytest.mark.parametrize("size", [1, 0.5])
def test_a_pack_of_one_explains_nothing(size):
    assert cause(24, 48, -24, packs=(Pack("Piece", size),)) is None
    assert cause(48, 24, 24, packs=(Pack("Piece", size),)) is None
    assert counted_in_packs(Case(5, 5, 0, packs=(Pack("Piece", 1),))) is None


def test_a_pack_of_one_does_not_hide_the_next():
    packs = (Pack("Piece", 1), Pack("Box", 12))
    assert cause(5, 60, -55, packs=packs).facts["pack"] == "Box"


def test_a_pack_may_be_slightly_more_than_one():
    assert cause(2, 3, -1, packs=(Pack("Strip", 1.5),)).code == "packs_for_units"


def test_nothing_found_or_expected_is_not_counted_in_packs():
    packs = (Pack("Box", 12),)
    assert cause(0, 48, -48, packs=packs) is None
    assert cause(48, 0, 48, packs=packs) is None
    assert cause(-4, -48, 44, packs=packs) is None
    assert cause(-0.05, -0.6, 0.55, packs=packs) is None


def test_a_single_unit_may_be_one_pack():
    assert cause(1, 24, -23, packs=(Pack("Box", 24),)).code == "packs_for_units"
    assert cause(24, 1, 23, packs=(Pack("Box", 24),)).code == "units_for_packs"


# === DIGITS === #


@pytest.mark.parametrize(
    ("found", "expected"), [(36, 63), (1324, 1234), (2134, 1234), (1243, 1234)]
)
def test_two_neighbouring_digits_that_changed_places_are_seen(found, expected):
    seen = cause(found, expected, found - expected)
    assert seen == Cause("swapped_digits", 0.6, {"right": expected}, "recount")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (37, 63),
        (321, 123),
        (35, 33),
        (53, 36),
        (46, 63),
        (1432, 1234),
        (2143, 1234),
        (5, 6),
        (36.5, 63),
        (36, 63.5),
        (136, 63),
    ],
)
def test_other_digits_did_not_change_places(found, expected):
    assert cause(found, expected, found - expected) is None


def test_a_digit_of_one_did_not_change_its_place():
    assert cause(5, 7, -2) is None


@pytest.mark.parametrize(
    ("found", "expected"),
    [(12, 120), (120, 12), (1, 10), (10, 1), (12, 123), (1200, 120)],
)
def test_a_digit_lost_or_doubled_at_the_end_is_seen(found, expected):
    seen = cause(found, expected, found - expected)
    assert seen == Cause("lost_digit", 0.5, {"right": expected}, "recount")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (12, 1200),
        (21, 120),
        (0, 5),
        (5, 0),
        (12.5, 120),
        (12, 120.5),
        (-1, -10),
        (12, 13),
    ],
)
def test_other_digits_were_not_lost(found, expected):
    causes = probable_causes(Case(found, expected, found - expected))
    assert "lost_digit" not in [each.code for each in causes]


# === A NEGATIVE BOOK === #


def test_a_book_below_zero_lacks_a_receipt():
    found = Cause("negative_book", 0.9, {"qty": 4}, "open_receipts")
    assert cause(0, -4, 4) == found
    assert cause(2, -4, 6) == found
    assert cause(0, -0.5, 0.5).facts == {"qty": 0.5}


@pytest.mark.parametrize("numbers", [(5, 0, 5), (-1, -4, 3)])
def test_a_book_of_nothing_and_a_find_of_less_are_no_cause(numbers):
    assert cause(*numbers) is None


# === THEIR ORDER === #


def test_the_likeliest_cause_comes_first():
    causes = probable_causes(
        Case(
            36,
            63,
            -27,
            transfers=(Transfer("OUT/1", -27),),
            nearby=(Nearby("Shelf", 27.0),),
        )
    )
    codes = ["open_transfer", "found_next_door", "swapped_digits"]
    assert [each.code for each in causes] == codes


def test_only_the_rules_that_are_asked_answer():
    assert probable_causes(Case(36, 63, -27), rules=()) == []
