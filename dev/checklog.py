#!/usr/bin/env python3
"""Judge the log of an Odoo test run, read from standard input while it is written.

Odoo itself ends well where a run logged a warning, tested nothing or skipped its
browser. Here each of those fails. The terminal gets the progress and whatever went
wrong, in full; the whole log goes to a file.

usage: { odoo … 2>&1 || echo "Odoo ended with $?"; } | dev/checklog.py … WORLD LOG
"""

import argparse
import re
import sys
import time
from dataclasses import dataclass, field

# Messages of others that tell nothing about the addon, as (logger, message), each with
# why. There are none so far: Odoo itself is silent with these modules.
ALLOWED = []
# Follow from a failed test that was already reported by itself.
CONSEQUENCES = [
    (r"odoo\.modules\.loading", r"Module \w+: \d+ failures, \d+ errors of \d+ tests"),
    (r"odoo\.modules\.loading", r"At least one test failed when loading the modules"),
    (r"odoo\.tests\.result", r"\d+ failed, \d+ error\(s\) of \d+ tests"),
]

RECORD = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ "
    r"(?P<level>[A-Z]+) (?P<database>\S+) (?P<logger>[\w.?-]+): (?P<message>.*)",
    re.DOTALL,
)
STARTED = re.compile(r"Starting (?P<test>\w+\.\w+) \.\.\.")
FAILED = re.compile(r"(?:FAIL|ERROR): (?:Subtest )?(?P<test>\w+\.\w+|.+)")
SKIPPED = re.compile(r"skipped (?P<test>\w+\.\w+|.+?) : (?P<reason>.*)")
TOTAL = re.compile(r"\d+ failed, \d+ error\(s\) of (?P<run>\d+) tests when loading")
ENDED = re.compile(r"Odoo ended with \d+")
HOOT = re.compile(r"\[HOOT\] (?:Passed|Failed) (?P<run>\d+) tests?\b")
# A thread that dies, or an error in a destructor, writes past the logging.
RAW_ERROR = re.compile(r"^(?:Traceback \(most recent|Exception (?:in|ignored))", re.M)
SLOW = 20  # seconds
ALARMING = {"WARNING", "ERROR", "CRITICAL"}


@dataclass
class Record:
    """One message of the log, with the lines that follow it."""

    text: str
    level: str = "INFO"
    logger: str = ""
    message: str = ""

    @classmethod
    def parse(cls, text):
        found = RECORD.match(text)
        if not found:
            return cls(text)
        return cls(text, found["level"], found["logger"], found["message"])

    def is_one_of(self, patterns):
        return any(
            re.fullmatch(logger, self.logger) and re.match(message, self.message)
            for logger, message in patterns
        )

    @property
    def is_alarming(self):
        if self.level == "INFO":
            return bool(RAW_ERROR.search(self.text))
        return self.level in ALARMING and not self.is_one_of(ALLOWED)


@dataclass
class Run:
    """What the log has told so far."""

    world: str
    no_tests: bool = False
    current: str = ""
    since: float = 0
    started: list = field(default_factory=list)
    failed: set = field(default_factory=set)
    skipped: set = field(default_factory=set)
    alarms: list = field(default_factory=list)  # the test during which each came
    total: int | None = None
    ended: str = ""  # how Odoo ended, if not well

    def take(self, record):
        """Note one record, and show it where a person should see it."""
        if ENDED.match(record.text):
            self.ended = record.text
        elif started := STARTED.match(record.message):
            self._start(started["test"])
        elif skipped := SKIPPED.match(record.message):
            self.skipped.add(skipped["test"])
            self.show(f"  skipped {skipped['test']}: {skipped['reason']}")
        elif total := TOTAL.match(record.message):
            self.total = int(total["run"])
        elif hoot := HOOT.match(record.message):
            self._hoot(record, int(hoot["run"]))
        elif failed := record.level == "ERROR" and FAILED.match(record.message):
            self.failed.add(failed["test"])
            self.show(record.text)
        elif record.is_alarming and not record.is_one_of(CONSEQUENCES):
            self.alarms.append(self.current)
            self.show(record.text)

    def _start(self, test):
        """Show each test class once, when its first test starts."""
        if class_of(test) != class_of(self.current):
            self._end()
            self.show(f"  {class_of(test)}")
        self.current = test
        self.started.append(test)

    def _end(self):
        """Show that a class was slow; the log's own times are often frozen."""
        seconds, self.since = time.monotonic() - self.since, time.monotonic()
        if self.current and seconds > SLOW:
            self.show(f"  {class_of(self.current)} took {seconds:.0f} s")

    def _hoot(self, record, run):
        """Show what hoot did; it calls no test at all a success."""
        self.show(f"  {record.message}")
        if not run:
            self.alarms.append(self.current)

    def show(self, text):
        print(f"{self.world}: {text}" if text[:2] == "  " else text, flush=True)

    def verdict(self):
        """Return how many tests passed, and how many things failed."""
        self._end()
        bad = self.failed | self.skipped
        passed = sum(test not in bad for test in self.started)
        # What a failing test logs is part of its failure.
        alarms = sum(test not in self.failed for test in self.alarms)
        if alarms:
            self.show(f"  {alarms} unexpected messages in the log")
        failed = len(self.failed) + alarms
        for problem in self._problems(failed):
            self.show(f"  {problem}")
            failed += 1
        return passed, failed

    def _problems(self, failed):
        """Yield what is wrong with the run as a whole."""
        if self.ended and not failed:
            yield self.ended
        if self.no_tests:
            return
        if not self.started:
            yield "no test was run"
        elif self.total is None:
            yield "Odoo did not come to the end of its tests"
        elif self.total != len(self.started):
            yield f"Odoo tells of {self.total} tests, the log of {len(self.started)}"


def class_of(test):
    return test.split(".")[0]


def records(lines, copy):
    """Yield the records of a log, while all of it is copied to a file."""
    text = ""
    for line in lines:
        copy.write(line)
        copy.flush()
        if text and (RECORD.match(line) or ENDED.match(line)):
            yield Record.parse(text.rstrip())
            text = ""
        text += line
        if STARTED.search(line):
            # Nothing follows it but the next record, and that may take minutes.
            yield Record.parse(text.rstrip())
            text = ""
    if text:
        yield Record.parse(text.rstrip())


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("world", help="a name to show")
    parser.add_argument("log", help="the file that gets the whole log")
    parser.add_argument(
        "--counts", required=True, help="append '<passed> <failed>' to this file"
    )
    parser.add_argument("--no-tests", action="store_true", help="expect no test")
    return parser.parse_args()


def main():
    options = parse_arguments()
    run = Run(options.world, options.no_tests)
    sys.stdin.reconfigure(errors="replace")
    with open(options.log, "w", encoding="utf-8") as copy:
        for record in records(sys.stdin, copy):
            run.take(record)
    passed, failed = run.verdict()
    with open(options.counts, "a", encoding="utf-8") as file:
        file.write(f"{passed} {failed}\n")
    if run.no_tests:
        run.show("  failed" if failed else "  well")
    else:
        run.show(f"  {passed} passed, {failed} failed, {len(run.skipped)} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
