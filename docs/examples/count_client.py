#!/usr/bin/env python3
"""Sends counts from a file to a cycle count in Odoo, over Odoo's own JSON API.

Needs nothing but Python. An example to start from, and of use as it is::

    export ODOO_API_KEY=…
    count_client.py http://localhost:8069 CC-00001 scans.csv

``scans.csv`` has a header and a row a count: ``location`` and ``item`` (barcodes) and
``qty``, optionally ``lot``, ``counted_at`` (UTC) and ``note``. A row's uuid is made of
the file's name, the row's number and what it says: a run that is broken off anywhere is
repeated as it is and counts nothing twice, a corrected row counts again. A recount
is a file of another name.
"""

import argparse
import csv
import json
import os
import pathlib
import sys
import time
import urllib.error
import urllib.request
import uuid

BATCH = 500
TRIES = 6
# What is worth another try: the server is busy, restarted or not reached.
TRANSIENT = {429, 502, 503, 504}


class ApiError(Exception):
    """The server understood and said no; ``status`` is that of HTTP."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class CountClient:
    """Calls methods of Odoo's models as the user whose API key it has.

    :param str url: of the server
    :param str key: an API key of the user who counts
    :param str database: only where the server has several
    :param dict headers: more of them, for a proxy
    """

    def __init__(self, url, key, *, database=None, headers=None, timeout=60):
        self.url, self.timeout = url.rstrip("/"), timeout
        self.headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json; charset=utf-8",
            **({"X-Odoo-Database": database} if database else {}),
            **(headers or {}),
        }

    def call(self, model, method, **arguments):
        """What ``method`` of ``model`` returns; records go into ``ids``.

        :raise ApiError: with the server's words
        """
        request = urllib.request.Request(
            f"{self.url}/json/2/{model}/{method}",
            data=json.dumps(arguments).encode(),
            headers=self.headers,
            method="POST",
        )
        for tries in range(TRIES):
            try:
                with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code not in TRANSIENT or tries == TRIES - 1:
                    raise ApiError(error.code, read_message(error)) from None
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                if tries == TRIES - 1:
                    raise
            time.sleep(2**tries / 4)
        raise AssertionError("unreachable")

    def find_session(self, number):
        """The id of the cycle count with this number that may still be counted.

        :raise ApiError: when there is none for this user
        """
        domain = [["name", "=", number], ["state", "in", ["open", "partial"]]]
        found = self.call(
            "stock.count.session", "search_read", domain=domain, fields=["name"]
        )
        if not found:
            raise ApiError(404, f"No open cycle count {number} is assigned to you.")
        return found[0]["id"]

    def record(self, session_id, entries):
        """Record entries; an answer for each, in order.

        Each entry has a ``uuid`` of its own. To send it again is safe: what the server
        has already is answered as ``duplicate``.
        """
        answers = []
        for start in range(0, len(entries), BATCH):
            answers += self.call(
                "stock.count.session",
                "record_entries",
                ids=[session_id],
                entries=entries[start : start + BATCH],
            )
        return answers


def read_message(error):
    try:
        return json.load(error)["message"]
    except (ValueError, KeyError):
        return error.reason


def read_entries(path, number):
    """The rows of a file as entries of the count with this number."""
    path = pathlib.Path(path)
    with path.open(newline="", encoding="utf-8-sig") as file:
        return [
            make_entry(row, make_uuid(path.name, number, position, row))
            for position, row in enumerate(csv.DictReader(file))
        ]


def make_uuid(*facts):
    """The same for the same facts, on any machine."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(facts, sort_keys=True)))


def read_number(text):
    """What is no number is sent as it is: the server says so in words."""
    try:
        return float(text)
    except ValueError:
        return text


def make_entry(row, own):
    entry = {
        "uuid": own,
        "operation": "set",
        "qty": read_number(row["qty"]),
        "barcode": row["item"],
        "location_barcode": row["location"],
        "device": "count_client.py",
    }
    for column, name in (
        ("lot", "lot_name"),
        ("counted_at", "counted_at"),
        ("note", "note"),
    ):
        if row.get(column):
            entry[name] = row[column]
    return entry


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("session", help="number of the cycle count, such as CC-00001")
    parser.add_argument("file", help="CSV with location, item and qty")
    parser.add_argument("--database")
    options = parser.parse_args()
    key = os.environ.get("ODOO_API_KEY") or sys.exit("Set ODOO_API_KEY first.")
    client = CountClient(options.url, key, database=options.database)
    try:
        entries = read_entries(options.file, options.session)
        answers = client.record(client.find_session(options.session), entries)
    except (ApiError, OSError) as error:
        sys.exit(f"Not sent: {error}")
    refused = [answer for answer in answers if answer["status"] == "refused"]
    for number, answer in enumerate(answers, start=2):
        if answer["status"] == "refused":
            sys.stderr.write(f"row {number}: {answer['message']}\n")
    recorded = len(answers) - len(refused)
    sys.stdout.write(f"{recorded} recorded, {len(refused)} refused\n")
    return bool(refused)


if __name__ == "__main__":
    sys.exit(main())
