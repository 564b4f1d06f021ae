import gzip

from odoo import models
from odoo.http import request

APP_CALLS = "/web/dataset/call_kw/stock.count.app/"
# Compressing a shorter answer takes longer than sending it.
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
        """Compress answers to the counting app to a tenth.

        A phone in a warehouse loads large catalogues over a weak network, and not each
        Odoo has a proxy that compresses.
        """
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
