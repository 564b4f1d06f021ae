from datetime import timedelta

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CountCommon


class ClassCommon(CountCommon):
    """Classes up to 80, 95 and 100 % of the usage, and what is used of some items."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Class = cls.env["stock.count.class"]
        cls.Item = cls.env["stock.count.class.item"]
        # As a new company has them.
        cls.a, cls.b, cls.c = cls.Class.search([("company_id", "=", cls.company.id)])

    @classmethod
    def _use(cls, product, quantity, location=None):
        """Deliver that much of what is booked before."""
        location = location or cls.bin_a
        cls._book(product, location, quantity)
        return cls._deliver(product, quantity, location)

    def _class_of(self, product, warehouse=None):
        self.Class.action_classify()
        return self._item(product, warehouse).class_id

    def _item(self, product, warehouse=None):
        warehouse = warehouse or self.warehouse
        return self.Item.search(
            [("product_id", "=", product.id), ("warehouse_id", "=", warehouse.id)]
        )


@tagged("post_install", "-at_install")
class TestClasses(ClassCommon):
    """Few items make most of the usage, and are counted most often (S1)."""

    def test_a_company_has_classes_from_the_start(self):
        """S1: thresholds and counts a year, to be changed."""
        classes = self.a | self.b | self.c
        self.assertEqual(classes.mapped("name"), ["A", "B", "C"])
        self.assertEqual(classes.mapped("share"), [80, 95, 100])
        self.assertEqual(classes.mapped("counts_per_year"), [12, 4, 1])

    def test_items_are_classed_by_the_value_of_their_usage(self):
        """S1: 800, 120, 60 and 20 of 1,000."""
        items = [
            self._create_product(f"Used {usage}", standard_price=usage / 10)
            for usage in (20, 800, 60, 120)
        ]
        for item in items:
            self._use(item, 10)
        self.Class.action_classify()
        found = [self._item(item) for item in items]
        self.assertEqual(
            [item.class_id for item in found], [self.c, self.a, self.b, self.b]
        )
        self.assertEqual([item.usage_value for item in found], [20, 800, 60, 120])
        self.assertEqual([item.share for item in found], [98, 0, 92, 80])

    def test_the_item_that_reaches_beyond_a_threshold_is_still_in(self):
        """S1: the only item that is used is in the first class, not in the last."""
        self._use(self.screw, 10)
        self.assertEqual(self._class_of(self.screw), self.a)

    def test_what_is_not_used_is_in_the_last_class(self):
        """S1: and so is everything where nothing is used at all."""
        self._book(self.glue, self.bin_a, 5, self._create_lot(self.glue, "G"))
        self.assertEqual(self._class_of(self.glue), self.c)
        self._use(self.screw, 10)
        self.assertEqual(self._class_of(self.glue), self.c)

    def test_usage_is_of_a_warehouse(self):
        """S1: what sells here may lie still there."""
        other = self.env["stock.warehouse"].create(
            {"name": "Other", "code": "OTH", "company_id": self.company.id}
        )
        self._use(self.screw, 10)
        self._book(self.screw, other.lot_stock_id, 10)
        self.assertEqual(self._class_of(self.screw), self.a)
        self.assertEqual(self._item(self.screw, other).class_id, self.c)

    def test_usage_is_neither_correction_nor_scrap_nor_older_than_a_year(self):
        """S1: and what customers send back was not used."""
        self._book(self.screw, self.bin_a, 100)
        self._adjust_natively(self.screw, self.bin_a, 60)
        self.env["stock.scrap"].create(
            {
                "product_id": self.screw.id,
                "scrap_qty": 5,
                "location_id": self.bin_a.id,
                "company_id": self.company.id,
            }
        ).action_validate()
        old = self._deliver(self.screw, 10, self.bin_a)
        old.move_ids.date = fields.Datetime.now() - timedelta(days=370)
        self._deliver(self.screw, 7, self.bin_a)
        back = self._create_transfer(self.screw, 3, self.customers, self.bin_a)
        self._validate(back)
        self.Class.action_classify()
        self.assertEqual(self._item(self.screw).usage_value, 4 * 2)

    def test_classifying_again_follows_what_changed(self):
        """S1: thresholds, usage, and items that are gone."""
        self._use(self.screw, 60)
        rival = self._create_product("Rival", standard_price=2)
        self._use(rival, 40)
        self.assertEqual(self._class_of(rival), self.a)
        self.a.share = 50
        self.assertEqual(self._class_of(rival), self.b)
        self._use(rival, 40)
        self.assertEqual(self._class_of(rival), self.a)
        rival.is_storable = False
        self.Class.action_classify()
        self.assertFalse(self._item(rival))

    def test_the_scheduler_classifies_every_company(self):
        """S1."""
        self._use(self.screw, 10)
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("stock_count.ir_cron_classify").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self._item(self.screw).class_id, self.a)

    def test_the_button_of_the_list_classifies_whatever_is_selected(self):
        """S1: by RPC, as the web client calls it."""
        self._use(self.screw, 10)
        manager = self._create_user("class_button", "stock.group_stock_manager")
        for classes in (self.Class, self.b, self.a | self.c):
            action = call_kw(
                self.Class.with_user(manager), "action_classify", [classes.ids], {}
            )
            self.assertIn("Items classified: 1", action["params"]["message"])

    def test_a_class_shows_its_items(self):
        """S1."""
        self._use(self.screw, 10)
        self.Class.action_classify()
        self.assertEqual(self.a.item_count, 1)
        self.assertTrue(self.a.computed_at)
        action = self.a.action_view_items()
        self.assertEqual(self.Item.search(action["domain"]).product_id, self.screw)

    def test_many_items_take_the_queries_of_few(self):
        """S1: one statement."""
        self._use(self.screw, 1)
        self._queries()
        few = self._queries()
        for i in range(20):
            self._book(self._create_product(f"Item {i}"), self.bin_a, 1)
        self.assertLessEqual(self._queries(), few + 1)

    def _queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.Class._classify(self.company)
        return self.env.cr.sql_log_count - before

    # === REFUSALS === #

    def test_only_a_manager_classifies_and_keeps_classes(self):
        """S1, Z2."""
        lead = self._create_user("class_lead", "stock_count.group_count_lead")
        counter = self._create_user("class_counter", "stock_count.group_count_counter")
        for user in (lead, counter):
            with self.assertRaises(AccessError):
                self._rpc(user, self.a, "action_classify")
            with self.assertRaises(AccessError):
                self._rpc(user, self.a, "write", {"share": 1})
        with self.assertRaises(AccessError):
            self._rpc(counter, self.a, "action_view_items")

    def test_a_class_of_another_company_is_not_seen(self):
        """Z2."""
        stranger = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.Class.search([("company_id", "=", stranger.id)])
        self.assertEqual(len(theirs.sudo()), 3)
        manager = self._create_user("class_manager", "stock.group_stock_manager")
        with self.assertRaises(AccessError):
            theirs[0].with_user(manager).read(["name"])

    def test_a_company_without_classes_is_told_so(self):
        """Bad input."""
        (self.a | self.b | self.c).unlink()
        with self.assertRaisesRegex(UserError, "no count classes"):
            self.Class.action_classify()

    def test_classes_that_make_no_sense_are_refused(self):
        """Bad input: nothing, more than everything, twice, too often, negative."""
        for values in (
            {"share": 0},
            {"share": 101},
            {"share": -5},
            {"counts_per_year": -1},
            {"counts_per_year": 1000},
            {"percent_minus": -1},
        ):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self.a.write(values)
        for values in ({"share": 95}, {"name": "B"}):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(UniqueViolation),
                self.env.cr.savepoint(),
            ):
                self.a.write(values)


@tagged("post_install", "-at_install")
class TestToleranceOfClasses(ClassCommon):
    """A class is a level of tolerance between item and category (A2, S1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._use(cls.screw, 10)
        cls._book(cls.screw, cls.bin_a, 100)
        cls.Class.action_classify()

    def setUp(self):
        super().setUp()
        self.session = self._create_session(self.bin_a)

    def _ratio(self, session=None):
        session = session or self.session
        return self._count(session, self.screw, self.bin_a, 96).tolerance_ratio

    def _tolerate(self, **values):
        self.env["stock.count.tolerance"].create(
            {"company_id": self.company.id, **values}
        )

    def test_the_class_limits_its_items(self):
        """A2: 4 % against 2 %."""
        self.a.percent_minus = 2
        self.assertEqual(self._ratio(), 2)

    def test_another_class_does_not(self):
        """A2."""
        self.b.percent_minus = 2
        self.assertEqual(self._ratio(), 0)

    def test_a_class_goes_before_category_and_after_item(self):
        """A2: the most specific one wins."""
        category = self.env["product.category"].create({"name": "Metal"})
        self.screw.categ_id = category
        self._tolerate(applied_on="category", categ_id=category.id, percent_minus=1)
        self.assertEqual(self._ratio(), 4)
        self.a.percent_minus = 2
        self.assertEqual(self._ratio(), 2)
        self._tolerate(
            applied_on="product",
            product_tmpl_id=self.screw.product_tmpl_id.id,
            percent_minus=8,
        )
        self.assertEqual(self._ratio(), 0.5)

    def test_a_class_without_limits_leaves_it_to_the_category(self):
        """A2: 0 does not limit."""
        self._tolerate(percent_minus=1)
        self.assertEqual(self._ratio(), 4)

    def test_a_class_given_by_hand_goes_before_the_computed_one(self):
        """S1: and is one of the company that counts."""
        self.a.percent_minus = 2
        self.c.percent_minus = 4
        self.screw.product_tmpl_id.count_class_id = self.c
        self.assertEqual(self._ratio(), 1)
        self.assertEqual(self._item(self.screw).override_id, self.c)
        self.screw.product_tmpl_id.count_class_id = False
        self.assertEqual(self._ratio(), 2)

    def test_a_class_given_by_hand_elsewhere_says_nothing_here(self):
        """S1, Z2."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.Class.sudo().search([("company_id", "=", other.id)])[-1]
        theirs.percent_minus = 1
        self.screw.product_tmpl_id.with_company(other).sudo().count_class_id = theirs
        self.a.percent_minus = 2
        self.assertEqual(self._ratio(), 2)

    def test_only_a_manager_gives_a_class(self):
        """S1, Z2: it decides what needs an approver."""
        user = self._create_user("class_user", "stock.group_stock_user")
        template = self.screw.product_tmpl_id
        with self.assertRaises(AccessError):
            self._rpc(user, template, "write", {"count_class_id": self.c.id})
        with self.assertRaises(AccessError):
            self._rpc(user, template, "read", ["count_class_id"])
