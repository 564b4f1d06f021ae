"""How many documents a clerk is asked about, and what would be posted wrong without.

A month of a busy warehouse, by the rules of domain/ alone: 300 items in 40 bins, 150
deliveries and 30 receipts a day, 200 lines counted a day, answered truthfully and
posted each hour. Pickers take goods before they tick them, take a part, take from
another bin; suppliers bring too few or too many; goods vanish and turn up. With paper
almost nothing is ticked before it is validated, with scanners almost everything."""

import pathlib
import random
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import world
from figures import Figure

# The rules need no Odoo, and the process that reads the figures has no addons.
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from domain.documents import (
    HAPPENED,
    NOT_YET,
    Claim,
    explained_by_all,
    explained_by_parts,
    may_explain,
)
from domain.reconcile import (
    HOLD_WINDOW,
    Facts,
    Movement,
    judge,
)

ROUNDS = 1
DAYS = 30
ITEMS, BINS, DELIVERIES, RECEIPTS, COUNTS = 300, 40, 150, 30, 200
# Bins of one aisle are siblings.
AISLE = 10
LOSSES, FINDS = 20, 8
OPENS, CLOSES = timedelta(hours=7), timedelta(hours=17)
START = datetime(2026, 3, 2)


@dataclass(frozen=True)
class Habits:
    """How people work.

    :param ticked: the share of picks that are ticked when they are taken
    :param otherwise: the share of lines of which a part only is moved, or from or to
        another bin
    :param is_told: the operation types say that what is not ticked has not happened
    """

    ticked: float
    otherwise: float
    is_told: bool = False


PAPER = Habits(ticked=0.03, otherwise=0.06)
SCANNER = Habits(ticked=0.97, otherwise=0.02)
TOLD = Habits(ticked=0.97, otherwise=0.02, is_told=True)

EACH = (
    ("documents asked about, a day", "asked"),
    ("  lines of the count that they settle, a day", "settled"),
    ("  lines on hold when counted, of 100", "held"),
    ("  lines to read one by one, a day", "read"),
    ("  lines that the exact rule alone posts wrong, a month", "old_wrong"),
    ("  lines posted wrong that nobody could know, a month", "unknowable"),
)
FIGURES = [
    figure
    for name in ("paper", "scanner", "told")
    for figure in (
        *(Figure(f"{name}: {text}", f"clerk.{name}", key=key) for text, key in EACH),
        Figure(
            f"{name}:   lines posted wrong after true answers, a month",
            f"clerk.{name}",
            key="wrong",
            at_most=0,
        ),
    )
]


@world.piece
def paper(_env):
    return _measure(PAPER)


@world.piece
def scanner(_env):
    return _measure(SCANNER)


@world.piece
def told(_env):
    """Scanners, and the operation types say that what is not ticked has not left."""
    return _measure(TOLD)


def _measure(habits):
    seconds = time.perf_counter()
    seen = Month(habits).run()
    return {
        "seconds": time.perf_counter() - seconds,
        "asked": seen["asked"] / DAYS,
        "settled": seen["settled"] / DAYS,
        "held": 100 * seen["held"] / seen["counted"],
        "read": seen["read"] / DAYS,
        "old_wrong": seen["old wrong"],
        "unknowable": seen["unknowable"],
        "wrong": seen["wrong"],
    }


@dataclass(eq=False)
class Part:
    """A line of a document, what it says and what people do.

    :param qty: signed: negative where goods leave
    """

    document: "Document"
    key: tuple
    qty: int
    real_key: tuple
    real_qty: int
    moved_at: datetime

    def moved(self, key, at):
        """What it has done to the floor of a key by then."""
        return self.real_qty if key == self.real_key and self.moved_at <= at else 0

    def booked(self, key, at):
        """What it has done to the book by then: it is put right before that."""
        done = self.document.done_at <= at
        return self.real_qty if key == self.real_key and done else 0

    def expected(self, key, at):
        """What a count at that time expects of it, because it was ticked."""
        ticked = self.document.ticked_at
        is_ticked = self.qty < 0 and ticked and ticked <= at < self.document.done_at
        return self.qty if is_ticked and key == self.key else 0


@dataclass(eq=False)
class Document:
    """A delivery or a receipt."""

    number: int
    opened_at: datetime
    done_at: datetime
    ticked_at: datetime | None = None
    parts: list[Part] = field(default_factory=list)

    def is_open(self, at):
        return self.opened_at <= at < self.done_at


@dataclass(eq=False)
class Line:
    """A counted line."""

    key: tuple
    at: datetime
    found: int
    book: int
    picked: int
    missing: int
    explained: dict = field(default_factory=dict)

    def variance(self):
        explained = sum(self.explained.values())
        return self.found - self.book - self.picked - explained


class Month:
    """What happens in a month, the truth of it, and what the clerk is asked."""

    def __init__(self, habits, seed=1):
        self.habits, self.rng = habits, random.Random(seed)
        self.seen = Counter()
        self.keys = self._place_items()
        self.stock = {key: self.rng.randint(20, 60) for key in self.keys}
        self.errors = defaultdict(int)
        self.by_item = defaultdict(list)
        self.number = 0

    def run(self):
        for day in range(DAYS):
            self._live(START + timedelta(days=day))
        return self.seen

    def _place_items(self):
        """Each item lies in one bin or in two of an aisle, as (bin, item)."""
        keys = []
        for item in range(ITEMS):
            first = self.rng.randrange(BINS)
            keys.append((first, item))
            if self.rng.random() < 0.5:
                aisle = first - first % AISLE
                keys.append((aisle + (first + 1) % AISLE, item))
        return keys

    # === What people do === #

    def _live(self, day):
        """A day's documents, losses and counts; what is finished by the night is a
        part of the stock from then on."""
        self.by_item.clear()
        for _each in range(DELIVERIES):
            self._make_document(day, is_receipt=False)
        for _each in range(RECEIPTS):
            self._make_document(day, is_receipt=True)
        self.lost = self._lose(day)
        hours = defaultdict(list)
        for key in self.rng.sample(self.keys, COUNTS):
            at = self._time(day)
            hours[at.hour].append((at, key))
        answered = set()
        for hour, counts in sorted(hours.items()):
            at = day + timedelta(hours=hour + 1)
            self._post([self._count(*count) for count in sorted(counts)], at, answered)
        self._close(day)

    def _time(self, day, until=CLOSES):
        return day + OPENS + (until - OPENS) * self.rng.random()

    def _make_document(self, day, is_receipt):
        """Made in advance, carried out in the course of the day and validated later."""
        rng = self.rng
        moved_at = self._time(day, CLOSES - timedelta(hours=1))
        opened_at = moved_at - timedelta(minutes=rng.randint(5, 240))
        done_at = moved_at + timedelta(minutes=rng.randint(5, 180))
        is_ticked = not is_receipt and rng.random() < self.habits.ticked
        self.number += 1
        document = Document(
            self.number, opened_at, done_at, moved_at if is_ticked else None
        )
        for key in rng.sample(self.keys, rng.randint(1, 5)):
            self._add_part(document, key, is_receipt, moved_at)

    def _add_part(self, document, key, is_receipt, moved_at):
        rng, way = self.rng, 1 if is_receipt else -1
        qty = real_qty = rng.randint(1, 6)
        real_key = key
        if rng.random() < self.habits.otherwise:
            siblings = [k for k in self.keys if k[1] == key[1] and k != key]
            if siblings and rng.random() < 0.5:
                real_key = siblings[0]
            else:
                real_qty = qty + (1 if is_receipt and rng.random() < 0.3 else -1)
        # The lines of a document are moved one after the other.
        moved_at += timedelta(minutes=len(document.parts))
        part = Part(document, key, way * qty, real_key, way * real_qty, moved_at)
        document.parts.append(part)
        self.by_item[key[1]].append(part)

    def _lose(self, day):
        """key → times and quantities of what vanishes and turns up."""
        lost = defaultdict(list)
        for qty in (*[-1] * LOSSES, *[1] * FINDS):
            key = self.rng.choice(self.keys)
            lost[key].append((self._time(day), qty * self.rng.randint(1, 3)))
        return lost

    def _close(self, day):
        night = day + timedelta(days=1)
        for parts in self.by_item.values():
            for part in parts:
                self.stock[part.real_key] += part.real_qty
        for key in self.lost:
            self.errors[key] += self._missing(key, night)

    # === What is true, and what the system sees === #

    def _missing(self, key, at):
        """What has vanished (-) or turned up that day."""
        return sum(qty for when, qty in self.lost[key] if when <= at)

    def _sum(self, name, key, at):
        return sum(getattr(part, name)(key, at) for part in self.by_item[key[1]])

    def _count(self, at, key):
        missing = self.errors[key] + self._missing(key, at)
        return Line(
            key=key,
            at=at,
            found=self.stock[key] + missing + self._sum("moved", key, at),
            book=self.stock[key] + self._sum("booked", key, at),
            picked=self._sum("expected", key, at),
            missing=missing,
        )

    def _movements(self, line, now):
        """The movements of the line's own key, as far as they have been written."""
        return [
            Movement(
                id=i,
                qty=part.qty if now < part.document.done_at else part.real_qty,
                opened_at=part.document.opened_at,
                picked_at=part.document.ticked_at,
                done_at=part.document.done_at if part.document.done_at <= now else None,
                after=line.at < part.document.done_at <= now,
            )
            for i, part in enumerate(self.by_item[line.key[1]])
            if self._paper_key(part, now) == line.key
            and part.document.opened_at <= now
            and (part.document.number not in line.explained)
        ]

    def _paper_key(self, part, now):
        return part.real_key if part.document.done_at <= now else part.key

    def _claims(self, line, now):
        """document → its claims on the line, of those that nobody has answered."""
        claims = defaultdict(list)
        for i, part in enumerate(self.by_item[line.key[1]]):
            document = part.document
            is_near = part.key[0] // AISLE == line.key[0] // AISLE
            is_told = self.habits.is_told and not document.ticked_at
            if (
                document.is_open(now)
                and is_near
                and not is_told
                and document.opened_at <= line.at + HOLD_WINDOW
                and document.number not in line.explained
            ):
                own = part.key == line.key
                expected = part.expected(line.key, line.at)
                claim = Claim(line.key, str(i), part.qty, own, expected)
                claims[document].append(claim)
        return claims

    def _truth(self, document, line):
        """How far the document's goods were ahead of what was told, at the count."""
        return sum(
            part.moved(line.key, line.at) - part.expected(line.key, line.at)
            for part in document.parts
            if part.key[1] == line.key[1]
        )

    # === The clerk === #

    def _post(self, lines, now, answered):
        """Answer what is asked, read what is still on hold, and post the rest."""
        self.seen["counted"] += len(lines)
        for line in lines:
            self._judge_as_before(line, now)
        held = [line for line in lines if self._judge(line, line.at).kind == "held"]
        self.seen["held"] += len(held)
        for document in self._asked(lines, now):
            self._answer(document, lines, now, answered)
        for line in lines:
            self.seen["settled"] += line in held and bool(line.explained)
            self._finish(line, now, line in held)

    def _asked(self, lines, now):
        """The documents that are asked about, as long as there is one more."""
        while True:
            asked = next(
                (
                    document
                    for line in lines
                    for document, claims in self._claims(line, now).items()
                    if may_explain(claims, line.variance())
                ),
                None,
            )
            if not asked:
                return
            yield asked

    def _answer(self, document, lines, now, answered):
        """Once for all lines that it touches; of what has happened nobody asks
        again."""
        self.seen["asked"] += document not in answered
        touched = [
            line
            for line in lines
            if line.variance() and document in self._claims(line, now)
        ]
        claims = [c for line in touched for c in self._claims(line, now)[document]]
        claims.sort(key=lambda claim: not claim.own)
        variances = {line.key: line.variance() for line in touched}
        truth = {line.key: self._truth(document, line) for line in touched}
        shares = self._choose(claims, variances, truth, touched, document)
        for line in touched:
            line.explained[document.number] = sum(
                qty for (key, _movement), qty in shares.items() if key == line.key
            )
            assert line.explained[document.number] == truth[line.key]
        if all(part.moved_at <= now for part in document.parts):
            answered.add(document)

    def _choose(self, claims, variances, truth, touched, document):
        """The answer for all of the document if it is true, else by line."""
        for answer in (HAPPENED, NOT_YET):
            shares = explained_by_all(claims, variances, answer)
            explained = Counter()
            for (key, _movement), qty in shares.items():
                explained[key] += qty
            if all(explained[key] == truth[key] for key in truth):
                self.seen[answer] += 1
                return shares
        self.seen["partly"] += 1
        moved = {
            line.key: abs(sum(part.moved(line.key, line.at) for part in document.parts))
            for line in touched
        }
        return explained_by_parts(claims, variances, moved)

    def _judge(self, line, now, **facts):
        movements = self._movements(line, now)
        claims = [c for of in self._claims(line, now).values() for c in of]
        facts = Facts(
            found=line.found,
            book=line.book,
            picked=line.picked,
            book_now=line.book,
            explained=sum(line.explained.values()),
            answered=bool(line.explained),
            **facts,
        )
        return judge(facts, movements, line.at, 0, claims)

    def _judge_as_before(self, line, now):
        """What the rule did that held exact explanations only."""
        facts = Facts(line.found, line.book, line.picked, book_now=line.book)
        verdict = judge(facts, self._movements(line, now), line.at, 0)
        is_wrong = line.variance() != line.missing
        self.seen["old wrong"] += verdict.kind == "post" and is_wrong

    def _finish(self, line, now, was_held):
        verdict = self._judge(line, now, asked=was_held)
        if verdict.kind == "held":
            # Somebody reads the line or counts it once more.
            self.seen["read"] += 1
            posted = line.missing
        else:
            posted = verdict.variance
        if posted != line.missing:
            self.seen["unknowable" if self._is_unknowable(line) else "wrong"] += 1
        self.errors[line.key] -= posted
        self.stock[line.key] += posted

    def _is_unknowable(self, line):
        """Whether a document in doubt was not asked about."""
        return any(
            self._truth(part.document, line)
            for part in self.by_item[line.key[1]]
            if part.document.number not in line.explained
        )


def main():
    for name, habits in (("paper", PAPER), ("scanner", SCANNER), ("told", TOLD)):
        print(name, _measure(habits))


if __name__ == "__main__":
    main()
