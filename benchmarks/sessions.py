"""The two sessions that the benchmarks count, made once and committed."""

from odoo.fields import Command

import data
import world

LARGE, SMALL = "Benchmark: everything", "Benchmark: two bins"


def prepare(db):
    """A session of all quants and one of a hundred lines, as autovacuum leaves them."""
    with world.environment(db, commit=True) as env:
        # What is measured is done while somebody waits, except by ``background``.
        env.company.count_background_lines = 0
        for name, bins in ((LARGE, 0), (SMALL, 2)):
            if not find(env, name):
                create(env, name, bins).action_generate()
        env.flush_all()
        env.cr.execute("ANALYZE stock_count_line")


def create(env, name, bins=0):
    env.cr.execute("SELECT id FROM bench_bin ORDER BY n LIMIT %s", [bins])
    locations = [location for (location,) in env.cr.fetchall()]
    return env["stock.count.session"].create(
        {
            "description": name,
            "warehouse_id": data.stock_location(env).warehouse_id.id,
            "location_ids": [Command.set(locations)],
        }
    )


def find(env, name):
    return env["stock.count.session"].search([("description", "=", name)], limit=1)
