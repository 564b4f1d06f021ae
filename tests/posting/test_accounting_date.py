from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common import CountCommon
from ..job_common import ITEMS, JobCommon

YEAR_END = date(2025, 12, 31)
# When the count of the old year is made and posted.
JANUARY = "2026-01-03 10:00:00"


class AccountingCommon(CountCommon):
    """Ten screws lay there at the end of the year; eight are found in January."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.tz = "UTC"
        cls._receive_on("2025-11-15 08:00:00", cls.screw, 10, cls.bin_a)

    def setUp(self):
        super().setUp()
        clock = freeze_time(JANUARY)
        clock.start()
        self.addCleanup(clock.stop)
        self.session = self._create_session(self.bin_a)

    @classmethod
    def _receive_on(cls, moment, product, quantity, location):
        picking = cls._receive(product, quantity, location)
        picking.move_ids.date = moment
        return picking

    def _count_and_post(self, found, session=None, product=None):
        session = session or self.session
        line = self._count(session, product or self.screw, self.bin_a, found)
        self._post(session)
        return line

    def _on(self, moment, product=None):
        """The stock of a moment, as Odoo tells it."""
        return (product or self.screw).with_context(to_date=moment).qty_available


@tagged("post_install", "-at_install")
class TestAccountingDate(AccountingCommon):
    """A posting may be booked on another day, and everything agrees on it (P20)."""

    def test_moves_and_their_lines_are_of_that_day(self):
        """P20."""
        self.session.accounting_date = YEAR_END
        self._count_and_post(8)
        moves = self.session.move_ids
        self.assertEqual(moves.date, datetime(2025, 12, 31))
        self.assertEqual(moves.move_line_ids.date, moves.date)

    def test_the_stock_of_that_day_is_what_was_found(self):
        """P20: and of the day before what was booked."""
        self.session.accounting_date = YEAR_END
        self._count_and_post(8)
        self.assertEqual(self._on("2025-12-31 23:59:59"), 8)
        self.assertEqual(self._on("2025-12-30 23:59:59"), 10)

    def test_without_a_date_it_is_the_day_of_posting(self):
        """P20."""
        self._count_and_post(8)
        self.assertEqual(self.session.move_ids.date.date(), date(2026, 1, 3))
        self.assertEqual(self._on("2025-12-31 23:59:59"), 10)

    def test_what_is_no_date_is_refused_in_words(self):
        """Z2: and whoever may not write is told so first."""
        groups = {
            "manager": "stock_count.group_count_manager",
            "none": "base.group_user",
        }
        manager, outsider = (
            self.session.with_user(self._create_user(f"date_{name}", group))
            for name, group in groups.items()
        )
        for day in ("\x00", "tomorrow", {"a": 1}, [1], 7):
            with self.subTest(day):
                with self.assertRaisesRegex(UserError, "not a date"):
                    manager.write({"accounting_date": day})
                with self.assertRaises(AccessError):
                    outsider.write({"accounting_date": day})

    def test_the_day_is_the_same_on_every_clock(self):
        """P20: by UTC, and for people east and west of it."""
        for tz, hour in (("Pacific/Auckland", 0), ("America/Lima", 5)):
            session = self.session.with_context(tz=tz)
            session.accounting_date = YEAR_END
            self.assertEqual(session._booked_at(), datetime(2025, 12, 31, hour))

    def test_what_is_delivered_between_year_end_and_count_stays_delivered(self):
        """P20, P5: 10, three left in January, five found: two were missing before."""
        with freeze_time("2026-01-02 09:00:00"):
            self._deliver(self.screw, 3, self.bin_a)
        self.session.accounting_date = YEAR_END
        self._count_and_post(5)
        self.assertEqual(self._booked(self.screw, self.bin_a), 5)
        self.assertEqual(self._on("2025-12-31 23:59:59"), 8)

    def test_an_undo_is_booked_on_the_same_day(self):
        """P20, P15: whatever the count's date is by then."""
        self.session.accounting_date = YEAR_END
        self._count_and_post(8)
        self.session.accounting_date = False
        self.session.action_undo_posting()
        self.assertEqual({move.date.year for move in self.session.move_ids}, {2025})
        self.assertEqual(self._on("2025-12-31 23:59:59"), 10)

    def test_who_posts_is_told_the_day_before_and_after(self):
        """P20, X5."""
        self.session.accounting_date = YEAR_END
        self._count(self.session, self.screw, self.bin_a, 8)
        self.session.action_check_all()
        self.session.invalidate_recordset()
        self.assertIn("Booked on 12/31/2025", self.session.next_step)
        self.assertIn("Booked on 12/31/2025", self.session.get_posting_preview())
        told = self.session.action_post()["params"]["message"]
        self.assertIn("Booked on 12/31/2025", told)

    def test_a_new_count_of_the_scope_has_no_accounting_date(self):
        """P20, D22: the year is over."""
        self.session.accounting_date = YEAR_END
        self.assertFalse(self.session.copy().accounting_date)

    # === REFUSALS === #

    def test_a_day_to_come_is_refused(self):
        """P20."""
        with self.assertRaisesRegex(ValidationError, "01/04/2026.*still to come"):
            self.session.accounting_date = date(2026, 1, 4)

    def test_a_slip_of_the_pen_is_refused(self):
        """P20: 2015 for 2025."""
        with self.assertRaisesRegex(ValidationError, "more than a year before"):
            self.session.accounting_date = date(2015, 12, 31)

    def test_what_is_posted_keeps_its_day(self):
        """P20: the date of a closed count says how it was booked."""
        self.session.accounting_date = YEAR_END
        self._count_and_post(8)
        manager = self._create_user("year_end", "stock.group_stock_manager")
        with self.assertRaisesRegex(UserError, "is closed"):
            self.session.with_user(manager).accounting_date = False

    def test_only_a_manager_sets_it(self):
        """P20, Z1, Z2: by form, by RPC, and not by making a count with it."""
        lead = self._create_user("year_lead", "stock_count.group_count_lead")
        for day in (YEAR_END, False):
            with self.assertRaisesRegex(AccessError, "count manager"):
                self._rpc(lead, self.session, "write", {"accounting_date": day})
            self.session.accounting_date = YEAR_END
        values = {"warehouse_id": self.warehouse.id, "accounting_date": "2025-12-31"}
        with self.assertRaisesRegex(AccessError, "count manager"):
            self.session.with_user(lead).create([values])
        manager = self._create_user("year_manager", "stock.group_stock_manager")
        self._rpc(manager, self.session, "write", {"accounting_date": "2025-12-30"})
        self.assertEqual(self.session.accounting_date, date(2025, 12, 30))

    def test_no_client_backdates_a_posting_by_its_context(self):
        """P20, Z2: nor a move by writing to it."""
        lead = self._create_user("year_poster", "stock_count.group_count_lead")
        context = {"force_period_date": "2025-06-01", "count_booked_at": "2025-06-01"}
        self._count(self.session, self.screw, self.bin_a, 8)
        self.session.action_check_all()
        self.session.with_user(lead).with_context(**context).action_post()
        move = self.session.move_ids
        self.assertEqual(move.date.date(), date(2026, 1, 3))
        if "account_move_id" in move._fields:
            self.assertNotEqual(move.account_move_id.date, date(2025, 6, 1))
        manager = self._create_user("year_writer", "stock.group_stock_manager")
        with self.assertRaises(AccessError):
            self._rpc(manager, move, "write", {"count_booked_at": "2025-06-01"})

    def test_what_came_later_was_not_missing_on_that_day(self):
        """P20: five came in January, so twelve of fifteen says nothing of December."""
        gear = self._create_product("Gear")
        with freeze_time("2026-01-02 09:00:00"):
            self._receive(gear, 5, self.bin_a)
        self.session.action_refresh()
        self.session.accounting_date = YEAR_END
        line = self._count_and_post(3, product=gear)
        self.assertEqual(line.state, "failed")
        self.assertIn("Only 0 were booked here on 12/31/2025", line.post_error)
        self.session.accounting_date = False
        self._post(self.session)
        self.assertEqual(self._booked(gear, self.bin_a), 3)

    def test_what_was_corrected_since_is_not_booked_before_that(self):
        """P20, P6: a count of January has settled December."""
        with freeze_time("2026-01-02 09:00:00"):
            earlier = self._create_session(self.bin_a)
            self._count_and_post(9, session=earlier)
        self.session.accounting_date = YEAR_END
        line = self._count_and_post(8)
        self.assertEqual(line.state, "failed")
        self.assertIn(f"corrected by {earlier.name}", line.post_error)

    def test_one_impossible_line_does_not_stop_the_others(self):
        """P20, P13."""
        gear = self._create_product("Gear")
        with freeze_time("2026-01-02 09:00:00"):
            self._receive(gear, 5, self.bin_a)
        self.session.action_refresh()
        self.session.accounting_date = YEAR_END
        self._count(self.session, gear, self.bin_a, 3)
        self._count_and_post(8)
        self.assertEqual(self.session.move_ids.product_id, self.screw)
        self.assertEqual(self.session.state, "partial")


@tagged("post_install", "-at_install")
class TestAccountingPeriods(AccountingCommon):
    """With accounting, the period has to be open and the value agrees (P20, P8)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "account_move_id" not in cls.env["stock.move"]._fields:
            cls.skipTest(cls, "stock_account is not installed")

    def test_a_closed_period_is_refused(self):
        """P20: the fiscal lock date and the hard one."""
        for lock in ("fiscalyear_lock_date", "hard_lock_date"):
            self.company[lock] = YEAR_END
            with self.assertRaisesRegex(ValidationError, "books of Count & Co.*closed"):
                self.session.accounting_date = YEAR_END
            self.env.cr.execute(
                "UPDATE res_company SET fiscalyear_lock_date = NULL,"
                " hard_lock_date = NULL"
            )
            self.env.invalidate_all()

    def test_a_period_closed_before_posting_is_refused_then(self):
        """P20: nothing is posted, and the count stays as it was."""
        self.session.accounting_date = YEAR_END
        self._count(self.session, self.screw, self.bin_a, 8)
        self.company.fiscalyear_lock_date = YEAR_END
        with self.assertRaisesRegex(ValidationError, "closed on that day"):
            self._post(self.session)
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)

    def test_what_was_booked_in_a_closed_period_is_not_undone(self):
        """P20, P15: explained, not forced."""
        self.session.accounting_date = YEAR_END
        line = self._count_and_post(8)
        self.company.fiscalyear_lock_date = YEAR_END
        self.session.action_undo_posting()
        self.assertIn("Not undone: it was booked on 12/31/2025", line.post_error or "")
        self.assertEqual(self._booked(self.screw, self.bin_a), 8)

    def _stock_valued(self, method):
        category = self.env["product.category"].create(
            {"name": method, "property_cost_method": method}
        )
        product = self._create_product(method, standard_price=2, categ_id=category.id)
        self._receive_on("2025-11-15 08:00:00", product, 10, self.bin_a)
        self.session.action_refresh()
        return product

    def test_the_value_of_that_day_is_that_of_what_was_found(self):
        """P20, P8: by every way of costing, from its first moment to its last one, as
        Odoo's closing wants it; and today's value agrees."""
        self.session.accounting_date = YEAR_END
        products = [self._stock_valued(m) for m in ("standard", "average", "fifo")]
        for product, found in zip(products, (8, 7, 12), strict=True):
            self._count(self.session, product, self.bin_a, found)
        self._post(self.session)
        for product, found in zip(products, (8, 7, 12), strict=True):
            for moment in ("2025-12-31", "2025-12-31 23:59:59"):
                then = product.with_context(to_date=moment)
                self.assertEqual(then.total_value, 2 * found, product.name)
            self.assertEqual(product.total_value, 2 * found, product.name)

    def test_the_average_cost_is_that_of_a_count_made_then(self):
        """P20: the overage came before what was bought dearer in January."""
        product = self._stock_valued("average")
        with freeze_time("2026-01-02 09:00:00"):
            product.standard_price = 4
            self._receive(product, 10, self.bin_a)
        self.session.accounting_date = YEAR_END
        self._count_and_post(25, product=product)
        self.assertAlmostEqual(product.total_value, 25 * product.standard_price)

    def test_the_journal_entry_is_of_that_day(self):
        """P20: where stock is valued in real time."""
        product = self._stock_valued("standard")
        entry = self._post_perpetually(product)
        self.assertEqual(entry.date, YEAR_END)
        self.assertEqual(entry.state, "posted")

    def _post_perpetually(self, product):
        Account = self.env["account.account"]
        stock, loss = Account.create(
            [
                {"name": name, "code": code, "account_type": kind}
                for name, code, kind in (
                    ("Stock", "STK1", "asset_current"),
                    ("Loss", "LOS1", "expense"),
                )
            ]
        )
        journal = self.env["account.journal"].create(
            {"name": "Stock", "code": "STJX", "type": "general"}
        )
        self.company.account_stock_journal_id = journal
        product.categ_id.write(
            {
                "property_valuation": "real_time",
                "property_stock_valuation_account_id": stock.id,
                "property_stock_journal": journal.id,
            }
        )
        product.property_stock_inventory.valuation_account_id = loss
        self.session.accounting_date = YEAR_END
        self._count_and_post(8, product=product)
        return self.session.move_ids.account_move_id


@tagged("post_install", "-at_install")
class TestAccountingDateInTheBackground(JobCommon):
    """A large posting is booked on one day, chunk by chunk (P20, P14)."""

    def test_every_chunk_is_booked_on_that_day_which_stays(self):
        """P20: nobody changes the day half way."""
        day = fields.Date.today() - timedelta(days=30)
        session = self._counted(accounting_date=day)
        manager = self._create_user("year_job", "stock.group_stock_manager")
        session.with_user(manager).action_post()
        self._do_chunk()
        with self.assertRaisesRegex(UserError, "background"):
            session.with_user(manager).accounting_date = False
        self._run_scheduler()
        self.assertEqual(len(session.move_ids), ITEMS)
        self.assertEqual({move.date.date() for move in session.move_ids}, {day})
