"""What a simulated floor talks to: something that books, counts and posts."""

from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from typing import NamedTuple

PLACES = ("A", "B")
# What the places are a part of: goods are received there and put into a place.
YARD = "yard"
# What lies in the places: an item, the lots of one, or an item loose and in packages.
BOLTS = ("bolt",)
LOTS = ("L1", "L2")
PACKS = ("loose", "P1", "P2")
STOCK = {
    ("A", "bolt"): 10,
    ("B", "bolt"): 4,
    ("A", "L1"): 10,
    ("B", "L1"): 4,
    ("A", "L2"): 5,
    ("B", "L2"): 0,
    ("A", "loose"): 6,
    ("A", "P1"): 5,
    ("B", "loose"): 4,
    ("B", "P2"): 3,
}


class Key(NamedTuple):
    """What is counted: an item (or a lot of it) in a place."""

    place: str | None
    item: str | None

    def __str__(self):
        return f"{self.item} in {self.place}"


def keys_of(items):
    """All that can be counted of these items."""
    return [Key(place, item) for place, item in STOCK if item in items]


class Piece(NamedTuple):
    """What a line of a document moves.

    :param item: None while the lot is not typed yet
    :param source: None is the world outside: a supplier
    :param target: None is the world outside: a customer
    """

    qty: int
    item: str | None
    source: str | None
    target: str | None

    def effect(self, key):
        """What it changes at a key."""
        arrives = Key(self.target, self.item) == key
        return self.qty * (arrives - (Key(self.source, self.item) == key))


class Sent(NamedTuple):
    """An entry as a device sends it; ``counted_at`` is by its own clock."""

    uuid: str
    session: int
    key: Key
    operation: str
    qty: int = 0
    counted_at: datetime | None = None
    clock: timedelta = timedelta()
    withdraws: str | None = None


class Asked(NamedTuple):
    """A document that a count asks about.

    :param lines: key → its variance now, and what would remain of that after the
        answers ``happened`` and ``not_yet``
    """

    ref: object
    lines: dict[Key, tuple[float, float, float]]


class Answer(NamedTuple):
    """What a person says of a document.

    :param parts: for ``partly``, key → how much had happened there by its count
    """

    ref: object
    answer: str
    parts: dict[Key, float] | None = None


class Backend(ABC):
    """What books, counts and posts: the rules alone, or Odoo."""

    @abstractmethod
    def now(self) -> datetime:
        """The server's time, UTC."""

    @abstractmethod
    def wait(self, duration: timedelta) -> None:
        """Let time pass."""

    @abstractmethod
    def book(self, key: Key) -> float:
        """What is booked for the key."""

    @abstractmethod
    def open_transfer(self, pieces: list[Piece]):
        """Make and reserve a transfer; return what the verbs below are given."""

    @abstractmethod
    def tick(self, ref) -> None:
        """Tick the transfer as picked."""

    @abstractmethod
    def untick(self, ref) -> None:
        """Take the tick back."""

    @abstractmethod
    def rewrite(self, ref, pieces: list[Piece]) -> None:
        """Change what an open transfer moves; a tick stays."""

    @abstractmethod
    def validate(self, ref) -> None:
        """Book the transfer."""

    @abstractmethod
    def cancel(self, ref) -> None:
        """Cancel an open transfer."""

    @abstractmethod
    def scrap(self, key: Key, qty: int) -> None:
        """Scrap goods: they go to the same place as losses do."""

    @abstractmethod
    def adjust(self, key: Key, qty: int) -> None:
        """Odoo's own inventory adjustment: the book becomes ``qty``."""

    @abstractmethod
    def record(self, entries: list[Sent]) -> None:
        """Send entries of counts; sending one twice changes nothing."""

    @abstractmethod
    def post(self, session: int) -> dict[Key, str]:
        """Post a session.

        :return: for each line that was to be posted ``posted``, ``held``,
            ``superseded`` or ``failed``
        """

    @abstractmethod
    def documents(self, session: int) -> list[Asked]:
        """The documents that the session asks about."""

    @abstractmethod
    def answer_documents(self, session: int, answers: list[Answer]) -> None:
        """Say of documents what had happened."""

    @abstractmethod
    def explained(self, session: int, key: Key) -> dict[object, float]:
        """What documents explain of a line that were answered for it, by ref."""

    @abstractmethod
    def withdraw_answer(self, session: int, ref) -> None:
        """Take back what was said of a document of the lines that are not posted."""

    @abstractmethod
    def held(self, session: int) -> list[Key]:
        """The lines that wait for a reading."""

    @abstractmethod
    def answer(self, session: int, key: Key, reading: str) -> None:
        """Read a held line: the ``transfer`` explains it, or the ``variance`` is so."""

    @abstractmethod
    def undo(self, session: int) -> list[Key]:
        """Reverse what a session posted, where no later count of the key was posted.

        :return: what was undone; these lines can be posted again
        """
