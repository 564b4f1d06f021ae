"""Change domain/ in one small way at a time, and list the changes that no test notices.

A mutant is a copy of domain/ with one change: another comparison, a constant that is
one more, a statement left out. The tests that call what is changed run in that copy,
never in the tree, and stop at the first failure. A mutant that fails a test, or takes
several times as long, is killed. One that passes all tests survived: a rule without a
test, unless it does the same as the original. Those stand in
dev/mutants_equivalent.txt, each with the reason.

mutmut 3 changes nothing outside functions, takes no sample and stumbles over
hypothesis. cosmic-ray takes no sample either, changes files in place, and runs all
tests for each mutant.
"""

import argparse
import ast
import collections
import copy
import json
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

# Most of them are for the tests: what is there before a process forks need not be
# brought by each mutant.
import hypothesis.strategies  # noqa: F401
import openpyxl  # noqa: F401
import pytest
import xlrd  # noqa: F401
import xlsxwriter  # noqa: F401
import xlwt  # noqa: F401

ROOT = Path(__file__).resolve().parents[1]
EQUIVALENT = ROOT / "dev" / "mutants_equivalent.txt"
TESTS = "tests/domain"
COPIED = ("domain", TESTS, "tests/files")
ENOUGH = 85  # percent
MEMORY = 4 * 1024**3  # bytes, of each run
# How pytest ends where it has run no test, which proves nothing.
NO_TESTS = {pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED}
BROKEN = 70

COMPARISONS = {
    ast.Lt: ("<", "<=", ">="),
    ast.LtE: ("<=", "<", ">"),
    ast.Gt: (">", ">=", "<="),
    ast.GtE: (">=", ">", "<"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
}
ARITHMETIC = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "*"),
    ast.Pow: ("**", "*"),
    ast.BitAnd: ("&", "|"),
}
LOGIC = {ast.And: ("and", "or"), ast.Or: ("or", "and")}
NAMES = {
    "min": "max",
    "any": "all",
    "partition": "rpartition",
    "find": "rfind",
    "lstrip": "rstrip",
    "startswith": "endswith",
    "match": "fullmatch",
}
NAMES |= {new: old for old, new in NAMES.items()}
DROPPED = (ast.AugAssign, ast.Raise, ast.Delete)


@dataclass(frozen=True)
class Mutant:
    """One change of a file: the text from ``start`` to ``end`` (bytes) becomes ``new``.

    ``function`` is the first line of the function whose call runs it, 0 where it runs
    before all tests; ``scope`` its name; ``before`` and ``after`` are the lines that
    change, to be read by people.
    """

    file: str
    function: int
    scope: str
    line: int
    start: int
    end: int
    new: str
    before: str
    after: str

    @property
    def key(self):
        return self.file, self.scope, self.before, self.after

    def __str__(self):
        place = f"{self.file}:{self.line} {self.scope}".rstrip()
        return f"{place}\n    - {self.before}\n    + {self.after}"


# === WHICH MUTANTS THERE ARE === #


class Source:
    """A file, and the text of its nodes."""

    def __init__(self, root, file):
        self.file = file
        self.content = (root / file).read_bytes()
        self.tree = ast.parse(self.content)
        self._starts = [0]
        for line in self.content.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def start(self, node):
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node):
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def mutant(self, place, start, end, new):
        """The mutant with a piece of the text replaced; None if it is no Python."""
        changed = self.content[:start] + new.encode() + self.content[end:]
        try:
            ast.parse(changed)
        except SyntaxError:
            return None
        first = self.content.rfind(b"\n", 0, start) + 1
        last = self.content.find(b"\n", end)
        more = len(changed) - len(self.content)
        return Mutant(
            self.file,
            place.line,
            place.name,
            self.content.count(b"\n", 0, start) + 1,
            start,
            end,
            new,
            _one_line(self.content[first:last]),
            _one_line(changed[first : last + more]),
        )


def _one_line(content):
    return " ".join(content.decode().split())


def mutants_of(source):
    """All mutants of a file, in the order of its text."""
    found = {
        source.mutant(place, *change)
        for place, node in _code(source.tree)
        for kind, mutate in MUTATIONS
        if isinstance(node, kind)
        for change in mutate(source, node)
    }
    return sorted(found - {None}, key=lambda m: (m.start, m.end, m.new))


class Place(NamedTuple):
    """The function or class that a node is in; ``line`` is that of the function."""

    name: str = ""
    line: int = 0

    def inside(self, node, part):
        """The place of what stands in a part of a node."""
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or part != "body":
            return self
        name = f"{self.name}.{node.name}".lstrip(".")
        if isinstance(node, ast.ClassDef):
            return Place(name, self.line)
        first = [node.lineno, *(found.lineno for found in node.decorator_list)]
        return Place(name, min(first))


NOWHERE = Place()


def _code(node, place=NOWHERE):
    """The nodes below one that do something, neither annotations nor docstrings."""
    for part, value in ast.iter_fields(node):
        if part in ("annotation", "returns", "decorator_list"):
            continue
        inside = place.inside(node, part)
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_docstring(child):
                yield inside, child
                # Python 3.11 does not know where the parts of an f-string are.
                if not isinstance(child, ast.JoinedStr):
                    yield from _code(child, inside)


def _is_docstring(node):
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _between(source, left, right, operator):
    """Replace the operator that stands between two nodes by each of the others."""
    old, *others = operator
    start, end = source.end(left), source.start(right)
    place = source.content.find(old.encode(), start, end)
    for new in others if place >= 0 else ():
        yield place, place + len(old), new


def _compare(source, node):
    sides = [node.left, *node.comparators]
    for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
        yield from _between(source, left, right, COMPARISONS[type(operator)])


def _calculate(source, node):
    if operator := ARITHMETIC.get(type(node.op)):
        yield from _between(source, node.left, node.right, operator)


def _add_up(source, node):
    if operator := ARITHMETIC.get(type(node.op)):
        yield from _between(source, node.target, node.value, operator)


def _decide(source, node):
    for left, right in zip(node.values, node.values[1:], strict=False):
        yield from _between(source, left, right, LOGIC[type(node.op)])


def _without_sign(source, node):
    if isinstance(node.op, ast.Not | ast.USub):
        yield source.start(node), source.start(node.operand), ""


def _negate(source, node):
    """Turn a condition round where no comparison or operator in it is changed."""
    tests = node.ifs if isinstance(node, ast.comprehension) else [node.test]
    for test in tests:
        if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp):
            start, end = source.start(test), source.end(test)
            yield start, end, f"not ({source.content[start:end].decode()})"


def _other_constant(source, node):
    value, others = node.value, []
    if isinstance(value, bool):
        others = [not value]
    elif isinstance(value, int | float):
        others = [value + 1, value - 1]
    elif isinstance(value, str):
        others = ["XX" + value]
    elif isinstance(value, bytes):
        others = [b"XX" + value]
    for other in others:
        yield source.start(node), source.end(node), repr(other)


def _other_text(source, node):
    yield source.start(node), source.end(node), '"XX"'


def _other_name(source, node):
    name = node.id if isinstance(node, ast.Name) else node.attr
    if name in NAMES:
        yield source.end(node) - len(name), source.end(node), NAMES[name]


def _without_keyword(source, node):
    for keyword in node.keywords:
        if keyword.arg:
            call = copy.copy(node)
            call.keywords = [other for other in node.keywords if other is not keyword]
            yield source.start(node), source.end(node), ast.unparse(call)


def _return_nothing(source, node):
    if node.value and not (
        isinstance(node.value, ast.Constant) and node.value.value is None
    ):
        yield source.start(node), source.end(node), "return None"


def _leave_out(source, node):
    """Leave out a statement on which no name depends."""
    is_set = isinstance(node, ast.Assign) and not isinstance(
        node.targets[0], ast.Name | ast.Tuple
    )
    if is_set or isinstance(node, (ast.Expr, *DROPPED)):
        yield source.start(node), source.end(node), "pass"


def _jump_otherwise(source, node):
    new = "break" if isinstance(node, ast.Continue) else "continue"
    yield source.start(node), source.end(node), new


MUTATIONS = (
    (ast.Compare, _compare),
    (ast.BinOp, _calculate),
    (ast.AugAssign, _add_up),
    (ast.BoolOp, _decide),
    (ast.UnaryOp, _without_sign),
    ((ast.If, ast.While, ast.IfExp, ast.comprehension), _negate),
    (ast.Constant, _other_constant),
    (ast.JoinedStr, _other_text),
    ((ast.Name, ast.Attribute), _other_name),
    (ast.Call, _without_keyword),
    (ast.Return, _return_nothing),
    (ast.stmt, _leave_out),
    ((ast.Continue, ast.Break), _jump_otherwise),
)


# === RUNNING THEIR TESTS === #


class Recorder:
    """A plugin of pytest: what each test calls in domain/, and the seconds it takes."""

    def __init__(self, folder):
        self._folder = folder.resolve()
        self._names = {}
        self._called = set()
        self.tests = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        self._called, started = set(), time.process_time()
        sys.settrace(self._note)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            seconds = time.process_time() - started
            self.tests[item.nodeid] = (seconds, sorted(self._called))

    def _note(self, frame, _event, _argument):
        code = frame.f_code
        name = self._names.get(code.co_filename)
        if name is None:
            name = self._names[code.co_filename] = self._name(code.co_filename)
        if name:
            self._called.add((name, code.co_firstlineno))

    def _name(self, file):
        """The name of a file of domain/, "" for others."""
        path = Path(file).resolve()
        if not path.is_relative_to(self._folder / "domain"):
            return ""
        return path.relative_to(self._folder).as_posix()


class Chosen:
    """A plugin of pytest: it runs these tests only, in this order."""

    def __init__(self, names):
        self._places = {name: place for place, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items):
        items[:] = [item for item in items if item.nodeid in self._places]
        items.sort(key=lambda item: self._places[item.nodeid])


class Tests:
    """The tests of domain/, and which of them can notice a mutant."""

    def __init__(self, folder):
        self._folder = folder
        self._record = folder / "recorded.json"
        self.check()
        self._tests = json.loads(self._record.read_text())
        self._callers = collections.defaultdict(list)
        for name, (_seconds, called) in self._tests.items():
            for file, line in called:
                self._callers[file, line].append(name)

    def check(self):
        """End the program where the tests fail without any mutant."""
        output = self._folder / "output"
        with output.open("wb") as file:
            pid = fork(self._run_all, file.fileno())
        if os.waitpid(pid, 0)[1]:
            sys.exit(f"The tests fail without any mutant:\n{output.read_text()}")

    def _run_all(self):
        recorder = Recorder(self._folder)
        code = run_pytest(self._folder, [], recorder)
        self._record.write_text(json.dumps(recorder.tests))
        return code

    def of(self, mutant):
        """The tests that call what is changed, the quickest first; all where what is
        changed runs before any test."""
        names = self._callers.get((mutant.file, mutant.function), self._tests)
        return sorted(names, key=lambda name: self._tests[name][0])

    def seconds(self, names):
        return sum(self._tests[name][0] for name in names)


class Runner:
    """Runs mutants beside each other, each in one of a few copies of what it needs."""

    def __init__(self, folder, workers):
        self._free = [make_copy(folder / str(number)) for number in range(workers)]
        self._tests = Tests(self._free[0])
        self._running = {}
        self._survivors = []

    def survivors(self, mutants):
        """The mutants that no test kills."""
        for number, mutant in enumerate(mutants):
            if not number % 50:
                print(f"  {number} of {len(mutants)}", file=sys.stderr)
            if not self._free:
                self._wait()
            self._start(mutant, self._free.pop())
        while self._running:
            self._wait()
        # Or a machine that broke meanwhile would have killed them all.
        self._tests.check()
        return self._survivors

    def _start(self, mutant, folder):
        path = folder / mutant.file
        content = path.read_bytes()
        new = mutant.new.encode()
        path.write_bytes(content[: mutant.start] + new + content[mutant.end :])
        names = self._tests.of(mutant)
        files = sorted({name.partition("::")[0] for name in names})
        # What takes much longer than without the mutant never ends.
        seconds = 10 + 3 * self._tests.seconds(names)
        with open(os.devnull, "wb") as nowhere:
            pid = fork(
                lambda: run_pytest(folder, files, Chosen(names)),
                nowhere.fileno(),
                seconds,
            )
        self._running[pid] = mutant, folder, content

    def _wait(self):
        pid, status = os.wait()
        mutant, folder, content = self._running.pop(pid)
        (folder / mutant.file).write_bytes(content)
        self._free.append(folder)
        code = os.waitstatus_to_exitcode(status)
        if code in {*NO_TESTS, BROKEN}:
            sys.exit(f"No test was run (exit code {code}) for {mutant}")
        if not code:
            self._survivors.append(mutant)


def make_copy(folder):
    """A copy of what the tests of domain/ need, without what Python has kept."""
    for name in COPIED:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    return folder


def fork(work, output, seconds=None):
    """Start a process that ends with what ``work`` returns.

    :param output: the descriptor of the file that gets what it prints
    :param seconds: of processor time that it may take
    """
    pid = os.fork()
    if pid:
        return pid
    code = BROKEN
    try:
        for descriptor in (1, 2):
            os.dup2(output, descriptor)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        if seconds:
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
        code = work()
    finally:
        os._exit(code)


def run_pytest(folder, files, plugin):
    os.chdir(folder / TESTS)
    # A file that is changed twice in a second must not be taken from Python's cache.
    sys.dont_write_bytecode = True
    options = "-x", "-q", "--tb=no", "--hypothesis-profile=mutants"
    return int(pytest.main([*options, *files], plugins=[plugin]))


# === THE REPORT === #


def read_equivalent(text):
    """The keys of the mutants that do the same as the original.

    A paragraph has the file and the function, the line before, the line after for each
    mutant of that line, and why; lines that begin with # are for people.
    """
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    paragraphs = filter(str.strip, "\n".join(lines).split("\n\n"))
    return {key for paragraph in paragraphs for key in _read_paragraph(paragraph)}


def _read_paragraph(paragraph):
    place, before, *rest = paragraph.strip().splitlines()
    after = [line for line in rest if line.startswith("+ ")]
    if not before.startswith("- ") or not after or len(after) == len(rest):
        sys.exit(f"{EQUIVALENT.name}: cannot be read:\n{paragraph}")
    file, _space, scope = place.partition(" ")
    return [(file, scope, before[2:], line[2:]) for line in after]


def report(tried, survivors, equivalent):
    """Print the outcome by file; return the percentage of killed mutants."""
    print(f"{'':36}killed  survived  equivalent")
    for file in sorted({mutant.file for mutant in tried + equivalent}):
        all_, alive, same = (
            sum(mutant.file == file for mutant in mutants)
            for mutants in (tried, survivors, equivalent)
        )
        print(f"{file:36}{all_ - alive:6}{alive:10}{same:12}")
    if survivors:
        print("\nSurvived:")
        print(*survivors, sep="\n")
    killed = len(tried) - len(survivors)
    percent = 100 * killed / (len(tried) or 1)
    print(
        f"\ndomain: {killed} killed, {len(survivors)} survived: {percent:.1f} % killed;"
        f" {len(equivalent)} more are equivalent"
    )
    return percent


def check_equivalent(known, mutants, files):
    """Say which known mutants there are no more; whether there are any."""
    keys = {mutant.key for mutant in mutants}
    gone = [key for key in sorted(known) if key[0] in files and key not in keys]
    for file, scope, before, after in gone:
        print(f"{EQUIVALENT.name}: no such mutant: {file} {scope}: {before} → {after}")
    return bool(gone)


def parse_arguments():
    parser = argparse.ArgumentParser(prog="dev/mutate", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="which mutants (0)")
    parser.add_argument("--number", type=int, default=200, help="how many (200)")
    parser.add_argument("--only", help="a file, such as domain/reconcile.py")
    return parser.parse_args()


def main():
    options = parse_arguments()
    paths = sorted(ROOT.glob(options.only or "domain/**/*.py"))
    files = [path.relative_to(ROOT).as_posix() for path in paths]
    mutants = [mutant for file in files for mutant in mutants_of(Source(ROOT, file))]
    known = read_equivalent(EQUIVALENT.read_text())
    are_gone = check_equivalent(known, mutants, files)
    number = min(options.number, len(mutants))
    print(f"{number} of {len(mutants)} mutants, seed {options.seed}", file=sys.stderr)
    chosen = set(random.Random(options.seed).sample(mutants, number))
    sample = [mutant for mutant in mutants if mutant in chosen]
    equivalent = [mutant for mutant in sample if mutant.key in known]
    tried = [mutant for mutant in sample if mutant.key not in known]
    with tempfile.TemporaryDirectory() as folder:
        survivors = Runner(Path(folder), os.cpu_count() or 1).survivors(tried)
    percent = report(tried, survivors, equivalent)
    return 1 if percent < ENOUGH or are_gone else 0


if __name__ == "__main__":
    sys.exit(main())
