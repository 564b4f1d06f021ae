"""What codes say: each code of the table has its answer (M17)."""

import time
from dataclasses import asdict

import pytest
from code_twins import FILES, YEAR, load_table

from domain.codes import MAX_LENGTH, clean, read_code
from domain.codes.identifiers import IDENTIFIERS

CASES = load_table()
UNNEEDED = [ai for ai, known in IDENTIFIERS.items() if known.kind == "other"]
PARTS = ["10A\x1d", "(10)A", "/10/A", "%2F", "99", "310300", "30"]


def answer(reading, name):
    if name == "problems":
        return [problem.code for problem in reading.problems]
    if name == "measures":
        return [list(measure) for measure in reading.measures]
    return getattr(reading, name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["note"])
def test_a_code_says_what_the_table_says(case):
    reading = read_code(case["code"], year=YEAR)
    assert {name: answer(reading, name) for name in case["want"]} == case["want"]


def test_the_table_has_every_kind_of_code():
    assert len(CASES) >= 150
    forms = {read_code(case["code"]).form for case in CASES}
    assert forms == {"plain", "gtin", "sscc", "elements", "digital_link", "epc"}
    assert FILES.is_dir()


@pytest.mark.parametrize("ai", UNNEEDED)
def test_an_identifier_that_is_not_needed_makes_no_label_unreadable(ai):
    value = "1" * IDENTIFIERS[ai].longest
    reading = read_code(f"0109506000134352{ai}{value}\x1d10L1")
    assert (reading.gtin, reading.lot, reading.problems) == ("09506000134352", "L1", [])


def test_a_company_can_use_an_identifier_in_its_own_way():
    code = "]C191BIN-7\x1d240IT-1"
    reading = read_code(code, uses={"91": "location", "240": "product"})
    assert (reading.location, reading.product) == ("BIN-7", "IT-1")
    assert asdict(read_code(code))["location"] is None


@pytest.mark.parametrize("part", PARTS)
def test_the_longest_code_is_read_in_no_time(part):
    code = "https://a.b/" * (part[0] in "/%") + part * (MAX_LENGTH // len(part))
    started = time.process_time()
    read_code(code)
    # Reading that took the square of the length would take ten times as long.
    assert time.process_time() - started < 0.05


def test_a_text_is_cleaned_of_what_scanners_add():
    assert clean("\x02\x04 A\x1dB\r\n") == "A\x1dB"
