from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tools.translate import LazyTranslate

from ...const import COUNTER, LEAD
from ..planning.selection import SELECTIONS

_lt = LazyTranslate(__name__)

# What the app starts; everything else is planned on the desktop.
COUNT_TYPES = ("blind", "fast", "slow", "low_value", "high_value", "random")
OPTIONS = (
    "serial2",
    "allow_zero",
    "autoload_serial",
    "preload_item",
    "suggest_description",
    "preload_location",
    "preload_units",
    "lock_location",
)
# Somebody who hears nothing taps again.
JUST_NOW = timedelta(minutes=2)
MAX_SESSIONS = 200
MAX_LINES = 1_000_000

# By code: why the app cannot start a count.
REFUSALS = {
    "unknown_warehouse": _lt("Choose one of your warehouses."),
    "unknown_type": _lt("Choose one of the count types."),
    "bad_number": _lt("Lots to count is a whole number, 0 for all."),
    "nothing_to_count": _lt("Nothing there fits this count type: choose another one."),
}


class StockCountApp(models.AbstractModel):
    """The doors of the counting app, see docs/count_app.md.

    Each one checks who calls and what was sent; the work is done in sudo mode by the
    private models beside this one, because counters read neither stock nor items.
    """

    _name = "stock.count.app"
    _description = "Counting App"

    # === ACTION METHODS - START === #

    @api.model
    def load_start(self):
        """What the start screen offers: warehouses, count types, options, sessions.

        :raise AccessError: for whoever may not count
        """
        app = self._enter()
        company, user = app.env.company, app.env.user
        found = app._read_sessions()
        waiting = {session["warehouse_id"] for session in found}
        # Where something waits for this user comes first.
        warehouses = app._warehouses().sorted(lambda w: w.id not in waiting)
        return app._answer(
            user={"id": user.id, "name": user.name, "is_lead": user.has_group(LEAD)},
            company={
                "id": company.id,
                "name": company.name,
                "currency": company.sudo().currency_id.name,
            },
            warehouses=[
                {"id": warehouse.id, "name": warehouse.name} for warehouse in warehouses
            ],
            count_types=app._describe_types(),
            lots_to_count=company.sudo().count_lots_to_count,
            options=app._read_options(company),
            sessions=found,
        )

    @api.model
    def start_session(self, warehouse_id, count_type, lots_to_count=None):
        """Make a count of a warehouse, with its lines, for the caller to count.

        A counter who is no lead starts blind counts only: nothing expected is shown.

        :param int lots_to_count: None for the company's default, 0 for all
        :return: ``session_id`` and ``line_count``, or a refusal
        :raise AccessError: for whoever may not count
        """
        app = self._enter()
        warehouse = app._warehouses().filtered(lambda w: w.id == warehouse_id)
        code = app._check_start(warehouse, count_type, lots_to_count)
        if code:
            return app._refuse(code)
        values = app._prepare_session(warehouse, count_type, lots_to_count)
        # In sudo mode because counters make sessions through this door only.
        Session = (
            app.env["stock.count.session"].sudo().with_company(warehouse.company_id)
        )
        session = app._find_just_started(Session, values)
        if not session:
            generator = Session.env["stock.count.generator"]
            if not generator._count_scope(Session.new(values)):
                return app._refuse("nothing_to_count")
            session = Session.create(values)
            # At once, however many there are: a device loads them next.
            generator._generate(session)
            session._log_left_out()
        return app._answer(
            status="started",
            session_id=session.id,
            line_count=session.line_count,
            code="",
            message="",
        )

    # === ACTION METHODS - COUNT === #

    @api.model
    def load_catalogue(self, session_id):
        """Everything a device needs to count this session without a network.

        :raise AccessError: for whoever may not count this session
        """
        session = self._enter_session(session_id)
        catalogue = session.env["stock.count.app.catalogue"].sudo()
        sync = session.env["stock.count.app.sync"].sudo()
        return session.env["stock.count.app"]._answer(
            **catalogue._load(session.sudo()),
            **sync._read_bins(session.sudo()),
            options=self._read_options(session.company_id),
        )

    @api.model
    def sync(self, session_id, batch):
        """Record what a device has entered, and tell it what is new.

        :param dict batch: ``entries`` as :meth:`stock.count.session.record_entries`
            takes them, ``events``, ``sent_at``, ``device``, ``since``
        :return: an answer for each entry and event, in order
        :raise AccessError: for whoever may not count this session
        """
        session = self._enter_session(session_id)
        # Before it reads: what is recorded meanwhile is told the next time.
        answer = session.env["stock.count.app"]._answer()
        return {**answer, **session.env["stock.count.app.sync"]._sync(session, batch)}

    @api.model
    def resolve(self, session_id, code):
        """What a code is that the device does not know: none, one or several things.

        :raise AccessError: for whoever may not count this session
        """
        session = self._enter_session(session_id)
        finder = session.env["stock.count.app.finder"].sudo()
        kind, matches = finder._resolve(session.sudo(), code)
        return self._answer(kind=kind, matches=matches)

    @api.model
    def search_items(self, session_id, term, limit=20):
        """Items by a part of their ID, name or barcode.

        :raise AccessError: for whoever may not count this session
        """
        session = self._enter_session(session_id)
        finder = session.env["stock.count.app.finder"].sudo()
        return self._answer(items=finder._search_items(session.sudo(), term, limit))

    @api.model
    def attach_evidence(self, session_id, evidence):
        """Keep a photo and a note about a line or an unknown item.

        :return: ``recorded``, ``duplicate`` or ``refused``
        :raise AccessError: for whoever may not count this session
        """
        session = self._enter_session(session_id)
        keeper = session.env["stock.count.app.evidence"].sudo()
        return self._answer(**keeper._attach(session.sudo(), evidence))

    @api.model
    def serial_list(self, session_id, product_id, location_id):
        """The serial numbers of an item that the session expects or found at a place.

        :raise AccessError: for whoever may not count this session
        """
        session = self._enter_session(session_id)
        lines = (
            session.env["stock.count.app.catalogue"]
            .sudo()
            ._read_key_lines(
                session.sudo(), product_id=product_id, location_id=location_id
            )
        )
        return self._answer(
            serials=[
                {
                    name: line[name]
                    for name in ("line_id", "lot_id", "lot_name", "found")
                }
                for line in lines
                if line["lot_name"]
            ]
        )

    @api.model
    def package_content(self, session_id, package_id):
        """The lines of a package, to confirm all of them at once.

        :raise AccessError: for whoever may not count this session
        """
        session = self._enter_session(session_id)
        lines = (
            session.env["stock.count.app.catalogue"]
            .sudo()
            ._read_key_lines(session.sudo(), package_id=package_id)
        )
        return self._answer(
            content=[
                {name: value for name, value in line.items() if name != "found"}
                for line in lines
            ]
        )

    @api.model
    def submit_count(self, session_id):
        """Hand the count to the desktop: its owner is told. Nothing is posted.

        :raise AccessError: for whoever may not count this session
        """
        session = self._enter_session(session_id)
        submitter = session.env["stock.count.app.submit"].sudo()
        return self._answer(**submitter._submit(session.sudo()))

    # === BUSINESS METHODS - RIGHTS === #

    @api.model
    def _enter(self):
        """The app for a user who may count, speaking that user's language."""
        user = self.env.user
        if not self.env.su and not user.has_group(COUNTER):
            raise AccessError(
                self.env._("Only counters count: ask an administrator for the right.")
            )
        return self.with_context(lang=self.env.context.get("lang") or user.lang)

    @api.model
    def _enter_session(self, session_id):
        """The session, if the user may count it; in the company it belongs to."""
        app = self._enter()
        if isinstance(session_id, bool) or not isinstance(session_id, int):
            raise UserError(app.env._("Name one count by its number."))
        companies = app.env.user.company_ids
        session = (
            app.env["stock.count.session"]
            .with_context(allowed_company_ids=companies.ids)
            .browse(session_id if 0 < session_id < 2**31 else 0)
        )
        # In sudo mode because what is gone is said to be gone, to everybody.
        if not session.sudo().exists():
            raise MissingError(app.env._("This count does not exist any more."))
        try:
            session._check_may_count()
        except AccessError as error:
            # Odoo's own words name records and groups: a worker needs whom to ask.
            raise AccessError(
                app.env._("This count is not yours: ask your lead to assign it to you.")
            ) from error
        return session.with_company(session.company_id)

    @api.model
    def _answer(self, **values):
        now = self.env["stock.count.app.sync"].sudo()._now()
        return {"server_now": str(now), **values}

    @api.model
    def _refuse(self, code):
        return self._answer(status="refused", code=code, message=self._messages()[code])

    # === BUSINESS METHODS - START === #

    @api.model
    def _warehouses(self):
        # In sudo mode because counters need not read warehouses.
        return (
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id", "in", self.env.companies.ids)])
        )

    @api.model
    def _describe_types(self):
        field = self.env["stock.count.session"]._fields["count_type"]
        labels = dict(field._description_selection(self.env))
        return [
            {"id": name, "name": labels[name], "asks_lots": name in SELECTIONS}
            for name in COUNT_TYPES
        ]

    @api.model
    def _read_options(self, company):
        company = company.sudo()
        return {name: company[f"count_{name}"] for name in OPTIONS}

    @api.model
    def _read_sessions(self):
        """The sessions that this user may count and that are not waiting or closed."""
        domain = [("state", "in", ("open", "partial"))]
        if not self.env.user.has_group(LEAD):
            domain.append(("counter_ids", "in", self.env.uid))
        sessions = self.env["stock.count.session"].search(domain, limit=MAX_SESSIONS)
        totals = sessions._read_totals()
        return [
            {
                **self.env["stock.count.app.catalogue"]._describe(session),
                "counted": totals[session.id]["counted_count"],
                "total": totals[session.id]["line_count"],
                "date_due": str(session.date_due or "") or False,
            }
            for session in sessions
        ]

    @api.model
    def _check_start(self, warehouse, count_type, lots_to_count):
        """The code of what is wrong with the wish for a new count, if anything."""
        if not warehouse:
            return "unknown_warehouse"
        if count_type not in COUNT_TYPES:
            return "unknown_type"
        if lots_to_count is not None and (
            isinstance(lots_to_count, bool)
            or not isinstance(lots_to_count, int)
            or not 0 <= lots_to_count <= MAX_LINES
        ):
            return "bad_number"
        return None

    @api.model
    def _prepare_session(self, warehouse, count_type, lots_to_count):
        """Values of a session that is started in the app.

        For a module to start other counts, override this method.
        """
        company, user = warehouse.company_id, self.env.user
        is_lead = user.has_group(LEAD)
        labels = {kind["id"]: kind["name"] for kind in self._describe_types()}
        if lots_to_count is None:
            lots_to_count = company.count_lots_to_count
        return {
            "company_id": company.id,
            "warehouse_id": warehouse.id,
            "description": f"{labels[count_type]} · {user.name}"[:255],
            "count_type": count_type,
            "blind": count_type == "blind" or not is_lead,
            "lots_to_count": lots_to_count if count_type in SELECTIONS else 0,
            "counter_ids": [(6, 0, user.ids)],
            "user_id": user.id if is_lead else self._find_owner(warehouse).id,
        }

    @api.model
    def _find_just_started(self, Session, values):
        """What the same wish made a moment ago: its answer was lost on the way."""
        wish = ("warehouse_id", "count_type", "lots_to_count", "blind")
        session = Session.search(
            [
                ("create_uid", "=", self.env.uid),
                ("create_date", ">", fields.Datetime.now() - JUST_NOW),
                ("state", "=", "open"),
                *((name, "=", values[name]) for name in wish),
            ],
            limit=1,
        )
        Entry = Session.env["stock.count.entry"]
        counted = Entry.search_count([("session_id", "=", session.id)], limit=1)
        return session.browse() if counted else session

    @api.model
    def _find_owner(self, warehouse):
        """Who answers for a count that a counter starts: who led the last one there,
        else any lead of the company.

        For a module to route counts otherwise, override this method.
        """
        leads = (
            self.env.ref(LEAD)
            .sudo()
            .all_user_ids.filtered(
                lambda user: user.active and warehouse.company_id in user.company_ids
            )
        )
        last = (
            self.env["stock.count.session"]
            .sudo()
            .search(
                [("warehouse_id", "=", warehouse.id), ("user_id", "in", leads.ids)],
                limit=1,
            )
        )
        people = leads.filtered(lambda user: user._is_internal() and user.id > 1)
        return last.user_id or people.sorted("id")[:1]

    @api.model
    def _messages(self):
        """By code, why a start is refused, in the user's language."""
        return {code: self.env._(text) for code, text in REFUSALS.items()}
