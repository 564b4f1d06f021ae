"""Server and app read codes alike: both read the same table, and random codes (M17)."""

import random
import re

from code_twins import YEAR, load_table, read_in_javascript, tell

from domain.codes import read_code
from domain.codes.identifiers import IDENTIFIERS
from domain.codes.spellings import bare_spellings

CASES = load_table()
STARTS = ["", "", "", "]C1", "]d2", "https://a.b/", "urn:epc:"]
# Before an identifier, between it and its value, behind the value.
AROUND = [
    ("", "", ""),
    ("", "", "\x1d"),
    ("(", ")", ""),
    ("/", "/", ""),
    ("?", "=", "&"),
]
CHARACTERS = "0123456789ABCabc-/.%+()[]<>&?=:;#\x1d \"'_~é批\U0001f4e6"


def differences(codes, **options):
    answers = read_in_javascript(codes, **options)
    for code, app, spelled in zip(
        codes, answers["readings"], answers["spelled"], strict=True
    ):
        server = tell(read_code(code, year=YEAR, **options))
        if server != app:
            yield code, server, app
        if bare_spellings(code) != spelled:
            yield code, bare_spellings(code), spelled


def test_the_app_reads_the_table_as_the_server_does():
    assert not list(differences([case["code"] for case in CASES]))


def test_both_have_the_same_identifiers():
    app = {row["ai"]: row for row in read_in_javascript([])["identifiers"]}
    assert app.keys() == IDENTIFIERS.keys()
    for ai, known in IDENTIFIERS.items():
        row = app[ai]
        lengths = (row["shortest"], row["longest"])
        assert lengths == (known.shortest, known.longest), ai
        assert (row["kind"], row.get("unit")) == (known.kind, known.unit), ai
        assert not known.unit or row["decimals"] == known.decimals, ai


def random_code(dice):
    """A code of the table, damaged; or elements and characters as dice fall."""
    if dice.random() < 0.5:
        return damage(dice, dice.choice(CASES)["code"])
    parts = [random_part(dice) for _again in range(dice.randint(1, 5))]
    return dice.choice(
        ["", "", "", "]C1", "]d2", "https://a.b/", "urn:epc:"]
    ) + "".join(parts)


def damage(dice, code):
    for _again in range(dice.randint(1, 3)):
        at = dice.randint(0, len(code))
        cut = dice.randint(0, 2)
        more = "".join(dice.choices(CHARACTERS, k=dice.randint(0, 2)))
        code = code[:at] + more + code[at + cut :]
    return code


def random_part(dice):
    ai = dice.choice(list(IDENTIFIERS))
    length = dice.randint(0, IDENTIFIERS[ai].longest + 1)
    value = "".join(dice.choices(dice.choice(["0123456789", CHARACTERS]), k=length))
    before, between, after = dice.choice(AROUND)
    return before + ai + between + value + after


def test_the_app_reads_random_codes_as_the_server_does():
    dice = random.Random(20261201)
    codes = [random_code(dice) for _again in range(20_000)]
    assert not list(differences(codes))[:3]


def test_both_use_the_separator_and_identifiers_of_a_company():
    dice = random.Random(7)
    codes = [random_code(dice).replace("\x1d", "#") for _again in range(3_000)]
    answers = read_in_javascript(codes, separator="(Alt029|#)", uses={"91": "lot"})
    separator = re.compile("(Alt029|#)")
    for code, app in zip(codes, answers["readings"], strict=True):
        server = read_code(code, year=YEAR, separator=separator, uses={"91": "lot"})
        assert tell(server) == app


def test_the_app_reads_a_code_in_no_time():
    codes = [case["code"] for case in CASES] * 40
    assert read_in_javascript(codes)["took"] / len(codes) < 0.5
