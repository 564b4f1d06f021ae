from odoo import api, models
from odoo.fields import Domain

from ...domain.entries import TEXT_LIMITS
from ...domain.texts import is_storable, storable

MAX_ITEMS = 100
# A search needs so many letters.
MIN_TERM = 2
# People cannot choose from more matches than this.
MAX_MATCHES = 20


class StockCountAppFinder(models.AbstractModel):
    """Finds the meaning of a code or word that a device does not have in its catalogue.

    Runs in sudo mode, because counters may not read products. Its answers have names,
    never quantities.
    """

    _name = "stock.count.app.finder"
    _description = "Finder of the Counting App"

    # === BUSINESS METHODS - CODES === #

    @api.model
    def _resolve(self, session, code):
        """All records with exactly this code.

        :return: tuple of the kind (``none``, ``several`` or that of the one match) and
            the list of matches
        """
        code = code.strip() if isinstance(code, str) else ""
        if not code or len(code) > TEXT_LIMITS["barcode"] or not is_storable(code):
            return "none", []
        matches = []
        for find in self._finders():
            matches += find(session, code)
        unique = list({self._identity(match): match for match in matches}.values())
        if not unique:
            return "none", []
        kind = unique[0]["kind"] if len(unique) == 1 else "several"
        return kind, unique[:MAX_MATCHES]

    @api.model
    def _finders(self):
        """The methods that look up a code, in their order.

        For a module to find more kinds of codes, override this method.

        :return: tuple of methods of a session and a code, which return lists of matches
        """
        return (
            self._find_products,
            self._find_packagings,
            self._find_lots,
            self._find_locations,
            self._find_packages,
        )

    @api.model
    def _identity(self, match):
        names = ("kind", "product_id", "lot_id", "location_id", "package_id", "uom_id")
        return tuple(match[name] for name in names)

    @api.model
    def _match(self, kind, product=None, **values):
        """A match as the app reads it."""
        product = product or self.env["product.product"]
        return {
            "kind": kind,
            "product_id": product.id or False,
            "product_name": product.with_context(
                display_default_code=False
            ).display_name
            or "",
            "product_code": product.default_code or "",
            "tracking": product.tracking or "none",
            "uom_id": product.uom_id.id or False,
            "lot_id": False,
            "lot_name": "",
            "location_id": False,
            "location_name": "",
            "package_id": False,
            "package_name": "",
            "qty": 1.0,
            **values,
        }

    @api.model
    def _product_domain(self, session):
        return self.env["stock.count.app.catalogue"]._product_domain(session)

    @api.model
    def _find_products(self, session, code):
        products = self.env["product.product"].search(
            self._product_domain(session)
            & (Domain("barcode", "=", code) | Domain("default_code", "=", code)),
            limit=MAX_MATCHES + 1,
        )
        return [self._match("product", product) for product in products]

    @api.model
    def _find_packagings(self, session, code):
        packagings = self.env["product.uom"].search(
            [
                ("barcode", "=", code),
                ("company_id", "in", (False, session.company_id.id)),
                ("product_id", "any", self._product_domain(session)),
            ]
        )
        return [
            self._match("packaging", packaging.product_id, uom_id=packaging.uom_id.id)
            for packaging in packagings
        ]

    @api.model
    def _find_lots(self, session, code):
        lots = self.env["stock.lot"].search(
            [
                ("name", "=", code),
                ("company_id", "in", (False, session.company_id.id)),
                ("product_id", "any", self._product_domain(session)),
            ],
            limit=MAX_MATCHES + 1,
        )
        return [
            self._match(
                "serial" if lot.product_id.tracking == "serial" else "lot",
                lot.product_id,
                lot_id=lot.id,
                lot_name=lot.name,
            )
            for lot in lots
        ]

    @api.model
    def _find_locations(self, session, code):
        named = Domain("barcode", "=", code) | Domain("complete_name", "=", code)
        places = self.env["stock.count.generator"]._scope_locations(session, named)
        return [
            self._match("location", location_id=place.id, location_name=place.name)
            for place in places
        ]

    @api.model
    def _find_packages(self, session, code):
        packages = self.env["stock.package"].search(
            [
                ("name", "=", code),
                ("company_id", "in", (False, session.company_id.id)),
            ],
            limit=MAX_MATCHES + 1,
        )
        return [
            self._match("package", package_id=package.id, package_name=package.name)
            for package in packages
        ]

    # === BUSINESS METHODS - SEARCH === #

    @api.model
    def _search_items(self, session, term, limit):
        """Search items by a part of their ID, name or barcode."""
        term = storable(term.strip()[:128]) if isinstance(term, str) else ""
        if len(term) < MIN_TERM:
            return []
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
            limit = 20
        searched = ("default_code", "name", "barcode")
        domain = Domain.OR(Domain(name, "ilike", term) for name in searched)
        products = self.env["product.product"].search(
            self._product_domain(session) & domain, limit=min(limit, MAX_ITEMS)
        )
        Catalogue = self.env["stock.count.app.catalogue"]
        usual = Catalogue._usual_places(session)
        rows = Catalogue._read_product_rows(products)
        names = ("id", "name", "code", "tracking", "uom_id")
        return [
            {
                **dict(zip(names, row, strict=True)),
                "location_id": usual.get(row[0], False),
            }
            for row in rows
        ]
