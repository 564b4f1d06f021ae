"""What codes mean among known records, in Python and in the app (M17)."""

import random

import pytest
from code_records import Records, tell_answer
from code_twins import load_table, read_in_javascript
from test_code_twins import damage, random_code

from domain.codes import read_code
from domain.codes.resolve import resolve

TABLE = load_table("meanings")
CASES = TABLE["cases"]
RECORDS = Records(TABLE["catalogue"])


def meaning_of(code):
    return tell_answer(resolve(code, read_code(code), RECORDS))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["note"])
def test_a_code_means_what_the_table_says(case):
    assert meaning_of(case["code"]) == case["want"]


def test_the_app_finds_the_same_meanings():
    codes = [case["code"] for case in CASES]
    told = read_in_javascript(codes, catalogue=TABLE["catalogue"])["meanings"]
    for case, app in zip(CASES, told, strict=True):
        assert app == case["want"], case["note"]


def test_the_app_finds_the_same_meanings_of_random_codes():
    dice = random.Random(17)
    codes = [damage(dice, dice.choice(CASES)["code"]) for _again in range(6_000)]
    codes += [random_code(dice) for _again in range(2_000)]
    told = read_in_javascript(codes, catalogue=TABLE["catalogue"])["meanings"]
    pairs = zip(codes, told, strict=True)
    different = [(c, meaning_of(c), app) for c, app in pairs if meaning_of(c) != app]
    assert not different[:3]
    assert {app["kind"] for app in told} > {"item", "none", "refused", "location"}
