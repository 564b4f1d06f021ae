import hashlib
import io

from odoo import Command, api, models
from odoo.exceptions import UserError

from ...domain.spreadsheet.book import Unreadable
from ...domain.spreadsheet.cells import find_decimal, find_order
from ...domain.spreadsheet.columns import REQUIRED, find_header, heading_names, match
from ...domain.spreadsheet.open_book import open_book
from ...domain.spreadsheet.problems import Reading

# How many rows show what a column contains, and decide how it is written.
SAMPLE = 200


class StockCountImport(models.Model):
    """The steps File and Columns: what a file contains, and what its columns mean."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.import"

    # === ACTION METHODS - FILE === #

    def action_read(self):
        """Go to the step Columns.

        Columns that were read or chosen before stay.

        :raise AccessError: when the user is no counting lead
        :raise UserError: when there is no file, or it cannot be read
        """
        self.ensure_one()
        self._check_may_import()
        self._check_step("file", "columns", "check")
        own = self.sudo()
        own._forget_check()
        if not own.column_ids:
            own._take_file()
        own.state = "columns"
        return True

    def _take_file(self):
        """Read a new file: how it is written, where its table is, and its columns.

        :raise UserError: when it cannot or must not be read; then it is not kept
        """
        own = self.sudo().with_context(count_reading=True)
        own._start_over()
        with own._open_file() as file:
            own.digest = hashlib.file_digest(file, "sha256").hexdigest()
        try:
            own._read_layout()
            own._read_columns()
        except Unreadable as error:
            raise own._refusal(error) from error

    def _open_file(self):
        """The uploaded file, opened for reading.

        :raise UserError: when there is none
        """
        domain = [
            ("res_model", "=", self._name),
            ("res_field", "=", "file"),
            ("res_id", "=", self.id),
        ]
        # In sudo mode because only the field may read its attachment.
        attachment = self.env["ir.attachment"].sudo().search(domain, limit=1)
        if not attachment:
            raise UserError(self.env._("Choose the file with the counts first."))
        if attachment.store_fname:
            return open(attachment._full_path(attachment.store_fname), "rb")
        return io.BytesIO(attachment.raw or b"")

    def _start_over(self):
        own = self.sudo().with_context(count_reading=True)
        own._forget_check()
        own.column_ids.unlink()
        own.sheet_ids.unlink()
        own.write({"state": "file", "encoding": False, "delimiter": False})

    def _read_layout(self):
        """Write the kind of the file, its sheets, and how a CSV file is written."""
        book = open_book(self._open_file(), self.file_name or "")
        sheets = [Command.create({"name": name or "CSV"}) for name in book.sheets]
        self.write({"kind": book.kind, "sheet_ids": sheets})
        self.sheet_id = self._find_sheet(book)
        if book.kind == "csv":
            mark = "\\t" if book.delimiter == "\t" else book.delimiter
            self.write({"encoding": book.encoding, "delimiter": mark})
        stem = (self.file_name or "").rpartition(".")[0] or self.file_name
        # The same file under another name is for the same session.
        name = self.session_name or self.earlier_id.session_name
        self.session_name = name or (stem or self.env._("Import"))[:255]

    def _find_sheet(self, book):
        """The first sheet with counts, or else with a heading, or else the first one.

        Hidden sheets come after visible ones.
        """
        if book.kind == "csv":
            return self.sheet_ids
        headed = hidden = self.sheet_ids.browse()
        for sheet in self.sheet_ids[:20]:
            meanings = self._find_meanings(book.rows(sheet.name))
            if not meanings:
                continue
            if book.is_hidden(sheet.name):
                hidden |= sheet
                continue
            headed |= sheet
            sheet.has_counts = {"item", "units"} <= meanings
        filled = headed.filtered("has_counts") or headed or hidden or self.sheet_ids
        return filled[:1]

    def _find_meanings(self, rows):
        """What the columns of a sheet mean; an empty set without a heading."""
        try:
            names = find_header(rows, self._own_words()).names
        except Unreadable as error:
            if error.code != "two_headers":
                raise
            # The user is asked for the right heading when the sheet is read.
            return {"item", "units"}
        return set(match(names, self._own_words())) - {None}

    def _open_book(self):
        delimiter = "\t" if self.delimiter == "\\t" else self.delimiter
        return open_book(
            self._open_file(),
            self.file_name or "",
            encoding=self.encoding or "",
            delimiter=delimiter or "",
        )

    @api.private
    def read_rows(self, book=None):
        """The rows of the chosen sheet, with the heading.

        Programs may call this; RPC clients may not.

        :param book: the opened file; by default it is opened here
        :return: iterator of ``domain.spreadsheet.book.Row``
        """
        book = book or self._open_book()
        return book.rows(self._sheet_name())

    def _sheet_name(self):
        return self.sheet_id.name if self.kind != "csv" else ""

    def _refusal(self, error):
        """The ``UserError`` for an ``Unreadable`` file."""
        words = self.env["stock.count.import.words"]
        return UserError(words._describe_file(error.code, error.params))

    # === ACTION METHODS - COLUMNS === #

    def action_back(self):
        """Go back one step. The results of a check are deleted.

        :raise AccessError: when the user is no counting lead
        """
        self.ensure_one()
        self._check_may_import()
        self._check_step("columns", "check", "failed")
        own = self.sudo()
        own._forget_check()
        own.state = "file" if self.state == "columns" else "columns"
        return True

    def _own_words(self):
        """By field, its label in the user's language, as in our templates."""
        labels = self.env["stock.count.import.words"]._field_labels()
        return {name: [label] for name, label in labels.items()}

    def _read_columns(self, heading=None):
        """Find the heading, and what each column below it means.

        :param int heading: row of the heading, 0 for none; None to search it
        :raise UserError: when the sheet has no table that can be read
        """
        own = self.sudo().with_context(count_reading=True)
        try:
            own._read_heading(heading)
        except Unreadable as error:
            raise own._refusal(error) from error

    def _read_heading(self, heading):
        """See ``_read_columns``; errors are ``Unreadable``."""
        book = self._open_book()
        if heading is None:
            header = find_header(self.read_rows(book), self._own_words())
            # A merged cell has its text in the first column only, so its row is not
            # found as a heading.
            heading = header.number or self._first_merged(book)
        if heading and heading in book.merged_rows(self._sheet_name()):
            raise Unreadable("merged_headers", row=heading)
        names, samples = self._read_samples(book, heading)
        if not samples:
            raise Unreadable("no_rows")
        self._make_columns(heading, names, samples)

    def _read_samples(self, book, heading):
        """The names in the heading, and the values of the first rows below it."""
        names, samples = [], []
        rows = self.read_rows(book)
        for row in rows:
            if row.number == heading:
                names = heading_names(row.values)
            elif row.number > heading:
                samples.append(row.values)
            if len(samples) == SAMPLE:
                rows.close()
                break
        return names, samples

    def _first_merged(self, book):
        """The number of the table's first row if it has merged cells, else 0."""
        first = next(self.read_rows(book), None)
        merged = book.merged_rows(self._sheet_name())
        return first.number if first and first.number in merged else 0

    def _make_columns(self, heading, names, samples):
        """Replace the columns, and guess what they mean and how they are written."""
        width = max(len(names), *(len(values) for values in samples))
        names += [""] * (width - len(names))
        meanings = match(names, self._own_words()) if heading else [None] * width
        columns = [
            [values[i] if i < len(values) else None for values in samples]
            for i in range(width)
        ]
        filled = [
            i
            for i in range(width)
            if names[i] or any(value not in (None, "") for value in columns[i])
        ]
        values = [
            {
                "position": i,
                "name": names[i],
                "sample": self._describe_samples(columns[i]),
                "meaning": meanings[i],
            }
            for i in filled
        ]
        formats = self._guess_formats(dict(zip(meanings, columns, strict=True)))
        self.column_ids.unlink()
        commands = [Command.create(column) for column in values]
        self.write({"header_row": heading, "column_ids": commands, **formats})

    @api.model
    def _describe_samples(self, values):
        """The first different values of a column, in one text."""
        texts = dict.fromkeys(str(v) for v in values if v not in (None, ""))
        return " · ".join(text[:40] for text in list(texts)[:3])

    def _guess_formats(self, columns):
        """Guess how decimals and dates are written: by the cells, or else by the user's
        language."""
        lang = self.env["res.lang"]._get_data(code=self.env.user.lang)
        month_first = (lang.date_format or "").startswith(("%m", "%b", "%B"))
        # A file with semicolons needs the comma for decimals.
        comma = self.delimiter == ";" or (
            self.kind != "csv" and lang.decimal_point == ","
        )
        return {
            "decimal": find_decimal(columns.get("units", ()), "," if comma else "."),
            "date_order": find_order(
                columns.get("counted_at", ()), "mdy" if month_first else "dmy"
            ),
        }

    def _reading(self):
        """How the rows have to be read.

        :rtype: domain.spreadsheet.problems.Reading
        :raise UserError: when a column is missing or chosen twice
        """
        labels = self.env["stock.count.import.words"]._field_labels()
        columns = self._read_meanings(labels)
        for name in REQUIRED:
            if name not in columns and not (name == "warehouse" and self.warehouse_id):
                raise UserError(self._missing_column(name, labels[name]))
        return Reading(columns, self.decimal or ".", self.date_order or "dmy")

    def _read_meanings(self, labels):
        """By field, the position of its column.

        :raise UserError: when two columns have one meaning
        """
        columns = {}
        for column in self.column_ids.filtered("meaning"):
            if column.meaning in columns:
                raise UserError(
                    self.env._(
                        "Two columns are %(meaning)s: choose the right one.",
                        meaning=labels[column.meaning],
                    )
                )
            columns[column.meaning] = column.position
        return columns

    def _missing_column(self, name, label):
        if name == "warehouse":
            return self.env._(
                "No column is %s: choose it, or choose a default warehouse.", label
            )
        return self.env._("No column is %s: choose the one that it is.", label)
