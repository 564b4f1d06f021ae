import uuid

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..connection_common import TwoUsersCase


@tagged("post_install", "-at_install")
class TestConcurrency(TwoUsersCase):
    """Two real database connections at once leave right stock (P5, P6, P7, Z3, Z4)."""

    def test_two_users_counting_one_line_at_once_lose_nothing(self):
        """Z4: both entries are recorded, the line adds them up."""
        self._book(10)
        session_id = self._make_session()
        self._both(
            self._record(session_id, 4, "add"), self._record(session_id, 3, "add")
        )
        self.assertEqual(self._read(session_id, "found_qty"), [7])
        self.assertEqual(len(self._read(session_id, "entry_ids")), 2)

    def test_two_users_finding_the_same_new_thing_make_one_line(self):
        """Z4: the unique key holds, nothing is lost."""
        session_id = self._make_session()
        self._both(
            self._record(session_id, 4, "add"), self._record(session_id, 3, "add")
        )
        self.assertEqual(self._read(session_id, "found_qty"), [7])

    def test_one_batch_sent_twice_at_once_is_recorded_once(self):
        """M12, Z3: the second one is a duplicate, entries and events, no error."""
        session_id = self._make_session()
        names = ("product_id", "location_id")
        entry = {name: getattr(self, name.replace("location", "bin")) for name in names}
        claim = {"kind": "bin_claim", "location_id": self.bin_id}
        batch = {
            "entries": [{**entry, "uuid": str(uuid.uuid4()), "qty": 4}],
            "events": [{**claim, "uuid": str(uuid.uuid4())}],
        }

        def send(env):
            return env["stock.count.app"].sync(session_id, batch)

        answer = self._both(send, send)
        for result in (*answer["results"], *answer["events"]):
            self.assertEqual(result["status"], "duplicate")
        self.assertEqual(self._read(session_id, "found_qty"), [4])

    def test_two_users_posting_one_session_at_once_post_it_once(self):
        """P6, rule 7: the second is told, without an error, who posted it."""
        self._book(10)
        session_id = self._make_session()
        self._count(session_id, 12)
        result = self._both(self._post(session_id), self._post(session_id))
        self.assertEqual(self._booked(), 12)
        self.assertIn("has just posted", result["params"]["message"])

    def test_a_count_while_the_last_line_is_posted_keeps_the_session_open(self):
        """Z4, P4: what the posting could not see is left to be posted."""
        self._book(10)
        session_id = self._make_session()
        self._count(session_id, 8)
        with self._connect() as env:
            washer = env["product.product"].create(
                {"name": "Washer", "is_storable": True}
            )
        find = self._record(session_id, 4, product_id=washer.id)
        self._both(find, self._post(session_id))
        self.assertEqual(self._booked(), 8)
        with self._connect(0) as env:
            session = env["stock.count.session"].browse(session_id)
            self.assertEqual(session.state, "partial")
            session.action_check_all()
            session.action_post()
            self.assertEqual(session.state, "posted")

    def test_a_count_that_a_posting_does_not_see_keeps_the_session_open(self):
        """Z4, P4: the posting has read the lines before, and waits to write."""
        self._book(10)
        session_id = self._make_session()
        self._count(session_id, 8)
        with self._connect() as env:
            values = {"name": "Washer", "is_storable": True}
            washer = env["product.product"].create(values)

        def post(env):
            session = env["stock.count.session"].browse(session_id)
            session.description = "Written before"
            env.flush_all()
            session.action_post()

        self._both(self._record(session_id, 4, product_id=washer.id), post)
        self.assertEqual(self._booked(), 8)
        self.assertEqual(sorted(self._read(session_id, "state")), ["counted", "posted"])
        with self._connect(0) as env:
            session = env["stock.count.session"].browse(session_id)
            self.assertEqual(session.state, "partial")

    def test_a_posting_and_a_count_never_wait_for_each_other(self):
        """Z4: 50 counters in the bins that are posted would make it fail again and
        again."""
        self._book(10)
        session_id = self._make_session()
        self._count(session_id, 8)
        tries = []

        def post(env):
            tries.append(1)
            return self._post(session_id)(env)

        with self._connect() as env:
            washer = env["product.product"].create(
                {"name": "Washer", "is_storable": True}
            )
        with self._connect(0) as env:
            session = env["stock.count.session"].browse(session_id)
            env["stock.count.recorder"].sudo()._share_session(session.sudo())
            thread, outcome = self._start(1, post)
            self.assertTrue(self._is_blocked(env, thread))
            self._record(session_id, 4, product_id=washer.id)(env)
        self._end(thread, outcome)
        self.assertEqual(len(tries), 1)
        self.assertEqual(self._booked(), 8)

    def _during_a_count(self, session_id, work):
        """Do something while the one line is being counted; how often it was tried."""
        tries = []

        def again(env):
            tries.append(1)
            return work(env)

        with self._connect(0) as env:
            self._record(session_id, 8)(env)
            thread, outcome = self._start(1, again)
            self.assertTrue(self._is_blocked(env, thread))
        self._end(thread, outcome)
        return len(tries)

    def test_check_all_while_somebody_counts_takes_what_they_counted(self):
        """Z4: among fifty who count it would be refused again and again."""
        self._book(10)
        session_id = self._make_session()
        tries = self._during_a_count(
            session_id,
            lambda env: (
                env["stock.count.session"].browse(session_id).action_check_all()
            ),
        )
        self.assertEqual(tries, 1)
        self.assertEqual(self._read(session_id, "to_post"), [True])

    def test_a_posting_while_somebody_counts_posts_what_they_counted(self):
        """Z4: the same, of a line that was counted and checked before."""
        self._book(10)
        session_id = self._make_session()
        self._count(session_id, 9)
        self.assertEqual(self._during_a_count(session_id, self._post(session_id)), 1)
        self.assertEqual(self._booked(), 8)

    def _run_into_a_posting(self, before=lambda env: None):
        """Count what is posted just now; how often Odoo had to begin anew."""
        self._book(10)
        session_id = self._make_session()
        with self._connect() as env:
            values = {"name": "Washer", "is_storable": True}
            washer = env["product.product"].create(values)
        self._count(session_id, 9)
        with self._connect(0) as env:
            # Nobody counts it, so that the count stays open.
            line = {"product_id": washer.id, "location_id": self.bin_id}
            session = env["stock.count.session"].browse(session_id)
            env["stock.count.recorder"]._find_or_add_line(session, line)
        tries = []

        def count(env):
            tries.append(before(env))
            return self._record(session_id, 8)(env)

        result = self._both(self._post(session_id), count)
        self.assertEqual(result["status"], "recorded")
        self.assertEqual(sorted(self._read(session_id, "found_qty")), [0, 8])
        self.assertEqual(self._booked(), 9)
        return len(tries)

    def test_a_count_that_ran_into_a_posting_is_done_again_at_once(self):
        """Z4: Odoo's own tries are few, with long pauses between them."""
        self.assertEqual(self._run_into_a_posting(), 1)

    def test_what_was_written_before_a_count_is_written_again_with_it(self):
        """Z3, Z4: nothing of a transaction is lost on the way."""
        name = str(uuid.uuid4())

        def write(env):
            env["stock.location"].create({"name": name, "location_id": self.bin_id})

        self.assertEqual(self._run_into_a_posting(write), 2)
        with self._connect() as env:
            found = env["stock.location"].search_count([("name", "=", name)])
            self.assertEqual(found, 1)

    def test_who_changes_a_count_and_then_counts_ends_while_it_is_posted(self):
        """Z3, Z4: PostgreSQL sees no circle of which a part is in Odoo."""
        self._book(10)
        session_id = self._make_session()
        self._count(session_id, 9)
        with self._connect(0) as env:
            # Rather than to hang.
            env.cr.execute("SET LOCAL statement_timeout = '20s'")
            env["stock.count.session"].browse(session_id).description = "Changed"
            env.flush_all()
            thread, outcome = self._start(1, self._post(session_id))
            self.assertTrue(self._is_blocked(env, thread))
            self._record(session_id, 8)(env)
        self._end(thread, outcome)
        self.assertEqual(self._booked(), 8)

    def test_two_approvers_answering_at_once_leave_one_answer(self):
        """A1: the second is told, and what the first said stands."""
        self._book(10)
        session_id = self._make_session()
        with self._connect() as env:
            self._record(session_id, 8)(env)
            session = env["stock.count.session"].browse(session_id)
            session.action_check_all()
            session.action_submit()
        with self._connect(0) as env:
            env["stock.count.session"].browse(session_id).action_approve("Right")
            thread, outcome = self._start(
                1,
                lambda env: (
                    env["stock.count.session"].browse(session_id).action_reject("Wrong")
                ),
            )
            self.assertTrue(self._is_blocked(env, thread))
        thread.join(60)
        self.assertIsInstance(outcome.get("error"), UserError)
        with self._connect() as env:
            session = env["stock.count.session"].browse(session_id)
            self.assertEqual(session.approval_id.state, "approved")
            self.assertEqual(session.approval_id.comment, "Right")
            self.assertEqual(session.state, "open")

    def test_two_users_scanning_one_unknown_barcode_at_once_raise_one_exception(self):
        """X2: the second is retried, and finds it raised."""
        session_id = self._make_session()
        barcode = str(uuid.uuid4())

        def scan(env):
            session = env["stock.count.session"].browse(session_id)
            entry = {
                "uuid": str(uuid.uuid4()),
                "qty": 1,
                "barcode": barcode,
                "location_id": self.bin_id,
            }
            return session.record_entries([entry])

        [answer] = self._both(scan, scan)
        self.assertEqual(answer["code"], "unknown_barcode")
        with self._connect() as env:
            found = env["stock.count.exception"].search([("barcode", "=", barcode)])
            self.assertEqual(found.mapped("state"), ["open"])

    def test_a_rejected_line_stays_rejected_while_the_rest_is_approved(self):
        """A1, A6: the second is told; what was approved had that line rejected."""
        self._book(10)
        session_id = self._make_session()
        with self._connect() as env:
            self._record(session_id, 8)(env)
            session = env["stock.count.session"].browse(session_id)
            session.action_check_all()
            session.action_submit()
            session.approval_id.line_ids.action_refuse()
        with self._connect(0) as env:
            session = env["stock.count.session"].browse(session_id)
            session.action_approve()
            thread, outcome = self._start(
                1,
                lambda env: (
                    env["stock.count.session"]
                    .browse(session_id)
                    .approval_id.line_ids.action_accept()
                ),
            )
            self.assertTrue(self._is_blocked(env, thread))
        thread.join(60)
        self.assertIsInstance(outcome.get("error"), UserError)
        with self._connect() as env:
            session = env["stock.count.session"].browse(session_id)
            self.assertTrue(session.approval_id.line_ids.refused)

    def test_a_count_while_it_is_approved_is_not_covered(self):
        """A5: it is posted neither with the old quantity nor with the new one."""
        self._book(10)
        session_id = self._make_session()
        with self._connect() as env:
            env["res.company"].browse(self.company_id).count_require_approval = True
            self._record(session_id, 8)(env)
            session = env["stock.count.session"].browse(session_id)
            session.action_check_all()
            session.action_submit()
        try:
            self._both(
                lambda env: (
                    env["stock.count.session"].browse(session_id).action_approve()
                ),
                self._record(session_id, 7),
            )
            with self._connect(0) as env:
                self._post(session_id)(env)
            self.assertEqual(self._booked(), 10)
            [error] = self._read(session_id, "post_error")
            self.assertIn("No approval covers", error)
        finally:
            with self._connect() as env:
                company = env["res.company"].browse(self.company_id)
                company.count_require_approval = False

    def test_two_sessions_on_a_key_without_stock_do_not_add_up(self):
        """P6: both found 5 where no quant is; there are 5, not 10."""
        first, second = self._make_session(), self._make_session()
        self._count(first, 5)
        self._count(second, 5)
        self._both(self._post(first), self._post(second))
        self.assertEqual(self._booked(), 5)

    def test_two_sessions_finding_one_serial_in_two_places_book_it_once(self):
        """P6, rule 1: it is not booked anywhere, and nobody has heard of it."""
        first = self._make_session()
        with self._connect() as env:
            drill = env["product.product"].create(
                {"name": "Router", "is_storable": True, "tracking": "serial"}
            )
            warehouse = env["stock.warehouse"].browse(self.warehouse_id)
            other = env["stock.location"].create(
                {"name": "Other bin", "location_id": warehouse.lot_stock_id.id}
            )
        serial = {"product_id": drill.id, "lot_name": "ROUTER-1"}
        with self._connect(0) as env:
            self._record(first, 1, **serial)(env)
            env["stock.count.session"].browse(first).action_check_all()
        self.bin_id = other.id
        second = self._make_session()
        with self._connect(0) as env:
            self._record(second, 1, **serial)(env)
            env["stock.count.session"].browse(second).action_check_all()
        self._both(self._post(first), self._post(second))
        with self._connect() as env:
            lot = env["stock.lot"].search([("product_id", "=", drill.id)])
            self.assertEqual(len(lot), 1)
            quants = lot.quant_ids.filtered(lambda quant: quant.quantity > 0)
            self.assertEqual(quants.location_id, other)

    def test_a_delivery_and_a_posting_at_once_both_count(self):
        """P5: 10 booked, 8 counted, 3 delivered meanwhile: 5."""
        self._book(10)
        session_id = self._make_session()
        self._count(session_id, 8)
        self._both(self._deliver(3), self._post(session_id))
        self.assertEqual(self._booked(), 5)
        self.assertEqual(self._read(session_id, "state"), ["posted"])

    def test_a_posting_and_a_delivery_at_once_both_count(self):
        """P5: the same, the posting first."""
        self._book(10)
        session_id = self._make_session()
        self._count(session_id, 8)
        self._both(self._post(session_id), self._deliver(3))
        self.assertEqual(self._booked(), 5)

    def test_a_count_during_a_delivery_knows_which_book_it_saw(self):
        """Rule 6: the delivery had its stamp but was not committed when 8 were
        counted."""
        self._book(10)
        session_id = self._make_session()
        self._both(self._deliver(3), self._record(session_id, 8))
        with self._connect(0) as env:
            session = env["stock.count.session"].browse(session_id)
            session.action_check_all()
            session.action_post()
        self.assertEqual(self._booked(), 5)
        self.assertEqual(self._read(session_id, "post_error"), [False])

    def _run_into_a_posted_delivery(self):
        """Post with a snapshot from before a delivery; how often it was tried."""
        self._book(10)
        session_id = self._make_session()
        self._count(session_id, 8)
        tries = []

        def post(env):
            # Who has written something is begun anew by Odoo alone.
            session = env["stock.count.session"].browse(session_id)
            session.description = "Posted twice"
            env.flush_all()
            tries.append(1)
            if len(tries) == 1:
                with self._connect(0) as other:
                    self._deliver(3)(other)
            session.action_post()

        self._end(*self._start(1, post))
        self.assertEqual(self._read(session_id, "post_error"), [False])
        self.assertEqual(self._read(session_id, "state"), ["posted"])
        return len(tries)

    def test_a_conflict_while_posting_is_no_error_of_a_line(self):
        """Z3, Z4, fence: the whole posting is done again, and nobody is told."""
        self.assertEqual(self._run_into_a_posted_delivery(), 2)
        self.assertEqual(self._booked(), 5)

    def _count_in_two(self, older, newer):
        """Two sessions that have counted the bin one after the other, not posted."""
        self._book(10)
        first, second = self._make_session(), self._make_session()
        self._count(first, older)
        self._count(second, newer)
        return first, second

    def test_a_posting_without_a_move_is_waited_for(self):
        """P6, rule 1, fence: the newer count confirms the book at the same time."""
        older, newer = self._count_in_two(8, 10)
        with self._connect(0) as env:
            self._post(newer)(env)
            thread, outcome = self._start(1, self._post(older))
            self.assertTrue(self._is_blocked(env, thread))
        self._end(thread, outcome)
        self.assertEqual(self._booked(), 10)
        self.assertEqual(self._read(older, "state"), ["superseded"])

    def test_an_undo_without_a_move_is_waited_for(self):
        """P15, rule 12, fence: the count that confirmed the book is undone at the same
        time, so the older one stands again."""
        older, newer = self._count_in_two(8, 10)
        with self._connect(0) as env:
            self._post(newer)(env)
        with self._connect(0) as env:
            env["stock.count.session"].browse(newer).action_undo_posting()
            thread, outcome = self._start(1, self._post(older))
            self.assertTrue(self._is_blocked(env, thread))
        self._end(thread, outcome)
        self.assertEqual(self._booked(), 8)
        self.assertEqual(self._read(older, "state"), ["posted"])

    def test_an_entry_with_a_snapshot_older_than_a_correction_is_retried(self):
        """Rule 1, fence: the correction is in its book or comes after it, never
        between."""
        self._book(10)
        older, newer = self._make_session(), self._make_session()
        self._count(older, 8)
        tries = []

        def record_slowly(env):
            tries.append(env["stock.quant"].search_count([]))
            if len(tries) == 1:
                with self._connect(0) as other:
                    self._post(older)(other)
            return self._record(newer, 8)(env)

        thread, outcome = self._start(1, record_slowly)
        thread.join(60)
        self.assertEqual(outcome["result"]["status"], "recorded")
        self.assertEqual(self._read(newer, "book_qty"), [8])

    def test_a_count_waits_for_a_correction_of_its_place(self):
        """Rule 1, fence: a native adjustment not committed yet is in the book it
        reads."""
        self._book(10)
        session_id = self._make_session()
        self._both(self._adjust_natively(9), self._record(session_id, 9))
        self.assertEqual(self._read(session_id, "book_qty"), [9])
        self.assertEqual(self._read(session_id, "variance_qty"), [0])
