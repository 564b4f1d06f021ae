"""Whether the rooms keep their order, and whether each model is written once.

ROOMS has the rooms of ``models/`` and what stands on them, lowest first. A file may
import from its own room and from lower ones, and ask the environment for their models
only. What a lower room has to tell a higher one goes through
``models/shared/signals.py``.

    dev/checkrooms.py           prints what is wrong, and ends with 1 if anything is
    dev/checkrooms.py --draw    prints which rooms each room calls, for the README
"""

import ast
import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
ROOMS = (
    "domain",
    "shared",
    "audit",
    "line",
    "policy",
    "documents",
    "codes",
    "book",
    "planning",
    "recording",
    "review",
    "posting",
    "jobs",
    "session",
    "exceptions",
    "importing",
    "app",
    "figures",
    # Odoo's own models, as counting changes them: they may call all rooms.
    "odoo",
    "report",
    "wizards",
    "controllers",
)
# Any room may use these.
GROUND = {"const", "rights"}
LONGEST = 40
STATES = "models/line/states.py"


class Model:
    """A class of a model: what it is called, what it inherits from, what it defines."""

    def __init__(self, path, node):
        self.path, self.node = path, node
        assigned = {
            item.targets[0].id: item.value
            for item in node.body
            if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name)
        }
        self.name = self._text(assigned.get("_name"))
        inherits = assigned.get("_inherit")
        self.inherits = ast.literal_eval(inherits) if inherits else []
        if isinstance(self.inherits, str):
            self.inherits = [self.inherits]
        self.extends = self.name in (None, *self.inherits)
        self.model = self.name or next(iter(self.inherits), None)
        self.methods = {
            item.name: item for item in node.body if isinstance(item, ast.FunctionDef)
        }

    @staticmethod
    def _text(value):
        return ast.literal_eval(value) if value else None


def room_of(path):
    """The room of a file; None for what belongs to no room."""
    first, *rest = path.relative_to(ROOT).parts
    if first != "models":
        return first if first in ROOMS else None
    return rest[0] if len(rest) > 1 else "odoo"


def read_files():
    """Each file of a room with its tree."""
    for top in ("domain", "models", "report", "wizards", "controllers"):
        for path in sorted((ROOT / top).rglob("*.py")):
            yield path, ast.parse(path.read_text())


def imported(path, tree):
    """The rooms that a file imports from, with the line of each."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            target = (*base, *(node.module or "").split("."))
            names = [name for name in target if name]
            if names and names[0] == "models":
                yield (names[1] if names[1:2] and names[1] in ROOMS else "odoo"), node
            elif names and names[0] not in GROUND:
                yield names[0], node


def asked(tree, owners):
    """The models that a file asks the environment for, with the line of each."""
    for node in ast.walk(tree):
        is_env = isinstance(node, ast.Subscript) and (
            getattr(node.value, "attr", getattr(node.value, "id", "")) == "env"
        )
        if is_env and isinstance(node.slice, ast.Constant):
            owner = owners.get(node.slice.value)
            if owner:
                yield room_of(owner), node


def check_edges(files, owners, models):
    """Calls and imports that go up, and all edges there are."""
    edges, wrong = collections.defaultdict(set), []
    inherited = [
        (model.path, room_of(owners[name]), model.node)
        for model in models
        for name in model.inherits
        if name in owners
    ]
    for path, tree in files:
        found = [*imported(path, tree), *asked(tree, owners)]
        found += [(room, node) for file, room, node in inherited if file == path]
        here = room_of(path)
        for there, node in found:
            if there == here or not here:
                continue
            edges[here].add(there)
            if ROOMS.index(there) > ROOMS.index(here):
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                wrong.append(f"{where}: {here} calls up to {there}: send a signal")
    return edges, wrong


def check_overrides(models):
    """A part adds to a model of ours; it never overrides a sibling's method."""
    first = {}
    for model in models:
        for name, node in model.methods.items():
            key = (model.model, name)
            if key in first:
                where = f"{model.path.relative_to(ROOT)}:{node.lineno}"
                yield f"{where}: {name} of {model.model} is in {first[key]}, too"
            first.setdefault(key, model.path.relative_to(ROOT))


def check_sizes(files):
    """No function is longer than a screen."""
    for path, tree in files:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                size = node.end_lineno - node.lineno + 1
                if size > LONGEST:
                    where = f"{path.relative_to(ROOT)}:{node.lineno}"
                    yield f"{where}: {node.name} has {size} lines, at most {LONGEST}"


def check_states(files):
    """Nothing but its one writer writes the state of a line."""
    written = re.compile(r"UPDATE stock_count_line\b[^;]*?\bSET\b[^;]*?\bstate = ")
    for path, tree in files:
        if str(path.relative_to(ROOT)) == STATES:
            continue
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) else ""
            if isinstance(text, str) and written.search(text.split("WHERE")[0]):
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield f"{where}: writes the state of lines: use {STATES}"


def draw(edges):
    """The rooms, lowest first, and which rooms each of them calls."""
    width = max(map(len, ROOMS))
    for room in ROOMS:
        calls = sorted(edges.get(room, ()), key=ROOMS.index)
        yield f"{room:<{width}}  {' '.join(calls)}".rstrip()


def main():
    """Check, or draw."""
    files = list(read_files())
    models = [
        Model(path, node)
        for path, tree in files
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    ]
    models = [model for model in models if model.model]
    owners = {model.name: model.path for model in models if not model.extends}
    edges, wrong = check_edges(files, owners, models)
    picture = "\n".join(draw(edges))
    if "--draw" in sys.argv:
        print(picture)
        return 0
    wrong += [*check_overrides(models), *check_sizes(files), *check_states(files)]
    if picture not in (ROOT / "README.md").read_text():
        wrong.append("README.md: draws other rooms than there are: --draw says which")
    print("\n".join(wrong))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
