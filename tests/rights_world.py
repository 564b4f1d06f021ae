"""A company that counts, with one record of each model of the addon."""

import base64

from odoo import Command, fields

from .common import CountCommon

FILE = "Warehouse;Item ID;Location;Units;Count Session\n"
ROLES = (
    "public",
    "portal",
    "internal",
    "counter",
    "lead",
    "approver",
    "manager",
    "other company",
)
MANAGER = "stock_count.group_count_manager"
# Whoever is no portal user may export, too: no refusal is for want of that right.
GROUPS = {
    "internal": "base.group_user",
    "counter": "stock_count.group_count_counter",
    "lead": "stock_count.group_count_lead",
    "approver": "stock_count.group_count_approver",
    "manager": MANAGER,
    "other company": MANAGER,
    # In no table but that of the fields: who may change most of Odoo's own stock.
    "inventory manager": "stock.group_stock_manager",
}


class RightsWorld(CountCommon):
    """One user of each role, and records that each verb has something to do with.

    ``records`` has by a word what verbs are called on, such as ``session waiting``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.records = {}
        cls.company.count_split_units = True
        cls._make_people()
        cls._make_open_counts()
        cls._make_closed_counts()
        cls._make_answers()
        cls._make_imports()
        cls._make_work()
        cls._make_papers()
        cls._make_policies()
        cls._make_stock()
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _make_people(cls):
        cls.abroad = cls.env["res.company"].create({"name": "Abroad"})
        cls.users = {"portal": cls._create_user("rights_portal", "base.group_portal")}
        for role, group in GROUPS.items():
            login = f"rights_{role.replace(' ', '_')}"
            groups = f"{group},base.group_allow_export"
            cls.users[role] = cls._create_user(login, groups)
        cls.users["other company"].write(
            {
                "company_ids": [Command.set(cls.abroad.ids)],
                "company_id": cls.abroad.id,
            }
        )

    # === COUNTS === #

    @classmethod
    def _booked_bin(cls, name, item=None):
        """An item of which 10 are booked in a bin of its own.

        Each count has its own item, so that no document of another explains it.
        """
        item = item or cls._create_product(name, standard_price=2)
        place = cls._create_bin(f"{name} {item.id}")
        cls._book(item, place, 10)
        return item, place

    @classmethod
    def _opened(cls, name, places):
        """A session of places, with the lead as owner and the counter as counter."""
        session = cls._create_session(
            places,
            user_id=cls.users["lead"].id,
            counter_ids=[Command.set(cls.users["counter"].ids)],
            description=name,
        )
        cls.records[f"session {name}"] = session
        cls.records[f"line {name}"] = session.line_ids[:1]
        return session

    @classmethod
    def _counted(cls, name, *found, item=None, place=None):
        """A session with what was found in each of its bins, ticked to be posted."""
        places = place
        if not place:
            item, place = cls._booked_bin(name)
            places = place
            for _more in found[1:]:
                places |= cls._booked_bin(name, item)[1]
        session = cls._opened(name, places)
        session.record_entries(
            [cls._entry(n, item, p) for p, n in zip(places, found, strict=True)]
        )
        session.action_check_all()
        return session

    @classmethod
    def _make_open_counts(cls):
        cls._opened("fresh", cls._booked_bin("fresh")[1])
        session = cls._opened("open", cls._booked_bin("open")[1])
        line = cls.records["line open"]
        counter = cls.users["counter"]
        entry = cls._entry(8, line_id=line.id)
        cls._rpc(counter, session, "record_entries", [entry])
        batch = {"events": [{"uuid": "rights", "kind": "skip", "line_id": line.id}]}
        cls._rpc(counter, cls.env["stock.count.app"], "sync", session.id, batch)
        line.to_post = True
        cls.records["entry"] = line.entry_ids
        cls._find("event", "stock.count.event", session)
        paired = cls._counted("paired", 7, 14)
        paired.action_propose_moves()
        cls._find("match", "stock.count.match", paired)
        cls._promised("held")

    @classmethod
    def _promised(cls, name):
        """A session in which an open transfer of 3 explains what is missing."""
        item, place = cls._booked_bin(name)
        picking = cls._create_transfer(item, 3, place, cls.customers)
        cls.records[f"picking {name}"] = picking
        return cls._counted(name, 7, item=item, place=place)

    @classmethod
    def _find(cls, name, model, session):
        domain = [("session_id", "=", session.id)]
        cls.records[name] = cls.env[model].search(domain, limit=1)

    @classmethod
    def _make_closed_counts(cls):
        waiting = cls._counted("waiting", 8)
        waiting.action_submit()
        cls.records["approval"] = waiting.approval_id
        cls.records["approval line"] = waiting.approval_id.line_ids
        posted = cls._counted("posted", 8)
        posted.action_post()
        cls.records["posted move"] = posted.move_ids
        cls._find("history", "stock.count.history", posted)

    @classmethod
    def _make_answers(cls):
        """A count that was told of an open document that it had happened."""
        session = cls._promised("asked")
        key = f"stock.picking,{cls.records['picking asked'].id}"
        session.action_answer_documents([{"key": key, "answer": "happened"}])
        cls._find("document", "stock.count.document", session)
        cls.records["document line"] = cls.records["document"].line_ids

    # === IMPORTS AND WORK === #

    @classmethod
    def _uploaded(cls, name, *rows, heading=FILE):
        content = heading + "".join(
            f"{cls.warehouse.name};{row};{name}\n" for row in rows
        )
        record = cls.env["stock.count.import"].create(
            {"file": base64.b64encode(content.encode()), "file_name": f"{name}.csv"}
        )
        cls.records[f"import {name}"] = record
        return record

    @classmethod
    def _make_imports(cls):
        good, bad = "SCR;Bin A;1", "NOTHING;Bin A;1"
        cls._uploaded("new", good)
        odd = "Warehouse;Item ID;Location;How;Session\n"
        columns = cls._uploaded("columns", good, heading=odd)
        columns.action_read()
        columns.column_ids.filtered(lambda c: c.name == "How").meaning = "units"
        for name in ("checked", "done"):
            record = cls._uploaded(name, good, bad)
            record.action_read()
            record.mode = "good"
            record.action_check()
        record.action_import()
        problems = cls.records["import checked"].problem_ids
        columns = cls.records["import columns"].column_ids
        cls.records.update(
            {
                "problem": problems,
                "column": columns[:1],
                "chunk": cls._make("stock.count.import.chunk", import_id=record.id),
                "sheet": cls._make(
                    "stock.count.import.sheet", import_id=record.id, name="Sheet 1"
                ),
            }
        )

    @classmethod
    def _make(cls, model, **values):
        records = cls.env[model].with_context(count_internal=True)
        return cls.env[model].browse(records.create(values).id)

    @classmethod
    def _make_work(cls):
        """Jobs of the lead: one that waits and one that failed; an exception."""
        for name in ("waiting", "failed"):
            session = cls._create_session(cls.bin_b, description=name)
            jobs = cls.env["stock.count.job"].with_user(cls.users["lead"])
            job = jobs._start("generate", session, 1).with_user(cls.env.user)
            job.sudo().state = name
            cls.records[f"job {name}"] = job
        cls.records["pulse"] = cls._make("stock.count.job.pulse", job_id=job.id)
        cls.records["stop"] = cls._make("stock.count.job.stop", job_id=job.id)
        line = cls.records["line open"]
        cls.records["exception"] = cls._make(
            "stock.count.exception",
            name="Rights",
            company_id=cls.company.id,
            kind="over_tolerance",
            key="rights",
            next_action="recount",
            session_id=line.session_id.id,
            line_id=line.id,
        )

    @classmethod
    def _make_papers(cls):
        posted = cls.records["session posted"]
        cls.records["kept report"] = cls._make(
            "stock.count.kept.report", session_id=posted.id, last_move_id=1
        )
        cls.records["choice"] = cls._make(
            "stock.count.report.choice",
            user_id=cls.users["lead"].id,
            company_id=cls.company.id,
            report="rights",
            values={},
        )

    # === POLICIES AND STOCK === #

    @classmethod
    def _make_policies(cls):
        company = cls.company.id
        cls.records["reason"] = cls._make(
            "stock.count.reason", name="Ours", code="OURS", company_id=company
        )
        cls.records["tolerance"] = cls._make(
            "stock.count.tolerance", company_id=company, percent_minus=99
        )
        class_ = cls.env["stock.count.class"].search([("company_id", "=", company)])
        cls.records["class"] = class_[:1]
        cls.records["class item"] = cls._make(
            "stock.count.class.item",
            product_id=cls.glue.id,
            warehouse_id=cls.warehouse.id,
            company_id=company,
            class_id=class_[:1].id,
        )
        cls.records["rule"] = cls._make(
            "stock.count.exception.rule",
            company_id=company,
            kind="hold",
            user_id=cls.users["lead"].id,
        )
        # What has been configured here is in the log.
        cls.records["setting log"] = cls.env["stock.count.setting.log"].search(
            [("company_id", "=", company)], limit=1
        )

    @classmethod
    def _make_stock(cls):
        """Records of Odoo's models, which the addon extends."""
        picking = cls.records["picking held"]
        lot = cls._create_lot(cls.glue, "RIGHTS")
        cls._book(cls.glue, cls.bin_b, 4, lot)
        cls.records["lot"] = lot
        cls.records["quant"] = cls.env["stock.quant"].search(
            [("lot_id", "=", lot.id), ("location_id", "=", cls.bin_b.id)]
        )
        cls.records["move"] = picking.move_ids
        cls.records["move line"] = picking.move_line_ids
        cls.records["fence"] = cls.env["stock.count.fence"].search(
            [("location_id", "=", cls.bin_a.id)]
        )
        now = fields.Datetime.now()
        cls.records["trace"] = cls._make(
            "stock.count.trace",
            product_id=cls.screw.id,
            location_id=cls.bin_a.id,
            location_dest_id=cls.bin_b.id,
            opened_at=now,
            gone_at=now,
        )

    # === WIZARDS === #

    @classmethod
    def _wizard(cls, model, user):
        """A wizard in the name of a user, whether or not they may make one."""
        wizards = cls.env[model].with_user(user).sudo()
        wizard = wizards.create(cls._wizard_values(model, user))
        return cls.env[model].browse(wizard.id)

    @classmethod
    def _wizard_values(cls, model, user):
        unit = cls.screw.uom_id
        own = {"company_id": cls.company.id, "warehouse_id": cls.warehouse.id}
        values = {
            "stock.count.create": own,
            "stock.count.answer": {
                "approval_id": cls.records["approval"].id,
                "comment": "Rights",
            },
            "stock.count.split": {
                "line_id": cls.records["line open"].id,
                "part_ids": [Command.create({"qty": 1, "uom_id": unit.id})],
            },
            "stock.count.report.wizard": {
                "report": "report.stock_count.report_list_document"
            },
        }
        if model == "stock.count.part":
            split = cls._wizard("stock.count.split", user)
            return {"split_id": split.id, "qty": 1, "uom_id": unit.id}
        return values[model]
