import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

import requests
from lxml import html

from odoo import Command, api
from odoo.modules import get_manifest
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, HttpCase, get_db_name, new_test_user, tagged
from odoo.tools import config, mute_logger

from ..app_common import AppCommon

DOORS = "/web/dataset/call_kw/stock.count.app"


@tagged("post_install", "-at_install", "stock_count_browser")
class TestCountAppHttp(HttpCase, AppCommon):
    """The page of the app and its doors through a real server."""

    def _call(self, method, *args):
        return self.make_jsonrpc_request(
            f"{DOORS}/{method}", self._params(method, args)
        )

    def _params(self, method, args):
        return {
            "model": "stock.count.app",
            "method": method,
            "args": list(args),
            "kwargs": {},
        }

    def test_the_page_opens_for_a_counter_on_every_path(self):
        """M12: with the session's facts, and nothing of the backend."""
        self.authenticate("app_counter", "app_counter")
        for path in ("", "/review"):
            page = self.url_open(f"/stock_count/app{path}")
            self.assertEqual(page.status_code, 200)
            self.assertIn("o_stock_count_app", page.text)
            self.assertIn(get_manifest("stock_count")["version"], page.text)
            self.assertEqual(page.headers["Cache-Control"], "no-store")

    def test_no_other_site_frames_the_page_or_adds_scripts(self):
        """Z2: only the page's own script and our files run in it."""
        self.authenticate("app_counter", "app_counter")
        page = self.url_open("/stock_count/app")
        self.assertEqual(page.headers["X-Frame-Options"], "DENY")
        policy = page.headers["Content-Security-Policy"]
        self.assertIn("frame-ancestors 'none'", policy)
        [nonce] = re.findall(r"'nonce-([^']+)'", policy)
        for script in html.fromstring(page.content).xpath("//script[not(@src)]"):
            self.assertEqual(script.get("nonce"), nonce)
        self.assertNotEqual(self._nonce(), nonce)
        for path in ("manifest.webmanifest", "service-worker.js"):
            headers = self.url_open(f"/stock_count/app/{path}").headers
            self.assertEqual(headers["X-Frame-Options"], "DENY")

    def _nonce(self):
        policy = self.url_open("/stock_count/app").headers["Content-Security-Policy"]
        return re.findall(r"'nonce-([^']+)'", policy)[0]

    def test_a_user_s_name_is_no_script(self):
        """Z2: in the page's own script, which has the session's facts."""
        self.counter.name = "</script><script>alert(1)</script>"
        self.authenticate("app_counter", "app_counter")
        self.assertNotIn("<script>alert", self.url_open("/stock_count/app").text)

    @mute_logger("odoo.http")
    def test_the_page_is_closed_to_others(self):
        """Z1: who may not count, and who is not signed in."""
        self.assertIn("/web/login", self.url_open("/stock_count/app").url)
        self.authenticate("app_nobody", "app_nobody")
        self.assertEqual(self.url_open("/stock_count/app").status_code, 403)

    def test_the_app_can_be_installed(self):
        """M12: a manifest, icons that are there, a worker for the app's paths only."""
        manifest = self.url_open("/stock_count/app/manifest.webmanifest").json()
        self.assertEqual(manifest["scope"], "/stock_count/app")
        for icon in manifest["icons"]:
            self.assertEqual(self.url_open(icon["src"]).status_code, 200)
        worker = self.url_open("/stock_count/app/service-worker.js")
        self.assertEqual(worker.headers["Service-Worker-Allowed"], "/stock_count/app")
        self.assertIn("javascript", worker.headers["Content-Type"])

    def test_a_counter_counts_over_http(self):
        """M1, M12: from start to submit, in their own language and company."""
        self.authenticate("app_counter", "app_counter")
        [session] = self._call("load_start")["sessions"]
        catalogue = self._call("load_catalogue", session["id"])
        entry = self._entry(2, line_id=catalogue["lines"]["rows"][0][0])
        answer = self._call("sync", session["id"], {"entries": [entry]})
        self.assertEqual(answer["results"][0]["status"], "recorded")
        self.assertEqual(self._call("submit_count", session["id"])["counted"], 1)

    def test_large_answers_are_packed_for_who_can_unpack_them(self):
        """M12: and small ones are not, nor those of others."""
        self.authenticate("app_counter", "app_counter")
        [session] = self._call("load_start")["sessions"]
        self.env["product.product"].create(
            [
                {"name": f"Item {i}", "default_code": f"I-{i}", "is_storable": True}
                for i in range(300)
            ]
        )
        for accepted, method, packed in (
            ("gzip, deflate, br", "load_catalogue", True),
            ("identity", "load_catalogue", False),
            ("gzip", "load_start", False),
        ):
            with self.subTest(method, accepted=accepted):
                args = [session["id"]] if method == "load_catalogue" else []
                answer = self._ask(method, args, {"Accept-Encoding": accepted})
                self.assertEqual("Content-Encoding" in answer.headers, packed)
                self.assertIn("result", answer.json())
                sent, told = len(answer.content), answer.headers["Content-Length"]
                self.assertEqual(sent > 3 * int(told), packed)

    def _ask(self, method, args, headers):
        call = {"jsonrpc": "2.0", "method": "call"}
        return self.url_open(
            f"{DOORS}/{method}",
            data=json.dumps({**call, "params": self._params(method, args)}),
            headers={"Content-Type": "application/json", **headers},
        )

    @mute_logger("odoo.http")
    def test_a_session_that_expired_is_code_100(self):
        """M12: the app asks to log in again and goes on."""
        self.authenticate(None, None)
        params = {"model": "stock.count.app", "method": "load_start"}
        params.update(args=[], kwargs={})
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self.url_open(
            f"{DOORS}/load_start",
            data=json.dumps(body),
            headers={"Content-Type": "application/json"},
        ).json()
        self.assertEqual(answer["error"]["code"], 100, answer)


@tagged("post_install", "-at_install", "stock_count_browser")
class TestKilledServer(BaseCase):
    """A server of its own that dies in the middle of a sync (Z3).

    Commits for real, so it makes a company of its own; the test database is thrown
    away.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.login = f"kill-{uuid.uuid4()}"
        with cls._connect() as env:
            company = env["res.company"].create({"name": cls.login})
            user = new_test_user(
                env(context={"no_reset_password": True}),
                login=cls.login,
                groups="stock_count.group_count_counter",
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
            )
            warehouse = env["stock.warehouse"].search(
                [("company_id", "=", company.id)], limit=1
            )
            products = env["product.product"].create(
                [{"name": f"Kill {i}", "is_storable": True} for i in range(30)]
            )
            here = env(context={"allowed_company_ids": company.ids})
            for product in products:
                here["stock.quant"]._update_available_quantity(
                    product, warehouse.lot_stock_id, 5
                )
            session = here["stock.count.session"].create(
                {"warehouse_id": warehouse.id, "counter_ids": [Command.set(user.ids)]}
            )
            session.action_generate()
            cls.session_id, cls.line_ids = session.id, session.line_ids.ids

    @classmethod
    @contextmanager
    def _connect(cls):
        with db_connect(get_db_name()).cursor() as cr:
            yield api.Environment(cr, api.SUPERUSER_ID, {})

    def _start_server(self):
        """A server like the one of this test, in a process of its own, and a client
        that is signed in."""
        port = self._free_port()
        log = tempfile.NamedTemporaryFile(delete=False)  # noqa: SIM115
        server = subprocess.Popen(
            [
                sys.executable,
                sys.argv[0],
                f"--addons-path={','.join(config['addons_path'])}",
                f"--data-dir={config['data_dir']}",
                f"--database={get_db_name()}",
                f"--http-port={port}",
                "--http-interface=127.0.0.1",
                "--max-cron-threads=0",
            ],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        self.addCleanup(self._kill, server)
        self.addCleanup(Path(log.name).unlink)
        self._wait(port, server)
        return server, self._log_in(port)

    def _wait(self, port, server):
        for _i in range(300):
            if server.poll() is not None:
                self.fail("The server did not start.")
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", port)):
                    return
            time.sleep(0.1)

    def _kill(self, server):
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()

    def _log_in(self, port):
        client = requests.Session()
        self.url = f"http://127.0.0.1:{port}"
        params = {"db": get_db_name(), "login": self.login, "password": self.login}
        client.post(
            f"{self.url}/web/session/authenticate", json={"params": params}, timeout=60
        ).raise_for_status()
        return client

    def _sync(self, client, batch):
        params = {
            "model": "stock.count.app",
            "method": "sync",
            "args": [self.session_id, batch],
            "kwargs": {},
        }
        answer = client.post(
            f"{self.url}{DOORS}/sync", json={"params": params}, timeout=60
        )
        return answer.json()["result"]

    def _free_port(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    @contextmanager
    def _hold(self, line_id):
        """Somebody else writes this line: a sync waits for it, its entries inserted."""
        with self._connect() as env:
            env.cr.execute(
                "SELECT FROM stock_count_line WHERE id = %s FOR NO KEY UPDATE",
                [line_id],
            )
            yield

    def _wait_for_waiting(self):
        for _i in range(300):
            with self._connect() as env:
                env.cr.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                if env.cr.fetchone()[0]:
                    return
            time.sleep(0.05)
        self.fail("The sync never began.")

    def _batch(self, line_ids):
        return {
            "entries": [
                {"uuid": str(uuid.uuid4()), "qty": 1, "line_id": line_id}
                for line_id in line_ids
            ]
        }

    def test_a_server_killed_during_a_sync_records_each_entry_exactly_once(self):
        """Z3, M12: SIGKILL, the same entries again."""
        first, second = (self._batch(part) for part in (self.line_ids, self.line_ids))
        server, client = self._start_server()
        self._sync(client, first)
        with self._hold(self.line_ids[-1]):
            thread = threading.Thread(target=self._sync_in_vain, args=(client, second))
            thread.start()
            self._wait_for_waiting()
            self._kill(server)
            thread.join(60)
        self.assertTrue(self.vain)
        _server, client = self._start_server()
        for batch, status in ((first, "duplicate"), (second, "recorded")):
            answers = self._sync(client, batch)["results"]
            self.assertEqual({answer["status"] for answer in answers}, {status})
        with self._connect() as env:
            session = env["stock.count.session"].browse(self.session_id)
            self.assertEqual(set(session.line_ids.mapped("found_qty")), {2})
            self.assertEqual(len(session.line_ids.entry_ids), 2 * len(self.line_ids))

    def _sync_in_vain(self, client, batch):
        try:
            self._sync(client, batch)
        except requests.RequestException as error:
            self.vain = error
