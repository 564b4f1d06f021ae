import json

from odoo import api, models
from odoo.exceptions import UserError

from ...domain.spreadsheet.book import Unreadable
from ...domain.spreadsheet.columns import FIELDS, REQUIRED
from ...domain.spreadsheet.writer import write_csv, write_xlsx
from .lookup import Lookup

EXTENSIONS = ("xlsx", "csv")
# Lines of a count that are read at a time.
BATCH = 1000


class StockCountImport(models.Model):
    """The files that go out: templates, and what came in with what became of it."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.import"

    # === ACTION METHODS === #

    def action_download_bad(self, extension=None):
        """The rows with errors, ready to be corrected and sent again.

        :param str extension: ``xlsx`` or ``csv``; that of the file if not given
        """
        return self._download("bad", extension)

    def action_download_rows(self, extension=None):
        """The whole file with the status of each row.

        :param str extension: ``xlsx`` or ``csv``; that of the file if not given
        """
        return self._download("rows", extension)

    def _download(self, which, extension):
        self.ensure_one()
        self._check_may_import()
        self._check_step("check", "done", "failed")
        default = "csv" if self.kind == "csv" else "xlsx"
        extension = extension or self.env.context.get("count_extension") or default
        self._check_extension(extension)
        url = f"/stock_count/import/{self.id}/{which}.{extension}"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    @api.model
    def _check_extension(self, extension):
        if extension not in EXTENSIONS:
            raise UserError(self.env._("Choose XLSX or CSV."))

    # === BUSINESS METHODS === #

    def _write_file(self, which, extension, target):
        """Write the file back, with what became of each row.

        :param str which: ``bad`` for the rows with errors only, or ``rows``
        :param target: binary file
        :return: its name
        """
        self._check_may_import()
        self._check_extension(extension)
        try:
            return self._write_rows(which, extension, target)
        except Unreadable as error:
            raise self._refusal(error) from error

    def _write_rows(self, which, extension, target):
        _ = self.env._
        own_columns = [_("Status"), _("Problem"), _("Suggestion")]
        heading = [*self._read_heading_names(), *own_columns]
        rows = self._rows_back(which, len(heading) - 3)
        if extension == "csv":
            mark = "\t" if self.delimiter == "\\t" else self.delimiter or ","
            write_csv(target, heading, rows, delimiter=mark, decimal=self.decimal)
        else:
            write_xlsx(target, self.sheet_id.name or _("Counts"), heading, rows)
        stem = (self.file_name or _("Counts")).rpartition(".")[0] or self.file_name
        label = _("to correct") if which == "bad" else _("with status")
        return f"{stem} {label}.{extension}"

    def _read_heading_names(self):
        """The headings as they are in the file; a table without gets our own."""
        labels = self.env["stock.count.import.words"]._field_labels()
        columns = {column.position: column for column in self.column_ids}
        names = []
        for position in range(max(columns, default=-1) + 1):
            column = columns.get(position)
            meaning = column and labels.get(column.meaning)
            names.append((column and column.name) or meaning or "")
        # Our own columns of an earlier round are written anew.
        while names and names[-1] in self._own_headings():
            names.pop()
        return names

    def _own_headings(self):
        _ = self.env._
        return {"Status", "Problem", "Suggestion"} | {
            _("Status"),
            _("Problem"),
            _("Suggestion"),
        }

    def _rows_back(self, which, width):
        """The rows as they came, and status, problem and suggestion of each."""
        problems = self._read_problems()
        staged = self._read_staged()
        for row in self._read_body():
            status, problem, suggestion = self._status(row.number, problems, staged)
            if which == "bad" and not problem:
                continue
            if which == "bad" and row.number not in problems["error"]:
                continue
            values = [*row.values, *[None] * width][:width]
            yield [*values, status, problem, suggestion]

    def _read_problems(self):
        """By kind and row, what is wrong and what would be right."""
        found = {"error": {}, "warning": {}}
        labels = self.env["stock.count.import.words"]._field_labels()
        rows = self.problem_ids.sudo().read(
            ["row", "kind", "field", "message", "suggestion"], load=""
        )
        for problem in rows:
            of_row = found[problem["kind"]].setdefault(problem["row"], [])
            column = labels.get(problem["field"], "")
            text = f"{column}: {problem['message']}" if column else problem["message"]
            of_row.append((text, problem["suggestion"] or ""))
        return found

    def _read_staged(self):
        """The rows that were good, and whether they were counted by now."""
        chunks = self.sudo().chunk_ids
        chunks.fetch(["rows", "is_done"])
        counted = self.state == "done"
        return {
            row: counted and chunk.is_done
            for chunk in chunks
            for row in json.loads(chunk.rows)
        }

    def _status(self, number, problems, staged):
        _ = self.env._
        errors = problems["error"].get(number, [])
        doubts = errors or problems["warning"].get(number, [])
        texts = [" ".join(text for text, _s in doubts)]
        texts.append(" ".join(suggestion for _t, suggestion in doubts if suggestion))
        if errors:
            return [_("Error"), *texts]
        if number in staged:
            return [_("Imported") if staged[number] else _("Good"), *texts]
        return [_("Not counted, or imported before"), *texts]

    # === TEMPLATES === #

    @api.model
    def _write_template(self, extension, target, session=None):
        """Write a template: empty, or with what a count has to count.

        It never tells an expected quantity: Units is what somebody else enters.
        """
        self._check_extension(extension)
        names = self._template_fields(session)
        labels = self.env["stock.count.import.words"]._field_labels()
        heading = [
            f"{labels[name]}*" if name in REQUIRED else labels[name] for name in names
        ]
        rows = self._template_rows(session, names) if session else ()
        if extension == "csv":
            write_csv(target, heading, rows)
        else:
            title = session.name if session else self.env._("Counts")
            texts = self._template_help(names)
            write_xlsx(target, title, heading, rows, texts, self.env._("Help"))
        label = session.name if session else self.env._("Template")
        return f"{self.env._('Cycle Count')} {label}.{extension}"

    @api.model
    def _template_fields(self, session):
        company = (session or self.env).company_id if session else self.env.company
        left_out = {"cost", "lot"}
        if not session or not self._is_recount(session):
            left_out.add("round")
        if not company.sudo().count_serial2:
            left_out.add("serial2")
        for name, group in (
            ("package", "stock.group_tracking_lot"),
            ("owner", "stock.group_tracking_owner"),
            ("uom", "uom.group_uom"),
        ):
            if not self.env.user.has_group(group):
                left_out.add(name)
        return [name for name in FIELDS if name not in left_out]

    @api.model
    def _is_recount(self, session):
        """Whether lines of the count wait for another round."""
        domain = [("session_id", "=", session.id), ("state", "=", "recount")]
        return bool(self.env["stock.count.line"].search_count(domain, limit=1))

    @api.model
    def _template_rows(self, session, names):
        """One row a line, without a quantity; of a recount those that are left. Read in
        batches."""
        Line = self.env["stock.count.line"]
        domain = [("session_id", "=", session.id)]
        if "round" in names:
            domain.append(("is_counted", "=", False))
        line_ids = Line.search(domain).ids
        lookup = Lookup(self.env, session.company_id)
        for start in range(0, len(line_ids), BATCH):
            lines = Line.browse(line_ids[start : start + BATCH])
            items = lookup.name_products(lines.product_id)
            for line in lines:
                values = self._template_values(session, line, items)
                yield [values.get(name, "") for name in names]
            lines.invalidate_recordset()

    @api.model
    def _template_values(self, session, line, items):
        return {
            "session": session.name,
            "round": line.round,
            "warehouse": session.warehouse_id.name,
            "location": line.location_id.complete_name,
            "item": items[line.product_id.id],
            "serial": line.lot_display or "",
            "package": line.package_id.name or "",
            "owner": line.owner_id.ref or line.owner_id.name or "",
            "uom": line.product_id.uom_id.name,
        }

    @api.model
    def _template_help(self, names):
        _ = self.env._
        labels = self.env["stock.count.import.words"]._field_labels()
        texts = {
            "session": _(
                "Number or description of a count. A new name makes a new count."
            ),
            "warehouse": _("Name or code of the warehouse. Required."),
            "location": _(
                "Full name, its last part, or barcode. Empty: where the item lies."
            ),
            "item": _("Internal reference, barcode or external ID. Required."),
            "serial": _("Required for items that are tracked. New ones are made."),
            "serial2": _("A second serial number (Option 290)."),
            "package": _("The package that it is in."),
            "owner": _("Name or reference, of consigned stock."),
            "units": _(
                "What was found. 0: none was there. Empty: nobody has counted it."
            ),
            "uom": _("The unit of the quantity. Empty: that of the item."),
            "counted_at": _("Such as 2026-01-31 14:05. Empty: now."),
            "counted_by": _("Who counted it. Empty: you."),
            "round": _("Of a recount. Don't change it."),
            "note": _("Anything worth knowing."),
        }
        return [(labels[name], texts[name]) for name in names]
