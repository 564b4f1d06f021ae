import re

from odoo.tests import tagged

from ..common import CountCommon

FEW, MANY = 10, 500


@tagged("post_install", "-at_install")
class TestSpeed(CountCommon):
    """What is done to many lines costs no more queries than what is done to few."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products = cls.env["product.product"].create(
            [
                {"name": f"Item {i}", "is_storable": True, "standard_price": 1}
                for i in range(MANY)
            ]
        )
        for product in cls.products[:FEW]:
            cls._book(product, cls.bin_a, 5)
        for product in cls.products:
            cls._book(product, cls.bin_b, 5)
        cls.few = cls._create_session(cls.bin_a)
        cls.many = cls._create_session(cls.bin_b)

    def _queries(self, work, *args):
        """How many queries the work makes, with nothing in the cache before."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work(*args)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _entries(self, session, qty=5):
        return [self._entry(qty, line_id=line.id) for line in session.line_ids]

    def _check_flat(self, work):
        """The work costs for many lines what it costs for few.

        :param work: called with a session
        """
        # The first time fills Odoo's own caches.
        work(self._create_session(self.bin_a))
        few, many = self._queries(work, self.few), self._queries(work, self.many)
        self.assertLessEqual(many, few)

    def test_lines_are_generated_with_the_same_queries_however_many(self):
        """D1: one statement makes them all."""
        self.few.line_ids.unlink()
        self.many.line_ids.unlink()
        self._check_flat(lambda session: session.action_generate())
        self.assertEqual(len(self.many.line_ids), MANY)

    def test_a_refresh_takes_the_same_queries_however_many_lines(self):
        """D10."""
        self._check_flat(lambda session: session.action_refresh())

    def test_checking_all_takes_the_same_queries_however_many_lines(self):
        """D5."""
        self._check_flat(lambda session: session.action_check_all())
        self.assertTrue(all(self.many.line_ids.mapped("to_post")))

    def test_entries_are_recorded_with_the_same_queries_however_many(self):
        """Design 2, the one door: ten thousand in a call cost no more queries."""
        entries = {session: self._entries(session) for session in (self.few, self.many)}
        self._check_flat(
            lambda session: session.record_entries(
                entries.get(session) or self._entries(session)
            )
        )
        self.assertTrue(all(self.many.line_ids.mapped("is_counted")))

    def test_what_nobody_expected_is_recorded_with_the_same_queries_however_many(self):
        """D4: lines made by counting cost no more either."""

        bin_c = self._create_bin("Bin C")
        sessions = self._create_session(self.bin_a) | self.few | self.many
        sessions.location_ids |= bin_c

        def record(session):
            products = self.products[: len(session.line_ids)]
            session.record_entries(
                [self._entry(1, product, bin_c) for product in products]
            )

        _warm_up, few, many = (self._queries(record, session) for session in sessions)
        self.assertLessEqual(many, few)
        self.assertEqual(len(self.many.line_ids), 2 * MANY)

    def test_lines_that_are_right_are_posted_with_the_same_queries_however_many(self):
        """P1, P2: a line without a variance costs nothing at posting."""

        def count(session):
            session.record_entries(self._entries(session))
            session.action_check_all()
            return session

        count(self._create_session(self.bin_a)).action_post()
        few, many = (
            self._queries(count(session).action_post)
            for session in (self.few, self.many)
        )
        self.assertLessEqual(many, few)
        self.assertEqual(set(self.many.line_ids.mapped("state")), {"posted"})
        self.assertFalse(self.many.move_ids)

    def test_posting_differences_takes_few_queries_a_line(self):
        """P1, P2: Odoo's own apply takes more than five queries for each quant."""
        self.many.record_entries(self._entries(self.many, qty=4))
        self.many.action_check_all()
        self.assertLess(self._queries(self.many.action_post), MANY)
        self.assertEqual(len(self.many.move_ids), MANY)

    def test_variances_are_explained_with_the_same_queries_however_many(self):
        """P3, P11, P12, issue 3: causes, location moves and promises."""

        def explain(session):
            variances = session.line_ids.search(
                [("session_id", "=", session.id), ("variance_qty", "!=", 0)]
            )
            self.env["stock.count.cause"]._read_causes(variances)
            self.env["stock.count.match"]._propose(session)
            self.env["stock.count.promise"]._read_promises(variances)

        for session in (self.few, self.many):
            session.record_entries(self._entries(session, qty=3))
        self._check_flat(explain)

    def test_the_sheet_opens_with_the_same_queries_however_many_lines(self):
        """D2: as fast for 100,000 lines as for 100."""

        def open_sheet(session):
            action = session.action_open_sheet()
            lines = self.env["stock.count.line"]
            names = ("product_id", "location_id", "expected_qty", "found_qty", "state")
            lines.web_search_read(
                action["domain"], {name: {} for name in names}, limit=FEW
            )
            session.web_read({"line_count": {}, "counted_count": {}, "next_step": {}})

        self._check_flat(open_sheet)

    def test_no_index_of_lines_has_what_counting_and_posting_change(self):
        """Z3: PostgreSQL would have to write to all indexes for each of them."""
        self.env.cr.execute(
            """
            SELECT string_agg(pg_get_indexdef(indexrelid), ' ') FROM pg_index
             WHERE indrelid = 'stock_count_line'::regclass
            """
        )
        indexed = set(re.findall(r"\w+", self.env.cr.fetchone()[0]))
        self.assertIn("location_id", indexed)
        changed = "state to_post is_counted found_qty variance_qty variance_value"
        changed += " tolerance_ratio counted_at counted_stamp last_entry_id"
        changed += " posted_round posted_qty posted_at posted_stamp posted_counted_at"
        self.assertFalse(indexed & set(changed.split()))
