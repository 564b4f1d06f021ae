from psycopg2.errors import SerializationFailure

from odoo.tests import tagged

from ..connection_common import TwoUsersCase


@tagged("post_install", "-at_install")
class TestFences(TwoUsersCase):
    """Who counts a place waits for who corrects it, and the other way round (rule
    1)."""

    def _share(self, env):
        env["stock.count.fence"]._share([self.bin_id])

    def _close(self, env):
        env["stock.count.fence"]._close([self.bin_id])

    def _waits(self, first, second):
        """Whether ``second`` waits while ``first`` is done and not committed."""
        with self._connect(0) as env:
            first(env)
            thread, outcome = self._start(1, second)
            waits = self._is_blocked(env, thread)
        self._end(thread, outcome)
        return waits

    def test_a_place_is_counted_by_many_at_once(self):
        """Z4: counts share its fence."""
        self.assertFalse(self._waits(self._share, self._share))

    def test_a_correction_waits_for_counts_and_they_wait_for_it(self):
        """Rule 1."""
        self.assertTrue(self._waits(self._share, self._close))
        self.assertTrue(self._waits(self._close, self._share))

    def test_two_corrections_of_a_place_come_one_after_the_other(self):
        """Rule 1."""
        self.assertTrue(self._waits(self._close, self._close))

    def test_a_correction_of_another_place_is_not_waited_for(self):
        """Z4: one fence for each location."""
        with self._connect() as env:
            other_id = env["stock.location"].browse(self.bin_id).copy().id

        def close_other(env):
            env["stock.count.fence"]._close([other_id])

        self.assertFalse(self._waits(self._close, close_other))

    def test_who_read_the_book_before_a_correction_does_not_pass_after_it(self):
        """Rule 1: what they read is not what is booked; Odoo begins again for them."""
        for pass_fence in (self._share, self._close):
            with (
                self.subTest(pass_fence.__name__),
                self.assertRaises(SerializationFailure),
                self._connect(0) as env,
            ):
                env["stock.quant"].search_count([])
                with self._connect(1) as other:
                    self._close(other)
                pass_fence(env)

    def test_a_native_adjustment_closes_the_fence_whatever_its_sign(self):
        """Rule 1: a count waits for it, and has it in its book."""
        self._book(10)
        for quantity in (9, 11):
            with self.subTest(quantity):
                session_id = self._make_session()
                self.assertTrue(
                    self._waits(
                        self._adjust_natively(quantity), self._record(session_id, 9)
                    )
                )
                self.assertEqual(self._read(session_id, "book_qty"), [quantity])
