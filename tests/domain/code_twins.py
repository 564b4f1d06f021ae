"""Runs the counting app's reading of codes, and prints readings as plain data."""

import json
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
FILES = HERE.parent / "files/codes"
MODULES = HERE.parents[1] / "static/src/count_app/catalogue"
YEAR = 2026


def node():
    """The program that runs JavaScript: dev/setup puts one beside Python."""
    beside = Path(sys.executable).with_name("node")
    found = str(beside) if beside.exists() else shutil.which("node")
    if not found:
        pytest.skip("there is no node on this machine")
    return found


def read_in_javascript(codes, **options):
    """What the app's modules answer: ``readings``, ``spelled``, ``identifiers``."""
    asked = {"codes": codes, "year": YEAR, **options}
    done = subprocess.run(
        [node(), "--no-warnings", HERE / "read_codes.mjs", MODULES],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def tell(reading):
    """A reading of Python as JavaScript tells it: without what it does not say."""
    told = {k: v for k, v in asdict(reading).items() if v is not None}
    told["measures"] = [list(measure) for measure in reading.measures]
    told["problems"] = [problem._asdict() for problem in reading.problems]
    return told


def load_table(name="codes"):
    return json.loads((FILES / f"{name}.json").read_text(encoding="utf-8"))
