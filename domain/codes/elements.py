"""What elements mean: pairs of an application identifier and a value."""

from collections.abc import Callable, Iterable, Mapping

from .dates import read_day
from .gtin import LENGTHS, is_checked, is_digits
from .identifiers import IDENTIFIERS, Identifier
from .reading import Problem, Reading

DAYS = ("expiry", "best_before", "sell_by", "production", "packed")
# What is asked for where a code says it twice, differently.
CONTRADICTIONS = {**dict.fromkeys(DAYS, "bad_date"), "count": "bad_quantity"}
# What proves, by its check digit, that digits are an element string.
PROOFS = ("sscc", "gtin", "content", "place", "grai", "itip")


def interpret(
    reading: Reading,
    elements: Iterable[tuple[str, str]],
    year: int,
    uses: Mapping[str, str],
) -> None:
    """Write into a reading what its elements say.

    :param year: of today, for years of two digits
    :param uses: by identifier that the company's nomenclature uses in its own way,
        which attribute of the reading it is
    """
    contents = []
    for ai, value in elements:
        known = IDENTIFIERS[ai]
        if ai in uses:
            _take(reading, uses[ai], value, ai)
        elif known.kind in DAYS:
            _take_day(reading, known, value, year)
        elif known.kind == "content":
            contents.append((known, value))
        elif read := READERS.get(known.kind):
            read(reading, known, value)
    for known, value in contents:
        # With an item of its own, a code does not count what is in it.
        if not reading.gtin:
            _take_gtin(reading, known, value)
    _forget_doubtful(reading)


def _forget_doubtful(reading: Reading) -> None:
    """Of two days or counts that differ, none is taken."""
    for problem in reading.problems:
        kind = IDENTIFIERS[problem.ai].kind if problem.ai else ""
        if CONTRADICTIONS.get(kind) == problem.code:
            setattr(reading, kind, None)
        elif kind == "measure":
            unit = IDENTIFIERS[problem.ai].unit
            reading.measures = [m for m in reading.measures if m[1] != unit]


def is_proven(elements: Iterable[tuple[str, str]]) -> bool:
    """Whether a check digit proves that digits are an element string.

    >>> is_proven([("10", "L1")]), is_proven([("10", "L1"), ("01", "09506000134352")])
    (False, True)
    """
    return any(_is_proof(IDENTIFIERS[ai], value) for ai, value in elements)


def _is_proof(known: Identifier, value: str) -> bool:
    if known.kind not in PROOFS or len(value) < known.shortest:
        return False
    return is_checked(value[:14] if known.kind in ("grai", "itip") else value)


def _take(reading: Reading, name: str, value: object, ai: str) -> None:
    """Set an attribute, unless the code contradicts itself."""
    known = getattr(reading, name)
    if known is None:
        setattr(reading, name, value)
    elif known != value:
        code = CONTRADICTIONS.get(name, "contradiction")
        reading.problems.append(Problem(code, ai, str(value)))


def _take_day(reading: Reading, known: Identifier, value: str, year: int) -> None:
    # Of a time, the day; it may not be 00.
    is_day = len(value) == known.longest and is_digits(value)
    if known.longest > 6 and value[4:6] == "00":
        is_day = False
    day = read_day(value[:6], year) if is_day else None
    if day:
        _take(reading, known.kind, day, known.ai)
    else:
        reading.problems.append(Problem("bad_date", known.ai, value))


def _take_number(name: str) -> Callable[[Reading, Identifier, str], None]:
    """Reads a number with a check digit and a fixed length."""

    def take(reading: Reading, known: Identifier, value: str) -> None:
        if len(value) == known.longest and is_checked(value):
            _take(reading, name, value, known.ai)
        else:
            reading.problems.append(Problem("check_digit", known.ai, value))

    return take


def _take_gtin(reading: Reading, known: Identifier, value: str) -> None:
    # A Digital Link may write it without leading zeros.
    if len(value) in LENGTHS and is_checked(value):
        _take(reading, "gtin", value.rjust(14, "0"), known.ai)
    else:
        reading.problems.append(Problem("check_digit", known.ai, value))


def _take_itip(reading: Reading, known: Identifier, value: str) -> None:
    # A piece of an item: its item, which piece of how many.
    _take_gtin(reading, known, value[:14])


def _take_text(reading: Reading, known: Identifier, value: str) -> None:
    if known.shortest <= len(value) <= known.longest:
        _take(reading, known.kind, value, known.ai)
    else:
        code = "too_long" if value else "empty"
        reading.problems.append(Problem(code, known.ai, value))


def _take_count(reading: Reading, known: Identifier, value: str) -> None:
    if not is_digits(value) or len(value) > known.longest:
        reading.problems.append(Problem("bad_quantity", known.ai, value))
    elif int(value):
        _take(reading, "count", int(value), known.ai)


def _take_measure(reading: Reading, known: Identifier, value: str) -> None:
    if len(value) != known.longest or not is_digits(value):
        reading.problems.append(Problem("bad_quantity", known.ai, value))
    elif int(value):
        measure = (int(value) / 10**known.decimals, known.unit or "")
        if any(measure[1] == unit for _value, unit in reading.measures):
            if measure not in reading.measures:
                reading.problems.append(Problem("bad_quantity", known.ai, value))
        else:
            reading.measures.append(measure)


READERS: dict[str, Callable[[Reading, Identifier, str], None]] = {
    "sscc": _take_number("sscc"),
    "place": _take_number("gln"),
    "gtin": _take_gtin,
    "itip": _take_itip,
    "lot": _take_text,
    "serial": _take_text,
    "extension": _take_text,
    "grai": _take_text,
    "giai": _take_text,
    "count": _take_count,
    "measure": _take_measure,
}
