import json
import time
import uuid
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...domain.spreadsheet.problems import Problem
from ..jobs.stock_count_job import Step
from ..shared.keys import sql_rows
from .lookup import Lookup

KEY_ROW = (
    "number int, product_id int, location_id int, lot text, package_id int,"
    " owner_id int"
)
# Of the identities of rows; any other constant would do, but it must never change.
NAMESPACE = uuid.UUID("5b0c8a5e-6f0c-4a2e-9d3c-2f8f1f7c1a55")


class StockCountImport(models.Model):
    """The last step: rows become entries through the one door, chunk by chunk."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.import"

    # === ACTION METHODS === #

    def action_import(self):
        """Count what the good rows say; many rows go on in the background.

        :return: True, or a notification
        :raise UserError: where rows have errors and all or none are to be imported
        """
        self.ensure_one()
        self._check_may_import()
        self._lock()
        self._check_step("check")
        if self.good_count and (self.mode == "good" or not self.error_count):
            return self._import_now() if self._is_small() else self._import_later()
        if self.error_count:
            raise UserError(self.outcome)
        return self._finish()

    def _lock(self):
        """Two clicks, or two people, import a file once."""
        self.flush_recordset()
        if not self.sudo().try_lock_for_update():
            raise UserError(self.env._("This file is being imported just now."))
        self.invalidate_recordset(["state"])

    def _is_small(self):
        limit = self.company_id.sudo().count_background_lines
        return not limit or self.good_count <= limit

    def _import_now(self):
        """All of it in this transaction, or nothing."""
        for chunk in self.sudo().chunk_ids:
            self._import_chunk(chunk)
            chunk.invalidate_recordset(["payload", "rows", "recorded"])
        if self._is_broken():
            raise UserError(self._describe_refusals())
        return self._finish()

    def _is_broken(self):
        return self.mode == "all" and self.refused_count

    def _describe_refusals(self):
        refused = self.problem_ids.filtered(lambda p: p.code == "refused")[:3]
        rows = "\n".join(
            self.env._("Row %(row)s: %(message)s", row=p.row, message=p.message)
            for p in refused
        )
        return self.env._(
            "Nothing was imported, because something changed since the check. Check"
            " the file again.\n%s",
            rows,
        )

    def _import_later(self):
        self.sudo().state = "running"
        params = {"whole": self.mode == "all"}
        job = self.env["stock.count.job"]._start(
            "import", self, self.good_count, params=params
        )
        return job._notify_started()

    def _finish(self):
        own = self.sudo()
        own.write({"state": "done", "imported_at": fields.Datetime.now()})
        for session in own.session_ids.with_env(self.env):
            session._log_action(
                self.env._("Counts imported from %s.", self.file_name or "")
            )
        return True

    # === BACKGROUND === #

    def _job_step_import(self, job, budget):
        """Import the next chunks, for about so many seconds; where all or none are
        wanted and one was refused, take back what was imported instead."""
        if self._is_broken():
            return self._job_back_import(job, budget)
        self._check_may_import()
        end = time.monotonic() + budget
        done = 0
        while chunk := self._next_chunk():
            done += self._import_chunk(chunk)
            if self._is_broken() or time.monotonic() > end:
                break
        return Step(done, finished=not self._next_chunk() and not self._is_broken())

    def _job_back_import(self, job, budget):
        """Take the next chunks back, for about so many seconds."""
        end = time.monotonic() + budget
        gone = 0
        while chunk := self._next_chunk(("recorded", "!=", False)):
            gone += self._take_back(chunk)
            if time.monotonic() > end:
                break
        left = self._next_chunk(("recorded", "!=", False))
        return Step(-gone, finished=not left)

    def _job_end_import(self, job):
        """Everything is imported, or nothing is, if the user wanted it so."""
        if self.mode == "all" and (self._is_broken() or job.state == "cancelled"):
            self.sudo().state = "failed"
        else:
            self._finish()
        return self.outcome

    def _next_chunk(self, condition=("is_done", "=", False)):
        domain = [("import_id", "=", self.id), condition]
        return self.env["stock.count.import.chunk"].sudo().search(domain, limit=1)

    def _take_back(self, chunk):
        """Withdraw what was counted; the entries stay as evidence, and a corrected
        file is counted anew. What is in a count that was closed meanwhile stays.

        :return: how many rows of the chunk had been counted
        """
        kept = number = 0
        for session_id, uuids in json.loads(chunk.recorded).items():
            # In sudo mode because who lost the right to count since leaves no half of
            # a file behind.
            session = self.env["stock.count.session"].sudo().browse(int(session_id))
            results = session.record_entries(
                [self._prepare_withdrawal(name) for name in uuids], source="import"
            )
            number += len(uuids)
            kept += sum(result["code"] == "session_closed" for result in results)
        chunk.recorded = False
        self.sudo().recorded_count -= number - kept
        return number

    @api.model
    def _prepare_withdrawal(self, name):
        return {
            "uuid": str(uuid.uuid5(NAMESPACE, f"withdraw:{name}")),
            "operation": "withdraw",
            "withdraws": name,
        }

    # === CHUNKS === #

    def _import_chunk(self, chunk):
        """Count the rows of a chunk that have no error.

        :return: how many rows that were
        """
        bad = self._read_bad_rows(chunk)
        by_target = defaultdict(list)
        for staged in json.loads(chunk.payload):
            if staged[0] not in bad:
                by_target[staged[1]].append(staged)
        recorded, refusals = {}, []
        for target, rows in by_target.items():
            session = self._session_of(target)
            since = self._find_counted_since(session, rows)
            refusals += [self._refuse_counted_since(number) for number in since]
            current = [row for row in rows if row[0] not in since]
            results = self._record(session, current)
            recorded[session.id] = [
                result["uuid"] for result in results if result["status"] == "recorded"
            ]
            refusals += self._refusals(current, results)
        self._close_chunk(chunk, recorded, refusals)
        return sum(map(len, by_target.values()))

    def _find_counted_since(self, session, rows):
        """The rows that would set what somebody has counted since the check, of whom
        nobody knew; a row with a time of its own is older or newer by that.

        :rtype: set of int
        """
        if self.operation != "set":
            return set()
        keys = [
            {
                "number": number,
                "product_id": entry["product_id"],
                "location_id": entry["location_id"],
                "lot": entry.get("lot_name", ""),
                "package_id": entry.get("package_id", 0),
                "owner_id": entry.get("owner_id", 0),
            }
            for number, _target, _content, entry in rows
            if "counted_at" not in entry
        ]
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT rows.number FROM %s
                 CROSS JOIN LATERAL (
                    SELECT line.last_entry_id FROM stock_count_line line
                      LEFT JOIN stock_lot lot ON lot.id = line.lot_id
                     -- By the index of keys: of a session that was made just now
                     -- PostgreSQL thinks that it has no lines.
                     WHERE line.session_id + 0 = %s
                       AND line.product_id = rows.product_id
                       AND line.location_id = rows.location_id
                       AND COALESCE(line.package_id, 0) = rows.package_id
                       AND COALESCE(line.owner_id, 0) = rows.owner_id
                       AND COALESCE(lot.name, line.lot_name, '') = rows.lot
                       AND line.is_counted AND line.last_entry_id > %s
                     LIMIT 1) line
                  JOIN stock_count_entry entry ON entry.id = line.last_entry_id
                 WHERE entry.source <> 'import'
                """,
                sql_rows(keys, KEY_ROW),
                session.id,
                self.checked_entry_id,
            )
        )
        return {number for (number,) in self.env.cr.fetchall()}

    def _refuse_counted_since(self, number):
        message = self.env._("Somebody has counted it since the check.")
        return Problem(number, "units", "", "refused", {"message": message})

    def _close_chunk(self, chunk, recorded, refusals):
        self._add_problems(refusals)
        chunk.write(
            {"is_done": True, "recorded": json.dumps(recorded), "payload": False}
        )
        own = self.sudo()
        own.recorded_count += sum(map(len, recorded.values()))
        own.refused_count += len(refusals)

    def _read_bad_rows(self, chunk):
        """The rows of a chunk that turned out to be wrong after they were staged."""
        rows = json.loads(chunk.rows)
        problems = (
            self.env["stock.count.import.problem"]
            .sudo()
            .search_fetch(
                [
                    ("import_id", "=", self.id),
                    ("kind", "=", "error"),
                    ("row", ">=", min(rows)),
                    ("row", "<=", max(rows)),
                ],
                ["row"],
            )
        )
        return set(problems.mapped("row"))

    def _session_of(self, number):
        """The count of a target, made now if there is none of that name."""
        target = self.targets[number]
        Session = self.env["stock.count.session"]
        if not target["session_id"]:
            name, warehouse_id = target["name"], target["warehouse_id"]
            self._exclude_others(warehouse_id)
            lookup = Lookup(self.env, self.company_id)
            found = lookup.open_session(warehouse_id, name)
            session = found or self._create_session(name, warehouse_id)
            targets = [dict(other) for other in self.targets]
            targets[number]["session_id"] = session.id
            self.sudo().targets = targets
        session = Session.browse(self.targets[number]["session_id"]).exists()
        if not session:
            name = target["name"]
            raise UserError(
                self.env._("%s was deleted meanwhile: check the file again.", name)
            )
        self.sudo().session_ids |= session
        return session

    def _exclude_others(self, warehouse_id):
        """Let two who import the same file at once make one count: the second one is
        refused by PostgreSQL, done again by Odoo, and finds the first one's. Nothing
        is ever counted at the warehouse's view location, so nobody else waits."""
        warehouse = self.env["stock.warehouse"].browse(warehouse_id)
        self.env["stock.count.fence"].sudo()._close(warehouse.view_location_id.ids)

    def _create_session(self, name, warehouse_id):
        warehouse = self.env["stock.warehouse"].browse(warehouse_id)
        if not warehouse.active:
            raise UserError(
                self.env._(
                    "%s was archived meanwhile: check the file again.", warehouse.name
                )
            )
        return self.env["stock.count.session"].create(
            {
                "company_id": self.company_id.id,
                "warehouse_id": warehouse_id,
                "description": name,
                "count_type": "import",
            }
        )

    def _record(self, session, rows):
        """Through the one door, under identities that the rows themselves make."""
        contents = [content for _row, _target, content, _entry in rows]
        names = self._identify(session, contents)
        by_counter = defaultdict(list)
        for staged, name in zip(rows, names, strict=True):
            entry = {**staged[3], "uuid": name}
            entry.pop("cost", None)
            by_counter[entry.pop("counted_by_id", self.env.uid)].append(entry)
        answers = {}
        for user_id, entries in by_counter.items():
            for result in self._record_for(session, user_id, entries):
                answers[result["uuid"]] = result
        results = [answers[name] for name in names]
        self._give_costs(rows, results)
        return results

    def _record_for(self, session, user_id, entries):
        """What somebody has counted, on paper or elsewhere; recounts and approvals go
        by who that is, whoever imports it."""
        if user_id == self.env.uid:
            return session.record_entries(entries, source="import")
        session._check_may_count()
        # In sudo mode because the one who counted needs no right to import.
        counted = session.with_user(user_id).sudo()
        return counted.record_entries(entries, source="import")

    @api.model
    def _refusals(self, rows, results):
        return [
            Problem(row[0], "item", "", "refused", {"message": result["message"]})
            for row, result in zip(rows, results, strict=True)
            if result["status"] == "refused"
        ]

    def _give_costs(self, rows, results):
        """Value the lines of rows that name a cost."""
        costs = {
            result["line_id"]: row[3]["cost"]
            for row, result in zip(rows, results, strict=True)
            if "cost" in row[3] and result["status"] == "recorded"
        }
        if costs:
            # In sudo mode because the fields are the addon's own; who may give costs
            # has been checked.
            lines = self.env["stock.count.line"].with_company(self.company_id)
            lines.sudo()._give_costs(costs)

    # === IDENTITY === #

    def _identify(self, session, contents):
        """The uuid of each row in a count: the same observation has the same one,
        in whatever file it comes. What was withdrawn is not there any more, so that it
        may come again.

        :rtype: list of str
        """
        salt = self.id if self.again else ""
        names = [self._name_row(session, salt, content, 0) for content in contents]
        generation, left = 0, list(range(len(names)))
        while left := self._withdrawn(names, left):
            generation += 1
            for i in left:
                names[i] = self._name_row(session, salt, contents[i], generation)
        return names

    @api.model
    def _name_row(self, session, salt, content, generation):
        text = f"{session.id}:{salt}:{content}:{generation}"
        return str(uuid.uuid5(NAMESPACE, text))

    @api.model
    def _withdrawn(self, names, indexes):
        """Which of these identities were recorded and taken back."""
        self.env.cr.execute(
            SQL(
                """
                SELECT entry.uuid FROM stock_count_entry entry
                  JOIN stock_count_entry back ON back.withdrawn_id = entry.id
                 WHERE entry.uuid = ANY(%s)
                """,
                [names[i] for i in indexes],
            )
        )
        gone = {name for (name,) in self.env.cr.fetchall()}
        return [i for i in indexes if names[i] in gone]

    @api.model
    def _known(self, names):
        """Which of these identities are recorded."""
        self.env.cr.execute(
            SQL("SELECT uuid FROM stock_count_entry WHERE uuid = ANY(%s)", names)
        )
        return {name for (name,) in self.env.cr.fetchall()}

    # === WHAT A SCREEN ASKS FOR === #

    def get_job(self):
        """The job that checks or imports this file, or the last one where it failed.

        :return: see ``get_progress`` of ``stock.count.job``; False for none
        :raise AccessError: for whoever is not a counting lead
        """
        self.ensure_one()
        self._check_may_import()
        job = self._shown_job()
        return job.get_progress()[0] if job else False

    def action_open_sessions(self):
        """Open the count that the rows went to, or the list of them."""
        self.ensure_one()
        self._check_may_import()
        if len(self.session_ids) == 1:
            return self.session_ids.action_open_sheet()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock_count.stock_count_session_action_list"
        )
        return {**action, "domain": [("id", "in", self.session_ids.ids)]}

    def action_open_problems(self):
        """Open errors and warnings as a list that can be sorted and filtered."""
        self.ensure_one()
        self._check_may_import()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock_count.stock_count_import_problem_action"
        )
        context = {
            key: value
            for key, value in self.env.context.items()
            if key.startswith("search_default_")
        }
        return {
            **action,
            "domain": [("import_id", "=", self.id)],
            "context": context,
        }
