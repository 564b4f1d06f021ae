"""A real Odoo in this process: a registry, cursors, the administrator's environment."""

import contextlib
import os
import resource
import statistics
import time

import odoo
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config

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
    odoo.tools.config["max_cron_threads"] = 0


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
    """Seconds and queries of a piece of work that starts with nothing in the cache."""

    def __init__(self, env):
        self.env = env
        self.seconds = self.queries = 0

    def __enter__(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.queries = self.env.cr.sql_log_count
        self.seconds = time.perf_counter()
        return self

    def __exit__(self, *_error):
        # What a commit would do first, mail's tracking included, belongs to the work.
        self.env.cr.flush()
        self.seconds = time.perf_counter() - self.seconds
        self.queries = self.env.cr.sql_log_count - self.queries

    @property
    def result(self):
        return {"seconds": self.seconds, "queries": self.queries}


def repeat(db, work, *, rounds=3):
    """Do the work in several rolled-back transactions; the median of the seconds.

    :param work: called with an environment, returns a dict with ``seconds``
    """
    results = []
    for _round in range(rounds):
        with environment(db) as env:
            results.append(work(env))
    result = dict(results[-1])
    seconds = [each["seconds"] for each in results]
    return {**result, "seconds": statistics.median(seconds), "all": seconds}


def peak_memory():
    """The most memory this process has had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# What can be measured in a process of its own, by name: called with a database's name,
# returns a dict with ``seconds``.
PIECES = {}


def piece(function):
    """Let ``run.py`` call the function, as ``file.function``."""
    PIECES[f"{function.__module__}.{function.__name__}"] = function
    return function
