import base64
import contextlib
import json
import threading
import uuid
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.stock_count.models.importing import step_check
from odoo.addons.stock_count.models.jobs import run
from odoo.addons.stock_count.models.jobs.run import CONFLICTS
from odoo.addons.stock_count.models.jobs.stock_count_job_pulse import StockCountJobPulse

from ..jobs.test_job_crash import CrashCase

SESSIONS = 5


@tagged("post_install", "-at_install", "stock_count_crash")
class TestImportCrash(CrashCase):
    """A killed import goes on where it was (I6, I8, Z3)."""

    NODES = 1

    def test_an_import_killed_ten_times_at_random_counts_once(self):
        """I6, Z3, P14: entries, sums and the job agree afterwards; the same file again
        does nothing."""
        items = self._make_items(60)
        self._name_items(items)
        record_id = self._import(items)
        [scheduler] = self.schedulers
        self.assertEqual(self._kill(scheduler, 10, 150), 10)
        self._finish(scheduler)
        rows = SESSIONS * len(items)
        self._assert_counted_once(record_id, items, rows)
        again = self._import(items)
        with self._connect() as env:
            record = env["stock.count.import"].browse(again)
            self.assertEqual((record.known_count, record.state), (rows, "done"))
            record.sudo().unlink()

    def test_a_cancelled_import_killed_at_random_counts_nothing(self):
        """I5, Z3: what was counted is taken back once, whoever is killed meanwhile."""
        items = self._make_items(60)
        self._name_items(items)
        record_id = self._import(items)
        self._do_chunks(45)
        with self._connect(0) as env:
            job = env["stock.count.job"].search([("res_id", "=", record_id)], limit=1)
            self.assertEqual((job.state, job.done), ("running", 225))
            job.action_cancel()
        [scheduler] = self.schedulers
        self.assertEqual(self._kill(scheduler, 6, 150), 6)
        self._finish(scheduler)
        with self._connect() as env:
            record = env["stock.count.import"].browse(record_id)
            self.assertEqual((record.state, record.recorded_count), ("failed", 0))
            lines = record.session_ids.line_ids
            self.assertFalse(any(lines.mapped("is_counted")))
            counts = lines.entry_ids.filtered(lambda e: e.operation != "withdraw")
            back = lines.entry_ids - counts
            self.assertEqual(len(counts), 225)
            self.assertEqual(sorted(back.withdrawn_id.ids), sorted(counts.ids))
            self.assertEqual(len(back), len(counts))
            job = env["stock.count.job"].search([("res_id", "=", record_id)], limit=1)
            self.assertEqual((job.state, job.done), ("cancelled", 0))

    def _do_chunks(self, number):
        """As a scheduler does that has little time."""
        with patch.object(run, "BUDGET", 0):
            for _chunk in range(number):
                with self._connect() as env:
                    env["stock.count.job"]._take_turn()

    def test_a_check_killed_at_random_finds_out_the_same(self):
        """I4, I8, Z3: nothing half done is left, and each row is kept once."""
        items = self._make_items(100)
        self._name_items(items)
        with patch(f"{__name__}.SESSIONS", 40):
            record_id = self._import(items, until="checking")
        [scheduler] = self.schedulers
        self.assertEqual(self._kill(scheduler, 6, 150), 6)
        self._finish(scheduler)
        with self._connect() as env:
            record = env["stock.count.import"].browse(record_id)
            self.assertEqual((record.state, record.good_count), ("check", 4000))
            chunks = record.sudo().chunk_ids
            rows = [row for chunk in chunks for row in json.loads(chunk.rows)]
            self.assertEqual(sorted(rows), list(range(2, 4002)))
            record.sudo().unlink()

    def test_a_check_that_is_cancelled_while_it_looks_leaves_nothing(self):
        """I4, P14: it stops between two rows, not after the last one; then the file can
        be checked again."""
        items = self._make_items(2)
        self._name_items(items)
        record_id = self._import(items, until="checking")
        with self._interrupted() as seen, self._connect() as env:
            env["stock.count.job"]._cron_run()
        self.assertEqual(seen, [(10, 10, "running")])
        with self._connect(0) as env:
            record = env["stock.count.import"].browse(record_id)
            job = env["stock.count.job"].search([("res_id", "=", record_id)], limit=1)
            self.assertEqual((record.state, job.state), ("columns", "cancelled"))
            self.assertFalse(record.sudo().chunk_ids or record.problem_ids)
            record.action_check()
        self._finish(self.schedulers[0])
        with self._connect() as env:
            record = env["stock.count.import"].browse(record_id)
            self.assertEqual((record.state, record.good_count), ("check", 10))
            record.sudo().unlink()

    @contextlib.contextmanager
    def _interrupted(self):
        """Whoever runs a long chunk here is cancelled in the middle of it, by somebody
        who sees how far it is."""
        tell, seen = StockCountJobPulse._tell, []

        def _tell(pulse, job, done, seconds):
            asked = tell(pulse, job, done, seconds)
            if done:
                with self._connect(0) as env:
                    shown = env["stock.count.job"].browse(job.id)
                    [now] = shown.get_progress()
                    seen.append((now["done"], now["total"], now["state"]))
                    shown.action_cancel()
                asked = tell(pulse, job, done, seconds)
            return asked

        with patch.object(StockCountJobPulse, "_tell", _tell):
            yield seen

    def test_two_who_import_one_file_at_once_make_one_count(self):
        """I6, Z4: who comes second waits, and finds that everything is there."""
        items = self._make_items(3)
        self._name_items(items)
        with self._connect() as env:
            env["res.company"].browse(self.company_id).count_background_lines = 0
        first, second = (self._import(items, until="check") for _user in range(2))
        tries = []
        with self._connect(0) as env:
            env["stock.count.import"].browse(first).action_import()
            thread = threading.Thread(target=self._insist, args=[second, tries])
            thread.start()
            self._wait_for_lock()
        thread.join(60)
        self.assertEqual(tries, ["conflict", "done"])
        with self._connect() as env:
            record = env["stock.count.import"].browse(second)
            self.assertEqual((record.state, record.recorded_count), ("done", 0))
            sessions = env["stock.count.session"].search(
                [("description", "=like", f"{self.prefix}%")]
            )
            self.assertEqual(len(sessions), SESSIONS)
            self.assertEqual(len(sessions.line_ids.entry_ids), SESSIONS * len(items))

    def _insist(self, record_id, tries):
        """Import as Odoo answers a request: again after a conflict."""
        try:
            with self._connect(1) as env:
                env["stock.count.import"].browse(record_id).action_import()
            tries.append("done")
        except CONFLICTS:
            tries.append("conflict")
            if len(tries) < 5:
                self._insist(record_id, tries)

    def _name_items(self, item_ids):
        """What other tests left in the database is called the same."""
        self.prefix = uuid.uuid4().hex[:8]
        with self._connect() as env:
            for number, item in enumerate(env["product.product"].browse(item_ids)):
                item.default_code = f"{self.prefix}-{number}"

    def _import(self, item_ids, until="import"):
        # Unless it is about that, the check is not left to the scheduler.
        light = 1 / 2 if until == "checking" else 1 / 1000
        with (
            self._connect(0) as env,
            patch.object(step_check, "CHUNK", 5),
            patch.object(step_check, "LIGHT", light),
        ):
            record = env["stock.count.import"].create(
                {"file": base64.b64encode(self._make_csv(env, item_ids))}
            )
            record.action_read()
            record.warehouse_id = self.warehouse_id
            record.action_check()
            if until == "checking":
                return record.id
            self.assertFalse(record.error_count, record.problem_ids.mapped("message"))
            if until == "import":
                record.action_import()
            return record.id

    def _make_csv(self, env, item_ids):
        place = env["stock.location"].browse(self.bin_id).complete_name
        names = env["product.product"].browse(item_ids).mapped("default_code")
        rows = ["Item,Location,Units,Count Session"]
        rows += [
            f"{name},{place},{number + 20},{self.prefix} {session}"
            for number, name in enumerate(names)
            for session in range(SESSIONS)
        ]
        return "\n".join(rows).encode()

    def _assert_counted_once(self, record_id, item_ids, rows):
        wanted = [number + 20 for number in range(len(item_ids))]
        with self._connect() as env:
            record = env["stock.count.import"].browse(record_id)
            self.assertEqual((record.state, record.recorded_count), ("done", rows))
            self.assertEqual(len(record.session_ids), SESSIONS)
            for session in record.session_ids:
                lines = session.line_ids
                self.assertEqual(sorted(lines.mapped("found_qty")), wanted)
                self.assertEqual(sorted(lines.entry_ids.mapped("qty")), wanted)
            job = env["stock.count.job"].search([("res_id", "=", record_id)], limit=1)
            self.assertEqual((job.state, job.done, job.total), ("done", rows, rows))
