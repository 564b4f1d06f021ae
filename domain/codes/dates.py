"""Dates as GS1 writes them: YYMMDD."""

from calendar import monthrange

from .gtin import is_digits


def full_year(yy: int, now: int) -> int:
    """The year of two digits (General Specifications, 7.12): at most 50 years ahead of
    now and 49 back.

    >>> [full_year(yy, 2026) for yy in (27, 75, 76, 77)]
    [2027, 2075, 2076, 1977]
    """
    century = now - now % 100
    ahead = yy - now % 100
    if ahead >= 51:
        return century - 100 + yy
    if ahead <= -50:
        return century + 100 + yy
    return century + yy


def read_day(text: str, now: int) -> str | None:
    """The day of YYMMDD, or None for a day that is none. Day 00 is the last day of its
    month.

    >>> read_day("280200", 2026), read_day("271231", 2026), read_day("280230", 2026)
    ('2028-02-29', '2027-12-31', None)
    """
    if len(text) != 6 or not is_digits(text):
        return None
    year, month, day = full_year(int(text[:2]), now), int(text[2:4]), int(text[4:])
    if not 1 <= month <= 12:
        return None
    last = monthrange(year, month)[1]
    if day > last:
        return None
    return f"{year:04}-{month:02}-{day or last:02}"
