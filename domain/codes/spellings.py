"""The spellings under which records may have a code."""

import re

from .gtin import LENGTHS

SAME_NUMBER = re.compile("[0-9]{8,14}")


def spellings(code: str) -> list[str]:
    """A code, and the same number as EAN, UPC or GTIN: they differ by leading zeros.

    >>> spellings("036000291452")
    ['036000291452', '0036000291452', '00036000291452']
    >>> spellings("BOX-33")
    ['BOX-33']
    """
    same: list[str] = []
    if SAME_NUMBER.fullmatch(code):
        number = code.lstrip("0")
        same = [number.rjust(n, "0") for n in LENGTHS if n >= len(number)]
    return list(dict.fromkeys([code, *same]))


def bare_spellings(text: str) -> list[str]:
    """A text as scanned, and without what some scanners put around a code.

    >>> bare_spellings("*BOX-33*")
    ['*BOX-33*', 'BOX-33']
    """
    marks = [at for at, char in enumerate(text) if char.isalnum()]
    inner = text[marks[0] : marks[-1] + 1] if marks else ""
    codes = dict.fromkeys(code for code in (text, inner) if code)
    return list(dict.fromkeys(s for code in codes for s in spellings(code)))
