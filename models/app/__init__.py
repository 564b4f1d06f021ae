"""The server of the counting app, see ``docs/count_app.md``.

Read app first: its public methods check rights and call the others. catalogue (what a
device stores), documents (a lead answers), finder (what a code means), sync (what a
device sends), photos (photos and notes), submit.
"""

from . import app  # isort: split

from . import (
    catalogue,
    documents,
    finder,
    photos,
    submit,
    sync,
)
