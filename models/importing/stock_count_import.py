from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ...const import ACTIVE_JOB_STATES
from ...domain.spreadsheet.budget import MAX_FILE
from ...domain.spreadsheet.columns import FIELDS
from ...rights import check_lead
from ..shared.context_defaults import without_defaults

ENCODINGS = [
    ("utf-8-sig", "UTF-8"),
    ("utf-16", "UTF-16"),
    ("utf-16-le", "UTF-16 LE"),
    ("utf-16-be", "UTF-16 BE"),
    ("cp1252", "Windows-1252"),
    ("latin-1", "ISO 8859-1"),
    ("cp1250", "Windows-1250"),
    ("cp1251", "Windows-1251"),
    ("cp437", "IBM 437"),
    ("shift_jis", "Shift JIS"),
    ("gb18030", "GB 18030"),
    ("cp932", "Windows-31J (Japanese)"),
    ("big5", "Big5"),
    ("euc_kr", "EUC-KR"),
]
DELIMITERS = [(";", ";"), (",", ","), ("\\t", "Tab"), ("|", "|"), ("^", "^")]
DELIMITERS += [("~", "~"), (":", ":")]
# Fields that decide how the file is read.
READ_BY = {"sheet_id", "encoding", "delimiter", "header_row"}
# What was chosen for one file is not meant for the next.
NEW_FILE = {
    "session_name": False,
    "operation": "set",
    "mode": "all",
    "again": False,
    "location_id": False,
    "empty_location": False,
    "count_rows": False,
    "counted_by_id": False,
}
KEEP_DAYS = 90


class StockCountImport(models.Model):
    """An import: one file of counts, from the upload to the entries.

    Nothing is counted before the last step.
    """

    _name = "stock.count.import"
    _description = "Cycle Count Import"
    _inherit = ["stock.count.named.records", "stock.count.unlinking"]
    _order = "id desc"
    _rec_name = "file_name"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        string="Step",
        selection=[
            ("file", "File"),
            ("columns", "Columns"),
            ("check", "Check"),
            ("running", "Importing"),
            ("done", "Imported"),
            ("failed", "Taken Back"),
        ],
        default="file",
        required=True,
        readonly=True,
        copy=False,
    )

    # File
    file = fields.Binary(attachment=True, copy=False)
    file_name = fields.Char()
    digest = fields.Char(readonly=True, copy=False, index="btree_not_null")
    kind = fields.Char(readonly=True)
    earlier_id = fields.Many2one(
        string="Imported Before",
        comodel_name="stock.count.import",
        compute="_compute_earlier_id",
    )

    # How it is read
    sheet_ids = fields.One2many(
        string="Sheets",
        comodel_name="stock.count.import.sheet",
        inverse_name="import_id",
    )
    sheet_id = fields.Many2one(
        comodel_name="stock.count.import.sheet",
        domain="[('import_id', '=', id)]",
    )
    encoding = fields.Selection(selection=ENCODINGS)
    delimiter = fields.Selection(selection=DELIMITERS)
    header_row = fields.Integer(
        string="Heading in Row", help="The row with the column headings; 0 for none."
    )
    decimal = fields.Selection(
        string="Decimals After", selection=[(".", "Point"), (",", "Comma")], default="."
    )
    is_decimal_sure = fields.Boolean(readonly=True)
    date_order = fields.Selection(
        string="Dates",
        selection=[("dmy", "Day, month, year"), ("mdy", "Month, day, year")],
        default="dmy",
        help="What 03/04/2026 means; other ways to write a date are clear.",
    )
    column_ids = fields.One2many(
        string="Columns",
        comodel_name="stock.count.import.column",
        inverse_name="import_id",
    )
    question = fields.Text(compute="_compute_question")
    has_merged = fields.Boolean(readonly=True)

    # Defaults for rows, and choices for all of them
    warehouse_id = fields.Many2one(
        string="Default Warehouse",
        comodel_name="stock.warehouse",
        check_company=True,
        domain="[('company_id', '=', company_id)]",
        help="Of rows that name none.",
    )
    location_id = fields.Many2one(
        string="Default Location",
        comodel_name="stock.location",
        check_company=True,
        domain="[('usage', '=', 'internal'), ('company_id', '=', company_id)]",
        help="Of rows that name none.",
    )
    empty_location = fields.Selection(
        string="Rows without Location",
        selection=[
            ("above", "are in the location of the row above"),
            ("item", "are where the item is booked"),
        ],
        help="Needed if only some rows name a location.",
    )
    counted_by_id = fields.Many2one(
        comodel_name="res.users",
        check_company=True,
        domain="[('share', '=', False)]",
        help="Who counted what the file says, if that was somebody else: on paper, or"
        " elsewhere. Recounts by another person and approvals go by this.",
    )
    session_name = fields.Char(
        string="Default Count",
        help="The number or description of the count that rows without one are for. A"
        " name that no open count has makes a new one.",
    )
    operation = fields.Selection(
        string="Quantities",
        selection=[
            ("set", "are what was found in all"),
            ("add", "are added to what was counted"),
        ],
        default="set",
        required=True,
    )
    count_rows = fields.Boolean(
        string="Each Row Counts One",
        help="For a list of scans without quantities. The rows are added up.",
    )
    mode = fields.Selection(
        string="Import",
        selection=[
            ("all", "All rows or none"),
            ("good", "The good rows; the others come back as a file"),
        ],
        default="all",
        required=True,
    )
    again = fields.Boolean(
        string="Count Again",
        help="Rows that were imported before are a new count of the same things, not"
        " the same count sent twice.",
    )

    # Results of the check
    problem_ids = fields.One2many(
        string="Errors and Warnings",
        comodel_name="stock.count.import.problem",
        inverse_name="import_id",
    )
    chunk_ids = fields.One2many(
        comodel_name="stock.count.import.chunk", inverse_name="import_id"
    )
    # The sessions that the file names: name, warehouse_id, session_id of each.
    targets = fields.Json(readonly=True)
    # What the check could see of entries: nobody was told of later ones.
    checked_entry_id = fields.Integer(
        readonly=True, copy=False, help="The last entry that the check could see."
    )
    checked_xid = fields.Char(
        readonly=True, copy=False, help="The transaction of the check."
    )
    checked_snapshot = fields.Char(
        readonly=True,
        copy=False,
        help="Transactions that were open at the check: their entries may have lower"
        " numbers, and the check could not see them.",
    )
    checked_at = fields.Datetime(readonly=True, copy=False)
    row_count = fields.Integer(string="Rows", readonly=True)
    good_count = fields.Integer(string="Good Rows", readonly=True)
    error_count = fields.Integer(string="Rows with Errors", readonly=True)
    warning_count = fields.Integer(string="Warnings", readonly=True)
    known_count = fields.Integer(string="Imported Already", readonly=True)
    empty_count = fields.Integer(
        string="Not Counted",
        readonly=True,
        help="Rows without a quantity: nobody has counted them, which is not zero.",
    )
    zero_count = fields.Integer(string="Counted as 0", readonly=True)
    new_lot_count = fields.Integer(string="New Lots and Serials", readonly=True)
    new_session_count = fields.Integer(string="New Counts", readonly=True)

    # The job that works on it, or has failed
    job_state = fields.Char(compute="_compute_job_state")
    is_checking = fields.Boolean(compute="_compute_job_state")

    # Results of the import
    recorded_count = fields.Integer(string="Imported", readonly=True, copy=False)
    refused_count = fields.Integer(string="Refused", readonly=True, copy=False)
    imported_at = fields.Datetime(readonly=True, copy=False)
    session_ids = fields.Many2many(
        string="Counts",
        comodel_name="stock.count.session",
        relation="stock_count_import_session_rel",
        readonly=True,
        copy=False,
    )

    # === COMPUTE METHODS === #

    @api.depends("file_name")
    def _compute_display_name(self):
        for record in self:
            record.display_name = record.file_name or self.env._("New Import")

    @api.depends("digest")
    def _compute_earlier_id(self):
        earlier = self.search(
            [
                ("digest", "in", self.mapped("digest")),
                ("state", "in", ("running", "done")),
            ]
        )
        for record in self:
            record.earlier_id = earlier.filtered(
                lambda other, record=record: (
                    other.digest == record.digest
                    and other.company_id == record.company_id
                    and other != record._origin
                )
            )[:1]

    @api.depends("state")
    def _compute_job_state(self):
        for record in self:
            job = record.sudo()._shown_job()
            record.job_state = job.state
            record.is_checking = job.kind == "check" and job.state in ACTIVE_JOB_STATES

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_readonly({n for vals in vals_list for n in vals} - {"company_id"})
        for vals in vals_list:
            self._refuse_zeros(vals)
            self._refuse_large(vals)
        clean = without_defaults(self, self._readonly_names() - {"company_id"})
        unindexed = clean.with_context(count_unindexed=True)
        records = super(StockCountImport, unindexed).create(vals_list)
        for record, vals in zip(records, vals_list, strict=True):
            if vals.get("file"):
                record._take_file()
        return records.with_env(self.env)

    def write(self, vals):
        """Refuse what only the steps may write, and read a new file at once."""
        self._refuse_readonly(vals)
        self._refuse_zeros(vals)
        self._refuse_large(vals)
        self._refuse_busy()
        if not self.env.su and any(r.state in ("running", "done") for r in self):
            raise UserError(self.env._("What was imported stays as it was imported."))
        self._refuse_late(vals)
        vals = self._complete(vals)
        unindexed = self.with_context(count_unindexed=True)
        result = super(StockCountImport, unindexed).write(vals)
        if vals.get("file"):
            for record in self:
                record._take_file()
        if READ_BY & vals.keys() and not self.env.context.get("count_reading"):
            for record in self.filtered(lambda r: r.state == "columns"):
                record._read_columns(heading=vals.get("header_row"))
        return result

    def _complete(self, vals):
        """What follows from what is written."""
        if "file" in vals:
            self._start_over()
            vals = {**NEW_FILE, **vals}
        if vals.get("count_rows"):
            # Two scans of one item are two, not one twice.
            vals = {**vals, "operation": "add"}
        if "decimal" in vals and not self.env.context.get("count_reading"):
            vals = {**vals, "is_decimal_sure": True}
        return vals

    def _refuse_readonly(self, names):
        if self.env.su:
            return
        if refused := self._readonly_names() & set(names):
            raise AccessError(
                self.env._(
                    "Imports change by their buttons, not by writing to: %s.",
                    ", ".join(sorted(refused)),
                )
            )

    @api.model
    def _readonly_names(self):
        """Names of the fields that only the steps write."""
        names = {f.name for f in self._fields.values() if f.readonly and not f.compute}
        return names | {"problem_ids", "chunk_ids", "sheet_ids"}

    def _refuse_late(self, vals):
        """Refuse to change choices after the check, which would not fit them."""
        if not self.env.su and vals.keys() - {"mode"} and "file" not in vals:
            for record in self:
                record._check_step("file", "columns")

    @api.constrains("sheet_id")
    def _check_sheet_id(self):
        for record in self:
            # In sudo mode because a sheet of another company cannot be read.
            if record.sheet_id and record.sheet_id.sudo().import_id != record:
                raise ValidationError(self.env._("Choose a sheet of this very file."))

    @api.model
    def _refuse_zeros(self, vals):
        """Refuse texts with a zero byte, which no database keeps.

        :raise UserError: naming the field
        """
        for name in ("file_name", "session_name"):
            if "\0" not in str(vals.get(name) or ""):
                continue
            if name == "file_name":
                raise UserError(
                    self.env._(
                        "The name of the file contains a character that can't be"
                        " stored. Rename the file."
                    )
                )
            raise UserError(
                self.env._(
                    "The default count contains a character that can't be stored. Enter"
                    " it again."
                )
            )

    @api.model
    def _refuse_large(self, vals):
        """Refuse a large file before it is stored, and what is no file at all. Base64
        has four letters for three bytes.

        :raise UserError: naming the limit
        """
        content = vals.get("file")
        if content and not isinstance(content, str | bytes):
            words = self.env["stock.count.import.words"]
            raise UserError(words._describe_file("damaged", {}))
        size = len(content) * 3 // 4 if isinstance(content, str | bytes) else 0
        if size > MAX_FILE:
            words = self.env["stock.count.import.words"]
            megabytes = 1024**2
            params = {"size": size // megabytes, "limit": MAX_FILE // megabytes}
            raise UserError(words._describe_file("too_large", params))

    @api.ondelete(at_uninstall=False)
    def _unlink_if_nothing_imported(self):
        self._refuse_busy()
        if any(r.state == "running" or r.recorded_count for r in self):
            raise UserError(
                self.env._("An import that counted something is evidence and stays.")
            )

    @api.autovacuum
    def _gc_abandoned(self):
        """Delete old files that nobody imported."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search(
            [
                ("state", "in", ("file", "columns", "check", "failed")),
                ("write_date", "<", limit),
                # An import that was taken back may have left entries.
                ("recorded_count", "=", 0),
            ]
        ).unlink()

    # === BUSINESS METHODS === #

    def _check_may_import(self):
        """Check that this user may import this file.

        :raise AccessError: when the user is no counting lead
        """
        check_lead(self, "write")

    def _check_step(self, *states):
        """Check that this import is at one of these steps, without a job.

        :raise UserError: when it is not
        """
        self._refuse_busy()
        if self.state not in states:
            raise UserError(
                self.env._("This import is at another step by now: reload the page.")
            )

    def _refuse_busy(self):
        """Refuse changes while a job works on one of these imports.

        :raise UserError: naming the job
        """
        if self.ids and not self.env.su and (job := self._active_jobs()[:1]):
            raise UserError(job.with_env(self.env)._describe_busy())

    @api.model
    def _find_typists(self, lines):
        """Who imported counts of these lines: what somebody else is said to have
        counted, they have typed."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT unnest(ARRAY[done.create_uid, done.write_uid])
                  FROM stock_count_entry entry
                  JOIN stock_count_import_session_rel rel
                    ON rel.stock_count_session_id = entry.session_id
                  JOIN stock_count_import done ON done.id = rel.stock_count_import_id
                 WHERE entry.line_id = ANY(%s) AND entry.source = 'import'
                """,
                lines.ids,
            )
        )
        return self.env["res.users"].browse(row[0] for row in self.env.cr.fetchall())

    def _active_jobs(self):
        """Active jobs of these imports, in sudo mode: other users' jobs count, too."""
        return self.sudo()._jobs().filtered(lambda job: job.state in ACTIVE_JOB_STATES)

    def _shown_job(self):
        """The last job, if it is active or has failed."""
        return self._jobs()[:1].filtered(
            lambda job: job.state in (*ACTIVE_JOB_STATES, "failed")
        )

    def _jobs(self):
        """The jobs of these imports, the last one first."""
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        return self.env["stock.count.job"].search(domain)

    @api.model
    def _meanings(self):
        """Pairs of a field and its label: what a column may mean."""
        labels = self.env["stock.count.import.words"]._field_labels()
        return [(name, labels[name]) for name in FIELDS]
