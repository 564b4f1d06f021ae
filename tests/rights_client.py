"""Calls of each role through a real server."""

from contextlib import contextmanager
from urllib.parse import urljoin

from odoo.sql_db import Savepoint
from odoo.tests import HttpCase
from odoo.tests.common import Opener

from .rights_world import RightsWorld

# By the exception's name: how a call ended. Everything else is an error of the server.
REFUSED = {
    "odoo.exceptions.AccessDenied",
    "odoo.exceptions.AccessError",
    "odoo.http.SessionExpiredException",
}
WORDS = {
    "odoo.exceptions.MissingError",
    "odoo.exceptions.RedirectWarning",
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
}
MUTED = (
    "werkzeug",
    "odoo.http",
    "odoo.models",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
    "odoo.sql_db",
)


class RightsClient(HttpCase, RightsWorld):
    """A web client of each role, and verdicts: ``ok``, ``refused``, ``words`` or
    ``500``."""

    def setUp(self):
        super().setUp()
        self.clients = {r: self._sign_in(r) for r in ("public", *self.users)}

    def _sign_in(self, role):
        """The role's own session and connection."""
        if role == "public":
            return None, Opener(self)
        self.session = None
        login = self.users[role].login
        return self.authenticate(login, login), self.opener

    @contextmanager
    def _undone(self):
        """Take back what is done in the block, whoever commits it."""
        self.env.flush_all()
        savepoint = Savepoint(self.cr._obj)
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def _post_json(self, role, route, body):
        self.session, self.opener = self.clients[role]
        return self.opener.post(urljoin(self.base_url(), route), json=body)

    def _call(self, role, model, method, args, kwargs=None):
        """Call a method as the web client does.

        :return: tuple of verdict, and result or message
        """
        params = {"model": model, "method": method, "args": args}
        params["kwargs"] = kwargs or {}
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        route = f"/web/dataset/call_kw/{model}/{method}"
        answer = self._post_json(role, route, body).json()
        if "error" not in answer:
            return "ok", answer.get("result")
        data = answer["error"]["data"]
        return self._judge(data["name"]), f"{data['name']}: {data['message']}"

    def _judge(self, exception):
        if exception in REFUSED:
            return "refused"
        return "words" if exception in WORDS else "500"

    def _call_on(self, role, records, method, *args, context=None):
        """Call a method of records, whether or not it takes their ids; take it back."""
        function = getattr(type(records), method)
        if not getattr(function, "_api_model", False):
            args = (records.ids, *args)
        kwargs = {"context": context} if context else {}
        with self._undone():
            return self._call(role, records._name, method, list(args), kwargs)

    # === DOORS === #

    def _public_methods(self, model):
        """What the addon itself lets clients call on a model."""
        classes = self.registry[model].mro()
        names = {
            name
            for cls in classes
            if cls.__module__.startswith("odoo.addons.stock_count.")
            for name, value in vars(cls).items()
            if callable(value) and not name.startswith("_")
        }
        return {name for name in names if not self._is_private(classes, name)}

    def _is_private(self, classes, name):
        functions = [getattr(cls, name, None) for cls in classes]
        return any(getattr(f, "_api_private", False) for f in functions)
