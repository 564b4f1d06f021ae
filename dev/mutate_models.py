"""The mutants of models/, which dev/mutate tries: a list in dev/mutants_models.json.

Each has the file, the text that it changes (``old``, once in the file) and into what
(``new``), the Odoo tests of which one has to fail (``tests``, as --test-tags has them),
and why that matters.
"""

import argparse
import json
import sys
from pathlib import Path

MUTANTS = Path(__file__).with_name("mutants_models.json")


def numbers(mutants, only):
    """Print the numbers of all mutants, from 1, or of the one that is asked for."""
    chosen = range(1, len(mutants) + 1)
    if only and only not in chosen:
        sys.exit(f"There are mutants 1 to {len(mutants)}.")
    print(*([only] if only else chosen))


def tags(mutants, chosen):
    """Print the tests of some mutants, each once."""
    found = [
        tag for number in chosen for tag in mutants[number - 1]["tests"].split(",")
    ]
    print(",".join(dict.fromkeys(found)))


def apply(mutants, number, folder):
    """Make a mutant of a copy of the tree."""
    mutant = mutants[number - 1]
    path = Path(folder) / mutant["file"]
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found = text.count(mutant["old"])
    if found != 1:
        sys.exit(f"{number}: its text is {found} times in {mutant['file']}, not once")
    changed = text.replace(mutant["old"], mutant["new"])
    # One that cannot even be loaded would prove nothing.
    compile(changed, str(path), "exec")
    path.write_text(changed, encoding="utf-8")


def show(mutants, number):
    """Print what a mutant changes, and why that matters."""
    mutant = mutants[number - 1]
    print(f"    {mutant['file']}: {mutant['why']}")
    for sign, name in (("-", "old"), ("+", "new")):
        for line in mutant[name].splitlines():
            print(f"    {sign} {line}")


def parse_arguments():
    parser = argparse.ArgumentParser(prog="dev/mutate --models")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("numbers").add_argument("--only", type=int)
    commands.add_parser("tags").add_argument("chosen", type=int, nargs="+")
    commands.add_parser("show").add_argument("number", type=int)
    applying = commands.add_parser("apply")
    applying.add_argument("number", type=int)
    applying.add_argument("folder")
    return parser.parse_args()


def main():
    options = vars(parse_arguments())
    command = {"numbers": numbers, "tags": tags, "show": show, "apply": apply}
    mutants = json.loads(MUTANTS.read_text(encoding="utf-8"))
    command[options.pop("command")](mutants, **options)


if __name__ == "__main__":
    main()
