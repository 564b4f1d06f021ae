"""From a text to what it means: read it, look it up, and put both together."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from .meaning import Answer, Known, Match, pick, to_meaning
from .read_code import clean
from .reading import Reading
from .spellings import bare_spellings, spellings

ITEMS = ("product", "packaging")


class Embedded(NamedTuple):
    """What the company's nomenclature makes of a code that is not GS1.

    code: what to look for instead; qty: what the code says besides, in the item's unit
    """

    code: str
    qty: float | None = None


def resolve(
    text: str,
    reading: Reading,
    known: Known,
    *,
    embedded: Embedded | None = None,
    product_id: int = 0,
) -> Answer:
    """What a code means.

    :param text: as scanned
    :param reading: of the text
    :param product_id: the item that is being counted: of several meanings, its own win
    """
    plain = _look_up(text, reading, known, embedded)
    read = [] if reading.refusal else _combine(reading, known)
    meanings = _join(plain, read)
    own = [m for m in meanings if product_id and m.product_id == product_id]
    problem = None if meanings else reading.refusal
    return Answer(own or meanings, problem)


def codes_of(text: str, reading: Reading, embedded: Embedded | None) -> set[str]:
    """All texts that ``resolve`` may look for.

    >>> sorted(codes_of("x", Reading("x", sscc="106"), None))
    ['00106', '106', 'x']
    """
    found = {*plain_codes(text, reading), *([embedded.code] if embedded else ())}
    for number in (reading.gtin, reading.upc_e, reading.product):
        found.update(spellings(number) if number else ())
    found.update(package_codes(reading), location_codes(reading), lot_codes(reading))
    return found


def plain_codes(text: str, reading: Reading) -> list[str]:
    """The spellings of a text as it is, best first."""
    return list(dict.fromkeys([clean(text), *bare_spellings(reading.text)]))


def package_codes(reading: Reading) -> list[str]:
    sscc = reading.sscc
    codes = [sscc, f"00{sscc}"] if sscc else []
    return codes + [code for code in (reading.package, reading.grai) if code]


def location_codes(reading: Reading) -> list[str]:
    gln, part = reading.gln, reading.extension
    codes = [reading.location] if reading.location else []
    if gln and part:
        # The number alone is a larger place.
        return [*codes, f"414{gln}254{part}", f"{gln}.{part}", f"{gln}{part}"]
    return [*codes, gln, f"414{gln}"] if gln else codes


def lot_codes(reading: Reading) -> list[str]:
    names = (reading.serial, reading.lot, reading.giai, reading.grai)
    return [name for name in names if name]


# === LOOKING UP === #


def _first(codes: Iterable[str], known: Known) -> list[Match]:
    """What the first of these texts that anything has means."""
    return next((found for code in codes if (found := known.find(code))), [])


def _look_up(text, reading, known, embedded):
    """The records that have the text itself as their code."""
    found = _first(plain_codes(text, reading), known)
    if found or not embedded:
        return [to_meaning(match) for match in found]
    items = [m for m in known.find(embedded.code) if m.product_id]
    meanings = [to_meaning(match) for match in items or known.find(embedded.code)]
    if embedded.qty is None:
        return meanings
    return [replace(m, qty=embedded.qty, uom_id=0) for m in meanings]


def _combine(reading, known):
    """The meanings of what was read: an item, or else a package, place or lot."""
    items = _find_items(reading, known)
    if items:
        return [_complete(item, reading, known) for item in items]
    kinds = [("package", package_codes(reading))]
    if not (reading.gtin or reading.product):
        kinds += [("location", location_codes(reading)), ("lot", lot_codes(reading))]
    for kind, codes in kinds:
        for code in codes:
            found = [match for match in known.find(code) if match.kind == kind]
            if found:
                return [to_meaning(match) for match in found]
    return []


def _find_items(reading, known):
    """The items and packagings of a reading's numbers."""
    found = []
    for number in (reading.gtin, reading.upc_e, reading.product):
        groups = (
            [m for m in known.find(code) if m.kind in ITEMS]
            for code in (spellings(number) if number else ())
        )
        found += next((group for group in groups if group), [])
    return pick(found)


def _join(plain, read):
    """Both, unless they are about the same things: then what says more."""
    if not plain or not read:
        return plain or read
    if {m.target for m in plain} != {m.target for m in read}:
        return list(dict.fromkeys([*plain, *read]))
    return plain if any(m.lot_id for m in plain) else read


# === ITEMS === #


def _complete(match, reading, known):
    """An item with its lot, quantity, package and expiry date."""
    item = to_meaning(match)
    tracking = known.tracking(item.product_id)
    name = {"lot": reading.lot, "serial": reading.serial}.get(tracking)
    lot_id = known.lot_id(item.product_id, name) if name else 0
    package = next(
        (
            found.package_id
            for code in package_codes(reading)
            for found in known.find(code)
            if found.kind == "package"
        ),
        0,
    )
    item = replace(
        item,
        lot_id=lot_id,
        lot_name="" if lot_id else name or "",
        package_id=package,
        expiry=reading.expiry or reading.best_before or "",
        tag=reading.tag,
        doubts=_date_doubts(reading),
    )
    return item if tracking == "serial" else _count(item, match, reading, known)


def _date_doubts(reading):
    bad = [p.value for p in reading.problems if p.is_date]
    return tuple(("bad_date", value) for value in bad)


def _count(item, match, reading, known):
    """The item with the quantity that the code says; one that does not fit is asked."""
    if reading.count is not None and not known.is_measured(item.product_id):
        # The code of a box with the quantity 5 means five boxes.
        return replace(item, qty=reading.count * match.qty)
    for value, unit in reading.measures:
        qty = known.convert(item.product_id, value, unit)
        if qty:
            return replace(item, qty=qty, uom_id=0)
    doubts = [("bad_quantity", p.value) for p in reading.problems if p.is_quantity]
    if not doubts and reading.qty is not None:
        text = f"{reading.qty:.10g} {reading.unit or ''}".strip()
        doubts = [("measure_off", text)]
    if not doubts:
        return item
    return replace(item, qty=None, uom_id=0, doubts=(*item.doubts, *doubts))
