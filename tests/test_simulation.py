"""The proof of design chapter 3: random runs on a known floor (P5, P6)."""

import os
import tempfile
from collections import Counter

import hypothesis.configuration
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from .floor import DEVICES, PLACES, ROUTES, SESSIONS, run
from .floor_rules import PureBackend

# Hypothesis would keep a folder in the working directory otherwise.
hypothesis.configuration.set_hypothesis_home_dir(tempfile.gettempdir() + "/hypothesis")

EXAMPLES = int(os.environ.get("STOCK_COUNT_SIMULATION_EXAMPLES", "2000"))

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
PLACE = range(len(PLACES))
SESSION = range(len(SESSIONS))
DEVICE = range(len(DEVICES))
OFFLINE_DEVICE = range(1, len(DEVICES))
ERROR = (0, 0, 0, -1, 1)

# Verbs of the floor with what their numbers may be. What people do more often stands
# there more often; the first ones are the ones that a story shrinks to.
TRANSFERS = (
    *(("open", ROUTE, QTY),) * 3,
    *(("take", NTH),) * 4,
    *(("put", NTH),) * 3,
    *(("tick", NTH),) * 3,
    *(("validate", NTH),) * 3,
    ("grab", ROUTE, QTY),
    *(("register", NTH),) * 2,
    ("put_back", NTH),
    ("untick", NTH),
    ("cancel", NTH),
    ("shorten", NTH),
    ("lengthen", NTH),
    ("scrap", PLACE, QTY),
    ("pause",),
)
LOSSES = (("lose", PLACE, QTY), ("find", PLACE, QTY))
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
# Each kind of thing gets its turn for so many events, in so many rounds.
TURN, ROUNDS = 3, 4


def sequences(*kinds):
    """Random sequences of events, turn by turn of the kinds.

    Made from plain bytes because that is fast. A zero is a moment in which nothing
    happens, so what fails shrinks to the few events that it takes.
    """
    size = EVENT_SIZE * TURN * len(kinds) * ROUNDS
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


LIVELY = sequences(
    TRANSFERS + LOSSES, COUNTS + MISTAKES, TRANSFERS + LOSSES, DESK + NATIVE
)
# Nothing is ever lost, so whatever a count finds, the book may not be corrected by it.
HONEST = sequences(TRANSFERS, COUNTS, TRANSFERS, DESK)


@tagged("post_install", "-at_install")
class TestSimulationOfTheRules(BaseCase):
    """Thousands of runs of domain.reconcile, with nothing of Odoo."""

    def _assert_happened(self, happened, *situations):
        """A simulation in which something never happens proves nothing about it."""
        for situation in situations:
            self.assertGreater(happened[situation], EXAMPLES / 100, situation)

    def test_a_zero_is_a_moment_in_which_nothing_happens(self):
        data = bytes([1, 0, 1, 0, 0, 9, 9, 9])
        self.assertEqual(decode(data, [[("open", ROUTE, QTY)]]), [("open", 0, 2)])

    def test_the_book_is_right_whatever_happens(self):
        happened = Counter()

        @simulation
        @given(LIVELY)
        def runs(events):
            happened.update(run(events, PureBackend()))

        runs()
        self._assert_happened(
            happened,
            "checked in doubt",
            "posted again",
            "superseded",
            "transfer",
            "variance",
            "undone",
        )

    def test_nothing_is_corrected_where_nothing_is_lost(self):
        happened = Counter()

        @simulation
        @given(HONEST)
        def runs(events):
            happened.update(run(events, PureBackend()))

        runs()
        self._assert_happened(happened, "checked in doubt", "transfer", "superseded")
