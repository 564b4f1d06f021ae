"""The one way from a scanned text to what it says."""

import re
from collections.abc import Mapping
from datetime import date

from .digital_link import is_address, is_compressed, split_address
from .element_string import GS, split_elements, split_printed
from .elements import interpret, is_proven
from .epc import is_urn, split_tag, split_urn
from .gtin import LENGTHS, expand_upc_e, is_checked, is_digits
from .reading import Problem, Reading

# Characters; the largest DataMatrix has 2,335.
MAX_LENGTH = 2400
# What scanners add: controls that are no separator, and a byte order mark.
CONTROLS = re.compile("[\0-\x1c\x1e\x1f\x7f-\x9f\ufeff]")
BLANKS = " \u00a0\u3000"
# How scanners tell the symbology (ISO 15424), such as "]C1".
SYMBOLOGY = re.compile(r"\]([A-Za-z][0-9A-Za-z])")
# Those whose text is an element string: the first place was FNC1.
GS1_SYMBOLOGIES = {"C1", "e0", "e1", "e2", "d2", "Q3", "J1"}
# How a separator is shown or typed where it cannot be sent.
SHOWN_SEPARATORS = re.compile("\u241d|<GS>|\\{GS\\}|\\[GS\\]|<FNC1>|\\[FNC1\\]")
NOT_GS1 = re.compile("[\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """A text without what scanners add; the separator of GS1 stays.

    >>> clean("\\x02 4006381333931\\r\\n")
    '4006381333931'
    """
    return CONTROLS.sub("", text[:MAX_LENGTH]).strip(BLANKS)


def read_code(
    text: str,
    *,
    year: int | None = None,
    separator: re.Pattern | None = None,
    uses: Mapping[str, str] | None = None,
) -> Reading:
    """What a code says.

    :param text: as scanned, typed or printed
    :param year: of today
    :param separator: what else separates values, of the company's nomenclature; with
        it, digits without any proof may be an element string, too
    :param uses: see ``interpret``

    >>> read_code("0109506000134352310300150010L1").lot
    'L1'
    >>> read_code("HELLO").form
    'plain'
    """
    code = clean(text)
    mark = SYMBOLOGY.match(code)
    symbology = mark[1] if mark else ""
    bare = code[3:] if mark else code
    reading = Reading(bare)
    year = year or date.today().year
    for form, read in FORMS:
        elements = read(reading, symbology, separator)
        if elements is not None:
            reading.form = form
            interpret(reading, elements, year, uses or {})
            break
    return reading


def _read_address(reading, _symbology, _separator):
    if not is_address(reading.text):
        return None
    elements = split_address(reading.text)
    if elements is None and is_compressed(reading.text):
        reading.problems.append(Problem("compressed", value=reading.text))
        return []
    return elements


def _read_epc(reading, _symbology, _separator):
    if is_urn(reading.text):
        return split_urn(reading.text)
    return split_tag(reading.text)


def _read_sscc(reading, symbology, _separator):
    is_one = symbology not in GS1_SYMBOLOGIES and len(reading.text) == 18
    return [("00", reading.text)] if is_one and is_checked(reading.text) else None


def _read_gtin(reading, symbology, _separator):
    """A number that stands alone, as in EAN, UPC and ITF-14."""
    text = reading.text
    if not is_digits(text) or symbology in GS1_SYMBOLOGIES:
        return None
    upc_e = None if symbology == "E4" else expand_upc_e(text)
    if upc_e and (symbology == "E0" or not is_checked(text)):
        return [("01", upc_e)]
    if len(text) not in LENGTHS or not is_checked(text):
        return None
    reading.upc_e = upc_e
    return [("01", text.rjust(14, "0"))]


def _read_elements(reading, symbology, separator):
    text = SHOWN_SEPARATORS.sub(GS, reading.text)
    if NOT_GS1.search(text):
        return None
    printed = split_printed(text)
    if printed is not None:
        return printed
    if separator:
        text = separator.sub(GS, text)
    is_marked = symbology in GS1_SYMBOLOGIES or GS in text
    elements = split_elements(text, is_marked=is_marked)
    is_sure = is_marked or separator or (elements and is_proven(elements))
    return elements if elements and is_sure else None


# In this order: what only one kind of code looks like comes first.
FORMS = (
    ("digital_link", _read_address),
    ("epc", _read_epc),
    ("sscc", _read_sscc),
    ("gtin", _read_gtin),
    ("elements", _read_elements),
)
