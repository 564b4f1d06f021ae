"""A scheduler of its own process, which the tests of jobs kill.

Reads commands, one a line, and answers each with one: ``kill NUMBER`` runs the jobs as
Odoo's scheduler does and is killed with SIGKILL at its statement of that number, at the
latest after its first chunk; ``finish`` runs them to their end; ``race`` does so
without the lock that Odoo's scheduler has of its own. Every run is a fork of a process
that has loaded Odoo once.
"""

import functools
import os
import signal
import sys

import odoo
from odoo import api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config

from odoo.addons.base.models.ir_cron import IrCron

ACTIVE = "SELECT 1 FROM stock_count_job WHERE state IN ('waiting', 'running')"


def main(db):
    Registry(db)
    for line in sys.stdin:
        command, *number = line.split()
        sql_db.close_all()
        pid = os.fork()
        if not pid:
            if number:
                die_at(int(number[0]))
            run(db, command)
        sys.stdout.write(f"{wait(pid)}\n")
        sys.stdout.flush()


def wait(pid):
    """``killed`` where it came to the statement at which it dies, else its end."""
    _pid, status = os.waitpid(pid, 0)
    return "killed" if os.WIFSIGNALED(status) else f"ended {os.WEXITSTATUS(status)}"


def die_at(number):
    """Kill this process at its statement of that number, before it is sent; a commit is
    one, too. At the latest after the first chunk, so that a job of more chunks than
    kills is never done before the last of them."""
    # The addon is found once Odoo knows its options.
    from odoo.addons.stock_count.models.jobs import run as job_run

    # One chunk is one turn, however fast this machine is.
    job_run.BUDGET = 0
    left, turns = iter(range(number - 1)), iter(range(1))
    for owner, name, before in (
        (sql_db.Cursor, "execute", left),
        (sql_db.Cursor, "commit", left),
        (job_run.StockCountJob, "_take_turn", turns),
    ):
        setattr(owner, name, dying(getattr(owner, name), before))


def dying(function, before):
    """The function, which kills this process when it is called once too often.

    :param before: an iterator with as many elements as there are calls before that
    """

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        if next(before, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)

    return wrapper


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
