"""Which column of a table means what, by the headings over it and the values below."""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from .book import Row, Unreadable, Value
from .cells import NUMBER, SPACES, plain
from .headings import FIELDS
from .meaning import (
    BOOK,
    COUNTED,
    EXACT,
    NOTHING,
    PACKS,
    QUANTITY,
    STOCK,
    Meaning,
    describe,
)
from .units import is_unit

REQUIRED = ("warehouse", "item", "units")
# The columns that our own files of problems have beside the table.
OURS = {"status", "problem", "suggestion"}
# A header stands in one of these rows.
HEAD_ROWS = 25
# So many of their cells are looked at: more are made to take time.
HEAD_CELLS = 2_500
ALIKE = 0.86
# Two of these are a question; of two notes or dates the first is taken.
ASKED = ("item", "location", "serial", "lot", "uom")
# A number or barcode of an item, no noun that a name could have as well.
SURE_ITEM = 4
TECHNICAL = re.compile(r"[a-z][a-z0-9_./:]*")

Own = dict[str, Iterable[str]]
Samples = Sequence[Sequence[Value]]


class Header(NamedTuple):
    """Where the table begins: the number of the row, 0 for none, and its words."""

    number: int
    names: list[str]


class Columns(NamedTuple):
    """The field of each column, None where it has none; and by field the columns of
    which somebody has to choose one."""

    fields: list[str | None]
    doubts: dict[str, list[int]]


def match(names: Sequence[str], own: Own | None = None) -> list:
    """The field that each heading means, None where it means none; each field once.

    :param own: further words of a field, such as their translations

    >>> match(["Artikelnummer", "Lagerplatz", "Menge", "Colour"])
    ['item', 'location', 'units', None]
    """
    return read_headings(names, own).fields


def read_headings(
    names: Sequence[str],
    own: Own | None = None,
    samples: Samples | None = None,
    places: Iterable[str] = (),
) -> Columns:
    """What the columns mean, and where that is a question.

    :param own: further words of a field, such as their translations
    :param samples: the first values of each column, where they are known
    :param places: headings that name a place: what is below them is a quantity there

    >>> read_headings(["SKU", "Qty", "Quantity"]).doubts
    {'units': [1, 2]}
    """
    meanings = [_mean(name, own or {}, set(places)) for name in names]
    if samples is not None:
        meanings = _weigh(meanings, samples)
    else:
        meanings = _settle_sessions(meanings)
    columns = Columns([None] * len(names), {})
    _choose_units(meanings, columns)
    _choose_places(meanings, columns)
    _choose_lots(meanings, columns)
    for field in FIELDS:
        if field not in ("units", "location", "warehouse", "serial", "lot"):
            _choose(field, _best(meanings, field), columns)
    return columns


# === EACH HEADING === #


def _mean(name: str, own: Own, places: set[str]) -> Meaning:
    if plain(name) in OURS:
        return NOTHING
    if name in places:
        return Meaning("units", QUANTITY)
    meaning = describe(name)
    field = _own_field(name, own)
    if field and meaning.field not in (field, "lot"):
        return Meaning(field, {"units": QUANTITY, "location": 2}.get(field, 1))
    return meaning if meaning != NOTHING else _misspelt(plain(name))


def _own_field(name: str, own: Own) -> str:
    word = plain(name)
    found = (f for f, words in own.items() if word in map(plain, words))
    return next(found, "") if word else ""


@lru_cache(maxsize=4096)
def _misspelt(name: str) -> Meaning:
    """What the heading means that is nearly this one."""
    if len(name) < 5:
        return NOTHING
    words = ((_alike(name, word), word) for known in EXACT.values() for word in known)
    likeness, word = max(words)
    if likeness < ALIKE:
        return NOTHING
    meaning = describe(word)
    return meaning._replace(rank=meaning.rank + 0.5)


def _alike(name: str, word: str) -> float:
    if abs(len(name) - len(word)) > 3 or len(word) < 5:
        return 0.0
    return SequenceMatcher(None, name, word).ratio()


# === THE VALUES BELOW === #


def _weigh(meanings: list[Meaning], samples: Samples) -> list[Meaning]:
    """What the values say of the headings."""
    weighed = [
        _weigh_one(meaning, _filled(values))
        for meaning, values in zip(meanings, samples, strict=True)
    ]
    numeric = [
        bool(m.field == "units" and m.rank <= STOCK and _has_numbers(_filled(v)))
        for m, v in zip(weighed, samples, strict=True)
    ]
    if not any(numeric):
        return weighed
    # Counted: yes. Beside a column of numbers that is no quantity.
    return [
        NOTHING if m.field == "units" and not n and _filled(v) else m
        for m, n, v in zip(weighed, numeric, samples, strict=True)
    ]


def _filled(values: Sequence[Value]) -> list[Value]:
    return [value for value in values if value not in (None, "")]


def _weigh_one(meaning: Meaning, values: list[Value]) -> Meaning:
    if not values:
        return meaning
    numeric = _has_numbers(values)
    if meaning.or_session:
        return meaning if numeric else Meaning("session", 1)
    if meaning.field == "uom" and numeric:
        return NOTHING
    if meaning == NOTHING or (meaning.field == "units" and meaning.rank == QUANTITY):
        # A unit says so wherever it stands; SKU; Qty; Units: pcs.
        return Meaning("uom", 3) if all(map(is_unit, values)) else meaning
    return meaning


def _has_numbers(values: Iterable[Value]) -> bool:
    return any(map(is_number, values))


def is_number(value: Value) -> bool:
    """Whether a cell holds a number, also as text.

    >>> is_number(5), is_number("1.234,5"), is_number("A5"), is_number(True)
    (True, True, False, False)
    """
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return True
    return isinstance(value, str) and bool(NUMBER.fullmatch(value.translate(SPACES)))


def _settle_sessions(meanings: list[Meaning]) -> list[Meaning]:
    """Where no value is known, an inventory beside what was counted is its name."""
    best = min((m.rank for m in meanings if m.field == "units"), default=0)
    return [
        Meaning("session", 1) if m.or_session and m.rank > best else m for m in meanings
    ]


# === ONE COLUMN OF EACH FIELD === #


def _best(meanings: list[Meaning], *fields: str) -> list[int]:
    """The columns that mean one of these fields most surely."""
    found = [(m.rank, i) for i, m in enumerate(meanings) if m.field in fields]
    best = min(found, default=(0, 0))[0]
    return [i for rank, i in found if rank == best]


def _choose(field: str, options: list[int], columns: Columns) -> None:
    if len(options) > 1 and field in ASKED:
        columns.doubts[field] = options
    elif options:
        columns.fields[options[0]] = field


def _choose_units(meanings: list[Meaning], columns: Columns) -> None:
    """What was counted, else a quantity of no kind, else what lies in stock; never
    what the book says, and no packs of an unknown size unless somebody says so."""
    options = _best(meanings, "units")
    rank = meanings[options[0]].rank if options else BOOK
    beside = {QUANTITY: (PACKS,), STOCK: (BOOK,)}.get(int(rank), ())
    options += [
        i for i, m in enumerate(meanings) if m.field == "units" and m.rank in beside
    ]
    if rank >= BOOK:
        return
    if len(options) > 1 or rank == PACKS:
        columns.doubts["units"] = sorted(options)
    else:
        columns.fields[options[0]] = "units"


def _choose_places(meanings: list[Meaning], columns: Columns) -> None:
    """Where something lies. A system that has bins calls its warehouses locations."""
    options = _best(meanings, "location")
    warehouses = _best(meanings, "warehouse")
    wider = [i for i, m in enumerate(meanings) if m.field == "location" and m.rank >= 2]
    if not warehouses and options and meanings[options[0]].rank < 2:
        warehouses = wider
    _choose("location", options, columns)
    _choose("warehouse", warehouses, columns)


def _choose_lots(meanings: list[Meaning], columns: Columns) -> None:
    """Serials and lots in two columns are two fields, in one column they are one."""
    serials, lots = _best(meanings, "serial"), _best(meanings, "lot")
    _choose("serial", serials or lots, columns)
    if serials:
        _choose("lot", lots, columns)


# === THE HEADING === #


def find_header(rows: Iterable[Row], own: Own | None = None) -> Header:
    """The row whose cells are headings; a table may have a title above them.

    :raise Unreadable: where two rows below each other are headings
    """
    first = _first_rows(rows)
    known = [(_known(row, own or {}), row) for row in first]
    best, row = max(known, key=lambda pair: len(pair[0]), default=(set(), None))
    if not row or not _is_heading(best, row, first):
        return Header(0, [])
    _refuse_second(row, first, own or {})
    below = next((r for r in first if r.number == row.number + 1), None)
    above = next((r for r in first if r.number == row.number - 1), None)
    if below and (_is_technical(below) or _is_under(row, below)):
        return Header(below.number, heading_names(below.values, row))
    return Header(row.number, heading_names(row.values, above))


def _first_rows(rows: Iterable[Row]) -> list[Row]:
    first, cells = [], 0
    for _i, row in zip(range(HEAD_ROWS), rows, strict=False):
        first.append(row)
        cells += len(row.values)
        if cells > HEAD_CELLS:
            break
    return first


def _is_heading(fields: set[str], row: Row, rows: list[Row]) -> bool:
    """Whether a row is one by what it says, or by one word and the numbers below: a
    list of scans has one heading, and a column may be called like a shop."""
    if len(fields) >= 2 or row is not rows[0] or len(rows) < 2:
        return len(fields) >= 2
    meanings = [describe(name) for name in heading_names(row.values)]
    is_named = any(m.field == "item" and m.rank <= SURE_ITEM for m in meanings)
    has_numbers = any(map(is_number, rows[1].values))
    return is_named and (has_numbers or len(row.values) == 1)


def _refuse_second(row: Row, rows: list[Row], own: Own) -> None:
    """A row of the table may be of warehouse WH, at Stock, in Units: words that are
    headings, too. Only the item is hardly ever called Item."""
    for other in rows:
        fields = _known_exactly(other, own)
        is_copy = heading_names(other.values) == heading_names(row.values)
        is_part = abs(other.number - row.number) == 1 and (
            _is_technical(other) or _is_technical(row)
        )
        is_heading = len(fields) >= 2 and "item" in fields
        if is_heading and other is not row and not is_copy and not is_part:
            one, two = sorted((row.number, other.number))
            raise Unreadable("two_headers", first=one, second=two)


def _is_technical(row: Row) -> bool:
    """Names of a program below headings for people.

    >>> _is_technical(Row(3, ["item_code", "qty"])), _is_technical(Row(3, ["a", "b"]))
    (True, False)
    """
    texts = [str(value) for value in row.values if value not in (None, "")]
    return all(map(TECHNICAL.fullmatch, texts)) and any("_" in text for text in texts)


def _is_under(row: Row, below: Row) -> bool:
    """Whether a heading goes on in the next row: Quantity over Booked and Counted."""
    names, more = heading_names(row.values), heading_names(below.values)
    filled = [name for name in more if name]
    if not all(map(_may_be_heading, below.values)) or not filled:
        return False
    items = [i for i, name in enumerate(names) if describe(name).field == "item"]
    is_row = any(i < len(more) and more[i] for i in items)
    return not is_row and all(describe(name) != NOTHING for name in filled)


def heading_names(values: Sequence[Value], above: Row | None = None) -> list[str]:
    """The headings as texts, marks of required columns taken off.

    :param above: the row above, which may have headings over several columns

    >>> heading_names([None, "Booked", "Counted"], Row(1, ["Item", "Quantity"]))
    ['Item', 'Quantity Booked', 'Quantity Counted']
    """
    names = [str("" if v is None else v).strip().strip("*").strip() for v in values]
    over = heading_names(above.values) if above else []
    lower = Row(above.number + 1, list(values)) if above else None
    if not above or not (_is_under(above, lower) or _are_groups(over, names)):
        return names
    return _join(over, names)


def _are_groups(over: list[str], names: list[str]) -> bool:
    """Whether a row above the headings says which quantities they are: Booked over
    Qty and Value, Counted over Qty and Value."""
    filled = [name for name in over if name]
    kinds = [describe(name).field for name in filled]
    doubled = len({n for n in names if n}) < len([n for n in names if n])
    return doubled and len(filled) > 1 and set(kinds) <= {"units"}


def _join(over: list[str], names: list[str]) -> list[str]:
    width, last, joined = max(len(over), len(names)), "", []
    for i in range(width):
        upper = over[i] if i < len(over) else ""
        lower = names[i] if i < len(names) else ""
        last = upper or (last if lower else "")
        joined.append(f"{last} {lower}".strip())
    return joined


def _known(row: Row, own: Own) -> set[str]:
    """The fields of which a row has headings; none where a cell cannot be one."""
    if not all(map(_may_be_heading, row.values)):
        return set()
    meanings = (_known_meaning(name, own) for name in heading_names(row.values))
    return {m.field for m in meanings if m.field in FIELDS}


def _known_meaning(name: str, own: Own) -> Meaning:
    field = _own_field(name, own)
    return Meaning(field, COUNTED) if field else describe(name)


def _known_exactly(row: Row, own: Own) -> set[str]:
    if not all(map(_may_be_heading, row.values)):
        return set()
    names = {plain(name) for name in heading_names(row.values)} - {""}
    exact = {f for f in FIELDS if not names.isdisjoint(EXACT[f])}
    return exact | {_own_field(name, own) for name in names} - {""}


def _may_be_heading(value: Value) -> bool:
    """Neither a number nor a date, nor a number that was written as text.

    >>> _may_be_heading("Units"), _may_be_heading("1,5"), _may_be_heading(5)
    (True, False, False)
    """
    if value is None:
        return True
    return isinstance(value, str) and not NUMBER.fullmatch(value.translate(SPACES))
