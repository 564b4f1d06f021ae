"""Posting 20,000 lines in the background while ten counters record over the JSON API.

Two nodes, as where it matters: one serves HTTP with two workers, the other runs the
scheduled actions. The counters are at shelves of the same count that are not posted.
"""

import contextlib
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from datetime import timedelta

import requests

from odoo import fields
from odoo.tools import config

import sessions
import world
from app_server import serve
from figures import Figure

ROUNDS = 1
# It commits.
COPIES = True
COUNTERS, EVERY, PHASE = 10, 1.0, 45
LINES = 20_000

FIGURES = [
    Figure(
        "95th percentile of ten counters, while 20,000 lines are posted : idle",
        "background.posting",
        key="times_slower",
        at_most=2,
    ),
    Figure("their 95th percentile meanwhile, s", "background.posting", key="p95"),
    Figure("on an idle server, s", "background.posting", key="p95_idle"),
    Figure("their median meanwhile, s", "background.posting", key="median"),
    Figure("on an idle server, s (median)", "background.posting", key="median_idle"),
    Figure("lines posted a second meanwhile", "background.posting", key="rate"),
    Figure("starting the job, s", "background.posting", key="seconds"),
    Figure("entries not recorded", "background.posting", key="lost", at_most=0),
]


@world.piece
def posting(env):
    db = env.cr.dbname
    keys, session_id, shelves = prepare(db)
    seconds = start(db, session_id)
    with serve(db) as (_server, url):
        counters = [
            Counter(url, key, session_id, shelf)
            for key, shelf in zip(keys, shelves, strict=True)
        ]
        # Both workers have their caches filled before it counts.
        count(counters, 5)
        idle = count(counters, PHASE)
        with scheduler(db):
            wait_until_running(db)
            before, since = progress(db), time.monotonic()
            busy = count(counters, PHASE)
            done, worked = progress(db) - before, time.monotonic() - since
        idle += count(counters, PHASE)
    return {
        "seconds": seconds,
        "p95": percentile(busy),
        "p95_idle": percentile(idle),
        "times_slower": percentile(busy) / percentile(idle),
        "median": statistics.median(busy),
        "median_idle": statistics.median(idle),
        "rate": done / worked,
        "lost": sum(counter.refused for counter in counters),
        "calls": len(idle) + len(busy),
    }


def percentile(times):
    return statistics.quantiles(times, n=20)[-1]


# === DATA === #


def prepare(db):
    """Counters with keys, 20,000 counted lines, and shelves for the counters."""
    with world.environment(db, commit=True) as env:
        session = sessions.find(env, sessions.LARGE)
        users = make_users(env, session)
        session.counter_ids = users
        env.cr.execute(
            "SELECT id, expected_qty, lot_id IS NULL AS free FROM stock_count_line"
            " WHERE session_id = %s AND NOT is_counted ORDER BY location_id, id",
            [session.id],
        )
        rows = env.cr.dictfetchall()
        posted, rest = rows[:LINES], rows[LINES:]
        answers = session.record_entries([make_difference(row) for row in posted])
        assert all(answer["status"] == "recorded" for answer in answers)
        env.flush_all()
        env.cr.execute("ANALYZE stock_count_line, stock_count_entry")
        share = len(rest) // COUNTERS
        shelves = [
            [row["id"] for row in rest[i * share : (i + 1) * share] if row["free"]]
            for i in range(COUNTERS)
        ]
        return [make_key(env, user) for user in users], session.id, shelves


def make_users(env, session):
    group = env.ref("stock_count.group_count_counter")
    users = env["res.users"].with_context(no_reset_password=True)
    return users.create(
        [
            {
                "name": f"Scanner {i}",
                "login": f"scanner-{i}",
                "group_ids": [(6, 0, group.ids)],
                "company_id": session.company_id.id,
                "company_ids": [(6, 0, session.company_id.ids)],
            }
            for i in range(COUNTERS)
        ]
    )


def make_key(env, user):
    expires = fields.Datetime.now() + timedelta(days=1)
    return env["res.users.apikeys"].with_user(user)._generate("rpc", "bench", expires)


def make_difference(row):
    """One more than expected; none where a lot or serial number was expected."""
    return {
        "uuid": str(uuid.uuid4()),
        "operation": "set",
        "line_id": row["id"],
        "qty": float(row["expected_qty"]) + 1 if row["free"] else 0,
    }


def start(db, session_id):
    """Start the job, which waits for a scheduler; how long the user waits."""
    with world.environment(db, commit=True) as env:
        session = env["stock.count.session"].browse(session_id)
        session.company_id.count_background_lines = 1000
        session.action_check_all([("is_counted", "=", True)])
        with world.Watch(env) as watch:
            session.action_post()
        assert session.get_job()["total"] == LINES
        return watch.seconds


def progress(db):
    with world.environment(db) as env:
        return env["stock.count.job"].search([], limit=1).done


def wait_until_running(db):
    end = time.monotonic() + 120
    while not progress(db):
        assert time.monotonic() < end, "no scheduler came"
        time.sleep(0.5)


# === COUNTERS === #


class Counter:
    """A scanner at a shelf."""

    def __init__(self, url, key, session_id, line_ids):
        self.url = f"{url}/json/2/stock.count.session/record_entries"
        self.client, self.session_id, self.line_ids = requests.Session(), session_id, []
        self.client.headers["Authorization"] = f"Bearer {key}"
        self.line_ids, self.refused = line_ids, 0

    def send(self):
        """One scan; how long it took to be answered."""
        entry = {"uuid": str(uuid.uuid4()), "qty": 1, "line_id": self.line_ids.pop(0)}
        body = {"ids": [self.session_id], "entries": [entry]}
        started = time.perf_counter()
        answer = self.client.post(self.url, json=body, timeout=120)
        seconds = time.perf_counter() - started
        self.refused += not answer.ok or answer.json()[0]["status"] != "recorded"
        return seconds

    def walk(self, times, seconds):
        """A scan a second, beginning at any moment."""
        end = time.monotonic() + seconds
        time.sleep(random.random() * EVERY)
        while time.monotonic() < end:
            took = self.send()
            times.append(took)
            time.sleep(max(0, EVERY - took))


def count(counters, seconds):
    """All of them for so long; what each scan took."""
    times = []
    threads = [
        threading.Thread(target=counter.walk, args=[times, seconds])
        for counter in counters
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


@contextlib.contextmanager
def scheduler(db):
    """A node that runs scheduled actions only; as polite as Odoo's own workers."""
    with tempfile.TemporaryFile() as log:
        node = subprocess.Popen(
            [
                *("nice", "-n", "10", sys.executable, "-m", "odoo", "server"),
                *("--no-http", "--max-cron-threads=1"),
                f"--addons-path={','.join(config['addons_path'])}",
                f"--data-dir={config['data_dir']}",
                f"--db_host={os.environ['PGHOST']}",
                f"--db_user={os.environ.get('PGUSER', 'odoo')}",
                f"--database={db}",
                "--log-level=warn",
            ],
            stdout=log,
            stderr=log,
        )
        try:
            time.sleep(10)
            wake(db)
            yield
        finally:
            node.kill()
            node.wait()


def wake(db):
    """A scheduler that has just started looks for work after a minute, or when told."""
    with world.environment(db, commit=True) as env:
        env["stock.count.job"]._trigger()
