from werkzeug.exceptions import Forbidden, NotFound

from odoo import http, release
from odoo.http import request
from odoo.modules import get_manifest
from odoo.tools import file_open

from ..rights import is_counter
from .headers import COMMON, new_nonce, page_headers

URL = "/stock_count/app"
ICON = "/stock_count/static/description/icon"
WORKER = "stock_count/static/src/count_app/service_worker.js"
COLOR = "#1f2937"


class CountAppController(http.Controller):
    """The page of the counting app, and the files that make it an app on a phone."""

    @http.route([URL, f"{URL}/<path:_screen>"], type="http", auth="user", readonly=True)
    def count_app(self, _screen=None, **_query):
        """The page of the app, the same on all paths.

        :raise Forbidden: when the user may not count
        """
        if not is_counter(request.env):
            raise Forbidden(
                request.env._(
                    "Only counters count: ask an administrator for the right."
                )
            )
        nonce = new_nonce()
        response = request.render(
            "stock_count.count_app",
            {"session_info": self._session_info(), "nonce": nonce},
        )
        response.headers.update(page_headers(nonce))
        return response

    @http.route(f"{URL}/service-worker.js", type="http", auth="public", readonly=True)
    def service_worker(self):
        """The script that answers for the app while there is no network."""
        try:
            with file_open(WORKER) as file:
                body = file.read()
        except FileNotFoundError as error:
            raise NotFound from error
        return request.make_response(
            body,
            [
                ("Content-Type", "text/javascript"),
                ("Service-Worker-Allowed", URL),
                ("Cache-Control", "no-cache"),
                *COMMON.items(),
            ],
        )

    @http.route(
        f"{URL}/manifest.webmanifest", type="http", auth="public", readonly=True
    )
    def web_manifest(self):
        """The manifest that a phone reads to install the app."""
        return request.make_json_response(
            {
                "id": URL,
                "name": request.env._("Cycle Counts"),
                "short_name": request.env._("Counting"),
                "start_url": URL,
                "scope": URL,
                "display": "fullscreen",
                "display_override": ["fullscreen", "standalone"],
                "background_color": "#ffffff",
                "theme_color": COLOR,
                "icons": [
                    {"src": f"{ICON}.svg", "sizes": "any", "type": "image/svg+xml"},
                    {"src": f"{ICON}.png", "sizes": "256x256", "type": "image/png"},
                ],
            },
            {"Content-Type": "application/manifest+json", **COMMON},
        )

    def _session_info(self):
        """Odoo's session info as ``@web/session`` reads it, with that of the app."""
        return {
            **request.env["ir.http"].session_info(),
            "stock_count_app": {
                "version": get_manifest("stock_count")["version"],
                "server": release.version,
                "icon": f"{ICON}.svg",
                "backend_url": "/odoo",
            },
        }
