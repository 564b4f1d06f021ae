from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.misc import formatLang

from ...const import ACTIVE_JOB_STATES, LEAD
from ...domain.spreadsheet.columns import FIELDS
from ...domain.spreadsheet.open_book import MAX_FILE
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
    """One file of counts: what it contains, what is wrong with it, what became of it.

    Nothing is counted before the last step; until then the file is only looked at.
    """

    _name = "stock.count.import"
    _description = "Cycle Count Import"
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

    # What rows without it are for
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

    # What was found out
    problem_ids = fields.One2many(
        string="Errors and Warnings",
        comodel_name="stock.count.import.problem",
        inverse_name="import_id",
    )
    chunk_ids = fields.One2many(
        comodel_name="stock.count.import.chunk", inverse_name="import_id"
    )
    # Of each count that the file names: name, warehouse_id, session_id.
    targets = fields.Json(readonly=True)
    checked_entry_id = fields.Integer(
        readonly=True,
        copy=False,
        help="The last entry that the check could see: nobody was told of later ones.",
    )
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
    target_text = fields.Char(string="For", compute="_compute_target_text")
    outcome = fields.Char(compute="_compute_outcome")

    # What goes on with it in the background, or failed there
    job_state = fields.Char(compute="_compute_job_state")
    is_checking = fields.Boolean(compute="_compute_job_state")

    # What became of it
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

    @api.depends("targets")
    def _compute_target_text(self):
        for record in self:
            targets = [t for t in record.targets or () if t.get("is_used")]
            made = record._name_new([t for t in targets if not t["session_id"]])
            ids = [t["session_id"] for t in targets if t["session_id"]]
            known = self.env["stock.count.session"].browse(ids).exists()
            texts = [
                made and self.env._("new: %s", record._list_names(made)),
                known and record._list_names(known.mapped("display_name")),
            ]
            record.target_text = "; ".join(text for text in texts if text)

    @api.model
    def _name_new(self, targets):
        """The names of the counts that would be made, with the warehouse where that is
        not the same for all."""
        ids = {target["warehouse_id"] for target in targets}
        if len(ids) < 2:
            return [target["name"] for target in targets]
        Warehouse = self.env["stock.warehouse"]
        return [
            f"{t['name']} ({Warehouse.browse(t['warehouse_id']).display_name})"
            for t in targets
        ]

    @api.model
    def _list_names(self, names):
        """The first names of many."""
        more = len(names) - 5
        text = ", ".join(names[:5])
        return (
            self.env._("%(names)s and %(more)s more", names=text, more=more)
            if (more > 0)
            else text
        )

    @api.depends(
        "state",
        "mode",
        "good_count",
        "known_count",
        "error_count",
        "recorded_count",
        "refused_count",
    )
    def _compute_outcome(self):
        for record in self:
            record.outcome = record._describe_outcome()

    def _describe_outcome(self):
        """One sentence on what would happen, or what has happened."""
        if self.state == "failed":
            return self._describe_failure()
        if self.state == "done":
            return self._describe_success()
        return self._describe_plan() if self.state == "check" else False

    def _describe_failure(self):
        _ = self.env._
        if self.recorded_count:
            return _(
                "All rows were to be taken back, but %s are in counts that were closed"
                " meanwhile and stay there.",
                self._format_number(self.recorded_count),
            )
        if self.refused_count:
            return _("Some rows were refused, so all were taken back. Nothing counts.")
        return _("It was cancelled, so all rows were taken back. Nothing counts.")

    def _describe_success(self):
        _ = self.env._
        if not (self.recorded_count or self.refused_count or self._count_left()):
            return _("Nothing new: every row had been imported before.")
        texts = [_("%s rows were imported.", self._format_number(self.recorded_count))]
        if self.refused_count:
            texts.append(
                _(
                    "%s were refused, because something changed since the check.",
                    self._format_number(self.refused_count),
                )
            )
        if left := self._count_left():
            texts.append(
                _(
                    "%s were left out when it was cancelled: import the file again to"
                    " go on.",
                    self._format_number(left),
                )
            )
        texts.append(self._describe_other_sheets())
        return " ".join(filter(None, texts))

    def _count_left(self):
        """Rows that were to be imported when somebody cancelled it."""
        domain = [("import_id", "=", self.id), ("is_done", "=", False)]
        Chunk = self.env["stock.count.import.chunk"].sudo()
        return Chunk._read_group(domain, [], ["size:sum"])[0][0]

    def _describe_plan(self):
        _ = self.env._
        if self.error_count and not self.good_count:
            return _(
                "Nothing can be imported: every row that is new has errors. Correct"
                " them, and import the file again."
            )
        if self.error_count and self.mode == "all":
            return _(
                "Nothing is imported while rows have errors: correct them, or import"
                " the good rows only."
            )
        if not self.good_count:
            return _("Nothing new: every row has been imported before.")
        good = self._format_number(self.good_count)
        ready = _("%s rows are ready to be imported.", good)
        return " ".join(filter(None, [ready, self._describe_other_sheets()]))

    def _describe_other_sheets(self):
        """A workbook is not in as a whole after one of its sheets is."""
        others = self.sheet_ids.filtered("has_counts") - self.sheet_id
        if not others:
            return ""
        return self.env._(
            "Only sheet %(sheet)s is imported; these have counts, too, and are imported"
            " each on its own: %(others)s.",
            sheet=self.sheet_id.name,
            others=self._list_names(others.mapped("name")),
        )

    @api.model
    def _format_number(self, number):
        """As people write it: 95,000."""
        return formatLang(self.env, number, digits=0)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_readonly({n for vals in vals_list for n in vals} - {"company_id"})
        for vals in vals_list:
            self._refuse_large(vals)
        clean = without_defaults(self, self._readonly_names() - {"company_id"})
        unindexed = clean.with_context(count_unindexed=True)
        records = super(StockCountImport, unindexed).create(vals_list)
        for record, vals in zip(records, vals_list, strict=True):
            if vals.get("file"):
                record._take_file()
        return records.with_env(self.env)

    def write(self, vals):
        """The steps are taken by buttons; what was imported stays as it is."""
        self._refuse_readonly(vals)
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
        """The fields that only the steps write."""
        names = {f.name for f in self._fields.values() if f.readonly and not f.compute}
        return names | {"problem_ids", "chunk_ids", "sheet_ids"}

    def _refuse_late(self, vals):
        """What a check was made with stays until somebody goes back, or it would say
        what nobody has checked."""
        if not self.env.su and vals.keys() - {"mode"} and "file" not in vals:
            for record in self:
                record._check_step("file", "columns")

    @api.constrains("sheet_id")
    def _check_sheet_id(self):
        for record in self:
            # In sudo mode because that of another company cannot be read.
            if record.sheet_id and record.sheet_id.sudo().import_id != record:
                raise ValidationError(self.env._("Choose a sheet of this very file."))

    @api.model
    def _refuse_large(self, vals):
        """Before it is stored: four letters stand for three bytes."""
        content = vals.get("file")
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
        """Files that nobody imported are not kept for ever."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search(
            [
                ("state", "in", ("file", "columns", "check", "failed")),
                ("write_date", "<", limit),
                # What is in counts that were closed before it was taken back stays.
                ("recorded_count", "=", 0),
            ]
        ).unlink()

    # === BUSINESS METHODS === #

    @api.private
    def ensure_one(self):
        """A verb for one import says so in words: it is called by RPC, too."""
        if len(self) != 1:
            raise UserError(self.env._("Choose one import."))
        return self

    def _check_may_import(self):
        if not self.env.su and not self.env.user.has_group(LEAD):
            raise AccessError(self.env._("Only a counting lead may do this."))
        self.check_access("write")

    def _check_step(self, *states):
        self._refuse_busy()
        if self.state not in states:
            raise UserError(
                self.env._("This import is at another step by now: reload the page.")
            )

    def _refuse_busy(self):
        """What is looked at in the background stays as it is meanwhile.

        :raise UserError: saying how far it is
        """
        if self.ids and not self.env.su and (job := self._active_jobs()[:1]):
            raise UserError(job.with_env(self.env)._describe_busy())

    def _active_jobs(self):
        """In sudo mode, so that nobody changes what somebody else has checked."""
        return self.sudo()._jobs().filtered(lambda job: job.state in ACTIVE_JOB_STATES)

    def _shown_job(self):
        """The last job, while somebody should know of it."""
        return self._jobs()[:1].filtered(
            lambda job: job.state in (*ACTIVE_JOB_STATES, "failed")
        )

    def _jobs(self):
        """What was done with these in the background, the last first."""
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        return self.env["stock.count.job"].search(domain)

    @api.model
    def _meanings(self):
        labels = self.env["stock.count.import.words"]._field_labels()
        return [(name, labels[name]) for name in FIELDS]
