"""Files that are made for one request and sent from where they were written."""

import tempfile

from werkzeug.wsgi import wrap_file

from odoo.http import content_disposition, request

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
# A file up to this size stays in memory.
SPOOL = 4 * 1024 * 1024


def open_target():
    """A file to write to; ``send`` closes, and so deletes it, with the response."""
    return tempfile.SpooledTemporaryFile(SPOOL)


def send(target, kind, name):
    """The response that sends what was written.

    :param str kind: of ``TYPES``
    :param str name: what the user's file is called
    """
    target.seek(0, 2)
    size = target.tell()
    target.seek(0)
    headers = [
        ("Content-Type", TYPES[kind]),
        ("Content-Length", str(size)),
        ("Content-Disposition", content_disposition(name)),
        ("Cache-Control", "no-store"),
    ]
    body = wrap_file(request.httprequest.environ, target)
    return request.make_response(body, headers)
