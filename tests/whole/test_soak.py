import base64
import contextlib
import logging
import os
import random
import threading
import time
import uuid
from collections import Counter

from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..connection_common import ConnectionCase

_logger = logging.getLogger(__name__)

SECONDS = int(os.environ.get("STOCK_COUNT_SOAK_SECONDS") or 60)
COUNTERS, MOVERS = 50, 2
BINS, ITEMS = 6, 8
# Seconds between what one person does.
PAUSE = {"_count": (2, 6), "_move": (0, 1), "_post": (0.5, 3)}
PAUSE.update(_run_jobs=(0, 0.2), _import=(0, 2))
# Items that several people count at once, each adding what they hold in their hands.
PILES = 2


class Floor:
    """What really lies where. Who counts a thing or moves it has it to themselves."""

    def __init__(self, keys):
        self.qty = {key: random.randint(20, 60) for key in keys}
        self.locks = {key: threading.Lock() for key in keys}

    @contextlib.contextmanager
    def at(self):
        key = random.choice(list(self.qty))
        with self.locks[key]:
            yield key


@tagged("post_install", "-at_install", "-standard", "stock_count_soak")
class TestSoak(ConnectionCase):
    """Fifty people count, while goods move, counts are posted and undone (Z4):
    ``dev/soak``."""

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger("odoo.service.model", "odoo.http"))
        with self._connect() as env:
            stock = env["stock.warehouse"].browse(self.warehouse_id).lot_stock_id
            bins = env["stock.location"].create(
                [{"name": f"Soak {i}", "location_id": stock.id} for i in range(BINS)]
            )
            # Another test leaves its items in the database.
            mark = uuid.uuid4().hex[:8]
            items = env["product.product"].create(
                [
                    {"name": f"Soak {mark} {i}", "is_storable": True}
                    # The last one is never counted, so that the count stays open.
                    for i in range(ITEMS + PILES + 1)
                ]
            )
            for item in items:
                for bin_ in bins:
                    qty = random.randint(20, 60)
                    env["stock.quant"]._update_available_quantity(item, bin_, qty)
            self.bin_ids = bins.ids
            self.item_ids = items.ids[:ITEMS]
            self.pile_ids = items.ids[ITEMS:-1]
        self.floor = Floor([(i, b) for i in self.item_ids for b in self.bin_ids])
        self.sent, self.piles = {}, Counter()
        self.done, self.errors, self.mutex = Counter(), [], threading.Lock()

    # === WHAT PEOPLE DO === #

    def _work(self, user, work):
        """As a request of Odoo's web server: with its retries, then an answer."""
        with self._connect(user) as env:
            return retrying(lambda: work(env), env)

    def _record(self, entries):
        def work(env):
            session = env["stock.count.session"].browse(self.session_id)
            return session.record_entries(entries)

        results = self._work(0, work)
        with self.mutex:
            for entry, result in zip(entries, results, strict=True):
                if result["status"] == "refused":
                    self.errors.append(f"refused: {result}")
                self.sent[entry["uuid"]] = entry
        self.done["entries"] += len(entries)
        return results

    def _entry(self, item_id, bin_id, qty, operation):
        return {
            "uuid": str(uuid.uuid4()),
            "operation": operation,
            "qty": qty,
            "product_id": item_id,
            "location_id": bin_id,
        }

    def _count(self):
        if random.random() < 0.3:
            self._add_to_piles()
        else:
            self._count_alone()

    def _count_alone(self):
        with self.floor.at() as key:
            entry = self._entry(*key, self.floor.qty[key], "set")
            self._record([entry])
        if random.random() < 0.1:
            # Its acknowledgement got lost, so it is sent once more.
            [result] = self._record([entry])
            if result["status"] != "duplicate":
                self.errors.append(f"not a duplicate: {result}")

    def _add_to_piles(self):
        """Without waiting for each other, several things at once."""
        keys = [
            (random.choice(self.pile_ids), random.choice(self.bin_ids))
            for _i in range(random.randint(1, 5))
        ]
        self._record([self._entry(*key, 1, "add") for key in keys])
        with self.mutex:
            self.piles.update(keys)

    def _move(self):
        with self.floor.at() as key:
            sign = random.choice((-1, 1))
            qty = random.randint(1, 3)
            self.floor.qty[key] += sign * self._work(
                1, lambda env: self._transfer(env, *key, qty, sign)
            )
        self.done["transfers"] += 1

    def _transfer(self, env, item_id, bin_id, qty, sign):
        """Deliver or receive; how much it was in the end."""
        warehouse = env["stock.warehouse"].browse(self.warehouse_id)
        supplier = env.ref("stock.stock_location_suppliers").id
        out = sign < 0
        places = (bin_id, self.customer_id) if out else (supplier, bin_id)
        type_ = warehouse.out_type_id if out else warehouse.in_type_id
        move = {
            "product_id": item_id,
            "product_uom_qty": qty,
            "location_id": places[0],
            "location_dest_id": places[1],
        }
        picking = env["stock.picking"].create(
            {
                "picking_type_id": type_.id,
                "location_id": places[0],
                "location_dest_id": places[1],
                "move_ids": [Command.create(move)],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        picking.move_ids.picked = True
        if not picking.move_line_ids:
            picking.action_cancel()
            return 0
        picking._action_done()
        return sum(
            picking.move_ids.filtered(lambda m: m.state == "done").mapped("quantity")
        )

    def _post(self):
        """Check All, answer what is held, then post, or undo at times."""
        verb = "action_undo_posting" if random.random() < 0.2 else "action_post"
        try:
            for step in ("action_check_all", "_accept_held", verb):
                self._work(1, lambda env, step=step: self._do(env, step))
            self.done[verb] += 1
        except UserError:
            self.done["nothing to post or to undo"] += 1

    def _do(self, env, step):
        session = env["stock.count.session"].browse(self.session_id)
        if step != "_accept_held":
            return getattr(session, step)()
        held = session.line_ids.filtered(lambda line: line.state == "held")
        return held.action_accept_variance() if held else True

    def _run_jobs(self):
        """As Odoo's scheduler does."""
        with self._connect() as env:
            env["stock.count.job"]._cron_run()

    def _import(self):
        """A file with what lies in one place; what others count is not waited for."""
        with self.floor.at() as key:
            self._work(1, lambda env: self._import_file(env, *key))
        self.done["files"] += 1

    def _import_file(self, env, item_id, bin_id):
        session = env["stock.count.session"].browse(self.session_id)
        row = (
            session.warehouse_id.name,
            env["product.product"].browse(item_id).name,
            env["stock.location"].browse(bin_id).complete_name,
            self.floor.qty[item_id, bin_id],
            session.name,
            uuid.uuid4(),
        )
        heading = "Warehouse,Item,Location,Units,Count Session,Note"
        content = f"{heading}\n{','.join(map(str, row))}"
        content = base64.b64encode(content.encode())
        record = env["stock.count.import"].create({"file": content})
        record.action_read()
        record.action_check()
        record.action_import()
        if not record.recorded_count:
            raise AssertionError(record.problem_ids.mapped("message"))

    def _repeat(self, act):
        while time.monotonic() < self.end:
            try:
                act()
            except Exception as error:  # Shown by the test
                with self.mutex:
                    self.errors.append(
                        f"{act.__name__}: {type(error).__name__}: {error}"
                    )
            time.sleep(random.uniform(*PAUSE[act.__name__]))

    # === TEST === #

    def test_fifty_counters_lose_and_double_nothing(self):
        """Z4, P5: nobody sees a deadlock or a failed serialization, each entry is there
        once, and in the end the book is the floor."""
        self._soak(0)

    def test_fifty_counters_and_jobs_lose_and_double_nothing(self):
        """Z4, P14: the same, where posting and undoing go on in the background and
        files are imported meanwhile."""
        self._soak(3, self._run_jobs, self._import)
        with self._connect() as env:
            jobs = env["stock.count.job"].search([("company_id", "=", self.company_id)])
            self.assertEqual(set(jobs.mapped("state")), {"done"}, jobs.mapped("error"))

    def _soak(self, background_lines, *more):
        self._do_in_background(background_lines)
        self.session_id = self._make_session()
        self.end = time.monotonic() + SECONDS
        acts = [self._count] * COUNTERS + [self._move] * MOVERS + [self._post, *more]
        threads = [threading.Thread(target=self._repeat, args=[act]) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS + 120)
        self.assertFalse([thread for thread in threads if thread.is_alive()])
        _logger.info("Done under fire: %s", dict(self.done))
        self.assertEqual(self.errors[:5], [])
        self.assertGreater(self.done["entries"], COUNTERS)
        self.assertGreater(self.done["action_post"], 0)
        self._run_jobs()
        self._do_in_background(0)
        self._assert_entries_are_there_once()
        self._count_all_and_post()
        self._assert_book_is_floor()

    def _do_in_background(self, lines):
        with self._connect() as env:
            company = env["res.company"].browse(self.company_id)
            company.count_background_lines = lines

    def _make_session(self):
        with self._connect(0) as env:
            session = env["stock.count.session"].create(
                {
                    "warehouse_id": self.warehouse_id,
                    "location_ids": [Command.set(self.bin_ids)],
                }
            )
            session.action_generate()
            return session.id

    def _assert_entries_are_there_once(self):
        with self._connect() as env:
            entries = env["stock.count.entry"].search(
                [("line_id.session_id", "=", self.session_id)]
            )
            imported = entries.filtered(lambda entry: entry.source == "import")
            self.assertEqual(len(imported), self.done["files"])
            entries -= imported
            self.assertEqual(Counter(entries.mapped("uuid")), Counter(self.sent.keys()))
            for entry in entries:
                self.assertEqual(entry.qty, self.sent[entry.uuid]["qty"])

    def _count_all_and_post(self):
        """The last count: of each thing what is there, of piles what was added."""
        wanted = {**self.floor.qty, **self.piles}
        entries = [self._entry(*key, qty, "set") for key, qty in wanted.items()]
        self._record(entries)
        with self._connect(1) as env:
            session = env["stock.count.session"].browse(self.session_id)
            for _time in range(2):
                session.action_check_all()
                held = session.line_ids.filtered(lambda line: line.state == "held")
                if held:
                    held.action_accept_variance()
                if session.line_ids.filtered(lambda line: line.state == "counted"):
                    session.action_post()
            left = session.line_ids.filtered(
                lambda line: (
                    (line.product_id.id, line.location_id.id) in wanted
                    and line.state != "posted"
                )
            )
            self.assertFalse(
                [(line.display_name, line.state, line.post_error) for line in left]
            )

    def _assert_book_is_floor(self):
        with self._connect() as env:
            books = Counter()
            for quant in env["stock.quant"].search(
                [("location_id", "in", self.bin_ids)]
            ):
                books[quant.product_id.id, quant.location_id.id] += quant.quantity
        wanted = {**self.floor.qty, **self.piles}
        wrong = {
            key: (books[key], qty) for key, qty in wanted.items() if books[key] != qty
        }
        self.assertEqual(wrong, {})
