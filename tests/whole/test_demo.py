import csv

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_open
from odoo.tools.barcode import check_barcode_encoding


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """What can be said of the demo files unloaded; dev/test installs them."""

    def _read(self, name):
        with file_open(f"stock_count/demo/{name}.csv") as file:
            return list(csv.DictReader(file))

    def test_no_two_items_or_bins_share_a_barcode(self):
        """M11: a scan in the demo finds one thing."""
        for name in ("product.product", "stock.location"):
            barcodes = [row["barcode"] for row in self._read(name)]
            self.assertEqual(len(barcodes), len(set(barcodes)), name)

    def test_barcodes_of_items_have_a_right_check_digit(self):
        """M11: printed and scanned, they are read as EAN-13."""
        for row in self._read("product.product"):
            code = row["barcode"]
            self.assertTrue(check_barcode_encoding(code, "ean13"), code)

    def test_every_item_has_a_supplier_a_category_and_a_cost(self):
        """D1, D8: each filter of the wizard finds something to count."""
        items = self._read("product.product")
        supplied = {row["product_id/id"] for row in self._read("product.supplierinfo")}
        self.assertEqual(supplied, {row["id"] for row in items})
        for row in items:
            self.assertTrue(row["categ_id/id"], row["id"])
            self.assertGreater(float(row["standard_price"]), 0, row["id"])
