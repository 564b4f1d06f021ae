import json
import uuid
from pathlib import Path

from odoo import Command
from odoo.fields import Domain
from odoo.tests import tagged

from ...models.importing.lookup import Lookup
from ..app_common import AppCommon

TABLE = Path(__file__).parents[1] / "files/codes/meanings.json"
# Odoo's units by their ids in the table; the other one is made.
UNITS = {
    1: "uom.product_uom_unit",
    2: "uom.product_uom_dozen",
    9: "uom.product_uom_meter",
    13: "uom.product_uom_litre",
    15: "uom.product_uom_gram",
    16: "uom.product_uom_kgm",
}
# How the recorder refuses a code that is no item.
REFUSALS = {
    "none": "unknown_barcode",
    "refused": "bad_code",
    "several": "ambiguous_barcode",
    "location": "other_code",
    "package": "other_code",
}


@tagged("post_install", "-at_install")
class TestCodes(AppCommon):
    """M17: each code of the table means the same in the app, the API and the import."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        table = json.loads(TABLE.read_text(encoding="utf-8"))
        cls.cases = table["cases"]
        # By name of a table of the catalogue: records by their ids in the file.
        cls.made = {}
        for name in ("uoms", "products", "barcodes", "locations", "lots", "packages"):
            columns = table["catalogue"][name]["columns"]
            rows = [
                dict(zip(columns, row, strict=True))
                for row in table["catalogue"][name]["rows"]
            ]
            cls.made[name] = {
                row.get("id"): getattr(cls, f"_make_{name}")(row) for row in rows
            }
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _make_uoms(cls, row):
        if row["id"] in UNITS:
            return cls.env.ref(UNITS[row["id"]])
        return cls.env["uom.uom"].create({"name": row["name"]})

    @classmethod
    def _make_products(cls, row):
        return cls._create_product(
            row["name"],
            default_code=row["code"],
            tracking=row["tracking"],
            uom_id=cls.made["uoms"][row["uom_id"]].id,
        )

    @classmethod
    def _make_barcodes(cls, row):
        product = cls.made["products"][row["product_id"]]
        if row["uom_id"]:
            uom = cls.made["uoms"][row["uom_id"]]
            return cls.env["product.uom"].create(
                {
                    "product_id": product.id,
                    "barcode": row["barcode"],
                    "uom_id": uom.id,
                }
            )
        # By SQL, as two products may have the same code in a database that was moved.
        record = product
        if product.barcode:
            values = {"product_id": product.id, "uom_id": product.uom_id.id}
            record = cls.env["product.uom"].create(
                {**values, "barcode": str(uuid.uuid4())}
            )
        cls._set(record, "barcode", row["barcode"])
        return record

    @classmethod
    def _make_locations(cls, row):
        values = {"name": row["name"], "barcode": row["barcode"], "usage": "internal"}
        location = cls.env["stock.location"].create(values)
        cls._set(location, "complete_name", row["full"])
        return location

    @classmethod
    def _make_lots(cls, row):
        return cls._create_lot(cls.made["products"][row["product_id"]], row["name"])

    @classmethod
    def _make_packages(cls, row):
        return cls._create_package(row["name"])

    @classmethod
    def _set(cls, record, name, value):
        record.flush_recordset()
        cls.env.cr.execute(
            f'UPDATE "{record._table}" SET {name} = %s WHERE id = %s',
            [value, record.id],
        )
        record.invalidate_recordset()

    def _id(self, name, number):
        tables = {"product_id": "products", "lot_id": "lots", "uom_id": "uoms"}
        tables |= {"location_id": "locations", "package_id": "packages"}
        return self.made[tables[name]][number].id if number else 0

    def _expected(self, want):
        """A meaning of the table with the ids of this database."""
        if "matches" in want:
            return sorted(self._expected(match) for match in want["matches"])
        ids = ("product_id", "lot_id", "location_id", "package_id", "uom_id")
        return [
            want["kind"],
            *(self._id(name, want.get(name, 0)) for name in ids),
            want.get("lot_name", ""),
            want.get("qty", 0),
            want.get("expiry", ""),
            want.get("doubts", []),
        ]

    def _found(self, meaning):
        return [
            meaning.kind,
            meaning.product_id,
            meaning.lot_id,
            meaning.location_id,
            meaning.package_id,
            meaning.uom_id,
            meaning.lot_name,
            meaning.qty or 0,
            meaning.expiry,
            [list(doubt) for doubt in meaning.doubts],
        ]

    # === THE TABLE === #

    def test_each_code_means_what_the_table_says(self):
        texts = [case["code"] for case in self.cases]
        answers = self.env["stock.count.codes"]._resolve_codes(self.env.company, texts)
        for case in self.cases:
            answer, want = answers[case["code"]], case["want"]
            with self.subTest(case["note"]):
                self.assertEqual(answer.kind, want["kind"])
                found = sorted(map(self._found, answer.meanings))
                if want["kind"] == "refused":
                    self.assertEqual(answer.problem.code, want["problem"])
                elif want["kind"] == "several":
                    self.assertEqual(found, self._expected(want))
                elif want["kind"] != "none":
                    self.assertEqual(found, [self._expected(want)])

    def test_the_app_asks_the_same_resolver(self):
        places = self.env["stock.location"].browse(
            place.id for place in self.made["locations"].values()
        )
        session = self._create_count(location_ids=[Command.set(places.ids)])
        for case in self.cases:
            answer = self._app("resolve", session.id, case["code"])
            with self.subTest(case["note"]):
                kind = case["want"]["kind"]
                kinds = (
                    {kind} if kind != "item" else {m["kind"] for m in answer["matches"]}
                )
                self.assertIn(answer["kind"], kinds)
                self.assertEqual(bool(answer["message"]), kind == "refused")

    def test_the_recorder_takes_the_same_codes(self):
        session = self._create_count()
        for case in self.cases:
            want = case["want"]
            if not case["code"]:
                continue
            entry = {
                "uuid": str(uuid.uuid4()),
                "barcode": case["code"],
                "location_id": self.bin_a.id,
                **({} if want.get("qty") else {"qty": 1}),
            }
            with self.subTest(case["note"]):
                self._check_recorded(session, entry, want)

    def _check_recorded(self, session, entry, want):
        items = [m for m in want.get("matches", []) if m["kind"] == "item"]
        if len(items) == 1:
            [want] = items
        [answer] = session.with_user(self.lead).record_entries([entry])
        if want["kind"] != "item":
            self.assertEqual(answer["code"], REFUSALS[want["kind"]], answer)
            return
        product = self.made["products"][want["product_id"]]
        if product.tracking != "none" and not ("lot_id" in want or "lot_name" in want):
            self.assertEqual(answer["code"], "lot_required", answer)
            return
        if answer["code"] == "serial_twice":
            return
        self.assertEqual(answer["status"], "recorded", answer)
        recorded = self.env["stock.count.entry"].search([("uuid", "=", entry["uuid"])])
        self.assertEqual(recorded.line_id.product_id, product)
        self.assertEqual(recorded.line_id.lot_id.id or 0, self._expected(want)[2])
        self.assertEqual(recorded.qty, want.get("qty") or 1)

    def test_the_import_finds_the_same_items(self):
        lookup = Lookup(self.env, self.env.company)
        lookup.read_products({case["code"] for case in self.cases if case["code"]})
        for case in self.cases:
            want = case["want"]
            # Names of items come before lots and places in a file.
            matches = want.get("matches", [want])
            ids = {
                self._id("product_id", m["product_id"])
                for m in matches
                if m["kind"] == "item"
            }
            with self.subTest(case["note"]):
                if case["code"] not in ("", "SCR", "SHARED"):
                    self.assertEqual(set(lookup.products[case["code"]]), ids)

    # === SETTINGS OF A COMPANY === #

    def test_a_company_uses_identifiers_in_its_own_way(self):
        gs1 = self.env.ref("barcodes_gs1_nomenclature.default_gs1_nomenclature")
        self.env["barcode.rule"].create(
            {
                "name": "Bin",
                "barcode_nomenclature_id": gs1.id,
                "encoding": "gs1-128",
                "type": "location",
                "pattern": "(91)(.*)",
                "gs1_content_type": "alpha",
            }
        )
        self.env.company.nomenclature_id = gs1
        codes = self.env["stock.count.codes"]
        texts = ["91A-01", "10LOT7", "010950600013435210LOT7#3012"]
        answers = codes._resolve_codes(self.env.company, texts)
        told = [self._found(answers[text].meanings[0])[:4] for text in texts]
        place, lot = self.made["locations"][21].id, self.made["lots"][31].id
        item = self.made["products"][1].id
        self.assertEqual(
            told,
            [
                ["location", 0, 0, place],
                ["item", item, lot, 0],
                ["item", item, lot, 0],
            ],
        )

    def test_an_alias_of_the_nomenclature_is_followed(self):
        nomenclature = self.env["barcode.nomenclature"].create({"name": "Ours"})
        for sequence, (kind, pattern, alias) in enumerate(
            [("alias", "OLD-HAM", "HAM"), ("product", ".*", "0")]
        ):
            self.env["barcode.rule"].create(
                {
                    "name": pattern,
                    "barcode_nomenclature_id": nomenclature.id,
                    "type": kind,
                    "pattern": pattern,
                    "alias": alias,
                    "sequence": sequence,
                }
            )
        self.env.company.nomenclature_id = nomenclature
        answer = self.env["stock.count.codes"]._resolve_codes(
            self.env.company, ["OLD-HAM"]
        )["OLD-HAM"]
        self.assertEqual(answer.meanings[0].product_id, self.made["products"][4].id)

    # === WHOSE RECORDS === #

    def test_another_companys_records_are_not_found(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.made["products"][4].company_id = other
        codes = self.env["stock.count.codes"]
        self.assertEqual(
            codes._resolve_codes(self.env.company, ["HAM"])["HAM"].kind, "none"
        )
        self.assertEqual(codes._resolve_codes(other, ["HAM"])["HAM"].kind, "item")

    def test_only_products_of_the_domain_are_meant(self):
        codes = self.env["stock.count.codes"]
        only = Domain("id", "=", self.made["products"][11].id)
        texts = ["TWICE", "LOT7", "19506000134359"]
        answers = codes._resolve_codes(self.env.company, texts, products=only)
        self.assertEqual([answers[t].kind for t in texts], ["item", "none", "none"])

    def test_what_is_no_text_means_nothing(self):
        codes = self.env["stock.count.codes"]
        for text in (None, 7, "", "a\0b", "x" * 5000, True):
            answer = codes._resolve_codes(self.env.company, [text])[text]
            self.assertEqual(answer.kind, "none")

    def test_a_thousand_codes_take_as_many_queries_as_one(self):
        codes = self.env["stock.count.codes"]
        texts = [f"010950600013435210LOT{i}" for i in range(1000)]
        codes._resolve_codes(self.env.company, texts[:1])
        before = self.env.cr.sql_log_count
        codes._resolve_codes(self.env.company, texts[1:2])
        one = self.env.cr.sql_log_count - before
        codes._resolve_codes(self.env.company, texts)
        self.assertLessEqual(self.env.cr.sql_log_count - before - one, one + 2)
