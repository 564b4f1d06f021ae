"""A warehouse floor whose truth is known, to prove the rules of counting with (P5, P6).

People take goods before they tick them, tick before they take them, put them back, take
a part, take another lot or from another bin than the paper says, lose a piece on the
way, receive too few or too many, type lots late; they lose things, count with phones
that have no network and a wrong clock, post, answer and undo. The floor knows what
really happened; a backend (the pure rules of domain/, or a real Odoo) only hears what
people tell it. So the floor can tell whether the book is right.

For each key (a place and an item)

    floor = book + lost - corrected + ahead

``lost`` is what really vanished or turned up, ``corrected`` what counts and native
adjustments made of it, and ``ahead`` how far the goods of transfers are ahead of their
paperwork. What posting a count made at moment c has to achieve is therefore exactly

    corrected now = lost up to c

in other words: book now is floor now but for transfers that are not yet both carried
out and validated, and but for what got lost or turned up since the count. This is
claimed of each line whose documents in doubt were all answered; the clerk who answers
knows the floor and tells the truth. Of each line it is claimed that nothing is posted
in the direction of a document that is open and that nobody was asked about, and that a
line that was held waits for a person. At the end, with all transfers finished as they
really happened and an exact last count, book = floor.

What no rule can know, and where nothing is claimed of a single posting (but still of
the end); how often it occurs is counted:

- errors in opposite directions: goods are lost while a receipt of the same item is on
  the shelf early. Two are missing, because five were lost and three came; documents are
  asked only if they could explain what is missing, and the receipt could not.
- errors that cancel out: nothing differs, so nobody is asked.
- a paper that was finished before the count, while its goods were not, or the other way
  round: it is asked about only if it explains the variance exactly, and within
  HOLD_WINDOW, and with no more than MAX_EXPLAINING lines of transfers at one key.
- a paper that was written more than HOLD_WINDOW after the count.
- a paper that was finished before anybody was asked about it: before a phone without a
  network brought the count, or before the line differed, and the line is not explained
  exactly. A line that was held for it waits for a person.
- a cancelled paper that lay elsewhere, after other documents were answered.
- a count that is not exact: a part of the bin only, or a mistake not yet withdrawn.
"""

from .floor_backend import Backend
from .floor_clerk import Clerk
from .floor_people import DEVICES, LAST_SESSION, SESSIONS


class Floor(Clerk):
    """What really happens, told to a backend by people who are late, early or wrong."""

    def play(self, events):
        """Let things happen, a minute each."""
        for verb, *numbers in events:
            self._pass()
            getattr(self, verb)(*numbers)

    def finish(self):
        """Clear the desk, carry everything out and count all once more."""
        self._settle(SESSIONS)
        for transfer in self.transfers:
            self._pass()
            self._complete(transfer)
        self.play([("sync", DEVICES.index("phone"))])
        for key in self.keys:
            self._pass()
            self._see(LAST_SESSION, key, "sheet", "set", self.stock[key])
        self._settle([LAST_SESSION])
        self._check_end()
        # The other device comes back at last, and everybody posts what is left over.
        self.play([("sync", DEVICES.index("scanner"))])
        self._settle([*SESSIONS, LAST_SESSION])
        self._check_end()

    def _complete(self, transfer):
        if not transfer.opened_at and transfer.goods:
            self._register(transfer)
        while goods := self._takeable(transfer):
            self._take(transfer, goods)
        if any(not goods.taken for goods in transfer.goods):
            self._give_up(transfer)
        while goods := self._puttable(transfer):
            self._put(transfer, goods)
        if transfer.is_open:
            self._validate(transfer)
        while transfer.gone_at and (goods := self._returnable(transfer)):
            self._put_back(transfer, goods)

    def _give_up(self, transfer):
        """What the transfer needs is not there any more."""
        if transfer.gone_at:
            return
        if self._is_cancellable(transfer):
            self._cancel(transfer)
            return
        for goods in [goods for goods in transfer.goods if not goods.taken]:
            if transfer.is_open:
                # It never happens, and the paper will say so.
                transfer.goods.remove(goods)
                continue
            # It was validated and delivered: then it was taken from elsewhere, and
            # what is missing here is missing less.
            self._tell(f"{goods.qty} pieces of {transfer} come from elsewhere")
            self.lost[goods.source, goods.item] += goods.qty
            goods.taken = True

    def _check_end(self):
        for key in self.keys:
            if self.backend.book(key) != self.stock[key]:
                book = self.backend.book(key)
                self._fail(
                    f"In the end {key} is {self.stock[key]}, booked are {book:g}"
                )


def run(events, backend: Backend):
    """Play a sequence of events to its end, and check everything on the way.

    :return: Counter of what happened
    :raise Wrong: with the story that shows it
    """
    floor = Floor(backend)
    floor.play(events)
    floor.finish()
    return floor.happened
