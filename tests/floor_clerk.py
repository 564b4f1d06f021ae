"""The desk of a simulated floor: a clerk who knows what happened answers, posts and
undoes; and what has to be true after each of it."""

from odoo.addons.stock_count.domain.reconcile import HOLD_WINDOW, MAX_EXPLAINING

from .floor_backend import STOCK, Answer
from .floor_goods import Doubt
from .floor_people import SESSIONS, People

# Nobody asks more often than that.
TURNS = 20


class Clerk(People):
    """Posts, and tells the truth about documents and held lines."""

    # === What may happen === #

    def post(self, session):
        self._post(SESSIONS[session])

    def settle(self, session):
        """Post, answer, post what was held."""
        self._settle([SESSIONS[session]])

    def answer(self, session):
        self._answer(SESSIONS[session])

    def undo(self, session):
        self._undo(SESSIONS[session])

    # === Answering === #

    def _settle(self, sessions):
        for session in sessions:
            self._post(session)
            self._answer(session)
            self._post(session)

    def _answer(self, session):
        """Answer documents and then what is still held; and count once more what
        nobody can answer."""
        self._answer_documents(session)
        unclear = [
            key for key in self.backend.held(session) if not self._read(session, key)
        ]
        for key in unclear:
            self._pass()
            self.happened["counted again"] += 1
            self._see(session, key, "sheet", "set", self.stock[key])
        if unclear:
            self._answer_documents(session)
            for key in self.backend.held(session):
                self._read(session, key)

    def _answer_documents(self, session):
        """One after the other, or all that are asked at once."""
        for _turn in range(TURNS):
            asked = self.backend.documents(session)
            if not asked:
                return
            if self.moment % 2:
                asked = asked[:1]
            answers = [self._answer_about(session, a, len(asked) > 1) for a in asked]
            self.backend.answer_documents(session, answers)
            self._check_kept(session, asked)
        self._fail(f"Session {session} asks again and again")

    def _answer_about(self, session, asked, is_one_of_many):
        transfer = self._transfer(asked.ref)
        doubts = {key: self._doubt(session, key, transfer) for key in asked.lines}
        for key in asked.lines:
            if transfer.opened_at > self._tally(session, key).last().at + HOLD_WINDOW:
                self._fail(f"{key}: {transfer} was made much later than it was counted")
        # What an answer explains comes in place of what it explained before.
        before = {
            key: self.backend.explained(session, key).get(asked.ref, 0)
            for key in doubts
        }
        lines = {
            key: (now + before[key], happened, not_yet)
            for key, (now, happened, not_yet) in asked.lines.items()
        }
        asked = asked._replace(lines=lines)
        answer = self._choose_answer(transfer, asked, doubts, is_one_of_many)
        self._tell(
            f"session {session}, {transfer}: {answer.answer} {answer.parts or ''}"
        )
        self.happened["documents asked"] += 1
        self.happened[answer.answer] += 1
        return answer

    def _check_kept(self, session, asked):
        """What is kept of true answers is true."""
        for ref, lines in asked:
            transfer = self._transfer(ref)
            self.answered[session, transfer] = (self.moment, {*transfer.paper})
            for key in lines:
                kept = self.backend.explained(session, key)[ref]
                truth = self._doubt(session, key, transfer).ahead
                if kept != truth:
                    self._fail(f"{key}: {transfer} explains {kept:g}, not {truth}")

    def _transfer(self, ref):
        return next(t for t in self.transfers if t.ref == ref)

    def _doubt(self, session, key, transfer):
        return self._tally(session, key).last().doubts.get(transfer, Doubt())

    def _choose_answer(self, transfer, asked, doubts, is_one_of_many):
        """The answer for all of the document, where what is said of the lines then is
        true; else by line."""
        truth = {key: doubt.ahead for key, doubt in doubts.items()}
        shown = asked.lines.items()
        happened = {key: now - then for key, (now, then, _) in shown}
        not_yet = {key: now - then for key, (now, _, then) in shown}
        # Which line is short of what others took is another question when many are
        # answered at once.
        is_plain = not is_one_of_many or not any(map(transfer.could_be_here, doubts))
        if is_plain and truth == happened and self._is_complete(transfer, doubts):
            return Answer(asked.ref, "happened")
        if is_plain and truth == not_yet:
            return Answer(asked.ref, "not_yet")
        parts = {key: abs(doubt.moved) for key, doubt in doubts.items()}
        return Answer(asked.ref, "partly", parts)

    def _is_complete(self, transfer, doubts):
        """Whether all of it has happened by now, as the paper says or where it is
        asked about."""
        if not transfer.has_happened:
            return False
        if {*transfer.plan()} == {*transfer.paper}:
            return True
        quantity = sum(piece.qty for piece in transfer.paper)
        if quantity != sum(goods.qty for goods in transfer.goods):
            return False
        moved = [transfer.moved(key) for key in doubts]
        if moved != [doubt.moved for doubt in doubts.values()]:
            return False
        ways = {-1 for piece in transfer.paper if piece.source}
        ways |= {1 for piece in transfer.paper if piece.target}
        return all(
            quantity == sum(abs(qty) for qty in moved if qty * way > 0) for way in ways
        )

    def _read(self, session, key):
        """Read a held line that no document is asked about, where one of the readings
        is true."""
        tally = self._tally(session, key)
        unanswered = sum(self._unanswered(session, key).values())
        if tally.last().lost == self.corrected(key):
            tally.reading = "transfer"
        elif not unanswered:
            tally.reading = "variance"
        else:
            return False
        self._tell(f"session {session}, {key} is held: it is the {tally.reading}")
        self.happened[tally.reading] += 1
        self.backend.answer(session, key, tally.reading)
        return True

    def _unanswered(self, session, key):
        """transfer → how far it was ahead at the count, of those that nobody has
        answered for the line."""
        answered = self.backend.explained(session, key)
        doubts = self._tally(session, key).last().doubts
        return {
            transfer: doubt.ahead
            for transfer, doubt in doubts.items()
            if doubt.ahead and transfer.ref not in answered
        }

    def _review(self, session):
        """Take back answers that are not true any more: goods were put back since, and
        counted then."""
        for key in self.keys:
            tally = self._tally(session, key)
            last = tally.last()
            if not last or tally.reading or tally.posted_moment == last.moment:
                continue
            for ref, explained in self.backend.explained(session, key).items():
                transfer = self._transfer(ref)
                if explained != self._doubt(session, key, transfer).ahead:
                    self._take_back(session, key, transfer, explained)

    def _take_back(self, session, key, transfer, explained):
        if transfer.changed_moment <= self.answered[session, transfer][0]:
            self._fail(f"{key}: {transfer} explains {explained:g}, which nobody said")
        self._tell(f"session {session}, {transfer}: the answer is taken back")
        self.happened["answers taken back"] += 1
        self.backend.withdraw_answer(session, transfer.ref)

    # === Posting === #

    def corrected(self, key):
        """What counts and native adjustments made of the book so far."""
        return self.backend.book(key) - STOCK[key] - self.booked[key]

    def _post(self, session):
        self._review(session)
        self._tell(f"session {session} is posted")
        before = {key: self.corrected(key) for key in self.keys}
        outcomes = self.backend.post(session)
        for key in self.keys:
            changed = self.corrected(key) - before[key]
            if outcomes.get(key) != "posted" and changed:
                self._fail(f"{key} changed by {changed:+g}, but nothing was posted")
            if key in outcomes:
                self._check_outcome(session, key, outcomes[key], changed)
            if outcomes.get(key) == "posted":
                self._check_posted(session, key, before[key], changed)
        again = self.backend.post(session)
        if any(outcomes.get(key) == "posted" for key in again):
            self._fail("A line was posted twice")

    def _check_outcome(self, session, key, outcome, changed):
        self._tell(f"  {key} is {outcome} ({changed:+g})")
        sighting = self._tally(session, key).last()
        if not sighting:
            self._fail(f"{key} is {outcome}, but nobody counted it")
        self.happened[outcome] += 1
        must = self._is_superseded(session, key, sighting.moment)
        if outcome == "failed" or (outcome == "superseded") != must:
            self._fail(f"{key} is {outcome}; a newer count was posted: {must}")
        self._tally(session, key).is_held |= outcome == "held"
        if outcome == "held" and not self._has_question(session, key):
            self._fail(f"{key} is held, but all transfers were answered")

    def _has_question(self, session, key):
        """Whether there is any transfer that nobody has answered as it is now."""
        answered = self.backend.explained(session, key)
        return any(
            transfer.ref not in answered or self._is_outdated(session, transfer)
            for transfer in self.transfers
        )

    def _check_posted(self, session, key, before, changed):
        tally = self._tally(session, key)
        sighting = tally.last()
        self.happened["posted again"] += tally.posted_moment is not None
        tally.posted_moment = sighting.moment
        tally.posted_qty += changed
        if tally.found() != sighting.floor:
            return
        self._check_asked(session, key, changed)
        excuse = self._excuse(session, key, before, changed)
        tally.is_held = False
        is_right = self.corrected(key) == sighting.lost
        if excuse:
            self.happened[f"unknowable: {excuse}"] += 1
            self.happened[f"wrong: {excuse}"] += not is_right
            return
        self.happened["checked"] += 1
        self.happened["checked in doubt"] += any(
            doubt.ahead for doubt in sighting.doubts.values()
        )
        if not is_right:
            self._fail(
                f"{key}: {sighting.lost:+g} really lost or found until it was counted,"
                f" but the book was corrected by {self.corrected(key):+g}"
            )

    def _check_asked(self, session, key, changed):
        """Nothing is posted that a document may post again, without a person."""
        if not changed or self._tally(session, key).reading:
            return
        answered = self.backend.explained(session, key)
        if self._tally(session, key).is_held and not answered:
            self._fail(f"{key} was held, and nobody was asked")
        for transfer in self.transfers:
            is_settled = transfer.ref in answered and not self._is_outdated(
                session, transfer
            )
            if not is_settled and not self._why(transfer, session, key, changed):
                self._fail(
                    f"{key}: {changed:+g} posted, but {transfer} may book that"
                    " again, and nobody was asked"
                )

    def _is_outdated(self, session, transfer):
        """Whether the paper of an open transfer was changed since it was answered."""
        _moment, paper = self.answered[session, transfer]
        return transfer.is_open and {*transfer.paper} != paper

    def _excuse(self, session, key, before, changed):
        """Why nobody could know what was really missing, None if it could be known."""
        tally = self._tally(session, key)
        if tally.reading:
            return None
        sighting = tally.last()
        explained = self.backend.explained(session, key)
        for ref, qty in explained.items():
            transfer = self._transfer(ref)
            if qty != sighting.doubts.get(transfer, Doubt()).ahead:
                return "an answer that is not true any more"
        unanswered = self._unanswered(session, key)
        if sighting.lost == before and self._is_exact(sighting, key, unanswered):
            return None
        return next(
            (self._why(t, session, key, changed) for t in unanswered),
            None,
        )

    def _why(self, transfer, session, key, changed):
        """Why a transfer was not asked about, None if it should have been."""
        tally = self._tally(session, key)
        sighting, opened_at = tally.last(), transfer.opened_at
        ended_at = transfer.done_at or transfer.gone_at
        if not opened_at or opened_at > sighting.at + HOLD_WINDOW:
            return "the paper came late"
        if ended_at and ended_at <= sighting.at:
            is_long = ended_at < sighting.at - HOLD_WINDOW
            return f"finished {'long' if is_long else 'shortly'} before the count"
        if not changed:
            return "errors that cancel out"
        doubt = sighting.doubts.get(transfer, Doubt())
        ways = doubt.ways(transfer.own(key))
        if transfer.is_open:
            ways |= transfer.could_be_here(key)
        way = 1 if changed > 0 else -1
        if way in doubt.around - ways and transfer.gone_at:
            return "cancelled, and its paper lay elsewhere"
        if way not in ways:
            return "errors in opposite directions"
        if ended_at and (opened_at > sighting.at or not tally.is_held):
            return "finished before it was asked about"
        return None

    def _is_exact(self, sighting, key, unanswered):
        """Whether nothing but whole transfers explain the variance, so that the line
        is held even where their documents are finished."""
        lines = sum(t.lines for t in self.transfers if t.own(key) or t.moved(key))
        return lines <= MAX_EXPLAINING and all(
            sighting.doubts[transfer].is_whole()
            and transfer.opened_at
            and transfer.opened_at <= sighting.at + HOLD_WINDOW
            and (transfer.done_at or transfer.gone_at or sighting.at)
            >= sighting.at - HOLD_WINDOW
            for transfer in unanswered
        )

    def _is_superseded(self, session, key, moment):
        """Whether a newer count was posted, or Odoo's own adjustment came later.

        A line that is posted again after its last entry was withdrawn is as old as what
        is left of it.
        """
        newer = (
            tally.posted_moment > moment
            for (rival, at), tally in self.tallies.items()
            if at == key and rival != session and tally.posted_moment is not None
        )
        return any(newer) or self.adjusted_moment[key] > moment

    # === Undoing === #

    def _undo(self, session):
        """Which lines can be undone is the backend's business, but no superseded one.

        What was undone is counted and not posted, as if it had never been posted.
        """
        self._tell(f"session {session} is undone")
        before = {key: self.corrected(key) for key in self.keys}
        undone = self.backend.undo(session)
        for key in self.keys:
            due = self._undo_line(session, key) if key in undone else 0
            took_back = before[key] - self.corrected(key)
            if took_back != due:
                self._fail(f"{key}: undoing took {took_back:g} back instead of {due:g}")

    def _undo_line(self, session, key):
        """What undoing has to take back."""
        self._tell(f"  {key} is undone")
        self.happened["undone"] += 1
        tally = self._tally(session, key)
        later = self._is_superseded(session, key, tally.posted_moment)
        if tally.posted_qty and later:
            self._fail(f"{key}: undone although a later count was posted")
        due, tally.posted_qty, tally.posted_moment = tally.posted_qty, 0, None
        return due
