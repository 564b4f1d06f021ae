from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged

from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestDigest(CountCommon):
    """Accuracy, shrinkage and late counts in Odoo's own digest mails (R4)."""

    def setUp(self):
        super().setUp()
        self._book(self.screw, self.bin_a, 10)
        self._book(self.screw, self.bin_b, 20)
        names = ("accuracy", "shortages", "overages", "overdue")
        self.digest = self.env["digest.digest"].create(
            {
                "name": "Stock",
                "company_id": self.company.id,
                **{f"kpi_stock_count_{name}": True for name in names},
            }
        )

    def _count_and_post(self):
        session = self._create_session()
        self._count(session, self.screw, self.bin_a, 7)
        self._count(session, self.screw, self.bin_b, 20)
        self._post(session)
        return session

    def _kpis(self, user):
        """What a user's mail says of the day until now, by figure."""
        # Odoo ends the day a whole second ago, and this test takes less.
        with freeze_time(fields.Datetime.now() + timedelta(minutes=1)):
            kpis = self.digest._compute_kpis(self.company, user)
        return {
            kpi["kpi_name"].removeprefix("kpi_stock_count_"): kpi["kpi_col1"]["value"]
            for kpi in kpis
        }

    def test_the_digest_tells_accuracy_and_shrinkage(self):
        """R4: one of two lines was right, three screws at 2 are missing."""
        self._count_and_post()
        kpis = self._kpis(self.env.user)
        self.assertEqual(kpis["accuracy"], "50.00")
        self.assertIn("6", kpis["shortages"])
        self.assertIn("0", kpis["overages"])

    def test_without_a_count_there_is_no_accuracy(self):
        """R4: not counted is not 0 %."""
        self.assertEqual(self._kpis(self.env.user)["accuracy"], "–")

    def test_late_counts_are_told(self):
        """R4: due three days ago and still open."""
        self._create_session(date_due=fields.Date.today() - timedelta(days=3))
        self.assertEqual(str(self._kpis(self.env.user)["overdue"]), "1")

    def test_whoever_may_not_see_figures_gets_none(self):
        """R4, Z1: a counter's mail leaves them out."""
        self._count_and_post()
        counter = self._create_user("hand", "stock_count.group_count_counter")
        self.assertEqual(self._kpis(counter), {})

    def test_the_mail_is_sent_and_links_to_the_dashboard(self):
        """R4: to a lead, with the figure and a button."""
        self._count_and_post()
        lead = self._create_user("lead", "stock_count.group_count_lead")
        lead.email = "lead@example.com"
        self.digest.user_ids = [Command.set(lead.ids)]
        self.digest.action_send_manual()
        mail = self.env["mail.mail"].search(
            [("email_to", "ilike", "lead@example.com")], limit=1
        )
        self.assertIn("Stock Record Accuracy %", mail.body_html)
        self.assertIn("stock_count.stock_count_dashboard_action", mail.body_html)
