from odoo.tests import tagged

from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestSerialBookedTwice(CountCommon):
    """A serial number that old data books in two bins, found in a third (P27)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bin_c = cls._create_bin("Bin C")
        cls.serial = cls._create_lot(cls.drill, "S1")
        for place in (cls.bin_a, cls.bin_b):
            cls._book(cls.drill, place, 1, cls.serial)
        cls.session = cls._create_session(cls.bin_a | cls.bin_b | cls.bin_c)

    def _booked_at(self):
        places = (self.bin_a, self.bin_b, self.bin_c)
        return [self._booked(self.drill, place, self.serial) for place in places]

    def test_it_says_what_is_wrong_and_offers_the_way_out(self):
        """P27: nobody has said that it is not in the other two bins."""
        found = self._count(
            self.session, self.drill, self.bin_c, 1, lot_id=self.serial.id
        )
        self._post(self.session, found)
        self.assertEqual(found.state, "failed")
        self.assertIn("booked 2 times", found.post_error)
        self.assertIn("Bin A", found.post_error)
        self.assertIn("Bin B", found.post_error)

    def test_counted_in_all_three_it_is_in_one(self):
        """P27: it moves from one bin, and the other one is written off."""
        for place, qty in ((self.bin_a, 0), (self.bin_b, 0), (self.bin_c, 1)):
            self._count(self.session, self.drill, place, qty, lot_id=self.serial.id)
        self._post(self.session)
        errors = self.session.line_ids.filtered("post_error").mapped("post_error")
        self.assertFalse(errors)
        self.assertEqual(self._booked_at(), [0, 0, 1])


@tagged("post_install", "-at_install")
class TestPackagesInPackages(CountCommon):
    """A box found elsewhere leaves its pallet; a whole pallet moves with it (P25)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pallet = cls._create_package("PALLET")
        cls.boxes = [cls._create_package(f"BOX{n}") for n in (1, 2)]
        for box in cls.boxes:
            box.parent_package_id = cls.pallet
            cls._book(cls.screw, cls.bin_a, 5, package=box)
        cls.session = cls._create_session(cls.bin_a | cls.bin_b)

    def _find(self, box, qty=5):
        return self._count(self.session, self.screw, self.bin_b, qty, package_id=box.id)

    def test_a_box_found_elsewhere_leaves_its_pallet(self):
        """P25: the pallet stays where it was."""
        line = self._find(self.boxes[0])
        self._post(self.session, line)
        self.assertEqual(line.state, "posted", line.post_error)
        self.assertEqual(self.boxes[0].location_id, self.bin_b)
        self.assertFalse(self.boxes[0].parent_package_id)
        self.assertEqual(self.pallet.location_id, self.bin_a)

    def test_a_whole_pallet_moves_with_what_is_in_it(self):
        """P25."""
        lines = self._find(self.boxes[0]) | self._find(self.boxes[1])
        self._post(self.session, lines)
        self.assertEqual(set(lines.mapped("state")), {"posted"})
        for box in self.boxes:
            self.assertEqual(box.parent_package_id, self.pallet)
        self.assertEqual(self.pallet.location_id, self.bin_b)

    def test_undone_a_box_is_back_on_its_pallet(self):
        """P25, P28."""
        line = self._find(self.boxes[0])
        self._post(self.session, line)
        self.session.action_undo_posting()
        self.assertEqual(self.boxes[0].location_id, self.bin_a)
        self.assertEqual(self.boxes[0].parent_package_id, self.pallet)

    def test_the_line_says_the_pallet(self):
        """P25: in the sheet and in the app."""
        line = self.session.line_ids.filtered("package_id")[:1]
        info = line.fields_get(["package_id"])["package_id"]
        package = line.package_id.with_context(**info["context"])
        self.assertEqual(package.display_name, f"PALLET > {package.name}")
        rows = self.env["stock.count.app.catalogue"]._load(self.session)["packages"]
        self.assertIn([package.id, package.display_name], rows["rows"])


@tagged("post_install", "-at_install")
class TestLotsOfOtherCompanies(CountCommon):
    """A new lot of a name that another company has (P27)."""

    def test_a_lot_of_the_same_name_is_made_for_this_company(self):
        """P27: no raw words of Odoo's."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env["stock.lot"].create(
            {"name": "X1", "product_id": self.glue.id, "company_id": other.id}
        )
        session = self._create_session(self.bin_a)
        line = self._count(session, self.glue, self.bin_a, 3, lot_name="X1")
        self._post(session, line)
        self.assertEqual(line.state, "posted", line.post_error)
        self.assertEqual(line.lot_id.company_id, self.company)


@tagged("post_install", "-at_install")
class TestUndoGivesBack(CountCommon):
    """Undo gives back what it took, or says why not (P28)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 10)
        cls.picking = cls._create_transfer(cls.screw, 10, cls.bin_a, cls.customers)
        cls.session = cls._create_session(cls.bin_a)

    def _post_shortage(self):
        line = self._count(self.session, self.screw, self.bin_a, 8)
        line.action_accept_variance()
        self._post(self.session, line)
        self.assertEqual(self._booked(self.screw, self.bin_a), 8)
        return line

    def test_the_delivery_is_reserved_again_and_its_exception_closed(self):
        """P28."""
        self._post_shortage()
        self.assertEqual(self.picking.move_ids.quantity, 8)
        exceptions = self.env["stock.count.exception"].search(
            [("kind", "=", "broken_reservation"), ("session_id", "=", self.session.id)]
        )
        self.assertEqual(exceptions.mapped("state"), ["open"])
        self.session.action_undo_posting()
        self.assertEqual(self.picking.move_ids.quantity, 10)
        self.assertEqual(exceptions.mapped("state"), ["done"])

    def test_a_move_that_was_edited_says_why_it_is_not_undone(self):
        """P28: it is not what was posted any more."""
        line = self._post_shortage()
        line.move_ids.move_line_ids.sudo().quantity = 1
        self.session.action_undo_posting()
        self.assertEqual(line.state, "posted")
        self.assertIn("was changed after posting", line.post_error)

    def test_a_move_that_was_reverted_natively_says_why_it_is_not_undone(self):
        """P28: Odoo's own Revert has put it back already."""
        line = self._post_shortage()
        line.move_ids.move_line_ids.action_revert_inventory()
        self.session.action_undo_posting()
        self.assertEqual(line.state, "posted")
        self.assertIn("Not undone", line.post_error)
