from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestDashboard(CountCommon):
    """What a manager sees first (R3)."""

    def setUp(self):
        super().setUp()
        self.nail = self._create_product("Nail", standard_price=10)
        self._book(self.screw, self.bin_a, 10)
        self._book(self.screw, self.bin_b, 20)
        self._book(self.nail, self.bin_b, 5)

    def _read(self, **filters):
        dashboard = self.env["stock.count.dashboard"]
        coverage = dashboard.read_coverage(filters)
        return {**dashboard.read_dashboard(filters), "coverage": coverage}

    def _open(self, figure, key=None, **filters):
        """The records that a figure leads to."""
        action = self.env["stock.count.dashboard"].open_records(figure, filters, key)
        return self.env[action["res_model"]].search(action["domain"])

    def _count_all(self, screw_a=10, screw_b=20, nail=5):
        """Count and post the three places."""
        session = self._create_session()
        self._count(session, self.screw, self.bin_a, screw_a)
        self._count(session, self.screw, self.bin_b, screw_b)
        self._count(session, self.nail, self.bin_b, nail)
        self._post(session)
        return session

    # === FIGURES === #

    def test_an_empty_database_has_a_dashboard_that_says_so(self):
        """R3: nothing counted is no accuracy, neither 0 nor 100 %."""
        data = self._read(period="all")
        self.assertEqual(data["accuracy"]["counted"], 0)
        self.assertIsNone(data["accuracy"]["share"])
        self.assertEqual(data["coverage"], {"places": 3, "counted": 0, "share": 0})
        self.assertEqual(data["shrinkage"]["absolute"], 0)
        self.assertTrue(all(step["share"] is None for step in data["trend"]))

    def test_accuracy_has_its_interval(self):
        """R3: two of three lines were right."""
        self._count_all(nail=4)
        accuracy = self._read()["accuracy"]
        self.assertEqual((accuracy["counted"], accuracy["accurate"]), (3, 2))
        self.assertAlmostEqual(accuracy["share"], 2 / 3)
        self.assertAlmostEqual(accuracy["low"], 0.208, 3)
        self.assertAlmostEqual(accuracy["high"], 0.939, 3)

    def test_shrinkage_is_never_a_net_alone(self):
        """R3: a shortage of 10 and an overage of 4 are both told."""
        self._count_all(screw_a=12, nail=4)
        shrinkage = self._read()["shrinkage"]
        self.assertEqual((shrinkage["shortage"], shrinkage["overage"]), (10, 4))
        self.assertEqual((shrinkage["net"], shrinkage["absolute"]), (-6, 14))
        self.assertAlmostEqual(shrinkage["share"], 10 / (20 + 40 + 50))

    def test_coverage_is_the_places_with_stock_that_were_counted(self):
        """R3: a count of one bin covers one of three places."""
        session = self._create_session(self.bin_a)
        self._count(session, self.screw, self.bin_a, 10)
        self._post(session)
        self.assertEqual(self._read()["coverage"]["counted"], 1)
        self.assertEqual(self._read(period="all")["coverage"]["counted"], 1)
        uncounted = self._open("coverage")
        self.assertEqual(uncounted.location_id, self.bin_b)
        self.assertEqual(len(uncounted), 2)
        self.assertEqual(self._open("coverage", period="all"), uncounted)

    def test_the_trend_puts_each_posting_into_its_step(self):
        """R3: a posting of 40 days ago is not in the last step, nor in 30 days."""
        self._stop_clock()
        session = self._count_all(nail=4)
        self._history(session).posted_at = fields.Datetime.now()
        self._history(session)[0].posted_at -= timedelta(days=40)
        trend = self._read()["trend"]
        self.assertEqual(sum(step["counted"] for step in trend), 3)
        self.assertEqual(trend[-1]["counted"], 2)
        self.assertEqual(self._read(period="month")["accuracy"]["counted"], 2)

    def test_the_days_before_are_compared(self):
        """R3: better or worse than before."""
        session = self._count_all(nail=4)
        rows = self._history(session)
        rows.filtered("variance_qty").posted_at -= timedelta(days=40)
        accuracy = self._read(period="month")["accuracy"]
        self.assertEqual((accuracy["share"], accuracy["previous"]), (1, 0))

    def test_problems_are_named_the_most_valuable_first(self):
        """R3, R213: by location, item, category and cause."""
        self._count_all(screw_a=12, nail=4)
        problems = self._read()["problems"]
        self.assertEqual(
            [row["key"] for row in problems["item"]], [self.nail.id, self.screw.id]
        )
        self.assertEqual(problems["location"][0]["name"], self.bin_b.display_name)
        self.assertEqual(problems["location"][0]["value"], 10)
        self.assertEqual([row["bar"] for row in problems["item"]], [1, 0.4])

    def test_overdue_counts_are_counted_with_their_days(self):
        """R3: due three days ago, one line counted, two left."""
        self._stop_clock()
        due = fields.Date.context_today(self.screw) - timedelta(days=3)
        session = self._create_session(date_due=due)
        self._count(session, self.screw, self.bin_a, 10)
        work = self._read()["work"]
        self.assertEqual((work["overdue"], work["days_late"]), (1, 3))
        self.assertEqual((work["overdue_lines"], work["lines_left"]), (2, 2))
        self.assertEqual(self._open("overdue"), session)

    def test_exceptions_are_told_by_age(self):
        """R3: one of today, one of ten days ago; each bar leads to its own."""
        new, old = (self._raise_exception(name) for name in ("new", "old"))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_count_exception SET create_date = create_date"
            " - interval '10 days' WHERE id = %s",
            [old.id],
        )
        self.env.invalidate_all()
        exceptions = self._read()["exceptions"]
        ages = {age["key"]: age["count"] for age in exceptions["ages"]}
        self.assertEqual(ages, {"day": 1, "week": 0, "month": 1, "older": 0})
        self.assertEqual(self._open("exceptions", "month"), old)
        self.assertEqual(self._open("exceptions"), new + old)

    def test_a_warehouse_narrows_everything(self):
        """R3: another warehouse of the company has nothing to tell."""
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        self._count_all(nail=4)
        self._create_session(date_due=fields.Date.today() - timedelta(days=3))
        data = self._read(warehouse_id=other.id)
        self.assertEqual(data["accuracy"]["counted"], 0)
        self.assertEqual(data["coverage"]["places"], 0)
        self.assertEqual((data["work"]["overdue"], data["exceptions"]["open"]), (0, 0))
        mine = self._read(warehouse_id=self.warehouse.id)
        self.assertEqual(mine["accuracy"]["counted"], 3)

    def test_other_companies_are_converted_into_the_users_currency(self):
        """R3: a shortage of 10 here is 20 where our currency is worth two of theirs."""
        self._count_all(nail=4)
        theirs = self.env["res.currency"].create({"name": "DBL", "symbol": "D"})
        abroad = self.env["res.company"].create(
            {"name": "Abroad", "currency_id": theirs.id}
        )
        self.env.user.company_ids |= abroad
        for company in (abroad, self.company):
            for currency, rate in ((theirs, 2), (self.company.currency_id, 1)):
                self.env["res.currency.rate"].create(
                    {
                        "name": "2020-01-01",
                        "currency_id": currency.id,
                        "company_id": company.id,
                        "rate": rate,
                    }
                )
        dashboard = self.env["stock.count.dashboard"].with_context(
            allowed_company_ids=[abroad.id, self.company.id]
        )
        shrinkage = dashboard.read_dashboard({})["shrinkage"]
        self.assertAlmostEqual(shrinkage["shortage"], 20)

    # === EACH FIGURE LEADS TO ITS RECORDS === #

    def test_each_figure_leads_to_as_many_records_as_it_says(self):
        """R3: no figure that cannot be looked into."""
        self._count_all(screw_a=12, nail=4)
        data = self._read()
        accuracy = data["accuracy"]
        self.assertEqual(len(self._open("counted")), accuracy["counted"])
        self.assertEqual(
            len(self._open("accuracy")), accuracy["counted"] - accuracy["accurate"]
        )
        self.assertEqual(len(self._open("shrinkage")), data["shrinkage"]["lines"])
        last = data["trend"][-1]
        self.assertEqual(len(self._open("step", last["key"])), last["counted"])
        for kind, rows in data["problems"].items():
            for row in rows:
                self.assertEqual(len(self._open(kind, row["key"])), row["lines"])
        for name in ("open", "overdue", "pending", "held"):
            self.assertEqual(len(self._open(name)), data["work"][name])

    def test_held_and_submitted_counts_are_found(self):
        """R3, X5: what waits for a person."""
        self._create_transfer(self.screw, 3, self.bin_a, self.customers)
        held = self._create_session(self.bin_a)
        self._count(held, self.screw, self.bin_a, 7)
        self._post(held)
        self.assertEqual(self._read()["work"]["held"], 1)
        self.assertEqual(self._open("held"), held)

    # === RIGHTS AND BAD INPUT === #

    def test_a_counter_sees_no_dashboard(self):
        """Z1, M13: it tells values and variances."""
        counter = self._create_user("hand", "stock_count.group_count_counter")
        Dashboard = self.env["stock.count.dashboard"]
        with self.assertRaises(AccessError):
            self._rpc(counter, Dashboard, "read_dashboard", {})
        with self.assertRaises(AccessError):
            self._rpc(counter, Dashboard, "read_coverage", {})
        with self.assertRaises(AccessError):
            self._rpc(counter, Dashboard, "open_records", "accuracy", {})

    def test_a_lead_sees_the_dashboard_without_inventory_rights(self):
        """Z1: counting leads need not be Inventory users."""
        self._count_all(nail=4)
        lead = self._create_user("lead", "stock_count.group_count_lead")
        Dashboard = self.env["stock.count.dashboard"]
        data = self._rpc(lead, Dashboard, "read_dashboard", {})
        coverage = self._rpc(lead, Dashboard, "read_coverage", {})
        self.assertEqual(data["accuracy"]["counted"], 3)
        self.assertEqual(coverage["counted"], 3)

    def test_record_rules_narrow_the_figures(self):
        """Z2: what a user may not read is in no figure."""
        self._count_all(nail=4)
        model = self.env["ir.model"]._get("stock.count.history")
        self.env["ir.rule"].create(
            {
                "name": "Bin A only",
                "model_id": model.id,
                "domain_force": f"[('location_id', '=', {self.bin_a.id})]",
            }
        )
        lead = self._create_user("lead", "stock_count.group_count_lead")
        data = self._rpc(lead, self.env["stock.count.dashboard"], "read_dashboard", {})
        self.assertEqual(data["accuracy"]["counted"], 1)
        self.assertFalse(data["problems"]["item"])

    def test_what_a_client_sends_wrongly_is_refused_in_words(self):
        """Z2: unknown figure, key, period and another company's warehouse."""
        company = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        Warehouse = self.env["stock.warehouse"].sudo()
        foreign = Warehouse.search([("company_id", "=", company.id)])
        for figure, key in (("nothing", None), ("step", 999), ("step", "x")):
            with self.assertRaisesRegex(UserError, "no figure"):
                self._open(figure, key)
        for figure, key in (("exceptions", "x"), ("item", "1; --"), ("cause", 5)):
            with self.assertRaisesRegex(UserError, "no figure"):
                self._open(figure, key)
        for period in ("decade", ["year"], {"year": 1}):
            with self.assertRaisesRegex(UserError, "no period"):
                self._read(period=period)
        with self.assertRaisesRegex(UserError, "no figure"):
            self._open(["accuracy"])
        for warehouse_id in (foreign.id, "1 OR 1=1", -1, [self.warehouse.id]):
            with self.assertRaisesRegex(UserError, "another company"):
                self._read(warehouse_id=warehouse_id)
        self.assertTrue(self.env["stock.count.dashboard"].read_dashboard("no dict"))

    def test_the_number_of_queries_does_not_grow_with_the_history(self):
        """R3: as many for twelve posted lines in four sessions as for three."""
        self._count_all(screw_a=12, screw_b=21, nail=4)
        self._read()
        few = self._count_queries()
        for number in range(3):
            self._count_all(screw_a=9 - number, screw_b=22 + number, nail=6 + number)
        # One or two are what caches happen to hold; a query per row would be nine more.
        self.assertLess(self._count_queries(), few + 3)

    # === TOOLS === #

    def _count_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._read()
        return self.env.cr.sql_log_count - before

    def _history(self, session):
        return (
            self.env["stock.count.history"]
            .sudo()
            .search([("session_id", "=", session.id)])
        )

    def _raise_exception(self, name):
        return (
            self.env["stock.count.exception"]
            .sudo()
            .create(
                {
                    "name": name,
                    "key": name,
                    "company_id": self.company.id,
                    "warehouse_id": self.warehouse.id,
                    "kind": "post_error",
                    "next_action": "open_line",
                }
            )
        )
