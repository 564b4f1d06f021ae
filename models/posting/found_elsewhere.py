from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import SETTLED_STATES, UNPOSTED_COUNT_STATES


class StockCountPoster(models.AbstractModel):
    """Location moves (P3): a thing that was found in another place than it is booked.

    It gets one move between the two places, and neither an issue nor a receipt.
    """

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.poster"

    # === BUSINESS METHODS === #

    @api.model
    def _read_places(self, lines):
        """Read where found serial numbers and packages are booked, if not here.

        :return: dict line id → list of dicts, one for each quant. ``whole`` is True for
            a quant in the package that was found
        """
        self.env["stock.count.book"]._flush()
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id AS line_id, quant.id, quant.product_id,
                       quant.location_id, quant.lot_id, quant.package_id,
                       quant.owner_id, quant.quantity, location.usage,
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
        """Post all location moves: of serial numbers, packages and accepted matches.

        :param dict places: see ``_read_places``
        :return: whether anything was moved
        """
        if places:
            self._post_location_moves(lines, places, verdicts, outcome)
        self._post_matches(lines, verdicts, outcome)
        return bool(outcome.move_ids)

    @api.model
    def _post_matches(self, lines, verdicts, outcome):
        """Post the location moves that a person accepted.

        If one side has changed or is not posted now, both sides fail.
        """
        matches = self._find_accepted(lines)
        if not matches:
            return
        going_on = set(outcome.going_on(lines).ids)
        left = {i: verdict.variance for i, (_fact, verdict) in verdicts.items()}
        fitting = []
        for match in matches:
            if self._take_match(match, going_on, left):
                fitting.append(match)
            else:
                self._void_match(match, going_on, outcome)
        self._isolate(
            [match for match in fitting if self._is_going_on(match, going_on)],
            lambda some: self._move_matches(some, outcome),
            outcome,
            lambda match, message, outcome: self._fail(
                match.shortage_line_id | match.overage_line_id, message, outcome
            ),
        )

    @api.model
    def _find_accepted(self, lines):
        """The accepted matches with one of these lines, which are of one session."""
        Match = self.env["stock.count.match"]
        accepted = Domain("session_id", "=", lines[:1].session_id.id)
        accepted &= Domain("state", "=", "accepted")
        # Most sessions have none, and this question is answered faster.
        if not Match.search_count(accepted, limit=1):
            return Match
        ends = Domain("shortage_line_id", "in", lines.ids)
        ends |= Domain("overage_line_id", "in", lines.ids)
        return Match.search(accepted & ends)

    @api.model
    def _take_match(self, match, going_on, left):
        """Take the quantity of a match from what is left of both lines' variances.

        :param set going_on: ids of the lines that are still to be posted
        :param dict left: line id → product units; changed in place
        :return: whether both lines are posted and have that much left
        """
        short, over = match.shortage_line_id.id, match.overage_line_id.id
        fits = {short, over} <= going_on and -left[short] >= match.qty <= left[over]
        if fits:
            left[short] += match.qty
            left[over] -= match.qty
        return fits

    @api.model
    def _void_match(self, match, going_on, outcome):
        """Void a match that does not fit, and fail those of its lines that go on."""
        match.state = "void"
        for line in match.shortage_line_id | match.overage_line_id:
            if line.id in going_on:
                self._fail(line, self._mismatch_message(match, line), outcome)
                going_on.discard(line.id)

    @api.model
    def _is_going_on(self, match, going_on):
        """Whether both lines of a match are still to be posted."""
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
        """Make one move for each match, between the locations of its lines."""
        values = [self._prepare_match_move(match) for match in matches]
        self._do_location_moves(values, outcome)
        for match in matches:
            match.state = "posted"
            outcome.moved[match.overage_line_id.id] += match.qty
            outcome.moved[match.shortage_line_id.id] -= match.qty

    @api.model
    def _prepare_match_move(self, match):
        source, dest = match.shortage_line_id, match.overage_line_id
        return self._prepare_move(
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

    @api.model
    def _post_location_moves(self, lines, places, verdicts, outcome):
        """Move serial numbers and packages to where they were found.

        This settles the shortage at the other place, even if its line is not posted.

        :return: whether anything was moved
        """
        found = outcome.going_on(lines).filtered(
            lambda line: line.id in places and verdicts[line.id][1].variance > 0
        )
        self._refuse_booked_outside(outcome.going_on(found), places, outcome)
        self._settle_booked_twice(outcome.going_on(found), lines, places, outcome)
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
        """Fail lines whose thing is booked at a customer or a supplier: it needs a
        return, no location move."""
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
    def _settle_booked_twice(self, found, lines, places, outcome):
        """A serial number that old data books in several places is in one of them.

        It moves from the first place; from the others it is issued by their own lines,
        which have to be posted with it: nobody else says that it is not there (P27).

        :param found: the lines that found something elsewhere
        :param lines: all that are posted together
        """
        for line in found.filtered("lot_id"):
            booked = [p for p in places[line.id] if p["lot_id"] == line.lot_id.id]
            if len(booked) < 2 or any(place["whole"] for place in booked):
                continue
            counted = outcome.going_on(lines).filtered(
                lambda other, line=line: (
                    other.lot_id == line.lot_id and not other.found_qty
                )
            )
            others = {place["location_id"] for place in booked}
            if others <= set(counted.location_id.ids):
                places[line.id] = booked[:1]
            else:
                self._fail(
                    line,
                    self._booked_twice_message(line, booked),
                    outcome,
                    kind="serial_elsewhere",
                )

    @api.model
    def _booked_twice_message(self, line, booked):
        return self.env._(
            "%(serial)s is booked %(times)s times, at %(places)s, but can only be in"
            " one place. Count it as 0 at each of them in this count, then post all"
            " these lines together.",
            serial=line.lot_display,
            times=len(booked),
            places=", ".join(map(self._location_name, booked)),
        )

    @api.model
    def _refuse_moved_since(self, lines, outcome):
        """Fail lines whose package a transfer moved, filled or emptied after the
        count."""
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
        """Move the things of units, see ``_post_location_moves``.

        :param list units: recordsets of lines, each of one package or one serial number
        :raise UserError: when a package was found in several places
        """
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
        moves = self._do_location_moves(values, outcome)
        for value in values:
            outcome.moved[value["count_line_id"]] += value["product_uom_qty"]
        left = self._place_in_containers(moves.move_line_ids.result_package_id)
        for move in moves.filtered(lambda move: move.move_line_ids.package_id in left):
            move.count_container_id = left[move.move_line_ids.package_id]

    @api.model
    def _read_seen_packages(self, units):
        """Unposted lines of the session that found goods in these units' packages.

        :return: dict package → lines
        """
        lines = self.env["stock.count.line"].union(*units)
        domain = [
            ("session_id", "in", lines.session_id.ids),
            ("package_id", "in", lines.package_id.ids),
            ("is_counted", "=", True),
            ("found_qty", ">", 0),
            ("state", "not in", SETTLED_STATES),
        ]
        return lines.search(domain).grouped("package_id") if lines.package_id else {}

    @api.model
    def _prepare_location_moves(self, lines, places):
        """Values of a move for each quant, to the location where a line found it."""
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
        """Fail shortages of serial numbers and packages that were found elsewhere.

        Posting the line of the session that found them moves them there.
        """
        missing = self._find_missing_things(lines, verdicts)
        self._await_packages(missing, lines, outcome)
        missing = outcome.going_on(missing).filtered("lot_id")
        if not missing:
            return
        seen = self._find_lines_that_saw(missing, lines)
        for line in missing.filtered(lambda line: line.lot_id in seen):
            place = seen[line.lot_id][0].location_id
            self._fail_as_seen(line, line.lot_display, place, outcome)

    @api.model
    def _find_missing_things(self, lines, verdicts):
        """The lines with a shortage of a serial number or in a package."""
        shortages = self._of_kind(lines, verdicts, "post").filtered(
            lambda line: verdicts[line.id][1].variance < 0
        )
        serial = Domain("product_id.tracking", "=", "serial")
        packed = Domain("package_id", "!=", False)
        return lines.search(Domain("id", "in", shortages.ids) & (serial | packed))

    @api.model
    def _find_lines_that_saw(self, missing, lines):
        """Unposted lines that found the serial numbers of ``missing``, by lot.

        :param lines: those that are posted now, which are left out
        """
        return lines.search(
            [
                ("session_id", "=", missing.session_id.id),
                ("lot_id", "in", missing.lot_id.ids),
                ("serial_seen", "=", True),
                ("state", "in", UNPOSTED_COUNT_STATES),
                ("id", "not in", lines.ids),
            ]
        ).grouped("lot_id")

    @api.model
    def _await_packages(self, missing, lines, outcome):
        """Fail lines of an empty package that was found elsewhere in the session."""
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
