"""A scheduler of its own process, which the tests of jobs kill.

Reads commands, one a line, and answers each with one: ``kill SECONDS`` runs the jobs as
Odoo's scheduler does and is killed with SIGKILL after so long; ``finish`` runs them to
their end; ``race`` does so without the lock that Odoo's scheduler has of its own. Every
run is a fork of a process that has loaded Odoo once.
"""

import os
import signal
import sys
import time

import odoo
from odoo import api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config

from odoo.addons.base.models.ir_cron import IrCron

ACTIVE = "SELECT 1 FROM stock_count_job WHERE state IN ('waiting', 'running')"


def main(db):
    Registry(db)
    for line in sys.stdin:
        command, *seconds = line.split()
        sql_db.close_all()
        pid = os.fork()
        if not pid:
            run(db, command)
        answer = wait(pid, float(seconds[0]) if seconds else None)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def wait(pid, seconds):
    """``killed`` where it was still working after so many seconds, else its end."""
    if seconds is not None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
    _pid, status = os.waitpid(pid, 0)
    return "killed" if os.WIFSIGNALED(status) else f"ended {os.WEXITSTATUS(status)}"


def run(db, command):
    try:
        work(db, command)
        # A killed process runs no exit handlers, and neither does this copy of one.
        os._exit(0)
    except BaseException as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        os._exit(1)


def work(db, command):
    with Registry(db).cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        cron_id = env.ref("stock_count.ir_cron_job").id
    while has_active_job(db):
        if command == "race":
            race(db)
        else:
            run_scheduler(db, cron_id)


def has_active_job(db):
    with sql_db.db_connect(db).cursor() as cr:
        cr.execute(ACTIVE)
        return bool(cr.fetchone())


def run_scheduler(db, cron_id):
    with Registry(db).cursor() as cr:
        # Odoo wakes the scheduler for what was triggered; a run that was given up as
        # timed out would wait for its next time.
        cron = api.Environment(cr, api.SUPERUSER_ID, {})["ir.cron"].browse(cron_id)
        cron._trigger()
    with sql_db.db_connect(db).cursor() as cr:
        IrCron._process_jobs_loop(cr, job_ids=[cron_id])


def race(db):
    with Registry(db).cursor() as cr:
        api.Environment(cr, api.SUPERUSER_ID, {})["stock.count.job"]._cron_run()


if __name__ == "__main__":
    config.parse_config(sys.argv[1:])
    odoo.tools.config["max_cron_threads"] = 0
    main(config["db_name"][0])
