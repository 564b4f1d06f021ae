"""What a scanned, typed or imported code means: the one resolver of the app's server,
the recorder and the import.

Read codes first (the one way in), then records (where codes are looked up),
nomenclature and measures (what the company's settings say), words (refusals and
questions). The rules are in ``domain/codes``; ``docs/codes.md`` is for users.
"""

from . import codes  # isort: split

from . import (
    measures,
    nomenclature,
    words,
)
