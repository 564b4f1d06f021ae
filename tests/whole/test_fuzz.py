import inspect
import json
import logging
import os
import re
import time
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import NamedTuple
from urllib.parse import quote

from requests import RequestException

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from ..fuzz_values import FuzzValues, simpler, size
from ..rights_client import MUTED, RightsClient

_logger = logging.getLogger(__name__)

CALLS = int(os.environ.get("STOCK_COUNT_FUZZ_CALLS", "100"))
SEED = int(os.environ.get("STOCK_COUNT_FUZZ_SEED", "1"))
SECONDS = int(os.environ.get("STOCK_COUNT_FUZZ_SECONDS", "420"))
# How often a failing call is made smaller.
SHRINKING = 20
# Who may more is tried more often: others do not come far.
CALLERS = (
    *("counter",) * 3,
    *("lead",) * 4,
    *("manager",) * 4,
    *("approver", "other company", "internal", "portal", "public"),
)
KEYED = ("counter", "lead", "manager")
OURS = ("stock.count.", "report.stock_count.")
# What counts are written to, and what Odoo keeps of them.
WRITTEN = (
    "stock_move",
    "stock_move_line",
    "stock_quant",
    "stock_lot",
    "stock_location",
    "ir_attachment",
    "mail_message",
    "mail_activity",
    "mail_followers",
    "res_company",
    "product_template",
)
ROUTES = (
    "/stock_count/app",
    "/stock_count/app/{0}",
    "/stock_count/app/service-worker.js",
    "/stock_count/app/manifest.webmanifest",
    "/stock_count/import/{1}/rows.xlsx",
    "/stock_count/import/{1}/bad.csv",
    "/stock_count/import/{1}/{0}.csv",
    "/stock_count/import/template.xlsx",
    "/stock_count/import/template/{1}.csv",
    "/stock_count/report/{0}/xlsx",
    "/stock_count/report/report.stock_count.report_list_document/xlsx",
)
OUR_FRAME = re.compile(
    r'File "(?![^"]*-packages/)[^"]*/stock_count/([^"]+)", line \d+, in (\w+)\n\s+(.*)'
)


class Call(NamedTuple):
    """One call: by the web client, by JSON-2 with a key, or of a route."""

    way: str
    role: str
    model: str
    method: str
    ids: list
    args: dict
    context: dict


# Calls of Odoo's own that any user may make: what fails there in the same context
# is not of the addon. They read language and companies, and answer with the context.
CONTROLS = (
    Call("call_kw", "", "res.users", "fields_get", [], {}, {}),
    Call("call_kw", "", "res.company", "search_read", [], {"fields": ["name"]}, {}),
    Call("call_kw", "", "ir.actions.report", "report_action", [], {"docids": []}, {}),
)


class Failure(NamedTuple):
    """Why a call failed: two of the same place and error are the same."""

    where: str
    what: str
    detail: str = ""

    @property
    def key(self):
        return self.where, self.what.partition(":")[0]


class Listener(logging.Handler):
    """Keeps the tracebacks that a server logs."""

    def __init__(self):
        super().__init__()
        self.tracebacks = []

    def emit(self, record):
        if record.exc_info:
            text = logging.Formatter().formatException(record.exc_info)
            self.tracebacks.append(text)


@tagged("post_install", "-at_install", "stock_count_browser", "stock_count_fuzz")
class TestFuzz(RightsClient):
    """Z2, Z7: no traceback, no 500, and nothing written by a call that is refused,
    whatever is sent to whichever door. ``dev/fuzz`` makes thousands of calls."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        expires = fields.Datetime.now() + timedelta(days=1)
        keys = cls.env["res.users.apikeys"]
        cls.keys = {
            role: keys.with_user(cls.users[role])._generate("rpc", "Fuzz", expires)
            for role in KEYED
        }
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.random = Random(SEED)
        ids = {word: records[:1].id for word, records in self.records.items()}
        ids.update(
            {
                "company": self.company.id,
                "company abroad": self.abroad.id,
                "screw": self.screw.id,
                "drill": self.drill.id,
                "bin a": self.bin_a.id,
                "customers": self.customers.id,
                "warehouse": self.warehouse.id,
                "unit": self.screw.uom_id.id,
                "counter": self.users["counter"].id,
                "nothing": 2**31 - 1,
            }
        )
        self.values = FuzzValues(self.random, ids)
        self.doors = [
            (name, method)
            for name in sorted(self.registry)
            for method in sorted(self._public_methods(name))
        ]

    def test_no_door_ends_in_a_traceback(self):
        """Z2, Z7."""
        failures, made, started = {}, 0, time.monotonic()
        before = self._fingerprint()
        while made < CALLS and time.monotonic() - started < SECONDS:
            call = self._any_call()
            failure = self._failure(call, before)
            made += 1
            if failure and failure.key not in failures:
                failures[failure.key] = self._shrink(call, failure, before)
        seconds = round(time.monotonic() - started)
        _logger.info("%s of %s calls in %s s, seed %s", made, CALLS, seconds, SEED)
        self.assertGreaterEqual(made, CALLS // 2, f"too slow: {made} in {seconds} s")
        for call, failure in failures.values():
            with self.subTest(failure.where, what=failure.what[:200]):
                self.fail(self._tell(call, failure))

    def _tell(self, call, failure):
        arguments = {k: v for k, v in call._asdict().items() if v}
        parts = (
            f"{failure.what}\nwhere: {failure.where}\nseed {SEED}: {arguments!r}",
            f"as JSON: {json.dumps(call._asdict())}",
            failure.detail[-3000:],
        )
        return "\n".join(part[:4000] for part in parts)

    # === CALLS === #

    def _any_call(self):
        role = self.random.choice(CALLERS)
        if self.random.random() < 0.06:
            route = self.random.choice(ROUTES)
            query = {n: self.values.anything() for n in ("filters", "companies")}
            path = [self.values.text(), self.values.id()]
            return Call("GET", role, route, "", path, query, {})
        model, method = self.random.choice(self.doors)
        function = getattr(self.registry[model], method)
        names = self.registry[model]._fields
        return Call(
            "json2" if role in KEYED and self.random.random() < 0.3 else "call_kw",
            role,
            model,
            method,
            [] if getattr(function, "_api_model", False) else self._any_ids(model),
            self._any_arguments(function, names),
            self.values.context(names),
        )

    def _any_ids(self, model):
        """Mostly of records of the model: of those of others comes little."""
        own = [i for i in self.values.ids if self._is_of(i, model)]
        if own and self.random.random() < 0.7:
            return self.random.sample(own, self.random.randint(1, min(2, len(own))))
        return [self.values.id() for _ in range(self.random.choice((0, 1, 1, 3)))]

    def _is_of(self, number, model):
        records = self.records.get(number.word)
        return records is not None and records._name == model

    def _any_arguments(self, function, names):
        """Arguments that the signature allows."""
        args = {}
        for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
            is_needed = parameter.default is parameter.empty
            if is_needed or self.random.random() < 0.7:
                args[name] = self._argument(name, names)
        return args

    def _argument(self, name, names):
        if name == "vals_list":
            return [self.values.vals(names)]
        return self.values.vals(names) if name == "vals" else self.values.named(name)

    # === SENDING === #

    def _failure(self, call, before):
        """Why a call fails, None if it does not."""
        with self._listen() as listener, self._undone():
            try:
                status, answer = self._send(call)
            except RequestException as error:
                return Failure(f"{call.model}.{call.method}", f"no answer: {error}")
            failure = self._judge_answer(call, status, answer)
            if not failure and listener.tracebacks:
                failure = self._place(listener.tracebacks[-1], "traceback in the log")
            is_refused = status >= 400 or (call.way == "call_kw" and "error" in answer)
            if not failure and is_refused and self._fingerprint() != before:
                door = f"{call.model}.{call.method}"
                failure = Failure(door, "written by a refused call")
        return None if failure and self._is_odoos_own(call) else failure

    def _is_odoos_own(self, call):
        """Whether Odoo itself fails in this context."""
        if not call.context or call.role == "public":
            return False
        return any(self._fails(call, control) for control in CONTROLS)

    def _fails(self, call, control):
        control = control._replace(role=call.role, context=call.context)
        with self._listen(), self._undone():
            status, answer = self._send(control)
        name = answer.get("error", {}).get("data", {}).get("name")
        return status >= 500 or (name and self._judge(name) == "500")

    @contextmanager
    def _listen(self):
        listener = Listener()
        loggers = [logging.getLogger(name) for name in MUTED]
        for logger in loggers:
            logger.propagate = False
            logger.addHandler(listener)
        try:
            yield listener
        finally:
            for logger in loggers:
                logger.propagate = True
                logger.removeHandler(listener)

    def _send(self, call):
        """Send a call.

        :return: tuple of HTTP status and answer, None where it is no JSON
        """
        self.session, self.opener = self.clients[call.role]
        if call.way == "GET":
            text, number = call.ids
            # Odoo's own server hangs up on an address of more than 65,536 characters,
            # and looks for any address that it does not know in a table.
            path = call.model.format(text[:2000].replace("\0", ""), int(number))
            path = quote(path, safe="/", errors="replace")
            query = {name: json.dumps(arg)[:2000] for name, arg in call.args.items()}
            return self.url_open(path, params=query, timeout=60).status_code, None
        if call.way == "json2":
            body = {**call.args, "context": call.context}
            if call.ids:
                body["ids"] = call.ids
            key = {"Authorization": f"Bearer {self.keys[call.role]}"}
            return self._post_body(f"/json/2/{call.model}/{call.method}", body, key)
        body = {"jsonrpc": "2.0", "method": "call", "params": self._params(call)}
        route = f"/web/dataset/call_kw/{call.model}/{call.method}"
        return self._post_body(route, body, {})

    def _params(self, call):
        """The parameters of ``call_kw``; it looks at the first one of ``create``."""
        function = getattr(self.registry[call.model], call.method)
        args, kwargs = [call.ids], call.args
        if call.method == "create":
            args, kwargs = [call.args["vals_list"]], {}
        elif getattr(function, "_api_model", False):
            args = []
        params = {"model": call.model, "method": call.method, "args": args}
        return {**params, "kwargs": {**kwargs, "context": call.context}}

    def _post_body(self, route, body, headers):
        answer = self.opener.post(
            self.base_url() + route,
            # Not by requests itself, which sends no NaN.
            data=json.dumps(body),
            headers={"Content-Type": "application/json", **headers},
            timeout=60,
        )
        is_json = "json" in answer.headers.get("Content-Type", "")
        return answer.status_code, answer.json() if is_json else {}

    def _judge_answer(self, call, status, answer):
        error = self._error_of(call, answer)
        if error:
            name, debug = error.get("name", ""), error.get("debug") or ""
            message = f"{name}: {error.get('message')}"[:300]
            if self._judge(name) == "500" and not self._is_polite(name):
                return self._place(debug, message)
        elif status >= 500:
            return Failure(f"{call.model}.{call.method}", f"HTTP {status}")
        return None

    def _error_of(self, call, answer):
        if call.way == "call_kw":
            return answer.get("error", {}).get("data")
        is_error = call.way == "json2" and isinstance(answer, dict)
        return answer if is_error and "debug" in answer else None

    def _is_polite(self, name):
        """Whether an error is the client's, such as a wrong number of arguments."""
        return name.startswith("werkzeug.exceptions.") and "Internal" not in name

    def _place(self, traceback, what):
        """The last place of ours in a traceback; None if only Odoo's own stands there.

        What a value of a wrong type does to Odoo's own ``create`` and ``write``, it
        does in every model.
        """
        frames = OUR_FRAME.findall(traceback)
        if not frames or "super(" in frames[-1][2]:
            return None
        return Failure(" ".join(frames[-1]), what, traceback)

    # === FINGERPRINT === #

    def _fingerprint(self):
        """What the tables are now: each row that is written has another place in it."""
        tables = sorted(
            model._table
            for name, model in self.registry.items()
            if name.startswith(OURS) and model._auto and not model._abstract
        )
        parts = SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s, count(*), sum(hashtext(ctid::text || xmin::text)) FROM %s",
                table,
                SQL.identifier(table),
            )
            for table in (*tables, *WRITTEN)
        )
        self.env.cr.execute(parts)
        return self.env.cr.fetchall()

    # === A MINIMAL REPRODUCTION === #

    def _shrink(self, call, failure, before):
        """The smallest call found that fails in the same way."""
        for _ in range(SHRINKING):
            for smaller in self._next_smaller(call):
                again = self._failure(smaller, before)
                if again and again.key == failure.key:
                    call, failure = smaller, again
                    break
            else:
                break
        return call, failure

    def _next_smaller(self, call):
        """Calls with less in them."""
        candidates = [call._replace(context=less) for less in simpler(call.context)]
        candidates += [
            call._replace(args={**call.args, name: less})
            for name, value in call.args.items()
            for less in simpler(value)
        ]
        return sorted(candidates, key=lambda smaller: size(smaller[5:]))[:20]
