import contextlib
import pathlib
import random
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from unittest.mock import patch

from psycopg2 import InterfaceError, OperationalError

from odoo import Command
from odoo.tests import get_db_name, tagged
from odoo.tools import config

from odoo.addons.stock_count.models.jobs.run import StockCountJob
from odoo.addons.stock_count.models.posting import chunks

from ..connection_common import ConnectionCase

WORKER = pathlib.Path(__file__).parents[1] / "job_worker.py"


class Scheduler:
    """A process that runs jobs, and can be killed while it does."""

    def __init__(self):
        options = [
            "-d",
            get_db_name(),
            f"--addons-path={','.join(config['addons_path'])}",
            f"--data-dir={config['data_dir']}",
            f"--db_host={config['db_host'] or ''}",
            f"--db_user={config['db_user'] or ''}",
            "--log-level=critical",
        ]
        self.process = subprocess.Popen(
            [sys.executable, str(WORKER), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, command):
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()

    def answer(self):
        return self.process.stdout.readline().strip()

    def end(self):
        # It waits for a command, or is still loading Odoo.
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class CrashCase(ConnectionCase):
    """Sessions with many lines, in a company whose background begins at one line."""

    CHUNK = 3
    NODES = 2

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # They load Odoo, all at once, while the first test makes its data.
        cls.schedulers = [Scheduler() for _node in range(cls.NODES)]
        for scheduler in cls.schedulers:
            cls.addClassCleanup(scheduler.end)

    def setUp(self):
        super().setUp()
        with self._connect() as env:
            env["res.company"].browse(self.company_id).count_background_lines = 1
            # What other tests left is not theirs to run.
            env["stock.count.job"].search([]).write({"state": "cancelled"})

    def _make_items(self, count):
        with self._connect() as env:
            items = env["product.product"].create(
                [{"name": f"Nut {i}", "is_storable": True} for i in range(count)]
            )
            bin_ = env["stock.location"].browse(self.bin_id)
            for item in items:
                env["stock.quant"]._update_available_quantity(item, bin_, 10)
            return items.ids

    def _make_counted(self, item_ids):
        """A session in which each item's place in the list is found, checked."""
        session_id = self._make_session()
        with self._connect(0) as env:
            session = env["stock.count.session"].browse(session_id)
            session.record_entries(
                [
                    {
                        "uuid": str(uuid.uuid4()),
                        "operation": "set",
                        "qty": place + 20,
                        "product_id": item_id,
                        "location_id": self.bin_id,
                    }
                    for place, item_id in enumerate(item_ids)
                ]
            )
            session.action_check_all()
        return session_id

    def _make_session(self):
        with self._connect(0) as env:
            session = env["stock.count.session"].create(
                {
                    "warehouse_id": self.warehouse_id,
                    "location_ids": [Command.set([self.bin_id])],
                }
            )
            env["stock.count.generator"]._generate(session)
            return session.id

    def _call(self, session_id, verb):
        with (
            self._connect(0) as env,
            patch.object(chunks, "JOB_CHUNK", self.CHUNK),
        ):
            getattr(env["stock.count.session"].browse(session_id), verb)()

    # === WHAT IS THERE AFTERWARDS === #

    def _read_books(self, item_ids):
        with self._connect() as env:
            quants = env["stock.quant"].search(
                [("location_id", "=", self.bin_id), ("product_id", "in", item_ids)]
            )
            books = Counter()
            for quant in quants:
                books[quant.product_id.id] += quant.quantity
            return [books[item_id] for item_id in item_ids]

    def _read_moves(self, session_id):
        """How many moves each line has, as a list of the different numbers."""
        with self._connect() as env:
            session = env["stock.count.session"].browse(session_id)
            return {len(line.move_ids) for line in session.line_ids}

    def _read_session(self, session_id, *names):
        with self._connect() as env:
            session = env["stock.count.session"].browse(session_id)
            return [session[name] for name in names]

    def _read_jobs(self, session_id):
        with self._connect() as env:
            jobs = env["stock.count.job"].search([("session_id", "=", session_id)])
            return [(job.state, job.done, job.total, job.error) for job in jobs]

    def _assert_posted_once(self, session_id, item_ids):
        wanted = [place + 20 for place in range(len(item_ids))]
        self.assertEqual(self._read_books(item_ids), wanted)
        self.assertEqual(self._read_moves(session_id), {1})
        self.assertEqual(self._read_session(session_id, "state"), ["posted"])
        total = len(item_ids)
        self.assertEqual(self._read_jobs(session_id)[0][:3], ("done", total, total))
        with self._connect() as env:
            session = env["stock.count.session"].browse(session_id)
            entries = session.line_ids.entry_ids
            self.assertEqual(sorted(entries.mapped("qty")), wanted)
            self.assertEqual(set(session.line_ids.mapped("posted_round")), {1})

    def _kill(self, scheduler, times, statements):
        """Kill it so many times, each at a random one of its first statements, or after
        its first chunk where that takes fewer; how often it was working."""
        killed = 0
        for _time in range(times):
            scheduler.start(f"kill {random.randint(1, statements)}")
            killed += scheduler.answer() == "killed"
        return killed

    def _finish(self, scheduler):
        scheduler.start("finish")
        self.assertEqual(scheduler.answer(), "ended 0")

    def _wait_for_lock(self, act="pid"):
        """Wait until a connection waits for another one, then do something to it."""
        for _try in range(300):
            with self._connect() as env:
                env.cr.execute(
                    f"SELECT {act} FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                    " AND datname = current_database()"
                )
                if env.cr.fetchall():
                    return
            time.sleep(0.1)
        self.fail("nobody ran into anybody")


@tagged("post_install", "-at_install", "stock_count_crash")
class TestJobCrash(CrashCase):
    """A process that is killed leaves nothing half done, nothing doubled (Z3, P14)."""

    def test_a_posting_killed_ten_times_at_random_is_posted_once(self):
        """Z3, P14: stock, moves, entries and the job agree afterwards."""
        items = self._make_items(45)
        session_id = self._make_counted(items)
        self._call(session_id, "action_post")
        scheduler = self.schedulers[0]
        self.assertEqual(self._kill(scheduler, 10, 150), 10)
        self._finish(scheduler)
        self._assert_posted_once(session_id, items)

    def test_two_schedulers_on_one_database_run_a_job_once(self):
        """Z6: with Odoo's own lock, and without it by the job's."""
        items = self._make_items(24)
        for command in ("finish", "race"):
            with self.subTest(command):
                session_id = self._make_counted(items)
                self._call(session_id, "action_post")
                for scheduler in self.schedulers:
                    scheduler.start(command)
                answers = [scheduler.answer() for scheduler in self.schedulers]
                self.assertEqual(answers, ["ended 0", "ended 0"])
                self.assertEqual(self._read_jobs(session_id)[0][0], "done")
                if command == "finish":
                    self._assert_posted_once(session_id, items)
                    self._undo(session_id)
        self._assert_posted_once(session_id, items)

    def test_a_chunk_that_runs_into_somebody_else_is_done_again(self):
        """P14, design 3: a conflict is never a line's error, nor the job's."""
        items = self._make_items(5)
        session_id = self._make_counted(items)
        self._call(session_id, "action_post")
        again = patch.object(
            StockCountJob,
            "_give_way",
            autospec=True,
            side_effect=StockCountJob._give_way,
        )
        with again as gave_way:
            with self._connect(0) as env:
                env["stock.count.fence"].sudo()._close([self.bin_id])
                thread = self._run_in_thread()
                self._wait_for_lock()
            thread.join(60)
        self.assertTrue(gave_way.called)
        self._assert_posted_once(session_id, items)

    def test_a_job_is_stopped_while_its_chunk_runs_without_waiting_for_it(self):
        """P14: the chunk is finished, then the job is cancelled."""
        session_id = self._make_counted(self._make_items(5))
        self._call(session_id, "action_post")
        with self._connect() as running:
            job = running["stock.count.job"]._lock_next()
            with self._connect(0) as env:
                env["stock.count.job"].browse(job.id).action_cancel()
            with self._connect(0) as env:
                [progress] = env["stock.count.job"].browse(job.id).get_progress()
            self.assertTrue(progress["is_stopping"])
            self.assertEqual(progress["state"], "waiting")
        self._run_in_thread().join(60)
        self.assertEqual(self._read_jobs(session_id)[0][:2], ("cancelled", 0))
        self.assertEqual(self._read_session(session_id, "state"), ["open"])

    def test_a_lost_connection_to_the_database_is_not_the_jobs_failure(self):
        """Z3: the next scheduler goes on."""
        items = self._make_items(5)
        session_id = self._make_counted(items)
        self._call(session_id, "action_post")
        with self._connect(0) as env:
            env["stock.count.fence"].sudo()._close([self.bin_id])
            thread = self._run_in_thread()
            self._wait_for_lock("pg_terminate_backend(pid)")
            thread.join(60)
        self.assertEqual(self._read_jobs(session_id)[0][:2], ("waiting", 0))
        self._run_in_thread().join(60)
        self._assert_posted_once(session_id, items)

    def _run_in_thread(self):
        """A scheduler of this process; whatever ends it is what a test is about."""

        def run():
            lost = contextlib.suppress(OperationalError, InterfaceError)
            with lost, self._connect() as env:
                env["stock.count.job"]._cron_run()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def _undo(self, session_id):
        self._call(session_id, "action_undo_posting")
        self._finish(self.schedulers[0])
        with self._connect(0) as env:
            env["stock.count.session"].browse(session_id).action_cancel()


@tagged("post_install", "-at_install", "-standard", "stock_count_soak")
class TestJobSoak(CrashCase):
    """The same for longer: generating, posting and undoing, killed all the time."""

    CHUNK = 10
    NODES = 1

    def test_what_is_posted_and_undone_under_fire_is_right(self):
        """Z3, P14, P15: ``dev/soak``."""
        items = self._make_items(300)
        [scheduler] = self.schedulers
        session_id = self._make_counted(items)
        self._call(session_id, "action_post")
        self._kill(scheduler, 40, 300)
        self._finish(scheduler)
        self._assert_posted_once(session_id, items)
        self._call(session_id, "action_undo_posting")
        self._kill(scheduler, 40, 300)
        self._finish(scheduler)
        self.assertEqual(self._read_books(items), [10] * 300)
        self.assertEqual(self._read_moves(session_id), {2})
        self.assertEqual(self._read_session(session_id, "state"), ["open"])
