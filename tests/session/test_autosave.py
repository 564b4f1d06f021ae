from odoo.tests import tagged

from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestAutosave(CountCommon):
    """Option 526: a sheet saves what is typed, and what it kept, exactly once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._create_user("autosave_lead", "stock_count.group_count_lead")
        cls._book(cls.screw, cls.bin_a, 10)
        cls._book(cls.screw, cls.bin_b, 20)
        cls.session = cls._create_session(user_id=cls.lead.id)
        cls.line = cls._line(cls.session, cls.screw, cls.bin_a)

    def _save(self, found, *, line=None, **typed):
        """As the sheet does: the typed line is named in the context."""
        typed = {"line_id": self.line.id, "uuid": "typed-1", **typed}
        (line or self.line).with_user(self.lead).with_context(
            count_typed=typed
        ).web_save({"found_qty": found, "is_counted": True}, {"found_qty": {}})

    def test_a_row_is_recorded_under_the_uuid_the_browser_kept_it_under(self):
        """D16: the uuid and the time of typing are the browser's."""
        self._save(
            8, counted_at="2026-01-31 14:05:00.250", sent_at="2026-01-31 14:05:01"
        )
        entry = self.line.entry_ids
        self.assertEqual(entry.uuid, "typed-1")
        self.assertLess(entry.counted_at, entry.recorded_at)

    def test_what_was_saved_and_is_sent_again_is_recorded_once(self):
        """D16: the answer was lost, not the entry."""
        self._save(8)
        kept = {"uuid": "typed-1", "operation": "set", "line_id": self.line.id}
        [answer] = self.session.with_user(self.lead).record_entries(
            [{**kept, "qty": 8}], source="sheet"
        )
        self._save(8)
        self.assertEqual(answer["status"], "duplicate")
        self.assertEqual(self.line.entry_ids.mapped("qty"), [8])

    def test_what_was_typed_on_one_line_says_nothing_of_another(self):
        """D16: a uuid is of one line."""
        other = self._line(self.session, self.screw, self.bin_b)
        self._save(8, line=other)
        self.assertNotEqual(other.entry_ids.uuid, "typed-1")
        self.assertEqual(other.found_qty, 8)

    def test_a_made_up_context_changes_no_more_than_uuid_and_times(self):
        """D16, D13: neither quantity nor operation can be smuggled in."""
        self._save(8, qty=99, operation="add", user_id=1)
        entry = self.line.entry_ids
        self.assertEqual((entry.qty, entry.operation), (8, "set"))
        self.assertEqual(entry.user_id, self.lead)
        self.line.with_user(self.lead).with_context(count_typed="nonsense").write(
            {"found_qty": 9}
        )
        self.assertEqual(self.line.found_qty, 9)

    def test_the_option_reaches_the_sheet(self):
        """D16: it is on until a company switches it off."""
        header = self.session.with_user(self.lead).get_sheet_header
        self.assertTrue(header()["autosave"])
        self.session.company_id.count_autosave = False
        self.assertFalse(header()["autosave"])

    def test_the_header_counts_what_is_over_its_tolerance(self):
        """A2, D12: unposted lines only."""
        self.env["stock.count.tolerance"].create(
            {"company_id": self.session.company_id.id, "percent_minus": 10}
        )
        self._count(self.session, self.screw, self.bin_a, 8)
        self._count(self.session, self.screw, self.bin_b, 19)
        header = self.session.with_user(self.lead).get_sheet_header()
        self.assertEqual(header["counts"]["over_tolerance"], 1)

    def test_only_a_manager_is_offered_to_undo(self):
        """P15: the verb refuses everybody else, too."""
        manager = self._create_user("undoer", "stock_count.group_count_manager")
        for user, may_undo in ((self.lead, False), (manager, True)):
            header = self.session.with_user(user).get_sheet_header()
            self.assertEqual(header["may_undo"], may_undo)
