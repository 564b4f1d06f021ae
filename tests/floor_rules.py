"""The floor's book kept by the rules of domain/ alone, without Odoo."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from odoo.addons.stock_count.domain.documents import (
    PARTLY,
    Claim,
    explained_by_all,
    explained_by_parts,
    explained_later,
    speaks_for_later,
)
from odoo.addons.stock_count.domain.reconcile import (
    HOLD_WINDOW,
    Entry,
    Facts,
    Movement,
    book_at,
    corrected_time,
    fold,
    judge,
    picked_at_count,
    variance_of,
)

from .floor_backend import BOLTS, STOCK, Asked, Backend, Key

DIGITS = 2


@dataclass(eq=False)
class Document:
    """A transfer, whatever lines it has."""

    number: int
    opened_at: datetime


@dataclass(eq=False)
class Row:
    """A move line, or the former self of one that was changed."""

    document: Document | None
    item: str | None
    source: str | None
    target: str | None
    qty: float
    opened_at: datetime
    picked_at: datetime | None = None
    done_at: datetime | None = None
    gone_at: datetime | None = None
    correction: str | None = None
    stamp: int = 0

    def is_open(self):
        return not self.done_at and not self.gone_at

    def ends(self):
        """Both ends that are in the warehouse: sign, place, and the other place."""
        ends = ((-1, self.source, self.target), (1, self.target, self.source))
        return [end for end in ends if end[1]]

    def touches(self, key):
        return key in (Key(self.source, self.item), Key(self.target, self.item))

    def effect(self, key):
        arrives = key == Key(self.target, self.item)
        return self.qty * (arrives - (key == Key(self.source, self.item)))


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


@dataclass(eq=False)
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
    # What the transfers explain by the reading of the line.
    explained: float = 0

    def count(self):
        return fold(record.entry for record in self.records)

    def last(self):
        """The record that counts last."""
        last = self.count().last
        return next(record for record in self.records if record.entry == last)

    def counted_at(self):
        return self.last().entry.counted_at


class Share(NamedTuple):
    """What a movement explains of a line, and how much of it had happened there."""

    explained: float
    happened: float
    # What the movement moved when the person was asked.
    qty: float


@dataclass(eq=False)
class Said:
    """What a person said of a document, for a session."""

    answer: str
    answered_at: datetime
    shares: dict[Key, dict[str, Share]] = field(default_factory=dict)
    quantities: dict[str, float] = field(default_factory=dict)
    for_later: bool = False

    def forget(self, key):
        """Forget what was said of a line. With that, nobody knows any more what was
        taken from another place than the document says."""
        place = f":{key.place}:{key.item}"
        for movement, share in self.shares.pop(key, {}).items():
            if share.happened and not movement.endswith(place):
                self.for_later = False


class PureBackend(Backend):
    """Stands for Odoo: keeps books and posts with domain/ and no more."""

    def __init__(self, items=BOLTS):
        self.items = items
        self.clock = datetime(2026, 3, 2, 6)
        self.stamp = 0
        self.rows: list[Row] = []
        self.documents_made: list[Document] = []
        self.lines: dict[tuple[int, Key], CountLine] = {}
        self.said: dict[tuple[int, Document], Said] = {}

    def now(self):
        return self.clock

    def wait(self, duration):
        self.clock += duration

    def book(self, key):
        return STOCK[key] + sum(
            row.effect(key) for row in self.rows if row.done_at and row.touches(key)
        )

    # Transfers

    def open_transfer(self, pieces):
        document = Document(len(self.documents_made) + 1, self.clock)
        self.documents_made.append(document)
        self._write(document, pieces)
        return document

    def _write(self, document, pieces, picked_at=None):
        self.rows += [
            Row(
                document,
                piece.item,
                piece.source,
                piece.target,
                piece.qty,
                document.opened_at,
                picked_at,
            )
            for piece in pieces
        ]

    def _open_rows(self, document):
        return [r for r in self.rows if r.document is document and r.is_open()]

    def tick(self, ref):
        for row in self._open_rows(ref):
            row.picked_at = self.clock

    def untick(self, ref):
        for row in self._open_rows(ref):
            self._leave_trace(row)
            row.picked_at = None

    def rewrite(self, ref, pieces):
        ticked = any(row.picked_at for row in self._open_rows(ref))
        for row in self._open_rows(ref):
            row.gone_at = self.clock
        self._write(ref, pieces, self.clock if ticked else None)

    def validate(self, ref):
        for row in self._open_rows(ref):
            self._do(row)

    def _do(self, row):
        row.done_at, row.stamp = self.clock, self._draw()

    def cancel(self, ref):
        for row in self._open_rows(ref):
            row.gone_at = self.clock

    def _leave_trace(self, row):
        self.rows.append(replace(row, gone_at=self.clock))

    def scrap(self, key, qty):
        self._book(key, -qty)

    def adjust(self, key, qty):
        self._book(key, qty - self.book(key), correction="native")

    def _book(self, key, qty, correction=None):
        ends = (key.item, None, key.place)
        row = Row(None, *ends, qty, self.clock, correction=correction)
        self.rows.append(row)
        self._do(row)

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
        self._apply_answers(line)
        self._refresh(line)

    def _line(self, session, key):
        return self.lines.setdefault((session, key), CountLine(session, key))

    def _facts(self, line, last, movements):
        return Facts(
            found=line.count().found,
            book=last.book,
            picked=last.picked,
            corrected=sum(m.qty for m in movements if m.after and m.correction),
            book_now=self.book(line.key),
            moved=sum(m.qty for m in movements if m.after),
            superseded=self._is_superseded(line, last),
            answer=line.reading,
            explained=line.explained + sum(self._read_explained(line).values()),
            asked=line.state == "held",
            answered=bool(self._read_explained(line)),
        )

    def _judge(self, line):
        last = line.last()
        movements = self._movements(line.key, last)
        facts = self._facts(line, last, movements)
        answered = self._read_explained(line)
        unasked = [m for m in movements if self.rows[m.id].document not in answered]
        claims = [claim for of in self._unsettled(line).values() for claim in of]
        return judge(facts, unasked, line.counted_at(), DIGITS, claims)

    def _refresh(self, line):
        """What Odoo does of itself after counting and answering."""
        if line.count() and line.round > line.posted_round:
            kind = self._judge(line).kind
            states = {"held": "held", "superseded": "superseded"}
            line.state = states.get(kind, "counted")

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

    # Documents

    def _claims(self, line):
        """document → its claims on a line, the line's own key first."""
        counted_at = line.counted_at()
        result = {}
        for document in self.documents_made:
            rows = self._open_rows(document)
            if rows and document.opened_at <= counted_at + HOLD_WINDOW:
                result[document] = self._claims_of(document, rows, line)
        return {document: claims for document, claims in result.items() if claims}

    def _claims_of(self, document, rows, line):
        claims = {}
        for row in rows:
            for sign, place, other in row.ends():
                own = Key(place, row.item) == line.key
                # What was taken here was not put here.
                if own or other != line.key.place:
                    name = f"{sign}{document.number}:{place}:{row.item}"
                    before = claims.get(name, Claim(line.key, name, 0, own))
                    claims[name] = before._replace(qty=before.qty + sign * row.qty)
        return self._with_assumed(document, line, list(claims.values()))

    def _with_assumed(self, document, line, claims):
        """With what was expected of the document, ticked as it was at the count."""
        movements = self._movements(line.key, line.last())
        of_document = [m for m in movements if self.rows[m.id].document is document]
        assumed = picked_at_count(of_document, line.counted_at())
        if assumed:
            own = [claim for claim in claims if claim.own and claim.way() < 0]
            traced = Claim(line.key, f"-{document.number}:traced", 0, own=True)
            first, *_more = own or [traced]
            others = [claim for claim in claims if claim is not first]
            claims = [first._replace(assumed=assumed), *others]
        return sorted(claims, key=lambda claim: not claim.own)

    def _unsettled(self, line):
        """document → its claims, of the documents that nobody has answered."""
        return {
            document: claims
            for document, claims in self._claims(line).items()
            if not self._is_settled(line, document, claims)
        }

    def _is_settled(self, line, document, claims):
        said = self.said.get((line.session, document))
        known = said.shares.get(line.key, {}) if said else {}
        return bool(known) and all(
            claim.movement in known
            and said.quantities.get(claim.movement, 0) == claim.qty
            for claim in claims
        )

    def _read_explained(self, line):
        """document → what it explains, of the documents answered for a line."""
        return {
            document: sum(share.explained for share in said.shares[line.key].values())
            for (session, document), said in self.said.items()
            if session == line.session and line.key in said.shares
        }

    def _asked_lines(self, session):
        """The lines that differ, so that documents could explain them."""
        return [
            line
            for line in self._lines(session)
            if line.state in ("counted", "held")
            and line.count()
            and not line.reading
            and self._variance(line)
        ]

    def _variance(self, line):
        last = line.last()
        facts = self._facts(line, last, self._movements(line.key, last))
        return variance_of(facts, DIGITS)

    def _by_document(self, lines):
        """document → unsettled claims on these lines, with the variances that they
        could explain if nothing were said of the document."""
        claims, variances = defaultdict(list), defaultdict(dict)
        for line in lines:
            variance, explained = self._variance(line), self._read_explained(line)
            for document, of_line in self._unsettled(line).items():
                claims[document] += of_line
                before = explained.get(document, 0)
                variances[document][line.key] = variance + before
        for of_document in claims.values():
            of_document.sort(key=lambda claim: not claim.own)
        return {key: (of, variances[key]) for key, of in claims.items()}

    def documents(self, session):
        lines = self._asked_lines(session)
        now = {line.key: self._variance(line) for line in lines}
        return [
            Asked(document, self._describe(session, document, claims, variances, now))
            for document, (claims, variances) in self._by_document(lines).items()
            if any(claim.may_explain(now[claim.line]) for claim in claims)
        ]

    def _describe(self, session, document, claims, variances, now):
        lines = {}
        for key, variance in variances.items():
            lines[key] = [now[key]]
            for answer in ("happened", "not_yet"):
                shares = self._share(session, document, claims, variances, answer)
                explained = sum(q for (line, _m), q in shares.items() if line == key)
                lines[key].append(variance - explained)
        return {key: tuple(numbers) for key, numbers in lines.items()}

    def _share(self, session, document, claims, variances, answer, parts=None):
        if answer == PARTLY:
            return explained_by_parts(claims, variances, parts)
        left = self._left(session, document, claims)
        return explained_by_all(claims, variances, answer, left)

    def _left(self, session, document, claims):
        """What of each movement is not known to have happened on other lines."""
        said = self.said.get((session, document))
        asked = {claim.line for claim in claims}
        left = {}
        for claim in claims:
            moves = sum(
                sign * row.qty
                for row in self._open_rows(document)
                for sign, _place, _other in row.ends()
                if sign == claim.way()
            )
            known = sum(
                share.happened
                for key, shares in (said.shares.items() if said else ())
                if key not in asked
                for share in shares.values()
                if share.happened * claim.way() > 0
            )
            left[claim.movement] = claim.part_of(moves - known)
        return left

    def answer_documents(self, session, answers):
        lines = self._asked_lines(session)
        for ref, answer, parts in answers:
            claims, variances = self._by_document(lines)[ref]
            said = self.said.setdefault((session, ref), Said(answer, self.clock))
            shares = self._share(session, ref, claims, variances, answer, parts)
            said.answer, said.answered_at = answer, self.clock
            said.for_later = True
            for key in variances:
                said.shares.pop(key, None)
            self._keep(said, claims, shares)
            self._judge_again(session, variances)

    def _keep(self, said, claims, shares):
        for claim in claims:
            explained = shares[claim.line, claim.movement]
            share = Share(explained, explained + claim.assumed, claim.qty)
            said.shares.setdefault(claim.line, {})[claim.movement] = share
            said.quantities[claim.movement] = claim.qty

    def _judge_again(self, session, keys):
        for key in keys:
            self._refresh(self._line(session, key))

    def _apply_answers(self, line):
        """What was said of documents holds for a line that is counted later."""
        mine = [
            (document, said)
            for (session, document), said in self.said.items()
            if session == line.session
        ]
        for _document, said in mine:
            said.forget(line.key)
        if not line.count():
            return
        for document, said in mine:
            variance = self._variance(line)
            later = speaks_for_later(said.answer, said.answered_at, line.counted_at())
            claims = self._claims(line).get(document)
            if variance and later and said.for_later and claims:
                self._apply(said, document, line, claims)

    def _apply(self, said, document, line, claims):
        left = self._left(line.session, document, claims)
        shares = explained_later(claims, left)
        unchanged = all(
            said.quantities.get(claim.movement, 0) == claim.qty for claim in claims
        )
        if shares and unchanged:
            self._keep(said, claims, shares)

    def explained(self, session, key):
        return self._read_explained(self._line(session, key))

    def withdraw_answer(self, session, ref):
        said = self.said[session, ref]
        free = [
            key
            for key in said.shares
            if (line := self._line(session, key)).round > line.posted_round
        ]
        for key in free:
            said.forget(key)
        said.for_later = False
        self._judge_again(session, free)

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
            line.posted_round = line.round
            line.posted = line.last()
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
