import json

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ...domain.spreadsheet.book import Unreadable
from ...domain.spreadsheet.columns import FIELDS, REQUIRED
from ...domain.spreadsheet.writer import write_csv, write_xlsx
from .lookup import Lookup

_lt = LazyTranslate(__name__)

EXTENSIONS = ("xlsx", "csv")
# How many lines of a session are read at a time.
BATCH = 1000

# By field: the help text of its column in a template.
HELP_TEXTS = {
    "session": _lt("Number or description of a count. A new name makes a new count."),
    "warehouse": _lt("Name or code of the warehouse. Required."),
    "location": _lt(
        "Full name, its last part, or barcode. Empty: where the item lies."
    ),
    "item": _lt("Internal reference, barcode or external ID. Required."),
    "serial": _lt("Required for items that are tracked. New ones are made."),
    "serial2": _lt("A second serial number (Option 290)."),
    "package": _lt("The package that it is in."),
    "owner": _lt("Name or reference, of consigned stock."),
    "units": _lt("What was found. 0: none was there. Empty: nobody has counted it."),
    "uom": _lt("The unit of the quantity. Empty: that of the item."),
    "counted_at": _lt("Such as 2026-01-31 14:05. Empty: now."),
    "counted_by": _lt("Who counted it. Empty: you."),
    "round": _lt("Of a recount. Don't change it."),
    "lot": _lt("The lot, where serials stand in another column."),
    "note": _lt("Anything worth knowing."),
}


class StockCountImport(models.Model):
    """Files for download: templates, and an imported file with the status of its
    rows."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.import"

    # === ACTION METHODS === #

    def action_download_bad(self, extension=None):
        """Download the rows with errors, to correct and import them.

        :param str extension: ``xlsx`` or ``csv``; by default that of the file
        :return: action
        :raise AccessError: when the user is no counting lead
        """
        return self._download("bad", extension)

    def action_download_rows(self, extension=None):
        """Download the whole file with the status of each row.

        :param str extension: ``xlsx`` or ``csv``; by default that of the file
        :return: action
        :raise AccessError: when the user is no counting lead
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
        """Write the file with the status of each row.

        :param str which: ``bad`` for the rows with errors, ``rows`` for all
        :param target: binary file to write to
        :return: name of the file
        :raise UserError: when the imported file cannot be read any more
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
        """The headings of the file; without any, the labels of the columns."""
        labels = self.env["stock.count.import.words"]._field_labels()
        columns = {column.position: column for column in self.column_ids}
        names = []
        for position in range(max(columns, default=-1) + 1):
            column = columns.get(position)
            meaning = column and labels.get(column.meaning)
            names.append((column and column.name) or meaning or "")
        # Columns that an earlier download added are replaced.
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
        """Iterate over rows with their status, problem and suggestion.

        :param int width: number of the file's own columns
        """
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
        """Read problems and suggestions.

        :return: dict kind → dict row → list of pairs of texts
        """
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
        """Read good rows: dict row → whether it was imported."""
        chunks = self.sudo().chunk_ids
        chunks.fetch(["rows", "is_done"])
        counted = self.state == "done"
        return {
            row: counted and chunk.is_done
            for chunk in chunks
            for row in json.loads(chunk.rows or "[]")
        }

    def _status(self, number, problems, staged):
        """Status, problem and suggestion of a row."""
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
        """Write a template to be filled in.

        It never contains an expected quantity.

        :param target: binary file to write to
        :param session: the session whose lines it has; by default it is empty
        :return: name of the file
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
        """The fields that this user and company need."""
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
        """Pairs of a label and its help text."""
        labels = self.env["stock.count.import.words"]._field_labels()
        return [(labels[name], self.env._(HELP_TEXTS[name])) for name in names]
