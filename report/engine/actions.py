import json
from urllib.parse import urlencode

from odoo import api, models
from odoo.exceptions import UserError

from .definition import Filters


class StockCountReport(models.AbstractModel):
    """The buttons of reports: download as Excel, print as PDF."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.report"

    # === ACTION METHODS === #

    @api.model
    def action_excel(self, filters=None):
        """Download the report as an Excel file.

        :param dict filters: see ``Filters``
        :return: action
        :raise AccessError: when the user is no counting lead
        :raise UserError: when a filter cannot be used
        """
        parsed = self._read_request(filters)
        self._get_company(parsed)
        self._check_writable(parsed)
        return self._download_excel(parsed)

    @api.model
    def action_pdf(self, filters=None):
        """Print the report as PDF.

        :param dict filters: see ``Filters``
        :return: action
        :raise AccessError: when the user is no counting lead
        :raise UserError: when a filter cannot be used, or the server cannot make PDF
        :raise RedirectWarning: when there are too many lines for PDF; offers Excel
        """
        parsed = self._read_request(filters)
        self._get_company(parsed)
        self._check_printable(parsed)
        self._check_wkhtmltopdf()
        return self._get_report().report_action(
            [], data={"report": self._report_number, **parsed.dump()}, config=False
        )

    # === BUSINESS METHODS === #

    @api.model
    def _download_excel(self, filters: Filters):
        """The action that downloads the Excel file."""
        return {
            "type": "ir.actions.client",
            "tag": "stock_count.report_download",
            "params": {"url": self._get_excel_url(filters)},
        }

    @api.model
    def _get_excel_url(self, filters: Filters):
        # A download has no context with the chosen companies, so they are in the URL.
        query = urlencode(
            {
                "filters": json.dumps(filters.dump()),
                "companies": json.dumps(self.env.companies.ids),
            }
        )
        return f"/stock_count/report/{self._name}/xlsx?{query}"

    @api.model
    def _check_wkhtmltopdf(self):
        """Check that the server can make PDF files.

        :raise UserError: when wkhtmltopdf is missing
        """
        state = self.env["ir.actions.report"].get_wkhtmltopdf_state()
        if state in ("install", "broken"):
            raise UserError(
                self.env._(
                    "The server cannot make PDF files: wkhtmltopdf is missing or does"
                    " not start. Whoever keeps the server installs wkhtmltopdf 0.12.6"
                    " with patched Qt. Until then take Excel or the screen."
                )
            )
