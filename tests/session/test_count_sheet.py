from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..common import CountCommon

VIEWS = ("all", "discrepancies", "overages", "shortages", "not_posted")


@tagged("post_install", "-at_install")
class TestCountSheet(CountCommon):
    """What the sheet asks the server for: its lines, its header, its actions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._create_user("sheet_lead", "stock_count.group_count_lead")
        cls.counter = cls._create_user(
            "sheet_counter", "stock_count.group_count_counter"
        )
        cls._book(cls.screw, cls.bin_a, 10)
        cls._book(cls.screw, cls.bin_b, 20)
        cls.nail = cls._create_product("Nail", standard_price=1)
        cls._book(cls.nail, cls.bin_a, 30)
        cls.session = cls._create_session(user_id=cls.lead.id)

    # === HEADER === #

    def test_each_view_of_the_header_counts_what_its_search_shows(self):
        """D3: the number on a tab is the number of lines behind it."""
        self._count(self.session, self.screw, self.bin_a, 8)
        self._count(self.session, self.screw, self.bin_b, 21)
        self._post(self.session, self._line(self.session, self.screw, self.bin_b))
        counts = self._header()["counts"]
        for view in VIEWS:
            lines = self.env["stock.count.line"].search_count(
                Domain("session_id", "=", self.session.id) & self._view_domain(view)
            )
            self.assertEqual(counts[view], lines, view)
        self.assertEqual([counts[view] for view in VIEWS], [3, 2, 1, 1, 2])

    def test_the_header_tells_who_owns_what_changed_and_what_is_next(self):
        """X5: owner, last entry and next step are told by name."""
        self.session.with_user(self.lead).record_entries(
            [self._entry(10, self.screw, self.bin_a)]
        )
        header = self._header()
        self.assertEqual(header["owner"], self.lead.name)
        self.assertEqual(header["last"]["user"], self.lead.name)
        self.assertEqual(header["next_step"], self.session.next_step)
        self.assertEqual(header["counts"]["counted"], 1)

    def test_the_header_tells_what_posting_would_do(self):
        """D6: only counted lines with the post box, with their net value."""
        self._count(self.session, self.screw, self.bin_a, 7)
        self._count(self.session, self.nail, self.bin_a, 30)
        self.session.action_check_all()
        counts = self._header()["counts"]
        self.assertEqual((counts["to_post"], counts["to_move"]), (2, 1))
        self.assertEqual(counts["to_post_value"], -6)

    def test_a_held_line_is_not_announced_as_posted(self):
        """D6: what waits for an answer is told apart from what will be posted."""
        self._create_transfer(self.screw, 3, self.bin_a, self.customers)
        self._count(self.session, self.screw, self.bin_a, 7)
        self.session.action_check_all()
        counts = self._header()["counts"]
        self.assertEqual((counts["to_post"], counts["held"]), (0, 1))

    def test_a_counter_gets_no_header(self):
        """Z1, Z2: totals would tell a counter what was expected."""
        self.session.counter_ids = self.counter
        with self.assertRaises(AccessError):
            self.session.with_user(self.counter).get_sheet_header()

    def test_the_header_follows_the_options_of_the_company(self):
        """D7, D12: Options 170 and 529 reach the sheet."""
        self.company.count_require_approval = True
        self.company.count_alternate_colors = True
        header = self.session.with_user(self.lead).get_sheet_header()
        self.assertTrue(header["alternate_colors"])
        self.assertTrue(header["require_approval"])
        self.assertFalse(header["may_post"])

    # === SPEED === #

    def test_a_longer_sheet_asks_the_database_no_more(self):
        """D2: first page and header cost as many queries with 3 lines as with 200."""
        few = self._count_queries(self.session)
        for number in range(200):
            self._book(self.nail, self._create_bin(f"Bin {number:03}"), 1)
        many = self._count_queries(self._create_session())
        self.assertLessEqual(many, few)

    # === OPENING === #

    def test_the_sheet_opens_with_the_view_of_the_option(self):
        """D3: Option 198."""
        self.company.count_default_view = "shortages"
        action = self.session.with_user(self.lead).action_open_sheet()
        self.assertEqual(action["context"]["search_default_view_shortages"], 1)
        self.assertEqual(action["context"]["active_id"], self.session.id)

    def test_a_phone_is_offered_cards(self):
        """D2: the sheet has cards for a narrow screen, and its list comes first."""
        views = self.session.action_open_sheet()["views"]
        self.assertEqual([kind for _view, kind in views], ["list", "kanban"])
        names = [self.env["ir.ui.view"].browse(view).key for view, _kind in views]
        self.assertTrue(all(view for view, _kind in views), names)

    # === ADDING === #

    def test_a_line_is_added_with_its_count(self):
        """D2, P7: what was found and not expected becomes a counted line."""
        [added] = self._save(
            {
                "product_id": self.nail.id,
                "location_id": self.bin_b.id,
                "found_qty": 4,
                "is_counted": True,
            }
        )
        line = self.env["stock.count.line"].browse(added["id"])
        self.assertEqual((line.found_qty, line.variance_qty), (4, 4))
        self.assertEqual(line.entry_ids.user_id, self.lead)

    def test_a_line_needs_the_number_of_its_session(self):
        """Z2: whatever a client sends for it."""
        Line = self.env["stock.count.line"]
        for number in (True, {}, [1], "x", 2**63, -1, None):
            values = {"session_id": number, "product_id": self.screw.id}
            with self.subTest(number), self.assertRaisesRegex(UserError, "Choose"):
                Line.create(values)

    def test_a_line_is_added_for_a_lot_that_nobody_knows_yet(self):
        """D2: a lot by its name, which posting creates."""
        [added] = self._save(
            {
                "product_id": self.glue.id,
                "location_id": self.bin_b.id,
                "lot_name": "NEW-1",
                "found_qty": 2,
                "is_counted": True,
            }
        )
        line = self.env["stock.count.line"].browse(added["id"])
        self.assertEqual((line.lot_name, line.lot_id.id), ("NEW-1", False))

    def test_zero_is_counted_and_an_emptied_cell_is_not(self):
        """D4, P7: what the Found cell sends, as the sheet sends it."""
        line = self._line(self.session, self.screw, self.bin_a)
        Line = self.env["stock.count.line"].with_user(self.lead)
        Line.browse(line.id).web_save({"found_qty": 0, "is_counted": True}, {})
        self.assertEqual((line.is_counted, line.variance_qty), (True, -10))
        Line.browse(line.id).web_save({"found_qty": 0, "is_counted": False}, {})
        self.assertEqual((line.is_counted, line.state), (False, "to_count"))

    # === HELPERS === #

    def _header(self):
        return self.session.with_user(self.lead).get_sheet_header()

    def _view_domain(self, view):
        arch = self.env["stock.count.line"].get_view(
            self.env.ref("stock_count.stock_count_line_view_search").id, "search"
        )["arch"]
        [node] = etree.fromstring(arch).xpath(f"//filter[@name='view_{view}']")
        return Domain(safe_eval(node.get("domain")))

    def _count_queries(self, session):
        """Queries of opening the sheet: its first page, all columns, and header."""
        Line = self.env["stock.count.line"].with_user(self.lead)
        columns = etree.fromstring(
            Line.get_view(self.env.ref("stock_count.stock_count_line_view_sheet").id)[
                "arch"
            ]
        ).xpath("/list/field/@name")
        specification = {
            name: {"fields": {"display_name": {}}}
            if Line._fields[name].relational
            else {}
            for name in columns
        }
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        Line.web_search_read([("session_id", "=", session.id)], specification, limit=80)
        session.with_user(self.lead).get_sheet_header()
        return self.env.cr.sql_log_count - before

    def _save(self, values):
        Line = self.env["stock.count.line"].with_user(self.lead)
        values = {"session_id": self.session.id, **values}
        return Line.web_save(values, {"id": {}})
