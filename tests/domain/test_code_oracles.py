"""Codes are read as other programs read them, or it is explained why not (M17).

The programs are no part of the addon: biip reads element strings and numbers, epcpy
reads tags, digital-link.js reads addresses.
"""

import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from code_twins import YEAR, load_table, node

from domain.codes import read_code
from domain.codes.gtin import check_digit

biip = pytest.importorskip("biip")
epcpy = pytest.importorskip("epcpy")

NAMES = {
    "00": "sscc",
    "01": "gtin",
    "10": "lot",
    "21": "serial",
    "15": "best_before",
    "17": "expiry",
    "414": "gln",
}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_/.:;+*&"
# Where dev/setup puts the JavaScript tools: beside the Python packages.
PACKAGES = Path(sys.prefix).parent / "node/node_modules"
READ_ADDRESSES = """
const { DigitalLink } = require(process.argv[1]);
const read = (address) => {
    const link = DigitalLink(address);
    const parts = [link.getIdentifier(), link.getKeyQualifiers(), link.getAttributes()];
    return Object.assign({}, ...parts);
};
const text = require("fs").readFileSync(0, "utf-8");
console.log(JSON.stringify(JSON.parse(text).map(read)));
"""


def ours(code):
    reading = read_code(code, year=YEAR)
    told = {name: getattr(reading, name) for name in NAMES.values()}
    return {name: value for name, value in told.items() if value}


# === ELEMENT STRINGS AND NUMBERS === #


def by_biip(code):
    try:
        result = biip.parse(code)
    except biip.ParseError:
        return {}
    told = {}
    if number := result.gtin or result.upc:
        told["gtin"] = number.as_gtin_14()
    if result.sscc:
        told["sscc"] = result.sscc.value
    message = result.gs1_message or result.gs1_digital_link_uri
    for element in message.element_strings if message else ():
        name = NAMES.get(element.ai.ai)
        day = element.date.isoformat() if element.date else None
        if name:
            told[name] = day or element.value
    return told


def test_each_disagreement_with_biip_is_explained():
    explained = {
        note: reason
        for reason, notes in load_table("disagreements").items()
        for note in notes
    }
    different = {
        case["note"]
        for case in load_table()
        if by_biip(case["code"]) != ours(case["code"])
    }
    assert different == explained.keys()


def number(dice, length):
    digits = "".join(dice.choices("0123456789", k=length - 1))
    return digits + check_digit(digits)


def word(dice, most=20):
    return "".join(dice.choices(LETTERS, k=dice.randint(1, most)))


def day(dice):
    year, month = dice.randint(0, 99), dice.randint(1, 12)
    return f"{year:02}{month:02}{dice.randint(0, 28):02}"


def random_elements(dice):
    """Elements of a label, each once: one that says what it is, and others."""
    first = dice.choice(
        [("01", number(dice, 14)), ("00", number(dice, 18)), ("414", number(dice, 13))]
    )
    others = [
        ("10", word(dice)),
        ("21", word(dice)),
        ("17", day(dice)),
        ("15", day(dice)),
        ("11", day(dice)),
        ("20", "07"),
        ("240", word(dice, 30)),
        ("3103", f"{dice.randint(1, 999999):06}"),
        ("30", str(dice.randint(1, 99999999))),
        ("3922", str(dice.randint(1, 99999))),
        ("91", word(dice, 90)),
    ]
    return [first, *dice.sample(others, dice.randint(0, 6))]


def test_random_labels_are_read_as_biip_reads_them():
    dice = random.Random(1)
    for _again in range(3_000):
        elements = random_elements(dice)
        code = "".join(f"{ai}{value}\x1d" for ai, value in elements).rstrip("\x1d")
        code = f"]C1{code}"
        assert ours(code) == by_biip(code), code


def test_random_measures_are_read_as_biip_reads_them():
    dice = random.Random(2)
    for _again in range(500):
        ai = f"3{dice.choice('126')}{dice.choice('0156')}{dice.randint(0, 5)}"
        code = f"]C101{number(dice, 14)}{ai}{dice.randint(1, 999999):06}"
        [*_first, element] = biip.parse(code).gs1_message.element_strings
        reading = read_code(code)
        if reading.measures:
            assert reading.qty == float(element.decimal), code


# === TAGS === #

# By header: bits of the filter and all behind, and the digits of prefix and reference.
TAGS = {
    0x30: (44, 13, 38),
    0x31: (58, 17, 0),
    0x32: (41, 12, 41),
    0x33: (44, 12, 38),
    0x34: (82, 0, 0),
}
PREFIX_BITS = (40, 37, 34, 30, 27, 24, 20)


def random_tag(dice):
    """The 96 bits of a tag in hexadecimal."""
    header = dice.choice(list(TAGS))
    both_bits, both_digits, serial_bits = TAGS[header]
    partition = dice.randint(0, 6)
    prefix_bits = PREFIX_BITS[partition]
    prefix = dice.randint(1, 10 ** (12 - partition) - 1)
    rest = both_bits - prefix_bits
    most = 10 ** (both_digits - 12 + partition) - 1 if both_digits else 10**12
    bits = f"{header:08b}{dice.randint(0, 7):03b}{partition:03b}"
    bits += f"{prefix:0{prefix_bits}b}{dice.randint(0, most):0{rest}b}"
    serial = dice.randint(1, 10**11)
    bits += f"{serial:0{serial_bits}b}" if serial_bits else ""
    return f"{int(bits.ljust(96, '0'), 2):024X}"


def test_random_tags_are_read_as_epcpy_reads_them():
    dice = random.Random(3)
    for _again in range(2_000):
        tag = random_tag(dice)
        label = epcpy.hex_to_tag_encodable(tag).gs1_element_string()
        told = dict(re.findall(r"\((\d+)\)([^(]+)", label))
        reading = read_code(tag)
        found = {
            "00": reading.sscc,
            "01": reading.gtin,
            "21": reading.serial,
            "414": reading.gln,
            "254": reading.extension,
            "8003": reading.grai,
            "8004": reading.giai,
        }
        assert {ai: value for ai, value in found.items() if value} == told, tag


# === ADDRESSES === #


def by_digital_link(addresses):
    package = PACKAGES / "digital-link.js"
    if not package.is_dir():
        pytest.skip("dev/setup has not installed digital-link.js")
    done = subprocess.run(
        [node(), "-e", READ_ADDRESSES, str(package)],
        input=json.dumps(addresses),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout)


def random_address(dice):
    stem = dice.choice(["id.gs1.org", "example.com/eu/p", "shop.example.com:8080/x"])
    # It does not resolve escapes, so that there are none here.
    lot, serial = (re.sub("[^A-Za-z0-9]", "", word(dice)) or "A" for _ in range(2))
    path = f"/01/{number(dice, 14)}"
    path += dice.choice(["", f"/10/{lot}", f"/21/{serial}", f"/10/{lot}/21/{serial}"])
    query = dice.choice(["", f"?17={day(dice)}", f"?17={day(dice)}&15={day(dice)}"])
    return f"https://{stem}{path}{query}"


def test_random_addresses_are_read_as_digital_link_js_reads_them():
    dice = random.Random(4)
    addresses = [random_address(dice) for _again in range(500)]
    for address, told in zip(addresses, by_digital_link(addresses), strict=True):
        reading = read_code(address, year=YEAR)
        found = (reading.gtin, reading.lot, reading.serial)
        assert found == (told["01"], told.get("10"), told.get("21")), address
        assert bool(reading.expiry) == ("17" in told)
