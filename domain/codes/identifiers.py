"""The application identifiers of GS1, from ``application_identifiers.json``."""

import json
import re
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("application_identifiers.json")
# One part of a format: N13, X..20, [N1..N2], or [-] for a minus sign.
PART = re.compile(r"(\[?)(?:[NXYZ](\d+)?(?:\.\.[NXYZ]?(\d+))?|(-))")
# How long the value is, by the first two digits of an identifier that needs no
# separator (General Specifications, figure 7.8.5-2). It holds for identifiers, too,
# that GS1 may still assign.
PREDEFINED = {
    "00": 18,
    **dict.fromkeys(("01", "02", "03"), 14),
    "04": 16,
    **{str(ai): 6 for ai in range(11, 20)},
    "20": 2,
    # The third digit, and for measures the fourth, belong to the identifier.
    **{str(ai): 8 for ai in range(31, 37)},
    "41": 14,
}


class Identifier(NamedTuple):
    """An application identifier, with the shortest and longest value it may have."""

    ai: str
    kind: str
    unit: str | None
    shortest: int
    longest: int
    # How many of the digits are behind the point.
    decimals: int

    @property
    def is_fixed(self) -> bool:
        return self.shortest == self.longest


def lengths(layout: str) -> tuple[int, int]:
    """The shortest and longest value of a format.

    >>> lengths("N18"), lengths("X..20"), lengths("N13[+X..17]"), lengths("N3+N..15")
    ((18, 18), (1, 20), (13, 30), (4, 18))
    """
    shortest = longest = 0
    for optional, exact, most, sign in PART.findall(layout.replace("[+", "+[")):
        least = 1 if sign or not exact else int(exact)
        longest += int(most or exact or 1)
        shortest += 0 if optional else least
    return shortest, longest


def read_table() -> dict[str, Identifier]:
    """All identifiers by their digits."""
    table = {}
    for row in json.loads(FILE.read_text(encoding="utf-8"))["identifiers"]:
        shortest, longest = lengths(row["format"])
        for last in range(row["last"] + 1) if "last" in row else (None,):
            ai = row["ai"] if last is None else f"{row['ai'][:-1]}{last}"
            decimals = last if row.get("decimals") else 0
            kind, unit = row["kind"], row.get("unit")
            table[ai] = Identifier(ai, kind, unit, shortest, longest, decimals)
    return table


IDENTIFIERS = read_table()


def identify(text: str, at: int) -> Identifier | None:
    """The identifier that begins at a place of a text; none begins like another.

    >>> identify("0109506000134352", 0).kind, identify("9", 0)
    ('gtin', None)
    """
    for length in (2, 3, 4):
        if found := IDENTIFIERS.get(text[at : at + length]):
            return found
    return None
