"""GS1 element strings, as scanned and as printed below a barcode."""

import re

from .gtin import is_digits
from .identifiers import IDENTIFIERS, PREDEFINED, identify

GS = "\x1d"
# As printed: each identifier in brackets.
PRINTED = re.compile(r"[(\[]([0-9]{2,4})[)\]]")


def split_elements(text: str, *, is_marked: bool) -> list[tuple[str, str]] | None:
    """The elements of an element string; unknown identifiers are left out.

    :param text: without symbology identifier, values that need it end at ``GS``
    :param is_marked: whether the text says that it is an element string; else one that
        does not read as such to its end is none
    :return: pairs of identifier and value, None if the text is no element string

    >>> split_elements("0109506000134352310300150010L1", is_marked=False)
    [('01', '09506000134352'), ('3103', '001500'), ('10', 'L1')]
    """
    elements = []
    at = 0
    while at < len(text):
        if text[at] == GS:
            at += 1
            continue
        known = identify(text, at)
        if known:
            start = at + len(known.ai)
            at = _end(text, start, known.longest if known.is_fixed else None)
            elements.append((known.ai, text[start:at]))
        elif is_marked or is_digits(text[at : at + 2]):
            at = _end(text, at, _skipped(text[at : at + 2]))
        else:
            return None
    return elements


def _skipped(start: str) -> int | None:
    """How many characters an unknown identifier and its value have, if known."""
    return 2 + PREDEFINED[start] if start in PREDEFINED else None


def _end(text: str, start: int, length: int | None) -> int:
    """Where a value ends: at a separator, after its length, or with the text."""
    if length is None:
        end = text.find(GS, start)
        return len(text) if end < 0 else end
    end = text.find(GS, start, start + length)
    return min(start + length, len(text)) if end < 0 else end


def split_printed(text: str) -> list[tuple[str, str]] | None:
    """The elements of a text in which each identifier stands in brackets.

    >>> split_printed("(01) 09506000134352 (10)LOT(7)")
    [('01', '09506000134352'), ('10', 'LOT(7)')]
    """
    marks = [m for m in PRINTED.finditer(text) if m[1] in IDENTIFIERS]
    if not marks or marks[0].start():
        return None
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [
        (mark[1], text[mark.end() : end].strip(f" {GS}"))
        for mark, end in zip(marks, ends, strict=True)
    ]
