from odoo import api, fields, models
from odoo.tools.misc import formatLang


class StockCountImport(models.Model):
    """Texts of an import: what it would do, or what it has done."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.import"

    target_text = fields.Char(string="For", compute="_compute_target_text")
    outcome = fields.Char(compute="_compute_outcome")

    # === COMPUTE METHODS === #

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

    # === BUSINESS METHODS === #

    @api.model
    def _name_new(self, targets):
        """The names of the sessions that would be made.

        Each has the name of its warehouse, unless it is the same for all.

        :param list targets: those without a session
        """
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
        """The first names, and how many more there are."""
        more = len(names) - 5
        text = ", ".join(names[:5])
        if more <= 0:
            return text
        return self.env._("%(names)s and %(more)s more", names=text, more=more)

    def _describe_outcome(self):
        """What the import would do, or has done."""
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
        left = self._count_left()
        if not (self.recorded_count or self.refused_count or left):
            return _("Nothing new: every row had been imported before.")
        texts = [
            _("%s rows were imported.", self._format_number(self.recorded_count)),
            self.refused_count
            and _(
                "%s were refused, because something changed since the check.",
                self._format_number(self.refused_count),
            ),
            left
            and _(
                "%s were left out when it was cancelled: import the file again to go"
                " on.",
                self._format_number(left),
            ),
            self._describe_other_sheets(),
        ]
        return " ".join(filter(None, texts))

    def _count_left(self):
        """Number of rows that were left when the import was cancelled."""
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
        """A sentence that names the other sheets with counts, or ""."""
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
        """A number with separators of thousands, as in 95,000."""
        return formatLang(self.env, number, digits=0)
