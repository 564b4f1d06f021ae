from odoo import api, models
from odoo.fields import Domain

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
        """All meanings of a code, see ``models/codes``.

        :return: tuple of the kind (``none``, ``several``, ``refused`` or that of the
            one match), the list of matches, and why the code must not be used
        """
        codes = self.env["stock.count.codes"]
        generator = self.env["stock.count.generator"]
        code = code.strip("\0") if isinstance(code, str) else ""
        code = code if is_storable(code) else ""
        answer = codes._resolve_codes(
            session.company_id,
            [code] if code else [],
            products=self._product_domain(session),
            find_locations=lambda domain: generator._scope_locations(session, domain),
        ).get(code)
        if not answer or answer.problem:
            message = codes._explain_problem(answer.problem) if answer else ""
            return ("refused" if answer else "none"), [], message
        matches = [self._match(meaning) for meaning in answer.meanings[:MAX_MATCHES]]
        kind = answer.kind if len(matches) != 1 else matches[0]["kind"]
        return kind, matches, ""

    @api.model
    def _match(self, meaning):
        """A meaning as the app reads it."""
        product = self.env["product.product"].browse(meaning.product_id or [])
        lot = self.env["stock.lot"].browse(meaning.lot_id or [])
        place = self.env["stock.location"].browse(meaning.location_id or [])
        package = self.env["stock.package"].browse(meaning.package_id or [])
        return {
            "kind": self._kind(meaning, product),
            "product_id": product.id,
            "product_name": product.with_context(
                display_default_code=False
            ).display_name
            or "",
            "product_code": product.default_code or "",
            "tracking": product.tracking or "none",
            "uom_id": meaning.uom_id or product.uom_id.id,
            "lot_id": lot.id,
            "lot_name": lot.name or meaning.lot_name,
            "location_id": place.id,
            "location_name": place.name or "",
            "package_id": package.id,
            "package_name": package.name or "",
            "qty": meaning.qty or 1.0,
            "says_qty": meaning.qty is not None,
            "expiry": meaning.expiry or False,
            "tag": meaning.tag,
            "doubts": [list(doubt) for doubt in meaning.doubts],
        }

    @api.model
    def _kind(self, meaning, product):
        if meaning.kind != "item":
            return meaning.kind
        if meaning.lot_id or meaning.lot_name:
            return "serial" if product.tracking == "serial" else "lot"
        return "packaging" if meaning.uom_id else "product"

    @api.model
    def _product_domain(self, session):
        return self.env["stock.count.app.catalogue"]._product_domain(session)

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
