"""Validating a delivery of fifty lines, with the addon and without it.

They work on two copies of one database.
"""

import data
import world
from figures import Figure

ROUNDS = 60
# Runs in the database that has the same data, but not the addon.
PLAIN = {"delivery.without_addon"}

FIGURES = [
    Figure(
        "validate a delivery of 50 lines, s (median)",
        "delivery.with_addon",
        "delivery.without_addon",
        at_most_times=1.05,
    ),
    Figure(
        "its queries",
        "delivery.with_addon",
        "delivery.without_addon",
        key="queries",
    ),
    Figure(
        "its slower quartile, s", "delivery.with_addon", "delivery.without_addon", "q3"
    ),
    Figure(
        "its faster quartile, s", "delivery.with_addon", "delivery.without_addon", "q1"
    ),
    Figure("its CPU, s", "delivery.with_addon", "delivery.without_addon", "cpu"),
    Figure("peak memory, MB", "delivery.with_addon", key="memory", at_most=512),
]


@world.piece
def with_addon(env):
    return _validate(env)


@world.piece
def without_addon(env):
    return _validate(env)


def _validate(env):
    picking = env["stock.picking"].search([("origin", "=", data.DELIVERY)], limit=1)
    with world.Watch(env) as watch:
        answer = picking.button_validate()
    assert answer is True, answer
    assert picking.state == "done"
    return watch.result
