"""Finds the records that the texts of a file mean.

Each kind of record takes a few statements, however many rows name one.
"""

import re
from collections import defaultdict
from difflib import get_close_matches

from odoo.tools import SQL

from ...const import COUNTER, OPEN_STATES
from ...domain.codes import read_code
from ...domain.spreadsheet.units import unit_kind

# How many unknown locations are compared with all names of locations.
COMPARED = 20
# Forms of codes that say one number, which may be the name of anything.
NUMBERS = ("plain", "gtin", "sscc")
# A variant as Odoo shows it: [reference] name (attribute, attribute).
VARIANT = re.compile(r"(?:\[[^\]]*\] )?(.+) \([^()]+\)")


class Lookup:
    """The records of one company that texts mean.

    An answer is a tuple of ids: empty for an unknown text, several ids for an ambiguous
    one. Answers are remembered.
    """

    def __init__(self, env, company):
        # In sudo mode because a counting lead may not read warehouses of another
        # company, and a message has to say that a name is one of them.
        self.env = env(su=True)
        self.company = company
        # By text: what a code says besides its item, and why it must not be used.
        self.products, self.said, self.bad = {}, {}, {}
        self._things = {}
        self._locations, self._scopes, self._foreign = {}, {}, None
        self._plain_locations, self._compared = {}, 0
        self._warehouses, self._counters = None, None
        self._uoms, self._uom_kinds = None, {}

    # === WAREHOUSES === #

    def warehouse(self, text):
        """Warehouses by name, code, id or external id."""
        if self._warehouses is None:
            self._read_warehouses()
        return self._warehouses.get(text) or self._warehouses.get(text.casefold(), ())

    def read_places(self, headings):
        """The places that headings are called like, as some systems export a column of
        quantities for each.

        :rtype: dict of str to a warehouse or location
        """
        places = self._locations_called(headings)
        own = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)])
        for heading in headings:
            text = heading.casefold().strip()
            named = own.filtered(
                lambda w, text=text: text in (w.name.casefold(), w.code.casefold())
            )
            # New Quantity Northgate.
            named = named or own.filtered(
                lambda w, text=text: text.endswith(f" {w.name.casefold()}")
            )
            if len(named) == 1:
                places[heading] = named
        return places

    def _locations_called(self, headings):
        names = [heading.strip() for heading in headings]
        locations = self.env["stock.location"].search(
            [
                ("usage", "=", "internal"),
                ("company_id", "=", self.company.id),
                ("warehouse_id", "!=", False),
                "|",
                ("complete_name", "in", names),
                ("name", "in", names),
            ]
        )
        called = defaultdict(set)
        for location in locations:
            for name in (location.name, location.complete_name):
                called[name].add(location)
        found = {heading: called[heading.strip()] for heading in headings}
        return {h: next(iter(of)) for h, of in found.items() if len(of) == 1}

    def is_foreign_warehouse(self, text):
        """Whether another company has a warehouse of that name or code."""
        return text.casefold() in self._foreign

    def _read_warehouses(self):
        found, self._foreign = defaultdict(set), set()
        warehouses = self.env["stock.warehouse"].search([])
        external = warehouses._get_external_ids()
        for warehouse in warehouses:
            words = {warehouse.name, warehouse.code}
            if warehouse.company_id != self.company:
                self._foreign.update(word.casefold() for word in words)
                continue
            for word in words:
                found[word].add(warehouse.id)
                found[word.casefold()].add(warehouse.id)
            for word in (*external[warehouse.id], str(warehouse.id)):
                found[word].add(warehouse.id)
        self._warehouses = {word: tuple(ids) for word, ids in found.items()}

    # === LOCATIONS === #

    def location(self, warehouse_id, text):
        """Locations of a warehouse by full name, the end of it, or barcode."""
        names = self._read_locations(warehouse_id)
        found = names.get(text) or names.get(text.casefold().replace(" / ", "/"), ())
        if found or read_code(text).form in NUMBERS:
            return found
        ids = self.location_ids(warehouse_id)
        return tuple(i for i in self.things_of("location", text) if i in ids)

    def location_ids(self, warehouse_id):
        """Ids of all internal locations of a warehouse."""
        self._read_locations(warehouse_id)
        return self._scopes[warehouse_id]

    def similar_location(self, warehouse_id, text):
        """The full name of a location that is similar to a text, or "".

        People mostly leave out marks and leading zeros, which is found fast. Comparing
        letter by letter is slow, so it is done for the first unknown texts only.
        """
        self._read_locations(warehouse_id)
        plain = self._plain_locations[warehouse_id]
        key = self._plain(text)
        if key in plain:
            return plain[key]
        self._compared += 1
        if self._compared > COMPARED or not key:
            return ""
        near = get_close_matches(key, plain, 1, 0.75)
        return plain[near[0]] if near else ""

    def _read_locations(self, warehouse_id):
        if warehouse_id not in self._locations:
            root = self.env["stock.warehouse"].browse(warehouse_id).view_location_id
            locations = self.env["stock.location"].search_fetch(
                [("id", "child_of", root.id), ("usage", "=", "internal")],
                ["complete_name", "name", "barcode"],
            )
            self._scopes[warehouse_id] = locations.ids
            self._locations[warehouse_id] = self._name_locations(locations)
            self._plain_locations[warehouse_id] = {
                self._plain(name): location.complete_name
                for location in locations
                for name in (location.complete_name, location.name, location.barcode)
                if name
            }
        return self._locations[warehouse_id]

    def _name_locations(self, locations):
        """Ids by each name of a location; a full name beats the end of another one."""
        ends, names = defaultdict(set), {}
        for location in locations:
            full = location.complete_name or ""
            parts = full.split("/")
            for i in range(1, len(parts)):
                ends["/".join(parts[i:])].add(location.id)
                ends["/".join(parts[i:]).casefold()].add(location.id)
            names[full] = names[full.casefold()] = (location.id,)
        for location in locations:
            if location.barcode:
                names[location.barcode] = (location.id,)
        return {**{end: tuple(ids) for end, ids in ends.items()}, **names}

    # === PRODUCTS === #

    def read_products(self, texts):
        """Look up items, and write the answers to ``products`` and ``said``.

        In this order: by internal reference, code (see ``models/codes``), external id,
        name, name of a variant, name of a lot.
        """
        left = {text for text in texts if text and text not in self.products}
        for read in (
            self._by_reference,
            self._by_code,
            self._by_external_id,
            self._by_name,
            self._by_variant,
            self._by_lot,
        ):
            if not left:
                return
            for text, ids in read(sorted(left)).items():
                self.products[text] = tuple(sorted(ids))
            left -= self.products.keys()
        self.products.update(dict.fromkeys(left, ()))

    def _products(self, *condition):
        company = ("company_id", "in", (False, self.company.id))
        return self.env["product.product"].search([*condition, company])

    def _by_field(self, name, texts):
        products = self._products((name, "in", texts))
        products.fetch([name])
        found = defaultdict(set)
        for product in products:
            found[product[name]].add(product.id)
        return found

    def _by_reference(self, texts):
        return self._by_field("default_code", texts)

    def _by_code(self, texts):
        """Items by barcode, barcode of a packaging, or a code with several values.

        What the code says besides, if it means one item, is kept in ``said``.
        """
        return self._by_meaning(texts, self._is_code)

    def _by_lot(self, texts):
        return self._by_meaning(texts, lambda _text, _meaning: True)

    def _by_meaning(self, texts, is_wanted):
        codes = self.env["stock.count.codes"]
        found = defaultdict(set)
        for text, answer in codes._resolve_codes(self.company, texts).items():
            if answer.problem:
                self.bad[text] = codes._explain_problem(answer.problem)
            items = [m for m in answer.meanings if m.kind == "item"]
            wanted = [meaning for meaning in items if is_wanted(text, meaning)]
            for meaning in wanted:
                found[text].add(meaning.product_id)
            if len(wanted) == 1:
                [self.said[text]] = wanted
        return found

    @staticmethod
    def _is_code(text, meaning):
        """Whether a text is more than the name of a lot: names of items come first."""
        return not meaning.lot_id or read_code(text).form not in NUMBERS

    def things_of(self, kind, text):
        """Ids of the locations or packages that a code means which has no such name."""
        if (kind, text) not in self._things:
            codes = self.env["stock.count.codes"]
            answer = codes._resolve_codes(self.company, [text])[text]
            meanings = [m for m in answer.meanings if m.kind == kind]
            ids = tuple(m.location_id or m.package_id for m in meanings)
            self._things[kind, text] = ids
        return self._things[kind, text]

    def _by_external_id(self, texts):
        names = [text for text in texts if text.count(".") == 1]
        if not names:
            return {}
        self.env.cr.execute(
            SQL(
                """
                SELECT data.module || '.' || data.name, product.id
                  FROM ir_model_data data
                  JOIN product_product product ON product.active AND CASE data.model
                       WHEN 'product.product' THEN product.id
                       WHEN 'product.template' THEN product.product_tmpl_id
                       END = data.res_id
                 WHERE data.model IN ('product.product', 'product.template')
                   AND data.module || '.' || data.name = ANY(%s)
                """,
                names,
            )
        )
        return self._gather(self.env.cr.fetchall())

    def _by_name(self, texts):
        """Items by name in any language, or by "[reference] name" as Odoo shows it.

        Without an answer, by name or reference in small letters.
        """
        self.env.flush_all()
        lower = {text.lower() for text in texts}
        found = self._gather(
            [*self._read_names({*texts, *lower}), *self._read_lower_codes(lower)]
        )
        return {
            text: found.get(text) or found[text.lower()]
            for text in texts
            if text in found or text.lower() in found
        }

    def _read_names(self, texts):
        """Pairs (name, product id); names with and without the reference before it."""
        bare = {text[m.end() :] for text in texts for m in re.finditer("] ", text)}
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT translated.name, product.id, product.default_code
                  FROM product_template template
                 CROSS JOIN LATERAL jsonb_each_text(template.name)
                       translated(lang, name)
                  JOIN product_product product
                    ON product.product_tmpl_id = template.id
                 WHERE product.active AND translated.name = ANY(%s)
                   AND COALESCE(template.company_id, %s) = %s
                """,
                [*texts, *bare],
                self.company.id,
                self.company.id,
            )
        )
        for name, product_id, code in self.env.cr.fetchall():
            yield name, product_id
            if code:
                yield f"[{code}] {name}", product_id

    def _read_lower_codes(self, texts):
        """Pairs (reference in small letters, product id)."""
        self.env.cr.execute(
            SQL(
                """
                SELECT lower(product.default_code), product.id
                  FROM product_product product
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                 WHERE product.active AND lower(product.default_code) = ANY(%s)
                   AND COALESCE(template.company_id, %s) = %s
                """,
                list(texts),
                self.company.id,
                self.company.id,
            )
        )
        return self.env.cr.fetchall()

    def _by_variant(self, texts):
        """Items by the name of a variant as Odoo shows it, with or without its
        reference."""
        matches = [match for match in map(VARIANT.fullmatch, texts) if match]
        if not matches:
            return {}
        names = list({match[1] for match in matches})
        found = defaultdict(set)
        bare = self._products(("product_tmpl_id.name", "in", names))
        for products in (bare, bare.with_context(display_default_code=False)):
            for product in products:
                found[product.display_name].add(product.id)
        return {text: found[text] for text in texts if text in found}

    def name_products(self, products):
        """A text for each product, if possible one that means no other product.

        :return: dict product id → text
        """
        external = products._get_external_ids()
        names = {
            product.id: self._names_of(product, external[product.id])
            for product in products
        }
        self.read_products({text for texts in names.values() for text in texts})
        return {
            product_id: next(
                (text for text in texts if self.products[text] == (product_id,)),
                texts[0],
            )
            for product_id, texts in names.items()
        }

    def _names_of(self, product, external_ids):
        """All texts that may mean a product, the best first."""
        names = (product.default_code, product.barcode, product.name)
        names = (*names, product.display_name, *external_ids)
        return [name for name in names if name]

    def _gather(self, pairs):
        found = defaultdict(set)
        for text, product_id in pairs:
            found[text].add(product_id)
        return found

    def similar_products(self, texts):
        """References that differ from a text in case, marks or leading zeros only.

        :return: dict text → reference
        """
        plain = {text: self._plain(text) for text in texts}
        self.env.cr.execute(
            SQL(
                """
                SELECT plain, min(default_code) FROM (
                    SELECT product.default_code, ltrim(regexp_replace(
                           lower(product.default_code), '[^a-z0-9]', '', 'g'), '0')
                           AS plain
                      FROM product_product product
                     WHERE product.active AND product.default_code IS NOT NULL) codes
                 WHERE plain = ANY(%s) AND plain <> ''
                 GROUP BY plain
                """,
                [*set(plain.values())],
            )
        )
        codes = dict(self.env.cr.fetchall())
        return {text: codes[key] for text, key in plain.items() if key in codes}

    def _plain(self, text):
        """The text without case, marks and leading zeros."""
        return re.sub("[^a-z0-9]", "", text.lower()).lstrip("0")

    def archived_products(self, texts):
        """The texts that are the reference or barcode of an archived item."""
        Product = self.env["product.product"].with_context(active_test=False)
        products = Product.search_fetch(
            [
                "&",
                ("active", "=", False),
                "|",
                ("default_code", "in", texts),
                ("barcode", "in", texts),
            ],
            ["default_code", "barcode"],
        )
        return {*products.mapped("default_code"), *products.mapped("barcode")}

    def read_lying(self, warehouse_id, product_ids):
        """Where each product lies in a warehouse: pairs (location, lot's name)."""
        self.env["stock.quant"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT quant.product_id, quant.location_id, COALESCE(lot.name, '')
                  FROM stock_quant quant
                  LEFT JOIN stock_lot lot ON lot.id = quant.lot_id
                 WHERE quant.product_id = ANY(%s) AND quant.location_id = ANY(%s)
                   AND quant.quantity <> 0
                """,
                list(product_ids),
                list(self.location_ids(warehouse_id)),
            )
        )
        places = defaultdict(set)
        for product_id, location_id, lot in self.env.cr.fetchall():
            places[product_id].add((location_id, lot))
        return places

    # === PACKAGES AND OWNERS === #

    def read_packages(self, texts):
        """Packages by name or code."""
        found = self._by_words("stock.package", texts, ("name",))
        coded = [t for t in texts if t not in found and read_code(t).form != "plain"]
        return {**{text: self.things_of("package", text) for text in coded}, **found}

    def read_owners(self, texts):
        """Contacts by reference or name."""
        return self._by_words("res.partner", texts, ("ref", "name"))

    def _by_words(self, model, texts, names):
        found = {}
        for name in reversed(names):
            records = self.env[model].search_fetch(
                [
                    (name, "in", list(texts)),
                    ("company_id", "in", (False, self.company.id)),
                ],
                [name],
            )
            of_name = defaultdict(list)
            for record in records:
                of_name[record[name]].append(record.id)
            found.update(of_name)
        return found

    def counter(self, text):
        """The people who may count, by login, name or e-mail."""
        if self._counters is None:
            self._read_counters()
        return self._counters.get(text.casefold(), ())

    def _read_counters(self):
        group = self.env.ref(COUNTER)
        users = group.all_user_ids.filtered(
            lambda user: user.active and self.company in user.company_ids
        )
        found = defaultdict(set)
        for user in users:
            for word in {user.login, user.name, user.email} - {False}:
                found[word.casefold()].add(user.id)
        self._counters = {word: tuple(ids) for word, ids in found.items()}

    # === UNITS === #

    def uom(self, text, product):
        """Among the units of the product's kind, by name in any language, or by what
        other systems call it: pcs, EA, Stk."""
        if self._uoms is None:
            self._read_uoms()
        uoms = self.env["uom.uom"].browse(self._uoms.get(text.casefold(), ()))
        own = self._of_kind(uoms, product)
        if not uoms:
            uoms = self.env["uom.uom"].browse(self._uom_kinds.get(unit_kind(text), ()))
            own = self._of_kind(uoms, product)
            # Of two that fit, nobody could say which is meant, but for the item's own.
            if len(own) > 1:
                own = uoms = own & product.uom_id
        # One of another kind is refused by name; one of its own kind is meant.
        return tuple((own or uoms).ids)

    @staticmethod
    def _of_kind(uoms, product):
        return uoms.filtered(lambda uom: uom._has_common_reference(product.uom_id))

    def name_uoms(self, product):
        """The names of units that a quantity of a product may have, its own first."""
        uoms = self.env["uom.uom"].search([])
        own = self._of_kind(uoms, product)
        return [uom.name for uom in product.uom_id | own]

    def is_archived_uom(self, text):
        """Whether a unit of that name is archived."""
        Uom = self.env["uom.uom"].with_context(active_test=False)
        return bool(
            Uom.search_count([("name", "=ilike", text), ("active", "=", False)])
        )

    def _read_uoms(self):
        self.env["uom.uom"].flush_model(["name", "active"])
        self.env.cr.execute(
            """
            SELECT uom.id, translated.name FROM uom_uom uom
             CROSS JOIN LATERAL jsonb_each_text(uom.name) translated(lang, name)
             WHERE uom.active
            """
        )
        found, kinds = defaultdict(set), defaultdict(set)
        for uom_id, name in self.env.cr.fetchall():
            found[name.casefold()].add(uom_id)
            kinds[unit_kind(name)].add(uom_id)
        self._uoms = {name: tuple(sorted(ids)) for name, ids in found.items()}
        self._uom_kinds = {k: tuple(sorted(ids)) for k, ids in kinds.items() if k}

    # === SESSIONS === #

    def session(self, warehouse_id, text):
        """The sessions of a number or description in a warehouse; of these the open
        ones, if there are any."""
        sessions = self.env["stock.count.session"].search(
            [
                ("company_id", "=", self.company.id),
                "|",
                ("name", "in", (text, text.upper())),
                ("description", "=", text),
            ]
        )
        by_number = sessions.filtered(lambda s: s.name.upper() == text.upper())
        ours = by_number or sessions.filtered(
            lambda s: s.warehouse_id.id == warehouse_id
        )
        return ours.filtered(lambda s: s.state in OPEN_STATES) or ours

    def open_session_of(self, words):
        """The one open count whose number is one of these words."""
        sessions = self.env["stock.count.session"].search(
            [
                ("company_id", "=", self.company.id),
                ("name", "in", [word.upper() for word in words]),
                ("state", "in", OPEN_STATES),
            ]
        )
        return sessions if len(sessions) == 1 else sessions[:0]

    def open_session(self, warehouse_id, text):
        """The open session of a name; an empty recordset for none or several."""
        sessions = self.session(warehouse_id, text).filtered(
            lambda s: s.state in OPEN_STATES and s.warehouse_id.id == warehouse_id
        )
        return sessions if len(sessions) == 1 else sessions[:0]
