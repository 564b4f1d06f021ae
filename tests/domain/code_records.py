"""The records of a catalogue as ``domain.codes`` asks for them, without Odoo."""

import math
from collections import defaultdict

from domain.codes.meaning import Match, pick


def rows(table):
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]


class Records:
    """A catalogue of the counting app, indexed by code."""

    def __init__(self, catalogue):
        self.products = {row["id"]: row for row in rows(catalogue["products"])}
        self.uoms = {row["id"]: row for row in rows(catalogue["uoms"])}
        self.lots = rows(catalogue["lots"])
        self.measures = catalogue["measures"]
        self.codes = defaultdict(list)
        for code, match in self._matches(catalogue):
            if code:
                self.codes[code.upper()].append((code, match))

    def _matches(self, catalogue):
        for row in rows(catalogue["barcodes"]):
            kind = "packaging" if row["uom_id"] else "product"
            uom_id = row["uom_id"] or 0
            yield row["barcode"], Match(kind, row["product_id"], uom_id, row["qty"])
        places = rows(catalogue["locations"])
        for row in places:
            yield row["barcode"], Match("location", location_id=row["id"])
        for row in self.lots:
            yield row["name"], Match("lot", row["product_id"], lot_id=row["id"])
        for row in rows(catalogue["packages"]):
            yield row["name"], Match("package", package_id=row["id"])
        for row in self.products.values():
            yield row["code"], Match("product", row["id"], is_name=True)
        for name in ("name", "full"):
            for row in places:
                match = Match("location", location_id=row["id"], is_name=True)
                yield row[name], match

    def find(self, code):
        found = self.codes.get(code.upper(), [])
        exact = [match for known, match in found if known == code]
        return pick(exact or [match for _known, match in found])

    def tracking(self, product_id):
        return self.products[product_id]["tracking"]

    def lot_id(self, product_id, name):
        found = [m.lot_id for m in self.find(name) if m.kind == "lot"]
        own = [lot["id"] for lot in self.lots if lot["product_id"] == product_id]
        return next((lot_id for lot_id in found if lot_id in own), 0)

    def _unit(self, product_id):
        return self.uoms[self.products[product_id]["uom_id"]]

    def convert(self, product_id, value, unit):
        own = self._unit(product_id)
        scale = 10 ** self.measures["digits"]
        for root, factor in self.measures["units"].get(unit, ()):
            if root == own["root_id"]:
                return math.floor(value * factor / own["factor"] * scale + 0.5) / scale
        return None

    def is_measured(self, product_id):
        units = self.measures["units"].values()
        roots = {root for pairs in units for root, _factor in pairs}
        return self._unit(product_id)["root_id"] in roots


def tell_answer(answer):
    """An answer as read_codes.mjs tells it: without what it does not say."""
    if answer.kind == "several":
        matches = [_tell_meaning(meaning) for meaning in answer.meanings]
        return {"kind": "several", "matches": matches}
    if answer.meanings:
        return _tell_meaning(answer.meanings[0])
    problem = {"problem": answer.problem.code} if answer.problem else {}
    return {"kind": answer.kind, **problem}


def _tell_meaning(meaning):
    told = {name: value for name, value in vars(meaning).items() if value}
    told.pop("tag", None)
    if meaning.doubts:
        told["doubts"] = [list(doubt) for doubt in meaning.doubts]
    return told
