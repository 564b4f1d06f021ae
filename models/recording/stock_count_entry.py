import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...const import LEAD
from ..shared.reference_field import Reference

# The values that an entry's digest covers, in this order. ``withdraws`` is a uuid.
DIGESTED = (
    "uuid",
    "session_id",
    "line_id",
    "round",
    "operation",
    "qty",
    "uom_id",
    "product_qty",
    "withdraws",
    "serial2",
    "rfid",
    "note",
    "counted_at",
    "user_id",
    "device",
    "source",
    "parts",
)
_encode = json.JSONEncoder(default=str).encode


class StockCountEntry(models.Model):
    """An entry: one observation, as a person made it.

    An entry can be withdrawn by another entry. Nobody edits or deletes it.
    """

    _name = "stock.count.entry"
    _inherit = ["stock.count.append.only"]
    _description = "Count Entry"
    _order = "counted_at desc, stamp desc"
    _rec_name = "uuid"
    _log_access = False

    line_id = fields.Many2one(
        comodel_name="stock.count.line",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    # The session of the line.
    session_id = Reference(
        comodel_name="stock.count.session", required=True, readonly=True, index=True
    )
    company_id = fields.Many2one(related="session_id.company_id")
    uuid = fields.Char(string="Identifier", required=True, readonly=True)
    round = fields.Integer(required=True, readonly=True, aggregator=None)
    operation = fields.Selection(
        selection=[("add", "Add"), ("set", "Set"), ("withdraw", "Withdraw")],
        required=True,
        readonly=True,
    )
    qty = fields.Float(
        string="Quantity", digits="Product Unit", readonly=True, aggregator=None
    )
    uom_id = fields.Many2one(
        string="Unit", comodel_name="uom.uom", readonly=True, ondelete="restrict"
    )
    product_qty = fields.Float(
        string="Quantity in Product Unit", digits="Product Unit", readonly=True
    )
    withdrawn_id = fields.Many2one(
        string="Withdraws", comodel_name="stock.count.entry", readonly=True
    )
    serial2 = fields.Char(readonly=True)
    parts = fields.Char(
        readonly=True, help="Quantities and units that were added up, as JSON."
    )
    parts_text = fields.Char(string="In Parts", compute="_compute_parts_text")
    rfid = fields.Char(string="RFID Tag", readonly=True)
    note = fields.Char(readonly=True)

    # Who, when, with what
    counted_at = fields.Datetime(required=True, readonly=True)
    recorded_at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one(
        string="Counted By", comodel_name="res.users", required=True, readonly=True
    )
    device = fields.Char(readonly=True)
    source = fields.Selection(
        selection=[
            ("sheet", "Count sheet"),
            ("app", "Counting app"),
            ("import", "Import"),
            ("api", "API"),
        ],
        required=True,
        readonly=True,
    )
    digest = fields.Char(readonly=True, help="SHA-256 over what was recorded.")

    # The book as the recording transaction read it, and that transaction
    book_qty = fields.Float(digits="Product Unit", readonly=True, groups=LEAD)
    picked_qty = fields.Float(
        string="Ticked as Picked", digits="Product Unit", readonly=True, groups=LEAD
    )
    stamp = fields.Integer(required=True, readonly=True, aggregator=None)
    xid = fields.Char(required=True, readonly=True)
    snapshot = fields.Char(required=True, readonly=True)
    late = fields.Boolean(
        readonly=True,
        help="Recorded later than it was counted (a device without network).",
    )

    _one_per_uuid = models.Constraint(
        "UNIQUE (uuid)", "An entry with this identifier is recorded already."
    )
    _quantity_is_not_negative = models.Constraint(
        "CHECK (qty >= 0 AND product_qty >= 0)", "Nobody counts less than nothing."
    )
    _withdraw_names_an_entry = models.Constraint(
        "CHECK ((operation = 'withdraw') = (withdrawn_id IS NOT NULL))",
        "A withdrawal names the entry that it takes back.",
    )
    _withdrawn_once = models.UniqueIndex(
        "(withdrawn_id) WHERE withdrawn_id IS NOT NULL",
        "This entry is withdrawn already.",
    )
    _line_index = models.Index("(line_id, round)")
    # For the app: what is new since a device last asked.
    _recorded_index = models.Index("(session_id, recorded_at)")

    # === COMPUTE METHODS === #

    @api.depends("parts")
    def _compute_parts_text(self):
        for entry in self:
            entry.parts_text = " + ".join(
                f"{qty:g} {uom.name}" for qty, uom in entry._read_parts()
            )

    # === CRUD METHODS === #

    def _refuse_change(self):
        raise AccessError(
            self.env._(
                "What was counted is evidence: it is recorded by counting, can be"
                " withdrawn, and is never edited or deleted."
            )
        )

    # === BUSINESS METHODS === #

    def _read_parts(self):
        """The parts that this entry adds up (Option 174); empty without parts.

        :return: list of pairs (quantity, ``uom.uom``)
        """
        Uom = self.env["uom.uom"]
        return [
            (qty, Uom.browse(uom_id or self.uom_id.id))
            for qty, uom_id in json.loads(self.parts or "[]")
        ]

    @api.model
    def _digest(self, values):
        """SHA-256 of what was recorded.

        :param dict values: with all names in ``DIGESTED``
        :return: hexadecimal digits
        """
        text = _encode([values[name] for name in DIGESTED])
        return hashlib.sha256(text.encode()).hexdigest()
