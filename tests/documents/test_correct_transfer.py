from odoo.tests import tagged

from .test_documents import DocumentCommon


@tagged("post_install", "-at_install")
class TestCorrectedTransfer(DocumentCommon):
    """A transfer is put right by the answer about it (P21)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for place in (cls.bin_a, cls.bin_b):
            cls._book(cls.screw, place, 6)
        cls.picking = cls._create_transfer(cls.screw, 4, cls.bin_a, cls.customers)
        cls.session = cls._create_session(cls.bin_a | cls.bin_b)

    def _count_bins(self, in_a, in_b):
        return (
            self._count(self.session, self.screw, self.bin_a, in_a),
            self._count(self.session, self.screw, self.bin_b, in_b),
        )

    def _reserved(self):
        """What the transfer takes, by bin."""
        lines = self.picking.move_line_ids
        return {line.location_id.name: line.quantity for line in lines}

    def _assert_right(self, in_a, in_b):
        """After posting and delivering, the book has what was found."""
        self._post(self.session)
        self._validate(self.picking)
        booked = [self._booked(self.screw, bin) for bin in (self.bin_a, self.bin_b)]
        self.assertEqual(booked, [in_a, in_b])

    def test_taken_from_two_bins_where_one_was_reserved(self):
        """P21: 2 of 4 were taken from the other bin, the rest as reserved."""
        self._count_bins(4, 4)
        self._answer(self.session, self.picking, "happened", fit=True)
        self.assertEqual(self._reserved(), {"Bin A": 2, "Bin B": 2})
        self._assert_right(4, 4)

    def test_all_taken_from_two_other_bins(self):
        """P21: nothing was taken from the reserved bin."""
        bin_c = self._create_bin("Bin C")
        self._book(self.screw, bin_c, 6)
        self.session.location_ids |= bin_c
        self.session.action_refresh()
        self._count(self.session, self.screw, bin_c, 5)
        self._count_bins(6, 3)
        self._answer(self.session, self.picking, "happened", fit=True)
        self.assertEqual(self._reserved(), {"Bin B": 3, "Bin C": 1})
        self._assert_right(6, 3)
        self.assertEqual(self._booked(self.screw, bin_c), 5)

    def test_what_was_lost_besides_is_not_asked_about_again(self):
        """P21: 4 were taken from the other bin, and 1 of it is lost."""
        _in_a, in_b = self._count_bins(6, 1)
        self._answer(self.session, self.picking, "happened", fit=True)
        self.assertEqual((in_b.state, in_b.variance_qty), ("counted", -1))
        self._assert_right(6, 1)

    def test_a_part_that_is_put_right_is_not_asked_about_again(self):
        """P21: 3 of 4 were taken, from the other bin, and 1 of it is lost."""
        _in_a, in_b = self._count_bins(6, 2)
        self._answer(self.session, self.picking, "partly", {in_b.id: 3}, fit=True)
        self._post(self.session)
        self.assertEqual((in_b.state, in_b.variance_qty), ("posted", -1))
        self.assertEqual(self._reserved(), {"Bin A": 1, "Bin B": 3})
        self.assertFalse(self._asked(self.session))
