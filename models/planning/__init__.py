"""What a count consists of: the generator makes the lines of its scope, of which the
selection chooses some."""

from . import generator, selection
