"""EPC: what RFID tags carry, as an address (URN) or as bits in hexadecimal."""

import json
import re
from pathlib import Path
from typing import NamedTuple

from .digital_link import unescape
from .gtin import check_digit, is_digits

FILE = Path(__file__).with_name("epc_schemes.json")
URN = re.compile(r"urn:epc:(id|tag|class|idpat|raw):(.+)", re.IGNORECASE | re.DOTALL)
RAW = re.compile(r"[0-9]+\.x([0-9A-Fa-f]+)")
HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{24,56}")
# A reader sends whole words of 16 bits.
PADDING = 16
PREFIX_DIGITS = range(6, 13)


class Scheme(NamedTuple):
    """How the bits of a tag are divided; see the legend of ``epc_schemes.json``."""

    name: str
    bits: int
    second_bits: int
    second_digits: int
    serial_bits: int
    letters: bool


def _read_file() -> tuple[list[int], dict[str, Scheme]]:
    data = json.loads(FILE.read_text(encoding="utf-8"))
    names = [name for name in Scheme._fields if name != "letters"]
    schemes = {
        row["header"]: Scheme(*(row[n] for n in names), row.get("letters", False))
        for row in data["schemes"]
    }
    return data["prefix_bits"], schemes


PREFIX_BITS, SCHEMES = _read_file()


def is_urn(text: str) -> bool:
    return text[:8].lower() == "urn:epc:"


def split_urn(text: str) -> list[tuple[str, str]] | None:
    """The elements of an EPC as an address, None for one that is not known or wrong.

    >>> split_urn("urn:epc:id:sgtin:0614141.812345.6789")
    [('01', '80614141123458'), ('21', '6789')]
    """
    match = URN.fullmatch(text)
    if not match:
        return None
    what, rest = match[1].lower(), match[2]
    if what == "raw":
        raw = RAW.fullmatch(rest)
        return split_tag(raw[1]) if raw else None
    name, _colon, body = rest.partition(":")
    # A tag's address has the number of its bits, and a filter.
    fields = body.split(".", 4)[1:] if what == "tag" else body.split(".", 3)
    return _elements(name.lower().partition("-")[0], list(map(unescape, fields)))


def split_tag(text: str) -> list[tuple[str, str]] | None:
    """The elements of a tag's bits, None if they are none of a tag that is known.

    >>> split_tag("3074257BF7194E4000001A85")
    [('01', '80614141123458'), ('21', '6789')]
    """
    digits = text.replace(" ", "")
    scheme = SCHEMES.get(digits[:2])
    if not scheme or not HEXADECIMAL.fullmatch(digits):
        return None
    spare = len(digits) * 4 - scheme.bits
    number = int(digits, 16)
    if not 0 <= spare <= PADDING or number & ((1 << spare) - 1):
        return None
    fields = _tag_fields(scheme, number >> spare)
    return fields and _elements(scheme.name, fields)


def _tag_fields(scheme: Scheme, number: int) -> list[str] | None:
    """Company prefix, second field and serial number of a tag."""

    def take(at: int, length: int) -> int:
        return number >> (scheme.bits - at - length) & ((1 << length) - 1)

    partition = take(11, 3)
    if partition == 7:
        return None
    prefix_bits = PREFIX_BITS[partition]
    prefix = _digits(take(14, prefix_bits), 12 - partition)
    at, second_bits = 14 + prefix_bits, scheme.second_bits - prefix_bits
    second_number = take(at, second_bits)
    serial = take(at + second_bits, scheme.serial_bits)
    second: str | None
    if not scheme.second_digits:
        is_text = scheme.letters
        second = _letters(second_number, second_bits) if is_text else f"{second_number}"
        return [prefix, second] if prefix and second else None
    second = _digits(second_number, scheme.second_digits - 12 + partition)
    last = _letters(serial, scheme.serial_bits) if scheme.letters else str(serial)
    if prefix is None or second is None or last is None:
        return None
    return [prefix, second, last] if scheme.serial_bits else [prefix, second]


def _digits(number: int, length: int) -> str | None:
    """A number with leading zeros, None if it has more digits."""
    text = str(number).rjust(length, "0") if number or length else ""
    return text if len(text) == length else None


def _letters(number: int, bits: int) -> str | None:
    """The text of characters of 7 bits, None if there is one behind its end."""
    count = bits // 7
    spare = bits - 7 * count
    codes = [number >> (spare + 7 * i) & 127 for i in range(count - 1, -1, -1)]
    text = "".join(map(chr, codes)).rstrip("\0")
    return None if "\0" in text else text


def _elements(name: str, fields: list[str]) -> list[tuple[str, str]] | None:
    read = READERS.get(name)
    if not read or len(fields) < 2 or not is_digits(fields[0]):
        return None
    return read(*fields[:3]) if len(fields[0]) in PREFIX_DIGITS else None


def _checked(digits: str, length: int) -> str | None:
    if len(digits) != length or not is_digits(digits):
        return None
    return digits + check_digit(digits)


def _gtin(prefix: str, item: str) -> str | None:
    """The first digit of the item reference is the indicator, in front of all."""
    return _checked(item[:1] + prefix + item[1:], 13)


def _more(ai: str, value: str) -> list[tuple[str, str]]:
    """An element, unless the address is of all serial numbers."""
    return [(ai, value)] if value not in ("", "*") else []


def _sgtin(prefix: str, item: str, serial: str = "") -> list[tuple[str, str]] | None:
    gtin = _gtin(prefix, item)
    return [("01", gtin), *_more("21", serial)] if gtin else None


def _lgtin(prefix: str, item: str, lot: str = "") -> list[tuple[str, str]] | None:
    gtin = _gtin(prefix, item)
    return [("01", gtin), *_more("10", lot)] if gtin else None


def _sscc(prefix: str, serial: str, _none: str = "") -> list[tuple[str, str]] | None:
    sscc = _checked(serial[:1] + prefix + serial[1:], 17)
    return [("00", sscc)] if sscc else None


def _sgln(prefix: str, place: str, part: str = "") -> list[tuple[str, str]] | None:
    gln = _checked(prefix + place, 12)
    # 0 is the place itself.
    return [("414", gln), *_more("254", "" if part == "0" else part)] if gln else None


def _grai(prefix: str, kind: str, serial: str = "") -> list[tuple[str, str]] | None:
    number = _checked(prefix + kind, 12)
    return [("8003", f"0{number}{serial}")] if number else None


def _giai(prefix: str, asset: str, rest: str = "") -> list[tuple[str, str]] | None:
    whole = f"{asset}.{rest}" if rest else asset
    return [("8004", prefix + whole)]


READERS = {
    "sgtin": _sgtin,
    "lgtin": _lgtin,
    "upui": _sgtin,
    "sscc": _sscc,
    "sgln": _sgln,
    "pgln": lambda prefix, party, _none="": _sgln(prefix, party),
    "grai": _grai,
    "giai": _giai,
}
