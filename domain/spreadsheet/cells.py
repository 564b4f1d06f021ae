"""What a cell of a count says: a code, a quantity or a time, as people write them.

A cell that cannot be believed is refused with a code and the words' parameters.
"""

import math
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from ..entries import MAX_QUANTITY, YEARS, has_unprintable
from .book import NO_VALUE, CellError, Value

# A spreadsheet keeps this many digits of a number and makes zeros of the others.
EXACT = 10**15
SCIENTIFIC = re.compile(r"[+-]?\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
# What begins a formula when a spreadsheet opens a CSV.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
SPACES = str.maketrans("", "", " \u00a0\u202f\u2009'\u2019")
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)*|[.,]\d+)")
DECIMALS = (".", ",")
# A number whose only mark may stand before decimals or thousands.
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
# Lakhs and crores: 1,23,456.
INDIAN = re.compile(r"[+-]?\d{1,2}(,\d{2})+,\d{3}(\.\d+)?")
IN_BRACKETS = re.compile(r"\(\s*[\d.,\s]+\)")
WITH_UNIT = re.compile(r"([\d.,]+)\s*([^\W\d_][^\d]{0,30})")
ORDERS = ("dmy", "mdy")
DAY_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
YEAR_FIRST = re.compile(r"(\d{4})([./-]?)(\d{1,2})\2(\d{1,2})")
CLOCK = re.compile(
    r"(\d{1,2})(?:[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(?:([ap])\.?m\.?|uhr|h)?",
    re.I,
)
# 31 January 2026, 31-Jan-26, January 31st, 2026, 2026-Jan-31, with a weekday before it.
WEEKDAY = re.compile(r"[^\W\d_]+\.?, +")
WORDED = tuple(
    map(
        re.compile,
        (
            r"(?P<day>\d{1,2})(?:st|nd|rd|th|er)?[. /-]+(?:(?:of|de) )?"
            r"(?P<month>[^\W\d_]+)[., /-]+(?:de )?(?P<year>\d{4}|\d{2})(?!\d)",
            r"(?P<month>[^\W\d_]+)[. /-]+(?P<day>\d{1,2})(?:st|nd|rd|th)?"
            r"[, /-]+(?P<year>\d{4}|\d{2})(?!\d)",
            r"(?P<year>\d{4})[. /-]+(?P<month>[^\W\d_]+)[. /-]+(?P<day>\d{1,2})",
        ),
    )
)
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januar january janvier janv enero ene gennaio gen januari",
            "feb februar february fevrier fevr febrero febbraio februari",
            "mar marz maerz march mars marzo mrz maart mrt",
            "apr april avril avr abril abr aprile",
            "may mai mayo maggio mag mei",
            "jun june juni juin junio giugno giu",
            "jul july juli juillet juil julio luglio lug",
            "aug august aout agosto ago augustus",
            "sep sept september septembre septiembre settembre set",
            "oct okt october oktober octobre octubre ottobre ott",
            "nov november novembre noviembre",
            "dec dez december dezember decembre diciembre dic dicembre",
        ),
        1,
    )
    for name in names.split()
}


class Doubtful(ValueError):
    """A cell that is refused: ``code`` is for programs, ``params`` for words."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def read_code(value: Value) -> str:
    """A number, name or barcode as text; refuses what a spreadsheet has spoiled.

    >>> read_code(" SCR-1 "), read_code(4006381333931), read_code(12.0)
    ('SCR-1', '4006381333931', '12')
    >>> read_code(None)
    ''
    """
    if isinstance(value, str):
        text = _text(value)
        if SCIENTIFIC.fullmatch(text) and "+" in text:
            raise Doubtful("scientific", value=text)
        # The separator of GS1 stands in scanned codes.
        if has_unprintable(text, "\x1d"):
            raise Doubtful("unprintable")
        return text
    if value is None:
        return ""
    if isinstance(value, bool):
        raise Doubtful("truth", value=str(value).upper())
    if isinstance(value, datetime):
        raise Doubtful("date_for_code", value=value.date().isoformat())
    if isinstance(value, float) and not math.isfinite(value):
        raise Doubtful("scientific", value=str(value))
    if abs(value) >= EXACT:
        raise Doubtful("scientific", value=f"{value:.5G}")
    return str(int(value)) if value == int(value) else repr(value)


def is_blank(value: Value) -> bool:
    """Whether a cell has nothing in it, or spaces only.

    >>> is_blank(None), is_blank(" "), is_blank(0)
    (True, True, False)
    """
    return value is None or (isinstance(value, str) and not value.strip())


def read_text(value: Value) -> str:
    """Any cell as words, for notes."""
    if isinstance(value, CellError):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _text(value: str) -> str:
    if isinstance(value, CellError):
        if value is NO_VALUE:
            raise Doubtful("no_formula_value")
        raise Doubtful("cell_error", value=str(value))
    text = value.strip().strip("\ufeff\u200b\u00a0")
    # ="00123" is how exports keep a spreadsheet from spoiling a number.
    if text.startswith('="') and text.endswith('"') and '"' not in text[2:-1]:
        return text[2:-1].strip()
    if text.startswith("'") and len(text) > 1:
        # The mark of a text, also the one our own files carry. The names of some towns
        # begin with it: 's-Gravenhage.
        text = text if text[1:2].islower() else text[1:].strip()
    if text.startswith(("=", "@")) or (
        text.startswith(("+", "-")) and any(mark in text for mark in "(|!")
    ):
        raise Doubtful("formula", value=text[:40])
    return text


def read_quantity(value: Value, decimal: str = ".") -> float:
    """A quantity that somebody found; ``decimal`` is what comes before decimals.

    >>> read_quantity("1.234,5", ","), read_quantity("1,234.5"), read_quantity("7")
    (1234.5, 1234.5, 7.0)
    """
    if isinstance(value, bool | datetime):
        raise Doubtful("not_a_quantity", value=str(value).upper())
    if is_blank(value):
        raise Doubtful("no_quantity")
    number = _parse_number(_text(value), decimal) if isinstance(value, str) else value
    return _check_quantity(number)


def _check_quantity(number: float) -> float:
    if isinstance(number, float) and not math.isfinite(number):
        raise Doubtful("not_a_quantity", value=str(number))
    if number < 0:
        raise Doubtful("negative", value=f"{max(number, -MAX_QUANTITY):.15g}")
    if number > MAX_QUANTITY:
        raise Doubtful("large", value=f"{number:.15g}", limit=MAX_QUANTITY)
    return float(number)


def _parse_number(text: str, decimal: str) -> float:
    bare = text.translate(SPACES)
    if not NUMBER.fullmatch(bare):
        if SCIENTIFIC.fullmatch(bare):
            return float(bare.replace(",", "."))
        raise _no_number(text)
    if INDIAN.fullmatch(bare):
        return float(bare.replace(",", ""))
    mark = _decimal_mark(bare, decimal)
    whole, _mark, rest = bare.partition(mark) if mark else (bare, "", "")
    groups = re.split("[.,]", whole.lstrip("+-"))
    # 1.23.4 is a date or a version, and 12.34 with a decimal comma is a mistake. So is
    # 1,234.567.8, which has more than digits behind its decimal mark.
    if not _are_thousands(groups) or re.search("[.,]", rest):
        raise Doubtful("not_a_quantity", value=text[:40])
    sign = -1 if bare.startswith("-") else 1
    return sign * float(f"{''.join(groups) or 0}.{rest or 0}")


def _no_number(text: str) -> Doubtful:
    """Why a text is no quantity, so that the remedy fits.

    >>> _no_number("12 pcs").code, _no_number("(5)").code, _no_number("many").code
    ('with_unit', 'in_brackets', 'not_a_quantity')
    """
    if IN_BRACKETS.fullmatch(text):
        return Doubtful("in_brackets", value=text)
    if match := WITH_UNIT.fullmatch(text):
        return Doubtful("with_unit", value=text, number=match[1], unit=match[2])
    return Doubtful("not_a_quantity", value=text[:40])


def _are_thousands(groups: list[str]) -> bool:
    """Whether digits are in groups of three, or not grouped at all."""
    first, *others = groups
    return not others or (len(first) <= 3 and all(len(group) == 3 for group in others))


def _decimal_mark(text: str, decimal: str) -> str:
    """Which of point and comma stands before the decimals of this number."""
    point, comma = text.rfind("."), text.rfind(",")
    if point >= 0 and comma >= 0:
        return "." if point > comma else ","
    if (mark := "." if point >= 0 else ",") not in text:
        return ""
    if text.count(mark) > 1:
        return ""
    # The other mark groups thousands, three digits at a time, or stands for decimals
    # all the same: 1.5 is one and a half wherever it was written.
    return mark if mark == decimal or not GROUPED.fullmatch(text) else ""


def find_decimal(values: Iterable[Value], likely: str = ".") -> str:
    """Point or comma, by the quantities of a column; the likely one where they do not
    show it.

    >>> find_decimal(["1,5", "2"]), find_decimal(["1.5", "1,000"])
    (',', '.')
    >>> find_decimal(["1,000", "2"], ",")
    ','
    """
    votes = dict.fromkeys(DECIMALS, 0)
    for value in values:
        if not isinstance(value, str):
            continue
        text = value.translate(SPACES).strip()
        point, comma = text.rfind("."), text.rfind(",")
        if NUMBER.fullmatch(text) and (point >= 0 or comma >= 0):
            mark = "." if point > comma else ","
            sure = min(point, comma) >= 0 or not re.search(r"[.,]\d{3}$", text)
            votes[mark] += sure and text.count(mark) == 1
    if votes["."] == votes[","]:
        return likely
    return max(DECIMALS, key=votes.__getitem__)


def find_order(values: Iterable[Value], likely: str = "dmy") -> str:
    """Whether 03/04 is in April or in March, by the dates of a column.

    >>> find_order(["03/04/2026", "04/13/2026"]), find_order(["13.04.2026"])
    ('mdy', 'dmy')
    """
    for value in values:
        match = DAY_FIRST.match(value.strip()) if isinstance(value, str) else None
        if match and int(match[1]) > 12:
            return "dmy"
        if match and int(match[3]) > 12:
            return "mdy"
    return likely


def read_time(value: Value, order: str = "dmy") -> datetime | None:
    """When something was counted, in the clock of whoever wrote it; aware where the
    text names a time zone.

    >>> read_time("31.01.2026 14:05"), read_time("1/31/26 2:05 pm", "mdy")
    (datetime.datetime(2026, 1, 31, 14, 5), datetime.datetime(2026, 1, 31, 14, 5))
    """
    if is_blank(value):
        return None
    if isinstance(value, str) and not isinstance(value, CellError):
        time = _parse_time(_text(value), order)
    else:
        time = value
    if not isinstance(time, datetime) or time.year not in YEARS:
        raise Doubtful("not_a_date", value=str(value)[:40])
    return time


def read_day_and_clock(one: Value, other: Value, order: str = "dmy") -> datetime | None:
    """When something was counted, of a day and a time in two cells, in either order.

    >>> read_day_and_clock("14:41:03", "23/11/2026")
    datetime.datetime(2026, 11, 23, 14, 41, 3)
    """
    texts = [text for value in (one, other) if (text := _spell_time(value))]
    try:
        return read_time(" ".join(texts), order)
    except Doubtful:
        return read_time(" ".join(reversed(texts)), order)


def _spell_time(value: Value) -> str:
    """A day or a time as text; spreadsheets keep a time as a part of their day 0."""
    if isinstance(value, datetime):
        return f"{value:%H:%M:%S}" if value.year < 1905 else f"{value:%Y-%m-%d}"
    if isinstance(value, float) and 0 <= value < 1:
        return str(timedelta(seconds=round(value * 86_400)))
    return "" if value is None else str(value).strip()


def is_day(value: Value) -> bool:
    """Whether a cell has a day without a time.

    >>> is_day("23/11/2026"), is_day("23/11/2026 14:41"), is_day("5")
    (True, False, False)
    """
    with suppress(Doubtful):
        time = read_time(value)
        text = str(value).strip()
        has_clock = isinstance(value, str) and (":" in text or text.isdigit())
        return time is not None and not has_clock and f"{time:%H%M%S}" == "000000"
    return False


def is_clock(value: Value) -> bool:
    """Whether a cell has a time without a day.

    >>> is_clock("14:41:03"), is_clock("14"), is_clock("23/11/2026 14:41")
    (True, False, False)
    """
    if isinstance(value, datetime):
        return value.year < 1905
    match = CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    return bool(match and match[2])


def _parse_time(text: str, order: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.fromisoformat(text)
    try:
        day, rest = _parse_day(text, order)
        return day and _add_clock(day, rest.strip(" ,Tt"))
    except (ValueError, OverflowError):
        return None


def _parse_day(text: str, order: str) -> tuple[datetime | None, str]:
    if match := YEAR_FIRST.match(text):
        year, month, day = int(match[1]), int(match[3]), int(match[4])
    elif match := DAY_FIRST.match(text):
        first, second = int(match[1]), int(match[3])
        # Points are written with the day first everywhere.
        month_first = order == "mdy" and match[2] != "."
        day, month = (second, first) if month_first else (first, second)
        year = _full_year(match[4])
    else:
        return _parse_worded_day(text)
    return datetime.combine(date(year, month, day), datetime.min.time()), text[
        match.end() :
    ]


def _parse_worded_day(text: str) -> tuple[datetime | None, str]:
    """31 January 2026, Jan 31, 2026 and the like."""
    if weekday := WEEKDAY.match(text):
        text = text[weekday.end() :]
    for pattern in WORDED:
        match = pattern.match(text)
        month = match and MONTHS.get(plain(match["month"]))
        if month:
            day = datetime(_full_year(match["year"]), month, int(match["day"]))
            return day, text[match.end() :]
    return None, ""


def _full_year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def _add_clock(day: datetime, text: str) -> datetime | None:
    if not text:
        return day
    match = CLOCK.fullmatch(text)
    # A bare 14 is no time, 2 pm is one.
    if not match or not (match[2] or match[4]):
        return None
    hour, minute, second = (int(part or 0) for part in match.group(1, 2, 3))
    if match[4]:
        hour = hour % 12 + (12 if match[4].lower() == "p" else 0)
    return day.replace(hour=hour, minute=minute, second=second)


def plain(text: str) -> str:
    """A word without accents, case and marks, as people compare it.

    >>> plain("Menge (gezählt)"), plain("Référence")
    ('mengegezahlt', 'reference')
    """
    import unicodedata

    decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(char for char in decomposed.casefold() if char.isalnum())


def defuse(value: Any) -> Any:
    """A text that no spreadsheet takes for a formula when it opens the file.

    >>> defuse("=cmd"), defuse("SCR"), defuse(-1)
    ("'=cmd", 'SCR', -1)
    """
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
