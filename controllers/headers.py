"""Headers of our own answers, which keep other sites and scripts away from them."""

import secrets

# Odoo sets `nosniff` itself.
COMMON = {"X-Frame-Options": "DENY", "Referrer-Policy": "same-origin"}
# By directive: from where the counting app loads what. Owl compiles its templates,
# which needs `unsafe-eval`, and sets styles of elements.
APP_SOURCES = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-eval' 'nonce-{nonce}'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "object-src": "'none'",
    # The camera's reader works beside the page.
    "worker-src": "'self' blob:",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def new_nonce():
    """A word that the scripts of one page carry, and those of nobody else can guess."""
    return secrets.token_urlsafe(16)


def page_headers(nonce):
    """Headers of the app's page.

    :param str nonce: of the scripts in the page
    """
    policy = "; ".join(f"{name} {value}" for name, value in APP_SOURCES.items())
    return {
        **COMMON,
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy.format(nonce=nonce),
        "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    }


def file_headers():
    """Headers of a file: nothing in it may load or do anything in a browser."""
    return {
        **COMMON,
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    }
