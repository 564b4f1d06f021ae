from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tools.translate import LazyTranslate

from ...const import LEAD, WORKING_STATES
from ...rights import is_counter
from ..planning.selection import SELECTIONS

_lt = LazyTranslate(__name__)

# Count types that the app starts. All others are planned on the desktop.
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
# A user who gets no answer taps Start again within this time.
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
    """The public methods of the counting app, see ``docs/count_app.md``.

    Each method checks the user's rights and what was sent. The private models of this
    room do the work in sudo mode, because counters may read neither stock nor products.

    Each answer has ``server_now``, the server's time (UTC, microseconds).
    """

    _name = "stock.count.app"
    _description = "Counting App"

    # === ACTION METHODS - START === #

    @api.model
    def load_start(self):
        """What the start screen shows, see ``docs/count_app.md``.

        :return: dict with ``user``, ``company``, ``warehouses``, ``count_types``,
            ``lots_to_count``, ``options`` and ``sessions``
        :raise AccessError: when the user may not count
        """
        app = self._enter()
        company = app.env.company
        found = app._read_sessions()
        return app._answer(
            user=app._describe_user(),
            company={
                "id": company.id,
                "name": company.name,
                "currency": company.sudo().currency_id.name,
            },
            warehouses=app._describe_warehouses(found),
            count_types=app._describe_types(),
            lots_to_count=company.sudo().count_lots_to_count,
            options=app._read_options(company),
            sessions=found,
        )

    @api.model
    def start_session(self, warehouse_id, count_type, lots_to_count=None):
        """Start a session of a warehouse, with its lines, for this user to count.

        A counter who is no lead starts blind sessions only.

        :param int warehouse_id: id of the warehouse
        :param str count_type: one of ``COUNT_TYPES``
        :param int lots_to_count: largest number of lines, 0 for all; None for the
            company's default
        :return: dict with ``session_id`` and ``line_count``, or a refusal with ``code``
            and ``message``
        :raise AccessError: when the user may not count
        """
        app = self._enter()
        warehouse = app._warehouses().filtered(lambda w: w.id == warehouse_id)
        code = app._check_start(warehouse, count_type, lots_to_count)
        if code:
            return app._refuse(code)
        values = app._prepare_session(warehouse, count_type, lots_to_count)
        session = app._find_or_start(warehouse, values)
        if not session:
            return app._refuse("nothing_to_count")
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
        """All data that a device needs to count this session without a network.

        :return: dict, see ``docs/count_app.md``
        :raise AccessError: when the user may not count this session
        :raise MissingError: when it does not exist any more
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
        """Record what a device sends, and return what is new.

        :param dict batch: ``entries`` (see ``record_entries`` of
            ``stock.count.session``), ``events``, ``sent_at``, ``device``, ``since``
        :return: dict with an answer for each entry and event, in order, and the lines
            that changed, see ``docs/count_app.md``
        :raise AccessError: when the user may not count this session
        :raise MissingError: when it does not exist any more
        """
        session = self._enter_session(session_id)
        # Take the time before reading: what others record meanwhile comes next time.
        answer = session.env["stock.count.app"]._answer()
        return {**answer, **session.env["stock.count.app.sync"]._sync(session, batch)}

    @api.model
    def resolve(self, session_id, code):
        """What a code means that the device does not know.

        :return: dict with ``kind`` (``none``, ``several``, ``refused`` or the kind of
            the one match), ``matches``, and why it is refused as ``message``
        :raise AccessError: when the user may not count this session
        :raise MissingError: when it does not exist any more
        """
        session = self._enter_session(session_id)
        finder = session.env["stock.count.app.finder"].sudo()
        kind, matches, message = finder._resolve(session.sudo(), code)
        return self._answer(kind=kind, matches=matches, message=message)

    @api.model
    def search_items(self, session_id, term, limit=20):
        """Search items by a part of their ID, name or barcode.

        :return: dict with ``items``, a list of at most ``limit`` dicts
        :raise AccessError: when the user may not count this session
        :raise MissingError: when it does not exist any more
        """
        session = self._enter_session(session_id)
        finder = session.env["stock.count.app.finder"].sudo()
        return self._answer(items=finder._search_items(session.sudo(), term, limit))

    @api.model
    def attach_evidence(self, session_id, evidence):
        """Keep a photo or a note about a line or an unknown item.

        :param dict evidence: see ``docs/count_app.md``
        :return: dict with ``status`` (``recorded``, ``duplicate`` or ``refused``),
            ``code`` and ``message``
        :raise AccessError: when the user may not count this session
        :raise MissingError: when it does not exist any more
        """
        session = self._enter_session(session_id)
        keeper = session.env["stock.count.app.evidence"].sudo()
        return self._answer(**keeper._attach(session.sudo(), evidence))

    @api.model
    def serial_list(self, session_id, product_id, location_id):
        """The serial numbers that lines of the session name at a location.

        Our app reads them from the catalogue. This is for other clients.

        :return: dict with ``serials``, a list of dicts ``line_id``, ``lot_id``,
            ``lot_name`` and ``found`` (False for "not counted")
        :raise AccessError: when the user may not count this session
        :raise MissingError: when it does not exist any more
        """
        session = self._enter_session(session_id)
        catalogue = session.env["stock.count.app.catalogue"].sudo()
        lines = catalogue._read_key_lines(
            session.sudo(), product_id=product_id, location_id=location_id
        )
        names = ("line_id", "lot_id", "lot_name", "found")
        return self._answer(
            serials=[
                {name: line[name] for name in names}
                for line in lines
                if line["lot_name"]
            ]
        )

    @api.model
    def package_content(self, session_id, package_id):
        """The lines of a package, to confirm all of them at once.

        Our app reads them from the catalogue. This is for other clients.

        :return: dict with ``content``, a list of dicts, see ``docs/count_app.md``
        :raise AccessError: when the user may not count this session
        :raise MissingError: when it does not exist any more
        """
        session = self._enter_session(session_id)
        catalogue = session.env["stock.count.app.catalogue"].sudo()
        lines = catalogue._read_key_lines(session.sudo(), package_id=package_id)
        return self._answer(
            content=[
                {name: value for name, value in line.items() if name != "found"}
                for line in lines
            ]
        )

    @api.model
    def submit_count(self, session_id):
        """Notify the owner of the session that this user has finished.

        Nothing is posted.

        :return: dict with ``status``, ``code``, ``message``, and the numbers of lines
            ``counted``, ``skipped`` and ``left``
        :raise AccessError: when the user may not count this session
        :raise MissingError: when it does not exist any more
        """
        session = self._enter_session(session_id)
        submitter = session.env["stock.count.app.submit"].sudo()
        return self._answer(**submitter._submit(session.sudo()))

    # === BUSINESS METHODS - RIGHTS === #

    @api.model
    def _enter(self):
        """The app in the user's language, for a user who may count.

        :raise AccessError: when the user may not count
        """
        user = self.env.user
        if not is_counter(self.env):
            raise AccessError(
                self.env._("Only counters count: ask an administrator for the right.")
            )
        return self.with_context(lang=self.env.context.get("lang") or user.lang)

    @api.model
    def _enter_session(self, session_id):
        """The session, if the user may count it, in the company that it belongs to."""
        app = self._enter()
        session = app._browse_session(session_id)
        # In sudo mode because everybody may know that a session was deleted.
        if not session.sudo().exists():
            raise MissingError(app.env._("This count does not exist any more."))
        try:
            session._check_may_count()
        except AccessError as error:
            # Odoo's own message names records and groups. A worker needs a person.
            raise AccessError(
                app.env._("This count is not yours: ask your lead to assign it to you.")
            ) from error
        return session.with_company(session.company_id)

    @api.model
    def _browse_session(self, session_id):
        """The session of an id that a client sent, among all of the user's companies.

        :raise UserError: when it is no id
        """
        if isinstance(session_id, bool) or not isinstance(session_id, int):
            raise UserError(self.env._("Name one count by its number."))
        companies = self.env.user.company_ids
        Session = self.env["stock.count.session"]
        Session = Session.with_context(allowed_company_ids=companies.ids)
        return Session.browse(session_id if 0 < session_id < 2**31 else 0)

    @api.model
    def _answer(self, **values):
        """An answer with the server's time."""
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
    def _describe_user(self):
        user = self.env.user
        return {"id": user.id, "name": user.name, "is_lead": user.has_group(LEAD)}

    @api.model
    def _describe_warehouses(self, sessions):
        """The warehouses, first those with a session for this user."""
        waiting = {session["warehouse_id"] for session in sessions}
        warehouses = self._warehouses().sorted(lambda w: w.id not in waiting)
        return [{"id": w.id, "name": w.name} for w in warehouses]

    @api.model
    def _describe_types(self):
        """The count types, and whether they ask for a number of lines."""
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
        """The sessions that this user may count now, with their progress."""
        domain = [("state", "in", WORKING_STATES)]
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
        """Code of the refusal of a new session, None if it may be started."""
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
    def _find_or_start(self, warehouse, values):
        """Make a session with its lines, unless the user did so a moment ago.

        :return: the session; an empty recordset when its scope has no lines
        """
        # In sudo mode because this is the only way by which counters make sessions.
        Session = self.env["stock.count.session"].sudo()
        Session = Session.with_company(warehouse.company_id)
        session = self._find_just_started(Session, values)
        if session:
            return session
        generator = Session.env["stock.count.generator"]
        if not generator._count_scope(Session.new(values)):
            return Session
        session = Session.create(values)
        # At once, however many lines: the device loads them next.
        generator._generate(session)
        session._log_left_out()
        return session

    @api.model
    def _find_just_started(self, Session, values):
        """The session of the same request a moment ago, whose answer was lost."""
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
        """The owner of a session that a counter starts.

        It is the lead who owned the last session of the warehouse, or else any lead of
        the company.

        For a module to choose others, override this method.
        """
        company = warehouse.company_id
        users = self.env.ref(LEAD).sudo().all_user_ids
        leads = users.filtered(lambda u: u.active and company in u.company_ids)
        last = self.env["stock.count.session"].sudo()
        last = last.search(
            [("warehouse_id", "=", warehouse.id), ("user_id", "in", leads.ids)],
            limit=1,
        )
        people = leads.filtered(lambda user: user._is_internal() and user.id > 1)
        return last.user_id or people.sorted("id")[:1]

    @api.model
    def _messages(self):
        """By code, why a start is refused, in the user's language."""
        return {code: self.env._(text) for code, text in REFUSALS.items()}
