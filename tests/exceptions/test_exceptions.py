from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.stock_count.models.exceptions.stock_count_exception import DEFAULTS

from ..common import CountCommon

OPEN = ("open", "in_progress")
VERBS = {
    "action_next": [],
    "action_assign_to_me": [],
    "action_done": ["Seen"],
    "action_dismiss": ["Seen"],
    "create": [{"name": "Mine"}],
    "write": [{"priority": "3"}],
}


class ExceptionCommon(CountCommon):
    """Ten screws in bin A, and what becomes of counting them wrong."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Queue = cls.env["stock.count.exception"]
        cls._book(cls.screw, cls.bin_a, 10)
        cls.owner = cls._create_user("count_owner", "stock.group_stock_user")
        cls.cycle = cls._create_session(cls.bin_a, user_id=cls.owner.id)

    def _queue(self, kind=None, states=OPEN):
        domain = [
            ("company_id", "=", self.company.id),
            ("state", "in", states),
            *([("kind", "=", kind)] if kind else []),
        ]
        return self.Queue.search(domain)

    @classmethod
    def _tolerate(cls, percent):
        cls.env["stock.count.tolerance"].create(
            {"percent_minus": percent, "percent_plus": percent}
        )

    def _count_screws(self, qty, session=None):
        return self._count(session or self.cycle, self.screw, self.bin_a, qty)

    def _hold(self):
        """Count 9 of the 10 screws and post them while their bin is on hold."""
        line = self._count_screws(9)
        self.bin_a.count_hold_reason = "Police is here"
        self._post(self.cycle)
        return line

    def _watch(self):
        """Run the scheduled action as Odoo does."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("stock_count.ir_cron_watch").method_direct_trigger()
        self.env.invalidate_all()

    def _ago(self, picking, hours):
        picking.move_line_ids.sudo().count_picked_at = (
            fields.Datetime.now() - timedelta(hours=hours)
        )


@tagged("post_install", "-at_install")
class TestRaising(ExceptionCommon):
    """Every problem is a record with owner, evidence, impact and next action (X1,
    X2)."""

    def test_a_count_over_its_tolerance_raises_one(self):
        """X1, X2, A2: with evidence, value, owner and deadline."""
        self._stop_clock()
        self._tolerate(5)
        line = self._count_screws(5)
        exception = self._queue()
        self.assertEqual((exception.kind, exception.line_id), ("over_tolerance", line))
        self.assertEqual(exception.impact_value, 10)
        self.assertEqual(exception.user_id, self.owner)
        self.assertEqual(exception.deadline, fields.Date.today() + timedelta(days=7))
        self.assertIn("5 Units found", exception.evidence)
        self.assertTrue(exception.next_text)

    def test_a_count_within_its_tolerance_raises_none(self):
        """X2, A2."""
        self._tolerate(50)
        self._count_screws(9)
        self.assertFalse(self._queue())

    def test_a_problem_is_raised_once_and_brought_up_to_date(self):
        """X2: counted twice, the evidence is the last one's."""
        self._tolerate(5)
        self._count_screws(5)
        first = self._queue()
        self._count_screws(4)
        self.assertEqual(self._queue(), first)
        self.assertIn("4 Units found", first.evidence)
        self.assertEqual(first.impact_value, 12)

    def test_a_retried_posting_raises_no_duplicate(self):
        """X2, P13."""
        self._hold()
        self.cycle.action_post()
        self.assertEqual(len(self._queue("hold")), 1)

    def test_an_unknown_barcode_raises_one_however_often_it_is_scanned(self):
        """X2, M14: with the note, and for this count only once."""
        for note in ("Blue box", "Blue box"):
            [result] = self.cycle.record_entries(
                [self._entry(1, location=self.bin_a, barcode="4711", note=note)]
            )
            self.assertEqual(result["code"], "unknown_barcode")
        exception = self._queue("unknown_barcode")
        self.assertEqual(exception.barcode, "4711")
        self.assertEqual(exception.location_id, self.bin_a)
        self.assertIn("Blue box", exception.evidence)

    def test_a_serial_booked_at_a_customer_raises_one(self):
        """X2, rule 9."""
        serial = self._create_lot(self.drill, "S1")
        self._book(self.drill, self.customers, 1, serial)
        line = self._count(self.cycle, self.drill, self.bin_a, 1, lot_id=serial.id)
        self._post(self.cycle, line)
        exception = self._queue()
        self.assertEqual(exception.kind, "serial_elsewhere")
        self.assertEqual(exception.lot_id, serial)
        self.assertEqual(exception.priority, "2")

    def test_a_superseded_count_raises_one(self):
        """X2, P6: although its session is closed by it."""
        other = self._create_session(self.bin_a)
        line = self._count_screws(8)
        self._count_screws(9, other)
        self._post(other)
        self._post(self.cycle)
        self.assertEqual(line.state, "superseded")
        self.assertEqual(self._queue("superseded").line_id, line)

    def test_a_hold_raises_one(self):
        """X2, P9: its evidence says why."""
        line = self._hold()
        exception = self._queue()
        self.assertEqual((exception.kind, exception.line_id), ("hold", line))
        self.assertIn("Police is here", exception.evidence)

    def test_a_line_that_cannot_be_posted_raises_one(self):
        """X2, P13: here the book changed without a move."""
        line = self._count_screws(9)
        self._book(self.screw, self.bin_a, 3)
        self._post(self.cycle)
        exception = self._queue()
        self.assertEqual((exception.kind, exception.line_id), ("post_error", line))
        self.assertIn("count it again", exception.evidence)

    def test_a_count_after_posting_raises_one(self):
        """X2, rule 2: something else of the count is left, so it is open."""
        self._count(self.cycle, self.glue, self.bin_a, 1, lot_name="G1")
        line = self._count_screws(9)
        self._post(self.cycle, line)
        self._count_screws(8)
        self.assertEqual(self._queue("counted_after_posting").line_id, line)

    def test_a_variance_in_two_of_three_counts_raises_one(self):
        """X2, P18: the first is an accident, the second is not."""
        self._count_screws(9)
        self._post(self.cycle)
        self.assertFalse(self._queue())
        again = self._create_session(self.bin_a)
        self._count_screws(8, again)
        self._post(again)
        exception = self._queue()
        self.assertEqual(exception.kind, "repeated_variance")
        self.assertEqual(exception.product_id, self.screw)
        self.assertEqual(exception.location_id, self.bin_a)

    def test_an_overdue_count_raises_one_a_day_it_is_open(self):
        """X2: and closes when it has another due date."""
        self._stop_clock()
        self.cycle.date_due = fields.Date.today() - timedelta(days=1)
        self._watch()
        self._watch()
        exception = self._queue()
        self.assertEqual(exception.kind, "overdue_count")
        self.cycle.date_due = fields.Date.today()
        self._watch()
        self.assertEqual(exception.state, "done")

    def test_goods_picked_yesterday_and_not_validated_raise_one(self):
        """X2: not those picked an hour ago."""
        picking = self._create_transfer(self.screw, 2, self.bin_a, self.customers)
        self._tick(picking)
        self._ago(picking, 1)
        self._watch()
        self.assertFalse(self._queue())
        self._ago(picking, 25)
        self._watch()
        self.assertEqual(self._queue("picked_not_validated").picking_id, picking)

    def test_the_transfer_that_a_held_line_names_raises_one(self):
        """X2, rule 3."""
        picking = self._create_transfer(self.screw, 3, self.bin_a, self.customers)
        line = self._count_screws(7)
        self._post(self.cycle)
        self.assertEqual(line.state, "held")
        exception = self._queue()
        self.assertEqual(exception.kind, "picked_not_validated")
        self.assertEqual(exception.picking_id, picking)

    def test_raising_costs_the_same_for_few_and_many(self):
        """X2: the number of queries does not depend on the number of lines."""
        self._tolerate(1)
        few, many = (self._count_queries(number) for number in (5, 200))
        self.assertLessEqual(many, few + 3)

    def _count_queries(self, number):
        """Of recording counts that are all over their tolerance."""
        places = self.env["stock.location"].create(
            [
                {"name": f"{number}-{i}", "location_id": self.stock.id}
                for i in range(number)
            ]
        )
        session = self._create_session(places)
        entries = [self._entry(3, self.screw, place) for place in places]
        queries = self._measure(lambda: session.record_entries(entries))
        found = self._queue("over_tolerance").filtered(
            lambda x: x.session_id == session
        )
        self.assertEqual(len(found), number)
        return queries

    def _measure(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_closing_costs_the_same_for_few_and_many(self):
        """X2: a recount of all closes all, at a number of queries of its own."""
        self._tolerate(1)
        few, many = (self._count_closing_queries(number) for number in (5, 200))
        self.assertLessEqual(many, few + 3)

    def _count_closing_queries(self, number):
        self._count_queries(number)
        found = self._queue("over_tolerance")
        queries = self._measure(
            lambda: self.env["stock.count.watch"]._close_for_lines(
                found.line_id.ids, set()
            )
        )
        self.assertEqual(set(found.mapped("state")), {"done"})
        return queries


@tagged("post_install", "-at_install")
class TestClosing(ExceptionCommon):
    """An exception closes when its condition is gone, or for a reason (X2)."""

    def setUp(self):
        super().setUp()
        self.line = self._hold()
        self.exception = self._queue()

    def test_what_is_still_there_is_not_done(self):
        """X2."""
        with self.assertRaisesRegex(UserError, "still there"):
            self.exception.action_done()
        self.assertEqual(self.exception.state, "open")

    def test_what_is_still_there_is_done_for_a_reason(self):
        """X2: and says who closed it."""
        self.exception.action_done("The police stays")
        self.assertEqual(self.exception.state, "done")
        self.assertEqual(self.exception.close_reason, "The police stays")
        self.assertEqual(self.exception.closed_by_id, self.env.user)

    def test_a_dismissal_needs_a_reason(self):
        """X2: blanks are none."""
        for reason in (None, "", "  "):
            with self.assertRaisesRegex(UserError, "Reason"):
                self.exception.action_dismiss(reason)
        self.exception.close_reason = "Known"
        self.exception.action_dismiss()
        self.assertEqual(self.exception.state, "dismissed")

    def test_a_dismissed_problem_is_not_raised_again_on_the_same_evidence(self):
        """X2."""
        self.exception.action_dismiss("Known")
        self.cycle.action_post()
        self.assertFalse(self._queue())
        self.bin_a.count_hold_reason = "The fire brigade, too"
        self.cycle.action_post()
        self.assertTrue(self._queue("hold"))

    def test_what_is_posted_closes_its_exceptions(self):
        """X2: without anybody closing it."""
        self.bin_a.count_hold_reason = False
        self.cycle.action_post()
        self.assertEqual(self.line.state, "posted")
        self.assertEqual(self.exception.state, "done")

    def test_a_recount_closes_what_the_count_raised(self):
        """X2, A3."""
        self.line.action_request_recount()
        self.assertEqual(self.exception.state, "done")

    def test_a_cancelled_count_closes_its_exceptions(self):
        """X2."""
        self.cycle.action_cancel()
        self.assertEqual(self.exception.state, "done")

    def test_a_closed_exception_stays_closed(self):
        """X2: who closed it and why is evidence."""
        self.exception.action_dismiss("Known")
        for verb in ("action_done", "action_dismiss", "action_next"):
            with self.assertRaisesRegex(UserError, "closed already"):
                getattr(self.exception, verb)()
        lead = self._create_user("late", "stock.group_stock_user")
        with self.assertRaises(UserError):
            self.exception.with_user(lead).close_reason = "Changed my mind"


@tagged("post_install", "-at_install")
class TestNextAction(ExceptionCommon):
    """The next action is a button that does it (X1)."""

    def test_releasing_the_hold_solves_it(self):
        """X1, P9."""
        self._hold()
        exception = self._queue()
        self.assertTrue(exception.action_next())
        self.assertFalse(self.bin_a.count_hold_reason)
        self.assertEqual(exception.state, "done")

    def test_a_count_over_tolerance_is_counted_again(self):
        """X1, A3."""
        self._tolerate(5)
        line = self._count_screws(5)
        exception = self._queue()
        exception.action_next()
        self.assertEqual(line.state, "recount")
        self.assertEqual(exception.state, "done")

    def test_a_line_that_was_not_posted_is_opened_in_its_sheet(self):
        """X1: somebody works on it now."""
        line = self._count_screws(9)
        self._book(self.screw, self.bin_a, 3)
        self._post(self.cycle)
        exception = self._queue()
        action = exception.action_next()
        self.assertEqual(action["domain"], [("id", "=", line.id)])
        self.assertEqual(exception.state, "in_progress")

    def test_a_barcode_that_a_product_got_is_known(self):
        """X1, X2."""
        self.cycle.record_entries([self._entry(1, location=self.bin_a, barcode="4711")])
        exception = self._queue()
        exception.action_next()
        self.assertEqual(exception.state, "in_progress")
        self.screw.barcode = "4711"
        exception.action_done()
        self.assertEqual(exception.state, "done")

    def test_a_repeated_variance_is_closed_by_a_count_without_one(self):
        """P18: its next action makes that count, of this thing only."""
        self._book(self.screw, self.bin_b, 10)
        for qty in (9, 8):
            session = self._create_session(self.bin_a)
            self._count_screws(qty, session)
            self._post(session)
        exception = self._queue("repeated_variance")
        action = exception.action_next()
        session = self.env["stock.count.session"].browse(action["context"]["active_id"])
        self.assertEqual(session.line_ids.product_id, self.screw)
        self.assertEqual(session.line_ids.location_id, self.bin_a)
        self.assertEqual(exception.state, "in_progress")
        self._count_screws(8, session)
        self._post(session)
        self.assertEqual(exception.state, "done")

    def test_each_kind_has_a_next_action_in_words(self):
        """X1, X5: a sentence, a button, and code behind it."""
        kinds = dict(self.Queue._fields["kind"].selection)
        self.assertEqual(kinds.keys(), DEFAULTS.keys())
        for _priority, action in DEFAULTS.values():
            self.assertTrue(self.Queue._next_texts()[action])
            self.assertTrue(callable(getattr(self.Queue, f"_next_{action}")))

    def test_a_transfer_validated_closes_its_exception(self):
        """X2."""
        picking = self._create_transfer(self.screw, 2, self.bin_a, self.customers)
        self._tick(picking)
        self._ago(picking, 25)
        self._watch()
        exception = self._queue()
        self.assertEqual(exception.action_next()["res_id"], picking.id)
        self._validate(picking)
        self.assertEqual(exception.state, "done")


@tagged("post_install", "-at_install")
class TestRouting(ExceptionCommon):
    """Owner by rule, due date by priority, escalation when overdue (X3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_user("anna", "stock.group_stock_user")
        cls.boss = cls._create_user("boss", "stock.group_stock_manager")

    def _route(self, **values):
        self.env["stock.count.exception.rule"].create(
            {"company_id": self.company.id, "user_id": self.anna.id, **values}
        )
        self._hold()
        return self._queue()

    def test_a_rule_names_the_owner(self):
        """X3: by kind."""
        self.assertEqual(self._route(kind="hold").user_id, self.anna)

    def test_a_rule_of_another_kind_does_not(self):
        """X3."""
        self.assertEqual(self._route(kind="superseded").user_id, self.owner)

    def test_a_rule_of_another_warehouse_does_not(self):
        """X3."""
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        self.assertEqual(self._route(warehouse_id=other.id).user_id, self.owner)

    def test_a_rule_of_a_category_is_for_those_below_it(self):
        """X3."""
        Category = self.env["product.category"]
        above = Category.create({"name": "Fasteners"})
        self.screw.categ_id = Category.create({"name": "M3", "parent_id": above.id})
        self.assertEqual(self._route(categ_id=above.id).user_id, self.anna)

    def test_the_deadline_follows_the_priority(self):
        """X3: urgent within a day."""
        self._stop_clock()
        exception = self._route(priority="3")
        self.assertEqual(exception.priority, "3")
        self.assertEqual(exception.deadline, fields.Date.today() + timedelta(days=1))

    def test_a_rule_may_set_the_days(self):
        """X3."""
        self._stop_clock()
        exception = self._route(days=2)
        self.assertEqual(exception.deadline, fields.Date.today() + timedelta(days=2))

    def test_an_overdue_exception_escalates_once(self):
        """X3: more urgent, and somebody else hears of it."""
        exception = self._route(escalation_user_id=self.boss.id)
        exception.sudo().deadline = fields.Date.today() - timedelta(days=1)
        self._watch()
        self._watch()
        self.assertEqual(exception.priority, "2")
        self.assertEqual(exception.activity_ids.user_id, self.boss)
        self.assertEqual(len(exception.activity_ids), 1)

    def test_an_exception_in_time_does_not_escalate(self):
        """X3."""
        exception = self._route()
        self._watch()
        self.assertFalse(exception.activity_ids)
        self.assertEqual(exception.priority, "1")

    def test_closing_takes_the_activity_along(self):
        """X3: nobody is reminded of what is done."""
        exception = self._route(escalation_user_id=self.boss.id)
        exception.sudo().deadline = fields.Date.today() - timedelta(days=1)
        self._watch()
        exception.action_dismiss("Known")
        self.assertFalse(exception.activity_ids)


@tagged("post_install", "-at_install")
class TestExceptionRights(ExceptionCommon):
    """Leads act, counters see nothing, managers route (Z1, Z2)."""

    def setUp(self):
        super().setUp()
        self._hold()
        self.exception = self._queue()

    def test_a_counter_is_refused_everything(self):
        """Z2: by RPC, although the count is assigned to them."""
        counter = self._create_user("c", "stock_count.group_count_counter")
        self.cycle.counter_ids = counter
        for verb, args in [*VERBS.items(), ("read", [["kind"]])]:
            with self.subTest(verb), self.assertRaises(AccessError):
                self._rpc(counter, self.exception, verb, *args)

    def test_every_public_verb_is_tested_here(self):
        """Z2."""
        public = {
            name
            for cls in type(self.exception).mro()
            if cls.__module__.endswith(".stock_count_exception")
            for name, value in vars(cls).items()
            if callable(value) and not name.startswith("_")
            if not getattr(value, "_api_private", False)
        }
        self.assertEqual(public, VERBS.keys())

    def test_a_lead_acts_but_does_not_forge(self):
        """Z2: state, evidence and impact are written by verbs only."""
        lead = self._create_user("l", "stock_count.group_count_lead")
        self._rpc(lead, self.exception, "action_assign_to_me")
        self.assertEqual(self.exception.user_id, lead)
        for vals in ({"state": "done"}, {"evidence": "None"}, {"impact_value": 0}):
            with self.subTest(vals), self.assertRaises(AccessError):
                self._rpc(lead, self.exception, "write", vals)
        with self.assertRaises(AccessError):
            self._rpc(lead, self.exception, "unlink")

    def test_a_lead_of_another_company_sees_none(self):
        """Z2."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        lead = self._create_user("e", "stock_count.group_count_lead")
        lead.write({"company_ids": company.ids, "company_id": company.id})
        Queue = self.Queue.with_user(lead).with_context(allowed_company_ids=company.ids)
        self.assertFalse(Queue.search([]))

    def test_only_a_manager_writes_rules(self):
        """Z1."""
        Rule = self.env["stock.count.exception.rule"]
        lead = self._create_user("l", "stock_count.group_count_lead")
        manager = self._create_user("m", "stock_count.group_count_manager")
        vals = {"company_id": self.company.id}
        with self.assertRaises(AccessError):
            Rule.with_user(lead).create(vals)
        self.assertTrue(Rule.with_user(manager).create(vals))

    def test_a_session_shows_how_many_it_has(self):
        """X1: and opens them."""
        self.assertEqual(self.cycle.exception_count, 1)
        action = self.cycle.action_view_exceptions()
        self.assertEqual(self.Queue.search(action["domain"]), self.exception)
