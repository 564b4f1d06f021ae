"""What one heading means: the field, and how surely. ``headings.py`` has the words."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple
from unicodedata import combining, normalize

from .cells import plain
from .headings import SYNONYMS, WORDS

# How surely a column is the count: what somebody counted, a quantity of no kind, packs
# of an unknown size, what lies in stock, what the book says.
COUNTED, QUANTITY, PACKS, STOCK, BOOK = 1, 2, 3, 4, 5
# A heading that means nothing, and one that must not be taken for anything.
NEVER = "never"
# A heading is shorter than a sentence.
LONGEST = 80
FOLDED = str.maketrans(
    {"ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "\u0131": "i", "№": "no"}
)
CAPITALS = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)"
)
# Qty as per System is no quantity per anything.
AS_PER = re.compile(r"\bas per\b", re.I)
BRACKETS = re.compile(r"\([^()]*\)")
# Fields of which a heading says nothing else.
WHOLE = (
    "session",
    "round",
    "counted_at",
    "counted_by",
    "note",
    "cost",
    "serial2",
    "package",
    "owner",
)
# What Odoo's own export calls what was counted, beside ``quantity``.
TECHNICAL = {"inventory_quantity", "inventory_quantity_auto_apply"}


class Meaning(NamedTuple):
    """The field of a heading, NEVER for a number that is none, or nothing.

    The smaller the rank, the surer. ``or_session``: a column of texts is no quantity
    but names the count.
    """

    field: str = ""
    rank: float = 0
    or_session: bool = False


NOTHING = Meaning()


def fold(text: str) -> str:
    """Small letters without accents; marks become blanks.

    >>> fold("Qty. (Phys. Inventory)"), fold("Ilość"), fold("Größe")
    ('qty phys inventory', 'ilosc', 'grosse')
    """
    decomposed = normalize("NFKD", text.casefold().translate(FOLDED))
    letters = (char for char in decomposed if not combining(char))
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


def _needle(word: str) -> str:
    """A pattern of ``WORDS`` as a text to look for between blanks.

    >>> _needle("count"), _needle("theoret*"), _needle("*wert"), _needle("*数量*")
    (' count ', ' theoret', 'wert ', '数量')
    """
    start = "" if word.startswith("*") else " "
    end = "" if word.endswith("*") else " "
    return f"{start}{fold(word)}{end}"


NEEDLES = {
    idea: tuple({_needle(word) for word in words.split("|")})
    for idea, words in WORDS.items()
}
EXACT = {
    field: {plain(word) for word in words.split("|")}
    for field, words in SYNONYMS.items()
}


class Heading:
    """A heading in words: as it is written, and where only capitals part its words."""

    def __init__(self, name: str):
        self.name = name
        apart = CAPITALS.sub(" ", name.replace("UoM", "Uom"))
        self.texts = {fold(AS_PER.sub("as", text)) for text in (name, apart)} - {""}
        self._text = "".join(f" {text} |" for text in self.texts)

    def says(self, *ideas: str) -> bool:
        """Whether one of these ideas is in it."""
        return any(needle in self._text for i in ideas for needle in NEEDLES[i])

    def is_only(self, *ideas: str) -> bool:
        """Whether it says one of these ideas and nothing else."""
        return any(f" {text} " in NEEDLES[i] for text in self.texts for i in ideas)

    def ends_with(self, *ideas: str) -> bool:
        """Whether its last word says one of these ideas."""
        last = {f" {text.split()[-1]} " for text in self.texts}
        needles = [needle for idea in ideas for needle in NEEDLES[idea]]
        return any(needle in word for word in last for needle in needles)

    @property
    def is_amount(self) -> bool:
        """Whether it is a number of things, wherever they are: Bin Count, Lot Qty."""
        in_place = self.says("stock") and self.says("at")
        return self.says("quantity", "amount") or self.ends_with("count") or in_place


@lru_cache(maxsize=4096)
def describe(name: str) -> Meaning:
    """What a heading means by its words.

    >>> describe("Counted Qty"), describe("System Qty").rank == BOOK
    (Meaning(field='units', rank=1, or_session=False), True)
    >>> describe("Amount").field, describe("Colour").field
    ('never', '')
    """
    heading = Heading(name)
    if not heading.texts or len(name) > LONGEST:
        return NOTHING
    if name.strip() in TECHNICAL:
        return Meaning("units", COUNTED)
    for rule in RULES:
        if meaning := rule(heading):
            return meaning
    return NOTHING


def _exact(heading: Heading) -> Meaning | None:
    """A whole heading that is known, of the fields that no other word changes."""
    name = plain(heading.name)
    for field in WHOLE:
        if name in EXACT[field] and not heading.is_only("count", "event"):
            return Meaning(field, 1)
    return None


def _no_quantity(heading: Heading) -> Meaning | None:
    """Money, differences, flags, people, dates and quantities of other kinds."""
    kinds = ("money", "flag", "person", "difference", "date", "other")
    return Meaning(NEVER) if heading.says(*kinds) else None


def _unit(heading: Heading) -> Meaning | None:
    bare = Heading(BRACKETS.sub(" ", heading.name))
    outside = bare if bare.texts else heading
    if outside.is_only("unit", "uom"):
        return Meaning("uom", 1)
    if not outside.says("uom", "unit") or outside.says("at"):
        return None
    # The unit of the count, not the count in units.
    if outside.is_amount and not outside.ends_with("unit", "uom"):
        return None
    is_unit = outside.says("uom") or outside.ends_with("unit")
    return Meaning("uom", 2) if is_unit else None


def _lot(heading: Heading) -> Meaning | None:
    if heading.is_amount:
        return None
    if heading.says("serial"):
        # Lot/Serial Number is for both kinds of items.
        return Meaning("serial", 1)
    return Meaning("lot", 1) if heading.says("lot") else None


def _place(heading: Heading) -> Meaning | None:
    """Bins before locations, warehouses before sites; of a system that has bins, a
    location is a warehouse, which only the other columns say."""
    if heading.is_amount:
        return None
    if heading.says("bin"):
        return Meaning("location", 1)
    if heading.says("location"):
        return Meaning("location", 2)
    if heading.says("warehouse"):
        return Meaning("warehouse", 1)
    return Meaning("warehouse", 2) if heading.says("site") else None


def _article(heading: Heading) -> Meaning | None:
    """The number of an item, by one of the many names that it has."""
    if heading.says("maker") and heading.says("number", "name", "noun", "barcode"):
        return Meaning(NEVER)
    if heading.is_only("article"):
        return Meaning("item", 1)
    if heading.says("barcode"):
        return NOTHING if heading.says("class") else Meaning("item", 4)
    if heading.says("document"):
        return Meaning(NEVER)
    if heading.is_only("code"):
        return Meaning("item", 2)
    if not heading.says("number") or heading.is_amount:
        return None
    if heading.says("noun"):
        return NOTHING if heading.says("class") else Meaning("item", _id_rank(heading))
    return _number_of_count(heading)


def _id_rank(heading: Heading) -> int:
    """What a database calls an item comes after what people call it, and the variant
    after the item."""
    if plain(heading.name) == "itemid":
        return 1
    return 3 if heading.says("identity") else 1


def _number_of_count(heading: Heading) -> Meaning | None:
    """Cycle Count ID names the count, Inventory Order No. is none of ours."""
    if heading.says("count"):
        return Meaning("session", 2)
    return Meaning(NEVER) if heading.says("counted", "event") else None


def _number(heading: Heading) -> Meaning | None:
    """A quantity, and of which kind."""
    if heading.says("book"):
        return Meaning("units", BOOK)
    if heading.says("counted") or _is_by_count(heading):
        return Meaning("units", COUNTED)
    if heading.says("count"):
        return Meaning("units", COUNTED, heading.is_only("count"))
    if heading.says("stock"):
        return Meaning("units", STOCK, heading.is_only("event"))
    if heading.says("event"):
        return Meaning("units", QUANTITY, heading.is_only("event"))
    if heading.says("quantity"):
        return Meaning("units", QUANTITY)
    return Meaning("units", PACKS) if heading.says("packs") else None


def _is_by_count(heading: Heading) -> bool:
    """Stock after the inventory: Bestand laut Inventur; not stock in the inventory."""
    if not heading.says("by count") or heading.says("at"):
        return False
    needles = {needle.strip() for needle in NEEDLES["by count"]}
    rest = " ".join(word for word in fold(heading.name).split() if word not in needles)
    return bool(rest) and Heading(rest).says("quantity", "stock", "amount")


def _name(heading: Heading) -> Meaning | None:
    """An item by its noun or its name, if nothing better does."""
    if heading.says("class") or not heading.says("noun"):
        return None
    if heading.says("name"):
        return Meaning("item", 6)
    # Item is mostly a number, Product mostly a name.
    return Meaning("item", 3.5 if plain(heading.name) == "item" else 5)


RULES: tuple[Callable[[Heading], Meaning | None], ...] = (
    _exact,
    _no_quantity,
    _unit,
    _lot,
    _place,
    _article,
    _number,
    _name,
)
