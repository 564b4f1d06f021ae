"""Validating a delivery of fifty lines, with the addon and without it.

Two processes on two copies of one database take turns, so that whatever else the machine
does meets both alike; each turn is rolled back.
"""

import data
import world
from figures import Figure

TURNS = 60

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
    Figure("peak memory, MB", "delivery.with_addon", key="memory", at_most=512),
]


def validate(db):
    """Validate once; :return: seconds, queries and memory"""
    with world.environment(db) as env:
        picking = env["stock.picking"].search([("origin", "=", data.DELIVERY)], limit=1)
        with world.Watch(env) as watch:
            answer = picking.button_validate()
        assert answer is True, answer
        assert picking.state == "done"
        return {**watch.result, "memory": world.peak_memory()}
