import uuid

from odoo.tests import tagged

from ..connection_common import TwoUsersCase


@tagged("post_install", "-at_install")
class TestFences(TwoUsersCase):
    """Whoever corrects or counts a place waits for whoever corrects it (rule 1)."""

    def setUp(self):
        super().setUp()
        self._book(10)

    def _fence(self, verb):
        return lambda env: getattr(env["stock.count.fence"], verb)([self.bin_id])

    def _waits(self, first, second):
        """Whether ``second`` waits while ``first`` is done and not committed."""
        with self._connect(0) as env:
            first(env)
            thread, outcome = self._start(1, second)
            waits = self._is_blocked(env, thread)
        self._end(thread, outcome)
        return waits

    def test_only_counts_of_a_place_go_on_beside_each_other(self):
        """Fence: counts share it, a correction has it alone."""
        share, close = self._fence("_share"), self._fence("_close")
        self.assertFalse(self._waits(share, share))
        self.assertTrue(self._waits(share, close))
        self.assertTrue(self._waits(close, share))
        self.assertTrue(self._waits(close, close))

    def test_a_correction_elsewhere_is_not_waited_for(self):
        """Fence, Z4: one row for each location."""
        close = self._fence("_close")
        with self._connect() as env:
            self.bin_id = env["stock.location"].browse(self.bin_id).copy().id
        self.assertFalse(self._waits(close, self._fence("_close")))
