#!/usr/bin/env python3
"""Check what no other tool of dev/lint looks at; the files come on standard input."""

import re
import sys
from pathlib import Path

MAX_SIZE = 1_000_000
# Which registry or mirror is used is the machine's business. [.] keeps this file clean.
REGISTRY = re.compile(
    r"(?:pypi|pythonhosted|npmjs|debian|ubuntu|golang|crates)[.](?:org|com|io)\b"
)
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:work|root|home|var/cache)/\w")
# The one place that says where the cache is.
KNOWS_PATHS = "dev/lib.sh"
# Packages that Odoo imports, and folders whose files the manifest names.
PACKAGES = {"controllers", "models", "report", "tests", "wizards"}
DATA = {"data", "demo", "report", "security", "views", "wizards"}
# The tests of domain/, which plain pytest finds by the names of their files.
PLAIN_TESTS = Path("tests/domain")


def read(path):
    """Return the text of a file, or "" for a binary one."""
    try:
        return path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError):
        return ""


def check_text(path):
    """Yield the lines that only work on one machine."""
    for number, line in enumerate(read(path).splitlines(), 1):
        if found := REGISTRY.search(line):
            yield f"{path}:{number}: names a package registry: {found[0]}"
        if (found := MACHINE_PATH.search(line)) and str(path) != KNOWS_PATHS:
            yield f"{path}:{number}: a path of one machine: {found[0]}…"


def loader(path):
    """Return the file that has to name this one, and as what, or None."""
    folder = path.parts[0]
    if path.is_relative_to(PLAIN_TESTS):
        return None
    if path.suffix == ".py" and path.name != "__init__.py" and len(path.parts) > 1:
        if folder == "tests":
            is_test = path.name.startswith("test_")
            return (Path("tests/__init__.py"), path.stem) if is_test else None
        if folder in PACKAGES:
            return path.with_name("__init__.py"), path.stem
    if path.suffix in {".xml", ".csv"} and folder in DATA and len(path.parts) == 2:
        return Path("__manifest__.py"), str(path)
    return None


def is_part_of_another(path):
    """Whether a module without a model of its own is imported by one beside it."""
    if path.suffix != ".py" or re.search(r"^    _(name|inherit) =", read(path), re.M):
        return False
    imports = re.compile(rf"^from \.{re.escape(path.stem)} import ", re.M)
    return any(imports.search(read(other)) for other in path.parent.glob("*.py"))


def check_is_loaded(path):
    """Yield a file that Odoo would silently leave out."""
    if (named := loader(path)) and not is_part_of_another(path):
        where, name = named
        if not re.search(rf"\b{re.escape(name)}\b", read(where)):
            yield f"{path}: not named in {where}"


def check_is_plain(path):
    """Yield what would keep plain pytest from running a test of domain/."""
    if not path.is_relative_to(PLAIN_TESTS) or path.suffix != ".py":
        return
    text = read(path)
    if path.name == "__init__.py":
        yield f"{path}: makes pytest import the addon, which needs Odoo"
    if re.search(r"^\s*(?:from|import) odoo\b", text, re.M):
        yield f"{path}: needs Odoo, so it belongs into another room"
    if not path.name.startswith("test_") and re.search(r"^\s*def test_", text, re.M):
        yield f"{path}: has tests, so its name has to begin with test_"


def check(path):
    if path.stat().st_size > MAX_SIZE:
        yield f"{path}: larger than {MAX_SIZE} bytes"
    yield from check_text(path)
    yield from check_is_loaded(path)
    yield from check_is_plain(path)


def main():
    complaints = [
        complaint for line in sys.stdin for complaint in check(Path(line.rstrip("\n")))
    ]
    print("\n".join(complaints) or "nothing found")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
