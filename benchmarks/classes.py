"""Classes of 20,000 items by the usage of a year, of 500,000 moves: one statement."""

import world
from figures import Figure, memory

ROUNDS = 5

FIGURES = [
    Figure("classify 20,000 items, s", "classes.classify", at_most=10),
    Figure("its CPU, s", "classes.classify", key="cpu"),
    Figure("its queries", "classes.classify", key="queries"),
    *memory("classes.classify"),
]


@world.piece
def classify(env):
    with world.Watch(env) as watch:
        number = env["stock.count.class"]._classify(env.company)
    return {**watch.result, "items": number}
