"""Where codes are looked up: the records of a company, loaded for all codes at once."""

import math
from collections import defaultdict

from odoo.fields import Domain
from odoo.tools import SQL

from ...domain.codes.meaning import Match, pick


class CodeRecords:
    """The ``Known`` of ``domain.codes.meaning`` for a company.

    :param env: in sudo mode
    :param measures: see ``_read_measures``
    """

    def __init__(self, env, company, *, products, find_locations, measures):
        # Odoo would read a barcode in a domain by its own rules.
        self.env = env(context={**env.context, "skip_preprocess_gs1": True})
        self.companies = Domain("company_id", "in", (False, company.id))
        self.products = products & self.companies
        self.find_locations = find_locations or self._find_locations
        self.measures = measures
        self.codes, self.folded = defaultdict(list), defaultdict(list)

    # === LOADING === #

    def load(self, codes):
        """Load all records that have one of these codes exactly."""
        self._load(codes, "%s", self.codes, lambda code: code)

    def load_in_any_case(self, codes):
        """Load those that have it in another case.

        :return: whether there are any
        """
        # Digits have no case.
        codes = {code.upper() for code in codes if code.upper() != code.lower()}
        self._load(codes, "upper(%s)", self.folded, str.upper)
        return bool(self.folded)

    def _load(self, codes, form, index, fold):
        if not codes:
            return
        for model, names, load in (
            ("product.uom", ("barcode",), self._packagings),
            ("product.product", ("barcode", "default_code"), self._items),
            ("stock.location", ("barcode", "name", "complete_name"), self._places),
            ("stock.lot", ("name",), self._lots),
            ("stock.package", ("name",), self._packages),
        ):
            ids = self._ids_with(model, names, form, codes)
            for code, match in load(Domain("id", "in", ids)) if ids else ():
                if code and fold(code) in codes:
                    index[fold(code)].append(match)

    def _ids_with(self, model, names, form, codes):
        """Ids of the records with one of these codes in one of these columns."""
        self.env[model].flush_model(names)
        columns = [SQL(form, SQL.identifier(name)) for name in names]
        having = SQL(" OR ").join(SQL("%s = ANY(%s)", c, list(codes)) for c in columns)
        table = SQL.identifier(self.env[model]._table)
        rows = self.env.execute_query(SQL("SELECT id FROM %s WHERE %s", table, having))
        return [record_id for (record_id,) in rows]

    def _items(self, domain):
        names = ["barcode", "default_code"]
        products = self.env["product.product"].search_fetch(
            domain & self.products, names, order="id"
        )
        for product in products:
            yield product.barcode, Match("product", product.id)
            yield product.default_code, Match("product", product.id, is_name=True)

    def _packagings(self, domain):
        owned = Domain("product_id", "any", self.products)
        packagings = self.env["product.uom"].search(
            domain & owned & self.companies, order="id"
        )
        for packaging in packagings:
            product, uom = packaging.product_id, packaging.uom_id
            if uom == product.uom_id:
                yield packaging.barcode, Match("product", product.id)
            else:
                yield packaging.barcode, Match("packaging", product.id, uom.id)

    def _lots(self, domain):
        owned = Domain("product_id", "any", self.products)
        lots = self.env["stock.lot"].search_fetch(
            domain & owned & self.companies, ["name", "product_id"], order="id"
        )
        for lot in lots:
            yield lot.name, Match("lot", lot.product_id.id, lot_id=lot.id)

    def _places(self, domain):
        for place in self.find_locations(domain):
            match = Match("location", location_id=place.id)
            yield place.barcode, match
            yield place.name, match._replace(is_name=True)
            yield place.complete_name, match._replace(is_name=True)

    def _packages(self, domain):
        packages = self.env["stock.package"].search_fetch(
            domain & self.companies, ["name"], order="id"
        )
        for package in packages:
            yield package.name, Match("package", package_id=package.id)

    def _find_locations(self, domain):
        return self.env["stock.location"].search(domain & self.companies, order="id")

    # === WHAT RESOLVING ASKS === #

    def find(self, code):
        return pick(self.codes.get(code) or self.folded.get(code.upper(), []))

    def tracking(self, product_id):
        return self._product(product_id).tracking

    def lot_id(self, product_id, name):
        lots = (match for match in self.find(name) if match.kind == "lot")
        return next((lot.lot_id for lot in lots if lot.product_id == product_id), 0)

    def is_measured(self, product_id):
        return self._root_id(product_id) in self.measures["roots"]

    def convert(self, product_id, value, unit):
        own, root_id = self._product(product_id).uom_id, self._root_id(product_id)
        scale = 10 ** self.measures["digits"]
        for root, factor in self.measures["units"].get(unit, ()):
            if root == root_id:
                return math.floor(value * factor / own.factor * scale + 0.5) / scale
        return None

    def _product(self, product_id):
        return self.env["product.product"].browse(product_id)

    def _root_id(self, product_id):
        return int(self._product(product_id).uom_id.parent_path.split("/")[0])
