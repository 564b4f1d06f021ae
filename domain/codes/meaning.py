"""What a code means among the records that are known."""

from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from .reading import Problem


class Match(NamedTuple):
    """A record that has a text as its code.

    kind: ``product``, ``packaging``, ``lot``, ``location`` or ``package``
    """

    kind: str
    product_id: int = 0
    # Of a packaging: its unit, of which one scan is so many.
    uom_id: int = 0
    qty: float = 1.0
    lot_id: int = 0
    location_id: int = 0
    package_id: int = 0
    # An item ID, or the name of a place: it counts only if nothing else has the code.
    is_name: bool = False


@dataclass(frozen=True)
class Meaning:
    """One thing that a code may mean; 0 and "" stand for none.

    kind: ``item``, ``location`` or ``package``
    """

    kind: str
    product_id: int = 0
    lot_id: int = 0
    # Of a lot that is not known yet.
    lot_name: str = ""
    location_id: int = 0
    # Of an item: where it lies.
    package_id: int = 0
    # The unit of ``qty`` and of one scan; 0 for the item's own.
    uom_id: int = 0
    # How many the code says there are, None if it does not say.
    qty: float | None = None
    # 2027-12-31
    expiry: str = ""
    # The RFID tag that says so: one piece, however often it is read.
    tag: str = ""
    # What has to be asked: ``measure_off`` (the quantity does not fit the item's unit),
    # ``bad_quantity`` and ``bad_date``, each with the value as the code has it.
    doubts: tuple[tuple[str, str], ...] = ()

    @property
    def target(self) -> tuple[int, ...]:
        """What it is about, whatever else it says."""
        if self.kind == "item":
            return (self.product_id, 0, 0)
        return (0, self.location_id, self.package_id)


@dataclass
class Answer:
    """All meanings of a code: none, one, or several that somebody has to choose from.

    ``problem`` says why a code that is none must not be used, if that is known.
    """

    meanings: list[Meaning] = field(default_factory=list)
    problem: Problem | None = None

    @property
    def kind(self) -> str:
        """``none``, ``refused``, ``several``, or the kind of the one meaning.

        >>> Answer([Meaning("location", location_id=8)]).kind, Answer().kind
        ('location', 'none')
        """
        if len(self.meanings) > 1:
            return "several"
        if self.meanings:
            return self.meanings[0].kind
        return "refused" if self.problem else "none"


class Known(Protocol):
    """The records among which a code is looked for."""

    def find(self, code: str) -> list[Match]:
        """All that has this code; case does not matter if nothing has it exactly."""

    def tracking(self, product_id: int) -> str:
        """``none``, ``lot`` or ``serial``."""

    def lot_id(self, product_id: int, name: str) -> int:
        """The lot of an item with this name, 0 for none."""

    def convert(self, product_id: int, value: float, unit: str) -> float | None:
        """A measure in the item's unit, None where it is of another kind."""

    def is_measured(self, product_id: int) -> bool:
        """Whether the item's unit is a weight, length, area or volume."""


def pick(matches: list[Match]) -> list[Match]:
    """Matches without duplicates, and without names of what something else has as code.

    >>> lot, name = Match("lot", lot_id=7), Match("product", 3, is_name=True)
    >>> pick([name, lot, lot]) == [lot]
    True
    """
    kinds = {match.kind for match in matches if not match.is_name}
    kept = [m for m in matches if not m.is_name or kinds <= {m.kind}]
    return list({match._replace(is_name=False): match for match in kept}.values())


def to_meaning(match: Match) -> Meaning:
    """The meaning of a record that has the code."""
    if match.kind == "location":
        return Meaning("location", location_id=match.location_id)
    if match.kind == "package":
        return Meaning("package", package_id=match.package_id)
    item = Meaning("item", match.product_id, lot_id=match.lot_id)
    if match.kind == "packaging":
        item = replace(item, uom_id=match.uom_id, qty=match.qty)
    return item
