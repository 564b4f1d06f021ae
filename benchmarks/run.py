"""Measures the addon: ``dev/bench [NAME…]``, a name being a file here or part of a figure.

Each piece runs in a process of its own, on one database, and rolls back what it did. Prints
a table, writes everything as JSON, and ends with 1 where a target is missed.
"""

import argparse
import datetime
import json
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
FILES = ("generate", "sheet", "posting", "delivery")


def read_options():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--db", "--addons-path", "--data-dir"):
        parser.add_argument(name, required=True)
    parser.add_argument("--plain-db", help="the same data without the addon")
    parser.add_argument("--one", help="measure one piece here and print its result")
    parser.add_argument(
        "--serve", action="store_true", help="validate at each line read"
    )
    parser.add_argument("names", nargs="*")
    return parser.parse_args()


def main():
    options = read_options()
    if options.one:
        print(json.dumps(measure_here(options)))
    elif options.serve:
        serve(options)
    else:
        sys.exit(measure_all(options))


# === IN THE MEASURED PROCESS === #


def measure_here(options):
    import world

    world.boot(options)
    __import__(options.one.split(".")[0])
    result = world.PIECES[options.one](options.db)
    return {"memory": world.peak_memory(), **result}


def serve(options):
    import delivery
    import world

    world.boot(options)
    for _line in sys.stdin:
        print(json.dumps(delivery.validate(options.db)), flush=True)


# === IN THE MEASURING PROCESS === #


def command(options, db, *more):
    return [
        sys.executable,
        str(HERE / "run.py"),
        f"--db={db}",
        f"--addons-path={options.addons_path}",
        f"--data-dir={options.data_dir}",
        *more,
    ]


def run_piece(options, name):
    show(f"  {name} …")
    done = subprocess.run(
        command(options, options.db, f"--one={name}"),
        stdout=subprocess.PIPE,
        check=True,
    )
    result = json.loads(done.stdout.splitlines()[-1])
    show(f"    {result['seconds']:.3f} s, {result.get('queries', 0)} queries")
    return result


def run_deliveries(options):
    """With and without the addon in turns; the first of each only warms up."""
    import delivery

    show(f"  delivery, {delivery.TURNS} turns …")
    workers = {
        "delivery.with_addon": start_worker(options, options.db),
        "delivery.without_addon": start_worker(options, options.plain_db),
    }
    turns = {name: [] for name in workers}
    for turn in range(delivery.TURNS + 2):
        # Who is first changes, too.
        for name in sorted(workers, reverse=turn % 2):
            turns[name].append(take_turn(workers[name]))
    for worker in workers.values():
        worker.stdin.close()
        worker.wait()
    return {name: summary(results[2:]) for name, results in turns.items()}


def start_worker(options, db):
    return subprocess.Popen(
        command(options, db, "--serve"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def take_turn(worker):
    worker.stdin.write("\n")
    worker.stdin.flush()
    return json.loads(worker.stdout.readline())


def summary(results):
    seconds = [result["seconds"] for result in results]
    q1, median, q3 = statistics.quantiles(seconds, n=4)
    return {**results[-1], "seconds": median, "q1": q1, "q3": q3, "all": seconds}


def measure_all(options):
    run_piece(options, "sessions.prepare")
    results, rows = {}, []
    for name in FILES:
        figures = choose(__import__(name).FIGURES, name, options.names)
        if figures:
            show(f"{name}")
            results.update(run_pieces(options, name, figures))
            rows += [figure.judge(results) for figure in figures]
    rows += compare_states(results)
    print_table(rows)
    write_json(rows, results)
    return any(row["ok"] is False for row in rows)


def choose(figures, file, names):
    return [
        figure
        for figure in figures
        if not names
        or any(name in (file, figure.ours) or name in figure.name for name in names)
    ]


def run_pieces(options, name, figures):
    if name == "delivery":
        return run_deliveries(options)
    pieces = dict.fromkeys(
        piece for figure in figures for piece in (figure.ours, figure.compared) if piece
    )
    return {piece: run_piece(options, piece) for piece in pieces}


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
