"""Measures this code against an older revision of it: ``dev/compare REV [NAME…]``.

Each piece runs in a process of the old code and one of the new, which take turns on
databases with the same data. What is compared is the processor time of Odoo and its
PostgreSQL backend where a piece measures it, else the clock: the machine may do other
things meanwhile. A ratio above 1.03 is worse.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys

from run import FILES, WARM_UP, Worker, choose, make_copy

HERE = pathlib.Path(__file__).parent
# What a figure may be worse by, and how many pairs of turns are compared.
LIMIT = 1.03
ROUNDS = 5
# Pairs of a piece that commits, each on a new copy of the database.
COPIED_ROUNDS = 3
# A difference in seconds that nobody can measure.
LEAST = 0.002


class Side:
    """One of the two revisions: its code and its database."""

    def __init__(self, folder, db, addons_path, data_dir):
        self.folder, self.db = pathlib.Path(folder) / "benchmarks", db
        self.addons_path, self.data_dir = addons_path, data_dir
        self.results = []

    def start(self, piece, db=None):
        self.worker = Worker(self, piece, db or self.db, self.folder)
        self.worker.results = self.results

    def run_on_copy(self, piece):
        copy = make_copy(self.db, piece)
        try:
            self.start(piece, copy)
            self.worker.take_turn()
            self.worker.end()
        finally:
            subprocess.run(["dropdb", "--if-exists", "--force", copy], check=True)

    def medians(self, skipped):
        counted = self.results[skipped:]
        return {
            key: statistics.median(result[key] for result in counted)
            for key in ("cpu", "seconds")
            if all(key in result for result in counted)
        }


def read_options():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("db", "addons-path", "old", "old-db", "old-addons-path", "data-dir"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("names", nargs="*")
    return parser.parse_args()


def pieces(names):
    """The pieces of this addon, and whether each has to have a copy of its own."""
    for file in FILES:
        module = __import__(file)
        plain = getattr(module, "PLAIN", ())
        for name in dict.fromkeys(f.ours for f in choose(module.FIGURES, file, names)):
            if name not in plain:
                yield name, module.ROUNDS == 1


def take_turns(sides, piece):
    """Let long-lived processes take turns; the first turns only fill caches."""
    for side in sides:
        side.start(piece)
    for turn in range(ROUNDS + WARM_UP):
        for side in sides[:: -1 if turn % 2 else 1]:
            side.worker.take_turn()
    for side in sides:
        side.worker.end()
    return [side.medians(WARM_UP) for side in sides]


def run_on_copies(sides, piece):
    for turn in range(COPIED_ROUNDS):
        for side in sides[:: -1 if turn % 2 else 1]:
            side.run_on_copy(piece)
    return [side.medians(0) for side in sides]


def compare(options, piece, is_copied):
    """The measured key, and the medians of the old and of the new code."""
    sides = [
        Side(options.old, options.old_db, options.old_addons_path, options.data_dir),
        Side(HERE.parent, options.db, options.addons_path, options.data_dir),
    ]
    before, after = (run_on_copies if is_copied else take_turns)(sides, piece)
    key = "cpu" if "cpu" in before and "cpu" in after else "seconds"
    return key, before[key], after[key]


def main():
    options, worse = read_options(), 0
    for piece, is_copied in pieces(options.names):
        try:
            key, before, after = compare(options, piece, is_copied)
        except (json.JSONDecodeError, BrokenPipeError) as error:
            print(f"{piece:44} not measured: {error}", flush=True)
            continue
        is_worse = after > before * LIMIT and after - before > LEAST
        worse += is_worse
        print(
            f"{piece:44} {key:7} {before:9.3f} {after:9.3f} {after / before:6.3f}"
            f" {'WORSE' if is_worse else ''}",
            flush=True,
        )
    print(f"compare: {worse} worse")
    sys.exit(worse > 0)


if __name__ == "__main__":
    main()
