"""What a code says."""

from dataclasses import dataclass, field
from typing import NamedTuple


class Problem(NamedTuple):
    """What is wrong with a value of a code.

    code: ``check_digit`` (a digit was misread), ``too_long`` (a separator is missing),
    ``empty``, ``contradiction`` (said twice, differently), ``compressed`` (a compressed
    Digital Link), ``bad_date`` (no day, or two different ones), ``bad_quantity`` (no
    number, or two different ones).
    """

    code: str
    ai: str = ""
    value: str = ""

    @property
    def is_date(self) -> bool:
        return self.code == "bad_date"

    @property
    def is_quantity(self) -> bool:
        return self.code == "bad_quantity"

    @property
    def is_serious(self) -> bool:
        """Whether the code must not be used, as it might mean another thing. A day or
        quantity that cannot be read is asked for."""
        return not (self.is_date or self.is_quantity)


@dataclass
class Reading:
    """What a code says; None for what it does not say.

    form: ``plain`` (nothing but a text), ``gtin``, ``sscc``, ``elements`` (GS1 element
    string), ``digital_link`` or ``epc``.
    """

    text: str
    form: str = "plain"
    # 14 digits: the item, or what a pallet contains.
    gtin: str | None = None
    # What eight digits mean as UPC-E, if they can be an EAN-8, too.
    upc_e: str | None = None
    lot: str | None = None
    serial: str | None = None
    # 18 digits: a pallet or parcel.
    sscc: str | None = None
    # 13 digits: a place, and which part of it.
    gln: str | None = None
    extension: str | None = None
    # Returnable and other assets, with their serial number.
    grai: str | None = None
    giai: str | None = None
    # Days as 2027-12-31.
    expiry: str | None = None
    best_before: str | None = None
    sell_by: str | None = None
    production: str | None = None
    packed: str | None = None
    # Pieces.
    count: int | None = None
    # Quantities with their units (``kg``, ``lb``, ``l``, …), in the code's order.
    measures: list[tuple[float, str]] = field(default_factory=list)
    # What identifiers mean that the company's nomenclature uses in its own way.
    product: str | None = None
    package: str | None = None
    location: str | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def qty(self) -> float | None:
        """Pieces if the code counts them, or else the first measure.

        >>> Reading("", measures=[(1.5, "kg")]).qty
        1.5
        >>> Reading("", measures=[(1.5, "kg")], count=12).qty
        12
        """
        if self.count is not None:
            return self.count
        return self.measures[0][0] if self.measures else None

    @property
    def unit(self) -> str | None:
        """The unit of ``qty``, None for pieces."""
        if self.count is not None or not self.measures:
            return None
        return self.measures[0][1]

    @property
    def tag(self) -> str:
        """The one thing that an RFID tag names, "" for any other code.

        >>> Reading("30…", "epc", gtin="80614141123458", serial="6789").tag
        '(01)80614141123458(21)6789'
        """
        if self.form != "epc" or not (self.gtin and self.serial):
            return ""
        return f"(01){self.gtin}(21){self.serial}"

    @property
    def refusal(self) -> Problem | None:
        """The problem for which the whole code must not be used."""
        return next((p for p in self.problems if p.is_serious), None)
