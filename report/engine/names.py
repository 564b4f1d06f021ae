"""The names on a report. Each is read once, however many rows have it."""

from typing import NamedTuple

from odoo.tools import SQL

# By model: the field with the name of a record on a report.
NAME_FIELDS = {
    "stock.count.session": "name",
    "stock.location": "complete_name",
    "stock.lot": "name",
    "stock.package": "complete_name",
    "res.partner": "display_name",
    "res.users": "name",
    "stock.count.reason": "display_name",
}
PRODUCT = "product.product"


class Product(NamedTuple):
    """A product on a report.

    :param code: its reference, or else its barcode
    """

    code: str
    barcode: str
    name: str
    category: str
    unit: str


class Names:
    """The names of records, read many at a time and kept while a report is made.

    Reads in sudo mode, because a user who may read a count line may read the names on
    it.
    """

    def __init__(self, env):
        # Of a product that is not needed otherwise the name alone.
        self._env = env(su=True, context={**env.context, "display_default_code": False})
        self._known = {}

    def look_up(self, model, ids):
        """The names of records.

        :param ids: ids of records; false ones have no name
        :return: dict id → name, which may have others, too
        """
        known = self._known.setdefault(model, {None: None, False: None})
        missing = set(ids) - known.keys()
        if missing:
            records = self._env[model].browse(missing)
            known.update(self._read(records))
            # What was read for a name is not needed any more.
            records.invalidate_recordset(flush=False)
        return known

    def _read(self, records):
        if records._name == PRODUCT:
            return self._read_products(records)
        field = NAME_FIELDS[records._name]
        records.fetch([field])
        return {record.id: record[field] for record in records}

    def _read_products(self, products):
        """Read products with one query and few columns: there may be 20,000."""
        for model in (PRODUCT, "product.template", "product.category", "uom.uom"):
            self._env[model].flush_model()
        self._env.cr.execute(
            SQL(
                """
                SELECT product.id, product.combination_indices, product.default_code,
                       product.barcode,
                       COALESCE(template.name ->> %(lang)s, template.name ->> 'en_US'),
                       category.complete_name,
                       COALESCE(uom.name ->> %(lang)s, uom.name ->> 'en_US')
                  FROM product_product product
                  JOIN product_template template
                       ON template.id = product.product_tmpl_id
                  JOIN uom_uom uom ON uom.id = template.uom_id
             LEFT JOIN product_category category ON category.id = template.categ_id
                 WHERE product.id = ANY(%(ids)s)
                """,
                lang=self._env.lang or "en_US",
                ids=products.ids,
            )
        )
        found, variants = {}, []
        for key, variant, code, barcode, *words in self._env.cr.fetchall():
            found[key] = Product(code or barcode or "", barcode or code or "", *words)
            if variant:
                variants.append(key)
        # What a variant is called is more than a query can say.
        for variant in products.browse(variants):
            found[variant.id] = found[variant.id]._replace(name=variant.display_name)
        return found
