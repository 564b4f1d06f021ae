"""A real Odoo in this process: a registry, cursors, the administrator's environment."""

import contextlib
import os
import pathlib
import resource
import time

from odoo import api
from odoo.modules.registry import Registry
from odoo.sql_db import db_connect
from odoo.tools import config
from odoo.tools.sql import table_exists

ADMIN = 2


def boot(options):
    """Read Odoo's configuration from the options of ``run.py``."""
    config.parse_config(
        [
            f"--addons-path={options.addons_path}",
            f"--data-dir={options.data_dir}",
            f"--db_host={os.environ['PGHOST']}",
            f"--db_user={os.environ.get('PGUSER', 'odoo')}",
            "--http-interface=127.0.0.1",
            "--log-level=warn",
        ],
        setup_logging=True,
    )


@contextlib.contextmanager
def environment(db, *, commit=False):
    """The administrator's environment; rolled back at the end unless told otherwise."""
    with Registry(db).cursor() as cr:
        env = api.Environment(cr, ADMIN, {})
        company = env.user.company_id
        yield env(context={"allowed_company_ids": company.ids, "lang": "en_US"})
        if commit:
            cr.commit()
        else:
            cr.rollback()


class Watch:
    """Seconds and queries of a piece of work that starts with nothing in the cache.

    ``cpu`` are the seconds that Odoo and its PostgreSQL backend really worked, which
    says more than the clock while the machine does other things, too.
    """

    def __init__(self, env):
        self.env = env
        self.seconds = self.queries = self.cpu = 0

    def __enter__(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.cpu = cpu_seconds(self.env.cr)
        self.queries = self.env.cr.sql_log_count
        self.seconds = time.perf_counter()
        return self

    def __exit__(self, *_error):
        # What a commit would do first, mail's tracking included, belongs to the work.
        self.env.cr.flush()
        self.seconds = time.perf_counter() - self.seconds
        self.queries = self.env.cr.sql_log_count - self.queries
        self.cpu = cpu_seconds(self.env.cr) - self.cpu

    @property
    def result(self):
        return {"seconds": self.seconds, "queries": self.queries, "cpu": self.cpu}


def cpu_seconds(cr):
    """What this process and its database connection have worked so far.

    A backend on another machine counts as nothing.
    """
    stat = pathlib.Path(f"/proc/{cr._cnx.get_backend_pid()}/stat")
    backend = stat.read_text().rpartition(")")[2].split() if stat.exists() else ()
    ticks = sum(map(int, backend[11:13]))
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def peak_memory():
    """The most memory this process has had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# What can be measured, by name: called with an environment whose changes are rolled
# back, returns a dict with ``seconds``.
PIECES = {}


def piece(function):
    """Let ``run.py`` call the function, as ``file.function``."""
    PIECES[f"{function.__module__}.{function.__name__}"] = function
    return function


def run(db, name):
    """Measure a piece once; its result, with the most memory the process has had."""
    with environment(db) as env:
        result = PIECES[name](env)
    vacuum(db)
    return {"memory": peak_memory(), **result}


def vacuum(db, tables=("stock_count_line", "stock_count_entry", "stock_quant")):
    """Take away what was rolled back, before the next turn wades through it."""
    with contextlib.closing(db_connect(db).cursor()) as cr:
        cr._cnx.rollback()
        cr._cnx.autocommit = True
        for table in tables:
            if table_exists(cr, table):
                cr.execute(f"VACUUM {table}")
        cr._cnx.autocommit = False
