"""Values that nobody should send, by a random generator with a seed."""

import json

TEXTS = (
    "",
    " ",
    "x",
    "0",
    "-1",
    "1e999",
    "NaN",
    "\x00",
    "a\x00b",
    "\ud800",
    "ok\udfff",
    "\u202e\u200b",
    "é" * 300,
    "x" * 70_000,
    "'; DROP TABLE stock_count_line; --",
    "%s %(a)s {0} {a}",
    "<script>alert(1)</script>",
    "2026-02-30 25:61:61",
    "0001-01-01 00:00:00",
    "9999-12-31 23:59:59",
    "report.stock_count.report_review_document",
    "happened",
    "xlsx",
    "stock.picking,1",
    "__class__",
)
NUMBERS = (
    0,
    1,
    -1,
    7,
    2**31 - 1,
    2**31,
    -(2**31) - 1,
    2**63,
    10**30,
    0.1,
    -0.0,
    1e308,
    float("inf"),
    float("nan"),
)
# What the addon's own doors read, so that a part of the calls comes further.
NAMES = {
    "entry": """uuid operation qty parts barcode product_id location_barcode location_id
        lot_name lot_id package_id owner_id line_id serial2 rfid note counted_at sent_at
        device withdraws uom_id""",
    "event": "uuid kind line_id location_id barcode note happened_at device",
    "evidence": "uuid line_id barcode note photo photos name",
    "batch": "entries events sent_at device since",
    "answer": "key answer quantities fit",
    "filters": """session_ids warehouse_ids location_ids product_ids categ_ids
        supplier_ids date_from date_to states session_states days group warehouse
        period""",
    "context": """lang tz uid allowed_company_ids active_test active_id active_ids
        active_model active_domain tracking_disable mail_notrack bin_size
        prefetch_fields inventory_mode count_internal count_typed count_session_id
        from_inverse""",
}
KINDS = {
    "answers": ("answer", True),
    "batch": ("batch", False),
    "entries": ("entry", True),
    "events": ("event", True),
    "evidence": ("evidence", False),
    "filters": ("filters", False),
}
OPERATIONS = ("add", "set", "withdraw")


class Named(int):
    """The id of a record, which prints as the word for it."""

    def __new__(cls, number, word):
        named = super().__new__(cls, number)
        named.word = word
        return named

    def __repr__(self):
        return f"<{self.word}>"


class FuzzValues:
    """Random values of the JSON types, and ids of records.

    :param random: ``random.Random`` with a seed
    :param dict ids: word → id of a record
    """

    def __init__(self, random, ids):
        self.random = random
        self.ids = [Named(number, word) for word, number in sorted(ids.items())]

    def anything(self, depth=0):
        """A value of any type and size."""
        make = self.random.choice(
            (self.text, self.number, self.id, self.plain)
            if depth > 3
            else (self.text, self.number, self.id, self.plain, self.list, self.dict)
        )
        return make(depth)

    def text(self, _depth=0):
        return self.random.choice(TEXTS)

    def number(self, _depth=0):
        return self.random.choice(NUMBERS)

    def id(self, _depth=0):
        return self.random.choice(self.ids)

    def plain(self, _depth=0):
        return self.random.choice((None, True, False))

    def list(self, depth=0):
        size = self.random.choice((0, 1, 1, 2, 3, 40))
        return [self.anything(depth + 1) for _ in range(size if depth < 2 else 1)]

    def dict(self, depth=0):
        size = self.random.choice((0, 1, 2, 5))
        return {
            self.random.choice(("id", "name", "x", "0", "", "\ud800")): self.anything(
                depth + 1
            )
            for _ in range(size)
        }

    def object(self, kind):
        """An object with names that the addon reads."""
        names = NAMES[kind].split()
        chosen = self.random.sample(names, self.random.randint(1, min(6, len(names))))
        return {name: self.named(name) for name in chosen}

    def named(self, name):
        """A value for a name, half of them of the kind that it should be."""
        if self.random.random() < 0.5:
            return self.anything()
        if name in KINDS:
            kind, many = KINDS[name]
            if not many:
                return self.object(kind)
            return [self.object(kind) for _ in range(self.random.choice((1, 2, 30)))]
        if name.endswith("_ids"):
            return [self.id() for _ in range(self.random.randint(0, 3))]
        if name.endswith("_id"):
            return self.id()
        if name == "domain":
            return [[self.text(), "=", self.anything()]]
        return self.random.choice(OPERATIONS) if name == "operation" else self.text()

    def context(self, fields):
        """What a hostile client says of itself, and defaults of a model's fields."""
        names = [
            *NAMES["context"].split(),
            *(f"default_{name}" for name in sorted(fields)),
        ]
        chosen = self.random.sample(names, self.random.choice((0, 1, 2, 6)))
        return {name: self.named(name) for name in chosen}

    def vals(self, fields):
        """Values for ``create`` and ``write``."""
        chosen = self.random.sample(sorted(fields), min(3, len(fields)))
        return {name: self.named(name) for name in chosen}


def simpler(value):
    """Simpler values than one, the simplest first: for a minimal reproduction."""
    if isinstance(value, dict):
        for name in value:
            yield {key: value[key] for key in value if key != name}
        for name, item in value.items():
            for less in simpler(item):
                yield {**value, name: less}
    elif isinstance(value, list):
        if len(value) > 3:
            yield value[: len(value) // 2]
            yield value[len(value) // 2 :]
        for index, item in enumerate(value):
            yield [*value[:index], *value[index + 1 :]]
            for less in simpler(item):
                yield [*value[:index], less, *value[index + 1 :]]
    elif isinstance(value, str) and len(value) > 3:
        yield value[: len(value) // 2]


def size(value):
    """How long a value is to read."""
    return len(json.dumps(value, default=str))
