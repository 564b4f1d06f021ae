"""The server's side of the counting app: app (its page and choices), catalogue (what a
device stores), documents, finder, sync, photos, submit."""

from . import app  # isort: split

from . import (
    catalogue,
    documents,
    finder,
    photos,
    submit,
    sync,
)
