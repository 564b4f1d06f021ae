import json
import time
import uuid
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...domain.spreadsheet.rows import Problem
from ..book.book import HORIZON, LAST_ENTRY
from ..jobs.stock_count_job import Step
from ..shared.keys import sql_rows
from .lookup import Lookup

KEY_ROW = (
    "number int, product_id int, location_id int, lot text, package_id int,"
    " owner_id int"
)
# The namespace of the uuids of rows. Any constant would do, but it must never change.
NAMESPACE = uuid.UUID("5b0c8a5e-6f0c-4a2e-9d3c-2f8f1f7c1a55")


class StockCountImport(models.Model):
    """The last step, Import: rows become entries, chunk by chunk."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.import"

    # === ACTION METHODS === #

    def action_import(self):
        """Import the good rows. A background job imports many rows.

        :return: True, or a notification that a job was started
        :raise AccessError: when the user is no counting lead
        :raise UserError: when rows have errors and the mode is "All rows or none"
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
        """Lock this import, so that two clicks or two people import a file once.

        :raise UserError: when another transaction has locked it
        """
        self.flush_recordset()
        if not self.sudo().try_lock_for_update():
            raise UserError(self.env._("This file is being imported just now."))
        self.invalidate_recordset(["state"])

    def _is_small(self):
        limit = self.company_id.sudo().count_background_lines
        return not limit or self.good_count <= limit

    def _import_now(self):
        """Import all chunks in this transaction."""
        for chunk in self.sudo().chunk_ids:
            self._import_chunk(chunk)
            chunk.invalidate_recordset(["payload", "rows", "recorded"])
        if self._is_broken():
            raise UserError(self._describe_refusals())
        return self._finish()

    def _is_broken(self):
        """Whether a row was refused although the mode is "All rows or none"."""
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
        """Import the next chunks, or take them back, see ``docs/jobs.md``.

        Chunks are taken back when a row was refused and the mode is "All rows or none".
        """
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
        """Take the next chunks back, see ``docs/jobs.md``."""
        end = time.monotonic() + budget
        gone = 0
        while chunk := self._next_chunk(("recorded", "!=", False)):
            gone += self._take_back(chunk)
            if time.monotonic() > end:
                break
        left = self._next_chunk(("recorded", "!=", False))
        return Step(-gone, finished=not left)

    def _job_end_import(self, job):
        """Finish the import, or fail it when all rows were taken back."""
        if self.mode == "all" and (self._is_broken() or job.state == "cancelled"):
            self.sudo().state = "failed"
        else:
            self._finish()
        return self.outcome

    def _next_chunk(self, condition=("is_done", "=", False)):
        domain = [("import_id", "=", self.id), condition]
        return self.env["stock.count.import.chunk"].sudo().search(domain, limit=1)

    def _take_back(self, chunk):
        """Withdraw the entries of a chunk. Those in a session that was closed since
        stay.

        :return: number of rows of the chunk that had been imported
        """
        kept = number = 0
        for session_id, uuids in json.loads(chunk.recorded).items():
            # In sudo mode because the user may have lost the right to count, and half
            # of a file must not stay.
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
        """Record the rows of a chunk that have no error.

        :return: number of these rows
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
        """Find rows that would replace a count from after the check.

        Nobody was warned of such a count. A row with a time of its own is left out: its
        time decides.

        :param list rows: staged rows
        :return: set of row numbers
        """
        if self.operation != "set":
            return set()
        keys = [
            self._key_of_entry(number, entry)
            for number, _target, _content, entry in rows
            if "counted_at" not in entry
        ]
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT rows.number FROM %s CROSS JOIN LATERAL (%s) line
                 CROSS JOIN LATERAL %s
                 WHERE entry.source <> 'import' AND %s
                """,
                sql_rows(keys, KEY_ROW),
                self._last_entry_of(session),
                LAST_ENTRY,
                self._is_since(),
            )
        )
        return {number for (number,) in self.env.cr.fetchall()}

    @api.model
    def _key_of_entry(self, number, entry):
        """The row of ``KEY_ROW`` of an entry."""
        return {
            "number": number,
            "product_id": entry["product_id"],
            "location_id": entry["location_id"],
            "lot": entry.get("lot_name", ""),
            "package_id": entry.get("package_id", 0),
            "owner_id": entry.get("owner_id", 0),
        }

    def _last_entry_of(self, session):
        """SQL: the last entry of the line of a row of ``rows``."""
        return SQL(
            """
            SELECT line.last_entry_id FROM stock_count_line line
              LEFT JOIN stock_lot lot ON lot.id = line.lot_id
             -- "+ 0" makes PostgreSQL use the index of keys. It has no statistics of a
             -- new session, and would believe that the session has no lines.
             WHERE line.session_id + 0 = %s
               AND line.product_id = rows.product_id
               AND line.location_id = rows.location_id
               AND COALESCE(line.package_id, 0) = rows.package_id
               AND COALESCE(line.owner_id, 0) = rows.owner_id
               AND COALESCE(lot.name, line.lot_name, '') = rows.lot
               AND line.is_counted
             LIMIT 1
            """,
            session.id,
        )

    def _is_since(self):
        """SQL condition: the check could not see ``entry``.

        Its number is higher, or its transaction was not committed when the check began,
        see ``_is_after`` of ``stock.count.book``. Numbers of transactions begin again
        where a database is restored, so old ones are not compared.
        """
        return SQL(
            """
            (entry.id > %(entry_id)s
             OR (entry.xid <> %(xid)s
                 AND entry.recorded_at > %(checked_at)s::timestamp - %(horizon)s
                 AND NOT pg_visible_in_snapshot(
                     entry.xid::xid8, %(snapshot)s::pg_snapshot)))
            """,
            entry_id=self.checked_entry_id,
            xid=self.checked_xid or None,
            checked_at=self.checked_at or None,
            snapshot=self.checked_snapshot or None,
            horizon=HORIZON,
        )

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
        """Numbers of rows of a chunk that got an error after they were staged."""
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
        """The session of a target; makes it if there is no open one of that name.

        :raise UserError: when it was deleted since the check
        """
        if not self.targets[number]["session_id"]:
            self._make_session(number)
        target = self.targets[number]
        session = self.env["stock.count.session"].browse(target["session_id"]).exists()
        if not session:
            raise UserError(
                self.env._(
                    "%s was deleted meanwhile: check the file again.", target["name"]
                )
            )
        self.sudo().session_ids |= session
        return session

    def _make_session(self, number):
        """Find or create the session of a target, and write it to the target."""
        name, warehouse_id = (
            self.targets[number]["name"],
            self.targets[number]["warehouse_id"],
        )
        self._exclude_others(warehouse_id)
        found = Lookup(self.env, self.company_id).open_session(warehouse_id, name)
        session = found or self._create_session(name, warehouse_id)
        targets = [dict(other) for other in self.targets]
        targets[number]["session_id"] = session.id
        self.sudo().targets = targets

    def _exclude_others(self, warehouse_id):
        """Lock out other imports that may make a session of the same name.

        The second of two imports fails with a serialization failure, is repeated by
        Odoo, and finds the session of the first. It uses the fence of the warehouse's
        view location, where nobody counts, so nobody else waits.
        """
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
        """Record staged rows, with uuids that follow from their content.

        :return: list of answers, see ``record_entries``
        """
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
        """Value the lines of rows that have a cost."""
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
        """The uuid of each row in a session.

        The same observation has the same uuid, whatever file it comes from. After a
        withdrawal, it gets a new uuid, so that it can be imported again.

        :param list contents: identities of rows, see ``CheckMemory.content``
        :return: list of uuids
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
        """The indexes of names whose entry was withdrawn."""
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
        """The names that are recorded."""
        self.env.cr.execute(
            SQL("SELECT uuid FROM stock_count_entry WHERE uuid = ANY(%s)", names)
        )
        return {name for (name,) in self.env.cr.fetchall()}

    # === ACTION METHODS - VIEW === #

    def get_job(self):
        """The job that checks or imports this file, or its last job if that failed.

        :return: dict, see ``get_progress`` of ``stock.count.job``; False without a job
        :raise AccessError: when the user is no counting lead
        """
        self.ensure_one()
        self._check_may_import()
        job = self._shown_job()
        return job.get_progress()[0] if job else False

    def action_open_sessions(self):
        """Open the session of the imported rows, or the list of sessions.

        :return: action
        :raise AccessError: when the user is no counting lead
        """
        self.ensure_one()
        self._check_may_import()
        if len(self.session_ids) == 1:
            return self.session_ids.action_open_sheet()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock_count.stock_count_session_action_list"
        )
        return {**action, "domain": [("id", "in", self.session_ids.ids)]}

    def action_open_problems(self):
        """Open the list of errors and warnings.

        :return: action, with the search defaults of the context
        :raise AccessError: when the user is no counting lead
        """
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
        return {**action, "domain": [("import_id", "=", self.id)], "context": context}
