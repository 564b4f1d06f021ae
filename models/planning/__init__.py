"""Planning: which lines a session has.

The generator makes the lines of the scope; the selection chooses some of them by the
type of the count.
"""

from . import generator, selection
