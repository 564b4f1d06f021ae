"""Measures the addon: ``dev/bench [NAME…]``, a file here or part of a figure's name.

Each piece runs in a process of its own, on one database or a copy of it. Prints
a table, writes everything as JSON, and ends with 1 where a target is missed.
"""

import argparse
import datetime
import json
import pathlib
import statistics
import subprocess
import sys
import traceback

HERE = pathlib.Path(__file__).parent
FILES = ("generate", "sheet", "posting", "delivery", "app_server", "causes", "imports")
FILES += ("background", "dashboard", "reports", "classes", "clerk", "app_client")
# The first turns of a process fill Odoo's caches and are not counted.
WARM_UP = 2


def read_options():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--db", "--addons-path", "--data-dir"):
        parser.add_argument(name, required=True)
    parser.add_argument("--plain-db", help="the same data without the addon")
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--piece", help=argparse.SUPPRESS)
    parser.add_argument("names", nargs="*")
    return parser.parse_args()


def main():
    options = read_options()
    if options.prepare:
        prepare(options)
    elif options.piece:
        serve(options)
    else:
        sys.exit(measure_all(options))


# === IN THE MEASURED PROCESS === #


def serve(options):
    """Measure the piece once for each line read."""
    import world

    world.boot(options)
    __import__(options.piece.split(".")[0])
    for _line in sys.stdin:
        print(json.dumps(world.run(options.db, options.piece)), flush=True)


def prepare(options):
    import sessions
    import world

    world.boot(options)
    sessions.prepare(options.db)


# === IN THE MEASURING PROCESS === #


class Worker:
    """A process that measures one piece whenever it is told to."""

    def __init__(self, options, name, db, folder=HERE):
        self.name, self.results = name, []
        self.process = subprocess.Popen(
            command(options, db, f"--piece={name}", folder=folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def take_turn(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.results.append(json.loads(self.process.stdout.readline()))

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def summary(workers, name):
    """The median of the seconds, and of everything else that is a number."""
    every = [worker.results for worker in workers if worker.name == name]
    results = [result for own in every for result in (own[WARM_UP:] or own)]
    last = results[-1]
    numbers = [key for key, value in last.items() if isinstance(value, int | float)]
    medians = {key: statistics.median(r[key] for r in results) for key in numbers}
    seconds = [result["seconds"] for result in results]
    memory = max(result["memory"] for own in every for result in own)
    return {**last, **medians, "memory": memory, **spread(seconds)}


def spread(seconds):
    if len(seconds) < 4:
        return {"all": seconds}
    q1, _median, q3 = statistics.quantiles(seconds, n=4)
    return {"q1": q1, "q3": q3, "all": seconds}


def command(options, db, *more, folder=HERE):
    return [
        sys.executable,
        str(folder / "run.py"),
        f"--db={db}",
        f"--addons-path={options.addons_path}",
        f"--data-dir={options.data_dir}",
        *more,
    ]


def make_copy(db, name):
    """A database of its own for a piece that commits."""
    copy = f"{db}_{name.replace('.', '_')}"
    subprocess.run(
        ["dropdb", "--if-exists", copy], stderr=subprocess.DEVNULL, check=True
    )
    subprocess.run(["createdb", "-T", db, copy], check=True)
    return copy


def run_pieces(options, module, figures):
    """Every piece in a process of its own; they take turns, so that whatever else the
    machine does meets all of them alike."""
    names = dict.fromkeys(
        name for figure in figures for name in (figure.ours, figure.compared) if name
    )
    plain = getattr(module, "PLAIN", ())
    copied = getattr(module, "COPIES", False)
    times = getattr(module, "TIMES", {})
    workers, copies = [], []
    for name in names:
        db = options.plain_db if name in plain else options.db
        for copy in range(times.get(name, 1)):
            own = make_copy(db, f"{name}_{copy}") if copied else db
            copies += [own] if copied else []
            workers.append(Worker(options, name, own))
    take_turns(workers, module.ROUNDS)
    for worker in workers:
        worker.end()
    for copy in copies:
        subprocess.run(["dropdb", "--if-exists", copy], check=True)
    return {name: summary(workers, name) for name in names}


def take_turns(workers, rounds):
    """Workers of one piece are spread among the others'."""
    workers = spread_out(workers)
    for turn in range(rounds + (WARM_UP if rounds > 1 else 0)):
        for worker in workers[:: -1 if turn % 2 else 1]:
            worker.take_turn()
            if rounds == 1:
                show(f"  {worker.name}: {worker.results[-1]['seconds']:.1f} s")


def spread_out(workers):
    """In the order of where each stands among those of its piece."""
    by_name = {}
    for worker in workers:
        by_name.setdefault(worker.name, []).append(worker)
    place = {
        id(worker): (i + 0.5) / len(same)
        for same in by_name.values()
        for i, worker in enumerate(same)
    }
    return sorted(workers, key=lambda worker: place[id(worker)])


def measure_all(options):
    subprocess.run(command(options, options.db, "--prepare"), check=True)
    results, rows = {}, []
    for name in FILES:
        module = __import__(name)
        figures = choose(module.FIGURES, name, options.names)
        if figures:
            show(name)
            rows += measure_file(options, module, figures, results)
    rows += compare_states(results)
    print_table(rows)
    write_json(rows, results)
    return any(row["ok"] is False for row in rows)


def measure_file(options, module, figures, results):
    """The rows of a file's figures; one that breaks does not take the others along."""
    try:
        results.update(run_pieces(options, module, figures))
    except Exception:
        traceback.print_exc()
        return [broken(figure) for figure in figures]
    return [figure.judge(results) for figure in figures]


def broken(figure):
    return {
        "figure": figure.name,
        "ours": None,
        "compared": None,
        "ratio": None,
        "target": "broken",
        "ok": False,
    }


def choose(figures, file, names):
    return [
        figure
        for figure in figures
        if not names
        or any(name in (file, figure.ours) or name in figure.name for name in names)
    ]


def compare_states(results):
    import posting

    rows = []
    for ours, theirs in posting.SAME:
        if ours in results and theirs in results:
            found = posting.difference(results[ours]["state"], results[theirs]["state"])
            results[ours]["difference"] = found
            rows.append(
                {
                    "figure": f"records different after {ours} and {theirs}",
                    "ours": sum(
                        len(side) for kind in found.values() for side in kind.values()
                    ),
                    "compared": None,
                    "ratio": None,
                    "target": "0",
                    "ok": not found,
                }
            )
    return rows


# === THE REPORT === #


def show(text):
    print(text, file=sys.stderr, flush=True)


def number(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3f}"


def print_table(rows):
    width = max(len(row["figure"]) for row in rows)
    print(f"{'':{width}} {'ours':>10} {'compared':>10} {'ratio':>8}  target")
    for row in rows:
        verdict = {True: "ok", False: "MISSED", None: ""}[row["ok"]]
        ratio = f"{row['ratio']:.2f}" if row["ratio"] is not None else ""
        print(
            f"{row['figure']:{width}} {number(row['ours']):>10}"
            f" {number(row['compared']):>10} {ratio:>8}  {row['target']} {verdict}"
        )


def write_json(rows, results):
    details = {
        name: {key: value for key, value in result.items() if key != "state"}
        for name, result in results.items()
    }
    now = datetime.datetime.now()
    target = HERE / "results" / f"{now:%Y-%m-%d-%H%M%S}.json"
    target.parent.mkdir(exist_ok=True)
    text = json.dumps(
        {"figures": rows, "pieces": details}, indent=1, ensure_ascii=False
    )
    target.write_text(text)
    print(f"JSON: {target}")


if __name__ == "__main__":
    main()
