"""The counting app on a slow phone: a real Chromium at a quarter of its speed, slow 4G.

A session of 20,000 lines in a warehouse of 20,000 items; see ``app_client.mjs``.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys

import app_server
import sessions
import world
from figures import Figure

ROUNDS = 1
# It commits.
COPIES = True
BINS, SCANS = 400, 150
NAME, LOGIN = "Benchmark: app", "bench-phone"
SCRIPT = pathlib.Path(__file__).with_suffix(".mjs")
TOOLS = pathlib.Path(sys.executable).parent

FIGURES = [
    Figure(
        "scan to visible confirmation, network: 95th percentile, ms",
        "app_client.phone",
        key="online",
        at_most=100,
    ),
    Figure(
        "scan to visible confirmation, no network: 95th percentile, ms",
        "app_client.phone",
        key="offline",
        at_most=100,
    ),
    Figure("their median, ms", "app_client.phone", key="median"),
    Figure("CPU of a scan at full speed, ms", "app_client.phone", key="cpu"),
    Figure("first load, s", "app_client.phone", key="first", at_most=3),
    Figure("later load, s", "app_client.phone", key="later", at_most=1),
    Figure("load_catalogue of 20,000, s", "app_client.phone", key="catalogue"),
    Figure(
        "bundle with Odoo's shared libraries, kB gzipped",
        "app_client.phone",
        key="bundle",
        at_most=400,
    ),
]


@world.piece
def phone(env):
    db = env.cr.dbname
    task = prepare(db)
    with app_server.serve(db) as (_server, url):
        measured = drive({**task, "url": url})
    scans = measured["online"] + measured["offline"]
    return {
        "seconds": statistics.median(scans) / 1000,
        "median": statistics.median(scans),
        "online": app_server.percentile(measured["online"]),
        "offline": app_server.percentile(measured["offline"]),
        "cpu": measured["cpu"],
        "first": measured["firstLoad"] / 1000,
        "later": measured["laterLoad"] / 1000,
        "catalogue": measured["catalogue"] / 1000,
        "bundle": measured["bundle"] / 1000,
    }


def prepare(db):
    """A counter with a session, and the codes of what lies in its bins."""
    with world.environment(db, commit=True) as env:
        session = sessions.create(env, NAME, BINS)
        session.action_generate()
        session.counter_ids = make_counter(env, session)
        lines = session.line_ids.filtered(
            lambda line: line.product_id.tracking == "none"
        )
        codes = lines.product_id[:SCANS].mapped("barcode")
        location = lines[:1].location_id.barcode
        return {
            "session_id": session.id,
            "login": LOGIN,
            "codes": codes,
            "location": location,
        }


def make_counter(env, session):
    group = env.ref("stock_count.group_count_counter")
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": "Phone",
                "login": LOGIN,
                "password": LOGIN,
                "group_ids": [(6, 0, group.ids)],
                "company_id": session.company_id.id,
                "company_ids": [(6, 0, session.company_id.ids)],
            }
        )
    )


def drive(task):
    """What Chromium measured, in milliseconds."""
    answer = subprocess.run(
        [TOOLS / "node", SCRIPT],
        env={**os.environ, "NODE_TOOLS": str(TOOLS.parent.parent / "node")},
        input=json.dumps(task),
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    if answer.returncode:
        raise RuntimeError(answer.stderr[-2000:])
    return json.loads(answer.stdout)
