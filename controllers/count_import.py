from werkzeug.exceptions import Forbidden, NotFound

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from ..rights import is_lead
from .download import open_target, send


class CountImportController(http.Controller):
    """Downloads of imports: templates, and rows with their status."""

    @http.route(
        "/stock_count/import/<int:import_id>/<any(rows,bad):which>.<any(xlsx,csv):kind>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def download_rows(self, import_id, which, kind):
        """The rows of an import, all or those with errors, with their status."""
        record = self._find("stock.count.import", import_id)
        return self._send(kind, lambda file: record._write_file(which, kind, file))

    @http.route(
        [
            "/stock_count/import/template.<any(xlsx,csv):kind>",
            "/stock_count/import/template/<int:session_id>.<any(xlsx,csv):kind>",
        ],
        type="http",
        auth="user",
        methods=["GET"],
    )
    def download_template(self, kind, session_id=None):
        """A template, empty or with the lines of a count."""
        session = session_id and self._find("stock.count.session", session_id)
        Import = self._env()["stock.count.import"]
        return self._send(kind, lambda f: Import._write_template(kind, f, session))

    def _env(self):
        """The user's environment, with all of their companies.

        :raise Forbidden: when the user is no counting lead
        """
        user = request.env.user
        if not is_lead(request.env):
            raise Forbidden(request.env._("Only a counting lead may do this."))
        # The current company comes first: a new template is for it.
        ids = dict.fromkeys([*request.env.companies.ids, *user.company_ids.ids])
        return request.env(
            context=dict(request.env.context, allowed_company_ids=list(ids))
        )

    def _find(self, model, record_id):
        """A record that the user may read.

        :raise NotFound: when there is none
        """
        # A larger number is no id of PostgreSQL's.
        if record_id >= 2**31:
            raise NotFound
        record = self._env()[model].browse(record_id)
        try:
            record.check_access("read")
            if not record.exists():
                raise NotFound
        except (AccessError, MissingError) as error:
            raise NotFound from error
        return record

    def _send(self, kind, write):
        """The response with a file.

        :param write: function of a binary file that returns the file's name
        """
        target = open_target()
        try:
            name = write(target)
        except UserError as error:
            raise Forbidden(str(error)) from error
        return send(target, kind, name)
