import hashlib
import io
import re

from odoo import Command, api, models
from odoo.exceptions import UserError

from ...domain.spreadsheet.book import Unreadable
from ...domain.spreadsheet.cells import find_decimal, find_order
from ...domain.spreadsheet.columns import (
    find_header,
    heading_names,
    is_number,
    read_headings,
)
from ...domain.spreadsheet.open_book import open_book
from .column_judge import ColumnJudge
from .lookup import Lookup

# What parts the words of a file's name; numbers of counts have hyphens and slashes.
SPLIT = re.compile(r"[\s()_.,]+")
# Rows that a column is shown and judged by.
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
        # The same file under another name is for the same count.
        if not self.session_name:
            self.session_name = self.earlier_id.session_name or self._find_count_name()

    def _find_count_name(self):
        """The number of the open count that the file or its only sheet is called like:
        a count sheet that comes back continues its count. Else the file's name."""
        stem = (self.file_name or "").rpartition(".")[0] or self.file_name or ""
        words = SPLIT.split(" ".join([stem, *self.sheet_ids[:1].mapped("name")]))
        session = Lookup(self.env, self.company_id).open_session_of(words)
        return session.name or (stem or self.env._("Import"))[:255]

    def _continue_count(self, columns):
        """What a file says of its count in some rows holds for rows that somebody has
        added to it."""
        column = self.column_ids.filtered(lambda c: c.meaning == "session")[:1]
        values = columns[column.position] if column else ()
        words = {str(value).strip() for value in values if value}
        lookup = Lookup(self.env, self.company_id)
        session = lookup.open_session_of(words or [self.session_name or ""])
        if session and len(words) < 2:
            self.session_name = session.name
            self.warehouse_id = self.warehouse_id or session.warehouse_id

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
        columns = read_headings(names, self._own_words())
        return {*columns.fields, *columns.doubts} - {None}

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
        merged = book.merged_cells(self._sheet_name())
        self.has_merged = any(cell.bottom > cell.top for cell in merged)
        names, samples = self._read_head(book, heading)
        if not samples:
            raise Unreadable("no_rows")
        self._make_columns(heading, names, samples)

    def _read_head(self, book, heading):
        """The headings, and the first rows below them."""
        names, samples, above = [], [], None
        rows = self.read_rows(book)
        for row in rows:
            if row.number == heading - 1:
                above = row
            elif row.number == heading:
                names = heading_names(row.values, above)
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
        columns = [
            [values[i] if i < len(values) else None for values in samples]
            for i in range(width)
        ]
        judge = ColumnJudge(Lookup(self.env, self.company_id), self._own_words())
        judged = judge.judge(names, columns)
        commands = [
            Command.create(self._column_values(i, names[i], columns[i], judged))
            for i in range(width)
            if names[i] or any(v not in (None, "") for v in columns[i])
        ]
        self.column_ids.unlink()
        self.write(
            {
                "header_row": heading,
                "column_ids": commands,
                **self._guess_formats(judged, columns),
            }
        )
        self._take_place()
        self._continue_count(columns)

    @api.model
    def _column_values(self, position, name, values, judged):
        """What a column of the file is, or could be."""
        options = (field for field, doubt in judged.doubts.items() if position in doubt)
        return {
            "position": position,
            "name": name,
            "sample": self._describe_samples(values),
            "meaning": judged.fields[position],
            "option_for": next(options, False),
            "has_numbers": any(map(is_number, values)),
        }

    @api.model
    def _describe_samples(self, values):
        """The first different values of a column, in one text."""
        texts = dict.fromkeys(str(v) for v in values if v not in (None, ""))
        return " · ".join(text[:40] for text in list(texts)[:3])

    def _guess_formats(self, judged, columns):
        """Decimals and dates, by the cells themselves, or else by how others here are
        written."""
        fields_ = list(enumerate(judged.fields))
        units = judged.doubts.get("units") or [i for i, f in fields_ if f == "units"]
        # Of a list without headings any column may have the dates.
        times = [i for i, f in fields_ if f == "counted_at"] or range(len(columns))
        lang = self.env["res.lang"]._get_data(code=self.env.user.lang)
        month_first = (lang.date_format or "").startswith(("%m", "%b", "%B"))
        # A file with semicolons needs the comma for decimals.
        comma = self.delimiter == ";" or (
            self.kind != "csv" and lang.decimal_point == ","
        )
        decimal = find_decimal((value for i in units for value in columns[i]), "")
        return {
            "decimal": decimal or ("," if comma else "."),
            "is_decimal_sure": bool(decimal),
            "date_order": find_order(
                [value for i in times for value in columns[i]],
                "mdy" if month_first else "dmy",
            ),
        }
