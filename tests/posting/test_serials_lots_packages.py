from odoo import Command
from odoo.tests import tagged

from ..common import CountCommon


class TrackedCommon(CountCommon):
    """Serial numbers, lots and packages in two bins of one session."""

    def _serial(self, name, location=None):
        """A serial number of the drill, booked at a location."""
        lot = self._create_lot(self.drill, name)
        if location:
            self._book(self.drill, location, 1, lot=lot)
        return lot

    def _session(self, **values):
        return self._create_session(self.bin_a | self.bin_b, **values)

    def _see(self, session, lot, location, qty=1, **values):
        return self._count(
            session, lot.product_id, location, qty, lot_id=lot.id, **values
        )

    def _where(self, lot):
        """The locations in which the lot is booked, the loss location left out."""
        quants = self.env["stock.quant"].search(
            [
                ("lot_id", "=", lot.id),
                ("quantity", "!=", 0),
                ("location_id.usage", "!=", "inventory"),
            ]
        )
        return {quant.location_id: quant.quantity for quant in quants}

    def _path(self, session):
        return [(m.location_id, m.location_dest_id) for m in session.move_ids]


@tagged("post_install", "-at_install")
class TestSerials(TrackedCommon):
    def test_a_serial_counts_zero_or_one(self):
        """D13."""
        lot = self._serial("S1", self.bin_a)
        session = self._session()
        self.assertFalse(self._see(session, lot, self.bin_a).variance_qty)
        self.assertEqual(self._see(session, lot, self.bin_a, 0).variance_qty, -1)
        entry = self._entry(2, self.drill, self.bin_a, lot_id=lot.id)
        [answer] = session.record_entries([entry])
        self.assertEqual(answer["code"], "serial_quantity")

    def test_adding_a_serial_twice_is_refused(self):
        """D13: two scans of one thing are not two things."""
        lot = self._serial("S1", self.bin_a)
        session = self._session()
        scan = {"lot_id": lot.id, "operation": "add"}
        entries = [self._entry(1, self.drill, self.bin_a, **scan) for _i in (1, 2)]
        answers = session.record_entries(entries)
        self.assertEqual([a["status"] for a in answers], ["recorded", "refused"])

    def test_a_serial_is_refused_twice_with_where_it_was_first(self):
        """D13: in another bin of the session, in one call and in two."""
        lot = self._serial("S1")
        session = self._session()
        self._see(session, lot, self.bin_a)
        [answer] = session.record_entries(
            [self._entry(1, self.drill, self.bin_b, lot_id=lot.id)]
        )
        self.assertEqual(answer["code"], "serial_twice")
        self.assertIn("Bin A", answer["message"])
        names = {"lot_name": "New"}
        answers = session.record_entries(
            [
                self._entry(1, self.drill, self.bin_b, **names),
                self._entry(1, self.drill, self.bin_a, **names),
            ]
        )
        self.assertEqual([a["status"] for a in answers], ["recorded", "refused"])
        self.assertIn("Bin B", answers[1]["message"])

    def test_a_withdrawn_serial_may_be_seen_elsewhere(self):
        """D13."""
        lot = self._serial("S1")
        session = self._session()
        self._see(session, lot, self.bin_a).action_withdraw_count()
        self.assertTrue(self._see(session, lot, self.bin_b).is_counted)

    def test_a_serial_is_taken_back_and_seen_elsewhere_in_one_call(self):
        """M12, D13: a phone without a network sends both at once."""
        lot = self._serial("S1", self.bin_a)
        session, back = self._session(), []
        for place in (self.bin_b, self.bin_a, self.bin_b):
            seen = self._entry(1, lot.product_id, place, lot_id=lot.id)
            answers = session.record_entries([*back, seen])
            self.assertEqual({a["status"] for a in answers}, {"recorded"}, answers)
            uuid = seen["uuid"]
            back = [
                {"uuid": f"w{uuid}"[:64], "operation": "withdraw", "withdraws": uuid}
            ]
        line = session.line_ids.filtered("serial_seen")
        self.assertEqual(line.location_id, self.bin_b)

    def test_a_serial_may_be_zero_in_one_bin_and_seen_in_another(self):
        """D13."""
        lot = self._serial("S1", self.bin_b)
        session = self._session()
        self._see(session, lot, self.bin_b, 0)
        self.assertTrue(self._see(session, lot, self.bin_a).is_counted)

    def _check_moved(self, session, lot):
        """One move between the bins, no issue and no receipt."""
        self.assertEqual(self._where(lot), {self.bin_a: 1})
        self.assertEqual(self._path(session), [(self.bin_b, self.bin_a)])
        move = session.move_ids
        self.assertTrue(move.is_inventory)
        self.assertEqual((move.state, move.quantity), ("done", 1))

    def test_a_serial_found_elsewhere_moves(self):
        """P3: its booked place was not counted at all."""
        lot = self._serial("S1", self.bin_b)
        session = self._create_session(self.bin_a)
        line = self._see(session, lot, self.bin_a)
        self._post(session)
        self._check_moved(session, lot)
        self.assertEqual((line.state, line.posted_qty), ("posted", 1))

    def test_both_ends_posted_together_make_one_move(self):
        """P3."""
        lot = self._serial("S1", self.bin_b)
        session = self._session()
        here = self._see(session, lot, self.bin_a)
        there = self._see(session, lot, self.bin_b, 0)
        self._post(session)
        self._check_moved(session, lot)
        self.assertEqual((here | there).mapped("state"), ["posted", "posted"])

    def test_the_empty_end_posted_later_makes_no_move(self):
        """P3."""
        lot = self._serial("S1", self.bin_b)
        session = self._session()
        here = self._see(session, lot, self.bin_a)
        there = self._see(session, lot, self.bin_b, 0)
        self._post(session, here)
        self._post(session, there)
        self._check_moved(session, lot)
        self.assertEqual(there.state, "posted")

    def test_the_empty_end_posted_first_waits_for_the_other(self):
        """P3: no issue that a receipt would have to take back."""
        lot = self._serial("S1", self.bin_b)
        session = self._session()
        here = self._see(session, lot, self.bin_a)
        there = self._see(session, lot, self.bin_b, 0)
        self._post(session, there)
        self.assertFalse(session.move_ids)
        self.assertIn("Bin A", there.post_error)
        self._post(session, here | there)
        self._check_moved(session, lot)

    def test_a_serial_that_is_nowhere_is_issued(self):
        """P1."""
        lot = self._serial("S1", self.bin_b)
        session = self._session()
        self._see(session, lot, self.bin_b, 0)
        self._post(session)
        self.assertEqual(self._where(lot), {})

    def test_an_unknown_serial_is_received_as_a_new_lot(self):
        """P2, rule 11: the lot is made when it is posted."""
        session = self._session()
        line = self._count(session, self.drill, self.bin_a, 1, lot_name="NEW-1")
        self.assertFalse(line.lot_id)
        self._post(session)
        self.assertEqual(line.lot_id.name, "NEW-1")
        self.assertEqual(self._where(line.lot_id), {self.bin_a: 1})

    def test_a_serial_in_an_open_transfer_is_held(self):
        """Rule 9: the transfer is shown, nothing is posted."""
        lot = self._serial("S1", self.bin_b)
        transfer = self._create_transfer(self.drill, 1, self.bin_b, self.customers)
        session = self._create_session(self.bin_a)
        line = self._see(session, lot, self.bin_a)
        self._post(session)
        self.assertEqual(line.state, "held")
        self.assertIn(transfer.name, line.hold_text)
        self.assertFalse(session.move_ids)
        self.assertEqual(self._where(lot), {self.bin_b: 1})

    def test_a_serial_held_for_a_transfer_is_answered(self):
        """Rules 3 and 9: it is really there, so it moves."""
        lot = self._serial("S1", self.bin_b)
        self._create_transfer(self.drill, 1, self.bin_b, self.customers)
        session = self._create_session(self.bin_a)
        line = self._see(session, lot, self.bin_a)
        self._post(session)
        line.action_accept_variance()
        self._post(session)
        self._check_moved(session, lot)

    def test_the_empty_end_is_not_held_when_the_other_end_explains_it(self):
        """P3, rule 3: it was reserved and missing, and is seen elsewhere in the
        count."""
        lot = self._serial("S1", self.bin_b)
        transfer = self._create_transfer(self.drill, 1, self.bin_b, self.customers, lot)
        session = self._session()
        empty = self._see(session, lot, self.bin_b, 0)
        self.assertEqual(empty.state, "held")
        transfer.action_cancel()
        self._see(session, lot, self.bin_a)
        self._post(session)
        self.assertEqual(set(session.line_ids.mapped("state")), {"posted"})
        self.assertEqual(self._where(lot), {self.bin_a: 1})

    def test_a_serial_whose_transfer_is_cancelled_moves(self):
        """Rule 9: the hold ends with its cause."""
        lot = self._serial("S1", self.bin_b)
        transfer = self._create_transfer(self.drill, 1, self.bin_b, self.customers)
        session = self._create_session(self.bin_a)
        self._see(session, lot, self.bin_a)
        self._post(session)
        transfer.action_cancel()
        self._post(session)
        self._check_moved(session, lot)

    def test_a_serial_booked_at_a_customer_is_a_problem(self):
        """Rule 9: never a receipt."""
        for place in (self.customers, self.suppliers):
            lot = self._serial(f"S-{place.name}", place)
            session = self._create_session(self.bin_a)
            line = self._see(session, lot, self.bin_a)
            self._post(session)
            self.assertEqual(line.state, "failed")
            self.assertIn(place.name, line.post_error)
            self.assertEqual(self._where(lot), {place: 1})

    def test_an_older_sighting_is_superseded(self):
        """Rule 1: for a serial in any location."""
        lot = self._serial("S1", self.bin_b)
        older, newer = (
            self._create_session(self.bin_a),
            self._create_session(self.bin_b),
        )
        line = self._see(older, lot, self.bin_a)
        self._see(newer, lot, self.bin_b)
        self._post(newer)
        self._post(older)
        self.assertEqual(line.state, "superseded")
        self.assertEqual(self._where(lot), {self.bin_b: 1})

    def test_a_serial_not_seen_elsewhere_later_is_where_it_was_seen(self):
        """Rule 1: that it is not in B says nothing about A."""
        lot = self._serial("S1", self.bin_b)
        seen, missed = (
            self._create_session(self.bin_a),
            self._create_session(self.bin_b),
        )
        line = self._see(seen, lot, self.bin_a)
        self._see(missed, lot, self.bin_b, 0)
        self._post(missed)
        self._post(seen)
        self.assertEqual(line.state, "posted")
        self.assertEqual(self._where(lot), {self.bin_a: 1})

    def test_a_serial_moved_after_it_was_seen_stays_where_it_went(self):
        """Rules 1 and 9: whoever moved it had it in hand, wherever the book had it."""
        lot = self._serial("S1", self.bin_b)
        bin_c = self._create_bin("Bin C")
        session = self._session()
        lines = self._see(session, lot, self.bin_a)
        lines |= self._see(session, lot, self.bin_b, 0)
        transfer = self._create_transfer(self.drill, 1, self.bin_b, bin_c, lot)
        self._validate(transfer)
        self._post(session)
        self.assertEqual(self._where(lot), {bin_c: 1})
        self.assertEqual(set(lines.mapped("state")), {"superseded"})

    def test_a_serial_booked_where_it_was_seen_since_is_not_received_twice(self):
        """Rule 9: the paper came after the count."""
        lot = self._serial("S1", self.bin_b)
        session = self._session()
        line = self._see(session, lot, self.bin_a)
        transfer = self._create_transfer(self.drill, 1, self.bin_b, self.bin_a, lot)
        self._validate(transfer)
        self._post(session)
        self.assertEqual(self._where(lot), {self.bin_a: 1})
        self.assertEqual(line.state, "superseded")

    def test_a_native_adjustment_of_a_serial_elsewhere_supersedes(self):
        """Rule 1: for a serial in any location."""
        lot = self._serial("S1", self.bin_b)
        bin_c = self._create_bin("Bin C")
        session = self._session()
        line = self._see(session, lot, self.bin_a)
        self._adjust_natively(self.drill, self.bin_b, 0, lot)
        self._adjust_natively(self.drill, bin_c, 1, lot)
        self._post(session)
        self.assertEqual(self._where(lot), {bin_c: 1})
        self.assertEqual(line.state, "superseded")

    def test_a_serial_adjusted_away_from_its_old_place_is_received(self):
        """Rule 1: that it is not there says nothing against where it was seen."""
        lot = self._serial("S1", self.bin_b)
        session = self._session()
        self._see(session, lot, self.bin_a)
        self._adjust_natively(self.drill, self.bin_b, 0, lot)
        self._post(session)
        self.assertEqual(self._where(lot), {self.bin_a: 1})

    def test_a_serial_in_the_wrong_package_is_corrected_where_it_is(self):
        """P3: found loose, booked in a package of the same bin."""
        lot, package = self._serial("S1"), self._create_package("P1")
        self._book(self.drill, self.bin_a, 1, lot=lot, package=package)
        session = self._create_session(self.bin_a)
        self._see(session, lot, self.bin_a)
        self._see(session, lot, self.bin_a, 0, package_id=package.id)
        self._post(session)
        self.assertEqual(self._booked(self.drill, self.bin_a, lot), 1)
        self.assertEqual(self._path(session), [(self.bin_a, self.bin_a)])


@tagged("post_install", "-at_install")
class TestLots(TrackedCommon):
    def test_a_lot_is_corrected_by_itself(self):
        """P1, P2."""
        lots = [self._create_lot(self.glue, name) for name in ("L1", "L2")]
        for lot in lots:
            self._book(self.glue, self.bin_a, 5, lot=lot)
        session = self._session()
        self._see(session, lots[0], self.bin_a, 3)
        self._see(session, lots[1], self.bin_a, 9)
        self._post(session)
        self.assertEqual(self._where(lots[0]), {self.bin_a: 3})
        self.assertEqual(self._where(lots[1]), {self.bin_a: 9})

    def test_an_existing_lot_is_found_by_its_name(self):
        """M6."""
        lot = self._create_lot(self.glue, "L1")
        session = self._session()
        line = self._count(session, self.glue, self.bin_a, 4, lot_name="L1")
        self.assertEqual((line.lot_id, line.lot_name), (lot, False))

    def test_a_new_lot_in_two_bins_is_one_lot(self):
        """Rule 11."""
        session = self._session()
        lines = self._count(session, self.glue, self.bin_a, 4, lot_name="NEW")
        lines |= self._count(session, self.glue, self.bin_b, 6, lot_name="NEW")
        self._post(session)
        self.assertEqual(len(lines.lot_id), 1)
        self.assertEqual(self._where(lines.lot_id), {self.bin_a: 4, self.bin_b: 6})

    def test_lots_of_one_name_belong_to_their_products(self):
        """Rule 11."""
        resin = self._create_product("Resin", tracking="lot")
        session = self._session()
        lines = self._count(session, self.glue, self.bin_a, 4, lot_name="NEW")
        lines |= self._count(session, resin, self.bin_a, 6, lot_name="NEW")
        self._post(session)
        self.assertEqual(lines.lot_id.product_id, self.glue | resin)

    def test_a_lot_counted_before_and_after_it_existed_is_one_thing(self):
        """Rule 11: two lines for one lot are not posted on top of each other."""
        session = self._session()
        early = self._count(session, self.glue, self.bin_a, 4, lot_name="NEW")
        lot = self._create_lot(self.glue, "NEW")
        late = self._see(session, lot, self.bin_a, 5)
        self._post(session)
        self.assertEqual(early.state, "failed")
        self.assertIn("NEW", early.post_error)
        self.assertEqual(late.state, "posted")
        self.assertEqual(self._where(lot), {self.bin_a: 5})

    def test_a_new_lot_counted_as_zero_is_not_received(self):
        """P2."""
        session = self._session()
        line = self._count(session, self.glue, self.bin_a, 0, lot_name="NEW")
        self._post(session)
        self.assertEqual(line.state, "posted")
        self.assertFalse(session.move_ids)


@tagged("post_install", "-at_install")
class TestPackages(TrackedCommon):
    def setUp(self):
        super().setUp()
        self.package = self._create_package("PACK")
        self.lot = self._create_lot(self.glue, "L1")
        self._book(self.screw, self.bin_b, 5, package=self.package)
        self._book(self.glue, self.bin_b, 3, lot=self.lot, package=self.package)

    def _find(self, session, product, location, qty, **values):
        return self._count(
            session, product, location, qty, package_id=self.package.id, **values
        )

    def _content(self, location):
        return (
            self._booked(self.screw, location, package=self.package),
            self._booked(self.glue, location, self.lot, self.package),
        )

    def test_a_package_counted_where_it_is_booked_needs_no_move(self):
        """P3."""
        session = self._session()
        self._find(session, self.screw, self.bin_b, 5)
        self._find(session, self.glue, self.bin_b, 3, lot_id=self.lot.id)
        self._post(session)
        self.assertFalse(session.move_ids)

    def test_a_shortage_in_a_package_is_taken_from_it(self):
        """P1."""
        session = self._session()
        self._find(session, self.screw, self.bin_b, 4)
        self._post(session)
        self.assertEqual(self._content(self.bin_b), (4, 3))

    def test_an_overage_in_a_package_is_put_into_it(self):
        """P2."""
        session = self._session()
        self._find(session, self.screw, self.bin_b, 6)
        self._post(session)
        self.assertEqual(self._content(self.bin_b), (6, 3))

    def test_a_package_found_elsewhere_moves_whole(self):
        """P3, rule 10: with all that is in it, in one chunk."""
        session = self._session()
        lines = self._find(session, self.screw, self.bin_a, 5)
        lines |= self._find(session, self.glue, self.bin_a, 3, lot_id=self.lot.id)
        self._post(session)
        self.assertEqual(lines.mapped("state"), ["posted", "posted"])
        self.assertEqual(self._content(self.bin_a), (5, 3))
        self.assertEqual(set(self._path(session)), {(self.bin_b, self.bin_a)})
        self.assertEqual(self.package.location_id, self.bin_a)

    def test_a_package_of_which_one_thing_was_counted_moves_whole(self):
        """Rule 10: a package is in one place."""
        session = self._session()
        self._find(session, self.screw, self.bin_a, 5)
        self._post(session)
        self.assertEqual(self._content(self.bin_a), (5, 3))
        self.assertEqual(self._content(self.bin_b), (0, 0))

    def test_a_package_found_elsewhere_and_not_full_moves_and_shrinks(self):
        """P1, P3, rule 10."""
        session = self._session()
        self._find(session, self.screw, self.bin_a, 2)
        self._find(session, self.glue, self.bin_a, 3, lot_id=self.lot.id)
        self._post(session)
        self.assertEqual(self._content(self.bin_a), (2, 3))
        self.assertEqual(self._content(self.bin_b), (0, 0))

    def test_a_package_counted_away_here_and_found_there_moves(self):
        """P3: both ends posted together."""
        session = self._session()
        for line in session.line_ids:
            line.found_qty = 0
        self._find(session, self.screw, self.bin_a, 5)
        self._find(session, self.glue, self.bin_a, 3, lot_id=self.lot.id)
        self._post(session)
        self.assertEqual(self._content(self.bin_a), (5, 3))
        self.assertEqual(set(session.line_ids.mapped("state")), {"posted"})
        self.assertEqual(set(self._path(session)), {(self.bin_b, self.bin_a)})

    def test_a_package_found_in_two_places_is_a_problem(self):
        """Rule 10: Odoo refuses it, and so do we, in words."""
        bin_c = self._create_bin("Bin C")
        session = self._create_session(self.bin_a | bin_c)
        lines = self._find(session, self.screw, self.bin_a, 2)
        lines |= self._find(session, self.glue, bin_c, 3, lot_id=self.lot.id)
        self._post(session)
        self.assertEqual(lines.mapped("state"), ["failed", "failed"])
        for word in ("PACK", "Bin A", "Bin C"):
            self.assertIn(word, lines[0].post_error)
        self.assertEqual(self._content(self.bin_b), (5, 3))

    def test_a_package_found_where_it_is_booked_and_elsewhere_is_a_problem(self):
        """Rule 10: somebody counted another package for it."""
        session = self._session()
        line = self._find(session, self.screw, self.bin_a, 5)
        self._find(session, self.screw, self.bin_b, 5)
        self._post(session)
        self.assertEqual(line.state, "failed")
        for word in ("PACK", "Bin A", "Bin B"):
            self.assertIn(word, line.post_error)
        self.assertEqual(self._content(self.bin_b), (5, 3))
        self.assertEqual(self._content(self.bin_a), (0, 0))

    def test_what_was_taken_out_of_a_package_since_is_not_found_again(self):
        """Rules 5 and 10: the delivery took it out where the book had the package."""
        session = self._session()
        line = self._find(session, self.screw, self.bin_a, 5)
        glue = self._find(session, self.glue, self.bin_a, 3, lot_id=self.lot.id)
        picking = self._deliver(self.screw, 4, self.bin_b)
        self._post(session)
        self.assertEqual((line.state, glue.state), ("failed", "posted"))
        self.assertIn(picking.name, line.post_error)
        # The package moved with what is left in it.
        self.assertEqual(self._content(self.bin_a), (1, 3))
        self.assertEqual(self._content(self.bin_b), (0, 0))

    def test_the_empty_end_of_a_package_posted_first_waits_for_the_other(self):
        """P3, rule 10: it was seen elsewhere in the count."""
        session = self._session()
        empty = self._find(session, self.screw, self.bin_b, 0)
        self._find(session, self.screw, self.bin_a, 5)
        self._post(session, empty)
        self.assertEqual(empty.state, "failed")
        self.assertIn("Bin A", empty.post_error)
        self.assertEqual(self._content(self.bin_b), (5, 3))

    def test_an_older_sighting_of_a_package_is_superseded(self):
        """Rules 1 and 10: it was seen in B later, where it is booked."""
        session, later = self._session(), self._session()
        line = self._find(session, self.screw, self.bin_a, 5)
        self._find(later, self.screw, self.bin_b, 5)
        self._post(later)
        self._post(session)
        self.assertEqual(line.state, "superseded")
        self.assertEqual(self._content(self.bin_b), (5, 3))

    def test_a_package_not_seen_elsewhere_later_is_where_it_was_seen(self):
        """Rules 1 and 10: that it is not in B says nothing about A."""
        seen, missed = self._session(), self._session()
        line = self._find(seen, self.screw, self.bin_a, 5)
        self._find(missed, self.screw, self.bin_b, 0)
        self._find(missed, self.glue, self.bin_b, 0, lot_id=self.lot.id)
        self._post(missed)
        self._post(seen)
        self.assertEqual(line.state, "posted")
        self.assertEqual(self._content(self.bin_a), (5, 0))
        self.assertEqual(self._content(self.bin_b), (0, 0))

    def test_a_serial_inside_a_package_moves_with_it(self):
        """P3, rule 10."""
        lot = self._serial("S1")
        self._book(self.drill, self.bin_b, 1, lot=lot, package=self.package)
        session = self._session()
        self._find(session, self.drill, self.bin_a, 1, lot_id=lot.id)
        self._post(session)
        self.assertEqual(self._where(lot), {self.bin_a: 1})
        self.assertEqual(self._content(self.bin_a), (5, 3))


@tagged("post_install", "-at_install")
class TestOtherKeys(TrackedCommon):
    def test_owners_are_counted_apart(self):
        """Issue 2, item 5."""
        owner = self.env["res.partner"].create({"name": "Consignor"})
        self._book(self.screw, self.bin_a, 10)
        self._book(self.screw, self.bin_a, 4, owner=owner)
        session = self._session()
        self._count(session, self.screw, self.bin_a, 3, owner_id=owner.id)
        self._post(session)
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)
        self.assertEqual(self._booked(self.screw, self.bin_a, owner=owner), 3)

    def test_an_overage_of_an_owner_stays_theirs(self):
        """Issue 2, item 5."""
        owner = self.env["res.partner"].create({"name": "Consignor"})
        session = self._session()
        self._count(session, self.screw, self.bin_a, 3, owner_id=owner.id)
        self._post(session)
        self.assertEqual(self._booked(self.screw, self.bin_a, owner=owner), 3)

    def test_a_negative_quant_counted_zero_is_a_receipt(self):
        """P2: -4 counted 0 receives 4."""
        self._book(self.screw, self.bin_a, -4)
        session = self._session()
        line = self._count(session, self.screw, self.bin_a, 0)
        self.assertEqual((line.expected_qty, line.variance_qty), (-4, 4))
        self._post(session)
        self.assertEqual(self._booked(self.screw, self.bin_a), 0)
        self.assertEqual(session.move_ids.quantity, 4)
        self.assertEqual(session.move_ids.location_dest_id, self.bin_a)

    def test_a_negative_quant_counted_two_is_a_receipt(self):
        """P2."""
        self._book(self.screw, self.bin_a, -4)
        session = self._session()
        self._count(session, self.screw, self.bin_a, 2)
        self._post(session)
        self.assertEqual(self._booked(self.screw, self.bin_a), 2)

    def test_an_empty_bin_is_counted(self):
        """S3: zero-balance bins: something there, and nothing there."""
        session = self._session()
        found = self._count(session, self.screw, self.bin_a, 7)
        empty = self._count(session, self.glue, self.bin_b, 0, lot_name="L")
        self._post(session)
        self.assertEqual((found | empty).mapped("state"), ["posted", "posted"])
        self.assertEqual(self._booked(self.screw, self.bin_a), 7)
        self.assertEqual(len(session.move_ids), 1)

    def test_dozens_are_twelve_units_each(self):
        """M5: counted in a unit, posted in the product's."""
        self._book(self.screw, self.bin_a, 10)
        dozen = self.env.ref("uom.product_uom_dozen")
        session = self._session()
        line = self._count(session, self.screw, self.bin_a, 2, uom_id=dozen.id)
        self.assertEqual((line.found_qty, line.variance_qty), (24, 14))
        self._post(session)
        self.assertEqual(self._booked(self.screw, self.bin_a), 24)

    def test_a_product_of_dozens_is_counted_in_units(self):
        """M5."""
        egg = self._create_product(
            "Egg", uom_id=self.env.ref("uom.product_uom_dozen").id
        )
        self._book(egg, self.bin_a, 3)
        unit = self.env.ref("uom.product_uom_unit")
        session = self._session()
        line = self._count(session, egg, self.bin_a, 30, uom_id=unit.id)
        self.assertEqual((line.found_qty, line.variance_qty), (2.5, -0.5))
        self._post(session)
        self.assertEqual(self._booked(egg, self.bin_a), 2.5)
        self.assertEqual(session.move_ids.product_uom, egg.uom_id)

    def test_units_add_up_across_kinds(self):
        """D14: 2 dozen and 3 units are 27."""
        dozen = self.env.ref("uom.product_uom_dozen")
        session = self._session()
        add = {"operation": "add"}
        self._count(session, self.screw, self.bin_a, 2, uom_id=dozen.id, **add)
        line = self._count(session, self.screw, self.bin_a, 3, **add)
        self.assertEqual(line.found_qty, 27)

    def test_fractions_keep_the_decimals_of_the_precision(self):
        """D4: tenths add up to what they are."""
        session = self._session()
        for _i in range(3):
            line = self._count(session, self.screw, self.bin_a, 0.1, operation="add")
        self.assertEqual(line.found_qty, 0.3)
        self._post(session)
        self.assertAlmostEqual(self._booked(self.screw, self.bin_a), 0.3)

    def test_stock_of_a_session_in_a_child_bin_is_counted_there(self):
        """D1: chosen locations with their children."""
        below = self._create_bin("Shelf", self.bin_a)
        self._book(self.screw, below, 5)
        session = self._session()
        line = self._count(session, self.screw, below, 4)
        self._post(session)
        self.assertEqual(line.state, "posted")
        self.assertEqual(self._booked(self.screw, below), 4)

    def test_an_archived_product_can_still_be_counted_away(self):
        """P1: what is booked can be corrected."""
        self._book(self.screw, self.bin_a, 5)
        session = self._session()
        self.screw.active = False
        session.line_ids.found_qty = 0
        self._post(session)
        self.assertEqual(self._booked(self.screw, self.bin_a), 0)

    def test_lines_of_a_session_may_be_made_by_the_sheet_with_any_key(self):
        """D2: a serial, a package and an owner typed into a new row."""
        owner = self.env["res.partner"].create({"name": "Consignor"})
        package = self._create_package("P9")
        session = self._session()
        line = self.env["stock.count.line"].create(
            {
                "session_id": session.id,
                "product_id": self.drill.id,
                "location_id": self.bin_a.id,
                "lot_name": "S9",
                "package_id": package.id,
                "owner_id": owner.id,
                "found_qty": 1,
            }
        )
        self._post(session)
        quant = self.env["stock.quant"].search(
            [("lot_id", "=", line.lot_id.id), ("location_id", "=", self.bin_a.id)]
        )
        self.assertEqual((quant.package_id, quant.owner_id), (package, owner))

    def test_sessions_of_locations_chosen_by_hand_keep_to_them(self):
        """D1."""
        self._book(self.screw, self.bin_b, 5)
        session = self._create_session(self.bin_a, counter_ids=[Command.clear()])
        self.assertFalse(session.line_ids)
