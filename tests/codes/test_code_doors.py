import uuid

from odoo.tests import tagged

from ..app_common import AppCommon
from ..importing.test_import import HEADING, ImportCommon

GLUE = "4006381333931"


class CodeCase(AppCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.glue.barcode = GLUE
        cls.screw.barcode = "9506000134352"
        cls.kilo = cls.env.ref("uom.product_uom_kgm")
        cls.ham = cls._create_product(
            "Ham", barcode="5901234123457", uom_id=cls.kilo.id
        )
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.env["product.uom"].create(
            {
                "product_id": cls.screw.id,
                "uom_id": cls.dozen.id,
                "barcode": "19506000134359",
            }
        )


@tagged("post_install", "-at_install")
class TestCodesOfDevices(CodeCase):
    """I9, M17: what a device sends as a code, record_entries understands."""

    def _record(self, barcode, **values):
        entry = {
            "uuid": str(uuid.uuid4()),
            "barcode": barcode,
            "location_id": self.bin_a.id,
            **values,
        }
        [answer] = self._rpc(
            self.counter, self.count, "record_entries", [entry], source="api"
        )
        entries = self.env["stock.count.entry"].search([("uuid", "=", entry["uuid"])])
        return answer, entries

    def test_a_label_says_item_lot_and_quantity(self):
        answer, entry = self._record(f"010{GLUE}10G-1\x1d3012")
        self.assertEqual(answer["status"], "recorded", answer["message"])
        self.assertEqual((entry.line_id.lot_id, entry.qty), (self.lot, 12))

    def test_a_new_lot_of_a_label_is_kept_by_name(self):
        _answer, entry = self._record(f"010{GLUE}10NEW-1", qty=3)
        self.assertEqual((entry.line_id.lot_name, entry.qty), ("NEW-1", 3))

    def test_a_quantity_that_is_sent_wins(self):
        _answer, entry = self._record(f"010{GLUE}10G-1\x1d3012", qty=10)
        self.assertEqual(entry.qty, 10)

    def test_a_weight_is_converted_into_the_items_unit(self):
        pound = self.env.ref("uom.product_uom_lb")
        _answer, entry = self._record("01059012341234573202001000")
        self.assertEqual(entry.uom_id, self.kilo)
        expected = pound._compute_quantity(10, self.kilo, rounding_method="HALF-UP")
        self.assertAlmostEqual(entry.product_qty, expected)

    def test_a_weight_of_an_item_in_pieces_is_refused_in_words(self):
        answer, entry = self._record(f"010{GLUE}10G-1\x1d3103001500")
        self.assertFalse(entry)
        self.assertEqual(answer["code"], "bad_code")
        self.assertIn("1.5 kg", answer["message"])
        self.assertIn("Glue", answer["message"])

    def test_a_packagings_code_counts_packagings(self):
        _answer, entry = self._record("19506000134359", qty=2)
        self.assertEqual((entry.uom_id, entry.product_qty), (self.dozen, 24))

    def test_a_packaging_of_an_archived_unit_still_counts_twelve(self):
        self.dozen.active = False
        _answer, entry = self._record("19506000134359", qty=1)
        self.assertEqual(entry.product_qty, 12)
        catalogue = self._app("load_catalogue", self.count.id)
        [unit] = [u for u in self._rows(catalogue["uoms"]) if u["id"] == self.dozen.id]
        self.assertEqual((unit["factor"], unit["active"]), (12, False))

    def test_without_any_quantity_an_entry_is_refused(self):
        answer, _entry = self._record("9506000134352")
        self.assertEqual(answer["code"], "no_quantity")

    def test_a_lot_that_differs_from_the_codes_is_refused(self):
        answer, _entry = self._record(f"010{GLUE}10G-1", qty=1, lot_name="G-2")
        self.assertEqual(answer["code"], "other_lot")
        answer, _entry = self._record(f"010{GLUE}10G-1", qty=1, lot_name="g-1")
        self.assertEqual(answer["status"], "recorded", answer["message"])

    def test_what_may_be_two_things_names_both(self):
        self._create_lot(self.glue, "9506000134352")
        answer, _entry = self._record("9506000134352", qty=1)
        self.assertEqual(answer["code"], "ambiguous_barcode")
        self.assertIn("Screw", answer["message"])
        self.assertIn("Glue", answer["message"])

    def test_the_code_of_a_place_is_no_item(self):
        self.bin_a.barcode = "9506000134352X"
        answer, _entry = self._record("9506000134352X", qty=1)
        self.assertEqual(answer["code"], "other_code")
        self.assertIn(self.bin_a.display_name, answer["message"])

    def test_a_place_is_found_by_its_number(self):
        self.bin_b.barcode = "9506000134352"
        answer, entry = self._record(
            "9506000134352",
            qty=1,
            location_id=None,
            location_barcode="4149506000134352",
        )
        self.assertEqual(answer["status"], "recorded", answer["message"])
        self.assertEqual(entry.line_id.location_id, self.bin_b)

    def test_a_pallet_with_its_content_is_counted_in_its_package(self):
        pallet = self._create_package("095060001340000017")
        _answer, entry = self._record("0009506000134000001702095060001343523724")
        line = entry.line_id
        self.assertEqual((line.product_id, line.package_id), (self.screw, pallet))
        self.assertEqual(entry.qty, 24)

    def test_an_rfid_tag_counts_once_however_often_it_is_read(self):
        """M18."""
        tag = "3034F487B4209C4000000007"
        self.glue.barcode, self.screw.barcode = False, GLUE
        first, entry = self._record(tag)
        self.assertEqual(first["status"], "recorded", first["message"])
        self.assertEqual((entry.qty, entry.rfid), (1, f"(01)0{GLUE}(21)7"))
        again, none = self._record(tag.lower())
        self.assertEqual(
            (again["status"], again["line_id"]), ("duplicate", entry.line_id.id)
        )
        self.assertFalse(none)
        other, _entry = self._record("3034F487B4209C4000000008")
        self.assertEqual(other["status"], "recorded")
        self.assertEqual(entry.line_id.found_qty, 2)

    def test_tags_of_one_call_count_once_and_foreign_ones_are_named(self):
        """M18: a hundred tags, each three times, and one that nobody knows."""
        self.glue.barcode, self.screw.barcode = False, GLUE
        tags = [f"3034F487B4209C40000001{number:02X}" for number in range(100)]
        entries = [
            {
                "uuid": str(uuid.uuid4()),
                "barcode": tag,
                "location_id": self.bin_a.id,
            }
            for tag in [*tags * 3, "3074257BF7194E4000001A85"]
        ]
        answers = self.count.with_user(self.counter).record_entries(entries)
        statuses = [answer["status"] for answer in answers]
        self.assertEqual(statuses.count("recorded"), 100)
        self.assertEqual(statuses.count("duplicate"), 200)
        self.assertEqual(answers[-1]["code"], "unknown_barcode")
        self.assertIn("3074257BF7194E4000001A85", answers[-1]["message"])

    def test_a_tag_whose_count_was_withdrawn_counts_again(self):
        """M18."""
        self.glue.barcode, self.screw.barcode = False, GLUE
        tag = "3034F487B4209C4000000007"
        _answer, entry = self._record(tag)
        withdrawal = {
            "uuid": str(uuid.uuid4()),
            "operation": "withdraw",
            "withdraws": entry.uuid,
        }
        self.count.with_user(self.counter).record_entries([withdrawal])
        again, _entry = self._record(tag)
        self.assertEqual(again["status"], "recorded", again["message"])

    def test_a_misread_code_is_refused_in_words(self):
        answer, _entry = self._record("]C101095060001343531", qty=1)
        self.assertEqual(answer["code"], "bad_code")
        self.assertIn("check digit", answer["message"])

    def test_long_codes_and_codes_above_u_ffff_are_read(self):
        self.bin_a.barcode = "\U0001f4e6-1"
        code = f"https://example.com/{'x' * 500}/01/9506000134352"
        answer, entry = self._record(
            code, qty=1, location_id=None, location_barcode="\U0001f4e6-1"
        )
        self.assertEqual(answer["status"], "recorded", answer["message"])
        self.assertEqual(entry.line_id.product_id, self.screw)


@tagged("post_install", "-at_install")
class TestCodesOfFiles(ImportCommon, CodeCase):
    """I1, M17: a file may name items by any code."""

    def _lines(self, *rows):
        record = self._import(self._csv(*rows, heading=HEADING))
        self.assertFalse(self._problems(record))
        return record.session_ids.line_ids.filtered("is_counted")

    def test_items_are_named_by_labels_with_their_lot(self):
        place = self.bin_a.complete_name
        lines = self._lines(
            self._row(f"(01)0{GLUE}(10)G-1", place, 5),
            self._row("https://example.com/01/9506000134352", place, 7),
            self._row("19506000134359", self.bin_b.complete_name, 2),
        )
        found = {(line.product_id, line.lot_id): line.found_qty for line in lines}
        none = self.env["stock.lot"]
        self.assertEqual(found[self.glue, self.lot], 5)
        self.assertEqual(found[self.screw, none], 24)
        self.assertEqual(sorted(lines.mapped("found_qty")), [5, 7, 24])

    def test_a_place_is_named_by_its_number(self):
        self.bin_b.barcode = "4000001000005"
        lines = self._lines(self._row("SCR", "(414)4000001000005", 3))
        self.assertEqual(lines.location_id, self.bin_b)

    def test_a_misread_code_is_explained(self):
        row = self._row("(01)09506000134353", self.bin_a.complete_name, 3)
        record = self._check_file(self._csv(row))
        self.assertEqual(self._problems(record), [(2, "item", "refused")])

    def test_a_lot_that_differs_from_the_codes_is_an_error(self):
        heading = "Warehouse;Item ID;Location;Units;Count Session;Serial/Lot\n"
        row = self._row(f"(01)0{GLUE}(10)G-1", self.bin_a.complete_name, 3) + ";G-2"
        record = self._check_file(self._csv(row, heading=heading))
        self.assertEqual(self._problems(record), [(2, "serial", "other_lot")])
