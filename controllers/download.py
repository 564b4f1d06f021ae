"""Temporary files for downloads."""

import tempfile

from werkzeug.wsgi import wrap_file

from odoo.http import content_disposition, request

from .headers import file_headers

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
# Larger files are written to the disk.
SPOOL = 4 * 1024 * 1024


def open_target():
    """A binary file to write to. The response of ``send`` deletes it."""
    return tempfile.SpooledTemporaryFile(SPOOL)


def send(target, kind, name):
    """The response with a file.

    :param target: what ``open_target`` returned
    :param str kind: one of ``TYPES``
    :param str name: name of the file for the user
    """
    target.seek(0, 2)
    size = target.tell()
    target.seek(0)
    headers = [
        ("Content-Type", TYPES[kind]),
        ("Content-Length", str(size)),
        ("Content-Disposition", content_disposition(name)),
        *file_headers().items(),
    ]
    body = wrap_file(request.httprequest.environ, target)
    return request.make_response(body, headers)
