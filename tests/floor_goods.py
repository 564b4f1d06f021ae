"""Goods and papers of a simulated floor, and what people saw of them."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from .floor_backend import Key, Piece


@dataclass(eq=False)
class Goods:
    """Pieces that are moved together. What a supplier brings is taken already.

    Where they are taken from and put into is what people do, not what the paper says.
    """

    qty: int
    item: str
    source: str | None
    target: str | None
    taken: bool = False
    put: bool = False

    def split(self, qty):
        """Part with some of the pieces."""
        self.qty -= qty
        return Goods(qty, self.item, self.source, self.target, self.taken, self.put)

    def moved(self, key):
        """What they have done to the floor at a key so far."""
        arrived = self.put and Key(self.target, self.item) == key
        left = self.taken and Key(self.source, self.item) == key
        return self.qty * (arrived - left)


@dataclass(eq=False)
class Transfer:
    """A transfer as the floor knows it: what was done, and what its paper says."""

    name: str
    goods: list[Goods]
    paper: list[Piece]
    ref: object = None
    opened_at: datetime | None = None
    done_at: datetime | None = None
    gone_at: datetime | None = None
    ticked: bool = False
    # How many lines the transfer's history amounts to: its present and its former
    # selves.
    lines: int = 1
    # When its goods were put back, or became more, and its paper did not.
    changed_moment: int = -1

    def __str__(self):
        parts = (
            f"{piece.qty} {piece.item or 'of some lot'} from"
            f" {piece.source or 'supplier'} to {piece.target or 'customer'}"
            for piece in self.paper
        )
        return f"{self.name} ({', '.join(parts)})"

    @property
    def is_open(self):
        return bool(self.opened_at and not self.done_at and not self.gone_at)

    @property
    def is_pending(self):
        """Whether the paper can still be put right."""
        return not self.done_at and not self.gone_at

    @property
    def has_happened(self):
        """Whether all of the goods are where they should be."""
        return all(
            goods.taken and (goods.put or not goods.target) for goods in self.goods
        )

    @property
    def is_from_outside(self):
        return any(goods.source is None for goods in self.goods)

    def plan(self):
        """What the paper has to say in the end."""
        quantities = Counter()
        for goods in self.goods:
            quantities[goods.item, goods.source, goods.target] += goods.qty
        return [Piece(qty, *ends) for ends, qty in quantities.items()]

    def moved(self, key):
        """What it has done to the floor at the key so far."""
        return sum(goods.moved(key) for goods in self.goods)

    def assumed(self, key):
        """What a count expects of it because it is ticked: that goods have left."""
        if not self.is_open or not self.ticked:
            return 0
        return -sum(p.qty for p in self.paper if Key(p.source, p.item) == key)

    def told(self, key):
        """What the book or a tick says that it has done at the key."""
        if self.done_at:
            return sum(piece.effect(key) for piece in self.paper)
        return self.assumed(key)

    def ahead(self, key):
        """How much of it the floor is ahead of book and ticks at the key."""
        return self.moved(key) - self.told(key)

    def own(self, key):
        """What the paper does to the key itself."""
        return sum(piece.effect(key) for piece in self.paper)

    def doubt(self, key):
        """What somebody who counts the key now has to know of it, None if nothing."""
        doubt = Doubt(
            moved=self.moved(key),
            assumed=self.assumed(key),
            ahead=self.ahead(key),
            own=self.own(key),
            around=self.could_be_here(key) if self.is_open else frozenset(),
        )
        return doubt if any(doubt) else None

    def could_be_here(self, key):
        """In which directions it could have moved goods here, though its paper has them
        elsewhere; but nothing is put where it was taken.

        :return: set of -1 and 1
        """
        return frozenset(
            sign
            for piece in self.paper
            for place, other, sign in (
                (piece.source, piece.target, -1),
                (piece.target, piece.source, 1),
            )
            if place and other != key.place and Key(place, piece.item) != key
        )


class Doubt(NamedTuple):
    """What a transfer had to do with a count of a key.

    :param moved: what it had done to the floor there
    :param assumed: what the count expected of it, because it was ticked
    :param ahead: how far its goods were ahead of what book and ticks said
    :param own: what its paper did to the key
    :param around: in which directions it could have been here, though its paper was
        elsewhere
    """

    moved: int = 0
    assumed: int = 0
    ahead: int = 0
    own: int = 0
    around: frozenset = frozenset()

    def is_whole(self):
        """Whether the paper is wrong about all of the transfer, not about a part."""
        return abs(self.ahead) == abs(self.own)

    def ways(self, own):
        """In which directions the paper could explain a variance.

        :param own: what the paper does to the key now
        """
        effects = (own - self.assumed, self.own - self.assumed, -self.assumed)
        return {1 if effect > 0 else -1 for effect in effects if effect}


@dataclass(frozen=True)
class Sighting:
    """The truth about a key at one moment.

    :param doubts: transfer → what it had to do with the key
    """

    moment: int
    at: datetime
    floor: int
    lost: int
    doubts: dict


@dataclass(eq=False)
class Seen:
    """An entry as the floor knows it."""

    uuid: str
    operation: str
    qty: int
    sighting: Sighting
    device: str
    arrived: bool = False
    withdrawn: bool = False


@dataclass(eq=False)
class Tally:
    """A line of a session as the floor knows it."""

    seen: list[Seen] = field(default_factory=list)
    posted_moment: int | None = None
    posted_qty: float = 0
    # How a person read the line when it was held; None without a reading.
    reading: str | None = None
    # Whether it was held since it was counted last.
    is_held: bool = False

    def live(self):
        """What the server knows of, in the order in which it was really counted."""
        return [seen for seen in self.seen if seen.arrived and not seen.withdrawn]

    def last(self):
        """What was true when the line was counted last, None if nobody has."""
        live = self.live()
        return live[-1].sighting if live else None

    def found(self):
        found = 0
        for seen in self.live():
            found = seen.qty + (found if seen.operation == "add" else 0)
        return found


class Wrong(AssertionError):
    """The book is not what it has to be."""
