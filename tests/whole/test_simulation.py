"""The proof of design chapter 3: random runs on a known floor (P5, P6)."""

import logging
import os
import tempfile
import time
from collections import Counter
from unittest.mock import patch

import hypothesis.configuration
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.stock_count.domain.documents import ANSWERS

from ..common import CountCommon
from ..floor import run
from ..floor_backend import BOLTS, LOTS, PACKS
from ..floor_odoo import OdooBackend
from ..floor_people import DEVICES, ROUTES, SESSIONS
from ..floor_rules import PureBackend

_logger = logging.getLogger(__name__)

# Hypothesis would keep a folder in the working directory otherwise.
hypothesis.configuration.set_hypothesis_home_dir(tempfile.gettempdir() + "/hypothesis")

EXAMPLES = int(os.environ.get("STOCK_COUNT_SIMULATION_EXAMPLES", "2000"))
# A run takes Odoo a thousand times as long as the rules alone.
ODOO_EXAMPLES = max(1, EXAMPLES // 55)

# Runs are the same each time. What fails is shrunk, and printed as a story and as a
# blob for ``@reproduce_failure``.
simulation = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)

NTH = range(4)
ROUTE = range(len(ROUTES))
QTY = range(1, 5)
# Modulo what there is: an item or two lots of one, whose paper knows the lot or not.
PLACE = ITEM = range(4)
SESSION = range(len(SESSIONS))
DEVICE = range(len(DEVICES))
OFFLINE_DEVICE = range(1, len(DEVICES))
ERROR = (0, 0, 0, -1, 1)

# Verbs of the floor with what their numbers may be. What people do more often stands
# there more often; the first ones are the ones that a story shrinks to.
PAPERS = (
    *(("open", ROUTE, QTY, ITEM),) * 3,
    *(("take", NTH),) * 4,
    *(("put", NTH),) * 3,
    *(("tick", NTH),) * 3,
    *(("validate", NTH),) * 3,
    ("grab", ROUTE, QTY, ITEM),
    *(("register", NTH),) * 2,
    ("put_back", NTH),
    ("untick", NTH),
    ("cancel", NTH),
    ("shorten", NTH),
    ("lengthen", NTH),
    ("scrap", PLACE, QTY),
    ("pause",),
)
# What people do otherwise than the paper says.
DEVIATIONS = (
    *(("take_part", NTH),) * 2,
    ("put_part", NTH),
    *(("take_elsewhere", NTH),) * 2,
    ("take_other", NTH),
    ("put_elsewhere", NTH),
    ("arrive_short", NTH),
    ("arrive_over", NTH),
    ("correct", NTH),
)
TRANSFERS = PAPERS + DEVIATIONS
LOSSES = (
    *(("lose", PLACE, QTY),) * 2,
    *(("find", PLACE, QTY),) * 2,
    ("lose_on_the_way", NTH),
)
COUNTS = (
    *(("count", SESSION, PLACE, DEVICE),) * 6,
    *(("count_part", SESSION, PLACE, DEVICE),) * 2,
    *(("withdraw", NTH),) * 2,
)
MISTAKES = (("mistake", SESSION, PLACE, DEVICE),)
DESK = (
    *(("settle", SESSION),) * 2,
    ("sync", OFFLINE_DEVICE),
    ("post", SESSION),
    ("answer", SESSION),
    ("undo", SESSION),
)
NATIVE = (("adjust", PLACE, ERROR),)

# A verb and up to three numbers.
EVENT_SIZE = 4
# Each kind of thing gets its turn for so many events.
TURN = 3


def sequences(*kinds, rounds=4):
    """Random sequences of events, turn by turn of the kinds.

    Made from plain bytes because that is fast. A zero is a moment in which nothing
    happens, so what fails shrinks to the few events that it takes.
    """
    size = EVENT_SIZE * TURN * len(kinds) * rounds
    return st.binary(min_size=size, max_size=size).map(lambda data: decode(data, kinds))


def decode(data, kinds):
    """Read events from bytes."""
    events = []
    for i, start in enumerate(range(0, len(data), EVENT_SIZE)):
        which, *numbers = data[start : start + EVENT_SIZE]
        verbs = kinds[i // TURN % len(kinds)]
        if which:
            verb, *choices = verbs[(which - 1) % len(verbs)]
            chosen = (c[n % len(c)] for c, n in zip(choices, numbers, strict=False))
            events.append((verb, *chosen))
    return events


EVERYTHING = (
    TRANSFERS + LOSSES,
    COUNTS + MISTAKES,
    TRANSFERS + LOSSES,
    DESK + NATIVE,
)
LIVELY = sequences(*EVERYTHING)
# Nothing is ever lost, so whatever a count finds, the book may not be corrected by it.
HONEST = sequences(TRANSFERS, COUNTS, TRANSFERS, DESK)
SITUATIONS = (
    "checked in doubt",
    "posted again",
    "superseded",
    "transfer",
    "variance",
    "counted again",
    "undone",
    "unknowable: errors in opposite directions",
    "unknowable: errors that cancel out",
)


def shorten(events, fails, seconds=60):
    """Leave out events, many at first, as long as it still fails.

    :param fails: called with events, says whether they fail
    """
    deadline, size = time.monotonic() + seconds, len(events)
    while size:
        start = 0
        while start < len(events) and time.monotonic() < deadline:
            fewer = events[:start] + events[start + size :]
            if fails(fewer):
                events = fewer
            else:
                start += size
        size //= 2
    return events


def tell(name, happened):
    """Log how often a claim was checked, and how often nobody could know the truth."""
    counts = (f"{count} {what}" for what, count in sorted(happened.items()))
    _logger.info("%s: %s", name, ", ".join(counts))


@tagged("post_install", "-at_install", "stock_count_simulation")
class TestSimulationOfTheRules(BaseCase):
    """Thousands of runs of domain/, with nothing of Odoo."""

    def _simulate(self, sequences_of_events, items, *situations):
        """Run them all; each situation has to happen in one run of a hundred at least.

        A simulation in which something never happens proves nothing about it.
        """
        happened = Counter()

        @simulation
        @given(sequences_of_events)
        def runs(events):
            happened.update(run(events, PureBackend(items)))

        runs()
        tell(self.id(), happened)
        for situation in (*ANSWERS, *situations):
            self.assertGreater(happened[situation], EXAMPLES / 100, situation)

    def test_a_zero_is_a_moment_in_which_nothing_happens(self):
        data = bytes([1, 0, 1, 0, 0, 9, 9, 9])
        self.assertEqual(decode(data, [[("open", ROUTE, QTY)]]), [("open", 0, 2)])

    def test_what_has_no_part_in_a_failure_is_left_out(self):
        fails = {3, 7}.issubset
        self.assertEqual(shorten(list(range(20)), fails), [3, 7])

    def test_the_book_is_right_whatever_happens(self):
        self._simulate(LIVELY, BOLTS, *SITUATIONS)

    def test_the_book_of_lots_is_right_whatever_happens(self):
        self._simulate(LIVELY, LOTS, *SITUATIONS)

    def test_the_book_of_packages_is_right_whatever_happens(self):
        self._simulate(LIVELY, PACKS, *SITUATIONS)

    def test_nothing_is_corrected_where_nothing_is_lost(self):
        self._simulate(HONEST, BOLTS, "checked in doubt", "transfer", "superseded")


class OdooRuns(CountCommon):
    """Runs with transfers, counts and postings of a real Odoo.

    In parts, because what is rolled back stays in PostgreSQL's way until the test's
    transaction ends: each run is a little slower than the one before.
    """

    part = 1
    backend = OdooBackend

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.prepare(cls)
        # Odoo tells of every record that is deleted, and transfers delete many.
        cls.startClassPatcher(
            patch.object(logging.getLogger("odoo.models.unlink"), "disabled", True)
        )

    def _run(self, events, items):
        """One run, of which nothing is left afterwards."""
        self.env.flush_all()
        savepoint = self.env.cr.savepoint()
        try:
            return run(events, self.backend(self, items))
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
            self.env.cr._now = None

    def _fails(self, events, items):
        try:
            self._run(events, items)
        except Exception:
            return True
        return False

    def _simulate(self, items):
        """Odoo is slow, so a failure is not left to hypothesis to be made short."""
        happened, failed = Counter(), []

        @seed(self.part)
        @settings(
            simulation,
            derandomize=False,
            max_examples=ODOO_EXAMPLES,
            phases=[Phase.generate],
        )
        @given(sequences(*EVERYTHING, rounds=3))
        def runs(events):
            failed[:] = [events]
            happened.update(self._run(events, items))

        try:
            runs()
        except Exception:
            events = shorten(failed[0], lambda fewer: self._fails(fewer, items))
            _logger.info("The shortest run that fails: %s", events)
            self._run(events, items)
            raise
        tell(self.id(), happened)
        for situation in ("checked in doubt", "documents asked"):
            self.assertGreater(happened[situation], ODOO_EXAMPLES / 20, situation)


@tagged("post_install", "-at_install", "stock_count_simulation")
class TestSimulationInOdoo(OdooRuns):
    """The same runs on real records."""

    def test_the_book_is_right_whatever_happens(self):
        self._simulate(BOLTS)

    def test_the_book_of_lots_is_right_whatever_happens(self):
        self._simulate(LOTS)


@tagged("post_install", "-at_install", "stock_count_simulation")
class TestSimulationInOdooSecondPart(TestSimulationInOdoo):
    """Other runs."""

    part = 2
    allow_inherited_tests_method = True


@tagged("post_install", "-at_install", "stock_count_simulation")
class TestSimulationInOdooThirdPart(TestSimulationInOdoo):
    """Other runs again."""

    part = 3
    allow_inherited_tests_method = True


@tagged("post_install", "-at_install", "stock_count_simulation")
class TestSimulationInOdooFourthPart(OdooRuns):
    """Goods that lie loose and in packages."""

    part = 4

    def test_the_book_of_packages_is_right_whatever_happens(self):
        self._simulate(PACKS)
