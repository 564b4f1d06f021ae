import logging
from collections import Counter, defaultdict
from copy import deepcopy
from dataclasses import dataclass, field

from psycopg2 import IntegrityError, OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

CHUNK = 500
POSTABLE_STATES = ("counted", "held", "failed", "superseded")


@dataclass
class Outcome:
    """What became of the checked lines.

    ``counts`` has ``posted``, ``moves``, ``held``, ``superseded``, ``failed``,
    ``taken`` (posted by somebody else meanwhile) and ``unreserved`` (product units).
    ``stopped`` are the ids of lines that go no further in this posting, ``problems``
    the kind of exception that a failed one raises, ``moved`` the units that location
    moves brought, by line id. ``reserved`` is what other moves had reserved before.
    """

    counts: Counter = field(default_factory=Counter)
    stopped: set = field(default_factory=set)
    moved: Counter = field(default_factory=Counter)
    move_ids: list = field(default_factory=list)
    problems: dict = field(default_factory=dict)
    reserved: dict = field(default_factory=dict)

    def stop(self, kind, lines):
        """The lines go no further; ``kind`` says why."""
        self.counts[kind] += len(lines)
        self.stopped.update(lines.ids)

    def going_on(self, lines):
        """The lines that were not stopped."""
        return lines.browse(i for i in lines.ids if i not in self.stopped)


class StockCountPoster(models.AbstractModel):
    """The one door through which counts change stock, as done stock moves.

    A line without a variance costs nothing: the count itself is the evidence.
    """

    _name = "stock.count.poster"
    _description = "Count Poster"

    # === BUSINESS METHODS === #

    @api.model
    def _post(self, session):
        """Post the checked, counted lines of a session.

        Rights have been checked; everything else is recomputed here, in the transaction
        that posts, never taken from a screen.

        :rtype: Outcome
        :raise UserError: when no counted line is checked
        """
        # In sudo mode because a counting lead need not be an Inventory user.
        poster = self.sudo().with_company(session.company_id)
        session = session.sudo()
        checked = poster._find_lines(session)
        if not checked:
            raise UserError(
                self.env._(
                    "No counted line is checked to be posted: tick Post on the lines,"
                    " or use Check All."
                )
            )
        outcome = poster._post_lines(checked)
        poster._finish(session, outcome.counts)
        poster._finish_lines(session, checked, outcome)
        return outcome

    @api.model
    def _post_lines(self, lines):
        """Post checked lines, all that belong together among them.

        :rtype: Outcome
        """
        outcome = Outcome()
        self._create_lots(lines, outcome)
        lines = outcome.going_on(lines)
        places = self._read_places(lines)
        self._close_fences(lines, places)
        verdicts = self._judge(lines, outcome)
        if self._post_moves(lines, places, verdicts, outcome):
            # What was moved changed the book at both ends.
            verdicts = self._judge(outcome.going_on(lines), outcome)
        self._await_sightings(outcome.going_on(lines), verdicts, outcome)
        self._post_variances(outcome.going_on(lines), verdicts, outcome)
        return outcome

    @api.model
    def _find_lines(self, session):
        # What is asked of every line is read at once; a line is wide, and most of them
        # have nothing to post.
        return self.env["stock.count.line"].search_fetch(
            self._postable_domain(session), ["location_id", "lot_id", "lot_name"]
        )

    @api.model
    def _postable_domain(self, session):
        return [
            ("session_id", "=", session.id),
            ("to_post", "=", True),
            ("is_counted", "=", True),
            ("state", "in", POSTABLE_STATES),
        ]

    @api.model
    def _close_fences(self, lines, places):
        """Nothing else corrects or counts these places until this is committed."""
        elsewhere = {row["location_id"] for rows in places.values() for row in rows}
        self.env["stock.count.fence"]._close(elsewhere.union(lines.location_id.ids))

    @api.model
    def _finish(self, session, counts):
        """What is done once for the session."""
        session.write(
            {"posted_at": fields.Datetime.now(), "posted_by_id": self.env.uid}
        )
        session._update_state_after_posting()
        session._log_action(session._describe_outcome(counts))

    @api.model
    def _finish_lines(self, session, lines, outcome):
        """What is done once for the lines of a transaction, not once per chunk."""
        lines._keep_serial2()
        self._reserve_what_was_found(outcome)
        Promises = self.env["stock.count.promise"]
        lost = Promises._read_lost(outcome.reserved)
        if lost:
            session._log_action(
                self.env._("Reservations freed: %s", Promises._describe(lost))
            )
        self.env["stock.count.watch"]._after_posting(session, lines, outcome, lost)

    @api.model
    def _reserve_what_was_found(self, outcome):
        """Let transfers that wait have what is there now, once for each thing."""
        moves = self.env["stock.move"].browse(outcome.move_ids)
        found = moves.filtered(lambda move: move.location_dest_id.usage != "inventory")
        things = found.grouped(lambda move: (move.product_id, move.location_dest_id))
        moves.browse(same[:1].id for same in things.values())._trigger_assign()

    # === LOTS === #

    @api.model
    def _create_lots(self, lines, outcome):
        """Make the lots that were counted by a name nobody had booked yet."""
        named = lines.filtered(lambda line: line.lot_name and not line.lot_id)
        units = list(
            named.grouped(lambda line: (line.product_id, line.lot_name)).values()
        )
        self._isolate(units, self._create_some_lots, outcome)

    @api.model
    def _create_some_lots(self, units):
        Lot = self.env["stock.lot"]
        named = self.env["stock.count.line"].union(*units)
        lots = Lot.search(
            [
                ("product_id", "in", named.product_id.ids),
                ("name", "in", named.mapped("lot_name")),
                ("company_id", "in", (False, self.env.company.id)),
            ]
        )
        known = {(lot.product_id, lot.name): lot for lot in lots}
        for same in units:
            product, name = same.product_id, same[0].lot_name
            lot = known.get((product, name)) or Lot.create(
                self._prepare_lot(product, name)
            )
            self._refuse_counted_twice(same, lot)
            same._internal().write({"lot_id": lot.id, "lot_name": False})
        self.env.flush_all()

    @api.model
    def _refuse_counted_twice(self, lines, lot):
        """A lot counted by its name, then made by somebody else and counted again."""
        counted = {
            self._place_of(line)
            for line in lines.session_id.line_ids.filtered(
                lambda line: line.lot_id == lot
            )
        }
        for line in lines.filtered(lambda line: self._place_of(line) in counted):
            raise UserError(
                self.env._(
                    "%(lot)s was counted twice at %(location)s, the first time before"
                    " it existed: withdraw one of the counts.",
                    lot=lot.name,
                    location=line.location_id.display_name,
                )
            )

    @api.model
    def _place_of(self, line):
        return line.location_id, line.package_id, line.owner_id

    @api.model
    def _prepare_lot(self, product, name):
        company = product.company_id and self.env.company
        return {
            "name": name,
            "product_id": product.id,
            "company_id": company.id if company else False,
        }

    # === LOCATION MOVES === #

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
        matches = self.env["stock.count.match"].search(
            [
                ("session_id", "in", lines.session_id.ids),
                ("state", "=", "accepted"),
                "|",
                ("shortage_line_id", "in", lines.ids),
                ("overage_line_id", "in", lines.ids),
            ]
        )
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
        self._do_moves(values, outcome)
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
    def _location_name(self, place):
        return self.env["stock.location"].browse(place["location_id"]).display_name

    @api.model
    def _move_units(self, units, places, outcome):
        values = []
        for lines in units:
            if lines.package_id and len(lines.location_id) > 1:
                raise UserError(
                    self.env._(
                        "Package %(package)s was found in several places: %(places)s."
                        " Count it again.",
                        package=lines.package_id.display_name,
                        places=", ".join(lines.location_id.mapped("display_name")),
                    )
                )
            values += self._prepare_location_moves(lines, places)
        self._do_moves(values, outcome)
        for value in values:
            outcome.moved[value["count_line_id"]] += value["product_uom_qty"]

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
        """A serial number missing here that was seen elsewhere in the session is not
        issued: it moves when the line that saw it is posted."""
        missing = self._of_kind(lines, verdicts, "post").filtered(
            lambda line: line.tracking == "serial" and verdicts[line.id][1].variance < 0
        )
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
            message = self.env._(
                "%(serial)s was seen at %(location)s in this count: post that line,"
                " which moves it there.",
                serial=line.lot_display,
                location=seen[line.lot_id][0].location_id.display_name,
            )
            self._fail(line, message, outcome, kind="serial_elsewhere")

    # === VARIANCES === #

    @api.model
    def _judge(self, lines, outcome):
        """Judge the lines now; what must not be posted is stopped and says why.

        :return: dict line id → (Facts, Verdict)
        """
        Book = self.env["stock.count.book"]
        verdicts = Book._read_verdicts(lines.ids)
        # A line that its location move settled keeps the variance that it had.
        Book._write_verdicts(
            {i: v for i, v in verdicts.items() if i not in outcome.moved}
        )
        for kind in ("held", "superseded"):
            outcome.stop(kind, self._of_kind(lines, verdicts, kind))
        for line in self._of_kind(lines, verdicts, "disturbed"):
            self._fail(line, self._disturbed_message(), outcome)
        self._refuse_on_hold(outcome.going_on(lines), outcome)
        if not outcome.move_ids:
            self._return_uncovered(outcome.going_on(lines), outcome)
        return verdicts

    @api.model
    def _of_kind(self, lines, verdicts, kind):
        return lines.browse(i for i in lines.ids if verdicts[i][1].kind == kind)

    @api.model
    def _post_variances(self, lines, verdicts, outcome):
        """Post what each line's verdict says, in chunks of some hundred."""
        settled = self._of_kind(lines, verdicts, "nothing")
        if settled:
            self._mark_posted(settled.ids, outcome.moved, outcome)
        to_post = self._of_kind(lines, verdicts, "post")
        for start in range(0, len(to_post), CHUNK):
            self._isolate(
                list(to_post[start : start + CHUNK]),
                lambda some: self._post_chunk(some, verdicts, outcome),
                outcome,
            )

    @api.model
    def _refuse_on_hold(self, lines, outcome):
        """A hold keeps its lines from being posted, and says by whom and why."""
        held = self.env["stock.count.hold"]._read_held(lines.ids)
        for line_id, (name, reason, holder) in held.items():
            message = self.env._(
                "%(name)s is on hold by %(holder)s: %(reason)s. Release the hold"
                " first.",
                name=name,
                holder=holder or self.env._("nobody known"),
                reason=reason,
            )
            self._fail(lines.browse(line_id), message, outcome, kind="hold")

    @api.model
    def _return_uncovered(self, lines, outcome):
        """Only what an approval covers as it is now goes on, where one is needed."""
        lines.fetch(["company_id", "tolerance_ratio", "first_round"])
        asked = lines.filtered(self._needs_approval)
        if not asked:
            return
        uncovered = self.env["stock.count.approval"]._read_uncovered(asked)
        for line in asked.browse(uncovered):
            over = line.tolerance_ratio > 1
            self._fail(
                line,
                self._uncovered_message(line),
                outcome,
                kind="over_tolerance" if over else "post_error",
            )

    @api.model
    def _needs_approval(self, line):
        """With Option 170 on every line; without it what is over its tolerance and was
        not counted again.

        For a module to ask for approval in other cases, override this method.
        """
        if line.company_id.count_require_approval:
            return True
        return line.tolerance_ratio > 1 and line.first_round == 1

    @api.model
    def _uncovered_message(self, line):
        if line.company_id.count_require_approval:
            return self.env._(
                "No approval covers this quantity: it was not submitted, or it changed"
                " since. Submit it again."
            )
        return self.env._(
            "Over its tolerance %s times: ask for a recount, or submit it for"
            " approval.",
            round(line.tolerance_ratio, 1),
        )

    @api.model
    def _disturbed_message(self):
        return self.env._(
            "The booked quantity changed since the count without a stock move: count it"
            " again."
        )

    @api.model
    def _post_chunk(self, units, verdicts, outcome):
        """Mark, move and check some lines; whatever fails here is rolled back with
        them."""
        lines = self.env["stock.count.line"].union(*units)
        variances = {line.id: verdicts[line.id][1].variance for line in lines}
        totals = {i: qty + outcome.moved[i] for i, qty in variances.items()}
        taken_over = self._mark_posted(lines.ids, totals, outcome)
        mine = lines.filtered(lambda line: line.id in taken_over)
        self._do_moves(
            [self._prepare_adjustment(line, variances[line.id]) for line in mine],
            outcome,
        )
        self._check_books(mine, verdicts)

    @api.model
    def _mark_posted(self, line_ids, variances, outcome):
        """Take the lines for this posting; a line somebody else took is not posted
        again.

        :param dict variances: line id → product units moved; nothing where missing
        :return: set of the ids that this posting got
        """
        Book = self.env["stock.count.book"]
        rows = [
            {"id": i, "qty": variances.get(i, 0), "moved": outcome.moved[i]}
            for i in line_ids
        ]
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_count_line line
                   SET posted_round = line.round, state = 'posted', to_post = FALSE,
                       posted_qty = COALESCE(line.posted_qty, 0) + rows.qty,
                       moved_qty = rows.moved,
                       variance_value = round(
                           (line.variance_qty - rows.moved)
                           * COALESCE(line.unit_cost, 0), %s),
                       posted_found_qty = line.found_qty,
                       posted_counted_at = line.counted_at,
                       posted_stamp = line.counted_stamp,
                       posted_at = now() AT TIME ZONE 'UTC', posted_by_id = %s,
                       post_error = NULL
                  FROM %s
                 WHERE line.id = rows.id AND line.posted_round < line.round
             RETURNING line.id
                """,
                self.env.company.currency_id.decimal_places,
                self.env.uid,
                Book._rows(rows, "id int, qty numeric, moved numeric"),
            )
        )
        ids = {row_id for (row_id,) in self.env.cr.fetchall()}
        self.env["stock.count.line"].invalidate_model()
        outcome.counts["posted"] += len(ids)
        outcome.counts["taken"] += len(line_ids) - len(ids)
        return ids

    @api.model
    def _prepare_adjustment(self, line, variance):
        """Values of the issue or receipt that makes the book what was found."""
        loss = line.product_id.with_company(line.company_id).property_stock_inventory.id
        package = line.package_id.id
        if variance > 0:
            ends = {"location_id": loss, "location_dest_id": line.location_id.id}
            packages = {"package_id": False, "result_package_id": package}
        else:
            ends = {"location_id": line.location_id.id, "location_dest_id": loss}
            packages = {"package_id": package, "result_package_id": False}
        self._check_reason(line, variance)
        return self._prepare_move(
            line,
            abs(variance),
            product_id=line.product_id.id,
            lot_id=line.lot_id.id,
            owner_id=line.owner_id.id,
            # After a location move what is left may have the other sign.
            reason=self._reason(line, variance),
            **ends,
            **packages,
        )

    # === MOVES === #

    @api.model
    def _prepare_move(
        self,
        line,
        qty,
        *,
        product_id,
        location_id,
        location_dest_id,
        lot_id,
        owner_id,
        package_id,
        result_package_id,
        reason=None,
    ):
        """Values of a move that a count makes, with its one move line.

        For a module to add to count moves, override this method.

        :param line: the count line that the move is for
        :param float qty: product units, positive
        :param reason: the line's own or that of a location move where None
        """
        if reason is None:
            reason = line.reason_id or self._move_reason()
        # Read together with the products of the other lines, not one by one.
        products = self.env["product.product"].with_prefetch(
            line.product_id._prefetch_ids
        )
        uom = products.browse(product_id).uom_id.id
        shared = {
            "product_id": product_id,
            "location_id": location_id,
            "location_dest_id": location_dest_id,
            "company_id": line.company_id.id,
        }
        return {
            **shared,
            "product_uom": uom,
            # Odoo would make a second record of each move to compute this one.
            "packaging_uom_id": uom,
            "product_uom_qty": qty,
            "state": "confirmed",
            "restrict_partner_id": owner_id,
            "is_inventory": True,
            "inventory_name": line.session_id.name,
            "origin": line.session_id.name,
            "picked": True,
            "count_line_id": line.id,
            "count_session_id": line.session_id.id,
            "count_reason_id": reason.id,
            "count_booked_at": line.session_id._booked_at(),
            "move_line_ids": [
                Command.create(
                    {
                        **shared,
                        "product_uom_id": uom,
                        "quantity": qty,
                        "picked": True,
                        "lot_id": lot_id,
                        "owner_id": owner_id,
                        "package_id": package_id,
                        "result_package_id": result_package_id,
                    }
                )
            ],
        }

    @api.model
    def _check_reason(self, line, variance):
        """Refuse a reason chosen before the line had this sign."""
        if line.reason_id:
            line.reason_id._check_fits(variance)

    @api.model
    def _move_reason(self):
        """What was found elsewhere is neither short nor over."""
        return (
            self.env.ref("stock_count.reason_move", raise_if_not_found=False)
            or (self.env["stock.count.reason"])
        )

    @api.model
    def _reason(self, line, variance):
        sign = "overage" if variance > 0 else "shortage"
        return line.reason_id or line.company_id[f"count_{sign}_reason_id"]

    @api.model
    def _do_moves(self, values, outcome):
        """Make and finish the moves of a chunk.

        They neither reserve nor unreserve for themselves: half the time of Odoo's own
        apply goes into that. What a shortage takes from other reservations is freed
        afterwards.
        """
        moves = self.env["stock.move"].with_context(
            inventory_mode=False, count_posting=True, ignore_dest_packages=True
        )
        moves = moves.create(values)
        locked = self._lock_quants(moves)
        moves.with_context(count_locked_quants=locked)._count_finish()
        self._free_reservations(moves, outcome)
        outcome.move_ids += moves.ids
        outcome.counts["moves"] += len(moves)

    @api.model
    def _lock_quants(self, moves):
        """Make, lock and read the quants of a chunk at once; Odoo would do so line by
        line. As Odoo does, what somebody else has locked is skipped.

        :return: the ids of the quants that are locked
        """
        Book = self.env["stock.count.book"]
        Book._flush()
        Quant = self.env["stock.quant"]
        Quant._count_create_empty(self._read_missing_quants(moves))
        Quant.flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM stock_quant WHERE id IN (
                    SELECT quant.id FROM %s JOIN stock_quant quant ON %s)
                 ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
                """,
                self._ends(moves),
                Book._same_key("quant", "ends"),
            )
        )
        ids = frozenset(quant_id for (quant_id,) in self.env.cr.fetchall())
        Quant.browse(ids).fetch()
        return ids

    @api.model
    def _read_missing_quants(self, moves):
        """The keys that moves lead to and that have no quant yet.

        A lot's shortage may be taken from untracked stock instead, so a missing quant
        of a lot is none at the source, unless that is where losses are booked.
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT product_id, location_id, lot_id, package_id, owner_id
                  FROM %s
                 WHERE (incoming OR lot_id IS NULL OR EXISTS (
                        SELECT FROM stock_location location
                         WHERE location.id = ends.location_id
                           AND location.usage = 'inventory'))
                   AND NOT EXISTS (SELECT FROM stock_quant quant WHERE %s)
                """,
                self._ends(moves),
                self.env["stock.count.book"]._same_key("quant", "ends"),
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _ends(self, moves):
        """SQL: the keys at both ends of the moves' lines."""
        return SQL(
            """
            (SELECT product_id, location_id, lot_id, package_id, owner_id,
                    FALSE AS incoming
               FROM stock_move_line WHERE move_id = ANY(%(ids)s)
              UNION ALL
             SELECT product_id, location_dest_id, lot_id, result_package_id, owner_id,
                    TRUE
               FROM stock_move_line WHERE move_id = ANY(%(ids)s)) ends
            """,
            ids=moves.ids,
        )

    @api.model
    def _free_reservations(self, moves, outcome):
        """Free what is reserved beyond what is left, as Odoo does, and name it."""
        over_reserved = self._read_over_reserved(moves)
        if not over_reserved:
            return
        reserved = self.env["stock.count.promise"]._read_reserved(moves)
        # Named at the end: what is freed here may be reserved elsewhere.
        outcome.reserved = {**reserved, **outcome.reserved}
        for ml, missing in over_reserved:
            ml.with_context(count_posting=False)._free_reservation(
                ml.product_id,
                ml.location_id,
                missing,
                lot_id=ml.lot_id,
                package_id=ml.package_id,
                owner_id=ml.owner_id,
            )
            outcome.counts["unreserved"] += missing

    @api.model
    def _read_over_reserved(self, moves):
        """The moves' lines at whose source more is reserved than is left, and how
        much."""
        Book = self.env["stock.count.book"]
        Book._flush()
        self.env.cr.execute(
            SQL(
                """
                SELECT ml.id, over.qty
                  FROM stock_move_line ml
                  JOIN stock_location location ON location.id = ml.location_id
                 CROSS JOIN LATERAL (
                       SELECT sum(quant.reserved_quantity) - sum(quant.quantity) AS qty
                         FROM stock_quant quant WHERE %s
                        HAVING sum(quant.reserved_quantity) > 0) over
                 WHERE ml.move_id = ANY(%s) AND over.qty > 0
                   AND location.usage IN ('internal', 'transit')
                """,
                Book._same_key("quant", "ml"),
                moves.ids,
            )
        )
        return [
            (self.env["stock.move.line"].browse(ml_id), qty)
            for ml_id, qty in self.env.cr.fetchall()
        ]

    @api.model
    def _check_books(self, lines, verdicts):
        """The book of each key must be its target: Odoo may take a lot's shortage from
        untracked stock without saying so.

        :raise ValidationError: rolls the chunk back
        """
        Book = self.env["stock.count.book"]
        Book._flush()
        recorder = self.env["stock.count.recorder"]
        keys = {
            row["id"]: recorder._key_of(row)
            for row in recorder._read_lines(lines.ids).values()
        }
        books = Book._read_books(list(keys.values()))
        digits = Book._digits()
        for line in lines:
            fact, verdict = verdicts[line.id]
            book, _picked = books[keys[line.id]]
            if round(book - fact.book_now - verdict.variance, digits):
                raise ValidationError(
                    self.env._(
                        "Posting did not lead to the counted quantity: other stock of"
                        " the product at this place (without lot, or in another"
                        " package) was changed instead. Count that stock, too."
                    )
                )

    # === ISOLATION === #

    @api.model
    def _isolate(self, units, work, outcome, fail=None):
        """Do the work for all units; a unit that fails is found by halving.

        :param list units: recordsets, usually of lines that belong together
        :param work: called with a list of units, under a savepoint
        :param fail: called with a unit, the message and the outcome; ``_fail`` by
            default
        """
        if not units:
            return
        before = deepcopy(outcome)
        try:
            with self.env.cr.savepoint():
                work(units)
        except OperationalError:
            # Not a line's error: the whole transaction is retried.
            raise
        except Exception as error:  # Whatever fails, it is these lines'
            vars(outcome).update(vars(before))
            if len(units) == 1:
                (fail or self._fail)(units[0], self._error_text(error), outcome)
                return
            half = len(units) // 2
            self._isolate(units[:half], work, outcome, fail)
            self._isolate(units[half:], work, outcome, fail)

    @api.model
    def _error_text(self, error):
        if isinstance(error, IntegrityError):
            return self.env["stock.count.line"]._sql_error_to_message(error)
        if not isinstance(error, UserError):
            _logger.warning("A counted line could not be posted", exc_info=error)
        return str(error.args[0] if error.args else error)

    @api.model
    def _fail(self, lines, message, outcome, kind="post_error"):
        """Keep the problem with the lines; they stay checked, the others go on.

        :param str kind: of the exception that it raises
        """
        lines._internal().write({"state": "failed", "post_error": message})
        outcome.problems.update(dict.fromkeys(lines.ids, kind))
        outcome.stop("failed", lines)
