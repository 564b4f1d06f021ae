import base64
import uuid

from odoo.tests import tagged

from ..app_common import AppCommon

JPEG = base64.b64encode(b"\xff\xd8\xff\xe0" + b"photo" * 20).decode()


@tagged("post_install", "-at_install")
class TestCountAppFinder(AppCommon):
    """What a device does not know: codes, words, and things nobody knows."""

    # === CODES === #

    def _resolve(self, code, session=None):
        answer = self._app("resolve", (session or self.count).id, code)
        return answer["kind"], answer["matches"]

    def test_each_kind_of_code_is_known(self):
        """M11."""
        self.screw.barcode = "SCREW-1"
        self.bin_a.barcode = "BIN-A"
        serial = self._create_lot(self.drill, "D-77")
        package = self._create_package("PALLET-9")
        for code, kind, name, record in (
            ("SCREW-1", "product", "product_id", self.screw),
            (" SCR ", "product", "product_id", self.screw),
            ("G-1", "lot", "lot_id", self.lot),
            ("D-77", "serial", "lot_id", serial),
            ("BIN-A", "location", "location_id", self.bin_a),
            ("PALLET-9", "package", "package_id", package),
        ):
            with self.subTest(code):
                found, [match] = self._resolve(code)
                self.assertEqual((found, match[name]), (kind, record.id))

    def test_none_and_several_are_answers(self):
        """M11: not errors."""
        self.assertEqual(self._resolve("NOBODY")[0], "none")
        for code in ("", None, 7, "x" * 500, "a\0b", ["x"]):
            self.assertEqual(self._resolve(code)[0], "none")
        self._create_lot(self.drill, "G-1")
        kind, matches = self._resolve("G-1")
        self.assertEqual((kind, len(matches)), ("several", 2))

    def test_places_outside_the_count_are_not_found(self):
        """M4."""
        self.customers.barcode = "CUSTOMERS"
        self.assertEqual(self._resolve("CUSTOMERS")[0], "none")

    def test_items_are_found_by_a_part_of_their_words(self):
        """M3, Option 341."""
        [item] = self._app("search_items", self.count.id, "scre")["items"]
        self.assertEqual((item["id"], item["code"]), (self.screw.id, "SCR"))
        for term in ("", "s", None, 5):
            self.assertFalse(self._app("search_items", self.count.id, term)["items"])
        items = self._app("search_items", self.count.id, "r", "many")["items"]
        self.assertFalse(items)

    def test_a_package_tells_its_content_without_quantities_when_blind(self):
        """M13: all at once, to be confirmed."""
        package = self._create_package("PALLET-8")
        self._book(self.screw, self.bin_a, 3, package=package)
        for blind in (True, False):
            session = self._create_count(blind=blind)
            answer = self._app("package_content", session.id, package.id)
            [line] = answer["content"]
            self.assertEqual(line["product_id"], self.screw.id)
            self.assertEqual("expected" in line, not blind)
        self.assertFalse(self._app("package_content", session.id, "x")["content"])

    def test_serials_of_a_place_are_listed(self):
        """M6."""
        serials = [self._create_lot(self.drill, f"D-{i}") for i in range(3)]
        for serial in serials:
            self._book(self.drill, self.bin_a, 1, serial)
        session = self._create_count()
        answer = self._app("serial_list", session.id, self.drill.id, self.bin_a.id)
        names = [serial["lot_name"] for serial in answer["serials"]]
        self.assertEqual(names, ["D-0", "D-1", "D-2"])
        self.assertEqual({s["found"] for s in answer["serials"]}, {False})

    # === EVIDENCE === #

    def _attach(self, **values):
        evidence = {"uuid": str(uuid.uuid4()), **values}
        return self._app("attach_evidence", self.count.id, evidence), evidence

    def test_a_photo_and_a_note_are_kept_with_a_line(self):
        """M14: once, however often it is sent."""
        line = self._line(self.count, self.screw, self.bin_a)
        answer, evidence = self._attach(line_id=line.id, note="Wet", photo=JPEG)
        self.assertEqual(answer["status"], "recorded", answer["message"])
        answer = self._app("attach_evidence", self.count.id, evidence)
        self.assertEqual(answer["status"], "duplicate")
        event = self.env["stock.count.event"].search([("line_id", "=", line.id)])
        self.assertEqual((event.note, event.user_id), ("Wet", self.counter))
        self.assertEqual(event.attachment_ids.mimetype, "image/jpeg")
        self.assertEqual(line.note, "Wet")

    def test_an_unknown_item_becomes_an_exception_with_its_photo(self):
        """M14, X2."""
        self._attach(code="???", location_id=self.bin_a.id, note="Blue box", photo=JPEG)
        unknown = self.env["stock.count.exception"].search([("barcode", "=", "???")])
        self.assertEqual(unknown.location_id, self.bin_a)
        self.assertIn("Blue box", unknown.evidence)
        self.assertEqual(unknown.user_id, self.lead)
        self.assertTrue(unknown.message_ids.attachment_ids)

    def test_something_without_any_code_is_an_exception_of_its_own(self):
        """M14: two of them are two."""
        for note in ("A bag", "A tin"):
            self._attach(note=note, location_id=self.bin_a.id)
        found = self.env["stock.count.exception"].search(
            [("session_id", "=", self.count.id), ("kind", "=", "unknown_barcode")]
        )
        self.assertEqual(len(found), 2)

    def test_what_is_no_evidence_is_refused_in_words(self):
        """M14: nothing half written."""
        big = base64.b64encode(b"\xff\xd8\xff" + b"x" * (5 * 1024 * 1024)).decode()
        script = base64.b64encode(b"<svg onload='alert(1)'/>").decode()
        foreign = self._create_count().line_ids[0]
        for values, code in (
            ({}, "nothing_to_keep"),
            ({"note": "x", "photo": "%%%"}, "bad_photo"),
            ({"photo": script}, "bad_photo"),
            ({"photo": 5}, "bad_photo"),
            ({"photo": big}, "photo_too_large"),
            ({"note": "x", "uuid": ""}, "no_uuid"),
            ({"note": "x" * 1001}, "too_long"),
            ({"note": "x", "line_id": foreign.id}, "unknown_line"),
            ({"note": "x", "product_id": 2**30}, "unknown_record"),
            ({"note": "x", "location_id": self.customers.id}, "outside_session"),
        ):
            with self.subTest(code):
                answer, _evidence = self._attach(**values)
                self.assertEqual((answer["status"], answer["code"]), ("refused", code))
                self.assertTrue(answer["message"])
        self.assertFalse(self.count.event_count)
