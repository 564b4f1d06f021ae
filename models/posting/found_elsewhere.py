from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL


class StockCountPoster(models.AbstractModel):
    """What was found in another place than it is booked at: one move between the two,
    neither an issue nor a receipt (P3)."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.poster"

    # === BUSINESS METHODS === #

    @api.model
    def _read_places(self, lines):
        """Where serial numbers and packages that were found are booked instead.

        :return: dict line id → rows of quants
        """
        self.env["stock.count.book"]._flush()
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id AS line_id, quant.id, quant.product_id,
                    quant.location_id,
                       quant.lot_id, quant.package_id, quant.owner_id, quant.quantity,
                       location.usage,
                       COALESCE(quant.package_id = line.package_id, FALSE) AS whole
                  FROM stock_count_line line
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template
                      ON template.id = product.product_tmpl_id
                  JOIN stock_quant quant ON quant.quantity > 0 AND (
                       (template.tracking = 'serial' AND quant.lot_id = line.lot_id)
                       OR quant.package_id = line.package_id)
                  JOIN stock_location location ON location.id = quant.location_id
                 WHERE line.id = ANY(%s) AND line.found_qty > 0
                   AND (line.package_id IS NOT NULL OR line.lot_id IS NOT NULL)
                   AND location.usage <> 'inventory'
                   AND (quant.location_id <> line.location_id
                        OR (quant.lot_id = line.lot_id AND COALESCE(quant.package_id, 0)
                            <> COALESCE(line.package_id, 0)))
                 ORDER BY line.id, quant.id
                """,
                lines.ids,
            )
        )
        places = defaultdict(list)
        for row in self.env.cr.dictfetchall():
            places[row["line_id"]].append(row)
        return places

    @api.model
    def _post_moves(self, lines, places, verdicts, outcome):
        """Everything that is moved between places of the session or into it.

        :return: whether anything moved
        """
        if places:
            self._post_location_moves(lines, places, verdicts, outcome)
        self._post_matches(lines, verdicts, outcome)
        return bool(outcome.move_ids)

    @api.model
    def _post_matches(self, lines, verdicts, outcome):
        """Post the location moves that a person accepted.

        If one side changed since or is not posted with it, both sides are returned.
        """
        Match = self.env["stock.count.match"]
        # Few counts have any, and one posting has the lines of one session.
        accepted = Domain("session_id", "=", lines[:1].session_id.id)
        accepted &= Domain("state", "=", "accepted")
        if not Match.search_count(accepted, limit=1):
            return
        ends = Domain("shortage_line_id", "in", lines.ids)
        ends |= Domain("overage_line_id", "in", lines.ids)
        matches = Match.search(accepted & ends)
        going_on = set(outcome.going_on(lines).ids)
        left = {i: verdict.variance for i, (_fact, verdict) in verdicts.items()}
        fitting = matches.browse()
        for match in matches:
            ends = match.shortage_line_id | match.overage_line_id
            short, over = match.shortage_line_id.id, match.overage_line_id.id
            if (
                going_on.issuperset(ends.ids)
                and -left[short] >= match.qty <= left[over]
            ):
                left[short] += match.qty
                left[over] -= match.qty
                fitting |= match
                continue
            match.state = "void"
            for line in ends.filtered(lambda line: line.id in going_on):
                self._fail(line, self._mismatch_message(match, line), outcome)
                going_on.discard(line.id)
        self._isolate(
            list(fitting.filtered(lambda m: self._is_going_on(m, going_on))),
            lambda some: self._move_matches(some, outcome),
            outcome,
            lambda match, message, outcome: self._fail(
                match.shortage_line_id | match.overage_line_id, message, outcome
            ),
        )

    @api.model
    def _is_going_on(self, match, going_on):
        return {match.shortage_line_id.id, match.overage_line_id.id} <= going_on

    @api.model
    def _mismatch_message(self, match, line):
        other = (match.shortage_line_id | match.overage_line_id) - line
        return self.env._(
            "Its location move does not fit any more: %s changed, or is not posted with"
            " it. Propose moves again.",
            other.display_name,
        )

    @api.model
    def _move_matches(self, matches, outcome):
        values = []
        for match in matches:
            source, dest = match.shortage_line_id, match.overage_line_id
            values.append(
                self._prepare_move(
                    dest,
                    match.qty,
                    product_id=dest.product_id.id,
                    location_id=source.location_id.id,
                    location_dest_id=dest.location_id.id,
                    lot_id=dest.lot_id.id,
                    owner_id=dest.owner_id.id,
                    package_id=False,
                    result_package_id=False,
                )
            )
            match.state = "posted"
        self._do_location_moves(values, outcome)
        for match in matches:
            outcome.moved[match.overage_line_id.id] += match.qty
            outcome.moved[match.shortage_line_id.id] -= match.qty

    @api.model
    def _post_location_moves(self, lines, places, verdicts, outcome):
        """Serial numbers and packages found elsewhere move: one move, no issue and
        receipt.

        The shortage at the other end is gone with it, whether its line is posted or
        not.

        :return: whether anything moved
        """
        found = outcome.going_on(lines).filtered(
            lambda line: line.id in places and verdicts[line.id][1].variance > 0
        )
        self._refuse_booked_outside(outcome.going_on(found), places, outcome)
        self._refuse_moved_since(outcome.going_on(found), outcome)
        units = outcome.going_on(found).grouped(lambda line: line.package_id or line)
        self._isolate(
            list(units.values()),
            lambda some: self._move_units(some, places, outcome),
            outcome,
        )
        return bool(outcome.move_ids)

    @api.model
    def _refuse_booked_outside(self, lines, places, outcome):
        """What is booked at a customer or supplier is a return or a mistake, never
        found stock."""
        for line in lines:
            for place in places[line.id]:
                if place["usage"] in ("customer", "supplier"):
                    message = self.env._(
                        "%(serial)s is booked at %(location)s: receive it by a return,"
                        " then count it again.",
                        serial=line.lot_display or line.package_id.display_name,
                        location=self._location_name(place),
                    )
                    self._fail(line, message, outcome, kind="serial_elsewhere")
                    break

    @api.model
    def _refuse_moved_since(self, lines, outcome):
        """A package that a transfer moved after it was seen is where that took it, or
        holds what that left."""
        packed = lines.filtered("package_id")
        if not packed:
            return
        moved = self.env["stock.count.book"]._read_moved_packages(packed.ids)
        for line in packed.browse(moved):
            message = self.env._(
                "%(package)s was moved since it was counted here, by %(transfer)s:"
                " count it again.",
                package=line.package_id.display_name,
                transfer=moved[line.id] or self.env._("a transfer"),
            )
            self._fail(line, message, outcome)

    @api.model
    def _location_name(self, place):
        return self.env["stock.location"].browse(place["location_id"]).display_name

    @api.model
    def _move_units(self, units, places, outcome):
        values = []
        seen = self._read_seen_packages(units)
        for lines in units:
            found_at = seen.get(lines.package_id, lines).location_id
            if lines.package_id and len(found_at) > 1:
                raise UserError(
                    self.env._(
                        "Package %(package)s was found in several places: %(places)s."
                        " Count it again.",
                        package=lines.package_id.display_name,
                        places=", ".join(found_at.mapped("display_name")),
                    )
                )
            values += self._prepare_location_moves(lines, places)
        self._do_location_moves(values, outcome)
        for value in values:
            outcome.moved[value["count_line_id"]] += value["product_uom_qty"]

    @api.model
    def _read_seen_packages(self, units):
        """The lines of the session that found something in these units' packages, also
        where they are booked, by package."""
        lines = self.env["stock.count.line"].union(*units)
        domain = [
            ("session_id", "in", lines.session_id.ids),
            ("package_id", "in", lines.package_id.ids),
            ("is_counted", "=", True),
            ("found_qty", ">", 0),
            ("state", "not in", ("posted", "superseded")),
        ]
        return lines.search(domain).grouped("package_id") if lines.package_id else {}

    @api.model
    def _prepare_location_moves(self, lines, places):
        """One move per quant that has to go where the lines were found."""
        quants = {}
        for line in lines:
            self._check_reason(line, 1)
            for place in places[line.id]:
                if place["usage"] in ("internal", "transit"):
                    own = place["lot_id"] == line.lot_id.id
                    if own or place["id"] not in quants:
                        quants[place["id"]] = (line, place)
        return [
            self._prepare_move(
                line,
                place["quantity"] if place["whole"] else 1,
                location_id=place["location_id"],
                location_dest_id=line.location_id.id,
                product_id=place["product_id"],
                lot_id=place["lot_id"],
                owner_id=place["owner_id"],
                package_id=place["package_id"],
                result_package_id=line.package_id.id,
            )
            for line, place in quants.values()
        ]

    @api.model
    def _await_sightings(self, lines, verdicts, outcome):
        """A serial number or package missing here that was seen elsewhere in the
        session is not issued: it moves when the line that saw it is posted."""
        shortages = self._of_kind(lines, verdicts, "post").filtered(
            lambda line: verdicts[line.id][1].variance < 0
        )
        missing = lines.search(
            Domain("id", "in", shortages.ids)
            & (
                Domain("product_id.tracking", "=", "serial")
                | Domain("package_id", "!=", False)
            )
        )
        self._await_packages(missing, lines, outcome)
        missing = outcome.going_on(missing).filtered("lot_id")
        if not missing:
            return
        seen = (
            self.env["stock.count.line"]
            .search(
                [
                    ("session_id", "=", missing.session_id.id),
                    ("lot_id", "in", missing.lot_id.ids),
                    ("serial_seen", "=", True),
                    ("state", "in", ("counted", "held", "failed")),
                    ("id", "not in", lines.ids),
                ]
            )
            .grouped("lot_id")
        )
        for line in missing.filtered(lambda line: line.lot_id in seen):
            place = seen[line.lot_id][0].location_id
            self._fail_as_seen(line, line.lot_display, place, outcome)

    @api.model
    def _await_packages(self, missing, lines, outcome):
        """Nothing of these packages is here, but there."""
        empty = missing.filtered(lambda line: line.package_id and not line.found_qty)
        seen = self._read_seen_packages([empty]) if empty else {}
        for line in empty:
            elsewhere = seen.get(line.package_id, empty.browse()).filtered(
                lambda rival, line=line: (
                    rival.location_id != line.location_id and rival not in lines
                )
            )
            if elsewhere:
                name, place = line.package_id.display_name, elsewhere[0].location_id
                self._fail_as_seen(line, name, place, outcome)

    @api.model
    def _fail_as_seen(self, line, name, place, outcome):
        message = self.env._(
            "%(thing)s was seen at %(location)s in this count: post that line, which"
            " moves it there.",
            thing=name,
            location=place.display_name,
        )
        self._fail(line, message, outcome, kind="serial_elsewhere")
