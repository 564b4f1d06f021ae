"""What a spreadsheet makes of a number when it shows it."""

import re
from functools import lru_cache
from typing import NamedTuple

from .book import Shown

# Excel writes no longer code of a number format.
MAX_FORMAT = 255
# Number formats that are dates by their number alone.
DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
NOT_A_DATE_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
# How numbers are shown by the number of their format alone.
BUILT_IN = {
    **dict.fromkeys((1, 3, 37, 38), "0"),
    **dict.fromkeys((2, 4, 39, 40), "0.00"),
    9: "0%",
    10: "0.00%",
}
PLAIN = re.compile(r"[#0?,]*[#0?](?:\.([0#?]{1,30}))?(,*)\s*(%?)")


class Digits(NamedTuple):
    """A code of so many digits: 00042."""

    number: int


class Decimals(NamedTuple):
    """A number with so many decimals, as so many thousands, in per cent."""

    number: int
    thousands: int
    is_percent: bool

    def show(self, number: float) -> float:
        """The number, marked with what is shown where that is another one.

        >>> Decimals(0, 0, False).show(2.6).shown
        '3'
        >>> Decimals(0, 0, True).show(0.5).shown
        '50 %'
        """
        value = number / 1000**self.thousands * (100 if self.is_percent else 1)
        text = f"{value:.{self.number}f}"
        # The last digits of a double are noise.
        same = abs(float(text) - number) <= 1e-9 * max(1.0, abs(number))
        if same and not self.is_percent:
            return number
        return Shown(number, f"{text} %" if self.is_percent else text)


DATE = "date"
Format = str | Digits | Decimals | None


@lru_cache(maxsize=4096)
def number_format(number: int, code: str = "") -> Format:
    """What a format makes of a number: DATE, Digits, Decimals, or nothing of interest.

    :param number: of the format
    :param code: what a format of the file's own says

    >>> number_format(14), number_format(200, "00000"), number_format(0, "General")
    ('date', Digits(number=5), None)
    >>> number_format(200, '#,##0.0 "pcs"')
    Decimals(number=1, thousands=0, is_percent=False)
    """
    bare = NOT_A_DATE_CODE.sub("", code[:MAX_FORMAT])
    is_date = code != "General" and re.search("[ymdhs]", bare, re.I)
    if is_date or number in DATE_FORMATS:
        return DATE
    if re.fullmatch("00+", bare):
        return Digits(len(bare))
    match = PLAIN.fullmatch(BUILT_IN.get(number, bare.partition(";")[0].strip()))
    if not match:
        return None
    return Decimals(len(match[1] or ""), len(match[2]), bool(match[3]))
