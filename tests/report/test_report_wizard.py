from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import SQL

from ..common import CountCommon

REVIEW = "report.stock_count.report_review_document"
DIFFERENCES = "report.stock_count.report_differences_document"


@tagged("post_install", "-at_install")
class TestReportWizard(CountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 10)
        cls.count = cls._create_session()

    def _wizard(self, report=DIFFERENCES, **values):
        wizards = self.env["stock.count.report.wizard"]
        return wizards.create({"report": report, **values})

    def test_it_asks_for_what_the_report_accepts(self):
        """R1: no date for a count sheet, days to expiry for expiry only."""
        names = {
            REVIEW: ({"date_from", "session_ids", "states"}, {"days"}),
            "report.stock_count.report_paper_document": (
                {"session_ids"},
                {"date_from"},
            ),
            "report.stock_count.report_expiry_document": ({"days"}, {"states"}),
        }
        for report, (asked, not_asked) in names.items():
            accepts = set(self._wizard(report).accepts.split(","))
            self.assertLessEqual(asked, accepts)
            self.assertFalse(not_asked & accepts)

    def test_it_opens_as_it_was_left(self):
        """R1: each user has a last choice of each report."""
        self._wizard(period="month", product_ids=self.screw.ids).action_show()
        wizards = self.env["stock.count.report.wizard"]
        again = Form(wizards.with_context(default_report=DIFFERENCES))
        self.assertEqual(again.period, "month")
        self.assertEqual(again.product_ids.ids, self.screw.ids)
        other = Form(wizards.with_context(default_report=REVIEW))
        self.assertEqual(other.period, "all")

    def test_another_user_has_another_last_choice(self):
        """R1, Z2: nobody sees what somebody else asked for."""
        self._wizard(period="month").action_show()
        lead = self._create_user("lead_me", "stock_count.group_count_lead")
        wizards = self.env["stock.count.report.wizard"].with_user(lead)
        form = Form(wizards.with_context(default_report=DIFFERENCES))
        self.assertEqual(form.period, "all")

    def test_what_was_deleted_since_is_no_longer_chosen(self):
        """R1: a remembered item may be gone."""
        product = self._create_product("Gone tomorrow")
        self._wizard(product_ids=product.ids).action_show()
        product.unlink()
        wizards = self.env["stock.count.report.wizard"]
        self.assertFalse(
            Form(wizards.with_context(default_report=DIFFERENCES)).product_ids
        )

    @freeze_time("2026-03-30 12:00:00")
    def test_a_period_is_that_of_the_users_today(self):
        """R1: remembered by its name, it moves with the calendar on the user's wall."""
        self.env.user.tz = "Pacific/Auckland"
        for period, days in (
            ("today", ("2026-03-31", "2026-03-31")),
            ("week", ("2026-03-30", "2026-04-05")),
            ("month", ("2026-03-01", "2026-03-31")),
            ("last_month", ("2026-02-01", "2026-02-28")),
            ("quarter", ("2026-01-01", "2026-03-31")),
            ("year", ("2026-01-01", "2026-12-31")),
            ("last_year", ("2025-01-01", "2025-12-31")),
        ):
            filters = self._wizard(period=period)._get_filters()
            self.assertEqual((filters["date_from"], filters["date_to"]), days)

    def test_a_range_needs_a_day_and_an_order(self):
        """R1: from … to … is not left empty and does not end before it starts."""
        with self.assertRaisesRegex(UserError, "first or the last day"):
            self._wizard(period="custom").action_show()
        wrong = self._wizard(
            period="custom", date_from="2026-02-01", date_to="2026-01-01"
        )
        for action in (wrong.action_show, wrong.action_excel, wrong.action_pdf):
            with self.assertRaisesRegex(UserError, "before it starts"):
                action()

    def test_it_opens_the_screen_the_file_and_the_print_out(self):
        """R1, R2: with what was chosen."""
        wizard = self._wizard(product_ids=self.screw.ids, session_state="open")
        filters = {"product_ids": self.screw.ids, "session_states": ["open"]}
        shown = wizard.action_show()["params"]
        self.assertEqual(shown, {"report": DIFFERENCES, "filters": filters})
        self.assertIn("/xlsx?", wizard.action_excel()["params"]["url"])
        printed = wizard.action_pdf()
        self.assertEqual(printed["report_type"], "qweb-pdf")
        self.assertEqual(printed["data"]["product_ids"], self.screw.ids)

    def test_who_is_no_lead_gets_no_dialog(self):
        """Z1, Z2: by RPC neither."""
        counter = self._create_user("count_me", "stock_count.group_count_counter")
        wizards = self.env["stock.count.report.wizard"]
        with self.assertRaises(AccessError):
            self._rpc(counter, wizards, "create", {"report": DIFFERENCES})

    def test_a_dialog_belongs_to_who_opened_it(self):
        """Z2: another lead cannot run it."""
        wizard = self._wizard()
        lead = self._create_user("lead_me", "stock_count.group_count_lead")
        with self.assertRaises(AccessError):
            self._rpc(lead, wizard, "action_show")

    def test_a_made_up_report_is_refused(self):
        """Z2: a client chooses among the reports only."""
        for name in ("res.users", "stock.count.report", "report.none"):
            with self.assertRaises(UserError):
                self._wizard(name).action_show()

    def test_print_and_buttons_are_for_leads(self):
        """Z2: the verbs behind the Print menu."""
        counter = self._create_user("count_me", "stock_count.group_count_counter")
        self.count.counter_ids = counter
        for verb in ("action_report_excel", "action_print_report"):
            with self.assertRaises(AccessError):
                self._rpc(counter, self.count, verb, REVIEW)
            with self.assertRaises(UserError):
                getattr(self.count, verb)("res.users")
            self.assertTrue(getattr(self.count, verb)(REVIEW))

    def test_reports_have_a_root_for_those_who_do_not_see_reporting(self):
        """R1, Z1: Inventory administrators find them under Reporting, once."""
        root = self.env.ref("stock_count.menu_count_reports_root").id
        menus = self.env["ir.ui.menu"]
        lead = self._create_user("lead_me", "stock_count.group_count_lead")
        boss = self._create_user("boss_me", "stock.group_stock_manager")
        for user, there in ((lead, True), (boss, False)):
            apps = menus.with_user(user).load_menus(False)["root"]["children"]
            self.assertEqual(root in apps, there)


@tagged("post_install", "-at_install")
class TestKeptReports(CountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 10)
        cls.count = cls._create_session()

    def _keep_due(self):
        kept = self.env["stock.count.kept.report"]
        for session in kept._find_due() & self.count:
            kept._keep(session)
        return self.count.kept_report_ids

    def test_a_posting_is_kept_with_its_count(self):
        """P19: the file of what was posted, with its digest."""
        self._count(self.count, self.screw, self.bin_a, 8)
        self._post(self.count)
        [kept] = self._keep_due()
        self.assertEqual((kept.move_count, kept.excel_name[:3]), (1, "P19"))
        self.assertTrue(kept.excel)
        self.assertEqual(len(kept.digest), 64)

    def test_the_digest_of_a_kept_report_is_over_each_move(self):
        """P7, P19: made again of the same moves it is the same, of others another."""
        self._count(self.count, self.screw, self.bin_a, 8)
        self._post(self.count)
        kept = self._keep_due()
        self.assertEqual(kept._keep(self.count).digest, kept.digest)
        for name, value in (
            ("quantity", 3),
            ("count_reason_id", self.env.ref("stock_count.reason_theft").id),
        ):
            with self.subTest(name), self.env.cr.savepoint() as posted:
                # As nobody can but who writes into the database.
                self.env.flush_all()
                self.env.cr.execute(
                    SQL(
                        "UPDATE stock_move SET %s = %s WHERE id = %s",
                        SQL.identifier(name),
                        value,
                        self.count.move_ids.id,
                    )
                )
                self.env.invalidate_all(flush=False)
                self.assertNotEqual(kept._keep(self.count).digest, kept.digest)
                posted.rollback()

    def test_the_same_moves_are_kept_once(self):
        """P19: whatever wakes the job up."""
        self._count(self.count, self.screw, self.bin_a, 8)
        self._post(self.count)
        self._keep_due()
        self.assertEqual(len(self._keep_due()), 1)

    def test_undoing_keeps_another_report(self):
        """P19, P15: and the first one stays as it was."""
        self._count(self.count, self.screw, self.bin_a, 8)
        self._post(self.count)
        self._keep_due()
        self.count.action_undo_posting()
        self.assertEqual(self._keep_due().mapped("move_count"), [2, 1])

    def test_a_posting_wakes_the_job_up(self):
        """P19: within a minute, not tomorrow."""
        cron = self.env.ref("stock_count.ir_cron_keep_reports")
        self._count(self.count, self.screw, self.bin_a, 8)
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        triggers.unlink()
        self._post(self.count)
        self.assertTrue(triggers.search([("cron_id", "=", cron.id)]))

    def test_the_job_keeps_what_is_due(self):
        """P19: run as Odoo's scheduler runs it."""
        self._count(self.count, self.screw, self.bin_a, 8)
        self._post(self.count)
        with self.enter_registry_test_mode():
            self.env.ref("stock_count.ir_cron_keep_reports").method_direct_trigger()
        self.assertEqual(len(self.count.kept_report_ids), 1)

    def test_counters_cannot_read_what_is_kept(self):
        """Z1, M13: neither the record nor its files."""
        counter = self._create_user("count_me", "stock_count.group_count_counter")
        self.count.counter_ids = counter
        self._count(self.count, self.screw, self.bin_a, 8)
        self._post(self.count)
        kept = self._keep_due()
        with self.assertRaises(AccessError):
            self._rpc(counter, kept, "read", ["excel"])
        files = self.env["ir.attachment"].search(
            [("res_model", "=", kept._name), ("res_field", "!=", False)]
        )
        self.assertTrue(files)
        with self.assertRaises(AccessError):
            self._rpc(counter, files, "read", ["datas"])

    def test_nobody_changes_what_is_kept(self):
        """P7, P19: it is evidence."""
        lead = self._create_user("lead_me", "stock_count.group_count_lead")
        self._count(self.count, self.screw, self.bin_a, 8)
        self._post(self.count)
        kept = self._keep_due()
        for call in (("write", {"digest": "x"}), ("unlink",)):
            with self.assertRaises(AccessError):
                self._rpc(lead, kept, *call)
