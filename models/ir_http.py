import gzip

from odoo import models
from odoo.http import request

APP_CALLS = "/web/dataset/call_kw/stock.count.app/"
# Shorter answers are sent before they would be packed.
WORTH_PACKING = 10_000


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _post_dispatch(cls, response):
        result = super()._post_dispatch(response)
        if request.httprequest.path.startswith(APP_CALLS):
            cls._count_pack(response)
        return result

    @classmethod
    def _count_pack(cls, response):
        """Send the counting app a tenth: a phone in a warehouse loads the catalogue of
        a large count over a weak network, and not every Odoo has a proxy that does."""
        headers = response.headers
        wanted = "gzip" in request.httprequest.headers.get("Accept-Encoding", "")
        if not wanted or "Content-Encoding" in headers or response.is_streamed:
            return
        body = response.get_data()
        if len(body) < WORTH_PACKING:
            return
        response.set_data(gzip.compress(body, compresslevel=4))
        headers["Content-Encoding"] = "gzip"
        headers["Vary"] = "Accept-Encoding"
