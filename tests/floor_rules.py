"""The floor's book kept by the rules of domain.reconcile alone, without Odoo."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from odoo.addons.stock_count.domain.reconcile import (
    Entry,
    Facts,
    Movement,
    book_at,
    corrected_time,
    fold,
    judge,
    picked_at_count,
)

from .floor import STOCK, Backend, Key


@dataclass
class Row:
    """A move line, or the former self of one that was changed."""

    item: str
    source: str | None
    target: str | None
    qty: float
    opened_at: datetime
    picked_at: datetime | None = None
    done_at: datetime | None = None
    gone_at: datetime | None = None
    correction: str | None = None
    stamp: int = 0

    def touches(self, key):
        return key.item == self.item and key.place in (self.source, self.target)

    def effect(self, key):
        return self.qty * ((key.place == self.target) - (key.place == self.source))


class Record(NamedTuple):
    """An entry with what the book said when it was recorded."""

    uuid: str
    entry: Entry
    late: bool
    book: float = 0
    picked: float = 0

    def is_before(self, row):
        """Whether its book did not contain the row, which was done after it."""
        late = self.late and row.done_at and row.done_at > self.entry.counted_at
        return bool(late) or row.stamp > self.entry.stamp


@dataclass
class CountLine:
    """A line of a session."""

    session: int
    key: Key
    records: list[Record] = field(default_factory=list)
    round: int = 1
    posted_round: int = 0
    posted: Record | None = None
    posted_qty: float = 0
    state: str = "to_count"
    reading: str | None = None
    explained: float = 0

    def count(self):
        return fold(record.entry for record in self.records)


class PureBackend(Backend):
    """Stands for Odoo: keeps books and posts with domain.reconcile and no more."""

    def __init__(self):
        self.clock = datetime(2026, 3, 2, 6)
        self.stamp = 0
        self.rows: list[Row] = []
        self.lines: dict[tuple[int, Key], CountLine] = {}

    def now(self):
        return self.clock

    def wait(self, duration):
        self.clock += duration

    def book(self, key):
        return STOCK[key.place] + sum(
            row.effect(key) for row in self.rows if row.done_at and row.touches(key)
        )

    # Transfers

    def open_transfer(self, item, source, target, qty):
        row = Row(item, source, target, qty, self.clock)
        self.rows.append(row)
        return row

    def tick(self, ref):
        ref.picked_at = self.clock

    def untick(self, ref):
        self._leave_trace(ref)
        ref.picked_at = None

    def change(self, ref, qty):
        self._leave_trace(ref)
        ref.qty = qty
        ref.picked_at = ref.picked_at and self.clock

    def validate(self, ref):
        ref.done_at, ref.stamp = self.clock, self._draw()

    def cancel(self, ref):
        self._leave_trace(ref)
        self.rows.remove(ref)

    def _leave_trace(self, row):
        self.rows.append(replace(row, gone_at=self.clock))

    def scrap(self, key, qty):
        self._book(key, -qty)

    def adjust(self, key, qty):
        self._book(key, qty - self.book(key), correction="native")

    def _book(self, key, qty, correction=None):
        row = Row(key.item, None, key.place, qty, self.clock, correction=correction)
        self.rows.append(row)
        self.validate(row)

    def _draw(self):
        self.stamp += 1
        return self.stamp

    # Counts

    def _movements(self, key, record):
        return [
            Movement(
                id=i,
                qty=row.effect(key),
                opened_at=row.opened_at,
                picked_at=row.picked_at,
                done_at=row.done_at,
                after=record.is_before(row),
                correction=bool(row.correction),
                gone_at=row.gone_at,
            )
            for i, row in enumerate(self.rows)
            if row.touches(key)
        ]

    def record(self, entries):
        for sent in entries:
            line = self._line(sent.session, sent.key)
            known = {record.uuid: record.entry.id for record in line.records}
            if sent.uuid not in known:
                self._record(line, sent, known.get(sent.withdraws))

    def _record(self, line, sent, withdraws):
        stamp, late = self._draw(), sent.counted_at is not None
        counted_at = corrected_time(sent.counted_at, self.clock, sent.clock)
        entry = Entry(stamp, sent.operation, sent.qty, counted_at, stamp, withdraws)
        record = Record(sent.uuid, entry, late)
        movements = self._movements(sent.key, record)
        book = book_at(self.book(sent.key), movements)
        picked = picked_at_count(movements, counted_at)
        line.records.append(record._replace(book=book, picked=picked))
        line.round = line.posted_round + 1
        line.state, line.reading, line.explained = "counted", None, 0

    def _line(self, session, key):
        return self.lines.setdefault((session, key), CountLine(session, key))

    def _judge(self, line):
        count = line.count()
        last = next(record for record in line.records if record.entry == count.last)
        movements = self._movements(line.key, last)
        facts = Facts(
            found=count.found,
            book=last.book,
            picked=last.picked,
            corrected=sum(m.qty for m in movements if m.after and m.correction),
            book_now=self.book(line.key),
            moved=sum(m.qty for m in movements if m.after),
            superseded=self._is_superseded(line, last),
            answer=line.reading,
            explained=line.explained,
            asked=line.state == "held",
        )
        return judge(facts, movements, last.entry.counted_at, digits=2)

    def _is_superseded(self, line, last):
        moment = (last.entry.counted_at, last.entry.stamp)
        posted = (
            (other.posted.entry.counted_at, other.posted.entry.stamp)
            for other in self.lines.values()
            if other.key == line.key and other is not line and other.posted
        )
        return any(rival > moment for rival in posted) or any(
            row.correction == "native" and row.touches(line.key) and last.is_before(row)
            for row in self.rows
        )

    # Posting

    def post(self, session):
        lines = [line for line in self._lines(session) if self._is_due(line)]
        return {line.key: self._post(line) for line in lines}

    def _lines(self, session):
        return [line for line in self.lines.values() if line.session == session]

    def _is_due(self, line):
        # A superseded line is judged again: what superseded it may be undone.
        return line.count() and line.round > line.posted_round

    def _post(self, line):
        verdict = self._judge(line)
        line.state = "posted" if verdict.kind in ("post", "nothing") else verdict.kind
        if verdict.kind == "post":
            self._book(line.key, verdict.variance, correction="count")
            line.posted_qty += verdict.variance
        if line.state == "posted":
            last = line.count().last
            line.posted_round = line.round
            line.posted = next(r for r in line.records if r.entry == last)
        return "failed" if line.state == "disturbed" else line.state

    def held(self, session):
        return [
            line.key
            for line in self._lines(session)
            if line.state == "held" and self._judge(line).kind == "held"
        ]

    def answer(self, session, key, reading):
        line = self._line(session, key)
        verdict = self._judge(line)
        line.reading, line.state = reading, "counted"
        line.explained = verdict.variance if reading == "transfer" else 0

    def undo(self, session):
        lines = [
            line
            for line in self._lines(session)
            if line.state == "posted" and not self._is_superseded(line, line.posted)
        ]
        for line in lines:
            self._book(line.key, -line.posted_qty, correction="count")
            line.posted, line.posted_qty = None, 0
            line.round, line.state = line.round + 1, "counted"
        return [line.key for line in lines]
