"""GS1 Digital Link: an address whose path and query have application identifiers."""

import re

from .gtin import LENGTHS, is_digits
from .identifiers import IDENTIFIERS

ADDRESS = re.compile(r"https?://", re.IGNORECASE)
ESCAPED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
# Words that older addresses have for identifiers.
WORDS = {
    "gtin": "01",
    "sscc": "00",
    "lot": "10",
    "ser": "21",
    "gln": "414",
    "exp": "17",
}
# What may stand before and behind the key of a path.
QUALIFIERS = {"10", "21", "22", "235", "254", "8019", "8020", "8011"}
# How a compressed address begins: an identifier in four bits a digit, or a common pair
# of them, in the letters of base64.
COMPRESSED = re.compile(r"[A-Za-z0-9_-]{10,}")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
FIRST_BYTES = {0x00, 0x01, 0x25, 0x41, 0x80, *range(0x0A, 0x10)}


def is_address(text: str) -> bool:
    return ADDRESS.match(text) is not None


def split_address(text: str) -> list[tuple[str, str]] | None:
    """The elements of an address, None if it is no Digital Link.

    >>> split_address("https://example.com/p/01/9506000134352/10/L%2F7?17=271231&x=1")
    [('01', '9506000134352'), ('10', 'L/7'), ('17', '271231')]
    """
    address, _sharp, _fragment = text.partition("#")
    path, _mark, query = address.partition("?")
    steps = [step for step in path.split("/")[3:] if step]
    named = _split_query(query)
    start = _find_key(steps)
    if start is None:
        return named if any(_is_key(ai, value) for ai, value in named) else None
    return [*_qualifiers_before(steps, start), *_pairs(steps[start:]), *named]


def is_compressed(text: str) -> bool:
    """Whether an address without identifiers looks like a compressed Digital Link.

    >>> is_compressed("https://id.gs1.org/AREjNFYg7Lru"), is_compressed("https://a.b/shop")
    (True, False)
    """
    path = re.split(r"[?#]", text, maxsplit=1)[0]
    last = path.rstrip("/").rsplit("/", 1)[-1]
    if path.count("/") < 3 or not COMPRESSED.fullmatch(last):
        return False
    first = (LETTERS.index(last[0]) << 2) + (LETTERS.index(last[1]) >> 4)
    return first in FIRST_BYTES


def _find_key(steps: list[str]) -> int | None:
    for at in range(len(steps) - 1):
        if _is_key(_identifier(steps[at]), unescape(steps[at + 1])):
            return at
    return None


def _is_key(ai: str, value: str) -> bool:
    """Whether this is an item, place, package or asset; a wrong check digit is left to
    the caller that reads the elements."""
    kind = IDENTIFIERS[ai].kind if ai in IDENTIFIERS else ""
    if kind == "gtin":
        return is_digits(value) and len(value) in LENGTHS
    if kind in ("sscc", "place", "itip"):
        return is_digits(value) and len(value) == IDENTIFIERS[ai].longest
    return kind in ("grai", "giai") and is_digits(value[:1])


def _identifier(step: str) -> str:
    return WORDS.get(step.lower(), step)


def _pairs(steps: list[str]) -> list[tuple[str, str]]:
    """Pairs of identifier and value, as far as there are such."""
    found = []
    for at in range(0, len(steps) - 1, 2):
        ai = _identifier(steps[at])
        if ai not in IDENTIFIERS:
            break
        found.append((ai, unescape(steps[at + 1])))
    return found


def _qualifiers_before(steps: list[str], start: int) -> list[tuple[str, str]]:
    """Lot and serial number, where an address has them before its key."""
    found = []
    for at in range(start - 2, -1, -2):
        ai = _identifier(steps[at])
        if ai not in QUALIFIERS:
            break
        found.append((ai, unescape(steps[at + 1])))
    return found


def _split_query(query: str) -> list[tuple[str, str]]:
    parts = [part.partition("=") for part in re.split("[&;]", query)]
    named = [(_identifier(name), unescape(value)) for name, _is, value in parts]
    return [(ai, value) for ai, value in named if ai in IDENTIFIERS and value]


def unescape(text: str) -> str:
    """
    >>> unescape("L%2F7"), unescape("100%"), unescape("%FF")
    ('L/7', '100%', '%FF')
    """
    return ESCAPED.sub(_unescape_bytes, text)


def _unescape_bytes(match: re.Match) -> str:
    try:
        return bytes.fromhex(match[0].replace("%", "")).decode()
    except UnicodeDecodeError:
        return match[0]
