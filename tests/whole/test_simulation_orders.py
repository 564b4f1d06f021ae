"""Runs on a known floor with documents that are no transfers (P22, P23)."""

import random
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from ..common import CountCommon
from ..floor_backend import BOLTS, LOTS
from ..floor_made import MadeBackend
from ..floor_odoo import CLOCK, Clock
from .test_simulation import OdooRuns


@tagged("post_install", "-at_install", "stock_count_simulation")
class TestSimulationOfProduction(OdooRuns):
    """Goods that leave are consumed by manufacturing orders (P23)."""

    backend = MadeBackend
    part = 5

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "mrp.production" not in cls.env:
            cls.skipTest(cls, "mrp is not installed")

    def test_the_book_of_components_is_right_whatever_happens(self):
        self._simulate(BOLTS)

    def test_the_book_of_lots_of_components_is_right_whatever_happens(self):
        self._simulate(LOTS)


# What happens more often stands there more often.
EVENTS = (
    *("sell",) * 6,
    *("lose", "find"),
    *("count",) * 4,
    *("post",) * 3,
    "close",
)
RUNS = 10


class Counted:
    """A count of the shelf, and what was true then."""

    def __init__(self, line, till, lost, sold):
        self.line, self.session = line, line.session_id
        self.till, self.lost, self.sold = till, lost, sold


@tagged("post_install", "-at_install", "stock_count_simulation")
class TestSimulationOfTills(CountCommon):
    """A shop whose till books when its session is closed (P22)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "pos.session" not in cls.env:
            cls.skipTest(cls, "point_of_sale is not installed")
        cls.env.cr.execute(CLOCK)
        cls.company.point_of_sale_update_stock_quantities = "closing"
        charts = cls.env["account.chart.template"].with_company(cls.company)
        charts.try_loading("generic_coa", cls.company, install_demo=False)
        cls.screw.available_in_pos = True
        cls._book(cls.screw, cls.bin_a, 40)
        cls.warehouse.pos_type_id.default_location_src_id = cls.bin_a
        cls.config = cls.env["pos.config"].create(
            {
                "name": "Till",
                "company_id": cls.company.id,
                "picking_type_id": cls.warehouse.pos_type_id.id,
            }
        )

    def test_the_book_of_a_shop_is_right_whatever_happens(self):
        """P22: what was sold is not posted as lost."""
        for seed in range(RUNS):
            savepoint = self.env.cr.savepoint()
            with self.subTest(seed=seed):
                self._run(random.Random(seed))
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
            self.env.cr._now = None

    def _run(self, rng):
        self.rng, self.story, self.counts = rng, [], []
        self.floor, self.lost, self.sold, self.booked = 40, 0, 0, 0
        self.clock = Clock(self)
        self._open_till()
        for event in rng.choices(EVENTS, k=rng.randint(12, 20)):
            self.clock.wait(timedelta(minutes=10))
            getattr(self, f"_{event}_one")()
        self._finish()

    # === WHAT HAPPENS === #

    def _open_till(self):
        self.config.open_ui()
        self.till = self.config.current_session_id
        self.till.set_opening_control(0, "")

    def _sell_one(self):
        qty = min(self.rng.randint(1, 3), self.floor)
        if not qty:
            return
        self.story.append(f"{qty} sold")
        order = self.env["pos.order"].create(self._prepare_order(qty))
        order.add_payment(
            {
                "pos_order_id": order.id,
                "payment_method_id": self.config.payment_method_ids[0].id,
                "amount": order.amount_total,
            }
        )
        order.action_pos_order_paid()
        self.floor -= qty
        self.sold += qty

    def _prepare_order(self, qty):
        price = 2 * qty
        line = {
            "product_id": self.screw.id,
            "qty": qty,
            "price_unit": 2,
            "price_subtotal": price,
            "price_subtotal_incl": price,
        }
        return {
            "session_id": self.till.id,
            "company_id": self.company.id,
            "date_order": fields.Datetime.to_string(self.clock.now()),
            "lines": [Command.create(line)],
            "amount_total": price,
            "amount_tax": 0,
            "amount_paid": 0,
            "amount_return": 0,
        }

    def _lose_one(self):
        self._lose(-min(self.rng.randint(1, 3), self.floor))

    def _find_one(self):
        self._lose(self.rng.randint(1, 3))

    def _lose(self, qty):
        self.story.append(f"{qty:+} lost or found")
        self.floor += qty
        self.lost += qty

    def _close_one(self):
        """The till books what it has sold, and opens again."""
        if self.sold == self.booked:
            return
        self.story.append(f"closed, {self.sold - self.booked} booked")
        self.till.action_pos_session_closing_control()
        self.assertEqual(self.till.state, "closed")
        self.booked = self.sold
        self._open_till()

    def _count_one(self):
        self.story.append(f"counted {self.floor}")
        session = self._create_session(self.bin_a)
        line = self._count(session, self.screw, self.bin_a, self.floor)
        sold = self.sold - self.booked
        self.counts.append(Counted(line, self.till, self.lost, sold))

    # === POSTING === #

    def _post_one(self):
        waiting = [count for count in self.counts if count.session.state != "posted"]
        if waiting:
            self._settle(self.rng.choice(waiting))

    def _settle(self, count):
        """Somebody who knows what was sold answers."""
        asked = count.session.get_documents()["open"]
        answers = [{"key": till["key"], "answer": "happened"} for till in asked]
        count.session.action_answer_documents(answers)
        self._post_line(count)
        if count.line.state == "held":
            self._read(count)
        self.story.append(f"{count.line.found_qty:g} {count.line.state}")
        if count.line.state == "posted":
            self._check(count, is_asked=bool(asked))

    def _read(self, count):
        """The till was closed before somebody asked; what it booked since the count
        explains the line, or the line is counted again."""
        if self._corrected() == count.lost:
            count.line.action_accept_transfer()
        elif count.sold:
            self._count_one()
            return
        else:
            count.line.action_accept_variance()
        self._post_line(count)

    def _post_line(self, count):
        """Unless a newer count is known to be posted."""
        count.session.action_check_all()
        if count.line.to_post:
            count.session.action_post()

    def _corrected(self):
        return self._booked(self.screw, self.bin_a) - 40 + self.booked

    def _check(self, count, is_asked):
        """What is right is known where the till was asked about, and it is asked about
        as long as it is open and something is missing."""
        is_answered = is_asked or count.line.hold_answer or not count.sold
        if is_answered:
            self.assertEqual(self._corrected(), count.lost, "\n".join(self.story))
        elif count.till == self.till:
            self.assertGreaterEqual(count.line.posted_qty, 0, "\n".join(self.story))

    def _finish(self):
        self._close_one()
        for count in list(self.counts):
            if count.session.state != "posted":
                self._settle(count)
        self.clock.wait(timedelta(hours=1))
        self._count_one()
        self._settle(self.counts[-1])
        self.assertEqual(self._booked(self.screw, self.bin_a), self.floor)
