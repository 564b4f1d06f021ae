"""Fifty counters with the counting app on one session, over HTTP, on two workers.

Each of them counts something every second and a half and sends it in batches of twenty;
then all of them at once, as after an outage of the network.
"""

import contextlib
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid

import psutil
import requests

from odoo.tools import config

import sessions
import world
from figures import Figure

ROUNDS = 1
# It commits.
COPIES = True
COUNTERS, ENTRIES, BATCHES, EVERY = 50, 20, 3, 30
DOOR = "/web/dataset/call_kw/stock.count.app"

FIGURES = [
    Figure(
        f"{COUNTERS} counters, {ENTRIES} entries every {EVERY} s: 95th percentile, s",
        "app_server.fifty_counters",
        key="p95",
        at_most=0.3,
    ),
    Figure("their median, s", "app_server.fifty_counters", key="median"),
    Figure("CPU of a batch, s", "app_server.fifty_counters", key="cpu"),
    Figure(
        "entries lost or doubled", "app_server.fifty_counters", key="lost", at_most=0
    ),
    Figure("all at once: 95th percentile, s", "app_server.fifty_counters", key="burst"),
    Figure("all at once: done after, s", "app_server.fifty_counters", key="burst_all"),
    Figure("load_catalogue, s", "app_server.fifty_counters", key="catalogue"),
    Figure("load_catalogue, MB of JSON", "app_server.fifty_counters", key="size"),
]


@world.piece
def fifty_counters(env):
    db = env.cr.dbname
    logins, session_id, line_ids = prepare(db)
    with serve(db) as (server, url):
        counters = [Counter(url, db, login, session_id) for login in logins]
        share_out(counters, line_ids)
        catalogue, size = counters[0].load_catalogue()
        # Both workers have their caches filled before it counts.
        together(counters, Counter.send)
        worked = cpu_seconds(db, server)
        times = steadily(counters)
        worked = cpu_seconds(db, server) - worked
        started = time.perf_counter()
        burst = together(counters, Counter.send)
        burst_all = time.perf_counter() - started
    sent = sum(counter.sent for counter in counters)
    return {
        "seconds": statistics.median(times),
        "median": statistics.median(times),
        "p95": percentile(times),
        "cpu": worked / len(times),
        "burst": percentile(burst),
        "burst_all": burst_all,
        "lost": abs(sent - recorded(db, session_id)),
        "sent": sent,
        "sent_again": sum(counter.again for counter in counters),
        "catalogue": catalogue,
        "size": size,
    }


def percentile(times):
    return statistics.quantiles(times, n=20)[-1]


# === DATA === #


def prepare(db):
    """Fifty counters assigned to the session of all quants."""
    with world.environment(db, commit=True) as env:
        session = sessions.find(env, sessions.LARGE)
        group = env.ref("stock_count.group_count_counter")
        users = (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                [
                    {
                        "name": f"Counter {i}",
                        "login": f"bench-{i}",
                        "password": f"bench-{i}",
                        "group_ids": [(6, 0, group.ids)],
                        "company_id": session.company_id.id,
                        "company_ids": [(6, 0, session.company_id.ids)],
                    }
                    for i in range(COUNTERS)
                ]
            )
        )
        session.counter_ids = users
        lines = env["stock.count.line"].search(
            [("session_id", "=", session.id), ("is_counted", "=", False)],
            limit=COUNTERS * ENTRIES * (BATCHES + 2),
        )
        return users.mapped("login"), session.id, lines.ids


def share_out(counters, line_ids):
    """Each counter walks along shelves of their own."""
    share = len(line_ids) // len(counters)
    for i, counter in enumerate(counters):
        counter.line_ids = line_ids[i * share : (i + 1) * share]


def recorded(db, session_id):
    with world.environment(db) as env:
        env.cr.execute(
            "SELECT count(*) FROM stock_count_entry"
            " WHERE session_id = %s AND source = 'app'",
            [session_id],
        )
        return env.cr.fetchone()[0]


# === THE COUNTERS === #


class Counter:
    """A device that is signed in."""

    def __init__(self, url, db, login, session_id):
        self.client, self.url, self.session_id = requests.Session(), url, session_id
        self.line_ids, self.since = [], None
        self.sent = self.again = 0
        params = {"db": db, "login": login, "password": login}
        self._post("/web/session/authenticate", params)

    def _post(self, path, params):
        answer = self.client.post(self.url + path, json={"params": params}, timeout=120)
        answer.raise_for_status()
        return answer.json()["result"]

    def _call(self, method, *args):
        params = {"model": "stock.count.app", "method": method}
        return self._post(f"{DOOR}/{method}", {**params, "args": args, "kwargs": {}})

    def load_catalogue(self):
        started = time.perf_counter()
        self._call("load_catalogue", self.session_id)
        seconds = time.perf_counter() - started
        params = {"model": "stock.count.app", "method": "load_catalogue"}
        params.update(args=[self.session_id], kwargs={})
        url = f"{self.url}{DOOR}/load_catalogue"
        text = self.client.post(url, json={"params": params}, timeout=120).content
        return seconds, len(text) / 1e6

    def send(self):
        """One batch; how long it took to be answered."""
        lines, self.line_ids = self.line_ids[:ENTRIES], self.line_ids[ENTRIES:]
        entries = [
            {"uuid": str(uuid.uuid4()), "qty": 5, "line_id": line} for line in lines
        ]
        batch = {"entries": entries, "since": self.since, "device": "bench"}
        started = time.perf_counter()
        answer = self._sync(batch)
        seconds = time.perf_counter() - started
        self.since = answer["server_now"]
        self.sent += len(entries)
        statuses = {result["status"] for result in answer["results"]}
        assert statuses <= {"recorded", "duplicate"}, statuses
        return seconds

    def _sync(self, batch, tries=5):
        """Sends again what was not answered, as the app does: the same entries."""
        try:
            return self._call("sync", self.session_id, batch)
        except requests.ConnectionError:
            if not tries:
                raise
        self.again += 1
        return self._sync(batch, tries - 1)

    def walk(self):
        """Batches at the pace of a counter who began at any moment."""
        times, start = [], time.monotonic() + random.random() * EVERY
        for i in range(BATCHES):
            time.sleep(max(0, start + i * EVERY - time.monotonic()))
            times.append(self.send())
        return times


def together(counters, work):
    """The work of each counter, in a thread of its own; the results."""
    results, errors = [], []

    def run(counter):
        try:
            results.append(work(counter))
        except Exception as error:  # Shown below
            errors.append(error)

    threads = [threading.Thread(target=run, args=[counter]) for counter in counters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


def steadily(counters):
    return [seconds for times in together(counters, Counter.walk) for seconds in times]


# === THE SERVER === #


@contextlib.contextmanager
def serve(db):
    """A real server with two workers; its process and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.NamedTemporaryFile("w+") as log:
        server = subprocess.Popen(
            [
                sys.executable,
                *("-m", "odoo", "server", "--workers=2", "--max-cron-threads=0"),
                f"--addons-path={','.join(config['addons_path'])}",
                f"--data-dir={config['data_dir']}",
                f"--db_host={os.environ['PGHOST']}",
                f"--db_user={os.environ.get('PGUSER', 'odoo')}",
                f"--database={db}",
                f"--http-port={port}",
                f"--gevent-port={port + 1}",
                "--http-interface=127.0.0.1",
                "--log-level=warn",
            ],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            wait(server, port, log)
            yield server, f"http://127.0.0.1:{port}"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def cpu_seconds(db, server):
    """What the workers and their database connections have worked so far."""
    with world.environment(db) as env:
        env.cr.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> %s",
            [db, env.cr._cnx.get_backend_pid()],
        )
        backends = [psutil.Process(pid) for (pid,) in env.cr.fetchall()]
    workers = psutil.Process(server.pid).children(recursive=True)
    times = [process.cpu_times() for process in (*workers, *backends)]
    return sum(time.user + time.system for time in times)


def wait(server, port, log):
    for _i in range(600):
        if server.poll() is not None:
            log.seek(0)
            raise RuntimeError(log.read()[-2000:])
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.1)
    raise TimeoutError("the server did not start")
