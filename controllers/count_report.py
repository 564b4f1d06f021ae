import json

from werkzeug.exceptions import Forbidden, UnprocessableEntity

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from .download import open_target, send


class CountReportController(http.Controller):
    @http.route(
        "/stock_count/report/<string:name>/xlsx",
        type="http",
        auth="user",
        methods=["GET", "POST"],
    )
    def download_excel(self, name, filters="{}", companies="null", **_kwargs):
        """A count report as an Excel file.

        :param str name: name of the report's model
        :param str filters: JSON object, see ``Filters``
        :param str companies: JSON list of company ids, the current one first
        """
        try:
            return self._send_excel(name, filters, companies)
        except UserError as error:
            raise self._refuse(error) from error

    def _refuse(self, error):
        """The answer that says why, in the form that the web client shows in a dialog.

        :param UserError error: says it in words
        """
        data = {**http.serialize_exception(error), "debug": ""}
        answer = {"code": 0, "message": "Odoo Server Error", "data": data}
        kind = Forbidden if isinstance(error, AccessError) else UnprocessableEntity
        return kind(json.dumps(answer))

    def _send_excel(self, name, filters, companies):
        self._choose_companies(self._read_json(companies))
        report = request.env["stock.count.report"]._find_report(name)
        parsed = report._read_filters(
            None, report._as_mapping(self._read_json(filters))
        )
        target = open_target()
        report._write_excel(parsed, target)
        return send(target, "xlsx", report._get_file_name(parsed))

    def _choose_companies(self, ids):
        """Work in the companies that the user has chosen.

        :raise AccessError: when one is not the user's
        """
        if ids is None:
            return
        if not isinstance(ids, list) or not all(type(i) is int for i in ids):
            raise UserError(request.env._("The companies of the report are unclear."))
        request.update_context(allowed_company_ids=ids)
        # This property raises for a company that is not the user's.
        request.env.companies  # noqa: B018

    def _read_json(self, text):
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise UserError(
                request.env._("The filters of the report cannot be read.")
            ) from error
