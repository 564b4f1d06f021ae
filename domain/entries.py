"""What a client may send as an entry, read without trusting any of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .codes import MAX_LENGTH, clean
from .texts import is_storable, storable

OPERATIONS = ("add", "set", "withdraw")
# Far above any bin, far below what a float of two decimals can no longer add exactly.
MAX_QUANTITY = 1_000_000_000
TEXT_LIMITS = {
    "uuid": 64,
    "lot_name": 128,
    "serial2": 128,
    "rfid": 128,
    "note": 1000,
    "device": 128,
    "barcode": MAX_LENGTH,
    "location_barcode": MAX_LENGTH,
    "withdraws": 64,
}
CODES = ("barcode", "location_barcode")
# A line counted in more parts than this is a mistake.
MAX_PARTS = 100
IDS = (
    "line_id",
    "product_id",
    "location_id",
    "lot_id",
    "package_id",
    "owner_id",
    "uom_id",
)
TIMES = ("counted_at", "sent_at")
# What a device's clock may say, however wrong it is.
YEARS = range(1970, 2100)


class Refused(ValueError):
    """An entry that cannot be recorded: ``code`` is for programs, ``params`` for
    words."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass
class Draft:
    """An entry on its way to being recorded; quantities in ``uom_id`` and product
    unit."""

    uuid: str = ""
    operation: str = "add"
    # None: as the code says.
    qty: float | None = 0.0
    line_id: int | None = None
    product_id: int | None = None
    location_id: int | None = None
    lot_id: int | None = None
    package_id: int | None = None
    owner_id: int | None = None
    uom_id: int | None = None
    # A quantity counted in parts (Option 174): (quantity, unit or None) of each.
    parts: list[tuple[float, int | None]] | None = None
    barcode: str | None = None
    location_barcode: str | None = None
    lot_name: str | None = None
    serial2: str | None = None
    rfid: str | None = None
    note: str | None = None
    device: str | None = None
    withdraws: str | None = None
    counted_at: datetime | None = None
    sent_at: datetime | None = None
    # Filled while recording
    product_qty: float = 0.0
    tracking: str = ""
    # The RFID tag that was read, if the barcode is one.
    tag: str = ""
    # Counted before a recount of its line was asked for: evidence of the earlier round.
    earlier: bool = False
    status: str = ""
    code: str = ""
    params: dict | None = None
    # The entry of the same call that has the same uuid.
    twin: "Draft | None" = None

    @property
    def key(self) -> tuple:
        """The natural key, 0 and "" standing for none as in the unique index."""
        return (
            self.product_id or 0,
            self.location_id or 0,
            self.lot_id or 0,
            self.lot_name or "",
            self.package_id or 0,
            self.owner_id or 0,
        )

    def refuse(self, code: str, **params: Any) -> None:
        """Give the entry up, with the reason."""
        self.status, self.code = "refused", code
        # They were sent by a client, and come back in the answer.
        self.params = {name: storable(value) for name, value in params.items()}


def read_entry(raw: Any) -> Draft:
    """Read one entry as a client sent it; a draft that is refused says why.

    >>> read_entry({"uuid": "a", "qty": 3}).qty
    3.0
    >>> read_entry({"uuid": "a", "qty": "many"}).code
    'not_a_number'
    >>> read_entry({"uuid": "a", "qty": 1e300}).code
    'too_large'
    >>> read_entry({"uuid": "a", "qty": -1}).code
    'negative'
    """
    draft = Draft()
    if not isinstance(raw, Mapping):
        draft.refuse("not_an_object")
        return draft
    if isinstance(raw.get("uuid"), str):
        draft.uuid = storable(raw["uuid"][: TEXT_LIMITS["uuid"]])
    try:
        vars(draft).update(_fields(raw))
    except Refused as refusal:
        draft.refuse(refusal.code, **refusal.params)
    return draft


def _fields(raw: Mapping) -> dict[str, Any]:
    # An entry has a few of the many fields; a draft has the others empty anyway.
    values: dict[str, Any] = {
        name: READERS[name](raw, name) for name in raw if name in READERS
    }
    if not values.get("uuid"):
        raise Refused("no_uuid")
    operation = raw.get("operation") or "add"
    if operation not in OPERATIONS:
        raise Refused("unknown_operation", value=str(operation)[:40])
    values["operation"] = operation
    if operation == "withdraw":
        if not values.get("withdraws"):
            raise Refused("names_no_entry")
    elif raw.get("parts"):
        values["parts"] = _parts(raw["parts"])
    elif raw.get("qty") is None and values.get("barcode"):
        values["qty"] = None
    else:
        values["qty"] = _quantity(raw.get("qty"))
    return values


def _parts(value: Any) -> list[tuple[float, int | None]]:
    """The parts of a quantity; what they add up to depends on the product's unit.

    >>> _parts([{"qty": 2, "uom_id": 7}, {"qty": 3}])
    [(2.0, 7), (3.0, None)]
    """
    if not isinstance(value, list) or len(value) > MAX_PARTS:
        raise Refused("bad_parts", limit=MAX_PARTS)
    if not all(isinstance(part, Mapping) for part in value):
        raise Refused("bad_parts", limit=MAX_PARTS)
    return [(_quantity(part.get("qty")), read_id(part, "uom_id")) for part in value]


def read_text(raw: Mapping, name: str) -> str | None:
    value = raw.get(name)
    if value is None or value is False or value == "":
        return None
    if not isinstance(value, str):
        raise Refused("not_a_text", field=name)
    # A code may have separators, and what its scanner adds.
    is_code = name in CODES
    value = value if is_code else value.strip()
    if len(value) > TEXT_LIMITS[name]:
        raise Refused("too_long", field=name, limit=TEXT_LIMITS[name])
    if is_code:
        value = _clean_code(value, name)
    # No serial number and no name has a line break, or nobody could scan it.
    marks = "\x1d" if is_code else "\n\t" if name == "note" else ""
    if has_unprintable(value, marks):
        raise Refused("control_characters", field=name)
    return value or None


def _clean_code(value: str, name: str) -> str:
    """A code without what its scanner adds around it. Characters that no code has, in
    the middle or alone, leave open which code was meant."""
    code = clean(value)
    if not code or not is_storable(value.strip("\0")):
        raise Refused("control_characters", field=name)
    return code


def has_unprintable(text: str, allowed: str = "") -> bool:
    """Whether a text has characters that cannot be printed, besides those allowed.

    >>> has_unprintable("a\\tb"), has_unprintable("a\\tb", "\\t"), has_unprintable("ä")
    (True, False, False)
    """
    return not text.isprintable() and any(
        _is_unprintable(char) for char in text if char not in allowed
    )


def _is_unprintable(char: str) -> bool:
    """Whether it is a control character, or half of a character.

    >>> [_is_unprintable(char) for char in ("a", "\\0", "\\ud800", "\\n")]
    [False, True, True, True]
    """
    return char < " " or "\ud800" <= char <= "\udfff"


def read_id(raw: Mapping, name: str) -> int | None:
    value = raw.get(name)
    if value is None or value is False:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**31:
        raise Refused("not_an_id", field=name)
    return value


def _quantity(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("not_a_number", value=str(value)[:40])
    # A whole number of any length is finite, and too long to ask whether it is.
    if isinstance(value, float) and not math.isfinite(value):
        raise Refused("not_a_number", value=str(value))
    if value < 0:
        raise Refused("negative", value=max(value, -MAX_QUANTITY))
    if value > MAX_QUANTITY:
        raise Refused("too_large", limit=MAX_QUANTITY)
    return float(value)


def read_time(raw: Mapping, name: str) -> datetime | None:
    value = raw.get(name)
    if not value:
        return None
    try:
        if not isinstance(value, datetime):
            value = datetime.fromisoformat(value)
        if value.tzinfo:
            value = value.astimezone(UTC).replace(tzinfo=None)
        if value.year not in YEARS:
            raise ValueError("no clock shows this year")
    except (TypeError, ValueError, OverflowError) as error:
        raise Refused("not_a_time", field=name, value=str(value)[:40]) from error
    return value


# How each field is read; the quantity and its parts depend on the operation.
READERS = {
    **dict.fromkeys(TEXT_LIMITS, read_text),
    **dict.fromkeys(IDS, read_id),
    **dict.fromkeys(TIMES, read_time),
}


def serial_refusal(total: float) -> str | None:
    """Why a serial number cannot have been found this many times, None if it can.

    >>> serial_refusal(1.0), serial_refusal(2.0)
    (None, 'serial_quantity')
    """
    return None if total in (0.0, 1.0) else "serial_quantity"


def is_finer_than(quantity: float, digits: int) -> bool:
    """Whether a quantity has more decimals than its unit allows.

    >>> is_finer_than(1.25, 2), is_finer_than(1.255, 2)
    (False, True)
    """
    return not math.isclose(round(quantity, digits), quantity, rel_tol=0, abs_tol=1e-9)
