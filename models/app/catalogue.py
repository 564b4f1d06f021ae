from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import LEFT_STATES, UNCOUNTED_STATES

# With more items than this, a device stores those of the lines and asks for others.
MAX_PRODUCTS = 20_000
MAX_LOTS = 20_000
LINE_COLUMNS = (
    "id",
    "product_id",
    "location_id",
    "lot_id",
    "lot_name",
    "package_id",
    "owner_id",
    "state",
    "found",
    "first_round",
)
ENTRY_COLUMNS = (
    "uuid",
    "line_id",
    "qty",
    "uom_id",
    "product_qty",
    "operation",
    "counted_at",
    "withdrawn",
    "note",
    "serial2",
    "rfid",
    "round",
)
# Fields of a barcode rule that the device's parser needs.
RULE_FIELDS = ["name", "sequence", "type", "encoding", "pattern", "alias"]


class StockCountAppCatalogue(models.AbstractModel):
    """The catalogue: what a device stores of a session to count without a network.

    Runs in sudo mode, because counters may not read stock. So this model decides what
    they may know: in a blind count no expected quantity, and never a state that shows
    that a count differs.
    """

    _name = "stock.count.app.catalogue"
    _description = "Catalogue of the Counting App"

    # === BUSINESS METHODS === #

    @api.model
    def _shows_expected(self, session):
        """Whether the app shows expected quantities: never in a blind count, not even
        to leads."""
        return not session.blind

    @api.model
    def _load(self, session):
        """The catalogue of a session, see ``docs/count_app.md``.

        :param session: in sudo mode, of a user who may count it
        :return: dict
        """
        self.env.flush_all()
        lines = self._read_lines(session)
        products, complete = self._read_products(session)
        ids = [row[0] for row in products["rows"]]
        return {
            "session": {
                **self._describe(session),
                "shows_expected": self._shows_expected(session),
                "complete": complete,
            },
            "lines": lines,
            "products": products,
            "barcodes": self._read_barcodes(session, ids),
            "locations": self._read_locations(session),
            "lots": self._read_lots(session, ids),
            "packages": self._read_names(lines, "package_id", "stock.package"),
            "owners": self._read_names(lines, "owner_id", "res.partner"),
            "uoms": self._read_uoms(),
            "nomenclature": self._read_nomenclature(session),
            "measures": self._read_measures(),
            "entries": self._read_own_entries(session),
        }

    @api.model
    def _describe(self, session):
        return {
            "id": session.id,
            "name": session.name,
            "description": session.description or "",
            "warehouse_id": session.warehouse_id.id,
            "count_type": session.count_type,
            "blind": session.blind,
            "state": session.state,
        }

    @api.model
    def _as_table(self, columns, rows):
        """A table as devices read it, with False instead of None."""
        return {
            "columns": list(columns),
            "rows": [[False if v is None else v for v in row] for row in rows],
        }

    # === LINES === #

    @api.model
    def _line_columns(self, session):
        extra = ("expected",) if self._shows_expected(session) else ()
        return (*LINE_COLUMNS, *extra)

    @api.model
    def _select_lines(self, session, condition):
        """SQL: lines in walking order, with what their counters may know.

        In a consensus count nobody sees what another person found.

        :param SQL condition: which lines ``line`` of the session
        """
        mine, expected = SQL("TRUE"), SQL()
        if session.consensus:
            mine = SQL("line.counted_by_id = %s", self.env.uid)
        if self._shows_expected(session):
            expected = SQL(", line.expected_qty AS expected")
        return SQL(
            """
            SELECT line.id, line.product_id, line.location_id, line.lot_id,
                   COALESCE(line.lot_name, '') AS lot_name, line.package_id,
                   line.owner_id,
                   CASE WHEN line.state IN %(uncounted)s
                        THEN line.state ELSE 'counted' END AS state,
                   CASE WHEN line.is_counted AND %(mine)s THEN line.found_qty END
                        AS found, line.first_round %(expected)s
              FROM stock_count_line line
              JOIN stock_location place ON place.id = line.location_id
             WHERE line.session_id = %(session)s AND %(condition)s
             ORDER BY place.complete_name, line.id
            """,
            uncounted=UNCOUNTED_STATES,
            mine=mine,
            expected=expected,
            session=session.id,
            condition=condition,
        )

    @api.model
    def _read_lines(self, session):
        rows = self.env.execute_query(self._select_lines(session, SQL("TRUE")))
        return self._as_table(self._line_columns(session), rows)

    @api.model
    def _read_progress(self, session, location_ids=None):
        """Numbers of lines by location.

        :param location_ids: ids of locations; None for all
        :return: list of dicts ``location_id``, ``counted``, ``skipped`` and ``left``
        """
        there = SQL("TRUE")
        if location_ids is not None:
            there = SQL("location_id = ANY(%s)", list(location_ids))
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT location_id,
                       count(*) FILTER (WHERE state NOT IN %s) AS counted,
                       count(*) FILTER (WHERE state = 'skipped') AS skipped,
                       count(*) FILTER (WHERE state IN %s) AS left
                  FROM stock_count_line
                 WHERE session_id = %s AND %s
                 GROUP BY location_id ORDER BY location_id
                """,
                UNCOUNTED_STATES,
                LEFT_STATES,
                session.id,
                there,
            )
        )

    @api.model
    def _read_key_lines(self, session, **key):
        """Read the lines with some parts of their natural key.

        :param key: names of columns and the ids that they must have, as a client sent
            them; without lines for a value that is no id
        :return: list of dicts, see ``docs/count_app.md``
        """
        ids = list(key.values())
        if not all(type(id_) is int and 0 < id_ < 2**31 for id_ in ids):
            return []
        self.env.flush_all()
        condition = SQL(" AND ").join(
            SQL("%s = %s", SQL.identifier("line", name), id_)
            for name, id_ in key.items()
        )
        rows = self.env.execute_query_dict(self._select_lines(session, condition))
        names = ("product_id", "lot_id", "owner_id", "location_id", "found")
        if self._shows_expected(session):
            names = (*names, "expected")
        return self._with_names(rows, names)

    @api.model
    def _with_names(self, rows, names):
        """Lines with the names of their lots, and the units of their products.

        :param list rows: of ``_select_lines``
        :param names: columns that the app gets
        """
        lots = self.env["stock.lot"].browse({row["lot_id"] for row in rows} - {None})
        lot_names = {lot.id: lot.name for lot in lots}
        products = self.env["product.product"].browse({r["product_id"] for r in rows})
        units = {product.id: product.uom_id.id for product in products}
        return [
            {
                "line_id": row["id"],
                **{name: self._or_false(row[name]) for name in names},
                "lot_name": lot_names.get(row["lot_id"]) or row["lot_name"],
                "uom_id": units[row["product_id"]],
            }
            for row in rows
        ]

    @api.model
    def _or_false(self, value):
        return False if value is None else value

    @api.model
    def _read_own_entries(self, session):
        """The user's entries in this session, for a device that has not stored them."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT entry.uuid, entry.line_id, entry.qty, entry.uom_id,
                       entry.product_qty, entry.operation,
                       to_char(entry.counted_at, 'YYYY-MM-DD HH24:MI:SS.US'),
                       EXISTS (SELECT FROM stock_count_entry taken_back
                                WHERE taken_back.withdrawn_id = entry.id),
                       COALESCE(entry.note, ''), COALESCE(entry.serial2, ''),
                       COALESCE(entry.rfid, ''), entry.round
                  FROM stock_count_entry entry
                 WHERE entry.session_id = %s AND entry.user_id = %s
                   AND entry.operation <> 'withdraw'
                 ORDER BY entry.counted_at, entry.stamp
                """,
                session.id,
                self.env.uid,
            )
        )
        return [dict(zip(ENTRY_COLUMNS, row, strict=True)) for row in rows]

    # === PRODUCTS === #

    @api.model
    def _product_domain(self, session):
        """Domain of all products that the session's warehouse may count."""
        return (
            Domain("is_storable", "=", True)
            & Domain("company_id", "in", (False, session.company_id.id))
            & self.env["stock.count.generator"]._assigned_domain(session)
        )

    @api.model
    def _read_products(self, session):
        """The items of the lines, and all others if a device can store them.

        :return: their table, and whether it has all items
        """
        Product = self.env["product.product"].with_context(active_test=False)
        usual = self._usual_places(session)
        lined = Product.browse(usual)
        others = Product.search(
            self._product_domain(session)
            & Domain("active", "=", True)
            & Domain("id", "not in", lined.ids),
            limit=MAX_PRODUCTS + 1,
            order="id",
        )
        complete = len(others) <= MAX_PRODUCTS
        products = lined | others if complete else lined
        rows = self._read_product_rows(products)
        table = self._as_table(
            ("id", "name", "code", "tracking", "uom_id", "location_id"),
            [(*row, usual.get(row[0])) for row in rows],
        )
        return table, complete

    @api.model
    def _usual_places(self, session):
        """The first location of each item in walking order.

        :return: dict product id → location id
        """
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT DISTINCT ON (line.product_id) line.product_id,
                           line.location_id
                      FROM stock_count_line line
                      JOIN stock_location place ON place.id = line.location_id
                     WHERE line.session_id = %s
                     ORDER BY line.product_id, place.complete_name
                    """,
                    session.id,
                )
            )
        )

    @api.model
    def _read_product_rows(self, products):
        """Read products in one statement.

        :return: list of tuples (id, name, reference, tracking, unit id)
        """
        Product = self.env["product.product"].with_context(active_test=False)
        query = Product._search([("id", "in", products.ids)])
        columns = [
            Product._field_to_sql("product_product", name, query)
            for name in ("id", "name", "default_code", "tracking", "uom_id")
        ]
        rows = self.env.execute_query(query.select(*columns))
        variants = self._variant_names(products)
        return [
            (id_, f"{name}{variants.get(id_, '')}", code or "", tracking, uom)
            for id_, name, code, tracking, uom in rows
        ]

    @api.model
    def _variant_names(self, products):
        """What distinguishes the variants of a product, as in " (Red, L)".

        :return: dict product id → text
        """
        variants = products.search_fetch(
            [
                ("id", "in", products.ids),
                ("combination_indices", "not in", (False, "")),
            ],
            ["product_template_attribute_value_ids"],
        )
        names = {}
        for product in variants:
            values = product.product_template_attribute_value_ids
            names[product.id] = values._get_combination_name()
        return {id_: f" ({name})" for id_, name in names.items() if name}

    @api.model
    def _read_barcodes(self, session, product_ids):
        """The barcodes of products and of their packagings."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT barcode, id, NULL::int, 1.0::float FROM product_product
                 WHERE id = ANY(%(ids)s) AND barcode <> ''
                 UNION ALL
                SELECT barcode, product_id, uom_id, 1.0::float FROM product_uom
                 WHERE product_id = ANY(%(ids)s) AND barcode <> ''
                   AND (company_id IS NULL OR company_id = %(company)s)
                """,
                ids=product_ids,
                company=session.company_id.id,
            )
        )
        return self._as_table(("barcode", "product_id", "uom_id", "qty"), rows)

    @api.model
    def _read_lots(self, session, product_ids):
        """The lots of products, those of the lines first: a device stores so many at
        most."""
        Lot = self.env["stock.lot"]
        dated = "expiration_date" in Lot._fields
        expiry = SQL("to_char(lot.expiration_date, 'YYYY-MM-DD')")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT lot.id, lot.name, lot.product_id, %(expiry)s
                  FROM stock_lot lot
                  LEFT JOIN (SELECT DISTINCT lot_id FROM stock_count_line
                              WHERE session_id = %(session)s) lined
                         ON lined.lot_id = lot.id
                 WHERE lot.product_id = ANY(%(ids)s)
                   AND (lot.company_id IS NULL OR lot.company_id = %(company)s)
                 ORDER BY lined.lot_id IS NULL, lot.id
                 LIMIT %(limit)s
                """,
                expiry=expiry if dated else SQL("NULL"),
                session=session.id,
                ids=product_ids,
                company=session.company_id.id,
                limit=MAX_LOTS,
            )
        )
        return self._as_table(("id", "name", "product_id", "expiry"), rows)

    # === LOCATIONS AND NAMES === #

    @api.model
    def _read_locations(self, session):
        """The locations that the session counts, in walking order."""
        Location = self.env["stock.location"]
        locations = self.env["stock.count.generator"]._scope_locations(session)
        lined = Location.browse(
            [
                location.id
                for [location] in self.env["stock.count.line"]._read_group(
                    [("session_id", "=", session.id)], ["location_id"]
                )
            ]
        )
        every = (locations | lined).sorted("complete_name")
        return self._as_table(
            ("id", "name", "full", "barcode", "sequence"),
            [
                (place.id, place.name, place.complete_name, place.barcode or "", i)
                for i, place in enumerate(every)
            ],
        )

    @api.model
    def _read_names(self, lines, column, model):
        """The names of the records in a column of the lines."""
        position = lines["columns"].index(column)
        ids = {row[position] for row in lines["rows"] if row[position]}
        # A package is named with the pallet that it is on.
        records = self.env[model].with_context(show_src_package=True).browse(ids)
        return self._as_table(
            ("id", "name"), [(record.id, record.display_name) for record in records]
        )

    @api.model
    def _read_uoms(self):
        """The units, each with its root unit and how many of these it is. Boxes of
        archived units are still scanned."""
        uoms = self.env["uom.uom"].search([("active", "in", (True, False))])
        return self._as_table(
            ("id", "name", "factor", "root_id", "active"),
            [
                (uom.id, uom.name, uom.factor, self._root_id(uom), uom.active)
                for uom in uoms
            ],
        )

    @api.model
    def _root_id(self, uom):
        return int(uom.parent_path.split("/")[0])

    @api.model
    def _read_nomenclature(self, session):
        """The barcode nomenclature, for the device's barcode parser."""
        nomenclature = session.company_id.nomenclature_id
        names = ["name", "upc_ean_conv", "is_gs1_nomenclature"]
        own = self._read_gs1_settings(session)
        if not nomenclature:
            return {**dict.fromkeys(["id", *names], False), "rules": [], **own}
        [values] = nomenclature.read(names)
        rules = nomenclature.rule_ids.sorted("sequence")
        return {**values, "rules": rules.read(RULE_FIELDS), **own}

    @api.model
    def _read_gs1_settings(self, session):
        """What else separates values, and which identifiers are used in an own way."""
        codes = self.env["stock.count.codes"]
        separator = codes._separator(session.company_id)
        return {
            "separator": separator.pattern if separator else False,
            "uses": codes._uses(session.company_id),
        }

    @api.model
    def _read_measures(self):
        measures = self.env["stock.count.codes"]._read_measures()
        return {name: measures[name] for name in ("units", "digits")}
