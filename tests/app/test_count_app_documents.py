from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..app_common import AppCommon


@tagged("post_install", "-at_install")
class TestCountAppDocuments(AppCommon):
    """A lead answers documents on the spot; counters learn nothing by them (P21)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.picking = cls._create_transfer(cls.screw, 3, cls.bin_a, cls.customers)
        cls.open_count = cls._create_count(blind=False)

    def _count_screws(self, session, location=None, qty=6):
        location = location or self.bin_a
        self._sync([self._entry(qty, self.screw, location)], session=session)
        return self._line(session, self.screw, location)

    def _load(self, session, user=None):
        return self._app("load_documents", session.id, user=user)["documents"]

    def _answer(self, session, answer, user=None):
        key = f"stock.picking,{self.picking.id}"
        return self._app("answer_document", session.id, key, answer, user=user)

    def test_a_lead_answers_where_the_goods_are(self):
        """P21."""
        line = self._count_screws(self.open_count)
        [document] = self._load(self.open_count, self.lead)
        self.assertEqual(document["name"], self.picking.name)
        self.assertEqual(document["lines"][0]["happened"], -1)
        answer = self._answer(self.open_count, "happened", self.lead)
        self.assertEqual(answer["documents"], [])
        self.assertEqual((line.state, line.variance_qty), ("counted", -1))

    def test_goods_taken_elsewhere_correct_the_transfer(self):
        """P21: as the count sheet proposes."""
        self._count_screws(self.open_count, qty=10)
        line = self._count_screws(self.open_count, self.bin_b, 4)
        self._answer(self.open_count, "happened", self.lead)
        self.assertEqual(line.variance_qty, 0)
        self.assertEqual(self.picking.move_line_ids.location_id, self.bin_b)

    def test_what_has_not_happened_corrects_nothing(self):
        """P21."""
        self._count_screws(self.open_count, qty=10)
        self._count_screws(self.open_count, self.bin_b, 4)
        self._answer(self.open_count, "not_yet", self.lead)
        self.assertEqual(self.picking.move_line_ids.location_id, self.bin_a)

    def test_counters_are_not_asked(self):
        """Z1, M13: a document would tell what was expected."""
        for session in (self.count, self.open_count):
            self._count_screws(session)
            self.assertEqual(self._load(session), [])
            with self.assertRaises(AccessError):
                self._answer(session, "happened")

    def test_a_blind_count_has_no_quantities_of_documents(self):
        """M13: not for a lead either."""
        self._count_screws(self.count)
        [document] = self._load(self.count, self.lead)
        [line] = document["lines"]
        self.assertEqual(set(line), {"line_id", "product", "place", "lot", "uom"})
