from odoo import api, models
from odoo.exceptions import UserError

from ...const import COUNTER
from ...domain.spreadsheet.body import ABOVE, ANYWHERE, ASK, Layout
from ...domain.spreadsheet.columns import REQUIRED
from ...domain.spreadsheet.meaning import NOTHING, STOCK, describe
from ...domain.spreadsheet.rows import Problem, Reading
from .lookup import Lookup
from .stock_count_import_column import SKIPPED


class StockCountImport(models.Model):
    """The second step: what the columns mean, and the questions about them."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.import"

    # === COMPUTE METHODS === #

    @api.depends("column_ids.meaning", "column_ids.option_for")
    def _compute_question(self):
        for record in self:
            record.question = "\n".join(record._list_questions()) or False

    def _list_questions(self):
        """What somebody has to answer before the check, with the values to go by."""
        labels = self.env["stock.count.import.words"]._field_labels()
        return [
            self._ask(field, labels[field], columns)
            for field, columns in self._open_questions()
        ]

    def _open_questions(self):
        """Pairs of a field and the columns that could be it, while none is chosen."""
        chosen = set(self.column_ids.mapped("meaning"))
        options = self.column_ids.filtered(lambda c: c.option_for and not c.meaning)
        groups = options.grouped("option_for")
        return [(f, columns) for f, columns in groups.items() if f not in chosen]

    @api.model
    def _ask(self, field, label, columns):
        _ = self.env._
        options = ", ".join(
            f"{column.letter} {column.name} ({column.sample or '–'})"
            for column in columns
        )
        if field == "units":
            return _("Which column has the counted quantity: %s?", options)
        return _(
            "Which column is %(label)s: %(options)s?", label=label, options=options
        )

    # === BUSINESS METHODS === #

    def _take_place(self):
        """A column of quantities that is called like a warehouse or location says where
        they are; it becomes the default if there is none."""
        place = self._find_place()
        if place._name == "stock.location" and not self.location_id:
            self.sudo().location_id = place
        elif place._name == "stock.warehouse" and not self.warehouse_id:
            self.sudo().warehouse_id = place

    def _find_place(self):
        """The warehouse or location that the column of the quantities is called like,
        where no other column says where they are; an empty record for none."""
        meant = self.column_ids.grouped("meaning")
        units = meant.get("units", self.column_ids.browse())[:1]
        if not units.name or "warehouse" in meant or "location" in meant:
            return self.env["stock.warehouse"]
        found = Lookup(self.env, self.company_id).read_places([units.name])
        place = found.get(units.name, self.env["stock.warehouse"])
        return place.with_env(self.env)

    def _check_place(self):
        place = self._find_place()
        default = self.location_id if place._name == "stock.location" else None
        default = default if default is not None else self.warehouse_id
        if place and default and place != default:
            raise UserError(
                self.env._(
                    "The quantities are in the column of %(place)s, but the default is"
                    " %(default)s. Choose another column or another default.",
                    place=place.display_name,
                    default=default.display_name,
                )
            )

    def _check_counter(self):
        counter = self.counted_by_id
        if counter and not counter.sudo().has_group(COUNTER):
            raise UserError(
                self.env._("%s isn't allowed to count. Choose a counter.", counter.name)
            )

    def _reading(self):
        """How the rows are to be read.

        :raise UserError: where a column is missing or named twice, or a question open
        """
        if self.question:
            raise UserError(
                self.env._("%s\nChoose it in the list of columns.", self.question)
            )
        columns, clock = self._map_columns()
        self._check_place()
        self._check_counter()
        labels = self.env["stock.count.import.words"]._field_labels()
        for name in REQUIRED:
            if name not in columns and not self._is_given(name):
                raise UserError(self._missing_column(name, labels[name]))
        return Reading(
            columns,
            self.decimal or ".",
            self.date_order or "dmy",
            self._width(columns),
            self.is_decimal_sure,
            clock,
        )

    def _is_given(self, name):
        """Whether the import says itself what no column says."""
        if name == "warehouse":
            return bool(self.warehouse_id or self.location_id)
        return name == "units" and self.count_rows

    def _map_columns(self):
        """The position of each field, and of the time where day and time are two
        columns.

        :raise UserError: where two columns are the same
        """
        labels = self.env["stock.count.import.words"]._field_labels()
        columns, clock = {}, None
        for column in self.column_ids.filtered("meaning"):
            is_second = column.meaning in columns
            if is_second and column.meaning == "counted_at" and not clock:
                clock = column.position
            elif is_second:
                raise UserError(
                    self.env._(
                        "Two columns are %(meaning)s: choose the right one.",
                        meaning=labels[column.meaning],
                    )
                )
            elif column.meaning != SKIPPED:
                columns[column.meaning] = column.position
        return columns, clock

    def _missing_column(self, name, label):
        if name == "warehouse":
            return self.env._(
                "No column is %s: choose it, or choose a default warehouse.", label
            )
        if name == "units":
            return self.env._(
                "No column is %s: choose it, or choose Each Row Counts One if this is a"
                " list of scans.",
                label,
            )
        return self.env._("No column is %s: choose the one that it is.", label)

    def _width(self, columns):
        """How many cells a row of a CSV may have: more are a delimiter in a text, or a
        decimal comma, and everything after it is in the wrong column."""
        named = self.column_ids.filtered("name").mapped("position")
        if self.kind != "csv" or not self.header_row or not named:
            return 0
        return max(*named, *columns.values()) + 1

    def _layout(self, book):
        """Where the table stands in the sheet."""
        names = {column.position: column.name or "" for column in self.column_ids}
        merged = book.merged_cells(self._sheet_name()) if self.has_merged else []
        return Layout(
            self.header_row,
            [names.get(i, "") for i in range(max(names, default=-1) + 1)],
            {c.meaning: c.position for c in self.column_ids if c.meaning},
            merged,
            self._empty_location(),
        )

    def _empty_location(self):
        if self.empty_location == "above":
            return ABOVE
        return ANYWHERE if self.empty_location or self.location_id else ASK

    def _doubt_columns(self):
        """What the check says of the columns as a whole: problems without a row."""
        problems = []
        left = self.column_ids.filtered(self._is_left)
        if left:
            names = ", ".join(column.name or column.letter for column in left)
            problems.append(self._doubt_file("left_numbers", "", columns=names))
        if example := self._find_guessed_text():
            params = {"encoding": self.encoding, "example": example}
            problems.append(self._doubt_file("guessed_encoding", "", **params))
        units = self.column_ids.filtered(lambda c: c.meaning == "units")
        if units.name and describe(units.name).rank == STOCK and not units.option_for:
            problems.append(
                self._doubt_file("stock_as_count", "units", column=units.name)
            )
        return problems

    def _find_guessed_text(self):
        """The first text that another encoding would read otherwise, or "". A heading
        that makes sense with its accents shows that the encoding is right."""
        if self.kind != "csv" or (self.encoding or "utf").startswith("utf"):
            return ""
        names = [name for name in self.column_ids.mapped("name") if name]
        if any(not name.isascii() and describe(name) != NOTHING for name in names):
            return ""
        texts = [*names, *filter(None, self.column_ids.mapped("sample"))]
        return next((text for text in texts if not text.isascii()), "")[:80]

    @api.model
    def _is_left(self, column):
        """Whether a column has numbers that nobody imports, and that are no codes."""
        is_code = describe(column.name or "").field == "item"
        return column.has_numbers and not column.meaning and not is_code

    def _doubt_file(self, code, field, **params):
        return Problem(self.header_row, field, "", code, params, "warning")
